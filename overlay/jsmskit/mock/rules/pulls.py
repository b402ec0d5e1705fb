"""Limits on reading: balances and pulls.

Knows when such a call was made last.
"""

from __future__ import annotations

from typing import Final

from jsms_api import limits
from jsms_api.error_table import ErrorCode

from ..call import Call
from ..records import Balances, CallbackType
from .table import Rule, Sureness, rule

#: Which callback takes the place of which pull.
CALLBACK_OF_PULL: Final = {"pullReports": CallbackType.REPORT, "pullReplies": CallbackType.REPLY}


@rule(
    "pull.callback-set",
    ErrorCode.NO_SMS_CODE_AUTH,
    "An application that receives these records by callback cannot pull them. The code is a guess.",
    Sureness.ASSUMED,
    "pull page; G12",
)
def callback_set(call: Call) -> bool:
    kind = CALLBACK_OF_PULL[call.info.operation_id]
    return call.service.callbacks.address(call.owner_key, kind) is not None


@rule(
    "pull.too-soon",
    ErrorCode.OUT_OF_FREQ,
    f"Less than {limits.PULL_INTERVAL_SECONDS} seconds since the last pull of this kind that was answered.",
    Sureness.INFERRED,
    "pull page; G12",
)
def pulled_too_soon(call: Call) -> bool:
    return call.service.settings.limits and _is_within(call, limits.PULL_INTERVAL_SECONDS)


@rule(
    "balance.too-soon",
    ErrorCode.OUT_OF_FREQ,
    "Balances were asked for a moment ago (a setting, off by default: the code is listed, no number is).",
    Sureness.ASSUMED,
    "accounts page; C8",
)
def balance_too_soon(call: Call) -> bool:
    return _is_within(call, call.service.settings.balance_interval_seconds)


@rule(
    "balance.not-assigned",
    ErrorCode.APP_QUOTA_NOT_ASSIGNED,
    "The application was never assigned a balance of any kind.",
    Sureness.INFERRED,
    "accounts page; C9",
)
def nothing_assigned(call: Call) -> bool:
    balances = call.service.state.accounts.balances(app_key=call.owner_key)
    return balances == Balances()


PULL: Final[tuple[Rule[Call], ...]] = (callback_set, pulled_too_soon)
ACCOUNT_BALANCE: Final[tuple[Rule[Call], ...]] = (balance_too_soon,)
APP_BALANCE: Final[tuple[Rule[Call], ...]] = (balance_too_soon, nothing_assigned)


def _is_within(call: Call, seconds: float) -> bool:
    if seconds <= 0:
        return False
    last = call.service.state.accounts.last_call(call.owner_key, call.info.operation_id)
    return last is not None and 0 <= call.now - last < seconds
