"""Everything that happens later: one queue of timers, driven by the clock.

Each kind of timer has a handler, registered by its owner. Timers are rows of the database, so a restart loses none.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable
from functools import partial
from typing import Final

from .database import Database


class TimerKind(enum.StrEnum):
    """What can fall due."""

    SCHEDULE = "schedule"
    TEMPLATE_REVIEW = "template-review"
    SIGN_REVIEW = "sign-review"
    REPORTS = "reports"
    CALLBACK = "callback"


#: Does what an entry says: its reference, and the instant for which it was noted.
Handler = Callable[[str, float], None]

#: While the clock runs, reports fall due at full half seconds only: those of many messages share an entry.
REPORT_GRAIN_SECONDS: Final = 0.5


class TimerQueue:
    """What falls due when.

    Args:
        database: where the entries live.
    """

    __slots__ = ("_database", "_handlers", "_running", "_scheduled")

    def __init__(self, database: Database) -> None:
        self._database = database
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
        """Note something for an instant. Inside a transaction only."""
        self._database.connection.execute("INSERT INTO timers (at, kind, ref) VALUES (?, ?, ?)", (at, kind, ref))
        if self._scheduled is not None:
            self._database.after_commit(partial(self._scheduled, at))

    def report_time(self, at: float, *, exact: bool) -> float:
        """Return the instant at which a report wanted at an instant falls due; see `REPORT_GRAIN_SECONDS`."""
        return at if exact else math.ceil(at / REPORT_GRAIN_SECONDS) * REPORT_GRAIN_SECONDS

    def schedule_reports(self, at: float) -> None:
        """Note that reports fall due, once for an instant. Inside a transaction only."""
        noted = self._database.connection.execute(
            "SELECT 1 FROM timers WHERE at = ? AND kind = ?", (at, TimerKind.REPORTS)
        ).fetchone()
        if noted is None:
            self.schedule(at, TimerKind.REPORTS, "")

    def next_at(self) -> float | None:
        """Tell when something falls due next; None if nothing is noted."""
        found = self._next()
        return None if found == math.inf else found

    def run_until(self, now: float) -> int:
        """Do everything that falls due until an instant, in order of time; tell how many entries that were.

        What an entry causes is noted from the entry's own instant on, so that one long step and many short
        ones give the same result. Each entry is a transaction of its own. A call from inside a handler does
        nothing: the run that is under way goes on.
        """
        if now < self._next():
            return 0
        done = 0
        with self._database.lock:
            if self._running:
                return 0
            self._running = True
            try:
                while self._next() <= now:
                    self._do_first()
                    done += 1
            finally:
                self._running = False
        return done

    def _next(self) -> float:
        row = self._database.connection.execute("SELECT min(at) FROM timers").fetchone()
        return math.inf if row[0] is None else float(row[0])

    def _do_first(self) -> None:
        with self._database as connection:
            identity, at, kind, ref = connection.execute(
                "SELECT id, at, kind, ref FROM timers ORDER BY at, id LIMIT 1"
            ).fetchone()
            connection.execute("DELETE FROM timers WHERE id = ?", (identity,))
            self._handlers[TimerKind(kind)](ref, at)
