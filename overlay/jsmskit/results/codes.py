"""Verification codes: on their way, and the result for what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from jsms_api.error_table import ERRORS, ErrorInfo

from ._result import CallResult, Receipt


@dataclass(frozen=True, slots=True, repr=False)
class CodeReceipt(Receipt):
    """A verification code is on its way. Keep `msg_id`: it is needed to verify what the user types."""

    msg_id: str


class VerificationReason(StrEnum):
    """Why a code was not accepted."""

    WRONG = "wrong"
    """Another code was sent."""
    EXPIRED = "expired"
    """It is too old; send a new one."""
    USED = "used"
    """It was right, and has been used before."""
    UNKNOWN_MESSAGE = "unknown_message"
    """No code belongs to this msg_id."""
    MISSING = "missing"
    """Nothing was typed."""
    OTHER = "other"
    """The service gave no reason."""


@dataclass(frozen=True, slots=True, repr=False)
class Verification(CallResult):
    """The result of verifying a code that the user typed. True in a condition only if the code is right, for the
    first time.

    `reason` says why not, None if `ok`; `error_code` is the service's return code for it.
    """

    ok: bool
    reason: VerificationReason | None = None
    error_code: int | None = None

    def __bool__(self) -> bool:
        return self.ok

    @property
    def info(self) -> ErrorInfo | None:
        """The row of the code table: title and remedy in English and Chinese, to show or to log."""
        return None if self.error_code is None else ERRORS.get(self.error_code)
