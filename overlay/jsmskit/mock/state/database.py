"""The one SQLite connection to the tables: opening, transactions, copies.

The mock is no ledger: a file is in WAL mode with synchronous NORMAL, which survives the death of the process; only a
power cut may take the last moments with it.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from .schema import TABLES, VERSION

#: Marks a database file as one of this mock ("JSMS" in ASCII), so that no other file is taken for one.
APPLICATION_ID: Final = 0x4A534D53

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
        lock: held during a transaction; take it around reads that must fit together.
        is_new: the tables were just made, nothing was seeded yet.
        is_file: it survives the process.
        remembered: what was read and is forgotten when a transaction is rolled back or everything is replaced.

    Raises:
        DatabaseError: the file is no database of this version of the mock, or cannot be opened.
    """

    __slots__ = ("_after_commit", "_depth", "connection", "is_file", "is_new", "lock", "remembered")

    def __init__(self, path: Path | None = None) -> None:
        self.is_file = path is not None
        self.connection, self.is_new = _in_memory() if path is None else _on_disk(path)
        self.connection.create_function("lowered", 1, str.lower, deterministic=True)
        self.lock = threading.RLock()
        self._depth = 0
        self._after_commit: list[Callable[[], None]] = []
        self.remembered: list[dict[Any, Any]] = []

    def __enter__(self) -> sqlite3.Connection:
        self.lock.acquire()
        try:
            if not self._depth:
                self.connection.execute("BEGIN IMMEDIATE")
        except BaseException:
            self.lock.release()
            raise
        self._depth += 1
        return self.connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._depth -= 1
            if self._depth:
                return
            actions, self._after_commit = self._after_commit, []
            if kind is not None:
                self._roll_back()
                return
            try:
                self.connection.execute("COMMIT")
            except BaseException:  # a full disk, say: nothing is acknowledged that is not stored
                self._roll_back()
                raise
            for action in actions:
                action()
        finally:
            self.lock.release()

    def _roll_back(self) -> None:
        if self.connection.in_transaction:  # SQLite ends one itself where the disk is full
            self.connection.execute("ROLLBACK")
        self._forget()

    def _forget(self) -> None:
        for found in self.remembered:
            found.clear()

    def after_commit(self, action: Callable[[], None]) -> None:
        """Do something once the present transaction is committed; nothing if it is rolled back."""
        self._after_commit.append(action)

    def copy(self) -> bytes:
        """Return the whole content as bytes."""
        with self.lock, contextlib.closing(sqlite3.connect(":memory:")) as memory:
            self.connection.backup(memory)
            content = bytearray(memory.serialize())
        content[_WAL_BYTES] = _NOT_WAL
        return bytes(content)

    def replace(self, other: Database) -> None:
        """Become a copy of another database."""
        with self.lock:
            other.connection.backup(self.connection)
            self._forget()

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
    """Do not write zeros over what is deleted, as some builds of SQLite do: the file is the user's alone."""
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
        _check_is_ours(path)
        _keep_private(path)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        # Two mocks on one file would run what falls due twice; the second is told at once.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        _trust_the_machine(connection)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
        is_new = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if is_new:
            _make_tables(connection)
        else:
            _check_version(connection, str(path))
    except (OSError, sqlite3.Error, DatabaseError) as error:
        if connection is not None:
            connection.close()
        if isinstance(error, DatabaseError):
            raise
        raise DatabaseError(f"{path}: {_reason(error)}") from error
    return connection, is_new


_FOREIGN: Final = "is no database of the mock, and was not touched; choose another file"


def _check_is_ours(path: Path) -> None:
    """Refuse a file of something else before anything of it is changed: its mode, or the journal of a database."""
    if not path.is_file() or not path.stat().st_size or Path(f"{path}-wal").exists():
        return  # a log beside it: what the database says is known when it is open
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)
    try:
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise DatabaseError(f"{path}: {_FOREIGN}")
    except sqlite3.DatabaseError:
        raise DatabaseError(f"{path}: {_FOREIGN}") from None
    finally:
        connection.close()


def _keep_private(path: Path) -> None:
    """Keep the file its user's alone: it holds texts and secrets of applications. SQLite's log gets the same mode."""
    if path.is_dir():
        raise IsADirectoryError("it is a folder")
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        return
    path.chmod(0o600)


def _reason(error: OSError | sqlite3.Error) -> str:
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    if "locked" in text:
        return "another mock uses it; stop that one or choose another file"
    return f"{text}; choose another file"


def _make_tables(connection: sqlite3.Connection) -> None:
    connection.executescript(
        f"BEGIN; {TABLES} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; COMMIT;"
    )


def _check_version(connection: sqlite3.Connection, name: str) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise DatabaseError(f"{name}: is no database of the mock; choose another file")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != VERSION:
        raise DatabaseError(
            f"{name}: was made by another version of the mock (tables {version}, here {VERSION}); "
            "choose another file, or delete this one to start again"
        )
    tables = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    if connection.execute(tables).fetchall() != _blank().execute(tables).fetchall():
        raise DatabaseError(f"{name}: has other tables than the mock; choose another file")
