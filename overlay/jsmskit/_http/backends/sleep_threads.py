"""How the sync client sleeps. A module of its own, since clients that make no call do not load the transport."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

Sleep: TypeAlias = Callable[[float], None]
"""Waits for this many seconds."""

sleep: Sleep = time.sleep
