"""The audit log: what a person or the program did to a campaign."""

from __future__ import annotations

from jsmskit._privacy import mask_phones_in

from .database import Transaction


def record(tx: Transaction, campaign_id: int, now: float, what: str, detail: str) -> None:
    """Write one entry; phone numbers in it are masked."""
    tx.execute(
        "INSERT INTO event (campaign_id, at, what, detail) VALUES (?, ?, ?, ?)",
        (campaign_id, now, what, mask_phones_in(detail)[:1000]),
    )
