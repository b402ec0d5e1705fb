"""Reads JSON from a stranger: an object, or one kind of exception.

Knows what the standard library's reader lets through or trips over (measured): duplicate keys, NaN, Infinity,
numbers that overflow to infinity, integers whose conversion takes quadratic time, nesting that exhausts the
stack, lone surrogates. Must not know what the document means. The reading itself stays with the C scanner, or
with orjson for large and plain documents where it is installed (extra `fast`).
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any, Final, NamedTuple, NoReturn, cast

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_INTEGER_DIGITS", "StrictJsonError", "loads"]

MAX_BYTES: Final = 4 * 1024 * 1024
"""The default cap. An answer about 1,000 recipients has less than 200 kB."""
MAX_DEPTH: Final = 32
"""The most arrays and objects in one another. The service needs four."""
_LARGE: Final = 2048
"""From so many bytes on it pays to try the quick way first."""
MAX_INTEGER_DIGITS: Final = 20
"""An unsigned 64-bit number has 20 digits; the service's ids have 12."""

_BOM: Final = b"\xef\xbb\xbf"


class StrictJsonError(ValueError):
    """The bytes are no JSON document that we take. The text names the rule, never the content."""


def loads(data: bytes, *, max_bytes: int = MAX_BYTES) -> object:
    """Read one JSON document in UTF-8, with or without a byte order mark.

    Raises `StrictJsonError`, and nothing else, for: more than `max_bytes`, invalid UTF-8, text that is no
    JSON, two equal keys in an object, NaN and infinities (also as `1e999`), integers of more than 20 digits,
    more than 32 levels, lone surrogates in a text or key.
    """
    if len(data) > max_bytes:
        raise StrictJsonError(f"{len(data)} bytes, at most {max_bytes} are read")
    if len(data) >= _LARGE:
        quick = _read_quickly(data)
        if quick is not None:
            return quick
    # The library's exceptions carry the whole document, and `from None` would only hide that, not drop it: so
    # the reason is taken out, and ours is raised after the handlers have ended.
    try:
        document: object = _DECODER.decode((data[3:] if data.startswith(_BOM) else data).decode("utf-8"))
    except StrictJsonError as refused:
        reason = str(refused)
    except UnicodeDecodeError as broken:
        reason = f"invalid UTF-8 at byte {broken.start}"
    except json.JSONDecodeError as broken:
        reason = f"no JSON: {broken.msg} at character {broken.pos}"
    except RecursionError:
        reason = _TOO_DEEP
    else:
        if not _is_clearly_shallow(data):
            _check_depth(document)
        # A pair of surrogate escapes is one character; what is left alone cannot be written as UTF-8. Only an
        # escape can make one, so most documents are never looked at again.
        if b"\\u" in data and not _is_unicode(document):
            raise StrictJsonError("a lone surrogate in a text")
        return document
    raise StrictJsonError(reason)


def _read_quickly(data: bytes) -> object | None:
    """The document, if it is a plain one; None if it has to be read properly. A third of the cost, or half of it.

    Written again, most documents come out as they were, byte by byte: then nothing was dropped or rounded, and since
    no blanks stand between brackets, these alone tell that it is shallow. That costs a fifth of looking at every value.

    Otherwise plain is: no escapes, so that quotes and colons are what they seem; no more levels than are taken; no
    number with a point, nor one that orjson makes one of because of its size; and as many colons as keys. A colon
    stands behind every key, so fewer keys than colons may mean that one was dropped for an equal one (or that a
    colon stands in a text).
    """
    if b"\\" in data:
        return None
    fast = _fast()
    try:
        document: object = _PLAIN.decode(data.decode("utf-8")) if fast is None else fast.read(data)
        if fast is not None and _most_levels(data) <= MAX_DEPTH and fast.write(document) == data:
            return document
    except (ValueError, TypeError, RecursionError):  # what cannot be written again is a TypeError
        return None
    return document if _plain_keys(document) == data.count(b":") else None


def _most_levels(shortest: bytes) -> int:
    """What a document without blanks has at most: an array adds a level and perhaps an object in it; any other object
    stands behind a colon. Brackets inside of texts count as well.
    """
    return 1 + 2 * shortest.count(b"[") + shortest.count(b":{")


class _Fast(NamedTuple):
    read: Callable[[bytes], object]
    write: Callable[[object], bytes]


@functools.cache
def _fast() -> _Fast | None:
    # Looked for with the first large document: importing it costs more than a small one would gain.
    try:
        import orjson
    except ImportError:
        return None
    return _Fast(
        cast("Callable[[bytes], object]", orjson.loads), cast("Callable[[object], bytes]", orjson.dumps)
    )


def _plain_keys(document: object) -> int:
    """How many keys all objects have together; -1 if it has too many levels or a number with a point."""
    keys = 0
    level: list[Any] = [document]
    for _ in range(MAX_DEPTH + 1):
        kinds = set(map(type, level))
        if float in kinds:
            return -1
        if dict not in kinds and list not in kinds:
            return keys
        objects: list[dict[str, Any]] = (
            level if kinds == {dict} else [value for value in level if type(value) is dict]
        )
        keys += sum(map(len, objects))
        below = list(chain.from_iterable(map(_values, objects)))
        if list in kinds:
            arrays: list[list[Any]] = [value for value in level if type(value) is list]
            below += chain.from_iterable(arrays)
        level = below
    return -1


_values: Final = cast("Callable[[dict[str, Any]], Iterable[Any]]", dict[str, Any].values)


_TOO_DEEP: Final = f"more than {MAX_DEPTH} levels"


_NO_BRACKET_NO_QUOTE: Final = bytes(set(range(256)) - set(b'[]{}"'))


def _is_clearly_shallow(valid: bytes) -> bool:
    """Whether a valid document is shallow enough, told from its brackets alone; False means: look properly.

    Ten times as fast as looking at every value. If what is left between the brackets of the text are pairs of
    quotes only, then no bracket stands inside a string (one in a string would have an odd number before it).
    Each round takes one or two levels away, the innermost ones.
    """
    if b"\\" in valid:  # an escaped quote would be counted
        return False
    brackets = valid.translate(None, _NO_BRACKET_NO_QUOTE).replace(b'""', b"")
    for _ in range(MAX_DEPTH // 2):
        if not brackets:
            return True
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")
    return not brackets


def _check_depth(document: object) -> None:
    # Level by level, not by recursion: one list comprehension a level costs less than a hook for every value.
    level: list[object] = [document]
    for _ in range(MAX_DEPTH):
        below: list[object] = []
        for value in level:
            if isinstance(value, dict):
                below += cast("dict[str, object]", value).values()
            elif isinstance(value, list):
                below += cast("list[object]", value)
        level = [value for value in below if isinstance(value, (dict, list))]
        if not level:
            return
    raise StrictJsonError(_TOO_DEEP)


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
    value = float(text)
    if math.isinf(value):
        raise StrictJsonError("a number too large for a float")
    return value


def _constant(name: str) -> NoReturn:
    raise StrictJsonError(f"{name} is no JSON")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)
_PLAIN: Final = json.JSONDecoder(parse_int=_integer, parse_float=_float, parse_constant=_constant)
