"""Delivery reports and replies flow back into the ledger: first kept as they came, then read.

A report only ever adds knowledge: nothing here sends anything again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final, final

from jsms_api.error_table import ReportStatus

from ..states import ChunkState, RecipientState
from .database import Database, Row, Transaction
from .recovery import mark_sent
from .settlement import add_opt_outs

_PROOFS: Final = 2
"""Reports of so many different recipients prove a chunk. One alone may belong to a message that another
program sent to the same person at that time; a chunk of one recipient has to do with one.
"""


@final
class Feedback:
    """Takes in what comes back from phones (`Ledger.feedback`). Each method is one durable transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def store_raw(self, kind: str, body: str) -> bool:
        """Keep a page of reports or a callback as it came, before it is read: the service hands most of it out once.
        False if it is here already.
        """
        digest = hashlib.sha256(f"{kind}\n{body}".encode()).hexdigest()
        with self._database.transaction() as tx:
            new = tx.execute(
                "INSERT INTO inbox (at, kind, digest, body) VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
                (tx.now, kind, digest, body),
            )
        return bool(new)

    def record_reports(self, reports: Iterable[tuple[str, str, int, float]]) -> tuple[int, int]:
        """Write delivery reports (msg_id, phone, status, time). Return how many found their recipient, and how many
        unknown chunks they proved to be sent.

        By number and msg_id where the msg_id is known. A report for an unknown recipient, with a msg_id that no
        recipient has and not older than the request, is evidence for the chunk.
        """
        with self._database.transaction() as tx:
            matched = sum(
                _match_known(tx, phone, msg_id, status)
                for msg_id, phone, status, at in reports
                if tx.execute(
                    "INSERT INTO receipt (msg_id, phone, status, at) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT (msg_id, phone, status) DO NOTHING",
                    (msg_id, phone, status, at),
                )
            )
            matched_later, proved = _prove_chunks_sent(tx)
        return matched + matched_later, proved

    def opt_out(self, phones: Sequence[str], why: str) -> None:
        """Put numbers on the list of those that get no marketing any more."""
        with self._database.transaction() as tx:
            add_opt_outs(tx, phones, why)


def match_settled(tx: Transaction, campaign_id: int, chunk: int) -> None:
    """Bring the recipients of a chunk together with reports that overtook the response of its request."""
    if tx.fetchone("SELECT 1 FROM receipt WHERE matched=0 LIMIT 1") is None:
        return
    for row in tx.fetchall(
        "SELECT t.phone, t.msg_id, t.status FROM recipient r JOIN receipt t ON t.msg_id=r.msg_id"
        " AND t.phone=r.phone WHERE r.campaign_id=? AND r.chunk=? AND t.matched=0",
        (campaign_id, chunk),
    ):
        _match_known(tx, *row)
    _prove_chunks_sent(tx)


def _result(status: int) -> RecipientState:
    return RecipientState.DELIVERED if status == ReportStatus.DELIVERED else RecipientState.FAILED


def _match_known(tx: Transaction, phone: str, msg_id: str, status: int) -> bool:
    # Delivered stands: a failure that is reported after it belongs to a later part or a repeated report.
    changed = tx.execute(
        "UPDATE recipient SET state=CASE WHEN state='delivered' THEN state ELSE ? END,"
        " status=CASE WHEN state='delivered' THEN status ELSE ? END"
        " WHERE (campaign_id, chunk, position) IN"
        " (SELECT campaign_id, chunk, position FROM phone_place WHERE phone=?)"
        " AND msg_id=? AND state IN ('accepted', 'delivered', 'failed', 'unknown')",
        (_result(status), status, phone, msg_id),
    )
    if changed:
        _mark_matched(tx, phone, msg_id, status)
    return bool(changed)


def _mark_matched(tx: Transaction, phone: str, msg_id: str, status: int) -> None:
    tx.execute("UPDATE receipt SET matched=1 WHERE msg_id=? AND phone=? AND status=?", (msg_id, phone, status))


def _prove_chunks_sent(tx: Transaction) -> tuple[int, int]:
    """Look at reports of unknown recipients, chunk by chunk."""
    evidence = tx.fetchall(
        "SELECT u.campaign_id, u.chunk, u.position, t.msg_id, t.phone, t.status FROM receipt t"
        " JOIN phone_place p ON p.phone=t.phone"
        " JOIN recipient u ON u.campaign_id=p.campaign_id AND u.chunk=p.chunk AND u.position=p.position"
        " AND u.state='unknown' AND u.msg_id IS NULL"
        " JOIN chunk c ON c.campaign_id=u.campaign_id AND c.chunk=u.chunk"
        " WHERE t.matched=0 AND t.at >= c.intent_at - 1"  # reports are dated to the second
        " AND NOT EXISTS (SELECT 1 FROM phone_place q JOIN recipient o"
        " ON o.campaign_id=q.campaign_id AND o.chunk=q.chunk AND o.position=q.position"
        " WHERE q.phone=t.phone AND o.msg_id=t.msg_id)"
        " ORDER BY u.campaign_id, u.chunk, u.position, t.msg_id LIMIT 100000"
    )
    chunks: dict[tuple[int, int], dict[int, Row]] = {}
    for row in evidence:
        # The first report of each recipient; which of two foreign ids is ours cannot be told.
        chunks.setdefault((row[0], row[1]), {}).setdefault(row[2], row)
    matched = proved = 0
    for (campaign_id, chunk), rows in chunks.items():
        found = tx.fetchone("SELECT state, size FROM chunk WHERE campaign_id=? AND chunk=?", (campaign_id, chunk))
        if found is None or len(rows) < min(_PROOFS, int(found[1])):
            continue
        for position, row in rows.items():
            msg_id, phone, status = row[3:]
            matched += tx.execute(
                "UPDATE recipient SET state=?, status=?, msg_id=?, why='proved by its report', params=NULL,"
                " settled_at=?"
                " WHERE campaign_id=? AND chunk=? AND position=? AND state='unknown'",
                (_result(status), status, msg_id, tx.now, campaign_id, chunk, position),
            )
            _mark_matched(tx, phone, msg_id, status)
        if found[0] == ChunkState.UNKNOWN:
            mark_sent(tx, campaign_id, chunk, f"{len(rows)} delivery reports of its recipients came")
            proved += 1
    return matched, proved
