"""Waiting without polling: for an instant of the mock's clock, for a message, for the end of serving.

Knows event loops and threads: the clock may be advanced and messages may arrive in any thread. Must not know
HTTP. Nothing here sleeps; a wait ends when something happens, or when the loop's timer says that the running
clock has come so far.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from .clock import Clock, ClockMode

_T = TypeVar("_T")


class Bell(Generic[_T]):
    """Tells all who listen that something happened. Safe for threads; listeners must be quick.

    It is also how a live page will be fed: a stream is one more listener.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[Hashable, Callable[[_T], None]] = {}

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    def ring(self, happened: _T) -> None:
        """Tell everyone."""
        if not self._listeners:  # nearly always: it rings several times a request
            return
        with self._lock:
            listeners = list(self._listeners.values())
        for listener in listeners:
            listener(happened)

    def listen(self, listener: Callable[[_T], None]) -> Callable[[], None]:
        """Be told from now on; call what is returned to stop."""
        key = object()
        with self._lock:
            self._listeners[key] = listener

        def stop() -> None:
            with self._lock:
                self._listeners.pop(key, None)

        return stop


async def until_instant(clock: Clock, moved: Bell[float], instant: float) -> None:
    """Wait until the mock's clock has come to an instant: by advancing, or, unless frozen, by itself.

    Args:
        clock: the mock's.
        moved: rings when that clock was set or advanced.
        instant: seconds since 1970.
    """
    loop = asyncio.get_running_loop()
    changed = asyncio.Event()

    def wake(_: float) -> None:
        loop.call_soon_threadsafe(changed.set)

    stop = moved.listen(wake)
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


async def first_of(bell: Bell[object], find: Callable[[], _T | None], seconds: float) -> _T | None:
    """Wait until `find` finds something, asking again each time the bell rings.

    Args:
        bell: rings when something may have come.
        find: looks; None when there is nothing yet.
        seconds: real seconds at most; 0 looks once.
    """
    loop = asyncio.get_running_loop()
    rung = asyncio.Event()

    def wake(_: object) -> None:
        loop.call_soon_threadsafe(rung.set)

    stop = bell.listen(wake)
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


def first_of_blocking(bell: Bell[object], find: Callable[[], _T | None], seconds: float) -> _T | None:
    """Wait as `first_of` does, by blocking this thread."""
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

    stop = bell.listen(wake)
    timer = threading.Timer(seconds, expire)  # one deadline for the whole wait, however often the bell rings
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
