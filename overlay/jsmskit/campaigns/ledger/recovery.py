# ruff: noqa: S608  # statements are put together from our own words only; values are always parameters
"""Starting, stopping and resuming. What dead owners left behind becomes unknown, never pending; unknown recipients move
on by evidence or by a decision of the operator: only "not sent" sends again, and that no report came proves nothing.

Each function works inside a transaction.
"""

from __future__ import annotations

from typing import Final

from ..errors import CampaignStateError
from ..settings import CHUNK_SIZE
from ..states import CampaignState, ChunkPhase, ChunkState, RecipientState
from .claims import LAST_STAGE, no_such_campaign
from .database import Database, Row, Transaction, record_event
from .failpoints import failpoint
from .settlement import move, new_chunk

_DIED: Final = "the program ended between the intent and the answer"
_LOG_LOST: Final = "the ledger's log is lost: it may have been sent after this was written"


def record_heartbeat(tx: Transaction, owner: str, number: int, now: float) -> None:
    """Write down that a worker is alive."""
    tx.execute(
        "INSERT INTO worker (owner, number, started_at, heard_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (owner) DO UPDATE SET heard_at=excluded.heard_at",
        (owner, number, now, now),
    )


def remove_worker(tx: Transaction, owner: str) -> None:
    """A worker that ends in good order leaves no row."""
    tx.execute("DELETE FROM worker WHERE owner=?", (owner,))


def recover(database: Database, tx: Transaction, campaign_id: int, owner: str, silence: float, now: float) -> list[int]:
    """Mark what dead owners had in flight as unknown; return the numbers of those chunks.

    Dead is an owner that does not show that it is alive, or that was not heard for `silence` seconds. In schedule mode
    a chunk in flight is freed instead, for the next owner to ask the service what became of it.
    """
    failpoint("recover.begun")
    in_flight = tx.fetchall(
        "SELECT DISTINCT c.owner, w.number, w.heard_at FROM chunk c LEFT JOIN worker w ON w.owner=c.owner"
        " WHERE c.campaign_id=? AND c.state=? AND c.owner<>'' AND c.owner<>?",
        (campaign_id, ChunkState.IN_FLIGHT, owner),
    )
    lost: list[int] = []
    for dead, number, heard_at in in_flight:
        if number is not None and heard_at > now - silence and database.is_alive(number):
            continue
        tx.execute(
            "UPDATE chunk SET owner='' WHERE campaign_id=? AND state=? AND owner=? AND phase<>?",
            (campaign_id, ChunkState.IN_FLIGHT, dead, ChunkPhase.NONE),
        )
        rows = tx.fetchall(
            "SELECT chunk FROM chunk WHERE campaign_id=? AND state=? AND owner=?",
            (campaign_id, ChunkState.IN_FLIGHT, dead),
        )
        for (chunk,) in rows:
            tx.execute(
                "UPDATE chunk SET state=?, why=?, settled_at=? WHERE campaign_id=? AND chunk=?",
                (ChunkState.UNKNOWN, _DIED, now, campaign_id, chunk),
            )
            failpoint("recover.chunk_marked")
            tx.execute(
                "UPDATE recipient SET state=?, why=?, settled_at=? WHERE campaign_id=? AND chunk=? AND state=?",
                (RecipientState.UNKNOWN, _DIED, now, campaign_id, chunk, RecipientState.PENDING),
            )
            failpoint("recover.members_marked")
            lost.append(chunk)
    if lost:
        listed = ", ".join(map(str, lost[:50]))
        record_event(tx, campaign_id, now, "recovered", f"{len(lost)} chunks of a dead owner are unknown: {listed}")
    return lost


def go_on_without_log(tx: Transaction, now: float) -> dict[int, int]:
    """What a campaign that was running had still to send may have been sent, as the lost log would say: all of it
    becomes unknown. Return the number of recipients by campaign.
    """
    lost: dict[int, int] = {}
    for (campaign_id,) in tx.fetchall("SELECT campaign_id FROM campaign WHERE state=?", (CampaignState.RUNNING,)):
        open_states = (ChunkState.PENDING, ChunkState.IN_FLIGHT)
        tx.execute(
            "UPDATE chunk SET state=?, why=?, settled_at=?, owner='', phase='', schedule_id=NULL"
            " WHERE campaign_id=? AND state IN (?, ?)",
            (ChunkState.UNKNOWN, _LOG_LOST, now, campaign_id, *open_states),
        )
        lost[campaign_id] = tx.execute(
            "UPDATE recipient SET state=?, why=?, settled_at=? WHERE campaign_id=? AND state=?",
            (RecipientState.UNKNOWN, _LOG_LOST, now, campaign_id, RecipientState.PENDING),
        )
        tx.execute(
            "UPDATE campaign SET state=?, why=? WHERE campaign_id=?", (CampaignState.PAUSED, _LOG_LOST, campaign_id)
        )
        record_event(tx, campaign_id, now, "log_lost", f"{lost[campaign_id]} recipients are unknown")
    return lost


def finish_if_settled(tx: Transaction, campaign_id: int, now: float) -> None:
    """A campaign of which nothing is left ends, also if its last chunk was settled by the recovery."""
    tx.execute(
        "UPDATE campaign SET state=?, why='', settled_at=? WHERE campaign_id=? AND state=? AND NOT EXISTS"
        " (SELECT 1 FROM chunk c WHERE c.campaign_id=campaign.campaign_id AND c.state IN (?, ?))",
        (CampaignState.FINISHED, now, campaign_id, CampaignState.RUNNING, ChunkState.PENDING, ChunkState.IN_FLIGHT),
    )


def set_running(
    database: Database, tx: Transaction, campaign_id: int, *, resume: bool, now: float, why: str, settings: str
) -> None:
    """Let a campaign give out work. Raises `CampaignStateError` where that would be a mistake."""
    found = tx.fetchone(f"SELECT state, source FROM campaign WHERE campaign_id=?{database.for_update}", (campaign_id,))
    if found is None:
        raise no_such_campaign(campaign_id)
    state = CampaignState(found[0])
    left = tx.fetchone(
        "SELECT count(*) FROM chunk WHERE campaign_id=? AND state IN (?, ?)",
        (campaign_id, ChunkState.PENDING, ChunkState.IN_FLIGHT),
    )
    pending = int(left[0]) if left else 0
    if state is CampaignState.PLANNING:
        raise CampaignStateError(
            f"the plan of campaign {campaign_id} was interrupted; it is not complete, and nothing of it was sent.",
            "Plan the list again.",
            hint="plan",
            campaign_id=campaign_id,
        )
    # A campaign that died in its last request is still open: it is let run, and finds its end.
    if not pending and state is CampaignState.FINISHED:
        raise CampaignStateError(
            f"campaign {campaign_id} has nothing left to send (it is {state}).",
            "Look at its counts, and at unknown recipients.",
            hint="look",
            campaign_id=campaign_id,
        )
    if state is not CampaignState.PLANNED and not resume:
        raise CampaignStateError(
            f"campaign {campaign_id} was started before (it is {state}).",
            "Resume it, if you mean to go on with it.",
            hint="resume",
            campaign_id=campaign_id,
        )
    tx.execute(
        "UPDATE campaign SET state=?, why='', hold_until=0, throttle_level=0, consecutive_unknown=0, unknown_total=0,"
        " consecutive_unreachable=0,"
        " settings=? WHERE campaign_id=?",
        (CampaignState.RUNNING, settings, campaign_id),
    )
    failpoint("start.marked")
    record_event(tx, campaign_id, now, "resumed" if resume else "started", why)


def stop(database: Database, tx: Transaction, campaign_id: int, *, why: str, now: float, pause: bool = False) -> bool:
    """Give out no more work, durably; requests in flight are settled. False if it was not running."""
    found = tx.fetchone(f"SELECT state FROM campaign WHERE campaign_id=?{database.for_update}", (campaign_id,))
    if found is None:
        raise no_such_campaign(campaign_id)
    if found[0] != CampaignState.RUNNING:
        return False
    target = CampaignState.PAUSED if pause else CampaignState.STOPPED
    tx.execute("UPDATE campaign SET state=?, why=? WHERE campaign_id=?", (target, why[:500], campaign_id))
    record_event(tx, campaign_id, now, str(target), why)
    return True


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
    found = tx.fetchone(f"SELECT state FROM campaign WHERE campaign_id=?{database.for_update}", (campaign_id,))
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
        record_event(tx, campaign_id, now, "resolved_as_sent" if sent else "resolved_as_not_sent", what)
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
        "UPDATE recipient SET state=?, why=?, params=NULL, settled_at=? WHERE campaign_id=? AND chunk=? AND position=?",
        [(RecipientState.ACCEPTED, f"taken as sent: {reason}"[:200], now, campaign_id, chunk, row[1]) for row in rows],
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
            target = new_chunk(tx, campaign_id, family=chunk, stage=LAST_STAGE, size=len(part), after_unknown=True)
            move(tx, campaign_id, chunk, [row[1] for row in part], target)
            failpoint("resolve.members_marked")
            tx.execute("UPDATE chunk SET size=size-? WHERE campaign_id=? AND chunk=?", (len(part), campaign_id, chunk))
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
    record_event(tx, campaign_id, now, "proved_sent", f"chunk {chunk}, {count} recipients: {reason}")
    return count
