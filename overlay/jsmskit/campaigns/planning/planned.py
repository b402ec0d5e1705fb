"""Recipients that can be sent, column by column, as the ledger writes them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

from jsmskit._texts import billed_units

__all__ = ["PlannedRecipients"]


class PlannedRecipients(NamedTuple):
    """Recipients of a plan: numbers in eleven digits, values as JSON objects ("" for none), rows of the source, lengths
    of the messages as they are counted.
    """

    phones: list[str]
    params: list[str]
    rows: list[int]
    lengths: list[int]

    def __repr__(self) -> str:
        return f"<{len(self.phones)} planned recipients>"

    @classmethod
    def none(cls) -> PlannedRecipients:
        """Nobody."""
        return cls([], [], [], [])

    @property
    def units(self) -> list[int]:
        """What each is billed as."""
        return list(map(billed_units, self.lengths))

    def cut(self, size: int) -> PlannedRecipients:
        """Take the first ones out."""
        first = PlannedRecipients(*(column[:size] for column in self))
        for column in self:
            del column[:size]
        return first

    def only(self, wanted: Sequence[bool]) -> PlannedRecipients:
        """Those of a place that is wanted."""
        return PlannedRecipients(*(list(compress(column, wanted)) for column in self))
