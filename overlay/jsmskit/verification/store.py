"""What a store is: a place that carries out the four steps, each at once or not at all.

Two of them make a start (`Reserve`, `Settle`), two a check (`Attempt`, `Conclude`). Instants and durations are whole
milliseconds, since scripts in Redis count in floating point numbers. No step holds a number, an address or a code:
only keyed hashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol, overload

from .policy import Limit
from .subjects import Peppers

#: How long counters for the operator are kept: eight days.
TALLY_LIFE: Final = 8 * 86_400_000
HOUR: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that requests are counted for, such as a number.

    Attributes:
        keys: its names, one for each pepper; new entries go to the first.
        keep: how long an entry matters.
    """

    keys: tuple[str, ...]
    keep: int


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `limit` entries of a subject within `window`.

    Attributes:
        subject: index in the subjects of the step.
        budget: whether it is one of the budgets, which survive that a store loses its memory.
    """

    name: Limit
    subject: int
    window: int
    limit: int
    budget: bool = False


@dataclass(frozen=True, slots=True)
class Reserve:
    """Count one code against all rules, or against none if one of them is reached.

    Attributes:
        reservation: a new random name; the same name again has no further effect.
        watched: index of the subject whose entries within the hour are returned, for `Policy.voice_after`.
    """

    application: str
    reservation: str
    subjects: tuple[Subject, ...]
    rules: tuple[Rule, ...]
    watched: int
    tally: str
    now: int | None


@dataclass(frozen=True, slots=True)
class ReserveReply:
    """Whether it was counted.

    Attributes:
        now: the instant of the store, or the one that was passed.
        sequence: grows with each reservation.
        used: entries within the window of each rule, the new one included.
        watched: entries of the watched subject within the hour, the new one included.
        refused: the rule that makes the user wait longest; None if it was counted.
        wait: until every rule lets one more through.
        memory_lost: whether the store was found without the memory that it had.
    """

    now: int
    sequence: int
    used: tuple[int, ...]
    watched: int
    refused: int | None = None
    wait: int = 0
    memory_lost: bool = False


@dataclass(frozen=True, slots=True)
class Settle:
    """Note what became of a start: the session begins, no session is left, or all is as it was before.

    Attributes:
        session: names of the session, one for each pepper.
        counted: names under which the reservation was counted.
        msg_id: of the code that is on its way; None without one.
        expires: when it ends.
        keep: for how long the session is remembered.
        undo: take the reservation back and leave the session of before.
    """

    application: str
    reservation: str
    sequence: int
    session: tuple[str, ...]
    counted: tuple[str, ...]
    tally: str
    now: int
    msg_id: str | None = None
    expires: int = 0
    keep: int = 0
    undo: bool = False


@dataclass(frozen=True, slots=True)
class SettleReply:
    """Done. `current` is false if a later start of the same number was settled before."""

    current: bool


class SessionState(StrEnum):
    """What a check finds."""

    NONE = "not_started"
    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    EXHAUSTED = "too_many_attempts"


@dataclass(frozen=True, slots=True)
class Attempt:
    """Count one attempt before the service is asked.

    Attributes:
        attempt: a new random name; the same name again has no further effect.
        tally: prefix of the counter; the state is added unless the session is open.
    """

    application: str
    attempt: str
    session: tuple[str, ...]
    max_attempts: int
    tally: str
    now: int | None


@dataclass(frozen=True, slots=True)
class AttemptReply:
    """What was found, and for an open session what to ask the service.

    Attributes:
        reservation: which start the session belongs to.
        attempts: how many were counted, this one included.
    """

    now: int
    state: SessionState
    reservation: str = ""
    msg_id: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Conclude:
    """Note the verdict on an attempt.

    Attributes:
        right: the code is right: accept it, if it was not accepted before and no later start took its place.
        undo: the service was not asked: the attempt does not count.
        ended: the service says that this code is used or too old; so it is.
    """

    application: str
    attempt: str
    reservation: str
    session: tuple[str, ...]
    tally: str
    now: int
    right: bool = False
    undo: bool = False
    ended: SessionState | None = None


@dataclass(frozen=True, slots=True)
class ConcludeReply:
    """Whether the code was accepted: once in its life. `current` is false if a later start took its place."""

    accepted: bool
    current: bool


Step = Reserve | Settle | Attempt | Conclude


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

    @overload
    def run(self, step: Reserve) -> ReserveReply: ...
    @overload
    def run(self, step: Settle) -> SettleReply: ...
    @overload
    def run(self, step: Attempt) -> AttemptReply: ...
    @overload
    def run(self, step: Conclude) -> ConcludeReply: ...
    def run(self, step: Step) -> object:
        """Carry out a step."""
        ...

    @overload
    async def run_async(self, step: Reserve) -> ReserveReply: ...
    @overload
    async def run_async(self, step: Settle) -> SettleReply: ...
    @overload
    async def run_async(self, step: Attempt) -> AttemptReply: ...
    @overload
    async def run_async(self, step: Conclude) -> ConcludeReply: ...
    async def run_async(self, step: Step) -> object:
        """Carry out a step without blocking the event loop."""
        ...
