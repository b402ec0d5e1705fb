"""Nonce stores: which payload came with each nonce, and whether it was handled."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Final, Protocol, Self

from ..errors import ConfigurationError


class NonceState(Enum):
    """What is known of a nonce when it arrives."""

    FRESH = "fresh"
    """It never came, or it came with this payload, which is not handled yet."""
    HANDLED = "handled"
    """It came with this payload, and that was handled."""
    TAKEN = "taken"
    """It came with another payload: one of the two is forged."""


class NonceStore(Protocol):
    """What a store must do; write your own over Redis or a table of your database.

    Both methods may be called from several threads. An exception means "not now": the endpoint answers 503,
    and the service calls again later.
    """

    def register(self, nonce: str, payload: bytes, *, now: float, keep_until: float) -> NonceState:
        """Register the nonce with the hash of its payload unless it is registered already, in one atomic
        step, and return what is known of it.

        `now` and `keep_until` are seconds since 1970. An entry may be forgotten after its `keep_until`, not
        before: until then the callback's timestamp is accepted. One store may serve several applications:
        `nonce` begins with the application's key.
        """
        ...

    def mark_handled(self, nonce: str) -> None:
        """Record that the payload of this nonce was handled: from now on it is `HANDLED`. Ignore an unknown
        nonce.
        """
        ...


class _Entry:
    __slots__ = ("handled", "keep_until", "payload")

    def __init__(self, payload: bytes, keep_until: float) -> None:
        self.payload = payload
        self.keep_until = keep_until
        self.handled = False


class MemoryNonceStore:
    """Remembers in this process: right for one process, forgotten with it. With several workers use
    `SqliteNonceStore`.

    At most `max_entries` (about 20 MB at the default); above that the oldest is forgotten early. Only
    correctly signed callbacks get here, so a stranger cannot fill it.
    """

    def __init__(self, max_entries: int = 50_000) -> None:
        if max_entries < 1:
            raise ConfigurationError("max_entries of a nonce store is at least 1.")
        self._max_entries: Final = max_entries
        self._entries: Final[OrderedDict[str, _Entry]] = OrderedDict()
        self._lock: Final = threading.Lock()

    def register(self, nonce: str, payload: bytes, *, now: float, keep_until: float) -> NonceState:
        """See `NonceStore.register`."""
        with self._lock:
            known = self._entries.get(nonce)
            if known is not None and known.keep_until >= now:
                return _state(known.payload, known.handled, payload)
            self._entries.pop(nonce, None)
            self._make_room(now)
            self._entries[nonce] = _Entry(payload, keep_until)
            return NonceState.FRESH

    def mark_handled(self, nonce: str) -> None:
        """See `NonceStore.mark_handled`."""
        with self._lock:
            known = self._entries.get(nonce)
            if known is not None:
                known.handled = True

    def __len__(self) -> int:
        return len(self._entries)

    def _make_room(self, now: float) -> None:
        # By age of arrival, not of expiry: both differ by the delay of a repeat, and the front is found at
        # once.
        while self._entries:
            oldest = next(iter(self._entries.values()))
            if oldest.keep_until >= now and len(self._entries) < self._max_entries:
                return
            self._entries.popitem(last=False)


_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS jsms_callback_nonces (
    nonce TEXT PRIMARY KEY,
    payload BLOB NOT NULL,
    keep_until REAL NOT NULL,
    handled INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS jsms_callback_nonces_keep_until ON jsms_callback_nonces (keep_until);
"""


class SqliteNonceStore:
    """Remembers in a SQLite file: survives a restart, and is shared by all processes of one machine that name
    the file.

    The file holds nonces and hashes, no phone numbers. What has expired is deleted on the way. May be given
    to workers that are forked later: each opens a connection of its own. A file on a network drive is not
    supported by SQLite.
    """

    def __init__(self, path: str | Path, *, busy_timeout: float = 5.0) -> None:
        """`busy_timeout`: seconds to wait for another writing process, then `sqlite3.OperationalError`."""
        self._path: Final = str(path)
        self._busy_timeout: Final = busy_timeout
        self._lock: Final = threading.Lock()
        # By process: a connection must not be used by a forked child, not even to close it, so a child keeps
        # what it inherited and opens its own.
        self._connections: Final[dict[int, sqlite3.Connection]] = {}
        if str(path) in ("", ":memory:"):
            raise ConfigurationError("A durable nonce store needs a file; MemoryNonceStore needs none.")
        with self._transaction():
            pass  # a wrong path raises now, not with the first callback

    def register(self, nonce: str, payload: bytes, *, now: float, keep_until: float) -> NonceState:
        """See `NonceStore.register`."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM jsms_callback_nonces WHERE keep_until < ?", (now,))
            connection.execute(
                "INSERT OR IGNORE INTO jsms_callback_nonces (nonce, payload, keep_until) VALUES (?, ?, ?)",
                (nonce, payload, keep_until),
            )
            row: tuple[bytes, int] = connection.execute(
                "SELECT payload, handled FROM jsms_callback_nonces WHERE nonce = ?", (nonce,)
            ).fetchone()
        return _state(row[0], bool(row[1]), payload)

    def mark_handled(self, nonce: str) -> None:
        """See `NonceStore.mark_handled`."""
        with self._transaction() as connection:
            connection.execute("UPDATE jsms_callback_nonces SET handled = 1 WHERE nonce = ?", (nonce,))

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        with self._lock:
            connection = self._connections.pop(os.getpid(), None)
            if connection is not None:
                connection.close()

    def __del__(self) -> None:
        # Most stores live as long as their process and are never closed. A connection left open warns.
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __len__(self) -> int:
        with self._transaction() as connection:
            count: tuple[int] = connection.execute("SELECT count(*) FROM jsms_callback_nonces").fetchone()
        return count[0]

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection, None, None]:
        with self._lock:
            connection = self._connect()
            # IMMEDIATE: the lock is asked for where waiting is possible, not in the middle of reading and
            # writing.
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        connection = self._connections.get(os.getpid())
        if connection is None:
            connection = sqlite3.connect(
                self._path, timeout=self._busy_timeout, isolation_level=None, check_same_thread=False
            )
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                # With WAL the file stays whole; a power cut can cost the last few entries, which is no more
                # than a restart costs the store in memory.
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.executescript(_SCHEMA)
            except BaseException:
                connection.close()
                raise
            self._connections[os.getpid()] = connection
        return connection


def _state(bound: bytes, handled: bool, payload: bytes) -> NonceState:
    if bound != payload:
        return NonceState.TAKEN
    return NonceState.HANDLED if handled else NonceState.FRESH
