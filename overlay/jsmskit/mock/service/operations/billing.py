"""Who pays for a message: four balances in a fixed order."""

from __future__ import annotations

from ...model.records import TemplateType
from ...state.store.balances import BalanceKey
from ..components import Components

_GENERAL = "balance"


def paying_balances(app_key: str, dev_key: str, kind: str) -> tuple[BalanceKey, ...]:
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


class Charge:
    """Pays for many messages with one read and one change of each balance."""

    def __init__(self, components: Components, balances: tuple[BalanceKey, ...]) -> None:
        self._store = components.state.accounts.left
        self._held = {key: self._store.left(key) or 0 for key in balances}
        self._left = dict(self._held)

    def reserve(self, units: int) -> bool:
        """Set units aside; tell whether any balance holds enough."""
        for key, holds in self._left.items():
            if holds >= units:
                self._left[key] = holds - units
                return True
        return False

    def commit(self) -> None:
        """Take what was set aside off the balances. Inside a transaction only."""
        for key, left in self._left.items():
            if left != self._held[key]:
                self._store.set_left(key, left)
