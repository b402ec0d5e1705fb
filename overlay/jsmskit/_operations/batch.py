"""The recipients of a batch: as entries of the request, and what the entries of the response say of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from jsms_api.error_table import ERRORS, ErrorCategory, ErrorCode
from jsms_api.models.batch_recipient import BatchRecipient

from .._calls import fields
from .._calls.response import InvalidResponse, as_code, as_object
from ..results.messages import AcceptedMessage, RejectedMessage


class _Entry:
    """Takes the place of a generated `BatchRecipient`, whose dict is made already.

    A batch of a thousand would otherwise make two thousand objects that nothing reads: ten times the cost of the rest.
    """

    __slots__ = ("_wire",)

    def __init__(self, wire: dict[str, Any]) -> None:
        self._wire = wire

    def to_dict(self) -> dict[str, Any]:
        return self._wire


def request_entries(entries: Iterable[dict[str, Any]]) -> list[BatchRecipient]:
    """Return entries of a request as the generated code wants them."""
    return cast("list[BatchRecipient]", [_Entry(entry) for entry in entries])


class RecipientMatcher:
    """Matches the entries of a response with the recipients that were asked for.

    By number, since the order of the entries is not promised. What is neither accepted nor rejected ends in `unknown`.
    """

    def __init__(self, asked: Sequence[str]) -> None:
        self._waiting = Counter(asked)
        self._strangers = 0
        self._unreadable = 0
        self.accepted: list[AcceptedMessage] = []
        self.rejected: list[RejectedMessage] = []
        self.unknown: list[str] = []

    def match_all(self, entries: Iterable[object], *, lists_accepted: bool) -> None:
        """Read all entries. lists_accepted: entries without an error code are accepted, if they have an id."""
        for item in entries:
            entry = as_object(item)
            if entry is None:
                self._unreadable += 1
                continue
            phone = self._match(entry.get("mobile"))
            if phone is not None:
                self._read(phone, entry, lists_accepted=lists_accepted)

    def unmatched(self) -> list[str]:
        """Return the numbers that no entry is about."""
        return list(self._waiting.elements())

    def warnings(self) -> list[str]:
        """Return what is odd about the entries, in words."""
        told: list[str] = []
        if self._strangers:
            told.append(f"{self._strangers} entries are for numbers that were not asked for")
        if self._unreadable:
            told.append(f"{self._unreadable} entries cannot be read")
        return told

    def _match(self, value: object) -> str | None:
        phone = value if isinstance(value, str) and value in self._waiting else None
        if phone is None:
            try:
                phone = fields.phone(value)
            except InvalidResponse:
                phone = ""
        if self._waiting[phone] <= 0:
            self._strangers += 1
            return None
        self._waiting[phone] -= 1
        return phone

    def _read(self, phone: str, entry: Mapping[str, Any], *, lists_accepted: bool) -> None:
        code = _error_code(entry)
        msg_id = _msg_id(entry)
        if code is None and lists_accepted and msg_id is not None:
            self.accepted.append(AcceptedMessage(phone, msg_id))
        elif code is None or _is_inconclusive(code):
            self.unknown.append(phone)
            self._unreadable += not code
        else:
            self.rejected.append(RejectedMessage(phone, code, msg_id, fields.params(entry.get("temp_para"))))


def _error_code(entry: Mapping[str, Any]) -> int | None:
    """Return the code of an entry; None without one, 0 if it cannot be read."""
    if entry.get("error_code") is None:
        return None
    code = as_code(entry["error_code"])
    if code is None:
        return 0
    return None if code == ErrorCode.SUCCESS else code


def _is_inconclusive(code: int) -> bool:
    """Return whether a code leaves open what became of the message."""
    info = ERRORS.get(code)
    return code == 0 or (info is not None and info.category is ErrorCategory.SERVER)


def _msg_id(entry: Mapping[str, Any]) -> str | None:
    try:
        return fields.identifier(entry, "msg_id")
    except InvalidResponse:
        return None


def count_mismatch(data: Mapping[str, Any], succeeded: int, failed: int) -> list[str]:
    """Return where the counts of a response disagree with its entries, in words."""
    try:
        told = fields.integer(data, "success_count"), fields.integer(data, "failure_count")
    except InvalidResponse:
        return ["the counts are missing or cannot be read"]
    if told == (succeeded, failed):
        return []
    return [f"it counts {told[0]} accepted and {told[1]} failed, and lists {succeeded} and {failed}"]
