"""Who was asked for in a batch, and what its entries say of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from jsms_api.error_table import ERRORS, ErrorCategory, ErrorCode

from .._answers import ShapeError, as_code
from ..results.messages import RejectedMessage
from . import fields

__all__ = ["Roll", "entry_code", "refused", "undecided", "wrong_counts"]


class Roll:
    """Who was asked for, and who has been accounted for."""

    def __init__(self, asked: Sequence[str]) -> None:
        self.waiting = Counter(asked)
        self.strangers = 0
        self.unclear = 0

    def take(self, value: object) -> str | None:
        """The number of an entry if it was asked for; None, and a note, if not."""
        phone = value if isinstance(value, str) and value in self.waiting else None
        if phone is None:
            try:
                phone = fields.phone(value)
            except ShapeError:
                phone = ""
        if self.waiting[phone] <= 0:
            self.strangers += 1
            return None
        self.waiting[phone] -= 1
        return phone

    def missing(self) -> list[str]:
        """Those that no entry is about."""
        return list(self.waiting.elements())

    def doubts(self) -> list[str]:
        """What is odd about the entries, in words."""
        told: list[str] = []
        if self.strangers:
            told.append(f"{self.strangers} entries are for numbers that were not asked for")
        if self.unclear:
            told.append(f"{self.unclear} entries cannot be read")
        return told


def entry_code(entry: Mapping[str, Any]) -> int | None:
    """The code of a batch entry; None if it was taken, 0 if it cannot be read."""
    if entry.get("error_code") is None:
        return None
    code = as_code(entry["error_code"])
    if code is None:
        return 0
    return None if code == ErrorCode.SUCCESS else code


def undecided(code: int) -> bool:
    """Whether a code leaves open what became of the message."""
    info = ERRORS.get(code)
    return code == 0 or (info is not None and info.category is ErrorCategory.SERVER)


def refused(entry: Mapping[str, Any], phone: str, code: int) -> RejectedMessage:
    """An entry that was refused."""
    try:
        msg_id: str | None = fields.identifier(entry, "msg_id")
    except ShapeError:
        msg_id = None
    return RejectedMessage(phone, code, msg_id, fields.params(entry.get("temp_para")))


def wrong_counts(data: Mapping[str, Any], succeeded: int, failed: int) -> list[str]:
    """Where the counts of an answer disagree with its entries, in words."""
    try:
        told = fields.integer(data, "success_count"), fields.integer(data, "failure_count")
    except ShapeError:
        return ["the counts are missing or cannot be read"]
    if told == (succeeded, failed):
        return []
    return [f"it counts {told[0]} accepted and {told[1]} failed, and lists {succeeded} and {failed}"]
