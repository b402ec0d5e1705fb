"""How far a run is: counted along with its decisions, so that telling it asks the ledger nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..decisions import ChunkDecision
from ..models import Counts
from ..states import ChunkState, RecipientState

__all__ = ["Progress", "Tally"]


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands, told after each request. Counts are recipients; `note` says what is waited for."""

    campaign_id: int
    total: int
    accepted: int
    rejected: int
    unknown: int
    skipped: int
    started_at: float
    now: float
    in_this_run: int
    note: str = ""

    @property
    def pending(self) -> int:
        """How many are still to be sent."""
        return max(0, self.total - self.accepted - self.rejected - self.unknown - self.skipped)

    @property
    def rate(self) -> float:
        """Recipients a second in this run."""
        return self.in_this_run / max(self.now - self.started_at, 1e-6)

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at this rate; None if nothing can be said yet."""
        return self.pending / self.rate if self.in_this_run else None


@dataclass(slots=True)
class Tally:
    """Running counts, so that telling progress asks the ledger nothing."""

    started_at: float
    counts: dict[RecipientState, int] = field(default_factory=dict[RecipientState, int])
    total: int = 0
    in_this_run: int = 0

    @classmethod
    def of(cls, counts: Counts, now: float) -> Tally:
        """Begin with what the ledger counts."""
        known = dict(counts.recipients)
        known[RecipientState.ACCEPTED] = counts.accepted
        return cls(now, known, counts.total)

    def add(self, verdict: ChunkDecision, size: int) -> None:
        """Add a verdict on so many people."""
        if verdict.chunk is not ChunkState.PENDING:
            self.in_this_run += size
        accepted = self.counts.get(RecipientState.ACCEPTED, 0)
        self.counts[RecipientState.ACCEPTED] = accepted + len(verdict.accepted)
        for fate in verdict.updates:
            self.counts[fate.state] = self.counts.get(fate.state, 0) + 1

    def progress(self, campaign_id: int, now: float, note: str) -> Progress:
        """Tell how far it is."""
        of = self.counts.get
        return Progress(
            campaign_id,
            self.total,
            of(RecipientState.ACCEPTED, 0),
            of(RecipientState.REJECTED, 0),
            of(RecipientState.UNKNOWN, 0),
            of(RecipientState.SKIPPED, 0) + of(RecipientState.WITHHELD, 0),
            self.started_at,
            now,
            self.in_this_run,
            note,
        )
