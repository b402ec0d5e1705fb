"""Letting go of personal data: numbers, values, rows that were set aside, reports, replies.

Works inside a transaction; the caller has the files rewritten after it, so that nothing is left in freed pages.
"""

from __future__ import annotations

import re
from typing import Final

from ..errors import CampaignStateError
from ..states import CampaignState
from .claims import campaign_row
from .database import Transaction, record_event

RETENTION_SECONDS: Final = 90 * 86400.0
"""How long the numbers of a settled campaign are kept unless told otherwise."""

_RUNNING: Final = (CampaignState.RUNNING, CampaignState.PLANNING)
_PERSONAL: Final = ("recipient", "phone_place", "set_aside")
_DIGITS: Final = re.compile(r"(?=(1[0-9]{10}))")
_PAGE: Final = 500


def purge(tx: Transaction, campaign_id: int | None, older_than: float | None) -> list[int]:
    limit = tx.now - (RETENTION_SECONDS if older_than is None else older_than)
    if campaign_id is not None:
        (state,) = campaign_row(tx, campaign_id, "SELECT state FROM campaign")
        if state in _RUNNING:
            raise CampaignStateError(
                f"campaign {campaign_id} is {state}.", "Stop it first.", hint="stop", campaign_id=campaign_id
            )
        chosen = [campaign_id]
    else:
        kept = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} t WHERE t.campaign_id=campaign.campaign_id)" for table in _PERSONAL
        )
        rows = tx.fetchall(
            "SELECT campaign_id FROM campaign WHERE state NOT IN (?, ?) AND COALESCE(settled_at, created_at) < ?"
            f" AND ({kept}) ORDER BY campaign_id",
            (*_RUNNING, limit),
        )
        chosen = [row[0] for row in rows]
    for number in chosen:
        _forget_feedback(tx, number)
        count = tx.value("SELECT count(*) FROM recipient WHERE campaign_id=?", (number,))
        for table in _PERSONAL:
            tx.execute(f"DELETE FROM {table} WHERE campaign_id=?", (number,))
        tx.execute("UPDATE campaign SET state=?, why='purged' WHERE campaign_id=?", (CampaignState.FINISHED, number))
        # Without its recipients a pending chunk must not be sent, and says nothing.
        tx.execute("UPDATE chunk SET state='rejected', why='purged' WHERE campaign_id=? AND state='pending'", (number,))
        record_event(tx, number, "purged", f"{count} recipients")
    if older_than is not None or campaign_id is None:
        tx.execute("DELETE FROM receipt WHERE at < ?", (limit,))
        tx.execute("DELETE FROM inbox WHERE at < ?", (limit,))
    return chosen


def _forget_feedback(tx: Transaction, campaign_id: int) -> None:
    """Delete the reports of these recipients, and what was kept of callbacks and pages that name one of them."""
    tx.execute(
        "DELETE FROM receipt WHERE EXISTS (SELECT 1 FROM recipient r WHERE r.campaign_id=? AND r.msg_id=receipt.msg_id"
        " AND r.phone=receipt.phone) OR (EXISTS (SELECT 1 FROM phone_place p WHERE p.phone=receipt.phone AND"
        " p.campaign_id=?) AND NOT EXISTS (SELECT 1 FROM phone_place p WHERE p.phone=receipt.phone AND"
        " p.campaign_id<>?))",
        (campaign_id, campaign_id, campaign_id),
    )
    last = -1
    while rows := tx.fetchall(
        "SELECT inbox_id, body FROM inbox WHERE inbox_id>? ORDER BY inbox_id LIMIT ?", (last, _PAGE)
    ):
        last = rows[-1][0]
        for inbox_id, body in rows:
            phones = list(set(_DIGITS.findall(body)))
            listed, value = tx.database.in_list("phone", phones)
            if tx.value(f"SELECT 1 FROM phone_place WHERE {listed} AND campaign_id=? LIMIT 1", (value, campaign_id)):
                # The whole page: what it said of others was read when it came.
                tx.execute("DELETE FROM inbox WHERE inbox_id=?", (inbox_id,))
