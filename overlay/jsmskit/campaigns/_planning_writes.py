# ruff: noqa: S608  # statements are put together from our own words only; values are always parameters
"""Writing a plan into the ledger, batch after batch, so that its size in memory does not grow with the list.

Knows the campaign's key (against the same list twice), membership of chunks, and the questions that a batch
of rows asks of the ledger. Must not know files or templates. Each function works inside a transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Final

from . import _sheets
from ._claims import LAST_STAGE
from ._database import Database, Transaction
from ._events import note
from ._steps import Passing
from .problems import CampaignExistsError
from .settings import CANARY_SIZES, CHUNK_SIZE, Mode, Target, TemplateFacts
from .states import CampaignState, ChunkState, SkipReason
from .values import PlanSummary, ValidRow

__all__ = [
    "add_members",
    "add_set_aside",
    "begin_plan",
    "chunk_sizes",
    "finish_plan",
    "seen_before",
    "set_target",
]

_RECENT_SECONDS: Final = 24 * 3600.0
"""The same marketing template does not go to the same number twice within a day, whatever list it stands in.
"""


def chunk_sizes(number: int) -> tuple[int, int]:
    """Stage and size of the n-th chunk of a plan (1 is the first): the canary, then full ones."""
    stage = min(number - 1, LAST_STAGE)
    return stage, CANARY_SIZES[stage] if stage < LAST_STAGE else CHUNK_SIZE


def begin_plan(
    tx: Transaction,
    *,
    name: str,
    facts: TemplateFacts,
    sign_id: int | None,
    tag: str | None,
    mode: Mode,
    source: str,
    target: Target | None,
    now: float,
    token: str,
) -> int:
    """A campaign without recipients. What an interrupted plan of the same source left is thrown away."""
    for row in tx.all(
        "SELECT campaign_id FROM campaign WHERE state=? AND source=? AND template_id=?",
        (CampaignState.PLANNING, source, facts.template_id),
    ):
        erase(tx, row[0])
    tx.run(
        "INSERT INTO campaign (plan_key, name, state, template_id, sign_id, tag, kind, mode, source,"
        " created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (token, name, CampaignState.PLANNING, facts.template_id, sign_id, tag, facts.kind, mode, source, now),
    )
    found = tx.one("SELECT campaign_id FROM campaign WHERE plan_key=?", (token,))
    number = int(found[0]) if found else 0
    if target is not None:
        set_target(tx, number, target)
    return number


def set_target(tx: Transaction, campaign_id: int, target: Target) -> None:
    """Bind a campaign to an address and an application."""
    tx.run(
        "UPDATE campaign SET address=?, application=?, chosen_by=? WHERE campaign_id=?",
        (target.address, target.application, json.dumps(target.chosen_by), campaign_id),
    )


def erase(tx: Transaction, campaign_id: int) -> None:
    """Take a campaign and everything of it away (the diary stays)."""
    for table in ("sheet", "recipient", "phone_place", "set_aside", "chunk", "campaign"):
        tx.run(f"DELETE FROM {table} WHERE campaign_id=?", (campaign_id,))


def seen_before(
    database: Database,
    tx: Transaction,
    campaign_id: int,
    phones: Sequence[str],
    *,
    template_id: int,
    now: float,
) -> tuple[set[str], set[str]]:
    """Of these numbers: those of people who opted out, and those written to lately."""
    listed = database.listed(phones)
    gone = tx.all(f"SELECT phone FROM opt_out WHERE {database.among('phone')}", (listed,))
    placed = (
        "SELECT p.phone FROM phone_place p JOIN campaign c ON c.campaign_id=p.campaign_id"
        " {table}"
        f" WHERE {database.among('p.phone')}"
        " AND p.campaign_id<>? AND c.template_id=? AND s.state IN ('accepted', 'unknown', 'delivered')"
        " AND s.settled_at>?"
    )
    row = "recipient {0} ON {0}.campaign_id=p.campaign_id AND {0}.chunk=p.chunk AND {0}.position=p.position"
    sheet = "JOIN sheet s ON s.campaign_id=p.campaign_id AND s.chunk=p.chunk LEFT JOIN " + row.format("r")
    asked = (listed, campaign_id, template_id, now - _RECENT_SECONDS)
    recent = tx.all(placed.format(table="JOIN " + row.format("s")), asked)
    # Who has a row of his own does not stand on the sheet of his chunk any more.
    recent += tx.all(placed.format(table=sheet) + " AND r.phone IS NULL", asked)
    return {row[0] for row in gone}, {row[0] for row in recent}


def add_members(
    tx: Transaction, campaign_id: int, number: int, people: Sequence[ValidRow], at: Passing
) -> None:
    """One full chunk, frozen from now on."""
    stage, _ = chunk_sizes(number)
    _sheets.lay_out(tx, campaign_id, number, people)
    at("plan.batch_members_written")
    tx.run(
        "INSERT INTO chunk (campaign_id, chunk, state, stage, size, family) VALUES (?, ?, ?, ?, ?, ?)",
        (campaign_id, number, ChunkState.PENDING, stage, len(people), number),
    )


def add_set_aside(tx: Transaction, campaign_id: int, rows: Sequence[tuple[int, str, str, str]]) -> None:
    """Rows that get nothing: (row of the source, what stood there, why, in words)."""
    tx.many(
        "INSERT INTO set_aside (campaign_id, source_row, phone, why, detail) VALUES (?, ?, ?, ?, ?)",
        [(campaign_id, *row) for row in rows],
    )


def plan_key(digest: str, facts: TemplateFacts, sign_id: int | None, tag: str | None) -> str:
    """What makes two plans the same: the list, the template, the sign and the tag."""
    return hashlib.sha256(f"{digest} {facts.template_id} {sign_id} {tag}".encode()).hexdigest()


def finish_plan(
    database: Database,
    tx: Transaction,
    campaign_id: int,
    *,
    key: str,
    again: bool,
    digest: str,
    rows: int,
    recipients: int,
    units: int,
    longest: int,
    chunks: int,
    now: float,
    at: Passing,
) -> PlanSummary:
    """Find places for all numbers, and make the plan one that can be run. Raises `CampaignExistsError` if it was
    planned before and not `again`.
    """
    others = tx.all(
        "SELECT campaign_id, state FROM campaign WHERE plan_key LIKE ? ORDER BY campaign_id", (f"{key}%",)
    )
    if others and not again:
        number, state = others[-1]
        raise CampaignExistsError(
            f"the same list with the same template is campaign {number} already ({state}).",
            f"Go on with it: `jsms campaign status {number}`. To send it a second time on purpose, plan it"
            " with --again.",
        )
    struck, billed = _place_all(database, tx, campaign_id, recipients)
    recipients, units = recipients - struck, units - billed
    at("plan.placed")
    left = tx.one("SELECT count(*) FROM chunk WHERE campaign_id=?", (campaign_id,))
    tx.run(
        "UPDATE campaign SET plan_key=?, state=?, digest=?, source_rows=?, recipients=?, units=?,"
        " longest=?, next_chunk=?"
        " WHERE campaign_id=?",
        (
            key if not others else f"{key}#{len(others) + 1}",
            CampaignState.PLANNED,
            digest,
            rows,
            recipients,
            units,
            longest,
            chunks + 1,
            campaign_id,
        ),
    )
    aside = {
        str(row[0]): int(row[1])
        for row in tx.all(
            "SELECT why, count(*) FROM set_aside WHERE campaign_id=? GROUP BY why", (campaign_id,)
        )
    }
    note(
        tx,
        campaign_id,
        now,
        "planned",
        f"{recipients} recipients of {rows} rows{', again' if others else ''}",
    )
    return PlanSummary(
        campaign_id, rows, recipients, int(left[0]) if left else 0, units, aside, digest, longest
    )


def _place_all(database: Database, tx: Transaction, campaign_id: int, recipients: int) -> tuple[int, int]:
    """Write where each number stands, in the order of the numbers; later rows of a number are set aside. Gives how
    many these are, and as how much they would have been billed.
    """
    everybody, place, number = _sheets.unrolled(database)
    placed = tx.run(
        "INSERT INTO phone_place (phone, campaign_id, chunk, position)"
        f" SELECT {number}, s.campaign_id, s.chunk, {place} FROM sheet s, {everybody} WHERE s.campaign_id=?"
        f" ORDER BY {number}, s.chunk, {place} ON CONFLICT (phone, campaign_id) DO NOTHING",
        (campaign_id,),
    )
    if placed == recipients:
        return 0, 0
    repeated = (
        f"FROM sheet s, {everybody} WHERE s.campaign_id=? AND {number} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
        f" phone_place p WHERE p.phone=CAST({number} AS TEXT) AND p.campaign_id=s.campaign_id AND p.chunk=s.chunk AND"
        f" p.position={place})"
    )
    # Chunk by chunk: there may be a million of them.
    chunks = tx.all(f"SELECT DISTINCT s.chunk {repeated} ORDER BY s.chunk", (campaign_id,))
    struck = billed = 0
    for (chunk,) in chunks:
        gone = tx.all(f"SELECT {place} {repeated} AND s.chunk=? ORDER BY 1", (campaign_id, chunk))
        people, units = _sheets.strike(tx, campaign_id, chunk, [int(row[0]) for row in gone])
        why = "the number stood in an earlier row"
        add_set_aside(tx, campaign_id, [(row, phone, SkipReason.DUPLICATE, why) for phone, row in people])
        tx.run(
            "UPDATE chunk SET size=size-? WHERE campaign_id=? AND chunk=?", (len(gone), campaign_id, chunk)
        )
        struck, billed = struck + len(gone), billed + units
    tx.run("DELETE FROM chunk WHERE campaign_id=? AND size=0", (campaign_id,))
    return struck, billed
