"""How the async client sleeps. A module of its own, since clients that make no call do not load the transport."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
"""Waits for this many seconds."""

sleep: Sleep = asyncio.sleep
