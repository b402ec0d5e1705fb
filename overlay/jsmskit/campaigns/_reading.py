# ruff: noqa: S608  # statements are put together from our own words only; values are always parameters
"""Questions to the ledger: lists in pages, counts, what stands where. Changes nothing.

Each function works inside a transaction.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any, Final

from . import _sheets
from ._claims import no_such_campaign
from ._database import Row, Transaction
from .settings import Mode, Target
from .states import CampaignState, ChunkPhase, ChunkState, RecipientState, TemplateKind
from .values import Campaign, Chunk, Counts, Event, Recipient

__all__ = [
    "campaign",
    "campaigns",
    "chunks",
    "codes",
    "counts",
    "events",
    "first_pending",
    "progress",
    "recipients",
    "set_aside",
    "set_aside_counts",
    "statuses",
    "unknown_chunks",
]

_CAMPAIGN: Final = (
    "SELECT campaign_id, name, state, why, template_id, sign_id, tag, kind, mode, source, digest,"
    " source_rows, recipients,"
    " units, created_at, settled_at, address, application, chosen_by FROM campaign"
)
_CHUNK: Final = (
    "SELECT campaign_id, chunk, state, stage, size, attempt, owner, intent_at, settled_at, code, why,"
    " phase, schedule_id"
    " FROM chunk"
)


def _as_campaign(row: Row) -> Campaign:
    state, kind, mode = CampaignState(row[2]), TemplateKind(row[7]), Mode(row[8])
    address, application, chosen_by = row[16:]
    target = Target(address, application, tuple(json.loads(chosen_by or "[]"))) if address else None
    found = Campaign(row[0], row[1], state, row[3], row[4], row[5], row[6], kind, mode, *row[9:16])
    return replace(found, target=target)


def _as_chunk(row: Row) -> Chunk:
    number, chunk, state, stage, size, attempt, owner, intent_at, settled_at, code, why, phase, task = row
    state, phase = ChunkState(state), ChunkPhase(phase)
    return Chunk(
        number, chunk, state, stage, size, attempt, owner, intent_at, settled_at, code, why, phase, task
    )


def campaign(tx: Transaction, campaign_id: int, place: str = "") -> Campaign:
    """One campaign. Raises `NoSuchCampaignError`."""
    found = tx.one(f"{_CAMPAIGN} WHERE campaign_id=?", (campaign_id,))
    if found is None:
        raise no_such_campaign(campaign_id, place)
    return _as_campaign(found)


def first_pending(tx: Transaction, campaign_id: int) -> tuple[str, str | None] | None:
    """Number and values of the first recipient that is still to be sent; None if there is none."""
    for (chunk,) in tx.all(
        "SELECT chunk FROM chunk WHERE campaign_id=? AND state=? ORDER BY chunk LIMIT 1",
        (campaign_id, ChunkState.PENDING),
    ):
        for one in _sheets.members(tx, campaign_id, chunk):
            return one.phone, one.values
        return tx.one(
            "SELECT phone, params FROM recipient WHERE campaign_id=? AND chunk=? AND state=? ORDER BY position LIMIT 1",
            (campaign_id, chunk, RecipientState.PENDING),
        )
    return None


def campaigns(tx: Transaction) -> list[Campaign]:
    """All campaigns, the newest last."""
    return [_as_campaign(row) for row in tx.all(f"{_CAMPAIGN} ORDER BY campaign_id")]


def chunks(tx: Transaction, campaign_id: int, states: Sequence[ChunkState]) -> list[Chunk]:
    """The chunks of a campaign that are in one of these states."""
    marks = ", ".join("?" * len(states))
    return [
        _as_chunk(row)
        for row in tx.all(
            f"{_CHUNK} WHERE campaign_id=? AND state IN ({marks}) ORDER BY chunk",  # question marks
            (campaign_id, *states),
        )
    ]


def unknown_chunks(tx: Transaction, campaign_id: int) -> list[tuple[int, int, float | None, str]]:
    """Chunk, number of unknown recipients, time of the intent, and why."""
    rows = tx.all(
        "SELECT c.chunk, count(*), c.intent_at, max(r.why) FROM recipient r JOIN chunk c"
        " ON c.campaign_id=r.campaign_id AND c.chunk=r.chunk WHERE r.campaign_id=? AND r.state=?"
        " GROUP BY c.chunk, c.intent_at ORDER BY c.chunk",
        (campaign_id, RecipientState.UNKNOWN),
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def counts(tx: Transaction, campaign_id: int) -> Counts:
    """How many recipients and chunks are in which state: exact, and as slow as there are people with rows of their
    own.
    """
    people = _sheets.counts(tx, campaign_id)
    for state, number in tx.all(
        "SELECT state, count(*) FROM recipient WHERE campaign_id=? GROUP BY state", (campaign_id,)
    ):
        people[state] = people.get(state, 0) + number
    parts = tx.all("SELECT state, count(*) FROM chunk WHERE campaign_id=? GROUP BY state", (campaign_id,))
    return Counts(
        {RecipientState(state): number for state, number in people.items()},
        {ChunkState(row[0]): row[1] for row in parts},
    )


def progress(tx: Transaction, campaign_id: int) -> tuple[int, int]:
    """How many recipients are in chunks that are done, and in chunks that are not: quick at any size."""
    done = open_ = 0
    for state, total in tx.all(
        "SELECT state, sum(size) FROM chunk WHERE campaign_id=? GROUP BY state", (campaign_id,)
    ):
        if state in (ChunkState.PENDING, ChunkState.IN_FLIGHT):
            open_ += int(total)
        else:
            done += int(total)
    return done, open_


def codes(tx: Transaction, campaign_id: int) -> list[tuple[int, int]]:
    """Return codes of refused recipients, and how often each came."""
    return [
        (row[0], row[1])
        for row in tx.all(
            "SELECT code, count(*) FROM recipient WHERE campaign_id=? AND code IS NOT NULL AND state=?"
            " GROUP BY code"
            " ORDER BY 2 DESC, 1",
            (campaign_id, RecipientState.REJECTED),
        )
    ]


def statuses(tx: Transaction, campaign_id: int) -> list[tuple[int, int]]:
    """Delivery statuses that came, and how often each did."""
    return [
        (row[0], row[1])
        for row in tx.all(
            "SELECT status, count(*) FROM recipient WHERE campaign_id=? AND status IS NOT NULL GROUP BY"
            " status"
            " ORDER BY 2 DESC, 1",
            (campaign_id,),
        )
    ]


def recipients(
    tx: Transaction, campaign_id: int, *, states: Sequence[RecipientState], after: tuple[int, int], limit: int
) -> tuple[list[Recipient], tuple[int, int]]:
    """A page of recipients in the order of their chunks, and where the next one begins."""
    wanted: tuple[Any, ...] = tuple(states)
    marks = f" AND state IN ({', '.join('?' * len(wanted))})" if wanted else ""
    rows = tx.all(
        "SELECT source_row, phone, state, code, msg_id, status, why, chunk, settled_at, position FROM"
        " recipient"
        f" WHERE campaign_id=? AND (chunk, position) > (?, ?){marks} ORDER BY chunk, position LIMIT ?",
        (campaign_id, *after, *wanted, limit),
    )
    page = [(row[7], row[9], Recipient(row[0], row[1], RecipientState(row[2]), *row[3:9])) for row in rows]
    last = rows[-1][7] if len(rows) == limit else None
    page += _sheets.entries(tx, campaign_id, wanted, after, limit, last)
    page = sorted(page, key=itemgetter(0, 1))[:limit]
    return [one for _, _, one in page], page[-1][:2] if page else after


def set_aside(
    tx: Transaction, campaign_id: int, *, after: int, limit: int
) -> list[tuple[int, str, str, str]]:
    """A page of the rows that were set aside: row, what stood there, why, in words."""
    rows = tx.all(
        "SELECT source_row, phone, why, detail FROM set_aside WHERE campaign_id=? AND source_row>? ORDER BY"
        " source_row LIMIT ?",
        (campaign_id, after, limit),
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def set_aside_counts(tx: Transaction, campaign_id: int) -> dict[str, int]:
    """Reasons of rows that were set aside, and how often each stands."""
    rows = tx.all("SELECT why, count(*) FROM set_aside WHERE campaign_id=? GROUP BY why", (campaign_id,))
    return {row[0]: row[1] for row in rows}


def events(tx: Transaction, campaign_id: int, limit: int) -> list[Event]:
    """The last entries of the diary, the newest last."""
    rows = tx.all(
        "SELECT at, what, detail FROM event WHERE campaign_id=? ORDER BY event_id DESC LIMIT ?",
        (campaign_id, limit),
    )
    return [Event(*row) for row in reversed(rows)]
