"""What dead owners left behind becomes unknown, never pending; unknown recipients move on by evidence or by a decision
of the operator: only "not sent" sends again, and that no report came proves nothing.

Each function works inside a transaction.
"""

from __future__ import annotations

from typing import Final

from ..errors import CampaignStateError
from ..states import CampaignState, ChunkPhase, ChunkState, RecipientState
from .claims import LAST_STAGE, campaign_row
from .database import Transaction, record_event
from .settlement import move

_DIED: Final = "the program ended between the intent and the answer"
_LOG_LOST: Final = "the ledger's log is lost: it may have been sent after this was written"


def recover(tx: Transaction, campaign_id: int, owner: str, silence: float) -> list[int]:
    """Mark what dead owners had in flight as unknown; return the numbers of those chunks.

    Dead is an owner that does not show that it is alive, or that was not heard for `silence` seconds. In schedule mode
    a chunk in flight is freed instead, for the next owner to ask the service what became of it.
    """
    in_flight = tx.fetchall(
        "SELECT DISTINCT c.owner, w.number, w.heard_at FROM chunk c LEFT JOIN worker w ON w.owner=c.owner"
        " WHERE c.campaign_id=? AND c.state=? AND c.owner<>'' AND c.owner<>?",
        (campaign_id, ChunkState.IN_FLIGHT, owner),
    )
    lost: list[int] = []
    for dead, number, heard_at in in_flight:
        if number is not None and heard_at > tx.now - silence and tx.database.is_alive(number):
            continue
        tx.execute(
            "UPDATE chunk SET owner='' WHERE campaign_id=? AND state=? AND owner=? AND phase<>?",
            (campaign_id, ChunkState.IN_FLIGHT, dead, ChunkPhase.NONE),
        )
        for (chunk,) in tx.fetchall(
            "SELECT chunk FROM chunk WHERE campaign_id=? AND state=? AND owner=?",
            (campaign_id, ChunkState.IN_FLIGHT, dead),
        ):
            tx.execute(
                "UPDATE chunk SET state=?, why=?, settled_at=? WHERE campaign_id=? AND chunk=?",
                (ChunkState.UNKNOWN, _DIED, tx.now, campaign_id, chunk),
            )
            tx.execute(
                "UPDATE recipient SET state=?, why=?, settled_at=? WHERE campaign_id=? AND chunk=? AND state=?",
                (RecipientState.UNKNOWN, _DIED, tx.now, campaign_id, chunk, RecipientState.PENDING),
            )
            lost.append(chunk)
    if lost:
        listed = ", ".join(map(str, lost[:50]))
        record_event(tx, campaign_id, "recovered", f"{len(lost)} chunks of a dead owner are unknown: {listed}")
    return lost


def go_on_without_log(tx: Transaction) -> dict[int, int]:
    """What a campaign that was running had still to send may have been sent, as the lost log would say."""
    lost: dict[int, int] = {}
    for (campaign_id,) in tx.fetchall("SELECT campaign_id FROM campaign WHERE state=?", (CampaignState.RUNNING,)):
        tx.execute(
            "UPDATE chunk SET state=?, why=?, settled_at=?, owner='', phase='', schedule_id=NULL"
            " WHERE campaign_id=? AND state IN (?, ?)",
            (ChunkState.UNKNOWN, _LOG_LOST, tx.now, campaign_id, ChunkState.PENDING, ChunkState.IN_FLIGHT),
        )
        lost[campaign_id] = tx.execute(
            "UPDATE recipient SET state=?, why=?, settled_at=? WHERE campaign_id=? AND state=?",
            (RecipientState.UNKNOWN, _LOG_LOST, tx.now, campaign_id, RecipientState.PENDING),
        )
        tx.execute(
            "UPDATE campaign SET state=?, why=? WHERE campaign_id=?", (CampaignState.PAUSED, _LOG_LOST, campaign_id)
        )
        record_event(tx, campaign_id, "log_lost", f"{lost[campaign_id]} recipients are unknown")
    return lost


def resolve(
    tx: Transaction, campaign_id: int, *, sent: bool, reason: str, chunks: list[int] | None, phones: list[str] | None
) -> int:
    campaign_row(tx, campaign_id, "SELECT state FROM campaign")
    if not reason.strip():
        raise CampaignStateError(
            "a decision about unknown recipients needs a reason.", "Say how you know.", hint="reason"
        )
    chosen = _chosen(tx, campaign_id, chunks, phones)
    for chunk, positions in chosen.items():
        if sent:
            _accept(tx, campaign_id, chunk, positions, reason)
        else:
            move(tx, campaign_id, chunk, positions, family=chunk, stage=LAST_STAGE, after_unknown=True)
            _close(tx, campaign_id, chunk, ChunkState.REJECTED)
    count = sum(map(len, chosen.values()))
    if count:
        what = f"{count} recipients of chunks {', '.join(map(str, list(chosen)[:50]))}: {reason}"
        record_event(tx, campaign_id, "resolved_as_sent" if sent else "resolved_as_not_sent", what)
    return count


def _chosen(
    tx: Transaction, campaign_id: int, chunks: list[int] | None, phones: list[str] | None
) -> dict[int, list[int]]:
    """Positions of the unknown recipients that are meant, by chunk."""
    unknown = "r.campaign_id=? AND r.state=?"
    given = (campaign_id, RecipientState.UNKNOWN)
    if phones is not None:
        listed, value = tx.database.in_list("p.phone", phones)
        rows = tx.fetchall(
            "SELECT r.chunk, r.position FROM phone_place p JOIN recipient r"
            " ON r.campaign_id=p.campaign_id AND r.chunk=p.chunk AND r.position=p.position"
            f" WHERE {listed} AND {unknown}",
            (value, *given),
        )
    else:
        rows = tx.fetchall(f"SELECT r.chunk, r.position FROM recipient r WHERE {unknown}", given)
    chosen: dict[int, list[int]] = {}
    for chunk, position in sorted(rows):
        if chunks is None or chunk in chunks:
            chosen.setdefault(chunk, []).append(position)
    return chosen


def _accept(tx: Transaction, campaign_id: int, chunk: int, positions: list[int], reason: str) -> None:
    tx.executemany(
        "UPDATE recipient SET state=?, why=?, params=NULL, settled_at=? WHERE campaign_id=? AND chunk=? AND position=?",
        [
            (RecipientState.ACCEPTED, f"taken as sent: {reason}"[:200], tx.now, campaign_id, chunk, position)
            for position in positions
        ],
    )
    _close(tx, campaign_id, chunk, ChunkState.ACCEPTED)


def _close(tx: Transaction, campaign_id: int, chunk: int, state: ChunkState) -> None:
    """End what the owner of an unknown chunk may still say about it, and settle it if no unknown recipient is left."""
    left = tx.value(
        "SELECT count(*) FROM recipient WHERE campaign_id=? AND chunk=? AND state=?",
        (campaign_id, chunk, RecipientState.UNKNOWN),
    )
    tx.execute(
        "UPDATE chunk SET owner='', state=? WHERE campaign_id=? AND chunk=? AND state=?",
        (ChunkState.UNKNOWN if left else state, campaign_id, chunk, ChunkState.UNKNOWN),
    )


def mark_sent(tx: Transaction, campaign_id: int, chunk: int, reason: str) -> None:
    """Evidence shows that a chunk was taken: its unknown recipients become accepted."""
    positions = _chosen(tx, campaign_id, [chunk], None).get(chunk, [])
    _accept(tx, campaign_id, chunk, positions, reason)
    record_event(tx, campaign_id, "proved_sent", f"chunk {chunk}, {len(positions)} recipients: {reason}")
