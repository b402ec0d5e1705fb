"""Read JSON that a stranger sent: a value, or one kind of exception, at a cost that is known before. And write it.

The standard library's reader accepts or fails on more than JSON (measured): equal keys, NaN, Infinity, numbers that
overflow to infinity, numbers whose conversion takes quadratic time, nesting that exhausts the stack, lone surrogates.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, NoReturn, cast

MAX_BYTES: Final = 4 * 1024 * 1024
"""The most bytes of any document. A response about 1,000 recipients has less than 200 kB."""
MAX_VALUES: Final = 120_000
"""The most values of any document: 1,000 recipients of a batch that are all refused, each with 100 variables. Bytes
alone bound little: 4 MiB can hold 1.4 million empty arrays. An array or object inside of another may count twice.
"""
MAX_DEPTH: Final = 32
"""The most arrays and objects in one another. The service needs four."""
MAX_INTEGER_DIGITS: Final = 20
"""An unsigned 64-bit number has 20 digits; the service's ids have 12."""
_MAX_NUMBER_LENGTH: Final = 64

_BOM: Final = b"\xef\xbb\xbf"
# Possessive, and an open text counts to the end: one pass, whatever the bytes are.
_TEXT: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)


class StrictJsonError(ValueError):
    """The bytes are no JSON document that we accept. The text names the rule, never the content."""


def loads(data: bytes, *, max_bytes: int = MAX_BYTES, max_values: int = MAX_VALUES) -> object:
    """Read one JSON document in UTF-8, with or without a byte order mark.

    Raises `StrictJsonError`, and nothing else, for: more than `max_bytes` or `max_values`, invalid UTF-8, text that is
    not JSON, two equal keys in an object, NaN and infinities (also as `1e999`), integers of more than 20 digits, other
    numbers of more than 64 characters, more than 32 levels, lone surrogates in a text or key.
    """
    if len(data) > max_bytes:
        raise StrictJsonError(f"{len(data)} bytes, at most {max_bytes} are read")
    # Counted before anything is made; without the texts only where they could make the difference.
    if _count_values(data, 0, len(data)) > max_values and _has_more_values(data, max_values):
        raise StrictJsonError(f"more than {max_values} values")
    # The library's exceptions carry the whole document, and `from None` would hide it, not drop it: so the reason is
    # taken out, and ours is raised after the handlers.
    try:
        document: object = _DECODER.decode(data.removeprefix(_BOM).decode("utf-8"))
    except StrictJsonError as refused:
        reason = str(refused)
    except UnicodeDecodeError as broken:
        reason = f"invalid UTF-8 at byte {broken.start}"
    except json.JSONDecodeError as broken:
        reason = f"not JSON: {broken.msg} at character {broken.pos}"
    except RecursionError:
        reason = _TOO_DEEP
    else:
        reason = _TOO_DEEP if _is_too_deep(document) else ""
        # A pair of surrogate escapes is one character; one that is left alone cannot be written as UTF-8. Only an
        # escape can make one, so most documents are never searched.
        if not reason and b"\\u" in data and not _is_unicode(document):
            reason = "a lone surrogate in a text"
        if not reason:
            return document
    raise StrictJsonError(reason)


def _count_values(data: bytes, start: int, end: int) -> int:
    """Return how many commas and opening brackets there are: at most one value follows each."""
    return data.count(b",", start, end) + data.count(b"[", start, end) + data.count(b"{", start, end)


def _has_more_values(data: bytes, most: int) -> bool:
    """Return whether there may be more values, not counting what stands in texts. Stops as soon as that is certain."""
    count = end = 0
    for number, text in enumerate(_TEXT.finditer(data)):
        count += _count_values(data, end, text.start())
        end = text.end()
        if count > most or number > 2 * most:  # every text is a value or the key of one
            return True
    return count + _count_values(data, end, len(data)) > most


_TOO_DEEP: Final = f"more than {MAX_DEPTH} levels"


def _is_too_deep(document: object) -> bool:
    # Level by level instead of recursion: one pass a level, over containers only.
    level: list[Any] = [document]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += cast("dict[str, Any]", value).values()
            elif isinstance(value, list):
                below += cast("list[Any]", value)  # type: ignore[redundant-cast]
        level = [value for value in below if isinstance(value, (dict, list))]
        if not level:
            return False
    return True


def _is_unicode(document: object) -> bool:
    try:
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise StrictJsonError("a key stands twice in one object")
    return made


def _integer(text: str) -> int:
    if len(text) > MAX_INTEGER_DIGITS + 1:  # one place for the sign
        raise StrictJsonError(f"an integer of more than {MAX_INTEGER_DIGITS} digits")
    return int(text)


def _float(text: str) -> float:
    value = math.inf if len(text) > _MAX_NUMBER_LENGTH else float(text)
    if math.isinf(value):
        raise StrictJsonError("a number too long or too large for a float")
    return value


def _constant(name: str) -> NoReturn:
    raise StrictJsonError(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)


_text: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def encode(value: object) -> bytes:
    """Return the JSON of a value. Raises ValueError or TypeError for what JSON or UTF-8 does not have."""
    return _text(value).encode("utf-8")
