"""`jsms campaign`: plan, run, stop, resume, look at, settle, export and forget campaigns.

Knows where its commands live. Heavy parts are imported when a command runs; every failure is one line that
says what to do, with exit status 1. A run that ends before its end (stopped, paused) has exit status 3.
"""

from __future__ import annotations

from . import campaign_looking, campaign_sending
from .campaign_shared import command

__all__ = ["campaign_looking", "campaign_sending", "command"]
