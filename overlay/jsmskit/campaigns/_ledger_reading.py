"""The questions that anybody may ask a ledger; the half of `Ledger` that changes nothing.

Knows pages and their order. Must not know statements (`_reading`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from . import _reading
from ._database import Database
from .states import ChunkState, RecipientState
from .values import Campaign, Chunk, Counts, Event, Recipient

__all__ = ["LedgerReading"]

_PAGE: Final = 2000


class LedgerReading:
    """Reads; each method is one look."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def campaign(self, campaign_id: int) -> Campaign:
        """One campaign. Raises `NoSuchCampaignError`."""
        with self._database.look() as tx:
            return _reading.campaign(tx, campaign_id, self._database.name)

    def first_pending(self, campaign_id: int) -> tuple[str, str | None] | None:
        """Number and values (a JSON object) of the first recipient that is still to be sent; None if there is none."""
        with self._database.look() as tx:
            return _reading.first_pending(tx, campaign_id)

    def campaigns(self) -> list[Campaign]:
        """All campaigns, the newest last."""
        with self._database.look() as tx:
            return _reading.campaigns(tx)

    def chunks(self, campaign_id: int, *states: ChunkState) -> list[Chunk]:
        """The chunks in one of these states; all of them if none is given."""
        with self._database.look() as tx:
            return _reading.chunks(tx, campaign_id, states or tuple(ChunkState))

    def unknown_chunks(self, campaign_id: int) -> list[tuple[int, int, float | None, str]]:
        """Chunk, number of unknown recipients, time of the intent, and why."""
        with self._database.look() as tx:
            return _reading.unknown_chunks(tx, campaign_id)

    def counts(self, campaign_id: int) -> Counts:
        """How many recipients and chunks are in which state; exact."""
        with self._database.look() as tx:
            return _reading.counts(tx, campaign_id)

    def progress(self, campaign_id: int) -> tuple[int, int]:
        """Recipients in chunks that are done, and that are not; quick."""
        with self._database.look() as tx:
            return _reading.progress(tx, campaign_id)

    def codes(self, campaign_id: int) -> list[tuple[int, int]]:
        """Return codes of refused recipients, and how often each came."""
        with self._database.look() as tx:
            return _reading.codes(tx, campaign_id)

    def statuses(self, campaign_id: int) -> list[tuple[int, int]]:
        """Delivery statuses, and how often each came."""
        with self._database.look() as tx:
            return _reading.statuses(tx, campaign_id)

    def events(self, campaign_id: int, limit: int = 50) -> list[Event]:
        """The last entries of the diary."""
        with self._database.look() as tx:
            return _reading.events(tx, campaign_id, limit)

    def recipients(self, campaign_id: int, *states: RecipientState) -> Iterator[Recipient]:
        """All recipients in one of these states (all states if none is given), page by page."""
        after = (0, -1)
        while True:
            with self._database.look() as tx:
                page, after = _reading.recipients(tx, campaign_id, states=states, after=after, limit=_PAGE)
            if not page:
                return
            yield from page

    def set_aside_counts(self, campaign_id: int) -> dict[str, int]:
        """How many rows of the source got nothing, by reason."""
        with self._database.look() as tx:
            return _reading.set_aside_counts(tx, campaign_id)

    def set_aside(self, campaign_id: int) -> Iterator[tuple[int, str, str, str]]:
        """The rows of the source that get nothing: row, what stood there, why, in words."""
        after = -1
        while True:
            with self._database.look() as tx:
                page = _reading.set_aside(tx, campaign_id, after=after, limit=_PAGE)
            if not page:
                return
            after = page[-1][0]
            yield from page
