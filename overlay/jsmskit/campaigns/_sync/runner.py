# Made from overlay/jsmskit/campaigns/_async/runner.py by tools/unasync.py. Do not edit: change that file and run the tool.
"""Runs a campaign in this process: some workers, one request at a time for each.

Knows the order of things around a request. What is decided stands in `decisions`, what is written in the
ledger. The same few lines send for the engine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar, final

from jsmskit import JsmsClient
from jsmskit.errors import JsmsError
from jsmskit.recipients import PreparedRecipients

from .._steps import Passing, pass_quietly
from .._working_threads import Hands, Sleep, sleep
from ..desk import Desk, RunResult, balance_for, check_balance_for
from ..ledger import Ledger, new_owner
from ..problems import CampaignError, CampaignStateError, LedgerError
from ..progress import Progress
from ..settings import Mode, RunSettings
from ..values import Campaign, Done, Order, Wait
from .scheduling import TimedSender
from .service import target_of

__all__ = ["CampaignRunner"]

T = TypeVar("T")

_SETTLE_TRIES: Final = 4
_SETTLE_WAIT_SECONDS: Final = 2.0


@final
class CampaignRunner:
    """Sends a planned campaign from a ledger with a client.

    Args:
        ledger: an open ledger; it stays open.
        client: signs and sends; it stays open. Its own repetitions never touch what may have arrived.
        settings: how fast, how careful.
        tell: called after each request with how far things are; must return quickly.
        clock: seconds since 1970, by the door for tests.
        sleep: how to wait, by the door for tests.
        passing: called at each named place of a run, where tests let it die.
    """

    def __init__(
        self,
        ledger: Ledger,
        client: JsmsClient,
        settings: RunSettings | None = None,
        *,
        tell: Callable[[Progress], None] | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Sleep = sleep,
        passing: Passing = pass_quietly,
    ) -> None:
        self._ledger = ledger
        self._settings = RunSettings() if settings is None else settings
        self._client = client.with_options(deadline=self._settings.deadline_seconds)
        self._tell = tell
        self._clock = clock
        self._sleep = sleep
        self._at = passing
        self._hands = Hands()
        self._began = False
        self._checked: set[int] = set()

    @property
    def began(self) -> bool:
        """Whether this runner has begun to give out work: whatever fails after that, messages may have been sent."""
        return self._began

    def check(self, campaign_id: int, *, check_balance: bool = True, retarget: bool = False) -> int | None:
        """Look at the target, the keys and the balance, as `run` does first; nothing is sent.

        Returns:
            Units that are left for messages of this kind; None if the balance is not looked at.

        Raises:
            TargetChangedError: it was planned for another address or application, and not `retarget`.
            CampaignStateError: the balance does not suffice.
            JsmsError: the keys are wrong, or the balance could not be read.
        """
        campaign = self._hands.do(self._ledger.campaign, campaign_id)
        target = target_of(self._client)
        self._hands.do(lambda: self._ledger.bind_target(campaign_id, target, retarget=retarget))
        self._checked.add(campaign_id)
        if not check_balance:
            return None
        balance = self._client.accounts.app_balance()
        counts = self._hands.do(self._ledger.counts, campaign_id)
        check_balance_for(balance, campaign, counts)
        return balance_for(campaign.kind, balance)

    def run(self, campaign_id: int, *, check_balance: bool = True, retarget: bool = False) -> RunResult:
        """Start a planned campaign, and send until nothing is left or something says stop.

        Returns:
            How it ended; look at `result.campaign.state` and `why`. Unknown recipients are listed by the ledger.

        Raises:
            CampaignStateError: it was started before (use `resume`), or the balance does not suffice.
            TargetChangedError: it was planned for another address or application, and not `retarget`.
            LedgerBusyError: another run is on.
            LedgerError: the ledger failed. If `outcome` is unknown, that was after the run had begun: the ledger says
                how far it came, and what was in flight is unknown after the next start.
        """
        return self._run(campaign_id, resume=False, check_balance=check_balance, retarget=retarget)

    def resume(self, campaign_id: int, *, check_balance: bool = True, retarget: bool = False) -> RunResult:
        """Go on with a campaign that was stopped, was paused, or whose program died. Raises as `run`.

        What the dead program had in flight becomes unknown, and is never sent again by itself.
        """
        return self._run(campaign_id, resume=True, check_balance=check_balance, retarget=retarget)

    def _run(self, campaign_id: int, *, resume: bool, check_balance: bool, retarget: bool) -> RunResult:
        try:
            if campaign_id not in self._checked:
                self.check(campaign_id, check_balance=check_balance, retarget=retarget)
            return self._run_to_the_end(campaign_id, resume=resume, check_balance=check_balance)
        except CampaignError as error:
            if self._began:
                error.raised_in_run(campaign_id)
            raise

    def _run_to_the_end(self, campaign_id: int, *, resume: bool, check_balance: bool) -> RunResult:
        owner = new_owner()
        began = self._clock()
        do = self._hands.do
        desk = Desk(
            self._ledger, campaign_id, owner, self._settings, clock=self._clock, tell=self._tell, ahead=True
        )
        try:
            campaign = do(self._ledger.campaign, campaign_id)
            lost = do(self._ledger.start, campaign_id, owner, self._settings, resume=resume)
            self._began = True
            do(desk.begin)

            def worker() -> None:
                self._work(desk, campaign, check_balance=check_balance)

            self._hands.work(worker, self._settings.concurrency, desk.break_off)
            return RunResult(
                do(self._ledger.campaign, campaign_id),
                do(self._ledger.counts, campaign_id),
                tuple(lost),
                self._clock() - began,
                desk.settled,
            )
        except KeyboardInterrupt:
            self._ledger.stop(campaign_id, "interrupted at the keyboard")
            raise
        finally:
            try:
                do(desk.give_the_rest_back)
            finally:
                do(self._ledger.leave, owner)

    def close(self) -> None:
        """Give up the runner's own thread. Ledger and client stay open."""
        self._hands.close()

    def _work(self, desk: Desk, campaign: Campaign, *, check_balance: bool) -> None:
        step: Order | Wait | Done | None = None
        while True:
            news = self._hands.news
            if step is None:
                step = self._hands.do(desk.next)
            if isinstance(step, Done):
                return
            if isinstance(step, Wait):
                self._rest(step, news)
                step = None
                continue
            if desk.ended is not None:
                return  # the order is given back at the end
            step = self.process(desk, step)
            self._hands.tell_news()
            if check_balance and desk.balance_is_due():
                if isinstance(step, Order):
                    self._hands.do(desk.give_back, step, "the balance is looked at first")
                    step = None
                self._check_balance(desk, campaign)

    def _rest(self, wait: Wait, news: int) -> None:
        if wait.for_others and self._sleep is sleep:
            self._hands.rest(wait.seconds, news)
        else:
            self._sleep(wait.seconds)

    def process(self, desk: Desk, order: Order) -> Order | Done | None:
        """Make the one request of a claimed chunk, and write down what became of it.

        Returns the next order, or why there is none, if the desk takes it with the same write.
        """
        if desk.too_late(order):
            self._settled(desk.give_back, order, "too much time went by between the claim and the request")
            return None
        desk.goes_out(order)
        # A timed task that a predecessor has filled is finished in its way, whatever this run is told to do.
        if self._settings.mode is Mode.SCHEDULE or order.schedule_id is not None:
            sender = TimedSender(
                self._ledger, self._client, self._settings, self._hands, self._clock, self._sleep
            )
            sender.process(desk, order, self._at)
            return None
        # Checked when they were planned.
        people = PreparedRecipients.restored(order.members.phones, order.members.values)
        self._at("send.before")
        try:
            result = self._client.messages.send_batch(
                order.template_id, people, sign_id=order.sign_id, tag=order.tag
            )
        except JsmsError as error:
            self._at("send.failed")
            return self._settled(desk.settle_failure, order, error)
        except BaseException:
            # Cancelled, or a defect of ours: the request may have left. Written here and now, since nothing
            # may be awaited any more.
            desk.settle_silence(order, "the program broke off while the request was under way")
            raise
        else:
            self._at("send.after")
            return self._settled(desk.settle_answer, order, result)

    def _settled(self, write: Callable[..., T], order: Order, what: object) -> T:
        """Write a verdict, and try again for a while if the ledger fails: the answer is in our hands only."""
        left = _SETTLE_TRIES
        while True:
            try:
                return self._hands.do(write, order, what)
            except LedgerError:
                left -= 1
                if not left:
                    raise
            self._sleep(_SETTLE_WAIT_SECONDS)

    def _check_balance(self, desk: Desk, campaign: Campaign) -> None:
        try:
            balance = self._client.accounts.app_balance()
        except JsmsError as error:
            # On the way a lost answer is no reason to stop; the service refuses when the money is gone.
            desk.pause_for(error)
            return
        counts = self._hands.do(self._ledger.counts, campaign.campaign_id)
        try:
            check_balance_for(balance, campaign, counts)
        except CampaignStateError as error:
            desk.pause(f"{error.message} {error.remedy}")
