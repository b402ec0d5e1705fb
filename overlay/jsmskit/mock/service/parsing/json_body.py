"""Reading JSON strictly."""

from __future__ import annotations

import json
from typing import Any, Final

import orjson


class UnreadableError(ValueError):
    """Not JSON by the mock's measure."""


def read(body: bytes) -> Any:
    """Read a JSON text in UTF-8.

    Beyond orjson's own strictness (no NaN, no half surrogate pairs, no byte order mark) a name that appears
    twice in one object is refused: which of the two counts is undefined.

    Raises:
        UnreadableError: not JSON, a name twice, or nested too deep.
    """
    try:
        orjson.loads(body)
        return _DECODER.decode(body.decode())
    except (ValueError, RecursionError) as error:
        raise UnreadableError(str(error)) from error


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise UnreadableError("a name appears twice in one object")
    return value


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_unique_names)
