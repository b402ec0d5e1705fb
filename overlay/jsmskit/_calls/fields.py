"""Read the fields of a response or callback: what does not fit raises `InvalidResponse` with the field's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from jsms_api.error_table import REPORT_STATUSES, ReportStatus

from .._validation.invalid_argument import InvalidArgument
from .._validation.phones import canonical_phone
from .._validation.times import from_millis, from_wire_time
from ..results.reports import DeliveryReport, Reply
from ..results.reviews import ReviewStatus
from .response import ContradictoryResponse, InvalidResponse, ParsedResponse, as_list, as_object

# Wider than the spec by the underscore: an id that the service itself gave must never be refused.
_IDENTIFIER: Final = re.compile("[0-9A-Za-z_-]{1,64}")
_DIGITS: Final = re.compile("-?[0-9]{1,18}")


def body(response: ParsedResponse) -> Mapping[str, Any]:
    """Return the object that a response is."""
    data = as_object(response.data)
    if data is None:
        raise InvalidResponse("It is not a JSON object.")
    return data


def no_content(response: ParsedResponse) -> None:
    """Accept an empty body, or JSON that speaks of no error anywhere.

    An error of the service with status 200 can come in a list, or as text inside of JSON: a deletion that was refused
    must not look done.
    """
    if _speaks_of_error(response.data):
        raise ContradictoryResponse("The body should be empty, but it speaks of an error.")


def _speaks_of_error(value: object) -> bool:
    # Recursion ends soon: the JSON reader takes 32 levels.
    if isinstance(value, str):
        return "error" in value.lower()
    fields = as_object(value)
    if fields is not None:
        return any("error" in name.lower() or _speaks_of_error(item) for name, item in fields.items())
    listed = as_list(value)
    return listed is not None and any(map(_speaks_of_error, listed))


def items(data: Mapping[str, Any], name: str) -> list[Any]:
    """Return a list that must be there."""
    value = as_list(data.get(name))
    if value is None:
        raise InvalidResponse(f"{name} is missing or not a list.")
    return value


def identifier(data: Mapping[str, Any], name: str) -> str:
    """Return an id as text; the service sends some as numbers."""
    value = data.get(name)
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _IDENTIFIER.fullmatch(text):
        raise InvalidResponse(f"{name} is missing or not an id.")
    return text


def integer(data: Mapping[str, Any], name: str) -> int:
    """Return a whole number, also from text."""
    value = data.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    raise InvalidResponse(f"{name} is missing or not a whole number.")


def optional_integer(data: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number, or None if it is missing or null."""
    return None if data.get(name) is None else integer(data, name)


def text(data: Mapping[str, Any], name: str) -> str:
    """Return a text that must be there."""
    value = data.get(name)
    if not isinstance(value, str):
        raise InvalidResponse(f"{name} is missing or not text.")
    return value


def optional_text(data: Mapping[str, Any], name: str) -> str | None:
    """Return a text, or None if it is missing or null."""
    return None if data.get(name) is None else text(data, name)


def flag(data: Mapping[str, Any], name: str) -> bool:
    """Return true or false; 1 and 0 have been seen for them. False if it is missing."""
    value = data.get(name, 0)
    if isinstance(value, bool):
        return value
    return integer({name: 0 if value is None else value}, name) == 1


def moment(data: Mapping[str, Any], name: str) -> datetime:
    """Return a time in milliseconds; text forms have been seen by another client library."""
    value = data.get(name)
    is_text = isinstance(value, str) and not _DIGITS.fullmatch(value)
    millis = 0 if is_text else integer(data, name)
    try:
        return from_wire_time(str(value)) if is_text else from_millis(millis)
    except ValueError:
        raise InvalidResponse(f"{name} is not a time.") from None


def params(value: object) -> dict[str, str]:
    """Return the values of variables as the service sends them back; what is not text is written as text."""
    given = as_object(value) or {}
    return {name: item if isinstance(item, str) else str(item) for name, item in given.items()}


def text_or_number(data: Mapping[str, Any], name: str) -> str:
    """Return a text that some senders write as a number."""
    value = data.get(name)
    return str(value) if type(value) is int else text(data, name)


def phone(value: object, name: str = "mobile") -> str:
    """Return a number, in its canonical form if it is one of mainland China."""
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or not text:
        raise InvalidResponse(f"{name} is missing or not text.")
    try:
        return canonical_phone(text)
    except InvalidArgument:
        # Kept as it is: it is the service's word, and may be of another country.
        return text


def review_status(data: Mapping[str, Any]) -> ReviewStatus | int:
    """Return how far the review of a template or sign has come; a status not known to this version as a number."""
    status = integer(data, "status")
    return ReviewStatus(status) if status in ReviewStatus.__members__.values() else status


def delivery_report(data: Mapping[str, Any], **envelope: Any) -> DeliveryReport:
    """Return a delivery report from its record. envelope: what a callback has around it."""
    return DeliveryReport(
        msg_id=identifier(data, "msgId"),
        phone=phone(data.get("phone"), "phone"),
        status=_report_status(integer(data, "status")),
        received_at=moment(data, "receiveTime"),
        **envelope,
    )


def _report_status(status: int) -> ReportStatus | int:
    return ReportStatus(status) if status in REPORT_STATUSES else status


def reply(data: Mapping[str, Any], **envelope: Any) -> Reply:
    """Return a reply from its record. envelope: as in `delivery_report`."""
    return Reply(
        phone=phone(data.get("phone"), "phone"),
        content=text_or_number(data, "content"),
        replied_at=moment(data, "replyTime"),
        **envelope,
    )
