"""Return codes and delivery statuses on demand: the number or id carries the code.

It holds for mobile numbers, template, sign, message and schedule ids alike.

The prefix is 154: the one block among 150 to 159 that the Chinese numbering plan never gave to a carrier
(libphonenumber's mobile pattern for China, 1[59][0-35-9], leaves out exactly 154 and 194), so a test that is
pointed at the real service by mistake reaches no one. 194 would serve too, but the official Java client
lets only numbers with 1[34578] through to a schedule.
"""

from __future__ import annotations

from typing import Final

from jsms_api.error_table import REPORT_STATUSES, ErrorCode, ReportStatus
from jsms_api.operations import OperationInfo

from .rule_catalog import MAGIC_PREFIX as PREFIX
from .rule_catalog import OF_REQUESTS

#: A request header with a code, for calls that carry neither number nor id.
HEADER: Final = "x-mock-code"

_CARRIED_DIGITS: Final = 5


def code_in(text: str) -> int | None:
    """Read the code or status that a number or id carries; None if it carries none."""
    if PREFIX not in text:
        return None
    digits = text.replace("-", "").lstrip("0")
    if len(digits) != len(PREFIX) + _CARRIED_DIGITS or not digits.startswith(PREFIX):
        return None
    tail = digits[len(PREFIX) :]
    return int(tail) if tail.isascii() and tail.isdigit() else None


def requested_code(info: OperationInfo, text: str) -> int | None:
    """Read the code that a number or id demands of a whole request; None if it cannot answer that."""
    code = code_in(text)
    return code if code is not None and code in OF_REQUESTS[info.operation_id] else None


def requested_code_of_entry(info: OperationInfo, phone: str) -> int | None:
    """Read the code that a number demands of its entry in a batch; None if entries cannot carry it."""
    code = code_in(phone)
    return code if code is not None and code in info.entry_codes else None


def requested_code_by_header(info: OperationInfo, value: str) -> int | None:
    """Read the code that the header demands; None if the operation cannot answer that."""
    text = value.strip()
    return requested_code(info, f"{PREFIX}{text}") if len(text) == _CARRIED_DIGITS else None


def status_for(phone: str) -> int:
    """Return the delivery status that a message to a number will be reported with."""
    status = code_in(phone)
    return ReportStatus.DELIVERED if status is None or status not in REPORT_STATUSES else status


def phone_for(code: ErrorCode | ReportStatus) -> str:
    """Make the number that carries a code or delivery status."""
    return f"{PREFIX}{int(code):0{_CARRIED_DIGITS}d}"
