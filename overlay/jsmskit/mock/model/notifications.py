"""Waiting without polling: for an instant of the mock's clock, for a message, for the end of serving.

Nothing here sleeps; a wait ends when something happens, or when the loop's timer says that the running
clock has come so far.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from .clock import Clock, ClockMode

_T = TypeVar("_T")


class Broadcast(Generic[_T]):
    """Tells all subscribers what happens. Safe for threads; listeners must be quick."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[Hashable, Callable[[_T], None]] = {}

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    def publish(self, news: _T) -> None:
        """Tell everyone."""
        if not self._listeners:  # nearly always: it rings several times a request
            return
        with self._lock:
            listeners = list(self._listeners.values())
        for listener in listeners:
            listener(news)

    def subscribe(self, listener: Callable[[_T], None]) -> Callable[[], None]:
        """Be told from now on; call what is returned to stop."""
        key = object()
        with self._lock:
            self._listeners[key] = listener

        def stop() -> None:
            with self._lock:
                self._listeners.pop(key, None)

        return stop


async def wait_until(clock: Clock, clock_changes: Broadcast[float], instant: float) -> None:
    """Wait until the mock's clock has come to an instant: by advancing, or, unless frozen, as time passes.

    Args:
        clock: the mock's.
        clock_changes: publishes when that clock was set or advanced.
        instant: seconds since 1970.
    """
    loop = asyncio.get_running_loop()
    changed = asyncio.Event()

    def wake(_: float) -> None:
        loop.call_soon_threadsafe(changed.set)

    stop = clock_changes.subscribe(wake)
    try:
        while (remaining := instant - clock.now()) > 0:
            timer = None if clock.mode is ClockMode.FROZEN else loop.call_later(remaining, changed.set)
            try:
                await changed.wait()
            finally:
                if timer is not None:
                    timer.cancel()
            changed.clear()
    finally:
        stop()


async def wait_for(news: Broadcast[object], find: Callable[[], _T | None], seconds: float) -> _T | None:
    """Wait until `find` finds something, asking again each time something is published.

    Args:
        news: published when something may have come.
        find: looks; None when there is nothing yet.
        seconds: real seconds at most; 0 looks once.
    """
    loop = asyncio.get_running_loop()
    rung = asyncio.Event()

    def wake(_: object) -> None:
        loop.call_soon_threadsafe(rung.set)

    stop = news.subscribe(wake)
    try:
        if (found := find()) is not None or seconds <= 0:
            return found
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await rung.wait()
                    rung.clear()
                    if (found := find()) is not None:
                        return found
        except TimeoutError:
            return find()
    finally:
        stop()


def wait_for_blocking(news: Broadcast[object], find: Callable[[], _T | None], seconds: float) -> _T | None:
    """Wait as `wait_for` does, by blocking this thread."""
    rung = threading.Condition()
    rings, expired = 0, False

    def wake(_: object) -> None:
        nonlocal rings
        with rung:
            rings += 1
            rung.notify_all()

    def expire() -> None:
        nonlocal expired
        with rung:
            expired = True
            rung.notify_all()

    stop = news.subscribe(wake)
    timer = threading.Timer(seconds, expire)  # one deadline for the whole wait, however much is published
    timer.daemon = True
    timer.start()
    try:
        while True:
            with rung:
                seen, over = rings, expired
            if (found := find()) is not None or over:
                return found
            with rung:
                rung.wait_for(lambda seen=seen: rings > seen or expired)  # type: ignore[misc]
    finally:
        timer.cancel()
        stop()
