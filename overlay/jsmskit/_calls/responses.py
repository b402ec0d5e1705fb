"""Read an HTTP response: is it JSON, does it carry an error of the service, what may be shown of it; and its fields.

A field that does not fit raises `InvalidResponse` with its name. What the response of one operation means is read in
`_operations`; what it proves, in `classification`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeGuard, TypeVar, cast
from urllib.parse import urlsplit

from jsms_api.error_table import REPORT_STATUSES, ReportStatus

from .._validation.fields import InvalidArgument, canonical_phone, from_millis, from_wire_time
from . import strict_json

if TYPE_CHECKING:  # made when they are read first: a login needs none of them, and they cost as much as the call
    from ..results.reports import DeliveryReport, Reply
    from ..results.reviews import ReviewStatus

MAX_RETRY_AFTER: Final = 3600.0
"""Seconds. A longer `Retry-After` counts as this long: any gateway could hold a caller for days."""
_SMALL_BYTES: Final = 64 * 1024
_SMALL_VALUES: Final = 1_000
"""What is read of a response about one thing; lists have the limits of the JSON reader."""


class InvalidResponse(ValueError):  # noqa: N818  # a finding; the caller gets an UnexpectedResponseError
    """A response has another shape than the contract says. The text names the field, never its content."""


class ContradictoryResponse(InvalidResponse):
    """A response says at the same time that the request was accepted and that it was not."""


@dataclass(frozen=True, slots=True, repr=False)
class ParsedResponse:
    """A response as far as it can be read without knowing the operation.

    `data` is the decoded JSON, None for an empty body or an unreadable one; `reason` says why it is unreadable. `code`
    and `message` come from the error envelope.
    """

    status: int
    data: Any = None
    readable: bool = True
    reason: str = ""
    code: int | None = None
    message: str = ""
    retry_after: float | None = None
    location: str = ""

    def __repr__(self) -> str:
        return f"ParsedResponse(status={self.status}, code={self.code}, readable={self.readable})"


_PLAIN_ENCODINGS: Final = frozenset({"", "identity"})


def max_response_bytes(*, large: bool) -> int:
    """Return the most bytes that are read of a response. large: it may be a list of a thousand entries."""
    return strict_json.MAX_BYTES if large else _SMALL_BYTES


def parse_response(status: int, headers: Mapping[str, str], body: bytes, *, large: bool) -> ParsedResponse:
    """Read a response. Whatever a server sends, nothing is raised; TypeError for what no transport may return.

    large: it may be a list of a thousand entries; else 64 KiB and 1,000 values are read at most.
    """
    if type(status) is not int or not isinstance(body, bytes):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError("a transport returns a status, headers and bytes")
    # Most responses have none of the three, and then nothing is spent on them.
    wait, elsewhere, encoding = map(headers.get, ("retry-after", "location", "content-encoding"))
    retry_after = _seconds(wait) if wait else None
    location = _host(elsewhere) if elsewhere else ""
    reason = ""
    data: Any = None
    if encoding and encoding.strip().lower() not in _PLAIN_ENCODINGS:
        # A few hundred bytes can unpack to gigabytes, and no encoding was asked for.
        reason = "It is encoded, although no encoding was asked for."
    elif body:
        values = strict_json.MAX_VALUES if large else _SMALL_VALUES
        try:
            data = strict_json.loads(body, max_bytes=max_response_bytes(large=large), max_values=values)
        except strict_json.StrictJsonError as error:
            reason = f"It is not the JSON that was expected: {error}."
    code, message = _envelope(data)
    return ParsedResponse(status, data, not reason, reason, code, message, retry_after, location)


def as_object(value: object) -> dict[str, Any] | None:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any] | None:
    return value if _is_list(value) else None


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _envelope(data: object) -> tuple[int | None, str]:
    body = as_object(data)
    error = None if body is None else as_object(body.get("error"))
    if error is None:
        return None, ""
    message = error.get("message")
    return as_code(error.get("code")), message if isinstance(message, str) else ""


_CODE_TEXT: Final = re.compile("[0-9]{1,9}")


def as_code(value: object) -> int | None:
    """Return a return code from an integer (error envelope) or text (entries of a batch); None if it is neither."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 < value < 10**9 else None
    if isinstance(value, str) and _CODE_TEXT.fullmatch(value):
        return int(value)
    return None


_SECONDS: Final = re.compile("[0-9]{1,20}")


def _seconds(text: str) -> float | None:
    return min(float(text), MAX_RETRY_AFTER) if _SECONDS.fullmatch(text.strip()) else None


_HOST: Final = re.compile(r"[A-Za-z0-9.:\[\]-]{1,100}")


def _host(location: str) -> str:
    """Return the host of a redirect, to name it in an error; empty if there is none. The rest may carry anything."""
    try:
        host = urlsplit(location).hostname or ""
    except ValueError:
        return ""
    return host if _HOST.fullmatch(host) else ""


_WORD: Final = re.compile(r"[A-Za-z_./:;,'()-]{1,30}")
_LONGEST: Final = 120


def safe_excerpt(message: str) -> str:
    """Return what may stand in an error of a text of the server, which could hold a code, a number or a key.

    Kept are words of Latin letters; every other word becomes `...`.
    """
    words = [word if _WORD.fullmatch(word) else "..." for word in message[: 4 * _LONGEST].split()]
    return " ".join(words)[:_LONGEST]


R = TypeVar("R")

# Wider than the spec by the underscore: an id that the service itself gave must never be refused.
_IDENTIFIER: Final = re.compile("[0-9A-Za-z_-]{1,64}")
_DIGITS: Final = re.compile("-?[0-9]{1,18}")


def body(response: ParsedResponse) -> Mapping[str, Any]:
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


def receipt(kind: Callable[..., R], name: str, read: Callable[..., Any] = identifier) -> Callable[[ParsedResponse], R]:
    """Return what makes a receipt of this kind of a response, which holds one id by this name."""

    def parse(response: ParsedResponse) -> R:
        data = body(response)
        return kind(read(data, name), raw=data)

    return parse


def optional(data: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any], str], R]) -> R | None:
    """Return what a field holds, read by another function of these; None if it is missing or null."""
    return None if data.get(name) is None else read(data, name)


def integer(data: Mapping[str, Any], name: str) -> int:
    """Return a whole number, also from text."""
    value = data.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    raise InvalidResponse(f"{name} is missing or not a whole number.")


def text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str):
        raise InvalidResponse(f"{name} is missing or not text.")
    return value


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
    from ..results.reviews import ReviewStatus

    status = integer(data, "status")
    return ReviewStatus(status) if status in ReviewStatus.__members__.values() else status


def delivery_report(data: Mapping[str, Any], **envelope: Any) -> DeliveryReport:
    """Return a delivery report from its record. envelope: what a callback has around it."""
    from ..results.reports import DeliveryReport

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
    from ..results.reports import Reply

    return Reply(
        phone=phone(data.get("phone"), "phone"),
        content=text_or_number(data, "content"),
        replied_at=moment(data, "replyTime"),
        **envelope,
    )
