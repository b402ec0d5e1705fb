"""The mock's only source of time, and waits without polling: for an instant, a message, the end of serving.

No other module of the mock may read a clock (a test bans it). Nothing here sleeps; a wait ends when something happens,
or when the loop's timer says that the running clock has come so far.
"""

from __future__ import annotations

import asyncio
import enum
import threading
import time
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta, timezone
from typing import Any, Final, Generic, TypeVar

#: The zone of `send_time`. No page names one; vendor and carriers are in China (gap G7).
CHINA_TIME: Final = timezone(timedelta(hours=8))

#: The service's form of a time, `yyyy-MM-dd HH:mm:ss`.
SEND_TIME_FORMAT: Final = "%Y-%m-%d %H:%M:%S"

#: The last second that the service's form of a time can write.
LATEST: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=CHINA_TIME).timestamp()


_T = TypeVar("_T")


class Broadcast(Generic[_T]):
    """Tells all subscribers what happens. Safe for threads; listeners must be quick."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[Hashable, Callable[[_T], object]] = {}

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

    def subscribe(self, listener: Callable[[_T], object]) -> Callable[[], None]:
        """Be told from now on; call what is returned to stop."""
        key = object()
        with self._lock:
            self._listeners[key] = listener

        def stop() -> None:
            with self._lock:
                self._listeners.pop(key, None)

        return stop


class ClockMode(enum.StrEnum):
    """How the clock goes: as the wall clock does, as the wall clock plus a shift, or not at all."""

    REAL = "real"
    SHIFTED = "shifted"
    FROZEN = "frozen"


class Clock:
    """Time for the whole mock, in seconds since 1970-01-01T00:00:00Z.

    Args:
        frozen_at: start frozen at this instant; None starts with the wall clock.
        wall: where real time comes from; for tests of the clock itself.

    Attributes:
        changes: publishes the new instant whenever it was set, advanced, stopped or let go.
        moves: how often it was set, advanced, stopped or let go: of two accounts of it, the one with more is newer.
    """

    __slots__ = ("_frozen_at", "_shift", "_wall", "changes", "moves")

    def __init__(self, frozen_at: float | None = None, *, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._shift = 0.0
        self._frozen_at = None if frozen_at is None else _checked(frozen_at)
        self.changes: Broadcast[float] = Broadcast()
        self.moves = 0

    @property
    def mode(self) -> ClockMode:
        """How the clock goes now."""
        if self._frozen_at is not None:
            return ClockMode.FROZEN
        return ClockMode.SHIFTED if self._shift else ClockMode.REAL

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""
        return self._frozen_at is not None

    def now(self) -> float:
        """Return the present instant, in seconds since 1970."""
        if self._frozen_at is not None:
            return self._frozen_at
        return self._wall() + self._shift

    def freeze(self, at: float | None = None) -> None:
        """Stop at an instant; at the present one when none is given.

        Raises:
            ValueError: an instant that the service cannot write (before 1970 or after 9999).
        """
        self._frozen_at = self.now() if at is None else _checked(at)
        self._tell()

    def run(self) -> None:
        """Go on from the present instant, at the pace of the wall clock."""
        if self._frozen_at is not None:
            self._shift = self._frozen_at - self._wall()
            self._frozen_at = None
            self._tell()

    def follow_wall(self) -> None:
        """Become the wall clock again: no shift, not frozen."""
        self._shift, self._frozen_at = 0.0, None
        self._tell()

    def set(self, at: float) -> None:
        """Jump to an instant, forward or back; a frozen clock stays frozen, a running one runs on from there.

        Going back runs nothing again: what was done stays done.

        Raises:
            ValueError: an instant that the service cannot write.
        """
        if self._frozen_at is not None:
            self._frozen_at = _checked(at)
        else:
            self._shift = _checked(at) - self._wall()
        self._tell()

    def advance(self, seconds: float) -> None:
        """Jump forward.

        Raises:
            ValueError: a negative number, or beyond the year 9999.
        """
        if not seconds >= 0:
            raise ValueError(f"the clock can be advanced by 0 seconds or more, not by {seconds}; set() goes back")
        self.set(self.now() + seconds)

    def to_state(self) -> dict[str, float | None]:
        """Tell how it goes, in a form that JSON can hold."""
        return {"frozen_at": self._frozen_at, "shift": self._shift}

    def restore(self, position: dict[str, float | None]) -> None:
        """Go on as `to_state` said. No listener is called: nothing has started yet."""
        self._frozen_at, self._shift = position["frozen_at"], position["shift"] or 0.0

    def _tell(self) -> None:
        self.moves += 1
        self.changes.publish(self.now())


def _checked(at: float) -> float:
    if not 0 <= at <= LATEST:
        raise ValueError(f"{at} is not an instant between 1970 and 9999")
    return float(at)


def read_send_time(text: str) -> float:
    """Read the service's form of a time, as China Standard Time.

    Raises:
        ValueError: not that form, or no such day or time.
    """
    return datetime.strptime(text, SEND_TIME_FORMAT).replace(tzinfo=CHINA_TIME).timestamp()


def write_send_time(at: float) -> str:
    """Write an instant in the service's form, as China Standard Time; fractions of a second are dropped."""
    return datetime.fromtimestamp(at, CHINA_TIME).strftime(SEND_TIME_FORMAT)


def milliseconds(at: float) -> int:
    """Return an instant as reports, replies and callbacks carry it."""
    return int(at * 1000)


async def run_unless(work: Awaitable[_T], *ends: Awaitable[object]) -> asyncio.Future[_T] | None:
    """Let a piece of work run, no longer than the first of some others; None if it did not come to its own end."""
    task = asyncio.ensure_future(work)
    tasks: list[asyncio.Future[Any]] = [task, *map(asyncio.ensure_future, ends)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            return None
        task.result()
        return task
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def wait_until(clock: Clock, instant: float) -> None:
    """Wait until the mock's clock has come to an instant: by advancing, or, unless frozen, as time passes."""
    loop = asyncio.get_running_loop()
    changed = asyncio.Event()
    stop = clock.changes.subscribe(lambda _: loop.call_soon_threadsafe(changed.set))
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


async def wait_for(news: Broadcast[Any], find: Callable[[], _T | None], seconds: float) -> _T | None:
    """Wait until `find` finds something, asking again each time something is published.

    Args:
        news: published when something may have come.
        find: looks; None when there is nothing yet.
        seconds: real seconds at most; 0 looks once.
    """
    loop = asyncio.get_running_loop()
    rung = asyncio.Event()
    stop = news.subscribe(lambda _: loop.call_soon_threadsafe(rung.set))
    try:
        async with asyncio.timeout(seconds):
            while (found := find()) is None:
                await rung.wait()
                rung.clear()
        return found
    except TimeoutError:
        return find()
    finally:
        stop()


def wait_for_blocking(news: Broadcast[Any], find: Callable[[], _T | None], seconds: float) -> _T | None:
    """Wait as `wait_for` does, by blocking this thread."""
    rung = threading.Event()
    stop = news.subscribe(lambda _: rung.set())
    deadline = time.monotonic() + seconds
    try:
        while (found := find()) is None:
            left = deadline - time.monotonic()
            if left <= 0 or not rung.wait(left):
                return find()
            rung.clear()
        return found
    finally:
        stop()
