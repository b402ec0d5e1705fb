"""Reads what came back: is it JSON, does it carry an error of the service, what may be told of it.

Knows the error envelope and what is refused unread (content encodings, JSON that is not strict). Must not
know what an answer of one operation means (`_readings`), nor what it proves (`_outcomes`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard, cast
from urllib.parse import urlsplit

from . import _strict_json

__all__ = [
    "Answer",
    "ContradictionError",
    "ShapeError",
    "as_code",
    "as_list",
    "as_object",
    "read_answer",
    "shown",
]


class ShapeError(ValueError):
    """An answer has another shape than the contract says. The text names the field, never its content."""


class ContradictionError(ShapeError):
    """An answer says at the same time that the request was accepted and that it was not."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as far as it can be read without knowing the operation.

    `data` is the decoded JSON (or what it was skimmed for), None for an empty body or an unreadable one; `why`
    says in words why it is unreadable. `code` and `message` come from the error envelope.
    """

    status: int
    data: Any = field(default=None, repr=False)
    readable: bool = True
    why: str = ""
    code: int | None = None
    message: str = field(default="", repr=False)
    retry_after: float | None = None
    location: str = ""


_PLAIN_ENCODINGS: Final = frozenset({"", "identity"})
_SUCCESS: Final = 200


def read_answer(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    skim: Callable[[bytes], object | None] | None = None,
) -> Answer:
    """Read an answer. Whatever a server sends, nothing is raised; TypeError only for what is no answer at
    all.

    skim: tried on the body of a success before it is read as JSON; what it gives becomes `data`.
    """
    if type(status) is not int or not isinstance(body, bytes):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError("a transport gives back a status, headers and bytes")
    # Most answers have none of the three, and then nothing is spent on them.
    asked_to_wait, elsewhere, encoding = map(headers.get, ("retry-after", "location", "content-encoding"))
    retry_after = _seconds(asked_to_wait) if asked_to_wait else None
    location = _host(elsewhere) if elsewhere else ""
    if encoding and encoding.strip().lower() not in _PLAIN_ENCODINGS:
        # A few hundred bytes can unpack to gigabytes, and nobody asked for an encoding.
        why = "It is encoded, although no encoding was asked for."
        return Answer(status, None, False, why, retry_after=retry_after, location=location)
    if not body:
        return Answer(status, retry_after=retry_after, location=location)
    skimmed = skim(body) if skim is not None and status == _SUCCESS else None
    if skimmed is not None:
        return Answer(status, skimmed, retry_after=retry_after, location=location)
    why = ""
    data: Any = None
    try:
        data = _strict_json.loads(body)
    except _strict_json.StrictJsonError as error:
        why = f"It is not the JSON that was expected: {error}."
    if why:
        return Answer(status, None, False, why, retry_after=retry_after, location=location)
    code, message = _envelope(data)
    return Answer(status, data, True, "", code, message, retry_after, location)


def as_object(value: object) -> dict[str, Any] | None:
    """The value, if it is a JSON object."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any] | None:
    """The value, if it is a JSON array."""
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
    """A return code from an integer (error envelope) or from text (entries of a batch); None if it is
    neither.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 < value < 10**9 else None
    if isinstance(value, str) and _CODE_TEXT.fullmatch(value):
        return int(value)
    return None


_SECONDS: Final = re.compile("[0-9]{1,6}")


def _seconds(text: str) -> float | None:
    return float(text) if _SECONDS.fullmatch(text.strip()) else None


_HOST: Final = re.compile(r"[A-Za-z0-9.:\[\]-]{1,100}")


def _host(location: str) -> str:
    """The host of a redirect, to name it in an error; empty if there is none. The rest may carry anything."""
    try:
        host = urlsplit(location).hostname or ""
    except ValueError:
        return ""
    return host if _HOST.fullmatch(host) else ""


_WORD: Final = re.compile(r"[A-Za-z_./:;,'()-]{1,30}")
_LONGEST: Final = 120


def shown(message: str) -> str:
    """A text of the server as far as it may stand in an error: a stranger could put a code, a number or a
    key into it.

    Kept are words of Latin letters; every other word becomes `...`.
    """
    words = [word if _WORD.fullmatch(word) else "..." for word in message[: 4 * _LONGEST].split()]
    return " ".join(words)[:_LONGEST]
