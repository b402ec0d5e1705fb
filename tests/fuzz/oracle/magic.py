"""The mock's magic numbers, ids and header as its users are told of them: 154000 and the code in five digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jsms_api.error_table import REPORT_STATUSES
from jsms_api.operations import OPERATIONS, OperationInfo

from tests.fuzz.oracle.exchange import MAGIC_HEADER

PREFIX: Final = "154000"

#: Every code that an operation can answer, whole or for an entry. Asked for several times a request.
_DECLARED: Final = {
    name: frozenset(code for codes in info.codes.values() for code in codes) | frozenset(info.entry_codes)
    for name, info in OPERATIONS.items()
}


def carried(text: str) -> int | None:
    """Read what a number or id carries; hyphens and zeros in front do not count."""
    plain = text.replace("-", "").lstrip("0")
    tail = plain.removeprefix(PREFIX)
    if plain == tail or len(tail) != 5 or not tail.isascii() or not tail.isdigit():
        return None
    return int(tail)


def declared(info: OperationInfo) -> frozenset[int]:
    """List every code that an operation can answer, whole or for an entry."""
    return _DECLARED[info.operation_id]


def demanded(info: OperationInfo, text: str) -> int | None:
    """Read the code that a number or id demands of a whole request."""
    code = carried(text)
    return code if any(code in codes for codes in info.codes.values()) else None


def demanded_of_entry(info: OperationInfo, phone: str) -> int | None:
    """Read the code that a number demands of its entry in a batch."""
    code = carried(phone)
    return code if code in info.entry_codes else None


def demanded_by_header(info: OperationInfo, headers: Mapping[str, str]) -> int | None:
    """Read the code that the header demands of an operation."""
    value = headers.get(MAGIC_HEADER, "").strip()
    if len(value) != 5 or not value.isascii() or not value.isdigit():
        return None
    code = int(value)
    return code if any(code in codes for codes in info.codes.values()) else None


def status_of(phone: str) -> int:
    """Give the delivery status that a message to a number is reported with."""
    status = carried(phone)
    return status if status in REPORT_STATUSES and status is not None else 4001


def phone_for(code: int) -> str:
    """Make the number that carries a code or status."""
    return f"{PREFIX}{code:05d}"
