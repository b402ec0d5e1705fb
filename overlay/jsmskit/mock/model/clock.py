"""The mock's only source of time.


No other module of the mock may read a clock (a test bans it).
"""

from __future__ import annotations

import enum
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Final

#: The zone of `send_time`. No page names one; vendor and carriers are in China (gap G7).
CHINA_TIME: Final = timezone(timedelta(hours=8))

#: The service's form of a time, `yyyy-MM-dd HH:mm:ss`.
SEND_TIME_FORMAT: Final = "%Y-%m-%d %H:%M:%S"

#: The last second that the service's form of a time can write.
LATEST: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=CHINA_TIME).timestamp()


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
        moves: how often it was set, advanced, stopped or let go: of two accounts of it, the one with more is newer.
    """

    __slots__ = ("_frozen_at", "_listeners", "_shift", "_wall", "moves")

    def __init__(self, frozen_at: float | None = None, *, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._shift = 0.0
        self._frozen_at = None if frozen_at is None else _checked(frozen_at)
        self._listeners: list[Callable[[float], None]] = []
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

    def on_advance(self, listener: Callable[[float], None]) -> None:
        """Have a function called with the new instant whenever the clock was set or advanced."""
        self._listeners.append(listener)

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
            raise ValueError(
                f"the clock can be advanced by 0 seconds or more, not by {seconds}; set() goes back"
            )
        self.set(self.now() + seconds)

    def to_state(self) -> dict[str, float | None]:
        """Tell how it goes, in a form that JSON can hold."""
        return {"frozen_at": self._frozen_at, "shift": self._shift}

    def restore(self, position: dict[str, float | None]) -> None:
        """Go on as `to_state` said. No listener is called: nothing has started yet."""
        self._frozen_at, self._shift = position["frozen_at"], position["shift"] or 0.0

    def _tell(self) -> None:
        self.moves += 1
        now = self.now()
        for listener in self._listeners:
            listener(now)


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
