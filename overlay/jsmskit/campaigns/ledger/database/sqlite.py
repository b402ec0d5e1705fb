"""The ledger's place by default: one SQLite file.

WAL with `synchronous=FULL` (with NORMAL, measured, a power loss brings sent chunks back as pending), and one writer at
a time. Who holds the file, and what it says about its log, is in `ledger_file`.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Final, final

from ...errors import LedgerBusyError, LedgerError
from ..failpoints import failpoint
from . import Database, Transaction
from .ledger_file import OPEN, LedgerFile, new_token
from .schema import SCHEMA_VERSION, prepare

_BUSY_SECONDS: Final = 30.0
_FULL: Final = 2
_LOG_LIMIT: Final = 8 << 20
"""Bytes of log from which on it is brought into the file."""
_MARK_TRIES: Final = 10
_SPACE: Final = "Make room on this disk, then resume the campaign; what was in flight is unknown then."


def _as_ledger_error(path: Path, error: sqlite3.Error) -> LedgerError:
    text = str(error)
    if "full" in text:
        return LedgerError(f"the disk under the ledger {path} is full.", _SPACE)
    if "locked" in text or "busy" in text:
        return LedgerBusyError(
            f"the ledger {path} was held by another process for {_BUSY_SECONDS:.0f} seconds.",
            "Wait for the other command to end, then repeat this one.",
        )
    if "readonly" in text or "unable to open" in text:
        return LedgerError(
            f"the ledger {path} cannot be written: {text}.", "Correct the permissions of file and folder."
        )
    return LedgerError(f"the ledger {path} failed: {text}.", "Keep the file as it is; look at the disk, then resume.")


@final
class SqliteDatabase(Database):
    """A ledger in one file, made on first use with mode 0600."""

    for_update = ""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time, *, without_log: bool = False) -> None:
        super().__init__(clock)
        if path.name == ":memory:":
            raise LedgerError("a ledger in memory cannot be made durable.", "Give a path of a file on a local disk.")
        self._file = LedgerFile.open(path)
        self._path = self._file.path
        self.name = str(self._path)
        self._lock = threading.RLock()
        self._mark = 0
        """What the file says while this connection may write; 0 before its first transaction."""
        self._log_limit = _LOG_LIMIT
        self._closed = False
        self._log_is_lost = without_log
        try:
            with self._told():
                if not without_log:
                    self._check_log()
                self._connection = self._connect()
        except BaseException:
            self._file.release()
            raise

    def _check_log(self) -> None:
        self._file.check_log()
        if not self._file.has_log():
            return
        # Read only: a connection that may write would bring a foreign log into the file when it is closed.
        looking = sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS)
        try:
            with self._file.tending_log():
                self._file.check_log(_mark_seen(looking))
        finally:
            with self._file.guard:
                looking.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        try:
            # With full synchronisation the first writing below is already safe.
            connection.execute("PRAGMA synchronous=FULL")
            journal = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
            connection.execute("PRAGMA fullfsync=ON")  # macOS: fsync alone leaves data in the drive
            connection.execute("PRAGMA wal_autocheckpoint=0")  # `_tend_log` does that, with the mark
            connection.execute("PRAGMA journal_size_limit=0")
            level = connection.execute("PRAGMA synchronous").fetchone()[0]
            if (journal, level) != ("wal", _FULL):
                raise LedgerError(
                    f"the ledger {self._path} cannot be made durable (journal {journal}, synchronous {level}).",
                    "Keep the ledger on a local disk; network file systems lose what was written.",
                )
            connection.execute("PRAGMA secure_delete=FAST")
            connection.execute("PRAGMA cache_size=-4096")
            self._prepare(connection)
        except BaseException:
            with self._file.guard:
                self._file.keep_log()
                connection.close()
                self._file.release_log()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the tables of a new ledger, or bring those of an older version up to this one."""
        is_current = _version(connection)[0] == SCHEMA_VERSION
        connection.execute("BEGIN" if is_current else "BEGIN IMMEDIATE")
        try:
            with closing(connection.cursor()) as cursor:
                prepare(
                    Transaction(self, cursor),
                    *_version(connection),
                    identity="INTEGER PRIMARY KEY",
                    clustered=" WITHOUT ROWID",
                    is_in_use=lambda: not self._file.lock_run(self) or not self._file.is_free_of_old_runs(),
                )
            if not is_current:
                connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
            connection.execute("COMMIT")
        finally:
            self._file.release_run(self)

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        with self._begun(self._begin_writing) as tx:
            yield tx
        failpoint("committed")
        with self._lock:
            self._tend_log()

    def read(self) -> AbstractContextManager[Transaction]:
        return self._begun(lambda: self._connection.execute("BEGIN DEFERRED"))

    @contextmanager
    def _begun(self, begin: Callable[[], object]) -> Generator[Transaction]:
        with self._lock, self._told():
            try:
                begin()
                # A statement that is not read to its end keeps SQLite from closing the file when it is told to.
                with closing(self._connection.cursor()) as cursor:
                    yield Transaction(self, cursor)
                self._connection.execute("COMMIT")
            finally:
                self._roll_back()

    @contextmanager
    def _told(self) -> Generator[None]:
        """Tell what the driver raises in words of ours."""
        try:
            yield
        except sqlite3.Error as error:
            raise _as_ledger_error(self._path, error) from None

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _begin_writing(self) -> None:
        """Begin as the writer, with the file saying that a log belongs to it: nothing may be committed before."""
        for _ in range(_MARK_TRIES):
            self._connection.execute("BEGIN IMMEDIATE")
            # Asked as the writer: from now on no other process can bring the log into the file and change that.
            if self._mark and self._file.mark() == self._mark:
                return
            self._connection.execute("ROLLBACK")
            self._bring_log_in(anyway=False)
        raise LedgerBusyError(
            f"another program keeps bringing the log of the ledger {self._path} into the file.",
            "End programs that look at the ledger's file, backup programs too; then resume.",
        )

    def _bring_log_in(self, *, anyway: bool = True, empty: bool = False) -> None:
        """Copy the log into the file, and let the file say that a log belongs to it.

        anyway: also if it says so already. empty: leave an empty log, and a file that says so.
        """
        with self._file.tending_log():
            # Not released if the following is broken off: then the log has to stay when the file is closed.
            self._file.keep_log()
            self._file.refuse_second_name()
            seen, mark = _mark_seen(self._connection), self._file.mark()
            if self._log_is_lost:
                self._log_is_lost = False
            else:
                self._file.check_log(seen)
            if not anyway and mark & OPEN and seen == mark ^ OPEN:
                self._mark = mark  # another process was quicker
                self._file.release_log()
                return
            token = new_token()
            self._connection.execute(f"PRAGMA application_id={token | OPEN}")
            # While the log says the same, so that a copy that is broken off does not look whole.
            self._checkpoint("FULL", token | OPEN)
            self._connection.execute(f"PRAGMA application_id={token}")
            if empty:
                self._checkpoint("TRUNCATE", token)
            self._mark = token | OPEN
            self._file.release_log()

    def _checkpoint(self, how: str, mark: int) -> None:
        self._connection.execute(f"PRAGMA wal_checkpoint({how})").fetchone()
        if self._file.mark() != mark or (how == "TRUNCATE" and self._file.has_log()):
            raise LedgerBusyError(
                f"the ledger {self._path} was being read by another program for {_BUSY_SECONDS:.0f} seconds.",
                "Wait for it to end, then repeat this command.",
            )

    def _tend_log(self) -> None:
        """Keep the log short. What was committed is safe in it, so a failure here is none of the caller's: the
        next transaction meets the same, and says so.
        """
        if self._file.log_size() < self._log_limit:
            return
        with suppress(sqlite3.Error, LedgerError):
            self._bring_log_in()
        # Readers may hold the log as long as it is: not every commit tries again then.
        self._log_limit = self._file.log_size() + _LOG_LIMIT

    def in_list(self, column: str, values: Sequence[str]) -> tuple[str, object]:
        """A list travels as one JSON text."""
        return f"{column} IN (SELECT value FROM json_each(?))", json.dumps(list(values))

    def lock_run(self, campaign_id: int) -> None:
        """Lock the file for as long as this process lives: one run at a time for the whole ledger."""
        self._file.refuse_second_name()
        if not self._file.lock_run(self):
            raise LedgerBusyError(
                f"another process is running a campaign on the ledger {self._path}.",
                "Wait for it, or stop its campaign; a second run would get in its way.",
                hint="stop",
                campaign_id=campaign_id,
            )

    def release_run(self) -> None:
        self._file.release_run(self)

    def checkpoint(self) -> None:
        with self._lock, self._told():
            self._bring_log_in()

    def lock_worker(self, number: int) -> None:
        """Nothing to do: the run that holds the lock is the only one alive."""

    def is_alive(self, number: int) -> bool:
        """Every other one is dead, since the run is held."""
        return False

    def vacuum(self) -> None:
        """Overwrite what was deleted, in the file and in its log, and give the space back."""
        with self._lock, self._told():
            self._connection.execute("PRAGMA secure_delete=ON")
            self._connection.execute("VACUUM")
            self._bring_log_in(empty=True)
            self._connection.execute("PRAGMA secure_delete=FAST")

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            # SQLite brings the log in when the last connection is closed, the mark with the first page: nothing
            # else may be left to copy then. If it fails (a full disk), the log stays, and belongs to the file.
            if self._file.has_log():
                with suppress(sqlite3.Error, LedgerError):
                    # A program that holds the file now closes it later, and does this then.
                    self._connection.execute("PRAGMA busy_timeout=0")
                    self._bring_log_in()
            with self._file.guard:
                self._connection.close()
                self._file.release_log()
            self._file.release_run(self)
            self._file.release()


def _mark_seen(connection: sqlite3.Connection) -> int:
    found: int = connection.execute("PRAGMA application_id").fetchone()[0]
    return found


def _version(connection: sqlite3.Connection) -> tuple[int, set[str]]:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version, {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")}
