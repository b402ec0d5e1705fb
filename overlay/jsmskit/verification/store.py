"""What a store is, a place that carries out the four steps, each at once or not at all; and the one in memory.

Two steps make a start (`Reserve`, `Settle`), two a check (`Attempt`, `Conclude`). Instants and durations are whole
milliseconds, since scripts in Redis count in floating point numbers. No step holds a number, an address or a code:
only keyed hashes.
"""

from __future__ import annotations

import secrets
import threading
import time
from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Protocol, TypeVar, final

from jsmskit import Secret

from .policy import Limit
from .results import CheckReason
from .subjects import Peppers

#: How long counters for the operator are kept: eight days.
TALLY_LIFE: Final = 8 * 86_400_000
HOUR: Final = 3_600_000
#: After so many reservations, `MemoryStore` throws away what no longer matters.
_SWEEP_EVERY: Final = 256

Reply = TypeVar("Reply")


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that starts are counted for, such as a number; an entry matters for `keep`."""

    kind: str
    keep: int


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `limit` entries of a subject, named by its place in the table, within `window`."""

    name: Limit
    subject: int
    window: int
    limit: int

    @property
    def is_budget(self) -> bool:
        """Whether it is one of the budgets, which survive that a store loses its memory."""
        return self.name in (Limit.BUDGET_HOUR, Limit.BUDGET_DAY)


@dataclass(frozen=True, eq=False)
class LimitTable:
    """What a start is counted for: the number first. One object serves all starts that have the same limits."""

    subjects: tuple[Subject, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class ReserveReply:
    """Whether a code was counted.

    Attributes:
        now: the instant of the store, or the one that was passed.
        sequence: grows with each reservation.
        used: entries within the window of each rule, the new one included.
        watched: entries of the number within the hour, the new one included, for `Policy.voice_after`.
        refused: the rule that makes the user wait longest; None if it was counted.
        wait: until every rule lets one more through.
    """

    now: int
    sequence: int
    used: Sequence[int]
    watched: int
    refused: int | None = None
    wait: int = 0


@dataclass(frozen=True, slots=True)
class AttemptReply:
    """What was found, and for an open session what to ask the service.

    Attributes:
        ended: why the session is not open; None if it is.
        reservation: which start the session belongs to.
        attempts: how many were counted, this one included.
    """

    now: int
    ended: CheckReason | None = None
    reservation: str = ""
    msg_id: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class ConcludeReply:
    """Whether the code was accepted: once in its life. `current` is false if a later start took its place."""

    accepted: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Step(Generic[Reply]):
    """What a store carries out. `tally` names the operator's counter."""

    application: str
    tally: str


@dataclass(frozen=True, slots=True)
class Reserve(Step[ReserveReply]):
    """Count one code against all rules, or against none if one of them is reached.

    Attributes:
        tally: the name of a limit that is reached is added.
        reservation: a new random name; the same name again has no further effect.
        keys: for each subject its names, one for each pepper; new entries go to the first.
    """

    now: int | None
    reservation: str
    limits: LimitTable
    keys: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Settle(Step[None]):
    """Note what became of a start: the session begins, no session is left, or all is as it was before.

    Attributes:
        session: names of the session, one for each pepper.
        msg_id: of the code that is on its way; None without one.
        expires: when it ends.
        keep: for how long the session is remembered.
        take_back: names from which the reservation is taken, the session of before being left; empty if it stays.
    """

    now: int
    reservation: str
    sequence: int
    session: tuple[str, ...]
    msg_id: str | None = None
    expires: int = 0
    keep: int = 0
    take_back: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt(Step[AttemptReply]):
    """Count one attempt before the service is asked.

    Attributes:
        tally: why the session is not open is added; nothing is counted if it is.
        attempt: a new random name; the same name again has no further effect.
    """

    now: int | None
    attempt: str
    session: tuple[str, ...]
    max_attempts: int


@dataclass(frozen=True, slots=True)
class Conclude(Step[ConcludeReply]):
    """Note the verdict on an attempt.

    Attributes:
        right: the code is right: accept it, if it was not accepted before and no later start took its place.
        undo: the service was not asked: the attempt does not count.
        ended: the service says that this code is used or too old; so it is.
    """

    now: int
    attempt: str
    reservation: str
    session: tuple[str, ...]
    right: bool = False
    undo: bool = False
    ended: CheckReason | None = None


@dataclass(frozen=True, slots=True)
class StoreStats:
    """What an operator sees of an application.

    Attributes:
        hours: how many hours the counts reach back.
        counts: how often each thing happened, such as `start:login:text:sent` or `check:login:wrong`.
        last_hour: codes of the last hour.
        last_day: codes of the last day.
        memory_lost_at: seconds since 1970 when the store was found without its memory, within the last day; else None.
        eviction: policy of the store for a full memory; None if it does not say. Anything but `noeviction` may drop
            a limit.
        persistent: whether the store writes every change to a file at once; None if it does not say.
    """

    hours: int
    counts: Mapping[str, int]
    last_hour: int = 0
    last_day: int = 0
    memory_lost_at: float | None = None
    eviction: str | None = None
    persistent: bool | None = None


class VerificationStore(Protocol):
    """Where sessions and limits are kept.

    `run` and `run_async` do the same, for threads and for asyncio, each with one round trip. They raise
    `VerificationStoreError` if the step was not, or perhaps not, carried out.
    """

    @property
    def peppers(self) -> Peppers:
        """The keys of the hashes in this store."""
        ...

    def run(self, step: Step[Reply]) -> Reply:
        """Carry out a step."""
        ...

    async def run_async(self, step: Step[Reply]) -> Reply:
        """Carry out a step without blocking the event loop."""
        ...


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
        # Logs and sessions by application and name, counters by application and hour.
        self._logs: dict[tuple[str, str], _Log] = {}
        self._sessions: dict[tuple[str, str], _Session] = {}
        self._tallies: dict[tuple[str, int], Counter[str]] = {}
        self._sequence = 0

    @property
    def peppers(self) -> Peppers:
        """Made when the store was made, and forgotten with it."""
        return self._peppers

    def run(self, step: Step[Any]) -> Any:
        """Carry out a step."""
        carry_out: Any = {
            Reserve: self._reserve, Settle: self._settle, Attempt: self._attempt, Conclude: self._conclude
        }[type(step)]  # fmt: skip
        with self._lock:
            return carry_out(step)

    async def run_async(self, step: Step[Any]) -> Any:
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
            log = self._logs.get((application, "all"), _Log())
            last_hour, last_day = (log.count_after(instant - window) for window in (HOUR, 24 * HOUR))
        return StoreStats(hours, dict(counts), last_hour, last_day)

    def __repr__(self) -> str:
        return f"MemoryStore({len(self._sessions)} sessions)"

    def _reserve(self, step: Reserve) -> ReserveReply:
        now = _now() if step.now is None else step.now
        logs = [[self._logs.get((step.application, key)) or _Log() for key in keys] for keys in step.keys]
        repeated = any(name == step.reservation for _, name in logs[0][0].entries)
        used = [_count(logs[rule.subject], now - rule.window) for rule in step.limits.rules]
        waits = [
            0 if count < rule.limit else _free_at(logs[rule.subject], now, rule, count) - now
            for rule, count in zip(step.limits.rules, used, strict=True)
        ]
        watched, longest = _count(logs[0], now - HOUR), max(waits, default=0)
        if longest > 0 and not repeated:
            refused = waits.index(longest)
            self._count(step.application, f"{step.tally}:{step.limits.rules[refused].name.value}", now)
            return ReserveReply(now, self._sequence, used, watched, refused, longest)
        if repeated:
            return ReserveReply(now, self._sequence, used, watched)
        self._sequence += 1
        for subject, keys, each in zip(step.limits.subjects, step.keys, logs, strict=True):
            log = self._logs[step.application, keys[0]] = each[0]
            del log.entries[: bisect_right(log.entries, (now - subject.keep, "\uffff"))]
            insort(log.entries, (now, step.reservation))
            log.forget = max(log.forget, now + subject.keep)
        if self._sequence % _SWEEP_EVERY == 0:
            self._sweep(now)
        return ReserveReply(now, self._sequence, [count + 1 for count in used], watched + 1)

    def _settle(self, step: Settle) -> None:
        self._count(step.application, step.tally, step.now)
        for key in step.take_back:
            log = self._logs.get((step.application, key)) or _Log()
            log.entries = [entry for entry in log.entries if entry[1] != step.reservation]
        names = [(step.application, key) for key in step.session]
        found = [self._sessions[name] for name in names if name in self._sessions]
        if step.take_back or any(each.sequence > step.sequence for each in found):
            return
        for name in names:
            self._sessions.pop(name, None)
        if step.msg_id is not None:
            forget = step.now + step.keep
            self._sessions[names[0]] = _Session(step.reservation, step.sequence, step.msg_id, step.expires, forget)

    def _attempt(self, step: Attempt) -> AttemptReply:
        now = _now() if step.now is None else step.now
        session = self._session(step.application, step.session, now)
        ended = _why_ended(session, now, step)
        if session is None or ended is not None:
            self._count(step.application, f"{step.tally}:{ended}", now)
            return AttemptReply(now, ended)
        if session.last_attempt != step.attempt:
            session.attempts += 1
            session.last_attempt = step.attempt
        return AttemptReply(now, None, session.reservation, session.msg_id, session.attempts)

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
            elif step.ended is CheckReason.USED:
                session.used_by = session.used_by or "service"
            elif step.ended is CheckReason.EXPIRED:
                session.expires = min(session.expires, step.now)
        late = ":late" if step.right and not accepted else ""
        self._count(step.application, step.tally + late, step.now)
        return ConcludeReply(accepted, current)

    def _session(self, application: str, keys: tuple[str, ...], now: int) -> _Session | None:
        found = (self._sessions.get((application, key)) for key in keys)
        return next((session for session in found if session is not None and now < session.forget), None)

    def _count(self, application: str, name: str, now: int) -> None:
        self._tallies.setdefault((application, now // HOUR), Counter())[name] += 1

    def _sweep(self, now: int) -> None:
        self._logs = {name: log for name, log in self._logs.items() if log.forget > now}
        self._sessions = {name: each for name, each in self._sessions.items() if each.forget > now}
        oldest = (now - TALLY_LIFE) // HOUR
        self._tallies = {key: tally for key, tally in self._tallies.items() if key[1] > oldest}


def _now() -> int:
    return int(time.time() * 1000)


def _count(logs: list[_Log], after: int) -> int:
    return sum(log.count_after(after) for log in logs)


def _free_at(logs: list[_Log], now: int, rule: Rule, count: int) -> int:
    """When enough entries have left the window."""
    instants = sorted(at for log in logs for at, _ in log.entries if at > now - rule.window)
    return instants[count - rule.limit] + rule.window


def _why_ended(session: _Session | None, now: int, step: Attempt) -> CheckReason | None:
    if session is None:
        return CheckReason.NOT_STARTED
    if session.used_by:
        return CheckReason.USED
    if now >= session.expires:
        return CheckReason.EXPIRED
    if session.attempts >= step.max_attempts and session.last_attempt != step.attempt:
        return CheckReason.TOO_MANY_ATTEMPTS
    return None
