"""The ledger: what is meant to be sent, written before it leaves, and what became of it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, final

from ..decisions import ChunkDecision
from ..errors import CampaignStateError, LedgerError, missing_ledger
from ..models import Backoff, ChunkLease, Finished
from ..settings import RunSettings
from ..states import CampaignState, ChunkPhase, ChunkState
from . import claims, recovery, retention, settlement
from .claims import campaign_row
from .database import Database, ServerPlace, Transaction, read_place, record_event
from .delivery_reports import Feedback, match_settled
from .failpoints import failpoint
from .plans import Plans
from .queries import Queries

if TYPE_CHECKING:
    from jsmskit.recipient_guard import RecipientGuard

_OPEN: Final = (ChunkState.PENDING, ChunkState.IN_FLIGHT)


def open_ledger(place: str | Path, *, create: bool = True, clock: Callable[[], float] = time.time) -> Ledger:
    """Open a ledger, and make it if it is new and `create`. One of an earlier version is brought up to this one.

    place: a path or `sqlite:///path` (absolute: four slashes) for a file; `postgresql://...` for a server (needs the
    extra `postgres`), as SQLAlchemy writes it too (`postgresql+psycopg://`). clock: seconds since 1970.

    Raises `LedgerMissingError` if there is none and not `create`; `LedgerError` for no permission, a later version, a
    place that cannot keep its promises, a log that is missing.
    """
    where = read_place(place)
    del place  # it may hold a password
    if isinstance(where, LedgerError):
        raise where
    if isinstance(where, ServerPlace):
        try:
            from .database.postgres import PostgresDatabase  # an extra
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "psycopg":
                raise
            raise LedgerError("a ledger on PostgreSQL needs psycopg.", "pip install 'psycopg[binary]'") from None
        return Ledger(PostgresDatabase(where, clock, create=create))
    from .database.sqlite import SqliteDatabase  # so that users of PostgreSQL load no SQLite

    if not create and not where.exists():
        raise missing_ledger(str(where.absolute()))
    return Ledger(SqliteDatabase(where, clock))


def go_on_without_log(path: str | Path, *, clock: Callable[[], float] = time.time) -> dict[int, int]:
    """Make a SQLite ledger usable whose log (`-wal`) is lost for good: what `LedgerLogError` speaks of.

    Of every campaign that was running, all recipients that this file shows as not yet sent become unknown: the log
    would say which of them were sent. Delivery reports settle them, or you do. Bring the log back if you can; this is
    for when you cannot.

    Returns:
        How many recipients became unknown, by campaign.
    """
    from .database.sqlite import SqliteDatabase

    with Ledger(SqliteDatabase(Path(path), clock, without_log=True)) as ledger, ledger.database.transaction() as tx:
        return recovery.go_on_without_log(tx)


@final
class Ledger:
    """One ledger. Usable from several threads; each method is one transaction, durable when it returns.

    plans: writes campaigns. queries: tells what stands in it. feedback: takes in reports, replies and opt-outs.
    database: where it is kept.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.plans = Plans(database)
        self.queries = Queries(database)
        self.feedback = Feedback(database)

    @property
    def place(self) -> str:
        """Where it is, without credentials."""
        return self.database.name

    def close(self) -> None:
        """Close it."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(
        self, campaign_id: int, owner: str, settings: RunSettings, *, resume: bool, hold: bool = True
    ) -> list[int]:
        """Let a campaign give out work. First, what a dead owner had in flight becomes unknown: return those chunks.

        hold: be the only embedded run. Raises `CampaignStateError`, `LedgerBusyError`.
        """
        if hold:
            self.database.lock_run(campaign_id)
        self.join(owner)
        with self.database.transaction() as tx:
            lost = recovery.recover(tx, campaign_id, owner, settings.worker_silence_seconds)
        # Apart from the recovery: a campaign with nothing left to send must still show what is unknown.
        with self.database.transaction() as tx:
            _check_startable(tx, campaign_id, resume=resume)
            tx.execute(
                "UPDATE campaign SET state=?, why='', hold_until=0, throttle_level=0, consecutive_unknown=0,"
                " unknown_total=0, consecutive_unreachable=0, settings=? WHERE campaign_id=?",
                (CampaignState.RUNNING, settings.to_json(), campaign_id),
            )
            record_event(tx, campaign_id, "resumed" if resume else "started", "")
            if settings.hours_override is not None:
                record_event(tx, campaign_id, "quiet_hours_overridden", settings.hours_override)
        # Now a file that lost its log still tells which campaigns may have sent.
        self.database.checkpoint()
        return lost

    def join(self, owner: str) -> None:
        """Show that a worker is alive."""
        number = owner_number(owner)
        self.database.lock_worker(number)
        with self.database.transaction() as tx:
            tx.execute(
                "INSERT INTO worker (owner, number, heard_at) VALUES (?, ?, ?)"
                " ON CONFLICT (owner) DO UPDATE SET heard_at=excluded.heard_at",
                (owner, number, tx.now),
            )

    def recover_dead_workers(self, campaign_id: int, owner: str, settings: RunSettings) -> list[int]:
        """Mark what dead workers had in flight as unknown; end a campaign of which nothing is left. Return the chunks
        that became unknown.
        """
        with self.database.transaction() as tx:
            lost = recovery.recover(tx, campaign_id, owner, settings.worker_silence_seconds)
            tx.execute(
                "UPDATE campaign SET state=?, why='', settled_at=? WHERE campaign_id=? AND state=? AND NOT EXISTS"
                " (SELECT 1 FROM chunk c WHERE c.campaign_id=campaign.campaign_id AND c.state IN (?, ?))",
                (CampaignState.FINISHED, tx.now, campaign_id, CampaignState.RUNNING, *_OPEN),
            )
        return lost

    def leave(self, owner: str) -> None:
        """End an owner in good order."""
        with self.database.transaction() as tx:
            tx.execute("DELETE FROM worker WHERE owner=?", (owner,))
        self.database.release_run()

    def settings_of(self, campaign_id: int) -> RunSettings:
        """How the campaign was told to run when it was started last; every worker runs it so."""
        with self.database.read() as tx:
            text = tx.value("SELECT settings FROM campaign WHERE campaign_id=?", (campaign_id,))
        return RunSettings.from_json(text) if text else RunSettings()

    def claim(
        self, campaign_id: int, owner: str, settings: RunSettings, *, guard: RecipientGuard | None = None
    ) -> ChunkLease | Backoff | Finished:
        """Take a chunk to send: the intent is durable when this returns a `ChunkLease`. Recipients whom the guard
        withholds are written down as such, and are not in it.
        """
        with self.database.transaction() as tx:
            step = claims.claim(tx, campaign_id, owner, settings, guard)
        if isinstance(step, ChunkLease):
            failpoint("claim.committed")
        return step

    def settle(self, lease: ChunkLease, decision: ChunkDecision, settings: RunSettings) -> bool:
        """Write down what became of a chunk. False if it was not this owner's any more."""
        with self.database.transaction() as tx:
            written = settlement.settle(tx, lease, decision, settings)
            if written:  # a report may have overtaken the response, and no other may ever come
                match_settled(tx, lease.campaign_id, lease.chunk)
        return written

    def set_phase(self, lease: ChunkLease, phase: ChunkPhase) -> bool:
        """Schedule mode: write how far a chunk has come, before the next request. False if it is not this owner's."""
        return self._change_lease(lease, "phase=?, schedule_id=?", (phase, lease.schedule_id))

    def hand_over(self, lease: ChunkLease) -> None:
        """Schedule mode: leave a chunk as it is, for the next owner to go on with."""
        self._change_lease(lease, "owner=''", ())

    def _change_lease(self, lease: ChunkLease, change: str, values: tuple[object, ...]) -> bool:
        with self.database.transaction() as tx:
            changed = tx.execute(
                f"UPDATE chunk SET {change} WHERE campaign_id=? AND chunk=? AND attempt=? AND owner=? AND state=?",
                (*values, lease.campaign_id, lease.chunk, lease.attempt, lease.owner, ChunkState.IN_FLIGHT),
            )
        return bool(changed)

    def stop(self, campaign_id: int, why: str, *, pause: bool = False) -> bool:
        """Give out no more work, durably, from any process; requests in flight are settled. False if it was not
        running.
        """
        target = CampaignState.PAUSED if pause else CampaignState.STOPPED
        with self.database.transaction() as tx:
            (state,) = campaign_row(tx, campaign_id, "SELECT state FROM campaign")
            if state == CampaignState.RUNNING:
                tx.execute("UPDATE campaign SET state=?, why=? WHERE campaign_id=?", (target, why[:500], campaign_id))
                record_event(tx, campaign_id, str(target), why)
        return bool(state == CampaignState.RUNNING)

    def resolve(
        self,
        campaign_id: int,
        *,
        sent: bool,
        reason: str,
        chunks: list[int] | None = None,
        phones: list[str] | None = None,
    ) -> int:
        """Mark unknown recipients as sent or not sent: of whole chunks, of single numbers, or all of them.

        sent: they become accepted, without a msg_id. Not sent: they become pending again in new chunks, and the
        campaign can be resumed. Return how many recipients that were. The reason is kept in the audit log.
        """
        with self.database.transaction() as tx:
            return recovery.resolve(tx, campaign_id, sent=sent, reason=reason, chunks=chunks, phones=phones)

    def purge(self, campaign_id: int | None = None, *, older_than_seconds: float | None = None) -> list[int]:
        """Delete, for good, everything that names a recipient of one campaign, or of all finished ones older than so
        many seconds: with the reports and replies of its numbers, as far as no other campaign has them too. Of all
        campaigns: reports and replies that are as old, too. Return the campaigns.

        What stays: the campaign's row with its counts and digest, its chunks, the audit log (masked), the opt-out list
        (needed to keep a promise). Raises `CampaignStateError` for a campaign that runs.
        """
        with self.database.transaction() as tx:
            gone = retention.purge(tx, campaign_id, older_than_seconds)
        self.database.vacuum()
        return gone


def _check_startable(tx: Transaction, campaign_id: int, *, resume: bool) -> None:
    """Raise `CampaignStateError` where letting a campaign run would be a mistake."""
    (state,) = campaign_row(tx, campaign_id, "SELECT state FROM campaign")
    left = tx.value("SELECT count(*) FROM chunk WHERE campaign_id=? AND state IN (?, ?)", (campaign_id, *_OPEN))
    if state == CampaignState.PLANNING:
        what = f"the plan of campaign {campaign_id} was interrupted; it is not complete, and nothing of it was sent."
        remedy, hint = "Plan the list again.", "plan"
    # A campaign that died in its last request is still open: it is let run, and finds its end.
    elif not left and state == CampaignState.FINISHED:
        what = f"campaign {campaign_id} has nothing left to send (it is {state})."
        remedy, hint = "Look at its counts, and at unknown recipients.", "look"
    elif state != CampaignState.PLANNED and not resume:
        what = f"campaign {campaign_id} was started before (it is {state})."
        remedy, hint = "Resume it, if you mean to go on with it.", "resume"
    else:
        return
    raise CampaignStateError(what, remedy, hint=hint, campaign_id=campaign_id)


def owner_number(owner: str) -> int:
    """The number by which a worker shows a server that it is alive; made from its name."""
    return int(owner.rpartition("-")[2], 16) & 0x7FFFFFFF


def new_owner() -> str:
    """A name for one run or one worker, never used again."""
    return f"run-{secrets.token_hex(8)}"
