# ruff: noqa: S608  # statements are made of our own numbers
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
from typing import Any

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
        """Nobody lost, nobody twice, nothing out of step."""
        return not (
            self.lost
            or self.double
            or self.wrong
            or self.missing
            or self.out_of_step
            or self.pending
            or self.damaged
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


def judge(
    planned: Iterable[str], taken: Counter[str], ask: Query, campaign_id: int, *, refused: Iterable[str] = ()
) -> Judgement:
    """Hold a finished campaign against the service's log.

    planned: the numbers of the list. refused: those that the service refuses, who must be rejected and
        nothing else.

    lost: accepted in the ledger, and the service never saw them; or rejected though nobody refused them.
    double: taken more than once. wrong: taken, and the ledger says that they were not (pending, rejected,
    skipped). missing: planned, and in no state at all. pending: left over. out_of_step: rows that disagree
    with the state of their chunk, or that their number does not lead to.
    """
    result = Judgement(damaged=[])
    everybody = set(planned)
    bad = set(refused)
    states = dict(ask(f"SELECT phone, state FROM recipient WHERE campaign_id={campaign_id}"))
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
    result.unknown_chunks = len(
        ask(f"SELECT 1 FROM chunk WHERE campaign_id={campaign_id} AND state='unknown'")
    )
    steps = ask(
        "SELECT c.state, r.state, count(*) FROM chunk c LEFT JOIN recipient r"
        " ON r.campaign_id=c.campaign_id AND r.chunk=c.chunk"
        f" WHERE c.campaign_id={campaign_id} GROUP BY c.state, r.state"
    )
    result.out_of_step = sum(number for chunk, person, number in steps if not _fits(chunk, person))
    ((astray,),) = ask(
        "SELECT count(*) FROM recipient r LEFT JOIN phone_place p ON p.phone=r.phone AND"
        " p.campaign_id=r.campaign_id AND p.chunk=r.chunk AND p.position=r.position"
        f" WHERE r.campaign_id={campaign_id} AND p.phone IS NULL"
    )
    result.out_of_step += int(astray)
    return result


def _fits(chunk: str, person: str | None) -> bool:
    if person is None:
        return chunk in ("rejected", "accepted")  # emptied: its people were moved
    return {
        "pending": person in ("pending", "skipped"),
        "in_flight": False,
        "accepted": person in (*_SENT, "rejected", "unknown", "skipped"),
        "rejected": person in ("rejected", "skipped", *_SENT),
        "unknown": person in ("unknown", "skipped", *_SENT),
    }[chunk]


def damage(path: Path) -> list[str]:
    """What SQLite's own check finds wrong with a file."""
    found = [row[0] for row in sqlite_query(path)("PRAGMA integrity_check")]
    return [] if found == ["ok"] else found
