"""The two balances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from jsms_api.api.accounts import get_account_balance, get_app_balance
from jsms_api.error_table import ErrorCode

from .._calls import responses
from .._calls.request import PreparedRequest, prepare
from .._calls.responses import InvalidResponse, ParsedResponse
from ..results.accounts import Balance

# "Nothing was ever assigned" answers the question for the balance: none of any kind (uncertainty C9).
_NONE_ASSIGNED: Final = frozenset({int(ErrorCode.APP_QUOTA_NOT_ASSIGNED)})


def app_balance() -> PreparedRequest[Balance]:
    built = get_app_balance.OPERATION.build()
    return prepare("getAppBalance", built, _balance("app"), expected_codes=_NONE_ASSIGNED)


def account_balance() -> PreparedRequest[Balance]:
    return prepare("getAccountBalance", get_account_balance.OPERATION.build(), _balance("dev"))


def _balance(prefix: str) -> Callable[[ParsedResponse], Balance]:
    def parse(response: ParsedResponse) -> Balance:
        data = responses.body(response)
        if response.code == ErrorCode.APP_QUOTA_NOT_ASSIGNED:
            return Balance(None, raw=data)
        if f"{prefix}_balance" not in data:
            raise InvalidResponse(f"{prefix}_balance is missing.")
        general, voice, industry, market = (
            responses.optional(data, f"{prefix}_{kind}", responses.integer)
            for kind in ("balance", "voice", "industry", "market")
        )
        return Balance(general, voice, industry, market, raw=data)

    return parse
