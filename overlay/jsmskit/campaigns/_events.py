"""The diary of a ledger: what people and the program decided, and when. Masked, never deleted by itself.

Must not know who writes into it.
"""

from __future__ import annotations

from jsmskit._privacy import mask_phones_in

from ._database import Transaction

__all__ = ["note"]


def note(tx: Transaction, campaign_id: int | None, now: float, what: str, detail: str) -> None:
    """Write one entry, together with the change that it tells of."""
    tx.run(
        "INSERT INTO event (campaign_id, at, what, detail) VALUES (?, ?, ?, ?)",
        (campaign_id, now, what, mask_phones_in(detail)[:1000]),
    )
