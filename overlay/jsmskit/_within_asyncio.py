"""Keeps a deadline over all steps of an exchange that a library makes. Its twin for plain code has the same names."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from ._transport_failures import ConnectTimeout, ReadTimeout

if TYPE_CHECKING:
    from ._evidence_httpx import Progress

__all__ = ["within"]

T = TypeVar("T")


async def within(work: Callable[[], Awaitable[T]], seconds: float, progress: Progress) -> T:
    """What the work gives. Raises `ConnectTimeout` or `ReadTimeout` at the end of the time."""
    try:
        async with asyncio.timeout(seconds):
            return await work()
    except TimeoutError:
        begun = progress.give_up()
    raise (ReadTimeout if begun else ConnectTimeout)
