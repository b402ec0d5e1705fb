"""Where a ledger is: a file or a PostgreSQL server, told apart in one place, so that no address of a server, and
with it no password, is ever taken for the name of a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .errors import LedgerError

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
