# ruff: noqa: S608  # statements are put together from our own words only; values are always parameters
"""Delivery reports and replies flow back into the ledger: first kept as they came, then read.

Knows which report belongs to which recipient, and when reports prove that an unknown chunk was taken. A
report only ever adds knowledge: nothing here sends anything again. Must not know how reports arrive. Works
inside a transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from jsms_api.error_table import ReportStatus

from . import _sheets
from ._database import Database, Row, Transaction
from ._resolving import take_as_sent
from ._steps import Passing
from .states import ChunkState, RecipientState

__all__ = ["keep_raw", "match_receipts", "note_receipt", "opt_out"]

_PROOFS: Final = 2
"""Reports of so many different recipients prove a chunk. One alone may belong to a message that another
program sent to the same person at that time; a chunk of one recipient has to do with one.
"""
_BATCH: Final = 500


def keep_raw(tx: Transaction, kind: str, body: str, now: float, at: Passing) -> bool:
    """Keep what came before anybody reads it: the service hands most of it out once. False if it is here
    already.
    """
    digest = hashlib.sha256(f"{kind}\n{body}".encode()).hexdigest()
    at("inbox.kept")
    return bool(
        tx.run(
            "INSERT INTO inbox (at, kind, digest, body) VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
            (now, kind, digest, body),
        )
    )


def note_receipt(tx: Transaction, *, msg_id: str, phone: str, status: int, received_at: float) -> None:
    """Put one delivery report beside the recipients; `match_receipts` brings them together."""
    tx.run(
        "INSERT INTO receipt (msg_id, phone, status, at) VALUES (?, ?, ?, ?) ON CONFLICT (msg_id, phone,"
        " status) DO NOTHING",
        (msg_id, phone, status, received_at),
    )


def opt_out(tx: Transaction, phones: Sequence[str], why: str, now: float) -> None:
    """Put numbers on the list of those who get no marketing."""
    tx.many(
        "INSERT INTO opt_out (phone, since, why) VALUES (?, ?, ?) ON CONFLICT (phone) DO NOTHING",
        [(phone, now, why) for phone in phones],
    )


def match_receipts(database: Database, tx: Transaction, now: float, at: Passing) -> tuple[int, int]:
    """Give reports to their recipients; gives how many found one, and how many unknown chunks they proved.

    By number and msg_id where the msg_id is known. A report for an unknown recipient, with a msg_id that
    nobody has and not older than the request, is evidence for the chunk.
    """
    matched = 0
    last = ("", "", -1)
    while True:
        rows = tx.all(
            "SELECT msg_id, phone, status, at FROM receipt WHERE matched=0 AND (phone, msg_id, status) >"
            " (?, ?, ?)"
            f" ORDER BY phone, msg_id, status LIMIT {_BATCH}",
            last,
        )
        if not rows:
            break
        last = (rows[-1][1], rows[-1][0], rows[-1][2])
        matched += sum(_match_known(tx, row) for row in rows)
    at("receipts.matched")
    proved = _prove(tx, now, at)
    return matched + proved[0], proved[1]


def _result(status: int) -> RecipientState:
    return RecipientState.DELIVERED if status == ReportStatus.DELIVERED else RecipientState.FAILED


def _put_in_a_row(tx: Transaction, phone: str, msg_id: str) -> None:
    """The first report of a chunk takes everybody off its sheet: where one comes, the others will."""
    sheets = tx.all(
        "SELECT p.campaign_id, p.chunk, p.position FROM phone_place p JOIN sheet s ON s.campaign_id=p.campaign_id"
        " AND s.chunk=p.chunk WHERE p.phone=? AND s.state=?",
        (phone, RecipientState.ACCEPTED),
    )
    for campaign_id, chunk, place in sheets:
        if _sheets.msg_id(tx, campaign_id, chunk, place) == msg_id:
            _sheets.take_off(tx, campaign_id, chunk)


def _match_known(tx: Transaction, row: Row) -> int:
    msg_id, phone, status, _ = row
    _put_in_a_row(tx, phone, msg_id)
    # Delivered stands: a failure that is reported after it belongs to a later part or a repeated report.
    changed = tx.run(
        "UPDATE recipient SET state=CASE WHEN state='delivered' THEN state ELSE ? END,"
        " status=CASE WHEN state='delivered' THEN status ELSE ? END"
        " WHERE (campaign_id, chunk, position) IN"
        " (SELECT campaign_id, chunk, position FROM phone_place WHERE phone=?)"
        " AND msg_id=? AND state IN ('accepted', 'delivered', 'failed', 'unknown')",
        (_result(status), status, phone, msg_id),
    )
    if changed:
        tx.run(
            "UPDATE receipt SET matched=1 WHERE msg_id=? AND phone=? AND status=?", (msg_id, phone, status)
        )
    return int(bool(changed))


def _prove(tx: Transaction, now: float, at: Passing) -> tuple[int, int]:
    """Look at reports of unknown recipients, chunk by chunk."""
    evidence = tx.all(
        "SELECT u.campaign_id, u.chunk, u.position, t.msg_id, t.phone, t.status FROM receipt t"
        " JOIN phone_place p ON p.phone=t.phone"
        " JOIN recipient u ON u.campaign_id=p.campaign_id AND u.chunk=p.chunk AND u.position=p.position"
        " AND u.state='unknown' AND u.msg_id IS NULL"
        " JOIN chunk c ON c.campaign_id=u.campaign_id AND c.chunk=u.chunk"
        " WHERE t.matched=0 AND t.at >= c.intent_at - 1"  # reports are dated to the second
        " AND NOT EXISTS (SELECT 1 FROM phone_place q JOIN recipient o"
        " ON o.campaign_id=q.campaign_id AND o.chunk=q.chunk AND o.position=q.position"
        " WHERE q.phone=t.phone AND o.msg_id=t.msg_id)"
        " ORDER BY u.campaign_id, u.chunk, u.position, t.msg_id LIMIT 100000",
    )
    chunks: dict[tuple[int, int], dict[int, Row]] = {}
    for row in evidence:
        # The first report of each recipient; which of two foreign ids is ours cannot be told.
        chunks.setdefault((row[0], row[1]), {}).setdefault(row[2], row)
    matched = proved = 0
    for (campaign_id, chunk), rows in chunks.items():
        found = tx.one("SELECT state, size FROM chunk WHERE campaign_id=? AND chunk=?", (campaign_id, chunk))
        if found is None or len(rows) < min(_PROOFS, int(found[1])):
            continue
        for position, row in rows.items():
            msg_id, phone, status = row[3:]
            matched += tx.run(
                "UPDATE recipient SET state=?, status=?, msg_id=?, why='proved by its report', params=NULL,"
                " settled_at=?"
                " WHERE campaign_id=? AND chunk=? AND position=? AND state='unknown'",
                (_result(status), status, msg_id, now, campaign_id, chunk, position),
            )
            tx.run(
                "UPDATE receipt SET matched=1 WHERE msg_id=? AND phone=? AND status=?",
                (msg_id, phone, status),
            )
        if found[0] == ChunkState.UNKNOWN:
            take_as_sent(
                tx, campaign_id, chunk, f"{len(rows)} delivery reports of its recipients came", now, at
            )
            proved += 1
    return matched, proved
