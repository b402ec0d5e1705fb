"""What is learned later: unknown recipients resolved, reports, opt-outs, and the end of personal data.

Knows which steps exist and that each is one durable transaction. Must not know clients or statements.
"""

from __future__ import annotations

from collections.abc import Sequence

from . import _receipts, _resolving, _retention
from ._ledger_planning import LedgerPlanning

__all__ = ["LedgerEvidence"]


class LedgerEvidence(LedgerPlanning):
    """Learns; each method is one transaction."""

    def resolve(
        self,
        campaign_id: int,
        *,
        sent: bool,
        reason: str,
        chunks: list[int] | None = None,
        phones: list[str] | None = None,
    ) -> int:
        """Settle unknown recipients by a person's word; only "not sent" sends again. Gives how many."""
        with self._database.transaction() as tx:
            count = _resolving.resolve(
                self._database,
                tx,
                campaign_id,
                sent=sent,
                reason=reason,
                chunks=chunks,
                phones=phones,
                now=self._clock(),
                at=self._at,
            )
        self._at("resolve.committed")
        return count

    def keep_raw(self, kind: str, body: str) -> bool:
        """Keep a page of reports or a callback as it came, before it is read. False if it is here already."""
        with self._database.transaction() as tx:
            new = _receipts.keep_raw(tx, kind, body, self._clock(), self._at)
        self._at("inbox.committed")
        return new

    def note_receipts(self, receipts: Sequence[tuple[str, str, int, float]]) -> tuple[int, int]:
        """Delivery reports (msg_id, phone, status, time): gives how many found their recipient, and how many
        unknown chunks they proved to be sent.
        """
        with self._database.transaction() as tx:
            for msg_id, phone, status, received_at in receipts:
                _receipts.note_receipt(tx, msg_id=msg_id, phone=phone, status=status, received_at=received_at)
            self._at("receipts.noted")
            found = _receipts.match_receipts(self._database, tx, self._clock(), self._at)
        self._at("receipts.committed")
        return found

    def opt_out(self, phones: Sequence[str], why: str) -> None:
        """Numbers that get no marketing any more."""
        with self._database.transaction() as tx:
            _receipts.opt_out(tx, phones, why, self._clock())

    def purge(self, campaign_id: int | None = None, *, older_than_seconds: float | None = None) -> list[int]:
        """Take the personal data of finished campaigns away, for good. Gives their numbers."""
        with self._database.transaction() as tx:
            self._at("purge.begun")
            gone = _retention.purge(tx, campaign_id, older_than_seconds, self._clock())
        self._database.compact()
        self._at("purge.committed")
        return gone
