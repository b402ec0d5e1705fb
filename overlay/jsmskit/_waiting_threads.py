"""How the sync client waits. Its twin for asyncio has the same names."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Sleep", "sleep"]

Sleep: TypeAlias = Callable[[float], None]
"""Waits for this many seconds."""

sleep: Sleep = time.sleep
