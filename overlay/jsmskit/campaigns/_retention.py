"""Letting go of personal data: numbers, values, rows that were set aside, reports.

Knows what may be deleted and when. Must not know why somebody wants it. Works inside a transaction.
"""

from __future__ import annotations

from typing import Final

from . import _sheets
from ._claims import no_such_campaign
from ._database import Transaction
from ._events import note
from .problems import CampaignStateError
from .states import CampaignState

__all__ = ["RETENTION_SECONDS", "purge"]

RETENTION_SECONDS: Final = 90 * 86400.0
"""How long the numbers of a settled campaign are kept unless told otherwise."""

_RUNNING: Final = (CampaignState.RUNNING, CampaignState.PLANNING)


def purge(tx: Transaction, campaign_id: int | None, older_than: float | None, now: float) -> list[int]:
    """Delete the recipients of one campaign, or of all finished ones older than so many seconds; and old
    reports.

    What stays: the campaign's row with its counts and digest, its chunks, the diary (masked), the opt-out
    list (needed to keep a promise). Raises `CampaignStateError` for a campaign that runs.
    """
    limit = now - (RETENTION_SECONDS if older_than is None else older_than)
    if campaign_id is not None:
        found = tx.one("SELECT state FROM campaign WHERE campaign_id=?", (campaign_id,))
        if found is None:
            raise no_such_campaign(campaign_id)
        if found[0] in _RUNNING:
            raise CampaignStateError(f"campaign {campaign_id} is {found[0]}.", "Stop it first.")
        chosen = [campaign_id]
    else:
        chosen = [
            row[0]
            for row in tx.all(
                "SELECT campaign_id FROM campaign WHERE state NOT IN (?, ?) AND COALESCE(settled_at,"
                " created_at) < ?"
                " AND (EXISTS (SELECT 1 FROM recipient r WHERE r.campaign_id=campaign.campaign_id)"
                " OR EXISTS (SELECT 1 FROM sheet s WHERE s.campaign_id=campaign.campaign_id))",
                (*_RUNNING, limit),
            )
        ]
    for number in chosen:
        gone = sum(_sheets.counts(tx, number).values())
        gone += tx.run("DELETE FROM recipient WHERE campaign_id=?", (number,))
        tx.run("DELETE FROM sheet WHERE campaign_id=?", (number,))
        tx.run("DELETE FROM phone_place WHERE campaign_id=?", (number,))
        tx.run("DELETE FROM set_aside WHERE campaign_id=?", (number,))
        tx.run(
            "UPDATE campaign SET state=?, why='purged' WHERE campaign_id=?", (CampaignState.FINISHED, number)
        )
        # Without its recipients a pending chunk must not be sent, and says nothing.
        tx.run(
            "UPDATE chunk SET state='rejected', why='purged' WHERE campaign_id=? AND state='pending'",
            (number,),
        )
        note(tx, number, now, "purged", f"{gone} recipients")
    if older_than is not None or campaign_id is None:
        tx.run("DELETE FROM receipt WHERE at < ?", (limit,))
        tx.run("DELETE FROM inbox WHERE at < ?", (limit,))
    return chosen
