"""Request bodies as the oracle reads them: strict JSON and multipart forms, with nothing but the standard library.

The mock reads with orjson and python-multipart; sharing either would make both wrong together.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

#: Deeper than any body of the service; beyond it a reader may refuse or not.
DEEP: Final = 64


class UnreadableError(ValueError):
    """The body is certainly not what it should be."""


def _no_constants(name: str) -> Any:
    raise UnreadableError(f"{name} is no JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnreadableError("a name stands twice in one object")
    return found


def _depth(value: Any, so_far: int = 1) -> int:
    if so_far > DEEP:
        return so_far
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return max((_depth(each, so_far + 1) for each in inner), default=so_far)


def _check_texts(value: Any) -> None:
    """Refuse half surrogate pairs, which UTF-8 cannot carry, and doubt integers beyond 64 bits."""
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise UnreadableError("half of a surrogate pair") from None
    elif isinstance(value, dict):
        for name, each in value.items():
            _check_texts(name)
            _check_texts(each)
    elif isinstance(value, list):
        for each in value:
            _check_texts(each)


def _has_huge_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return not -(2**63) <= value < 2**64
    if isinstance(value, float):
        return value in (float("inf"), float("-inf"))
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_has_huge_number(each) for each in inner)


def read_json(body: bytes) -> tuple[Any, bool]:
    """Read a JSON body; tells too whether readers may refuse it for its depth or the size of a number.

    Raises:
        UnreadableError: it is not one JSON text in UTF-8 with unique names and whole characters, or far too deep.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableError("not UTF-8") from None
    if text.startswith("\ufeff"):
        raise UnreadableError("a byte order mark")
    try:
        found = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constants)
    except RecursionError:
        raise UnreadableError("too deep") from None
    except ValueError as error:
        raise UnreadableError(str(error)) from None
    _check_texts(found)
    return found, _depth(found) >= DEEP or _has_huge_number(found)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form."""

    name: str
    content: bytes


def _parameters(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for piece in value.split(";")[1:]:
        name, _, text = piece.strip().partition("=")
        found[name.strip().lower()] = text.strip().strip('"')
    return found


def read_form(body: bytes, content_type: str) -> list[Part]:
    """Read a multipart form as RFC 7578 describes it; parts without content are left out (they are not sent).

    Raises:
        UnreadableError: no boundary, or the body does not consist of parts between it.
    """
    boundary = _parameters(content_type).get("boundary", "")
    if not boundary:
        raise UnreadableError("no boundary")
    line = b"--" + boundary.encode("latin-1", "replace")
    chunks = (b"\r\n" + body).split(b"\r\n" + line)
    if len(chunks) < 2 or not chunks[-1].startswith(b"--") or chunks[0].strip():
        raise UnreadableError("cut off, or not made of parts")
    parts: list[Part] = []
    for chunk in chunks[1:-1]:
        head, blank, content = chunk.partition(b"\r\n\r\n")
        if not blank:
            raise UnreadableError("a part without an end of its header")
        disposition: dict[str, str] = {}
        for header in head.decode("utf-8", "replace").split("\r\n"):
            name, _, value = header.partition(":")
            if name.strip().lower() == "content-disposition":
                disposition = _parameters(value)
        if "name" not in disposition:
            raise UnreadableError("a part without a name")
        parts.append(Part(disposition["name"], content))
    return [part for part in parts if part.content]
