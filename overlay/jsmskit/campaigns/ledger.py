"""The ledger: what is meant to be sent, written before it leaves, and what became of it.

Knows which steps exist and that each is one durable transaction. What a step does stands in the modules
beside it, one for each concern; which database it happens in stands in `_sqlite` and `_postgres`. Must not
know clients.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, final

from . import _claims, _recovery, _settling
from ._database import Database, Transaction
from ._events import note
from ._ledger_evidence import LedgerEvidence
from ._steps import Passing, pass_quietly
from ._together import Together
from .decisions import Verdict
from .places import ServerPlace, read_place
from .problems import LedgerError, NoSuchCampaignError, missing_ledger
from .settings import RunSettings
from .states import ChunkPhase, ChunkState
from .values import Done, Order, Wait

__all__ = ["Ledger", "go_on_without_log", "open_ledger"]


def open_ledger(
    place: str | Path,
    *,
    create: bool = True,
    clock: Callable[[], float] = time.time,
    passing: Passing = pass_quietly,
) -> Ledger:
    """Open a ledger, and make it if it is new and `create`.

    place: a path or `sqlite:///path` (absolute: four slashes) for a file; `postgresql://...` for a server
    (needs the extra `postgres`), as SQLAlchemy writes it too (`postgresql+psycopg://`). clock: seconds since
    1970. passing: called at the named places, for crash tests.

    Raises `LedgerMissingError` if there is none and not `create`; `LedgerError` for no permission, another version, a
    place that cannot keep its promises.
    """
    where = read_place(place)
    del place  # it may hold a password
    if isinstance(where, LedgerError):
        raise where
    database: Database
    if isinstance(where, ServerPlace):
        try:
            from ._postgres import PostgresDatabase  # an extra
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "psycopg":
                raise
            raise LedgerError(
                "a ledger on PostgreSQL needs psycopg.", "pip install 'jsmskit[postgres]'"
            ) from None
        database = PostgresDatabase(where, create=create)
    else:
        from ._sqlite import SqliteDatabase  # so that PostgreSQL users load no SQLite, and the reverse

        if not create and not where.path.exists():
            raise missing_ledger(str(where.path.absolute()))
        database = SqliteDatabase(where.path)
    return Ledger(database, clock=clock, passing=passing)


def go_on_without_log(path: str | Path, *, clock: Callable[[], float] = time.time) -> dict[int, int]:
    """Make a SQLite ledger usable whose log (`-wal`) is lost for good: what `LedgerLogError` speaks of.

    Of every campaign that was running, all recipients that this file shows as not yet sent become unknown: the log
    would say which of them were sent. They are settled by delivery reports, or by your word. Bring the log back if
    you can; this is for when you cannot.

    Returns:
        How many recipients became unknown, by campaign.
    """
    from ._sqlite import SqliteDatabase

    database = SqliteDatabase(Path(path), without_log=True)
    try:
        with database.transaction() as tx:
            return _recovery.go_on_without_log(tx, clock())
    finally:
        database.close()


@final
class Ledger(LedgerEvidence):
    """One ledger. Usable from several threads; each method is one transaction, durable when it returns."""

    def __init__(
        self, database: Database, *, clock: Callable[[], float] = time.time, passing: Passing = pass_quietly
    ) -> None:
        super().__init__(database, clock=clock, passing=passing)
        self._together = Together(database)

    @property
    def place(self) -> str:
        """Where it is, without credentials."""
        return self._database.name

    @property
    def database(self) -> Database:
        """The seam below, for the engine, which puts its jobs into the same database."""
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
        self,
        campaign_id: int,
        owner: str,
        settings: RunSettings,
        *,
        resume: bool,
        why: str = "",
        hold: bool = True,
    ) -> list[int]:
        """Let a campaign give out work. First, what a dead owner had in flight becomes unknown: gives those
        chunks.

        hold: be the only embedded run. Raises `CampaignStateError`, `LedgerBusyError`.
        """
        if hold:
            self._database.hold_run(campaign_id)
        number = self._enter(owner)
        with self._database.transaction() as tx:
            self._at("start.begun")
            _recovery.hear_worker(tx, owner, number, self._clock())
            lost = _recovery.recover(
                self._database,
                tx,
                campaign_id,
                owner,
                settings.worker_silence_seconds,
                self._clock(),
                self._at,
            )
            self._at("start.recovered")
        # Apart from the recovery: a campaign with nothing left to send must still show what is unknown.
        with self._database.transaction() as tx:
            _recovery.set_running(
                self._database,
                tx,
                campaign_id,
                resume=resume,
                now=self._clock(),
                why=why,
                settings=settings.to_json(),
                at=self._at,
            )
            if settings.hours_override is not None:
                note(tx, campaign_id, self._clock(), "quiet_hours_overridden", settings.hours_override)
        # Now a file that lost its log still tells which campaigns may have sent.
        self._database.checkpoint()
        self._at("start.committed")
        return lost

    def _enter(self, owner: str) -> int:
        number = owner_number(owner)
        self._database.hold_worker(number)
        return number

    def join(self, owner: str) -> None:
        """A worker begins (engine): shows that it lives."""
        number = self._enter(owner)
        with self._database.transaction() as tx:
            _recovery.hear_worker(tx, owner, number, self._clock())

    def sweep(self, campaign_id: int, owner: str, settings: RunSettings) -> list[int]:
        """Take what dead workers had in flight for unknown; end a campaign of which nothing is left."""
        with self._database.transaction() as tx:
            lost = _recovery.recover(
                self._database,
                tx,
                campaign_id,
                owner,
                settings.worker_silence_seconds,
                self._clock(),
                self._at,
            )
            _recovery.finish_if_settled(tx, campaign_id, self._clock())
        return lost

    def leave(self, owner: str) -> None:
        """An owner ends in good order."""
        with self._database.transaction() as tx:
            _recovery.forget_worker(tx, owner)
        self._database.release_run()

    def settings_of(self, campaign_id: int) -> RunSettings:
        """How the campaign was told to run when it was started last; every worker runs it so."""
        with self._database.look() as tx:
            found = tx.one("SELECT settings FROM campaign WHERE campaign_id=?", (campaign_id,))
        return RunSettings.from_json(found[0]) if found is not None and found[0] else RunSettings()

    def claim(
        self, campaign_id: int, owner: str, settings: RunSettings, *, only: int | None = None
    ) -> Order | Wait | Done:
        """Take a chunk to send: the intent is durable when this returns an `Order`."""
        order = self._together.take(
            lambda tx: _claims.claim(
                self._database, tx, campaign_id, owner, settings, self._clock(), self._at, only=only
            )
        )
        if isinstance(order, Order):
            self._at("claim.committed")
        return order

    def settle(self, order: Order, verdict: Verdict, settings: RunSettings) -> bool:
        """Write down what became of a chunk. False if it was not this owner's any more."""
        written = self._together.take(
            lambda tx: _settling.settle(self._database, tx, order, verdict, settings, self._clock(), self._at)
        )
        self._at("settle.committed")
        return written

    def settle_and_claim(
        self, order: Order, verdict: Verdict, settings: RunSettings
    ) -> tuple[bool, Order | Wait | Done | None]:
        """Settle a chunk and take the next one, with one write to the disk: `settle` and `claim` together, or neither.

        The second is None if there is no such campaign any more.
        """

        def both(tx: Transaction) -> tuple[bool, Order | Wait | Done | None]:
            now = self._clock()
            written = _settling.settle(self._database, tx, order, verdict, settings, now, self._at)
            try:
                step = _claims.claim(
                    self._database, tx, order.campaign_id, order.owner, settings, now, self._at
                )
            except NoSuchCampaignError:  # what became of the chunk is written nevertheless
                return written, None
            return written, step

        written, step = self._together.take(both)
        self._at("settle.committed")
        if isinstance(step, Order):
            self._at("claim.committed")
        return written, step

    def set_phase(
        self, order: Order, phase: ChunkPhase, *, schedule_id: str | None = None, send_at: float | None = None
    ) -> bool:
        """Schedule mode: write how far a chunk has come, before the next request. False if it is not this
        owner's.
        """
        with self._database.transaction() as tx:
            return bool(
                tx.run(
                    "UPDATE chunk SET phase=?, schedule_id=?, send_at=? WHERE campaign_id=? AND chunk=? AND"
                    " attempt=?"
                    " AND owner=? AND state=?",
                    (
                        phase,
                        schedule_id,
                        send_at,
                        order.campaign_id,
                        order.chunk,
                        order.attempt,
                        order.owner,
                        ChunkState.IN_FLIGHT,
                    ),
                )
            )

    def set_free(self, order: Order) -> None:
        """Schedule mode: leave a chunk as it is, for the next owner to go on with."""
        with self._database.transaction() as tx:
            tx.run(
                "UPDATE chunk SET owner='' WHERE campaign_id=? AND chunk=? AND attempt=? AND owner=? AND"
                " state=?",
                (order.campaign_id, order.chunk, order.attempt, order.owner, ChunkState.IN_FLIGHT),
            )

    def stop(self, campaign_id: int, why: str, *, pause: bool = False) -> bool:
        """Give out no more work; from any process. False if it was not running."""
        with self._database.transaction() as tx:
            self._at("stop.begun")
            stopped = _recovery.stop(self._database, tx, campaign_id, why=why, now=self._clock(), pause=pause)
        self._at("stop.committed")
        return stopped


def owner_number(owner: str) -> int:
    """The number by which a worker shows a server that it lives; made from its name."""
    return int(owner.rpartition("-")[2], 16) & 0x7FFFFFFF


def new_owner() -> str:
    """A name for one run or one worker, never used again."""
    return f"run-{secrets.token_hex(8)}"
