"""What the ledger asks of a database: transactions, a few words of dialect, and who is alive. And where a ledger is.

`sqlite` and `postgres` stand behind it; everything above is one code for both. Parameters are written `?`. A file and a
server are told apart in one place, so that no address of a server, and with it no password, is ever taken for the name
of a file.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jsmskit._privacy import mask_phones_in

from ...errors import LedgerError

__all__ = ["Database", "Row", "Transaction"]

Row = tuple[Any, ...]


class Transaction:
    """Statements that happen together or not at all.

    database: the one it is of, with the words of its dialect. now: when it began, by the clock of the ledger.
    """

    __slots__ = ("_cursor", "_written", "database", "now")

    def __init__(self, database: Database, cursor: Any, written: Callable[[str], str] = str) -> None:
        self.database = database
        self.now = database.clock()
        self._cursor = cursor
        self._written = written

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Execute a statement; return the number of rows that it changed."""
        self._cursor.execute(self._written(sql), parameters)
        changed: int = self._cursor.rowcount
        return changed

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Execute once a row."""
        self._cursor.executemany(self._written(sql), rows)

    def fetchall(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """All rows of a result; callers bound it."""
        self._cursor.execute(self._written(sql), parameters)
        rows: list[Row] = self._cursor.fetchall()
        return rows

    def fetchone(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        """The first row of a result."""
        self._cursor.execute(self._written(sql), parameters)
        row: Row | None = self._cursor.fetchone()
        return row

    def value(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        """The first column of the first row; None if there is no row."""
        row = self.fetchone(sql, parameters)
        return row[0] if row else None


class Database(ABC):
    """A place for a ledger. One transaction at a time for each object; usable from several threads.

    Every failure of the driver comes out as `LedgerError`.
    """

    for_update: str
    """What a SELECT ends with, to hold its row until the transaction ends."""
    name: str
    """Where the ledger is, without credentials."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin, and commit durably at the end; roll back if an exception leaves the block."""

    @abstractmethod
    def read(self) -> AbstractContextManager[Transaction]:
        """Begin only to read: one consistent view, which holds up no writer."""

    @abstractmethod
    def in_list(self, column: str, values: Sequence[str]) -> tuple[str, object]:
        """The condition that a column is one of a list, and its one parameter."""

    @abstractmethod
    def lock_run(self, campaign_id: int) -> None:
        """Be the only embedded run (of this ledger, or of this campaign where a server can tell).

        Raises `LedgerBusyError` if another process is.
        """

    @abstractmethod
    def release_run(self) -> None:
        """Let another run begin."""

    @abstractmethod
    def lock_worker(self, number: int) -> None:
        """Show to others that this worker is alive, in a way that ends with the process."""

    @abstractmethod
    def is_alive(self, number: int) -> bool:
        """Whether a worker still shows that it is alive. Asked within a transaction, never of the asking one itself."""

    @abstractmethod
    def checkpoint(self) -> None:
        """Bring all that was committed to where a copy of the ledger's file would have it."""

    @abstractmethod
    def vacuum(self) -> None:
        """Give up the space of deleted rows, so that their content is gone from the files."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection; its locks end."""


_SCHEME: Final = re.compile(r"([a-z][a-z0-9.-]*)(?:\+[a-z0-9_.-]+)?://(.*)", re.IGNORECASE | re.DOTALL)
_WORDS_OF_A_SERVER: Final = re.compile(
    r"postgres(ql)?(\+\w*)?:|://|:[^/\\]*@|\b(host|hostaddr|port|dbname|user|password|passfile|service)\s*=",
    re.IGNORECASE,
)
_HOW: Final = "Write postgresql://user@host:5432/database, or the path of a file."
_ESCAPE: Final = "In a password write @ as %40, / as %2F, : as %3A, # as %23 and ? as %3F."


@dataclass(frozen=True, slots=True)
class ServerPlace:
    """A database on a PostgreSQL server. `url` may hold a password, so it is not shown."""

    url: str = field(repr=False)


def read_place(place: str | Path) -> Path | ServerPlace | LedgerError:
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
        return Path(place if isinstance(place, Path) else text)
    scheme, rest = found[1].lower(), found[2]
    if scheme == "sqlite":
        return Path(rest.removeprefix("/"))
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


def record_event(tx: Transaction, campaign_id: int, what: str, detail: str) -> None:
    """Write one entry; phone numbers in it are masked."""
    tx.execute(
        "INSERT INTO event (campaign_id, at, what, detail) VALUES (?, ?, ?, ?)",
        (campaign_id, tx.now, what, mask_phones_in(detail)[:1000]),
    )
