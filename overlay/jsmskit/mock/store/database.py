"""One SQLite connection: opening, transactions, copies.

Knows SQLite. Must not know subjects or rules. The mock is no ledger: a file is in WAL mode with synchronous
NORMAL, which survives the death of the process; only a power cut may take the last moments with it.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Final

from .tables import APPLICATION_ID, TABLES, VERSION
from .transaction import Transaction

#: What every database file of SQLite begins with.
_MAGIC: Final = b"SQLite format 3\x00"
#: Bytes 18 and 19 of a database say "WAL" (2) or not (1); one that lives in memory cannot be WAL.
_WAL_BYTES: Final = slice(18, 20)
_NOT_WAL: Final = b"\x01\x01"


class DatabaseError(Exception):
    """A file that cannot be the mock's database. The text names the file, what is wrong, and the remedy."""


class Database:
    """The connection that everything shares, and its transactions.

    Use it as a context manager around every write: the outermost level is one transaction, rolled back when
    an exception leaves it.

    Args:
        path: a file that survives restarts; None keeps all in memory.

    Attributes:
        connection: for reading anywhere, for writing inside the context only.
        transaction: the same context for work that may have nothing to write to the tables; whoever does write
            inside it takes the connection from `transaction.writing`.
        lock: held during a transaction; take it around reads that must fit together.
        is_new: the tables were just made, nothing was seeded yet.
        is_file: it survives the process.

    Raises:
        DatabaseError: the file is no database of this version of the mock, or cannot be opened.
    """

    __slots__ = ("connection", "is_file", "is_new", "lock", "transaction")

    def __init__(self, path: Path | None = None) -> None:
        self.is_file = path is not None
        self.connection, self.is_new = _in_memory() if path is None else _on_disk(path)
        self.transaction = Transaction(self.connection, is_file=self.is_file)
        self.lock = self.transaction.lock

    def __enter__(self) -> sqlite3.Connection:
        self.transaction.__enter__()
        try:
            return self.transaction.writing
        except BaseException as error:
            self.transaction.__exit__(type(error), error, error.__traceback__)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.transaction.__exit__(kind, error, trace)

    def copy(self) -> bytes:
        """Give the whole content as bytes."""
        with self.lock:
            self.transaction.put_down()
            memory = sqlite3.connect(":memory:")
            try:
                self.connection.backup(memory)
                content = bytearray(memory.serialize())
            finally:
                memory.close()
        content[_WAL_BYTES] = _NOT_WAL
        return bytes(content)

    def replace(self, other: Database) -> None:
        """Become a copy of another database; takes about 20 microseconds for one that was just seeded."""
        with self.lock:
            other.connection.backup(self.connection)
            self.transaction.age += 1

    def close(self) -> None:
        """Close the connection; a file is left behind complete."""
        with self.lock:
            self.connection.close()


def from_bytes(content: bytes) -> Database:
    """Open what `Database.copy` gave, in memory.

    Raises:
        DatabaseError: these bytes are no database of this version of the mock.
    """
    database = Database()
    try:
        if not content.startswith(_MAGIC):
            raise DatabaseError("these bytes are no database")
        database.connection.deserialize(content)
        _check_version(database.connection, "the content")
        found = database.connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise DatabaseError(f"the content is damaged ({found.strip().splitlines()[-1]})")
    except (sqlite3.DatabaseError, DatabaseError) as error:
        database.close()
        raise DatabaseError(f"the snapshot cannot be restored: {error}") from error
    return database


def _in_memory() -> tuple[sqlite3.Connection, bool]:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    _blank().backup(connection)
    _trust_the_machine(connection)
    return connection, True


def _trust_the_machine(connection: sqlite3.Connection) -> None:
    """Do not write zeros over what is deleted, as some builds of SQLite do: the mock holds no secrets."""
    connection.execute("PRAGMA secure_delete = OFF")


@cache
def _blank() -> sqlite3.Connection:
    """Keep the tables ready: copying them takes a hundredth of the time of making them."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    _make_tables(connection)
    return connection


def _on_disk(path: Path) -> tuple[sqlite3.Connection, bool]:
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        # Two mocks on one file would undo each other's caches; the second is told at once.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        _trust_the_machine(connection)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
        is_new = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if is_new:
            _make_tables(connection)
        else:
            _check_version(connection, str(path))
    except (sqlite3.Error, DatabaseError) as error:
        if connection is not None:
            connection.close()
        if isinstance(error, DatabaseError):
            raise
        locked = "another mock uses it; stop that one or choose another file" in _reason(error)
        hint = "" if locked else "; choose another file, or delete it to start anew"
        raise DatabaseError(f"{path}: {_reason(error)}{hint}") from error
    return connection, is_new


def _reason(error: sqlite3.Error) -> str:
    text = str(error)
    return "another mock uses it; stop that one or choose another file" if "locked" in text else text


def _make_tables(connection: sqlite3.Connection) -> None:
    connection.executescript(
        f"BEGIN; {TABLES} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; COMMIT;"
    )


def _check_version(connection: sqlite3.Connection, name: str) -> None:
    found = connection.execute("PRAGMA application_id").fetchone()[0]
    if found != APPLICATION_ID:
        raise DatabaseError(f"{name}: is no database of the mock; choose another file")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != VERSION:
        raise DatabaseError(
            f"{name}: was made by another version of the mock (tables {version}, here {VERSION}); "
            "delete it to start anew"
        )
