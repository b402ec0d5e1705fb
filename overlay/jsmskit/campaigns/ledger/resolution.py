# ruff: noqa: S608  # statements are put together from our own words only; values are always parameters
"""Unknown recipients move on by evidence or by a decision of the operator.

Only "not sent" sends again, and that no report came proves nothing. Each function works inside a transaction.
"""

from __future__ import annotations

from ..errors import CampaignStateError
from ..settings import CHUNK_SIZE
from ..states import ChunkState, RecipientState
from .audit_log import record
from .claims import LAST_STAGE, no_such_campaign
from .database import Database, Row, Transaction
from .failpoints import failpoint
from .settlement import move, new_chunk


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
) -> int:
    """Mark unknown recipients as sent or not sent: of whole chunks, of single numbers, or all of them.

    sent: they become accepted, without a msg_id. Not sent: they become pending again in new chunks, and the
    campaign can be resumed. Return how many recipients that were. The reason is kept in the audit log.
    """
    failpoint("resolve.begun")
    found = tx.fetchone(
        f"SELECT state FROM campaign WHERE campaign_id=?{database.for_update}", (campaign_id,)
    )
    if found is None:
        raise no_such_campaign(campaign_id)
    if not reason.strip():
        raise CampaignStateError(
            "a decision about unknown recipients needs a reason.", "Say how you know.", hint="reason"
        )
    chosen = _chosen(database, tx, campaign_id, chunks, phones)
    if sent:
        count = sum(_accept(tx, campaign_id, chunk, rows, reason, now) for chunk, rows in chosen.items())
    else:
        count = _requeue(tx, campaign_id, chosen)
    if count:
        what = f"{count} recipients of chunks {', '.join(map(str, list(chosen)[:50]))}: {reason}"
        record(tx, campaign_id, now, "resolved_as_sent" if sent else "resolved_as_not_sent", what)
    return count


def _chosen(
    database: Database, tx: Transaction, campaign_id: int, chunks: list[int] | None, phones: list[str] | None
) -> dict[int, list[Row]]:
    """Position and source row of the unknown recipients that are meant, by chunk."""
    if phones is not None:
        rows = tx.fetchall(
            "SELECT r.chunk, r.position FROM phone_place p JOIN recipient r"
            " ON r.campaign_id=p.campaign_id AND r.chunk=p.chunk AND r.position=p.position"
            f" WHERE {database.in_list('p.phone')} AND p.campaign_id=? AND r.state=?",
            (database.encode_list(phones), campaign_id, RecipientState.UNKNOWN),
        )
    elif chunks is not None:
        rows = [
            row
            for chunk in dict.fromkeys(chunks)
            for row in tx.fetchall(
                "SELECT chunk, position FROM recipient WHERE campaign_id=? AND chunk=? AND state=?",
                (campaign_id, chunk, RecipientState.UNKNOWN),
            )
        ]
    else:
        rows = tx.fetchall(
            "SELECT chunk, position FROM recipient WHERE campaign_id=? AND state=?",
            (campaign_id, RecipientState.UNKNOWN),
        )
    chosen: dict[int, list[Row]] = {}
    for row in sorted(rows):
        chosen.setdefault(row[0], []).append(row)
    return chosen


def _accept(tx: Transaction, campaign_id: int, chunk: int, rows: list[Row], reason: str, now: float) -> int:
    tx.executemany(
        "UPDATE recipient SET state=?, why=?, params=NULL, settled_at=? WHERE campaign_id=? AND chunk=? AND"
        " position=?",
        [
            (RecipientState.ACCEPTED, f"taken as sent: {reason}"[:200], now, campaign_id, chunk, row[1])
            for row in rows
        ],
    )
    failpoint("resolve.members_marked")
    _close(tx, campaign_id, chunk, ChunkState.ACCEPTED)
    failpoint("resolve.chunk_marked")
    return len(rows)


def _close(tx: Transaction, campaign_id: int, chunk: int, state: ChunkState) -> None:
    """Settle an unknown chunk of which no unknown recipient is left, and end what its owner may still say
    about it.
    """
    left = tx.fetchone(
        "SELECT count(*) FROM recipient WHERE campaign_id=? AND chunk=? AND state=?",
        (campaign_id, chunk, RecipientState.UNKNOWN),
    )
    tx.execute(
        "UPDATE chunk SET owner='' WHERE campaign_id=? AND chunk=? AND state=?",
        (campaign_id, chunk, ChunkState.UNKNOWN),
    )
    if left is not None and not left[0]:
        tx.execute(
            "UPDATE chunk SET state=? WHERE campaign_id=? AND chunk=? AND state=?",
            (state, campaign_id, chunk, ChunkState.UNKNOWN),
        )


def _requeue(tx: Transaction, campaign_id: int, chosen: dict[int, list[Row]]) -> int:
    count = 0
    for chunk, rows in chosen.items():
        for start in range(0, len(rows), CHUNK_SIZE):
            part = rows[start : start + CHUNK_SIZE]
            target = new_chunk(
                tx, campaign_id, family=chunk, stage=LAST_STAGE, size=len(part), after_unknown=True
            )
            move(tx, campaign_id, chunk, [row[1] for row in part], target)
            failpoint("resolve.members_marked")
            tx.execute(
                "UPDATE chunk SET size=size-? WHERE campaign_id=? AND chunk=?",
                (len(part), campaign_id, chunk),
            )
            count += len(part)
        _close(tx, campaign_id, chunk, ChunkState.REJECTED)
        failpoint("resolve.chunk_marked")
    return count


def mark_sent(tx: Transaction, campaign_id: int, chunk: int, reason: str, now: float) -> int:
    """Evidence shows that a chunk was taken: its unknown recipients become accepted."""
    rows = tx.fetchall(
        "SELECT chunk, position FROM recipient WHERE campaign_id=? AND chunk=? AND state=?",
        (campaign_id, chunk, RecipientState.UNKNOWN),
    )
    count = _accept(tx, campaign_id, chunk, rows, reason, now)
    record(tx, campaign_id, now, "proved_sent", f"chunk {chunk}, {count} recipients: {reason}")
    return count
