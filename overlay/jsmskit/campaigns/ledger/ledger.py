# ruff: noqa: S608  # statements are put together from our own words only; values are always parameters
"""The ledger: what is meant to be sent, written before it leaves, and what became of it.

Group commit: several steps of the ledger in one transaction, where several threads wait for the disk.

A step is durable when its call returns, and waiting for the disk takes longer than the step itself. So a thread that
has to wait for another's transaction lets the next one take its step along: eight requests in flight then cost the disk
hardly more than one. If a step fails for a reason of its own, all of that transaction are taken back, and each is taken
alone, so that no thread meets the failure of another.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, cast, final

from ..decisions import ChunkDecision
from ..errors import LedgerError, NoSuchCampaignError, missing_ledger
from ..models import Backoff, ChunkLease, Finished
from ..settings import RunSettings
from ..states import ChunkPhase, ChunkState
from . import claims, recovery, retention, settlement
from .database import Database, ServerPlace, Transaction, read_place, record_event
from .delivery_reports import Feedback, match_settled
from .failpoints import failpoint
from .plans import Plans
from .queries import Queries

if TYPE_CHECKING:
    from jsmskit.recipient_guard import RecipientGuard

T = TypeVar("T")
_NOT_YET: Final = object()


@final
class _Job:
    __slots__ = ("error", "result", "work")

    def __init__(self, work: Callable[[Transaction], Any]) -> None:
        self.work = work
        self.result: object = _NOT_YET
        self.error: Exception | None = None

    @property
    def over(self) -> bool:
        return self.result is not _NOT_YET or self.error is not None


@final
class GroupCommit:
    """Runs jobs on one database, for all threads that use it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Job] = []
        self._listing = threading.Lock()
        self._turn = threading.Lock()

    def run(self, work: Callable[[Transaction], T]) -> T:
        """Do this in a transaction, perhaps with what others want; durable when it returns.

        It may be begun twice: what it does must be undone with the transaction, or do no harm.
        """
        job = _Job(work)
        with self._listing:
            self._waiting.append(job)
        with self._turn:
            if not job.over:
                with self._listing:
                    taken, self._waiting = self._waiting, []
                try:
                    self._take_all(taken)
                finally:
                    # Left over if this thread is interrupted: their own threads come for them.
                    left = [one for one in taken if not one.over and one is not job]
                    if left:
                        with self._listing:
                            self._waiting += left
        if job.error is not None:
            raise job.error
        return cast("T", job.result)

    def _take_all(self, jobs: list[_Job]) -> None:
        if len(jobs) > 1:
            try:
                with self._database.transaction() as tx:
                    results = [job.work(tx) for job in jobs]
            except LedgerError as failure:
                # The database failed, perhaps after the commit: nothing may be begun again without its owner.
                for job in jobs:
                    job.error = failure
                return
            except Exception:  # noqa: BLE001, S110  # whose failure it was comes out below
                pass
            else:
                for job, result in zip(jobs, results, strict=True):
                    job.result = result
                return
        for job in jobs:
            try:
                with self._database.transaction() as tx:
                    result = job.work(tx)
                job.result = result
            except Exception as error:  # noqa: BLE001  # of the thread that asked for it
                job.error = error


def open_ledger(place: str | Path, *, create: bool = True, clock: Callable[[], float] = time.time) -> Ledger:
    """Open a ledger, and make it if it is new and `create`. One of an earlier version is brought up to this one.

    place: a path or `sqlite:///path` (absolute: four slashes) for a file; `postgresql://...` for a server
    (needs the extra `postgres`), as SQLAlchemy writes it too (`postgresql+psycopg://`). clock: seconds since
    1970.

    Raises `LedgerMissingError` if there is none and not `create`; `LedgerError` for no permission, a later version, a
    place that cannot keep its promises, a log that is missing.
    """
    where = read_place(place)
    del place  # it may hold a password
    if isinstance(where, LedgerError):
        raise where
    database: Database
    if isinstance(where, ServerPlace):
        try:
            from .database.postgres import PostgresDatabase  # an extra
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "psycopg":
                raise
            raise LedgerError("a ledger on PostgreSQL needs psycopg.", "pip install 'psycopg[binary]'") from None
        database = PostgresDatabase(where, create=create)
    else:
        from .database.sqlite import SqliteDatabase  # so that users of PostgreSQL load no SQLite

        if not create and not where.path.exists():
            raise missing_ledger(str(where.path.absolute()))
        database = SqliteDatabase(where.path)
    return Ledger(database, clock=clock)


def go_on_without_log(path: str | Path, *, clock: Callable[[], float] = time.time) -> dict[int, int]:
    """Make a SQLite ledger usable whose log (`-wal`) is lost for good: what `LedgerLogError` speaks of.

    Of every campaign that was running, all recipients that this file shows as not yet sent become unknown: the log
    would say which of them were sent. Delivery reports settle them, or you do. Bring the log back if you can; this is
    for when you cannot.

    Returns:
        How many recipients became unknown, by campaign.
    """
    from .database.sqlite import SqliteDatabase

    database = SqliteDatabase(Path(path), without_log=True)
    try:
        with database.transaction() as tx:
            return recovery.go_on_without_log(tx, clock())
    finally:
        database.close()


@final
class Ledger:
    """One ledger. Usable from several threads; each method is one transaction, durable when it returns.

    plans: writes campaigns. queries: tells what stands in it. feedback: takes in reports, replies and opt-outs.
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._group = GroupCommit(database)
        self.plans = Plans(database, clock)
        self.queries = Queries(database)
        self.feedback = Feedback(database, clock)

    @property
    def place(self) -> str:
        """Where it is, without credentials."""
        return self._database.name

    @property
    def database(self) -> Database:
        """The database below."""
        return self._database

    def close(self) -> None:
        """Close it."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(
        self, campaign_id: int, owner: str, settings: RunSettings, *, resume: bool, why: str = "", hold: bool = True
    ) -> list[int]:
        """Let a campaign give out work. First, what a dead owner had in flight becomes unknown: return those
        chunks.

        hold: be the only embedded run. Raises `CampaignStateError`, `LedgerBusyError`.
        """
        if hold:
            self._database.lock_run(campaign_id)
        number = self._enter(owner)
        with self._database.transaction() as tx:
            failpoint("start.begun")
            recovery.record_heartbeat(tx, owner, number, self._clock())
            lost = self._recover(tx, campaign_id, owner, settings)
            failpoint("start.recovered")
        # Apart from the recovery: a campaign with nothing left to send must still show what is unknown.
        with self._database.transaction() as tx:
            recovery.set_running(
                self._database, tx, campaign_id, resume=resume, now=self._clock(), why=why, settings=settings.to_json()
            )
            if settings.hours_override is not None:
                record_event(tx, campaign_id, self._clock(), "quiet_hours_overridden", settings.hours_override)
        # Now a file that lost its log still tells which campaigns may have sent.
        self._database.checkpoint()
        failpoint("start.committed")
        return lost

    def _enter(self, owner: str) -> int:
        number = owner_number(owner)
        self._database.lock_worker(number)
        return number

    def _recover(self, tx: Transaction, campaign_id: int, owner: str, settings: RunSettings) -> list[int]:
        return recovery.recover(self._database, tx, campaign_id, owner, settings.worker_silence_seconds, self._clock())

    def join(self, owner: str) -> None:
        """Show that a worker is alive."""
        number = self._enter(owner)
        with self._database.transaction() as tx:
            recovery.record_heartbeat(tx, owner, number, self._clock())

    def recover_dead_workers(self, campaign_id: int, owner: str, settings: RunSettings) -> list[int]:
        """Mark what dead workers had in flight as unknown; end a campaign of which nothing is left. Return the chunks
        that became unknown.
        """
        with self._database.transaction() as tx:
            lost = self._recover(tx, campaign_id, owner, settings)
            recovery.finish_if_settled(tx, campaign_id, self._clock())
        return lost

    def leave(self, owner: str) -> None:
        """End an owner in good order."""
        with self._database.transaction() as tx:
            recovery.remove_worker(tx, owner)
        self._database.release_run()

    def settings_of(self, campaign_id: int) -> RunSettings:
        """How the campaign was told to run when it was started last; every worker runs it so."""
        with self._database.read() as tx:
            found = tx.fetchone("SELECT settings FROM campaign WHERE campaign_id=?", (campaign_id,))
        return RunSettings.from_json(found[0]) if found is not None and found[0] else RunSettings()

    def claim(
        self,
        campaign_id: int,
        owner: str,
        settings: RunSettings,
        *,
        only: int | None = None,
        guard: RecipientGuard | None = None,
    ) -> ChunkLease | Backoff | Finished:
        """Take a chunk to send: the intent is durable when this returns a `ChunkLease`. Recipients whom the guard
        withholds are written down as such, and are not in it.
        """
        step = self._group.run(
            lambda tx: claims.claim(
                self._database, tx, campaign_id, owner, settings, self._clock(), only=only, guard=guard
            )
        )
        if isinstance(step, ChunkLease):
            failpoint("claim.committed")
        return step

    def settle(self, lease: ChunkLease, decision: ChunkDecision, settings: RunSettings) -> bool:
        """Write down what became of a chunk. False if it was not this owner's any more."""
        written = self._group.run(lambda tx: self._settle(tx, lease, decision, settings, self._clock()))
        failpoint("settle.committed")
        return written

    def settle_and_claim(
        self, lease: ChunkLease, decision: ChunkDecision, settings: RunSettings, guard: RecipientGuard | None = None
    ) -> tuple[bool, ChunkLease | Backoff | Finished | None]:
        """Settle a chunk and take the next one, with one write to the disk: `settle` and `claim` together, or neither.

        The second is None if there is no such campaign any more.
        """

        def both(tx: Transaction) -> tuple[bool, ChunkLease | Backoff | Finished | None]:
            now = self._clock()
            written = self._settle(tx, lease, decision, settings, now)
            try:
                step = claims.claim(self._database, tx, lease.campaign_id, lease.owner, settings, now, guard=guard)
            except NoSuchCampaignError:  # what became of the chunk is written nevertheless
                return written, None
            return written, step

        written, step = self._group.run(both)
        failpoint("settle.committed")
        if isinstance(step, ChunkLease):
            failpoint("claim.committed")
        return written, step

    def _settle(
        self, tx: Transaction, lease: ChunkLease, decision: ChunkDecision, settings: RunSettings, now: float
    ) -> bool:
        written = settlement.settle(self._database, tx, lease, decision, settings, now)
        if written:  # a report may have overtaken the response, and no other may ever come
            match_settled(tx, lease.campaign_id, lease.chunk, now)
        return written

    def set_phase(
        self, lease: ChunkLease, phase: ChunkPhase, *, schedule_id: str | None = None, send_at: float | None = None
    ) -> bool:
        """Schedule mode: write how far a chunk has come, before the next request. False if it is not this
        owner's.
        """
        return self._change_lease(lease, "phase=?, schedule_id=?, send_at=?", (phase, schedule_id, send_at))

    def hand_over(self, lease: ChunkLease) -> None:
        """Schedule mode: leave a chunk as it is, for the next owner to go on with."""
        self._change_lease(lease, "owner=''", ())

    def _change_lease(self, lease: ChunkLease, change: str, values: tuple[object, ...]) -> bool:
        with self._database.transaction() as tx:
            return bool(
                tx.execute(
                    f"UPDATE chunk SET {change} WHERE campaign_id=? AND chunk=? AND attempt=? AND owner=? AND"
                    " state=?",  # our own words
                    (*values, lease.campaign_id, lease.chunk, lease.attempt, lease.owner, ChunkState.IN_FLIGHT),
                )
            )

    def stop(self, campaign_id: int, why: str, *, pause: bool = False) -> bool:
        """Give out no more work; from any process. False if it was not running."""
        with self._database.transaction() as tx:
            failpoint("stop.begun")
            stopped = recovery.stop(self._database, tx, campaign_id, why=why, now=self._clock(), pause=pause)
        failpoint("stop.committed")
        return stopped

    def resolve(
        self,
        campaign_id: int,
        *,
        sent: bool,
        reason: str,
        chunks: list[int] | None = None,
        phones: list[str] | None = None,
    ) -> int:
        """Mark unknown recipients as sent or not sent; only "not sent" sends again. Return how many."""
        with self._database.transaction() as tx:
            count = recovery.resolve(
                self._database,
                tx,
                campaign_id,
                sent=sent,
                reason=reason,
                chunks=chunks,
                phones=phones,
                now=self._clock(),
            )
        failpoint("resolve.committed")
        return count

    def purge(self, campaign_id: int | None = None, *, older_than_seconds: float | None = None) -> list[int]:
        """Delete the personal data of finished campaigns, for good. Return their numbers."""
        with self._database.transaction() as tx:
            failpoint("purge.begun")
            gone = retention.purge(tx, campaign_id, older_than_seconds, self._clock())
        self._database.vacuum()
        failpoint("purge.committed")
        return gone


def owner_number(owner: str) -> int:
    """The number by which a worker shows a server that it is alive; made from its name."""
    return int(owner.rpartition("-")[2], 16) & 0x7FFFFFFF


def new_owner() -> str:
    """A name for one run or one worker, never used again."""
    return f"run-{secrets.token_hex(8)}"
