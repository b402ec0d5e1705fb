"""What the ledger asks of a database: transactions, a few words of dialect, and who is alive. And where a ledger is.

`sqlite` and `postgres` stand behind it; everything above is one code for both. Parameters are written `?`. A file and a
server are told apart in one place, so that no address of a server, and with it no password, is ever taken for the name
of a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from jsmskit._privacy import mask_phones_in

from ...errors import LedgerError

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


_SCHEME: Final = re.compile(r"([a-z][a-z0-9.-]*)(?:\+[a-z0-9_.-]+)?://(.*)", re.IGNORECASE | re.DOTALL)
_WORDS_OF_A_SERVER: Final = re.compile(
    r"postgres(ql)?(\+\w*)?:|://|:[^/\\]*@|\b(host|hostaddr|port|dbname|user|password|passfile|service)\s*=",
    re.IGNORECASE,
)
_HOW: Final = "Write postgresql://user@host:5432/database, or the path of a file."
_ESCAPE: Final = "In a password write @ as %40, / as %2F, : as %3A, # as %23 and ? as %3F."


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A SQLite file."""

    path: Path


@dataclass(frozen=True, slots=True)
class ServerPlace:
    """A database on a PostgreSQL server. `url` may hold a password, so it is not shown."""

    url: str = field(repr=False)


def read_place(place: str | Path) -> FilePlace | ServerPlace | LedgerError:
    """Read a place: a path, `sqlite:///path`, or an address of PostgreSQL such as other tools take it
    (`postgres://`, `postgresql+psycopg://`, in capitals or not).

    Returns the error, instead of raising it, where it cannot be read: a frame that holds the address must be gone
    by then. The error shows nothing of an address.
    """
    text = str(place).strip().strip("\"'")
    found = _SCHEME.fullmatch(text)
    if found is None:
        if _WORDS_OF_A_SERVER.search(text):
            return LedgerError("the ledger's place is neither a path nor an address that can be read.", _HOW)
        return FilePlace(Path(place if isinstance(place, Path) else text))
    scheme, rest = found[1].lower(), found[2]
    if scheme == "sqlite":
        return FilePlace(Path(rest.removeprefix("/")))
    if scheme not in ("postgresql", "postgres"):
        return LedgerError(f"a ledger cannot be kept at an address that begins with {scheme}://.", _HOW)
    authority, _, database = rest.partition("/")
    # Otherwise the driver would take a part of the password for a host, and name it.
    if authority.count("@") > 1 or "@" in database.partition("?")[0]:
        return LedgerError("the address of the ledger has an @ too many.", _ESCAPE)
    if not all(re.fullmatch(r"[0-9]*", port) for port in _ports(authority.rpartition("@")[2])):
        return LedgerError("the port in the address of the ledger is no number.", _ESCAPE)
    return ServerPlace(f"postgresql://{rest}")


def _ports(hosts: str) -> list[str]:
    return [re.sub(r"^\[[^\]]*\]", "", host).partition(":")[2] for host in hosts.partition("?")[0].split(",")]


def record_event(tx: Transaction, campaign_id: int, now: float, what: str, detail: str) -> None:
    """Write one entry; phone numbers in it are masked."""
    tx.execute(
        "INSERT INTO event (campaign_id, at, what, detail) VALUES (?, ?, ?, ?)",
        (campaign_id, now, what, mask_phones_in(detail)[:1000]),
    )
