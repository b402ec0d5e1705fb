# Made from overlay/jsmskit/campaigns/running/_async/runner.py by tools/unasync.py. Do not edit: change that file and run the tool.
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

from ...errors import CampaignError, CampaignStateError, LedgerError
from ...ledger.failpoints import failpoint
from ...ledger.ledger import Ledger, new_owner
from ...models import Backoff, Campaign, ChunkLease, Finished
from ...settings import Mode, RunSettings
from ..progress import Progress
from ..session import RunResult, WorkerSession, balance_for, check_balance_for, reject_redirect
from ..workers_threads import Sleep, WorkerGroup, sleep
from .service_calls import target_of
from .two_phase import TwoPhaseSender

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

    Raises:
        CampaignStateError: the client redirects every message to one number (`RedirectTo`, JSMS_REDIRECT_TO).
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
    ) -> None:
        self._ledger = ledger
        self._settings = RunSettings() if settings is None else settings
        reject_redirect(client.recipient_guard)
        self._client = client.with_options(deadline=self._settings.deadline_seconds)
        self._tell = tell
        self._clock = clock
        self._sleep = sleep
        self._workers = WorkerGroup()
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
        campaign = self._workers.call(self._ledger.queries.campaign, campaign_id)
        target = target_of(self._client)
        self._workers.call(lambda: self._ledger.plans.bind_target(campaign_id, target, retarget=retarget))
        self._checked.add(campaign_id)
        if not check_balance:
            return None
        balance = self._client.accounts.app_balance()
        counts = self._workers.call(self._ledger.queries.counts, campaign_id)
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

        What the dead program had in flight becomes unknown, and is never sent again automatically.
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
        do = self._workers.call
        session = WorkerSession(
            self._ledger,
            campaign_id,
            owner,
            self._settings,
            clock=self._clock,
            tell=self._tell,
            ahead=True,
            guard=self._client.recipient_guard,
        )
        try:
            campaign = do(self._ledger.queries.campaign, campaign_id)
            lost = do(self._ledger.start, campaign_id, owner, self._settings, resume=resume)
            self._began = True
            do(session.start)

            def worker() -> None:
                self._work(session, campaign, check_balance=check_balance)

            self._workers.run(worker, self._settings.concurrency, session.stop)
            return RunResult(
                do(self._ledger.queries.campaign, campaign_id),
                do(self._ledger.queries.counts, campaign_id),
                tuple(lost),
                self._clock() - began,
                session.settled,
            )
        except KeyboardInterrupt:
            self._ledger.stop(campaign_id, "interrupted at the keyboard")
            raise
        finally:
            try:
                do(session.release_unstarted)
            finally:
                do(self._ledger.leave, owner)

    def close(self) -> None:
        """Give up the runner's own thread. Ledger and client stay open."""
        self._workers.close()

    def _work(self, session: WorkerSession, campaign: Campaign, *, check_balance: bool) -> None:
        step: ChunkLease | Backoff | Finished | None = None
        while True:
            news = self._workers.version
            if step is None:
                step = self._workers.call(session.next_chunk)
            if isinstance(step, Finished):
                return
            if isinstance(step, Backoff):
                self._rest(step, news)
                step = None
                continue
            if session.ended is not None:
                return  # the lease is given back at the end
            step = self.process(session, step)
            self._workers.notify()
            if check_balance and session.balance_is_due():
                if isinstance(step, ChunkLease):
                    self._workers.call(session.release, step, "the balance is looked at first")
                    step = None
                self._check_balance(session, campaign)

    def _rest(self, wait: Backoff, news: int) -> None:
        if wait.for_others and self._sleep is sleep:
            self._workers.wait_for_change(wait.seconds, news)
        else:
            self._sleep(wait.seconds)

    def process(self, session: WorkerSession, lease: ChunkLease) -> ChunkLease | Finished | None:
        """Make the one request of a claimed chunk, and write down what became of it.

        Returns the next lease, or why there is none, if the session takes it with the same write.
        """
        if session.lease_expired(lease):
            self._settled(session.release, lease, "too much time went by between the claim and the request")
            return None
        session.mark_sending(lease)
        # A timed task that a predecessor has filled is finished in its way, whatever this run is told to do.
        if self._settings.mode is Mode.SCHEDULE or lease.schedule_id is not None:
            sender = TwoPhaseSender(
                self._ledger, self._client, self._settings, self._workers, self._clock, self._sleep
            )
            sender.process(session, lease)
            return None
        # Checked when they were planned.
        people = PreparedRecipients.restored(lease.members.phones, lease.members.values)
        failpoint("send.before")
        try:
            result = self._client.messages.send_batch(
                lease.template_id, people, sign_id=lease.sign_id, tag=lease.tag
            )
        except JsmsError as error:
            failpoint("send.failed")
            return self._settled(session.settle_failure, lease, error)
        except BaseException:
            # Cancelled, or a defect of ours: the request may have left. Written here and now, since nothing
            # may be awaited any more.
            session.record_unknown(lease, "the program broke off while the request was under way")
            raise
        else:
            failpoint("send.after")
            return self._settled(session.settle_answer, lease, result)

    def _settled(self, write: Callable[..., T], lease: ChunkLease, what: object) -> T:
        """Write a decision, and try again for a while if the ledger fails: the answer is in our workers only."""
        left = _SETTLE_TRIES
        while True:
            try:
                return self._workers.call(write, lease, what)
            except LedgerError:
                left -= 1
                if not left:
                    raise
            self._sleep(_SETTLE_WAIT_SECONDS)

    def _check_balance(self, session: WorkerSession, campaign: Campaign) -> None:
        try:
            balance = self._client.accounts.app_balance()
        except JsmsError as error:
            # On the way a lost answer is no reason to stop; the service refuses when the money is gone.
            session.pause_for(error)
            return
        counts = self._workers.call(self._ledger.queries.counts, campaign.campaign_id)
        try:
            check_balance_for(balance, campaign, counts)
        except CampaignStateError as error:
            session.pause(f"{error.message} {error.remedy}")
