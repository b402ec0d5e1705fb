"""Answers about balances."""

from __future__ import annotations

from collections.abc import Callable

from jsms_api.error_table import ErrorCode

from .._answers import Answer, ShapeError
from ..results.accounts import Balance
from . import fields

__all__ = ["balance"]


def balance(prefix: str) -> Callable[[Answer], Balance]:
    """Of `GET /accounts/app` and `GET /accounts/dev`."""

    def read(answer: Answer) -> Balance:
        data = fields.answered(answer)
        if answer.code == ErrorCode.APP_QUOTA_NOT_ASSIGNED:
            return Balance(None, raw=data)
        if f"{prefix}_balance" not in data:
            raise ShapeError(f"{prefix}_balance is missing.")
        general, voice, industry, market = (
            fields.optional_integer(data, f"{prefix}_{kind}")
            for kind in ("balance", "voice", "industry", "market")
        )
        return Balance(general, voice, industry, market, raw=data)

    return read
