"""What the ledger tells: frozen values. The `repr` of one shows no phone number and no value of a variable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .settings import Mode, Target
from .states import CampaignState, ChunkPhase, ChunkState, RecipientState, SkipReason, TemplateKind


@dataclass(frozen=True, slots=True)
class Campaign:
    """One row of the ledger: what is sent, to how many, and where it stands. Times are seconds since 1970 (UTC)."""

    campaign_id: int
    name: str
    state: CampaignState
    why: str
    template_id: int
    sign_id: int | None
    tag: str | None
    kind: TemplateKind
    mode: Mode
    source: str
    digest: str
    rows: int
    recipients: int
    units: int
    created_at: float
    settled_at: float | None
    target: Target | None = None
    """Where it was planned for; None if that was not known."""

    @property
    def chosen_by(self) -> tuple[str, ...]:
        """The options of the command line that chose the target."""
        return () if self.target is None else self.target.chosen_by


@dataclass(frozen=True, slots=True)
class Chunk:
    """One request of a campaign."""

    number: int
    state: ChunkState
    size: int
    attempt: int
    owner: str
    settled_at: float | None
    code: int | None
    why: str


class ChunkRecipient(NamedTuple):
    """One recipient as it goes into a request; a tuple, since there are very many."""

    position: int
    phone: str
    values: str | None
    """The values of the template's variables, as the JSON object that the plan checked and wrote."""
    tries: int = 0

    @property
    def params(self) -> Mapping[str, str]:
        """The same, read."""
        return json.loads(self.values) if self.values else {}

    def __repr__(self) -> str:
        return f"ChunkRecipient(position={self.position}, tries={self.tries})"


@dataclass(frozen=True, slots=True)
class ChunkLease:
    """A claimed chunk: the intent to send it is durable, and this owner alone may send it, once.

    `after_unknown` says that an earlier request of these recipients was unknown, and that a person said it
    was not sent.
    """

    campaign_id: int
    chunk: int
    attempt: int
    owner: str
    stage: int
    after_unknown: bool
    claimed_at: float
    template_id: int
    sign_id: int | None
    tag: str | None
    members: tuple[ChunkRecipient, ...] = field(repr=False)
    phase: ChunkPhase = ChunkPhase.NONE
    schedule_id: str | None = None


@dataclass(frozen=True, slots=True)
class Backoff:
    """Nothing to do now; ask again in so many seconds. `idle`: all that is left is in flight."""

    seconds: float
    why: str
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """Nothing to do any more in this run."""

    state: CampaignState
    why: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many recipients and chunks are in which state."""

    recipients: Mapping[RecipientState, int]
    chunks: Mapping[ChunkState, int]

    def in_states(self, *states: RecipientState) -> int:
        """How many recipients are in one of these states."""
        return sum(self.recipients.get(state, 0) for state in states)

    @property
    def total(self) -> int:
        """All recipients of the plan."""
        return sum(self.recipients.values())

    @property
    def accepted(self) -> int:
        """Accepted by the service, whatever became of them after that."""
        return self.in_states(RecipientState.ACCEPTED, RecipientState.DELIVERED, RecipientState.FAILED)

    @property
    def pending(self) -> int:
        """Not settled yet."""
        return self.in_states(RecipientState.PENDING)


@dataclass(frozen=True, slots=True)
class RecipientRecord:
    """One recipient as it stands in the ledger, for lists and exports."""

    row: int
    phone: str = field(repr=False)
    state: RecipientState
    code: int | None
    msg_id: str | None
    status: int | None
    why: str
    chunk: int
    settled_at: float | None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something that a person or the program did to a campaign, kept for later questions."""

    at: float
    what: str
    detail: str


class ValidRow(NamedTuple):
    """A row that can be sent: number in eleven digits, values as a JSON object (None for none), what the message is
    billed as, and its length as it is counted.
    """

    row: int
    phone: str
    params: str | None
    units: int
    length: int

    def __repr__(self) -> str:
        return f"ValidRow(row={self.row}, length={self.length})"


class SkippedRow(NamedTuple):
    """A row that gets nothing, and why. `phone` is what stood there."""

    row: int
    phone: str
    reason: SkipReason
    detail: str

    def __repr__(self) -> str:
        return f"SkippedRow(row={self.row}, reason={self.reason!r})"


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """What a plan holds. Nothing was sent.

    `units` are billed units, an estimate; 0 if the template's text is not known. `set_aside` counts rows by
    reason, `first_set_aside` has the first one for each; `ignored` counts rows of the file that hold nothing, `trimmed`
    values that had blanks around them.
    """

    campaign_id: int
    rows: int
    recipients: int
    chunks: int
    units: int
    set_aside: Mapping[str, int]
    digest: str
    longest: int
    first_set_aside: Mapping[str, SkippedRow] = field(default_factory=dict[str, "SkippedRow"], repr=False)
    ignored: Mapping[str, int] = field(default_factory=dict[str, int])
    trimmed: int = 0
