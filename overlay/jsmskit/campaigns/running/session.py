"""The session of one owner: takes leases out of the ledger, and writes down what became of them.

The same questions and writes stand around one request in every way of running: threads, asyncio, an engine.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from jsmskit.results import Balance

from ..decisions import ChunkDecision, decide_not_sent
from ..errors import CampaignStateError
from ..ledger.ledger import Ledger
from ..models import Backoff, Campaign, ChunkLease, Counts, Finished
from ..settings import RunSettings
from ..states import CampaignState, ChunkState, RecipientState, TemplateKind

if TYPE_CHECKING:
    from jsmskit.recipient_guard import RecipientGuard


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


_HEARTBEAT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended: the campaign, the counts, and the chunks that a dead owner had left in flight before it."""

    campaign: Campaign
    counts: Counts
    lost_chunks: tuple[int, ...]
    seconds: float
    sent: int

    @property
    def finished(self) -> bool:
        """Whether nothing is left to send."""
        return self.campaign.state is CampaignState.FINISHED


@final
class WorkerSession:
    """Leases and decisions of one owner for one campaign. Usable from several threads.

    guard: of the client; recipients whom it withholds are left out of the leases.
    """

    def __init__(
        self,
        ledger: Ledger,
        campaign_id: int,
        owner: str,
        settings: RunSettings,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        tell: Callable[[Progress], None] | None = None,
        guard: RecipientGuard | None = None,
    ) -> None:
        self._ledger = ledger
        self._guard = guard
        self._campaign_id = campaign_id
        self._owner = owner
        self._settings = settings
        self._clock = clock
        self._monotonic = monotonic
        self._tell = tell
        """None without a listener: then nothing is computed, and a run begins without counting all recipients."""
        self._lock = threading.Lock()
        self._unstarted: dict[int, tuple[ChunkLease, float]] = {}
        """Claimed and not begun, by chunk: the lease, and when it was claimed by the steady clock."""
        self._counts: Counter[RecipientState] = Counter()
        self._started_at = clock()
        self._in_this_run = 0
        self._heard_at = monotonic()
        self.ended: Finished | None = None
        self.settled = 0

    def start(self) -> None:
        """Take the counts from which progress is computed."""
        if self._tell is not None:
            self._counts.update(self._ledger.queries.counts(self._campaign_id).recipients)
            self._report("")

    def next_chunk(self) -> ChunkLease | Backoff | Finished:
        """The next lease, or why there is none."""
        if self.ended is not None:
            return self.ended
        self._heartbeat()
        step = self._ledger.claim(self._campaign_id, self._owner, self._settings, guard=self._guard)
        if isinstance(step, ChunkLease):
            with self._lock:
                self._unstarted[step.chunk] = step, self._monotonic()
        elif isinstance(step, Backoff):
            self._report(step.why)
        else:
            self.ended = step
        return step

    def mark_sending(self, lease: ChunkLease) -> None:
        """The request of a lease is about to start, or never will."""
        with self._lock:
            self._unstarted.pop(lease.chunk, None)

    def release_unstarted(self) -> None:
        """Give back what was claimed and never begun, when a run ends."""
        for lease, _ in list(self._unstarted.values()):
            self.release(lease, "the run ended before the request was begun")

    def stop(self) -> None:
        """Take no more orders in this run; what is in flight is finished."""
        if self.ended is None:
            self.ended = Finished(CampaignState.RUNNING, "broken off")

    def _heartbeat(self) -> None:
        with self._lock:
            due = self._monotonic() - self._heard_at >= _HEARTBEAT_SECONDS
            if due:
                self._heard_at = self._monotonic()
        if due:
            self._ledger.join(self._owner)

    def lease_expired(self, lease: ChunkLease) -> bool:
        """Whether so much time went by since the claim (a frozen machine) that the lease must not be sent any more.

        Both clocks are asked: the steady one stands still while a machine sleeps, the other may be set.
        """
        _, claimed = self._unstarted[lease.chunk]
        waited = max(self._monotonic() - claimed, self._clock() - lease.claimed_at)
        return waited > self._settings.send_within_seconds

    def release(self, lease: ChunkLease, why: str) -> None:
        """The lease was never begun. One with a timed task stays as it is, for the next owner: a predecessor may
        have put the recipients into the task already.
        """
        if lease.schedule_id is None:
            self.settle(lease, decide_not_sent(why))
            return
        self._ledger.hand_over(lease)
        self.mark_sending(lease)

    def hand_over(self, lease: ChunkLease) -> None:
        """Schedule mode: the service cannot be asked now; the next owner asks it."""
        self._ledger.hand_over(lease)
        self.pause("The scheduled messages could not be read. Look at the network; then resume: nothing is lost.")

    def settle(self, lease: ChunkLease, decision: ChunkDecision) -> None:
        """Write a decision, and tell how far things are."""
        written = self._ledger.settle(lease, decision, self._settings)
        self.mark_sending(lease)
        with self._lock:
            if written:
                self.settled += 1
                gone = Counter({RecipientState.ACCEPTED: len(decision.accepted)})
                gone.update(update.state for update in decision.updates)
                self._counts.update(gone)
                self._counts[RecipientState.PENDING] -= gone.total()
                if decision.chunk is not ChunkState.PENDING:
                    self._in_this_run += len(lease.members)
        self._report("")

    def balance_is_due(self) -> bool:
        """Whether it is time to look at the balance again."""
        every = self._settings.balance_every
        return bool(every) and self.settled > 0 and self.settled % every == 0

    def pause(self, why: str) -> None:
        """Stop giving out work, for a reason that the program found."""
        self._ledger.stop(self._campaign_id, why, pause=True)

    def pause_if_too_little(self, campaign: Campaign, balance: Balance) -> None:
        """Stop giving out work if the units that are left do not suffice for the rest."""
        try:
            check_balance_for(balance, campaign, self._ledger.queries.counts(self._campaign_id))
        except CampaignStateError as error:
            self.pause(f"{error.message} {error.remedy}")

    def _report(self, note: str) -> None:
        if self._tell is None:
            return
        with self._lock:
            of = Counts(self._counts, {})
            told = Progress(
                self._campaign_id,
                of.total,
                of.accepted,
                of.in_states(RecipientState.REJECTED),
                of.in_states(RecipientState.UNKNOWN),
                of.in_states(RecipientState.SKIPPED, RecipientState.WITHHELD),
                self._started_at,
                self._clock(),
                self._in_this_run,
                note,
            )
        self._tell(told)


def balance_for(kind: TemplateKind, balance: Balance) -> int:
    """How many units serve this kind of message. A kind to which nothing was assigned counts as nothing."""
    own = balance.market if kind.keeps_quiet_hours else balance.industry
    return (own or 0) + (balance.general or 0)


def check_balance_for(balance: Balance, campaign: Campaign, counts: Counts) -> None:
    """Raise `CampaignStateError` if what is left to send needs more units than are left."""
    share_left = counts.pending / max(campaign.recipients, 1)
    needed = round(max(campaign.units, campaign.recipients) * share_left)
    left = balance_for(campaign.kind, balance)
    if needed > left:
        raise CampaignStateError(
            f"the rest of campaign {campaign.campaign_id} needs about {needed} units, the application has {left}.",
            "Top up or assign units to the application; or run it without looking at the balance, until they are"
            " used up.",
            hint="balance",
            campaign_id=campaign.campaign_id,
        )


def reject_redirect(guard: RecipientGuard | None) -> None:
    """Raise `CampaignStateError` if the client sends everything to one number: a campaign would flood it."""
    if guard is not None and guard.redirects:
        raise CampaignStateError(
            f"a campaign does not run while all messages are redirected to one number ({guard!r}).",
            "Use an allow list instead (JSMS_ONLY_TO, OnlyTo) with numbers of your own, or the mock.",
        )
