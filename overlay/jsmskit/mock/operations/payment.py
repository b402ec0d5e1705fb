"""Who pays for a message: four balances in a fixed order.

Knows balances. Must not know messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ..records import TemplateType
from ..service import Service
from ..store.purses import Purse

_GENERAL = "balance"


@lru_cache(maxsize=256)
def purses(app_key: str, dev_key: str, kind: str) -> tuple[Purse, ...]:
    """List the balances that can pay for a kind (voice, industry, market), in the order in which they do."""
    return (
        ("applications", app_key, kind),
        ("applications", app_key, _GENERAL),
        ("accounts", dev_key, kind),
        ("accounts", dev_key, _GENERAL),
    )


def kind_of(template_type: int) -> str:
    """Name the balance for a template type: verification and notice are industry."""
    return "market" if template_type == TemplateType.MARKETING else "industry"


class Till:
    """Pays for many messages with one look and one change per balance."""

    def __init__(self, service: Service, purses: tuple[Purse, ...]) -> None:
        self._purses = service.state.accounts.purses
        self._held = {purse: self._purses.left(purse) or 0 for purse in purses}
        self._left = dict(self._held)

    def pay(self, units: int) -> bool:
        """Set units aside; say whether any balance holds enough."""
        left = self._left
        for purse, holds in left.items():
            if holds >= units:
                left[purse] = holds - units
                return True
        return False

    def pay_all(self, units: Sequence[int]) -> bool:
        """Set units aside for many messages, all from one balance; False, and nothing is set aside, if paying them one
        after the other might need several.
        """
        total = sum(units)
        for purse, holds in self._left.items():
            if holds >= total:
                self._left[purse] = holds - total
                return True
            if holds >= min(units):
                return False
        return False

    def settle(self) -> None:
        """Take what was set aside off the balances. Inside a transaction only."""
        for purse, left in self._left.items():
            if left != self._held[purse]:
                self._purses.set_left(purse, left)
