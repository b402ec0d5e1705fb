"""The form of a sign, judged by the spec: texts as in JSON bodies, pictures by size and first bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from jsms_api import limits
from jsms_api.error_table import ErrorCode

from tests.fuzz.oracle.fields import Fields, read_fields, request_schema
from tests.fuzz.oracle.parsing import Part

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
#: Pictures of forms that named no format (until 2025-09); the Java client calls all of them images.
_ANY_FORMAT: Final = frozenset({"image0", "image1", "image2", "image3", "images"})


def read_sign(operation_id: str, parts: Iterable[Part]) -> Fields:
    """Judge the parts of a sign's form; unknown ones are ignored."""
    properties = request_schema(operation_id)["properties"]
    raw: dict[str, Any] = {}
    bad_text = bad_picture = False
    for part in parts:
        rules = properties.get(part.name)
        if part.name in _ANY_FORMAT or (rules is not None and rules.get("format") == "binary"):
            known_format = part.name in _ANY_FORMAT or part.content.startswith((_PNG, _JPEG))
            bad_picture |= not known_format or len(part.content) > limits.SIGN_IMAGE_SIZE_BYTES
        elif rules is not None:
            bad_text |= part.name in raw
            try:
                raw[part.name] = part.content.decode("utf-8")
            except UnicodeDecodeError:
                bad_text = True
    fields = read_fields(operation_id, raw)
    if bad_text:
        fields.faults.add(ErrorCode.INVALID_BODY)
    if bad_picture:
        fields.faults.add(ErrorCode.INVALID_IMAGE)
    return fields
