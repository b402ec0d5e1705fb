"""What the ledger asks of a database: transactions, a few words of dialect, and who is alive.

Knows the seam. Must not know statements, states or drivers: `_sqlite` and `_postgres` stand behind it, and
everything above it is one code for both. Parameters are written `?`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

__all__ = ["Database", "Row", "Transaction"]

Row = tuple[Any, ...]


class Transaction(Protocol):
    """Statements that happen together or not at all."""

    def run(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Execute; gives the number of rows that it changed."""
        ...

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Execute once a row."""
        ...

    def all(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """All rows of an answer; callers bound it."""
        ...

    def one(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        """The first row of an answer."""
        ...


class Database(Protocol):
    """A place for a ledger. One transaction at a time for each object; usable from several threads.

    Every failure of the driver comes out as `LedgerError`.
    """

    locked_row: str
    """What a SELECT ends with, to hold its row until the transaction ends."""
    name: str
    """Where the ledger is, without credentials."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin, and commit durably at the end; roll back if an exception leaves the block."""
        ...

    def look(self) -> AbstractContextManager[Transaction]:
        """Begin only to read: one consistent view, in nobody's way."""
        ...

    def among(self, column: str) -> str:
        """The condition that a column is one of a list, given as one parameter made by `listed`."""
        ...

    def listed(self, values: Sequence[str]) -> object:
        """The list for `among`."""
        ...

    def unrolled(self, column: str) -> tuple[str, str, str]:
        """A JSON array of whole numbers, as it stands in a column, seen as rows: what to write into a FROM, and the
        expressions for the place in the array (from 0) and for the number as a text, NULL where it holds null.
        """
        ...

    def item(self, place: str, values: Sequence[str | None]) -> tuple[str, object]:
        """The expression for the item at a place (a column, counted from 0) of a list of plain ASCII texts, NULL
        where there is none; and its one parameter.
        """
        ...

    def hold_run(self, campaign_id: int) -> None:
        """Be the only embedded run (of this ledger, or of this campaign where a server can tell).

        Raises `LedgerBusyError` if another process is.
        """
        ...

    def release_run(self) -> None:
        """Let another run begin."""
        ...

    def hold_worker(self, number: int) -> None:
        """Show to others that this worker lives, in a way that ends with the process by itself."""
        ...

    def is_alive(self, number: int) -> bool:
        """Whether a worker still shows that it lives. True also where that cannot be told."""
        ...

    def checkpoint(self) -> None:
        """Bring all that was committed to where a copy of the ledger's file would have it."""
        ...

    def compact(self) -> None:
        """Give up the space of deleted rows, so that their content is gone from the files."""
        ...

    def close(self) -> None:
        """Give up the connection."""
        ...
