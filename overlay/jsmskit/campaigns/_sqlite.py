# ruff: noqa: S608  # statements are put together from our own words only; values are always parameters
"""The ledger's place by default: one SQLite file.

Knows: WAL with `synchronous=FULL` (with NORMAL, measured, a power loss brings sent chunks back as pending),
file mode 0600, one writer at a time, a lock of our own against two runs. Must not know statements.

The lock is a second file that the system unlocks when the process dies: SQLite's own locks last one
transaction, a run lasts hours.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import threading
from collections.abc import Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Final, final

from ._database import Row
from ._schema import SCHEMA_VERSION, statements
from .problems import LedgerBusyError, LedgerError, LedgerVersionError

__all__ = ["SqliteDatabase", "item", "unrolled"]

_BUSY_SECONDS: Final = 30.0
_FULL: Final = 2
_SPACE: Final = "Make room on the disk, or move the ledger; nothing is lost. Then resume the campaign."


def _told(path: Path, error: sqlite3.Error) -> LedgerError:
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
    return LedgerError(
        f"the ledger {path} failed: {text}.", "Keep the file as it is; look at the disk, then resume."
    )


def item(place: str, values: Sequence[str | None]) -> tuple[str, object]:
    """See `Database.item`. Cutting a blob costs the same at every place; reading JSON, or a text, does not."""
    width = max((len(value) for value in values if value is not None), default=1)
    listed = "".join([" " * width if value is None else value.ljust(width) for value in values])
    cut = f"CAST(substr(?, {place}*{width}+1, {width}) AS TEXT)"
    return f"nullif(rtrim({cut}), '')", listed.encode("ascii")


def unrolled(column: str) -> tuple[str, str, str]:
    """See `Database.unrolled`. The numbers become texts where they are stored; sorting numbers is cheaper."""
    return f"json_each({column}) AS one", "one.key", "one.value"


@final
class _SqliteTransaction:
    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, sql: str, parameters: Sequence[object] = ()) -> int:
        return self._connection.execute(sql, tuple(parameters)).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        self._connection.executemany(sql, rows)

    def all(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        return self._connection.execute(sql, tuple(parameters)).fetchall()

    def one(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        found: Row | None = self._connection.execute(sql, tuple(parameters)).fetchone()
        return found


@final
class SqliteDatabase:
    """A ledger in one file, made on first use with mode 0600. `durable=False` is for plans that are thrown
    away.
    """

    locked_row = ""

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self.name = str(path)
        self._path = path
        self._durable = durable
        self._lock = threading.RLock()
        self._run_file: IO[bytes] | None = None
        self._create_privately()
        try:
            self._connection = self._connect()
        except sqlite3.Error as error:
            raise _told(path, error) from None

    def _create_privately(self) -> None:
        # Made here, since SQLite would use the mode of the umask; its -wal and -shm files inherit this one.
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            mode = self._path.stat().st_mode & 0o777
        except OSError as error:
            raise LedgerError(
                f"the ledger {self._path} cannot be opened: {error.strerror}.",
                "Give a path in a folder that exists and that you may write to.",
            ) from None
        if mode & 0o077 and os.name == "posix":
            raise LedgerError(
                f"the ledger {self._path} can be read by others (mode {mode:o}); it holds phone numbers.",
                f"Run: chmod 600 {self._path}",
            )

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        try:
            if self._durable:
                # With full synchronisation the first writing below is already safe.
                connection.execute("PRAGMA synchronous=FULL")
                journal = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
                connection.execute("PRAGMA fullfsync=ON")  # macOS: fsync alone leaves data in the drive
                level = connection.execute("PRAGMA synchronous").fetchone()[0]
                if (journal, level) != ("wal", _FULL):
                    raise LedgerError(
                        f"the ledger {self._path} cannot be made durable (journal {journal}, synchronous"
                        f" {level}).",
                        "Keep the ledger on a local disk; network file systems lose what was written.",
                    )
            else:
                connection.execute("PRAGMA journal_mode=OFF")
                connection.execute("PRAGMA synchronous=OFF")
            connection.execute("PRAGMA secure_delete=FAST")
            connection.execute("PRAGMA cache_size=-4096")
            self._check_version(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _check_version(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        tables: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if version == 0 and tables == 0:
            for statement in statements(identity="INTEGER PRIMARY KEY", clustered=" WITHOUT ROWID"):
                connection.execute(statement)
            connection.execute("INSERT INTO meta VALUES ('schema_version', ?)", (str(SCHEMA_VERSION),))
            connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute("COMMIT")
        if version not in (0, SCHEMA_VERSION) or (version == 0 and tables):
            what = (
                f"has version {version}, this program writes {SCHEMA_VERSION}"
                if version
                else "is another database"
            )
            raise LedgerVersionError(
                f"the file {self._path} {what}. It was not touched.",
                "Use the version of jsmskit that wrote it, or give another path.",
            )

    def transaction(self) -> AbstractContextManager[_SqliteTransaction]:
        """Begin at once as the writer; commit with the data on the disk."""
        return self._begun("BEGIN IMMEDIATE")

    def look(self) -> AbstractContextManager[_SqliteTransaction]:
        """Begin as a reader: writers of other processes go on."""
        return self._begun("BEGIN DEFERRED")

    @contextmanager
    def _begun(self, statement: str) -> Generator[_SqliteTransaction]:
        with self._lock:
            try:
                self._connection.execute(statement)
                try:
                    yield _SqliteTransaction(self._connection)
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise _told(self._path, error) from None

    def among(self, column: str) -> str:
        """A list travels as one JSON text."""
        return f"{column} IN (SELECT value FROM json_each(?))"

    def listed(self, values: Sequence[str]) -> object:
        """The JSON text for `among`."""
        return json.dumps(list(values))

    def unrolled(self, column: str) -> tuple[str, str, str]:
        """By the function for JSON."""
        return unrolled(column)

    def item(self, place: str, values: Sequence[str | None]) -> tuple[str, object]:
        """A list travels as bytes in which all items are equally wide."""
        return item(place, values)

    def hold_run(self, campaign_id: int) -> None:
        """Lock `<ledger>.lock` for as long as this process lives: one run at a time for the whole file."""
        if self._run_file is not None:
            return
        descriptor = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        file = os.fdopen(descriptor, "r+b", buffering=0)
        if not _lock_exclusively(file):
            file.close()
            raise LedgerBusyError(
                f"another process is running a campaign on the ledger {self._path}.",
                "Wait for it, or end it with `jsms campaign stop`; a second run would get in its way.",
            )
        self._run_file = file

    def release_run(self) -> None:
        """Unlock."""
        if self._run_file is not None:
            self._run_file.close()
            self._run_file = None

    def hold_worker(self, number: int) -> None:
        """Nothing to do: whoever holds the run is the only one alive."""

    def is_alive(self, number: int) -> bool:
        """Never asked of the running owner itself; every other one is dead, since the run is held."""
        return False

    def compact(self) -> None:
        """Overwrite what was deleted, and give the space back."""
        with self._lock:
            try:
                self._connection.execute("PRAGMA secure_delete=ON")
                self._connection.execute("VACUUM")
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self._connection.execute("PRAGMA secure_delete=FAST")
            except sqlite3.Error as error:
                raise _told(self._path, error) from None

    def close(self) -> None:
        """Close the file, and let another run begin."""
        with self._lock:
            self._connection.close()
        self.release_run()


def _lock_exclusively(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":  # pragma: no cover  # the lock of that system; others never come here
            import msvcrt  # exists there only

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # exists there only

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
