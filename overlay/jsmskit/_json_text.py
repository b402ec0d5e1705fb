"""Writes JSON in UTF-8, as short as it can be; large and plain values by orjson where it is installed (extra `fast`).

Knows both writers, and that their bytes are the same for texts, whole numbers, booleans, null, lists and objects, for
which it uses them alike. Must not know what a value means.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any, Final, cast

__all__ = ["encode", "encode_plain"]

_text: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def encode(value: object) -> bytes:
    """Any value. Raises ValueError or TypeError for what JSON or UTF-8 does not have."""
    return _text(value).encode("utf-8")


def encode_plain(value: object) -> bytes:
    """The same bytes, for a value that holds nothing but what the module's first lines name; made for large ones.

    A batch of a thousand recipients costs a tenth of the time then.
    """
    fast = _fast()
    if fast is not None:
        try:
            return fast(value)
        except TypeError:
            pass  # whole numbers of more than 64 bits, halves of characters: the other writer decides
    return encode(value)


@functools.cache
def _fast() -> Callable[[object], bytes] | None:
    # Looked for when the first large value is written: importing it costs more than a small one would gain.
    try:
        import orjson
    except ImportError:
        return None
    return cast("Callable[[Any], bytes]", orjson.dumps)
