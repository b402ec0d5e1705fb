"""How the async client waits. Its twin for plain code has the same names."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

__all__ = ["Sleep", "sleep"]

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
"""Waits for this many seconds."""

sleep: Sleep = asyncio.sleep
