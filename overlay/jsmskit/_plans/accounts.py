"""Plans of the two balances."""

from __future__ import annotations

from typing import Final

from jsms_api.api.accounts import get_account_balance as _get_account_balance
from jsms_api.api.accounts import get_app_balance as _get_app_balance
from jsms_api.error_table import ErrorCode

from .._drafts import Draft, draft
from .._readings.accounts import balance
from ..results.accounts import Balance

__all__ = ["account_balance", "app_balance"]

# "Nothing was ever assigned" is an answer to the question for the balance: none of any kind (doubt C9).
_NONE_ASSIGNED: Final = frozenset({int(ErrorCode.APP_QUOTA_NOT_ASSIGNED)})


def app_balance() -> Draft[Balance]:
    """What is assigned to the application."""
    built = _get_app_balance.OPERATION.build()
    return draft("getAppBalance", built, balance("app"), values=_NONE_ASSIGNED)


def account_balance() -> Draft[Balance]:
    """What the account shares among its applications."""
    return draft("getAccountBalance", _get_account_balance.OPERATION.build(), balance("dev"))
