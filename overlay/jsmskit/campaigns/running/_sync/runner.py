# Made from overlay/jsmskit/campaigns/running/_async/runner.py by tools/unasync.py. Do not edit: change that file and run the tool.
"""Runs a campaign in this process: some workers, one request at a time for each.

Knows the order of things around a request. What is decided stands in `decisions`, what is written in the
ledger. The same few lines send for the engine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, final

from jsms_api.error_table import ErrorCode
from jsmskit import JsmsClient
from jsmskit.errors import InsufficientBalanceError, JsmsError, Outcome
from jsmskit.recipients import PreparedRecipients
from jsmskit.results import Schedule

from ...decisions import (
    decide_error,
    decide_not_sent,
    decide_response,
    decide_scheduled,
    decide_unknown,
    refusal_reason,
)
from ...errors import CampaignError, LedgerError
from ...ledger.failpoints import failpoint
from ...ledger.ledger import Ledger, new_owner
from ...models import Backoff, Campaign, ChunkLease, Finished
from ...settings import Mode, RunSettings
from ...states import ChunkPhase
from ..session import Progress, RunResult, WorkerSession, balance_for, check_balance_for, reject_redirect
from ..workers_threads import Sleep, WorkerGroup, sleep
from .service_calls import target_of

_READ_TRIES: Final = 8
_SETTLE_TRIES: Final = 4
_WAIT_SECONDS: Final = 2.0
_NO_VALUE: Final = "-"
_ASK: Final = frozenset({ErrorCode.WRONG_SCHEDULE_STATUS, ErrorCode.INVALID_SCHEDULE_ID})
"""After these the task has to be looked at: an earlier change of ours may have gone out."""


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
        self._checked: set[int] = set()

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
        owner, began_at, do = new_owner(), self._clock(), self._workers.call
        lost: list[int] | None = None
        try:
            if campaign_id not in self._checked:
                self.check(campaign_id, check_balance=check_balance, retarget=retarget)
            session = WorkerSession(
                self._ledger,
                campaign_id,
                owner,
                self._settings,
                clock=self._clock,
                tell=self._tell,
                guard=self._client.recipient_guard,
            )
            try:
                campaign = do(self._ledger.queries.campaign, campaign_id)
                lost = do(self._ledger.start, campaign_id, owner, self._settings, resume=resume)
                do(session.start)

                def worker() -> None:
                    self._work(session, campaign, check_balance=check_balance)

                self._workers.run(worker, self._settings.concurrency, session.stop)
                return RunResult(
                    do(self._ledger.queries.campaign, campaign_id),
                    do(self._ledger.queries.counts, campaign_id),
                    tuple(lost),
                    self._clock() - began_at,
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
        except CampaignError as error:
            if lost is not None:  # it had begun
                error.raised_in_run(campaign_id)
            raise

    def close(self) -> None:
        """Give up the runner's own thread. Ledger and client stay open."""
        self._workers.close()

    def _work(self, session: WorkerSession, campaign: Campaign, *, check_balance: bool) -> None:
        while True:
            step = self._workers.call(session.next_chunk)
            if isinstance(step, Finished):
                return
            if isinstance(step, Backoff):
                self._sleep(step.seconds)
                continue
            if session.ended is not None:
                return  # broken off meanwhile; the lease is given back at the end
            self.process(session, step)
            if check_balance and session.balance_is_due():
                self._check_balance(session, campaign)

    def process(self, session: WorkerSession, lease: ChunkLease) -> None:
        """Make the one request of a claimed chunk, and write down what became of it."""
        if session.lease_expired(lease):
            self._settled(session.release, lease, "too much time went by between the claim and the request")
            return
        session.mark_sending(lease)
        # A timed task that a predecessor has filled is finished in its way, whatever this run is told to do.
        if self._settings.mode is Mode.SCHEDULE or lease.schedule_id is not None:
            self._send_timed(session, lease)
            return
        # Checked when they were planned.
        people = PreparedRecipients.restored(
            [member.phone for member in lease.members], [member.values for member in lease.members]
        )
        failpoint("send.before")
        try:
            result = self._client.messages.send_batch(lease.template_id, people, sign_id=lease.sign_id, tag=lease.tag)
        except JsmsError as error:
            failpoint("send.failed")
            self._settled(session.settle, lease, decide_error(lease, error, self._settings))
        except BaseException:
            # Cancelled, or a defect of ours: the request may have left. Written here and now, since nothing
            # may be awaited any more.
            session.settle(lease, decide_unknown(lease, "the program broke off while the request was under way"))
            raise
        else:
            failpoint("send.after")
            self._settled(session.settle, lease, decide_response(lease, result, self._settings))

    def _send_timed(self, session: WorkerSession, lease: ChunkLease) -> None:
        """Send a chunk through a timed task, in two phases, so that every lost response can be settled.

        1. Reserve: a timed task with the operator's own number, far in the future. If its response is lost, at worst
           that number gets a message much later; the chunk is reserved again.
        2. Commit: the real recipients and a time a few minutes away are put into the same task. If its response is
           lost, the task is read: it shows the recipients, or still the operator's number; then they are put in again.
           Putting twice is harmless: it is one task, and goes out once.

        A chunk goes on from wherever a predecessor left it, and ends settled, or free for the next owner. It was tried
        on the mock only. It assumes that a change replaces the whole list, and that a task can be read until it goes
        out and after it.
        """
        if lease.schedule_id is None:
            reserved = self._reserve(session, lease)
            if reserved is None:
                return
            lease = reserved
        if lease.phase is ChunkPhase.COMMITTING:
            self._reconcile(session, lease)
        else:
            self._commit(session, lease)

    def _reserve(self, session: WorkerSession, lease: ChunkLease) -> ChunkLease | None:
        canary = self._settings.schedule_canary_phone
        if canary is None or not self._workers.call(self._ledger.set_phase, lease, ChunkPhase.RESERVING):
            return None
        try:
            receipt = self._client.schedules.create_batch(
                lease.template_id,
                [(canary, dict.fromkeys(lease.members[0].params, _NO_VALUE) or None)],
                _moment(self._clock() + self._settings.schedule_reserve_seconds),
                sign_id=lease.sign_id,
                tag=lease.tag,
            )
        except JsmsError as error:
            # Unknown here concerns the operator's own number only: the recipients were not in it.
            decision = decide_error(lease, error, self._settings)
            if error.outcome is Outcome.UNKNOWN:
                decision = replace(decide_not_sent(f"reserving: {error.message}"), wait=_WAIT_SECONDS, reachable=False)
            self._settled(session.settle, lease, decision)
            return None
        failpoint("schedule.posted")
        reserved = replace(lease, phase=ChunkPhase.RESERVED, schedule_id=receipt.schedule_id)
        if not self._workers.call(self._ledger.set_phase, reserved, ChunkPhase.RESERVED):
            return None
        failpoint("schedule.reserved")
        return reserved

    def _commit(self, session: WorkerSession, lease: ChunkLease) -> None:
        schedule_id = lease.schedule_id or ""
        guard = self._client.recipient_guard
        if guard and any(guard.route(member.phone) is None for member in lease.members):
            # Left by a run without the guard. The task holds no recipient yet; the next claim leaves out the withheld.
            why = "the recipient guard withholds some of its recipients"
            self._settled(session.settle, lease, decide_not_sent(why))
            self._cancel(schedule_id)
            return
        people = [(member.phone, member.params or None) for member in lease.members]
        send_at = self._clock() + self._settings.schedule_lead_seconds
        if not self._workers.call(self._ledger.set_phase, lease, ChunkPhase.COMMITTING):
            return
        failpoint("schedule.committing")
        try:
            result = self._client.schedules.update_batch(
                schedule_id, lease.template_id, people, _moment(send_at), sign_id=lease.sign_id
            )
        except JsmsError as error:
            if error.outcome is Outcome.REJECTED and error.code not in _ASK:
                # No recipient was put in; the operator's number is taken out again, if that is possible.
                self._settled(session.settle, lease, decide_error(lease, error, self._settings))
                self._cancel(schedule_id)
                return
            result = None
        failpoint("schedule.put")
        if result is None or result.unknown:
            self._reconcile(session, lease)
            return
        # The numbers of the messages stand in the task; without them is no harm.
        seen = self._read(schedule_id)
        shown = None if isinstance(seen, JsmsError) else seen
        self._settled(session.settle, lease, decide_scheduled(lease, shown, result.rejected))

    def _cancel(self, schedule_id: str) -> None:
        try:
            self._client.schedules.cancel(schedule_id)
        except JsmsError:
            return  # an orphan at worst: one message to the operator's own number, much later

    def _read(self, schedule_id: str) -> Schedule | JsmsError:
        """The task as the service shows it, asked for patiently."""
        left = _READ_TRIES
        while True:
            left -= 1
            try:
                return self._client.schedules.get(schedule_id)
            except JsmsError as error:
                if error.code == ErrorCode.INVALID_SCHEDULE_ID or not left:
                    return error
            self._sleep(_WAIT_SECONDS)

    def _reconcile(self, session: WorkerSession, lease: ChunkLease) -> None:
        """Whether the recipients are in is unknown here: the task tells."""
        seen = self._read(lease.schedule_id or "")
        if isinstance(seen, JsmsError):
            if seen.code == ErrorCode.INVALID_SCHEDULE_ID:
                why = "the service no longer shows the scheduled message"
                self._settled(session.settle, lease, decide_unknown(lease, why))
            else:
                self._workers.call(session.hand_over, lease)
            return
        phones = {member.phone for member in lease.members}
        if any(entry.phone in phones for entry in seen.recipients):
            self._settled(session.settle, lease, decide_scheduled(lease, seen, None))
            return
        # The operator's number is still in place, and far from its time: put the recipients in (again).
        self._commit(session, lease)

    def _settled(self, write: Callable[..., None], lease: ChunkLease, what: object) -> None:
        """Write a decision, and try again for a while if the ledger fails: the answer is in our hands only."""
        left = _SETTLE_TRIES
        while True:
            left -= 1
            try:
                self._workers.call(write, lease, what)
                return
            except LedgerError:
                if not left:
                    raise
            self._sleep(_WAIT_SECONDS)

    def _check_balance(self, session: WorkerSession, campaign: Campaign) -> None:
        try:
            balance = self._client.accounts.app_balance()
        except InsufficientBalanceError as error:
            self._workers.call(session.pause, refusal_reason(error.code or ErrorCode.NO_MONEY))
        except JsmsError:
            return  # on the way a lost answer is no reason to stop; the service refuses when the money is gone
        else:
            self._workers.call(session.pause_if_too_little, campaign, balance)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
