"""The independent judge of a campaign that was killed and resumed: what the service saw against what the
ledger says.

Reads only three things: the list that was planned, the service's log, and the ledger's tables with a driver
of its own. Imports nothing of the package, so that both cannot be wrong together.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

Query = Callable[[str], list[tuple[Any, ...]]]
_SENT = ("accepted", "delivered", "failed")


@dataclass
class Judgement:
    """What was found. Everything but `unknown` has to be zero."""

    planned: int = 0
    sent: int = 0
    lost: int = 0
    double: int = 0
    wrong: int = 0
    missing: int = 0
    out_of_step: int = 0
    pending: int = 0
    unknown: int = 0
    unknown_sent: int = 0
    unknown_chunks: int = 0
    damaged: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """No recipient lost, none twice, nothing out of step."""
        return not (
            self.lost or self.double or self.wrong or self.missing or self.out_of_step or self.pending or self.damaged
        )


def log_of(path: Path) -> Counter[str]:
    """How often the service took each number."""
    taken: Counter[str] = Counter()
    if path.exists():
        for line in path.read_text().splitlines():
            taken.update(line.split())
    return taken


def sqlite_query(path: Path) -> Query:
    """Questions to a ledger file."""
    connection = sqlite3.connect(path)

    def ask(statement: str) -> list[tuple[Any, ...]]:
        return connection.execute(statement).fetchall()

    return ask


def server_query(url: str) -> Query:
    """Questions to a ledger on a server."""
    import psycopg  # an extra

    connection = psycopg.connect(url, autocommit=True, options="-c search_path=jsms_campaigns")

    def ask(statement: str) -> list[tuple[Any, ...]]:
        return connection.execute(statement.encode()).fetchall()

    return ask


def judge(
    planned: Iterable[str], taken: Counter[str], ask: Query, campaign_id: int, *, refused: Iterable[str] = ()
) -> Judgement:
    """Hold a finished campaign against the service's log.

    planned: the numbers of the list. refused: those that the service refuses, who must be rejected and
        nothing else.

    lost: accepted in the ledger, and the service never saw them; or rejected though they were not refused.
    double: taken more than once. wrong: taken, and the ledger says that they were not (pending, rejected,
    skipped). missing: planned, and in no state at all. pending: left over. out_of_step: rows that disagree
    with the state of their chunk, or that their number does not lead to.
    """
    result = Judgement(damaged=[])
    everybody = set(planned)
    bad = set(refused)
    people = _people(ask, campaign_id)
    states = {one.phone: one.state for one in people}
    result.planned = len(everybody)
    result.missing = len(everybody - states.keys()) + len(states.keys() - everybody)
    for phone in everybody & states.keys():
        state, times = states[phone], taken[phone]
        result.sent += bool(times)
        result.double += times > 1
        result.lost += (state in _SENT and not times) or (state == "rejected" and phone not in bad)
        result.wrong += bool(times) and state in ("pending", "rejected", "skipped")
        result.pending += state == "pending"
        result.unknown += state == "unknown"
        result.unknown_sent += state == "unknown" and bool(times)
    result.unknown_chunks = len(ask(f"SELECT 1 FROM chunk WHERE campaign_id={campaign_id} AND state='unknown'"))
    chunks = dict(ask(f"SELECT chunk, state FROM chunk WHERE campaign_id={campaign_id}"))
    inside: dict[int, set[str]] = {chunk: set() for chunk in chunks}
    places = {
        phone: (chunk, position)
        for phone, chunk, position in ask(
            f"SELECT phone, chunk, position FROM phone_place WHERE campaign_id={campaign_id}"
        )
    }
    for one in people:
        inside.setdefault(one.chunk, set()).add(one.state)
        result.out_of_step += not _fits(chunks.get(one.chunk, ""), one.state)
        result.out_of_step += places.get(one.phone) != (one.chunk, one.position)
    # Emptied chunks: their people were moved. And no recipient stands in the ledger twice.
    result.out_of_step += sum(
        not found and chunks[chunk] not in ("rejected", "accepted") for chunk, found in inside.items()
    )
    result.out_of_step += len(people) - len(states)
    return result


class _Person(NamedTuple):
    phone: str
    state: str
    chunk: int
    position: int


def _people(ask: Query, campaign_id: int) -> list[_Person]:
    rows = ask(f"SELECT phone, state, chunk, position FROM recipient WHERE campaign_id={campaign_id}")
    return [_Person(*row) for row in rows]


def _fits(chunk: str, person: str) -> bool:
    """Whether somebody in this state may be in such a chunk."""
    fitting = {
        "pending": ("pending", "skipped"),
        "accepted": (*_SENT, "rejected", "unknown", "skipped"),
        "rejected": ("rejected", "skipped", *_SENT),
        "unknown": ("unknown", "skipped", *_SENT),
    }.get(chunk, ())
    return person in fitting


def damage(path: Path) -> list[str]:
    """What SQLite's own check finds wrong with a file."""
    found = [row[0] for row in sqlite_query(path)("PRAGMA integrity_check")]
    return [] if found == ["ok"] else found
