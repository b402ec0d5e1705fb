"""`jsms campaign`: plan, run, stop, resume, look at, settle, export and forget campaigns.

Knows where its commands live. Heavy parts are imported when a command runs. A run that does not come to its end
(stopped, paused) has exit code 9.
"""

from __future__ import annotations

from . import inspect, plan, run
from .options import command

__all__ = ["command", "inspect", "plan", "run"]
