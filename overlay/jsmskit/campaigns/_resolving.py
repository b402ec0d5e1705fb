# ruff: noqa: S608  # statements are put together from our own words only; values are always parameters
"""Unknown recipients: counting them, and moving them on by evidence or by a person's word.

Knows that only `not-sent` sends again, and that absence of a report proves nothing. Must not know where
reports come from. Each function works inside a transaction.
"""

from __future__ import annotations

from ._claims import LAST_STAGE, no_such_campaign
from ._database import Database, Row, Transaction
from ._events import note
from ._settling import move, new_chunk
from ._steps import Passing
from .problems import CampaignStateError
from .settings import CHUNK_SIZE
from .states import ChunkState, RecipientState

__all__ = ["resolve", "take_as_sent"]


def resolve(
    database: Database,
    tx: Transaction,
    campaign_id: int,
    *,
    sent: bool,
    reason: str,
    chunks: list[int] | None,
    phones: list[str] | None,
    now: float,
    at: Passing,
) -> int:
    """Settle unknown recipients by a person's word: of whole chunks, of single numbers, or all of them.

    sent: they become accepted, without a msg_id. Not sent: they become pending again in new chunks, and the
    campaign can be resumed. Gives how many recipients were settled. The reason is kept in the diary.
    """
    at("resolve.begun")
    found = tx.one(f"SELECT state FROM campaign WHERE campaign_id=?{database.locked_row}", (campaign_id,))
    if found is None:
        raise no_such_campaign(campaign_id)
    if not reason.strip():
        raise CampaignStateError("a decision about unknown recipients needs a reason.", "Give --reason TEXT.")
    chosen = _chosen(database, tx, campaign_id, chunks, phones)
    if sent:
        count = sum(_accept(tx, campaign_id, chunk, rows, reason, now, at) for chunk, rows in chosen.items())
    else:
        count = _requeue(tx, campaign_id, chosen, at)
    if count:
        what = f"{count} recipients of chunks {', '.join(map(str, list(chosen)[:50]))}: {reason}"
        note(tx, campaign_id, now, "resolved_as_sent" if sent else "resolved_as_not_sent", what)
    return count


def _chosen(
    database: Database, tx: Transaction, campaign_id: int, chunks: list[int] | None, phones: list[str] | None
) -> dict[int, list[Row]]:
    """Position and source row of the unknown recipients that are meant, by chunk."""
    if phones is not None:
        rows = tx.all(
            "SELECT r.chunk, r.position FROM phone_place p JOIN recipient r"
            " ON r.campaign_id=p.campaign_id AND r.chunk=p.chunk AND r.position=p.position"
            f" WHERE {database.among('p.phone')} AND p.campaign_id=? AND r.state=?",
            (database.listed(phones), campaign_id, RecipientState.UNKNOWN),
        )
    elif chunks is not None:
        rows = [
            row
            for chunk in dict.fromkeys(chunks)
            for row in tx.all(
                "SELECT chunk, position FROM recipient WHERE campaign_id=? AND chunk=? AND state=?",
                (campaign_id, chunk, RecipientState.UNKNOWN),
            )
        ]
    else:
        rows = tx.all(
            "SELECT chunk, position FROM recipient WHERE campaign_id=? AND state=?",
            (campaign_id, RecipientState.UNKNOWN),
        )
    chosen: dict[int, list[Row]] = {}
    for row in sorted(rows):
        chosen.setdefault(row[0], []).append(row)
    return chosen


def _accept(
    tx: Transaction, campaign_id: int, chunk: int, rows: list[Row], reason: str, now: float, at: Passing
) -> int:
    tx.many(
        "UPDATE recipient SET state=?, why=?, params=NULL, settled_at=? WHERE campaign_id=? AND chunk=? AND"
        " position=?",
        [
            (RecipientState.ACCEPTED, f"taken as sent: {reason}"[:200], now, campaign_id, chunk, row[1])
            for row in rows
        ],
    )
    at("resolve.members_marked")
    _close(tx, campaign_id, chunk, ChunkState.ACCEPTED)
    at("resolve.chunk_marked")
    return len(rows)


def _close(tx: Transaction, campaign_id: int, chunk: int, state: ChunkState) -> None:
    """Settle an unknown chunk of which no unknown recipient is left, and end what its owner may still say
    about it.
    """
    left = tx.one(
        "SELECT count(*) FROM recipient WHERE campaign_id=? AND chunk=? AND state=?",
        (campaign_id, chunk, RecipientState.UNKNOWN),
    )
    tx.run(
        "UPDATE chunk SET owner='' WHERE campaign_id=? AND chunk=? AND state=?",
        (campaign_id, chunk, ChunkState.UNKNOWN),
    )
    if left is not None and not left[0]:
        tx.run(
            "UPDATE chunk SET state=? WHERE campaign_id=? AND chunk=? AND state=?",
            (state, campaign_id, chunk, ChunkState.UNKNOWN),
        )


def _requeue(tx: Transaction, campaign_id: int, chosen: dict[int, list[Row]], at: Passing) -> int:
    count = 0
    for chunk, rows in chosen.items():
        for start in range(0, len(rows), CHUNK_SIZE):
            part = rows[start : start + CHUNK_SIZE]
            target = new_chunk(
                tx, campaign_id, family=chunk, stage=LAST_STAGE, size=len(part), after_unknown=True
            )
            move(tx, campaign_id, chunk, [row[1] for row in part], target)
            at("resolve.members_marked")
            tx.run(
                "UPDATE chunk SET size=size-? WHERE campaign_id=? AND chunk=?",
                (len(part), campaign_id, chunk),
            )
            count += len(part)
        _close(tx, campaign_id, chunk, ChunkState.REJECTED)
        at("resolve.chunk_marked")
    return count


def take_as_sent(tx: Transaction, campaign_id: int, chunk: int, reason: str, now: float, at: Passing) -> int:
    """Evidence shows that a chunk was taken: its unknown recipients become accepted."""
    rows = tx.all(
        "SELECT chunk, position FROM recipient WHERE campaign_id=? AND chunk=? AND state=?",
        (campaign_id, chunk, RecipientState.UNKNOWN),
    )
    count = _accept(tx, campaign_id, chunk, rows, reason, now, at)
    note(tx, campaign_id, now, "proved_sent", f"chunk {chunk}, {count} recipients: {reason}")
    return count
