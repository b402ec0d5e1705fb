"""Read an HTTP response: is it JSON, does it carry an error of the service, what may be shown of it.

What the response of one operation means is read in `_operations`; what it proves, in `classification`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeGuard, cast
from urllib.parse import urlsplit

from .._encoding import strict_json

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
    if encoding and encoding.strip().lower() not in _PLAIN_ENCODINGS:
        # A few hundred bytes can unpack to gigabytes, and no encoding was asked for.
        reason = "It is encoded, although no encoding was asked for."
        return ParsedResponse(status, None, False, reason, retry_after=retry_after, location=location)
    if not body:
        return ParsedResponse(status, retry_after=retry_after, location=location)
    reason = ""
    data: Any = None
    values = strict_json.MAX_VALUES if large else _SMALL_VALUES
    try:
        data = strict_json.loads(body, max_bytes=max_response_bytes(large=large), max_values=values)
    except strict_json.StrictJsonError as error:
        reason = f"It is not the JSON that was expected: {error}."
    if reason:
        return ParsedResponse(status, None, False, reason, retry_after=retry_after, location=location)
    code, message = _envelope(data)
    return ParsedResponse(status, data, True, "", code, message, retry_after, location)


def as_object(value: object) -> dict[str, Any] | None:
    """Return the value if it is a JSON object."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any] | None:
    """Return the value if it is a JSON array."""
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
