"""The independent judge of a campaign that was killed and resumed: what the service saw against what the ledger says.

Reads only three things: the list that was planned, the service's log, and the ledger's tables with a driver of its own.
Imports nothing of the package, so that both cannot be wrong together.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Query = Callable[[str], list[tuple[Any, ...]]]
_SENT = ("accepted", "delivered", "failed")
_FITTING = {
    "pending": ("pending", "skipped"),
    "accepted": (*_SENT, "rejected", "unknown", "skipped"),
    "rejected": ("rejected", "skipped", *_SENT),
    "unknown": ("unknown", "skipped", *_SENT),
}
"""The states that recipients of a chunk may have."""


@dataclass
class Judgement:
    """What was found. Everything but `planned`, `sent` and the unknown has to be zero.

    lost: accepted in the ledger, and the service never saw them; or rejected though they were not refused.
    double: taken more than once. wrong: taken, and the ledger says that they were not (pending, rejected, skipped).
    missing: planned, and in no state at all. pending: left over. out_of_step: rows that disagree with the state of
    their chunk, or that their number does not lead to.
    """

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
    damaged: int = 0

    @property
    def clean(self) -> bool:
        """No recipient lost, none twice, nothing out of step."""
        return not any((self.lost, self.double, self.wrong, self.missing, self.out_of_step, self.pending, self.damaged))


def log_of(path: Path) -> Counter[str]:
    """How often the service took each number."""
    return Counter(path.read_text().split()) if path.exists() else Counter()


def query(place: str | Path) -> Query:
    """Questions to a ledger, in a file or on a server."""
    if not str(place).startswith("postgresql:"):
        return lambda statement: sqlite3.connect(place).execute(statement).fetchall()
    import psycopg  # an extra

    connection = psycopg.connect(str(place), autocommit=True, options="-c search_path=jsms_campaigns")
    return lambda statement: connection.execute(statement.encode()).fetchall()


def judge(
    planned: Iterable[str], taken: Counter[str], place: str | Path, campaign_id: int, *, refused: Iterable[str] = ()
) -> Judgement:
    """Hold a finished campaign against the service's log.

    planned: the numbers of the list. refused: those that the service refuses, who must be rejected and nothing else.
    """
    ask = query(place)
    result = Judgement()
    if isinstance(place, Path):
        result.damaged = sum(row[0] != "ok" for row in ask("PRAGMA integrity_check"))
    everybody, bad = set(planned), set(refused)
    people = ask(f"SELECT phone, state, chunk, position FROM recipient WHERE campaign_id={campaign_id}")
    states = {phone: state for phone, state, _, _ in people}
    result.planned = len(everybody)
    result.missing = len(everybody ^ states.keys())
    for phone in everybody & states.keys():
        state, times = states[phone], taken[phone]
        result.sent += bool(times)
        result.double += times > 1
        result.lost += (state in _SENT and not times) or (state == "rejected" and phone not in bad)
        result.wrong += bool(times) and state in ("pending", "rejected", "skipped")
        result.pending += state == "pending"
        result.unknown += state == "unknown"
        result.unknown_sent += state == "unknown" and bool(times)
    chunks = dict(ask(f"SELECT chunk, state FROM chunk WHERE campaign_id={campaign_id}"))
    places = ask(f"SELECT phone, chunk, position FROM phone_place WHERE campaign_id={campaign_id}")
    result.unknown_chunks = list(chunks.values()).count("unknown")
    result.out_of_step += sum(state not in _FITTING.get(chunks.get(chunk, ""), ()) for _, state, chunk, _ in people)
    result.out_of_step += len({(phone, chunk, position) for phone, _, chunk, position in people} - set(places))
    # Emptied chunks: their people were moved. And no recipient stands in the ledger twice.
    emptied = chunks.keys() - {chunk for _, _, chunk, _ in people}
    result.out_of_step += sum(chunks[chunk] not in ("rejected", "accepted") for chunk in emptied)
    result.out_of_step += len(people) - len(states)
    return result
