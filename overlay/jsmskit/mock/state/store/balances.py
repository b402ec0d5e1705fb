"""What is left in the balances of accounts and applications."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .database import Database

#: A balance: table, key, kind.
BalanceKey = tuple[str, str, str]

#: The kinds, in the order of `Balances`.
KINDS: Final = ("balance", "voice", "industry", "market")


class BalanceStore:
    """The balances of all accounts and applications."""

    __slots__ = ("_database",)

    def __init__(self, database: Database) -> None:
        self._database = database

    def left(self, key: BalanceKey) -> int | None:
        """Read what is left in one balance; None where nothing was ever assigned."""
        table, owner, kind = key
        row = self._database.connection.execute(
            f"SELECT {kind} FROM {table} WHERE {_owner_column(table)} = ?",  # noqa: S608
            (owner,),
        ).fetchone()
        return None if row is None or row[0] is None else int(row[0])

    def take(self, keys: Iterable[BalanceKey], units: int) -> BalanceKey | None:
        """Take units off the first balance that holds enough; None if none does. Inside a transaction only.

        Args:
            keys: in the order in which they pay; see `paying_balances`.
            units: how many.
        """
        for key in keys:
            table, owner, kind = key
            paid = self._database.connection.execute(
                f"UPDATE {table} SET {kind} = {kind} - ? "  # noqa: S608
                f"WHERE {_owner_column(table)} = ? AND {kind} >= ?",
                (units, owner, units),
            )
            if paid.rowcount:
                return key
        return None

    def set_left(self, key: BalanceKey, units: int) -> None:
        """Set what is left in one balance. Inside a transaction only."""
        table, owner, kind = key
        self._database.connection.execute(
            f"UPDATE {table} SET {kind} = ? WHERE {_owner_column(table)} = ?",  # noqa: S608
            (units, owner),
        )


def _owner_column(table: str) -> str:
    return "app_key" if table == "applications" else "dev_key"
