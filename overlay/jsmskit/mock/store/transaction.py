"""A transaction over tables and memory: all of it happens, or nothing does.

Knows SQLite's transactions, and how stores that live in memory take part. Must not know files, tables or subjects.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Protocol


class Kept(Protocol):
    """A store that has its subject in memory, and a table for keeping it."""

    def put_down(self, connection: sqlite3.Connection) -> None:
        """Write what has changed since the last time. Inside a transaction only."""
        ...


class Transaction:
    """The transaction of one connection: a context manager, the outermost level counts.

    SQLite hears of it only if somebody writes (`writing`). Stores in memory say how to undo what they change
    (`on_undo`); a file gets it before the transaction ends, so that what was answered is stored.

    Args:
        connection: that everything shares.
        is_file: what is in memory is put down at the end of every transaction.

    Attributes:
        lock: held meanwhile.
        age: counts up with everything that is written otherwise than by putting down, and with what is undone:
            while it is the same, the tables say the same.
    """

    __slots__ = (
        "_after_commit",
        "_connection",
        "_depth",
        "_is_begun",
        "_is_file",
        "_kept",
        "_on_rollback",
        "_undo",
        "age",
        "lock",
    )

    def __init__(self, connection: sqlite3.Connection, *, is_file: bool) -> None:
        self.lock = threading.RLock()
        self.age = 0
        self._connection = connection
        self._is_file = is_file
        self._depth = 0
        self._is_begun = False
        self._after_commit: list[Callable[[], None]] = []
        self._on_rollback: list[Callable[[], None]] = []
        self._undo: list[Callable[[], None]] = []
        self._kept: list[Kept] = []

    def keep(self, store: Kept) -> None:
        """Have a store put down what it has in memory."""
        self._kept.append(store)

    def on_rollback(self, listener: Callable[[], None]) -> None:
        """Have a function called when a transaction was undone: what was cached may be wrong."""
        self._on_rollback.append(listener)

    def on_undo(self, action: Callable[[], None]) -> None:
        """Say how to undo a change in memory, should this transaction be rolled back; the last goes first."""
        assert self._depth, "memory is changed inside a transaction only"
        self._undo.append(action)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Do something once the present transaction is safe; it is forgotten when that is rolled back."""
        self._after_commit.append(action)

    @property
    def writing(self) -> sqlite3.Connection:
        """The connection, with the transaction begun."""
        self.age += 1
        return self._begun()

    def put_down(self) -> None:
        """Write what the stores have in memory, so that the tables tell all; a file has it anyway."""
        with self:
            self._put_down()

    def __enter__(self) -> None:
        self.lock.acquire()
        self._depth += 1

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
            if self._is_begun or self._is_file:
                self._commit()
            self._undo.clear()
            for action in actions:
                action()
        finally:
            self.lock.release()

    def _commit(self) -> None:
        try:
            if self._is_file and self._undo:  # whoever has changed something has said how to undo it
                self._put_down()
            if self._is_begun:
                self._connection.execute("COMMIT")
                self._is_begun = False
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        self.age += 1
        if self._is_begun:
            self._is_begun = False
            self._connection.execute("ROLLBACK")
        undo, self._undo = self._undo, []
        for action in reversed(undo):
            action()
        for listener in self._on_rollback:
            listener()

    def _begun(self) -> sqlite3.Connection:
        if not self._is_begun:
            self._connection.execute("BEGIN IMMEDIATE")
            self._is_begun = True
        return self._connection

    def _put_down(self) -> None:
        connection = self._begun()
        for store in self._kept:
            store.put_down(connection)
