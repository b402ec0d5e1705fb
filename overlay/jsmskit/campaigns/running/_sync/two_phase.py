# Made from overlay/jsmskit/campaigns/running/_async/two_phase.py by tools/unasync.py. Do not edit: change that file and run the tool.
"""Schedule mode: a chunk goes out through a timed task, in two phases, so that every lost answer can be
settled.

1. Reserve: a timed task with the operator's own number, far in the future. If its answer is lost, at worst
   that number gets a message much later; the chunk is reserved again. 2. Commit: the real recipients and a
   time a few minutes away are put into the same task. If its answer is lost, the task is read: it shows the
   recipients, or still the operator's number; then they are put in again. Putting twice is harmless: it is
   one task, and goes out once.

It was tried on the mock only. It assumes that a change replaces the whole list, and that a task can be read
until it goes out and after it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, final

from jsms_api.error_table import ErrorCode
from jsmskit import JsmsClient
from jsmskit.errors import JsmsError, Outcome
from jsmskit.results import RejectedMessage, Schedule

from ...decisions import decide_error, decide_not_sent, decide_scheduled, decide_unknown
from ...ledger.failpoints import failpoint
from ...ledger.ledger import Ledger
from ...models import ChunkLease
from ...settings import RunSettings
from ...states import ChunkPhase
from ..session import WorkerSession
from ..workers_threads import Sleep, WorkerGroup

__all__ = ["TwoPhaseSender"]

_TRIES: Final = 8
_WAIT_SECONDS: Final = 2.0
_NO_VALUE: Final = "-"


@final
class TwoPhaseSender:
    """Brings claimed chunks through the two phases, from wherever a predecessor left them."""

    def __init__(
        self,
        ledger: Ledger,
        client: JsmsClient,
        settings: RunSettings,
        workers: WorkerGroup,
        clock: Callable[[], float],
        sleep: Sleep,
    ) -> None:
        self._ledger = ledger
        self._client = client
        self._settings = settings
        self._workers = workers
        self._clock = clock
        self._sleep = sleep

    def process(self, session: WorkerSession, lease: ChunkLease) -> None:
        """Send one chunk; it ends settled, or free for the next owner."""
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
        if canary is None or not self._mark(lease, ChunkPhase.RESERVING):
            return None
        failpoint("schedule.reserving")
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
                decision = replace(
                    decide_not_sent(f"reserving: {error.message}"), wait=_WAIT_SECONDS, reachable=False
                )
            self._workers.call(session.settle, lease, decision)
            return None
        failpoint("schedule.posted")
        reserved = replace(lease, phase=ChunkPhase.RESERVED, schedule_id=receipt.schedule_id)
        if not self._mark(reserved, ChunkPhase.RESERVED):
            return None
        failpoint("schedule.reserved")
        return reserved

    def _mark(self, lease: ChunkLease, phase: ChunkPhase, send_at: float | None = None) -> bool:
        return self._workers.call(
            self._ledger.set_phase, lease, phase, schedule_id=lease.schedule_id, send_at=send_at
        )

    def _commit(self, session: WorkerSession, lease: ChunkLease) -> None:
        schedule_id = lease.schedule_id or ""
        guard = self._client.recipient_guard
        if guard and any(guard.route(member.phone) is None for member in lease.members):
            # Left by a run without the guard. The task holds no recipient yet; the next claim leaves out the withheld.
            why = "the recipient guard withholds some of its recipients"
            self._workers.call(session.settle, lease, decide_not_sent(why))
            self._cancel(schedule_id)
            return
        people = [(member.phone, member.params or None) for member in lease.members]
        send_at = self._clock() + self._settings.schedule_lead_seconds
        if not self._mark(lease, ChunkPhase.COMMITTING, send_at):
            return
        failpoint("schedule.committing")
        try:
            result = self._client.schedules.update_batch(
                schedule_id, lease.template_id, people, _moment(send_at), sign_id=lease.sign_id
            )
        except JsmsError as error:
            if error.outcome is Outcome.REJECTED and error.code not in _ASK:
                # No recipient was put in; the operator's number is taken out again, if that is possible.
                self._workers.call(session.settle, lease, decide_error(lease, error, self._settings))
                self._cancel(schedule_id)
                return
            self._reconcile(session, lease)
            return
        failpoint("schedule.put")
        if result.unknown:
            self._reconcile(session, lease)
            return
        self._finish(session, lease, result.rejected)

    def _cancel(self, schedule_id: str) -> None:
        try:
            self._client.schedules.cancel(schedule_id)
        except JsmsError:
            return  # an orphan at worst: one message to the operator's own number, much later

    def _read(self, schedule_id: str) -> Schedule | JsmsError:
        """The task as the service shows it, asked for patiently."""
        tries = 0
        while True:
            tries += 1
            try:
                return self._client.schedules.get(schedule_id)
            except JsmsError as error:
                if error.code == ErrorCode.INVALID_SCHEDULE_ID or tries == _TRIES:
                    return error
            self._sleep(_WAIT_SECONDS)

    def _finish(
        self, session: WorkerSession, lease: ChunkLease, rejected: tuple[RejectedMessage, ...]
    ) -> None:
        """The answer of the change was read. The numbers of the messages stand in the task; without them is
        no harm.
        """
        seen = self._read(lease.schedule_id or "")
        shown = None if isinstance(seen, JsmsError) else seen
        failpoint("schedule.before_settle")
        self._workers.call(session.settle, lease, decide_scheduled(lease, shown, rejected))

    def _reconcile(self, session: WorkerSession, lease: ChunkLease) -> None:
        """Whether the recipients are in is unknown here: the task tells."""
        seen = self._read(lease.schedule_id or "")
        failpoint("schedule.seen")
        if isinstance(seen, JsmsError):
            if seen.code == ErrorCode.INVALID_SCHEDULE_ID:
                why = "the service does not show the timed task any more"
                self._workers.call(session.settle, lease, decide_unknown(lease, why))
            else:
                self._workers.call(session.hand_over, lease)
            return
        phones = {member.phone for member in lease.members}
        if any(entry.phone in phones for entry in seen.recipients):
            failpoint("schedule.before_settle")
            self._workers.call(session.settle, lease, decide_scheduled(lease, seen, None))
            return
        # The operator's number is still in place, and far from its time: put the recipients in (again).
        self._commit(session, lease)


_ASK: Final = frozenset({ErrorCode.WRONG_SCHEDULE_STATUS, ErrorCode.INVALID_SCHEDULE_ID})
"""After these the task has to be looked at: an earlier change of ours may have gone out."""


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
