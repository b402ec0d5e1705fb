"""The ledger: what is meant to be sent, written before it leaves, and what became of it.

Knows which steps exist and that each is one durable transaction. What a step does stands in the modules
beside it, one for each concern; which database it happens in stands in `_sqlite` and `_postgres`. Must not
know clients.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, final

from . import _claims, _receipts, _recovery, _resolving, _retention, _settling
from . import _planning_writes as _plans
from ._database import Database
from ._events import note
from ._ledger_reading import LedgerReading
from ._steps import Passing, pass_quietly
from .decisions import Verdict
from .problems import LedgerError
from .settings import Mode, RunSettings, TemplateFacts
from .states import ChunkPhase, ChunkState
from .values import Done, Order, PlanSummary, Wait

__all__ = ["Ledger", "open_ledger"]


def open_ledger(
    place: str | Path, *, clock: Callable[[], float] = time.time, passing: Passing = pass_quietly
) -> Ledger:
    """Open a ledger, and make it if it is new.

    place: a path or `sqlite:///path` (absolute: four slashes) for a file; `postgresql://...` for a server
    (needs the extra `postgres`). clock: seconds since 1970. passing: called at the named places, for crash
    tests.

    Raises `LedgerError`: no permission, another version, a place that cannot keep its promises.
    """
    text = str(place)
    database: Database
    if text.startswith(("postgresql://", "postgres://")):
        try:
            from ._postgres import PostgresDatabase  # an extra
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "psycopg":
                raise
            raise LedgerError(
                "a ledger on PostgreSQL needs psycopg.", "pip install 'jsmskit[postgres]'"
            ) from None
        database = PostgresDatabase(text)
    else:
        from ._sqlite import SqliteDatabase  # so that PostgreSQL users load no SQLite, and the reverse

        database = SqliteDatabase(Path(text.removeprefix("sqlite:///")))
    return Ledger(database, clock=clock, passing=passing)


@final
class Ledger(LedgerReading):
    """One ledger. Usable from several threads; each method is one transaction, durable when it returns."""

    def __init__(
        self, database: Database, *, clock: Callable[[], float] = time.time, passing: Passing = pass_quietly
    ) -> None:
        super().__init__(database)
        self._clock = clock
        self._at = passing

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

    # Planning

    def begin_plan(
        self,
        *,
        name: str,
        facts: TemplateFacts,
        sign_id: int | None,
        tag: str | None,
        mode: Mode,
        source: str,
    ) -> int:
        """An empty campaign, which cannot be run until `finish_plan`."""
        with self._database.transaction() as tx:
            number = _plans.begin_plan(
                tx,
                name=name,
                facts=facts,
                sign_id=sign_id,
                tag=tag,
                mode=mode,
                source=source,
                now=self._clock(),
                token=secrets.token_hex(16),
            )
        self._at("plan.created")
        return number

    def seen_before(
        self, campaign_id: int, phones: Sequence[str], facts: TemplateFacts
    ) -> tuple[set[str], set[str], set[str]]:
        """Of these numbers: those in this campaign, of people who opted out, written to within a day."""
        with self._database.transaction() as tx:
            return _plans.seen_before(
                self._database,
                tx,
                campaign_id,
                phones,
                template_id=facts.template_id,
                kind_strict=facts.kind.keeps_quiet_hours,
                now=self._clock(),
            )

    def add_to_plan(
        self,
        campaign_id: int,
        chunk: int | None,
        members: Sequence[tuple[str, str | None, int]],
        aside: Sequence[tuple[int, str, str, str]],
    ) -> None:
        """Write one chunk, and rows that were set aside on the way to it."""
        with self._database.transaction() as tx:
            self._at("plan.batch_begun")
            if chunk is not None:
                _plans.add_members(tx, campaign_id, chunk, members, self._at)
            _plans.add_set_aside(tx, campaign_id, aside)
            self._at("plan.batch_written")
        self._at("plan.batch_committed")

    def finish_plan(
        self,
        campaign_id: int,
        *,
        facts: TemplateFacts,
        sign_id: int | None,
        tag: str | None,
        again: bool,
        digest: str,
        rows: int,
        units: int,
        longest: int,
        chunks: int,
    ) -> PlanSummary:
        """Make the plan one that can be run. Raises `CampaignExistsError`."""
        with self._database.transaction() as tx:
            self._at("plan.before_finish")
            summary = _plans.finish_plan(
                tx,
                campaign_id,
                key=_plans.plan_key(digest, facts, sign_id, tag),
                again=again,
                digest=digest,
                rows=rows,
                units=units,
                longest=longest,
                chunks=chunks,
                now=self._clock(),
            )
        self._at("plan.finished")
        return summary

    def drop_plan(self, campaign_id: int) -> None:
        """Throw an unfinished plan away."""
        with self._database.transaction() as tx:
            _plans.erase(tx, campaign_id)

    # Running

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
        """Take what dead workers had in flight for unknown."""
        with self._database.transaction() as tx:
            return _recovery.recover(
                self._database,
                tx,
                campaign_id,
                owner,
                settings.worker_silence_seconds,
                self._clock(),
                self._at,
            )

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
        with self._database.transaction() as tx:
            order = _claims.claim(
                self._database, tx, campaign_id, owner, settings, self._clock(), self._at, only=only
            )
        if isinstance(order, Order):
            self._at("claim.committed")
        return order

    def settle(self, order: Order, verdict: Verdict, settings: RunSettings) -> bool:
        """Write down what became of a chunk. False if it was not this owner's any more."""
        with self._database.transaction() as tx:
            written = _settling.settle(self._database, tx, order, verdict, settings, self._clock(), self._at)
        self._at("settle.committed")
        return written

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

    # Unknown recipients, reports, opt-outs

    def resolve(
        self,
        campaign_id: int,
        *,
        sent: bool,
        reason: str,
        chunks: list[int] | None = None,
        phones: list[str] | None = None,
    ) -> int:
        """Settle unknown recipients by a person's word; only "not sent" sends again. Gives how many."""
        with self._database.transaction() as tx:
            count = _resolving.resolve(
                self._database,
                tx,
                campaign_id,
                sent=sent,
                reason=reason,
                chunks=chunks,
                phones=phones,
                now=self._clock(),
                at=self._at,
            )
        self._at("resolve.committed")
        return count

    def keep_raw(self, kind: str, body: str) -> bool:
        """Keep a page of reports or a callback as it came, before it is read. False if it is here already."""
        with self._database.transaction() as tx:
            new = _receipts.keep_raw(tx, kind, body, self._clock(), self._at)
        self._at("inbox.committed")
        return new

    def note_receipts(self, receipts: Sequence[tuple[str, str, int, float]]) -> tuple[int, int]:
        """Delivery reports (msg_id, phone, status, time): gives how many found their recipient, and how many
        unknown chunks they proved to be sent.
        """
        with self._database.transaction() as tx:
            for msg_id, phone, status, received_at in receipts:
                _receipts.note_receipt(tx, msg_id=msg_id, phone=phone, status=status, received_at=received_at)
            self._at("receipts.noted")
            found = _receipts.match_receipts(self._database, tx, self._clock(), self._at)
        self._at("receipts.committed")
        return found

    def opt_out(self, phones: Sequence[str], why: str) -> None:
        """Numbers that get no marketing any more."""
        with self._database.transaction() as tx:
            _receipts.opt_out(tx, phones, why, self._clock())

    def purge(self, campaign_id: int | None = None, *, older_than_seconds: float | None = None) -> list[int]:
        """Take the personal data of finished campaigns away, for good. Gives their numbers."""
        with self._database.transaction() as tx:
            self._at("purge.begun")
            gone = _retention.purge(tx, campaign_id, older_than_seconds, self._clock())
        self._database.compact()
        self._at("purge.committed")
        return gone


def owner_number(owner: str) -> int:
    """The number by which a worker shows a server that it lives; made from its name."""
    return int(owner.rpartition("-")[2], 16) & 0x7FFFFFFF


def new_owner() -> str:
    """A name for one run or one worker, never used again."""
    return f"run-{secrets.token_hex(8)}"
