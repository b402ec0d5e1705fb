"""A store in the memory of this process: for one process, for tests, and forgotten with it."""

from __future__ import annotations

import secrets
import threading
import time
from bisect import bisect_right, insort
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, final

from jsmskit import Secret

from .store import (
    HOUR,
    TALLY_LIFE,
    Attempt,
    AttemptReply,
    Conclude,
    ConcludeReply,
    Reserve,
    ReserveReply,
    Rule,
    SessionState,
    Settle,
    SettleReply,
    Step,
    StoreStats,
    Subject,
)
from .subjects import Peppers

#: After so many reservations, what no longer matters is thrown away.
_SWEEP_EVERY: Final = 256


@dataclass(slots=True)
class _Session:
    reservation: str
    sequence: int
    msg_id: str
    expires: int
    forget: int
    attempts: int = 0
    last_attempt: str = ""
    used_by: str = ""
    undone: set[str] = field(default_factory=set[str])


@dataclass(slots=True)
class _Log:
    """The entries of a subject, by time."""

    entries: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    forget: int = 0

    def count_after(self, instant: int) -> int:
        return len(self.entries) - bisect_right(self.entries, (instant, "\uffff"))


@final
class MemoryStore:
    """Keeps sessions and limits in this process.

    Right for an application of one process; with several, each has limits and sessions of its own, so use `RedisStore`.
    A restart forgets everything: who was in the middle of a login asks for a new code, and the limits begin again.
    May be shared by many threads and tasks, and by several `PhoneVerification`s with the same `application`.

    Its instants are the clock's of the process, unless the verification has a clock of its own.
    """

    def __init__(self) -> None:
        self._peppers = Peppers((Secret(secrets.token_urlsafe(32)),))
        self._lock = threading.Lock()
        self._logs: dict[str, _Log] = {}
        self._sessions: dict[str, _Session] = {}
        self._tallies: dict[tuple[str, int], Counter[str]] = {}
        self._sequence = 0

    @property
    def peppers(self) -> Peppers:
        """Made when the store was made, and forgotten with it."""
        return self._peppers

    def run(self, step: Step) -> Any:
        """Carry out a step."""
        with self._lock:
            if isinstance(step, Reserve):
                return self._reserve(step)
            if isinstance(step, Settle):
                return self._settle(step)
            if isinstance(step, Attempt):
                return self._attempt(step)
            return self._conclude(step)

    async def run_async(self, step: Step) -> Any:
        """Carry out a step; it takes microseconds."""
        return self.run(step)

    def stats(self, application: str = "default", *, hours: int = 24, now: float | None = None) -> StoreStats:
        """Count what happened in the last hours. `now` is in seconds since 1970."""
        instant = _now() if now is None else int(now * 1000)
        with self._lock:
            counts: Counter[str] = Counter()
            for (name, hour), tally in self._tallies.items():
                if name == application and hour > instant // HOUR - hours:
                    counts.update(tally)
            log = self._logs.get(_named(application, "all"), _Log())
            return StoreStats(
                hours, dict(counts), log.count_after(instant - HOUR), log.count_after(instant - 24 * HOUR)
            )

    def __repr__(self) -> str:
        return f"MemoryStore({len(self._sessions)} sessions)"

    def _reserve(self, step: Reserve) -> ReserveReply:
        now = _now() if step.now is None else step.now
        logs = [[self._log(step.application, key) for key in each.keys] for each in step.subjects]
        repeated = any(name == step.reservation for _, name in logs[step.watched][0].entries)
        used = [_count(logs[rule.subject], now - rule.window) for rule in step.rules]
        waits = [
            0 if count < rule.limit else _free_at(logs[rule.subject], now, rule, count) - now
            for rule, count in zip(step.rules, used, strict=True)
        ]
        watched = _count(logs[step.watched], now - HOUR)
        refused = None if repeated else _longest(waits)
        if refused is not None:
            self._count(step.application, f"{step.tally}:{step.rules[refused].name.value}", now)
            return ReserveReply(now, self._sequence, tuple(used), watched, refused, waits[refused])
        if not repeated:
            self._sequence += 1
            for subject, log in zip(step.subjects, logs, strict=True):
                self._enter(step.application, subject, log[0], (now, step.reservation), now)
            if self._sequence % _SWEEP_EVERY == 0:
                self._sweep(now)
        fresh = 0 if repeated else 1
        return ReserveReply(now, self._sequence, tuple(count + fresh for count in used), watched + fresh)

    def _settle(self, step: Settle) -> SettleReply:
        self._count(step.application, step.tally, step.now)
        if step.undo:
            for key in step.counted:
                log = self._log(step.application, key)
                log.entries = [entry for entry in log.entries if entry[1] != step.reservation]
            return SettleReply(True)
        names = [_named(step.application, key) for key in step.session]
        found = [self._sessions[name] for name in names if name in self._sessions]
        if any(each.sequence > step.sequence for each in found):
            return SettleReply(False)
        for name in names:
            self._sessions.pop(name, None)
        if step.msg_id is not None:
            self._sessions[names[0]] = _Session(
                step.reservation, step.sequence, step.msg_id, step.expires, step.now + step.keep
            )
        return SettleReply(True)

    def _attempt(self, step: Attempt) -> AttemptReply:
        now = _now() if step.now is None else step.now
        session = self._session(step.application, step.session, now)
        state = _state_of(session, now, step)
        if session is None or state is not SessionState.OPEN:
            self._count(step.application, f"{step.tally}:{state.value}", now)
            return AttemptReply(now, state)
        if session.last_attempt != step.attempt:
            session.attempts += 1
            session.last_attempt = step.attempt
        return AttemptReply(now, state, session.reservation, session.msg_id, session.attempts)

    def _conclude(self, step: Conclude) -> ConcludeReply:
        session = self._session(step.application, step.session, step.now)
        current = session is not None and session.reservation == step.reservation
        accepted = False
        if session is not None and current:
            # That the service told another attempt "used" is because of this one: it says "right" once.
            if step.right and session.used_by in ("", "service", step.attempt):
                session.used_by, accepted = step.attempt, True
            elif step.undo and step.attempt not in session.undone:
                session.undone.add(step.attempt)
                session.attempts -= 1
            elif step.ended is SessionState.USED:
                session.used_by = session.used_by or "service"
            elif step.ended is SessionState.EXPIRED:
                session.expires = min(session.expires, step.now)
        late = ":late" if step.right and not accepted else ""
        self._count(step.application, step.tally + late, step.now)
        return ConcludeReply(accepted, current)

    def _session(self, application: str, keys: tuple[str, ...], now: int) -> _Session | None:
        names = [_named(application, key) for key in keys]
        session = next((self._sessions[name] for name in names if name in self._sessions), None)
        return None if session is None or now >= session.forget else session

    def _log(self, application: str, key: str) -> _Log:
        return self._logs.get(_named(application, key)) or _Log()

    def _enter(self, application: str, subject: Subject, log: _Log, entry: tuple[int, str], now: int) -> None:
        self._logs[_named(application, subject.keys[0])] = log
        del log.entries[: bisect_right(log.entries, (now - subject.keep, "\uffff"))]
        insort(log.entries, entry)
        log.forget = max(log.forget, now + subject.keep)

    def _count(self, application: str, name: str, now: int) -> None:
        self._tallies.setdefault((application, now // HOUR), Counter())[name] += 1

    def _sweep(self, now: int) -> None:
        self._logs = {name: log for name, log in self._logs.items() if log.forget > now}
        self._sessions = {name: each for name, each in self._sessions.items() if each.forget > now}
        oldest = (now - TALLY_LIFE) // HOUR
        self._tallies = {key: tally for key, tally in self._tallies.items() if key[1] > oldest}


def _now() -> int:
    return int(time.time() * 1000)


def _named(application: str, key: str) -> str:
    return f"{application}:{key}"


def _count(logs: list[_Log], after: int) -> int:
    return sum(log.count_after(after) for log in logs)


def _free_at(logs: list[_Log], now: int, rule: Rule, count: int) -> int:
    """When enough entries have left the window."""
    instants = sorted(at for log in logs for at, _ in log.entries if at > now - rule.window)
    return instants[count - rule.limit] + rule.window


def _longest(waits: list[int]) -> int | None:
    longest = max(waits, default=0)
    return waits.index(longest) if longest > 0 else None


def _state_of(session: _Session | None, now: int, step: Attempt) -> SessionState:
    if session is None:
        return SessionState.NONE
    if session.used_by:
        return SessionState.USED
    if now >= session.expires:
        return SessionState.EXPIRED
    if session.attempts >= step.max_attempts and session.last_attempt != step.attempt:
        return SessionState.EXHAUSTED
    return SessionState.OPEN
