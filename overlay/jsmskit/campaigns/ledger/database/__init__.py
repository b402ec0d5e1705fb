"""What the ledger asks of a database: transactions, a few words of dialect, and who is alive.

`sqlite` and `postgres` stand behind it; everything above is one code for both. Parameters are written `?`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

__all__ = ["Database", "Row", "Transaction"]

Row = tuple[Any, ...]


class Transaction(Protocol):
    """Statements that happen together or not at all."""

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Execute a statement; return the number of rows that it changed."""
        ...

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Execute once a row."""
        ...

    def fetchall(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """All rows of a result; callers bound it."""
        ...

    def fetchone(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        """The first row of a result."""
        ...


class Database(Protocol):
    """A place for a ledger. One transaction at a time for each object; usable from several threads.

    Every failure of the driver comes out as `LedgerError`.
    """

    for_update: str
    """What a SELECT ends with, to hold its row until the transaction ends."""
    name: str
    """Where the ledger is, without credentials."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin, and commit durably at the end; roll back if an exception leaves the block."""
        ...

    def read(self) -> AbstractContextManager[Transaction]:
        """Begin only to read: one consistent view, which holds up no writer."""
        ...

    def in_list(self, column: str) -> str:
        """The condition that a column is one of a list, given as one parameter made by `encode_list`."""
        ...

    def encode_list(self, values: Sequence[str]) -> object:
        """The list for `in_list`."""
        ...

    def nth_item(self, place: str, values: Sequence[str | None]) -> tuple[str, object]:
        """The expression for the item at a place (a column, counted from 0) of a list of plain ASCII texts, NULL
        where there is none; and its one parameter.
        """
        ...

    def lock_run(self, campaign_id: int) -> None:
        """Be the only embedded run (of this ledger, or of this campaign where a server can tell).

        Raises `LedgerBusyError` if another process is.
        """
        ...

    def release_run(self) -> None:
        """Let another run begin."""
        ...

    def lock_worker(self, number: int) -> None:
        """Show to others that this worker is alive, in a way that ends with the process."""
        ...

    def is_alive(self, number: int) -> bool:
        """Whether a worker still shows that it is alive. True also where that cannot be told."""
        ...

    def checkpoint(self) -> None:
        """Bring all that was committed to where a copy of the ledger's file would have it."""
        ...

    def vacuum(self) -> None:
        """Give up the space of deleted rows, so that their content is gone from the files."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...
