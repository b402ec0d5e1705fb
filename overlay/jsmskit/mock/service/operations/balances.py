"""getAccountBalance and getAppBalance: what is left."""

from __future__ import annotations

from ...model.records import Balances
from ..context import CallContext
from ..rules import enforce
from ..rules.request import ACCOUNT_BALANCE, APP_BALANCE


def get_account_balance(call: CallContext) -> dict[str, int | None]:
    """Tell what the account holds and has not assigned to one application."""
    enforce(ACCOUNT_BALANCE, call)
    _note(call)
    return _told("dev", call.components.state.accounts.balances(dev_key=call.owner_key))


def get_app_balance(call: CallContext) -> dict[str, int | None]:
    """Tell what was assigned to the application and is left."""
    enforce(APP_BALANCE, call)
    _note(call)
    return _told("app", call.components.state.accounts.balances(app_key=call.owner_key))


def _told(prefix: str, balances: Balances) -> dict[str, int | None]:
    return {
        f"{prefix}_balance": balances.balance,
        f"{prefix}_voice": balances.voice,
        f"{prefix}_industry": balances.industry,
        f"{prefix}_market": balances.market,
    }


def _note(call: CallContext) -> None:
    if call.components.settings.balance_interval_seconds > 0:
        call.components.state.accounts.note_call(call.owner_key, call.info.operation_id, call.now)
