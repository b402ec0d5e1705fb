"""The desk of one owner: takes orders out of the ledger, and writes down what became of them.

Knows the order of questions and writings around one request, for every way of running: threads, asyncio, an
engine. Must not know how a request is made or waited for. All methods are plain and quick calls of the
ledger.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

from jsmskit.errors import InsufficientBalanceError, JsmsError
from jsmskit.results import Balance, BatchResult

from .decisions import Verdict, judge_answer, judge_failure, judge_not_sent, judge_silence
from .ledger import Ledger
from .problems import CampaignStateError
from .progress import Progress, Tally
from .settings import RunSettings
from .states import CampaignState, TemplateKind
from .values import Campaign, Counts, Done, Order, Wait

__all__ = ["Desk", "RunResult", "balance_for", "check_balance_for"]

_HEARTBEAT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended: the campaign, the counts, and the chunks that a dead owner had left in flight before
    it.
    """

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
class Desk:
    """Orders and verdicts of one owner for one campaign. Usable from several threads.

    ahead: take the next order with the write that settles one. For an owner who goes on with whatever is next.
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
        ahead: bool = False,
    ) -> None:
        self._ledger = ledger
        self._ahead = ahead
        self._campaign_id = campaign_id
        self._owner = owner
        self._settings = settings
        self._clock = clock
        self._monotonic = monotonic
        self._tell = tell
        """None if nobody listens: then nothing is reckoned, and a run begins without counting everybody."""
        self._lock = threading.Lock()
        self._tally = Tally(started_at=clock())
        self._claimed: dict[tuple[int, int], float] = {}
        self._waiting: dict[tuple[int, int], Order] = {}
        """Claimed, and not begun."""
        self._heard_at = monotonic()
        self.ended: Done | None = None
        self.settled = 0

    def begin(self) -> None:
        """Take the counts from which progress is reckoned."""
        if self._tell is not None:
            self._tally = Tally.of(self._ledger.counts(self._campaign_id), self._clock())
            self._report("")

    def next(self, only: int | None = None) -> Order | Wait | Done:
        """The next order, or why there is none."""
        if self.ended is not None and only is None:
            return self.ended
        self._show_life()
        step = self._ledger.claim(self._campaign_id, self._owner, self._settings, only=only)
        if isinstance(step, Order):
            self._note(step)
        elif isinstance(step, Done):
            self.ended = step if only is None else self.ended
        else:
            self._report(step.why)
        return step

    def _note(self, order: Order) -> None:
        with self._lock:
            self._claimed[order.chunk, order.attempt] = self._monotonic()
            self._waiting[order.chunk, order.attempt] = order

    def goes_out(self, order: Order) -> None:
        """The request of an order is about to be begun."""
        with self._lock:
            self._waiting.pop((order.chunk, order.attempt), None)

    def give_the_rest_back(self) -> None:
        """Give back what was claimed and never begun, when a run ends."""
        for order in list(self._waiting.values()):
            self.give_back(order, "the run ended before the request was begun")

    def break_off(self) -> None:
        """Take no more orders in this run; what is in flight is finished."""
        if self.ended is None:
            self.ended = Done(CampaignState.RUNNING, "broken off")

    def _show_life(self) -> None:
        with self._lock:
            due = self._monotonic() - self._heard_at >= _HEARTBEAT_SECONDS
            if due:
                self._heard_at = self._monotonic()
        if due:
            self._ledger.join(self._owner)

    def too_late(self, order: Order) -> bool:
        """Whether so much time went by since the claim (a frozen machine) that the order must not be sent any
        more.

        Both clocks are asked: the steady one stands still while a machine sleeps, the other may be set.
        """
        with self._lock:
            claimed = self._claimed.get((order.chunk, order.attempt), self._monotonic())
        waited = max(self._monotonic() - claimed, self._clock() - order.claimed_at)
        return waited > self._settings.send_within_seconds

    def settle_answer(self, order: Order, result: BatchResult) -> Order | Done | None:
        """An answer was read. Gives the next order, or why there is none, if it was taken with the same write."""
        return self._settle_and_go_on(order, judge_answer(order, result, self._settings))

    def settle_failure(self, order: Order, error: JsmsError) -> Order | Done | None:
        """The call failed in a way that the client can name. Gives what `settle_answer` gives."""
        return self._settle_and_go_on(order, judge_failure(order, error, self._settings))

    def settle_silence(self, order: Order, why: str) -> None:
        """The call was broken off: nobody knows."""
        self.settle(order, judge_silence(order, why))

    def give_back(self, order: Order, why: str) -> None:
        """The order was never begun. One with a timed task stays as it is, for whoever comes next: a predecessor may
        have put the recipients into the task already.
        """
        if order.schedule_id is None:
            self.settle(order, judge_not_sent(why))
            return
        self._ledger.set_free(order)
        with self._lock:
            self._forget(order)

    def set_free(self, order: Order) -> None:
        """Schedule mode: the service cannot be asked now; whoever comes next asks it."""
        self._ledger.set_free(order)
        self.pause("The timed tasks could not be read. Look at the network; then resume: nothing is lost.")

    def settle(self, order: Order, verdict: Verdict) -> None:
        """Write a verdict, and tell how far things are."""
        self._told(order, verdict, self._ledger.settle(order, verdict, self._settings))

    def _settle_and_go_on(self, order: Order, verdict: Verdict) -> Order | Done | None:
        if not self._ahead or self.ended is not None:
            self.settle(order, verdict)
            return None
        self._show_life()
        written, step = self._ledger.settle_and_claim(order, verdict, self._settings)
        if isinstance(step, Order):
            self._note(step)
        elif isinstance(step, Done):
            self.ended = step
        self._told(order, verdict, written)
        # How long to wait is asked anew: what was in flight may have come back by now.
        return None if isinstance(step, Wait) else step

    def _told(self, order: Order, verdict: Verdict, written: bool) -> None:
        with self._lock:
            self._forget(order)
            if written:
                self.settled += 1
                self._tally.add(verdict, len(order.members))
        self._report("")

    def _forget(self, order: Order) -> None:
        self._claimed.pop((order.chunk, order.attempt), None)
        self._waiting.pop((order.chunk, order.attempt), None)

    def balance_is_due(self) -> bool:
        """Whether it is time to look at the balance again."""
        every = self._settings.balance_every
        return bool(every) and self.settled > 0 and self.settled % every == 0

    def pause(self, why: str) -> None:
        """Stop giving out work, for a reason that the program found."""
        self._ledger.stop(self._campaign_id, why, pause=True)

    def pause_for(self, error: JsmsError) -> bool:
        """Pause if this error of a balance query says that nothing is paid for; False for others."""
        if isinstance(error, InsufficientBalanceError):
            self.pause(f"{error.message} {error.remedy}")
            return True
        return False

    def _report(self, note: str) -> None:
        if self._tell is None:
            return
        with self._lock:
            told = self._tally.progress(self._campaign_id, self._clock(), note)
        self._tell(told)


def balance_for(kind: TemplateKind, balance: Balance) -> int:
    """How many units serve this kind of message. A kind to which nothing was assigned counts as nothing."""
    own = balance.market if kind.keeps_quiet_hours else balance.industry
    return (own or 0) + (balance.general or 0)


def check_balance_for(balance: Balance, campaign: Campaign, counts: Counts) -> None:
    """Raise `CampaignStateError` if what is left to send needs more units than are left."""
    needed = _units_left(campaign, counts)
    left = balance_for(campaign.kind, balance)
    if needed > left:
        raise CampaignStateError(
            f"the rest of campaign {campaign.campaign_id} needs about {needed} units, the application"
            f" has {left}.",
            "Top up or assign units to the application; or run it with --no-balance-check until they"
            " are used up.",
        )


def _units_left(campaign: Campaign, counts: Counts) -> int:
    if not campaign.recipients:
        return 0
    share = counts.pending / campaign.recipients
    return round(max(campaign.units, campaign.recipients) * share)
