"""Limits on reading: balances and pulls."""

from __future__ import annotations

from typing import Final

from jsms_api import limits
from jsms_api.error_table import ErrorCode

from ...model.records import Balances, CallbackType
from ...model.rule_catalog import Confidence
from ..context import CallContext
from .enforcement import Rule, rule

#: Which callback takes the place of which pull.
CALLBACK_OF_PULL: Final = {"pullReports": CallbackType.REPORT, "pullReplies": CallbackType.REPLY}


@rule(
    "pull.callback-set",
    ErrorCode.NO_SMS_CODE_AUTH,
    "An application that receives these records by callback cannot pull them. The code is a guess.",
    Confidence.ASSUMED,
    "pull page; G12",
)
def callback_set(call: CallContext) -> bool:
    kind = CALLBACK_OF_PULL[call.info.operation_id]
    return call.components.callbacks.address(call.owner_key, kind) is not None


@rule(
    "pull.too-soon",
    ErrorCode.OUT_OF_FREQ,
    f"Less than {limits.PULL_INTERVAL_SECONDS} seconds since the last pull of this kind that was answered.",
    Confidence.INFERRED,
    "pull page; G12",
)
def pulled_too_soon(call: CallContext) -> bool:
    return call.components.settings.limits and _is_within(call, limits.PULL_INTERVAL_SECONDS)


@rule(
    "balance.too-soon",
    ErrorCode.OUT_OF_FREQ,
    "Balances were asked for a moment ago (a setting, off by default: the code is listed, no number is).",
    Confidence.ASSUMED,
    "accounts page; C8",
)
def balance_too_soon(call: CallContext) -> bool:
    return _is_within(call, call.components.settings.balance_interval_seconds)


@rule(
    "balance.not-assigned",
    ErrorCode.APP_QUOTA_NOT_ASSIGNED,
    "The application was never assigned a balance of any kind.",
    Confidence.INFERRED,
    "accounts page; C9",
)
def nothing_assigned(call: CallContext) -> bool:
    balances = call.components.state.accounts.balances(app_key=call.owner_key)
    return balances == Balances()


PULL: Final[tuple[Rule[CallContext], ...]] = (callback_set, pulled_too_soon)
ACCOUNT_BALANCE: Final[tuple[Rule[CallContext], ...]] = (balance_too_soon,)
APP_BALANCE: Final[tuple[Rule[CallContext], ...]] = (balance_too_soon, nothing_assigned)


def _is_within(call: CallContext, seconds: float) -> bool:
    if seconds <= 0:
        return False
    last = call.components.state.accounts.last_call(call.owner_key, call.info.operation_id)
    return last is not None and 0 <= call.now - last < seconds
