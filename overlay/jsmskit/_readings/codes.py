"""Answers about verification codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jsms_api.error_table import ErrorCode

from .._answers import Answer, ShapeError
from ..results.codes import CodeReceipt, Verification, VerificationReason
from . import fields

__all__ = ["VERDICTS", "code_receipt", "refused_verification", "verification"]


def code_receipt(answer: Answer) -> CodeReceipt:
    """Of `POST /codes` and `POST /voice_codes`."""
    data = fields.answered(answer)
    return CodeReceipt(fields.identifier(data, "msg_id"), raw=data)


_REASONS: Final = {
    ErrorCode.INVALID_CODE: VerificationReason.WRONG,
    ErrorCode.EXPIRED_CODE: VerificationReason.EXPIRED,
    ErrorCode.VERIFIED_CODE: VerificationReason.USED,
    ErrorCode.WRONG_MSG_ID: VerificationReason.UNKNOWN_MESSAGE,
    ErrorCode.MISSING_CODE: VerificationReason.MISSING,
}
VERDICTS: Final = frozenset(int(code) for code in _REASONS)
"""The codes that are verdicts on what somebody typed."""


def refused_verification(code: int | None, raw: Mapping[str, Any]) -> Verification:
    """A verdict that is not positive."""
    known = code if code in VERDICTS else None
    reason = VerificationReason.OTHER if known is None else _REASONS[ErrorCode(known)]
    return Verification(False, reason, code, raw=raw)


def verification(answer: Answer) -> Verification:
    """Of `POST /codes/{msg_id}/valid`: right only if the status, the verdict and the absence of an error
    agree.

    Whether a refusal comes with 403 or 200 is a doubt of the sources (C2); both are read.
    """
    data = fields.answered(answer)
    if answer.code in VERDICTS:
        return refused_verification(answer.code, data)
    verdict = data.get("is_valid")
    if verdict is False:
        return refused_verification(answer.code, data)
    if verdict is not True:
        raise ShapeError("is_valid is missing or neither true nor false.")
    if "error" in data and answer.code != ErrorCode.SUCCESS:
        raise ShapeError("is_valid is true, but an error stands beside it.")
    return Verification(True, raw=data)
