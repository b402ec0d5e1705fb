"""Remembered: what is left in the balances. In memory once it was looked at, since every message is paid.

The tables get what has changed at the end of each transaction on a file (`put_down`). Knows the columns of
balances. Must not know who pays for what.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import partial
from typing import Final, cast

from .database import Database

#: A balance: table, key, kind.
Purse = tuple[str, str, str]

#: The kinds, in the order of `Balances`.
KINDS: Final = ("balance", "voice", "industry", "market")


class Purses:
    """The balances of all accounts and applications."""

    __slots__ = ("_database", "_left", "_paid_from", "_transaction")

    def __init__(self, database: Database) -> None:
        self._database = database
        self._transaction = database.transaction
        self._transaction.keep(self)
        #: What is left in a purse; None: nothing was ever assigned.
        self._left: dict[Purse, int | None] = {}
        #: Purses of which the tables do not know what is left.
        self._paid_from: set[Purse] = set()

    def forget_all(self) -> None:
        """Look at the tables again: the database was replaced."""
        self._left.clear()
        self._paid_from.clear()

    def put_down(self, connection: sqlite3.Connection) -> None:
        """Write what is left in the purses that have paid. Inside a transaction only."""
        for purse in self._paid_from:
            table, key, kind = purse
            connection.execute(
                f"UPDATE {table} SET {kind} = ? WHERE {key_of(table)} = ?",  # noqa: S608
                (self._left[purse], key),
            )
        self._paid_from.clear()

    def left(self, purse: Purse) -> int | None:
        """Read what is left in one purse; None where nothing was ever assigned."""
        if purse in self._left:
            return self._left[purse]
        table, key, kind = purse
        row = self._database.connection.execute(
            f"SELECT {kind} FROM {table} WHERE {key_of(table)} = ?",  # noqa: S608
            (key,),
        ).fetchone()
        if row is None:
            return None  # no such owner: not remembered, for there is no end of them
        self._left[purse] = row[0]
        return cast("int | None", row[0])

    def take(self, purses: Iterable[Purse], units: int) -> Purse | None:
        """Take units off the first purse that holds enough; None if none does. Inside a transaction only.

        Args:
            purses: in the order in which they pay; see `jsmskit.mock.operations.payment`.
            units: how many.
        """
        for purse in purses:
            left = self.left(purse)
            if left is not None and left >= units:
                self.set_left(purse, left - units)
                return purse
        return None

    def set_left(self, purse: Purse, units: int) -> None:
        """Say what is left in a purse that was looked at. Inside a transaction only."""
        self._transaction.on_undo(partial(self._left.__setitem__, purse, self._left[purse]))
        self._left[purse] = units
        self._paid_from.add(purse)

    def written(self, table: str, key: str) -> None:
        """Hear that the balances of one owner were written to the tables. Inside a transaction only."""
        self._transaction.on_undo(partial(self._put_back, dict(self._left), set(self._paid_from)))
        for kind in KINDS:
            self._left.pop((table, key, kind), None)
            self._paid_from.discard((table, key, kind))

    def _put_back(self, left: dict[Purse, int | None], paid_from: set[Purse]) -> None:
        self._left.clear()
        self._left.update(left)
        self._paid_from = paid_from


def key_of(table: str) -> str:
    """Name the column that says whose row it is."""
    return "app_key" if table == "applications" else "dev_key"
