"""Everything that happens later: one queue of timers, driven by the clock.

Each kind of timer has a handler, registered by its owner. Timers are rows of the database, so a restart loses none.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Final

from ..model.records import Timer, TimerKind
from .database import Database
from .table import Table

#: Does what an entry says: its reference, and the instant for which it was noted.
Handler = Callable[[str, float], None]

#: While the clock runs, reports fall due at full half seconds only: those of many messages share an entry.
REPORT_GRAIN_SECONDS: Final = 0.5


class TimerQueue:
    """What falls due when.

    Args:
        database: where the entries live.
    """

    __slots__ = ("_database", "_handlers", "_running", "_scheduled", "_timers")

    def __init__(self, database: Database) -> None:
        self._database = database
        self._timers = Table(database, Timer)
        self._handlers: dict[TimerKind, Handler] = {}
        self._scheduled: Callable[[float], None] | None = None
        self._running = False

    def handle(self, kind: TimerKind, handler: Handler) -> None:
        """Register who does what entries of a kind say."""
        self._handlers[kind] = handler

    def on_scheduled(self, listener: Callable[[float], None]) -> None:
        """Have a function called with the instant of each new entry, once it is stored."""
        self._scheduled = listener

    def schedule(self, at: float, kind: TimerKind, ref: str) -> None:
        """Note something for an instant, instead of when it was noted for before. Inside a transaction only."""
        timer = Timer(kind, ref, at)
        if self._timers.get(kind, ref) == timer:
            return
        self._timers.put(timer)
        if self._scheduled is not None:
            self._database.after_commit(partial(self._scheduled, at))

    def cancel(self, kind: TimerKind, ref: str) -> None:
        """Forget what was noted."""
        self._timers.delete(kind, ref)

    def times(self, kind: TimerKind) -> dict[str, float]:
        """Tell when entries of a kind fall due, by their references."""
        return {timer.ref: timer.at for timer in self._timers.find("kind = ?", kind)}

    def schedule_reports(self, at: float, *, exact: bool) -> float:
        """Note that reports fall due, once for an instant, and return it. Inside a transaction only."""
        if not exact:
            at = math.ceil(at / REPORT_GRAIN_SECONDS) * REPORT_GRAIN_SECONDS
        self.schedule(at, TimerKind.REPORTS, repr(at))
        return at

    def next_at(self) -> float | None:
        """Tell when something falls due next; None if nothing is noted."""
        timer = self._first()
        return None if timer is None else timer.at

    def run_until(self, now: float) -> int:
        """Do everything that falls due until an instant, in order of time; tell how many entries that were.

        What an entry causes is noted from the entry's own instant on, so that one long step and many short
        ones give the same result. Each entry is a transaction of its own. A call from inside a handler does
        nothing: the run that is under way goes on.
        """
        done = 0
        with self._database.lock:
            if self._running:
                return 0
            self._running = True
            try:
                while (timer := self._first()) is not None and timer.at <= now:
                    with self._database:
                        self.cancel(timer.kind, timer.ref)
                        self._handlers[timer.kind](timer.ref, timer.at)
                    done += 1
            finally:
                self._running = False
        return done

    def _first(self) -> Timer | None:
        found = self._timers.find("TRUE ORDER BY at, rowid LIMIT 1")
        return found[0] if found else None
