"""The ledger on a PostgreSQL server, for more than one machine.

What makes a server durable enough is checked when it is opened; advisory locks, which end with their connection, show
who is alive. All tables live in the schema `jsms_campaigns`, so that a ledger can share a database with other things.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Final, final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from ...errors import LedgerBusyError, LedgerError, missing_ledger
from ..failpoints import failpoint
from . import Database, Row, ServerPlace, Transaction
from .schema import prepare

SCHEMA: Final = "jsms_campaigns"
_RUN: Final = 0x6A73
_WORKER: Final = 0x6A74
"""The first halves of our advisory locks; the second is the campaign or the worker."""
_CREATE: Final = 0x6A75
_RUNS_AND_WORKERS: Final = (
    "SELECT 1 FROM pg_locks WHERE locktype='advisory' AND classid::bigint IN (?, ?)"
    " AND database=(SELECT oid FROM pg_database WHERE datname=current_database())"
)
_DURABLE: Final = "Set it on the server (or for this user): without it a crash brings sent chunks back as pending."


def _as_ledger_error(name: str, error: psycopg.Error) -> LedgerError:
    # The text of the server may hold values; only its first line is told, and JsmsError masks numbers in it.
    text = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if isinstance(error, psycopg.OperationalError):
        return LedgerError(
            f"the ledger {name} cannot be reached: {text}.", "Look at the server; then resume the campaign."
        )
    return LedgerError(f"the ledger {name} failed: {text}.", "Keep the database as it is; look at the server's log.")


@lru_cache(maxsize=256)
def _translated(statement: str) -> str:
    return statement.replace("%", "%%").replace("?", "%s")


@final
class PostgresDatabase(Database):
    """A ledger on a server. One connection; a lost one is replaced at the next transaction."""

    for_update = " FOR UPDATE"

    def __init__(self, place: ServerPlace, clock: Callable[[], float] = time.time, *, create: bool = True) -> None:
        super().__init__(clock)
        self._place = place
        try:
            parts = conninfo_to_dict(place.url)
        except psycopg.Error:
            raise LedgerError(
                "the ledger's address cannot be read.", "Write postgresql://user@host:5432/database."
            ) from None
        self.name = f"postgresql://{parts.get('host', '')}:{parts.get('port', 5432)}/{parts.get('dbname', '')}"
        del parts
        self._lock = threading.RLock()
        self._worker: int | None = None
        self._run: int | None = None
        with self._told():
            self._connection = self._connect()
        try:
            self._prepare(create=create)
        except BaseException:
            self._connection.close()
            raise

    def _connect(self) -> psycopg.Connection[Row]:
        connection = psycopg.connect(
            self._place.url,
            autocommit=True,
            connect_timeout=10,
            application_name="jsmskit campaigns",
            keepalives_idle=30,
            prepare_threshold=3,
        )
        try:
            connection.execute(f"SET search_path TO {SCHEMA}")
            self._check_durability(connection)
            with connection.cursor() as cursor:
                tx = Transaction(self, cursor, _translated)
                if self._worker is not None:
                    _got(tx, _WORKER, self._worker)
                if self._run is not None and not _got(tx, _RUN, self._run):
                    raise self._busy(self._run)
        except BaseException:
            connection.close()
            raise
        return connection

    def _check_durability(self, connection: psycopg.Connection[Row]) -> None:
        row = connection.execute(
            "SELECT pg_is_in_recovery(), current_setting('synchronous_commit'), current_setting('fsync'),"
            " current_setting('full_page_writes')"
        ).fetchone()
        standby, commit, fsync, pages = row if row is not None else (False, "?", "?", "?")
        if standby:
            raise LedgerError(f"the ledger {self.name} is a standby.", "Give the address of the primary server.")
        for name, value in (("synchronous_commit", commit), ("fsync", fsync), ("full_page_writes", pages)):
            if value == "off":
                raise LedgerError(f"the server of the ledger {self.name} runs with {name}=off.", _DURABLE)

    def _prepare(self, *, create: bool) -> None:
        """Make the tables of a new ledger, or bring those of an older version up to this one."""
        with self.transaction() as tx:
            tx.fetchone("SELECT pg_advisory_xact_lock(?)", (_CREATE,))
            rows = tx.fetchall("SELECT table_name FROM information_schema.tables WHERE table_schema=?", (SCHEMA,))
            tables = {name for (name,) in rows}
            if not tables:
                if not create:
                    raise missing_ledger(self.name)
                tx.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            in_meta = "SELECT value FROM meta WHERE name='schema_version'"
            prepare(
                tx,
                int(tx.value(in_meta) or 0) if "meta" in tables else 0,
                tables,
                identity="BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
                clustered="",
                is_in_use=lambda: bool(tx.fetchone(_RUNS_AND_WORKERS, (_RUN, _WORKER))),
            )

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        """The commit returns when the server has the data on its disk."""
        with self._lock, self._told():
            if self._connection.closed or self._connection.broken:
                # Nothing of this transaction has happened yet, so a new connection is safe.
                self._connection = self._connect()
            with self._connection.transaction(), self._connection.cursor() as cursor:
                yield Transaction(self, cursor, _translated)
        failpoint("committed")

    read = transaction

    @contextmanager
    def _told(self) -> Generator[None]:
        """Tell what the driver raises in words of ours."""
        try:
            yield
        except psycopg.Error as error:
            raise _as_ledger_error(self.name, error) from None

    def in_list(self, column: str, values: Sequence[str]) -> tuple[str, object]:
        return f"{column} = ANY(?)", list(values)

    def lock_run(self, campaign_id: int) -> None:
        """Lock this campaign for as long as the connection lives: one embedded run at a time."""
        with self.transaction() as tx:
            if self._run is None:
                if not _got(tx, _RUN, campaign_id):
                    raise self._busy(campaign_id)
                self._run = campaign_id

    def _busy(self, campaign_id: int) -> LedgerBusyError:
        return LedgerBusyError(
            f"another process is running this campaign on the ledger {self.name}.",
            "Wait for it, or stop the campaign; for several machines use the engine.",
            hint="stop",
            campaign_id=campaign_id,
        )

    def release_run(self) -> None:
        with self._lock:
            if self._run is not None:
                with suppress(psycopg.Error):  # a connection that is gone holds no lock any more
                    self._connection.execute("SELECT pg_advisory_unlock(%s, %s)", (_RUN, self._run))
            self._run = None

    def lock_worker(self, number: int) -> None:
        """An advisory lock with the worker's number: the server frees it when the connection dies."""
        with self.transaction() as tx:
            if self._worker != number:
                _got(tx, _WORKER, number)
                self._worker = number

    def is_alive(self, number: int) -> bool:
        """Whether somebody holds that worker's lock."""
        if number == self._worker:
            return True
        with self.transaction() as tx:
            if _got(tx, _WORKER, number):
                tx.fetchone("SELECT pg_advisory_unlock(?, ?)", (_WORKER, number))
                return False
        return True

    def checkpoint(self) -> None:
        """Nothing to do: no file of a server is copied alone."""

    def vacuum(self) -> None:
        """Rewrite the tables that held personal data, so that deleted rows are gone from the files."""
        with self._lock, self._told():
            for table in ("recipient", "phone_place", "set_aside", "receipt", "inbox"):
                self._connection.execute(sql.SQL("VACUUM (FULL) {}").format(sql.Identifier(SCHEMA, table)))

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def _got(tx: Transaction, first: int, second: int) -> bool:
    return tx.fetchone("SELECT pg_try_advisory_lock(?, ?)", (first, second)) == (True,)
