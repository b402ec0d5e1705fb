"""Write JSON in UTF-8, without blanks."""

from __future__ import annotations

import json
from typing import Final

_text: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def encode(value: object) -> bytes:
    """Return the JSON of a value. Raises ValueError or TypeError for what JSON or UTF-8 does not have."""
    return _text(value).encode("utf-8")
