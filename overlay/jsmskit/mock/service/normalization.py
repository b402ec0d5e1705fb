"""What real clients put on the wire beside what the pages document, and how it is understood."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, cast

from ..model.rule_catalog import Confidence, declare
from .request_schemas import RECIPIENTS, RequestSchema

_INFERRED = Confidence.INFERRED
_PARAMS: Final = "temp_para"

UNKNOWN_FIELDS: Final = declare(
    "tolerance.unknown-fields",
    "Fields that the call does not know are ignored.",
    _INFERRED,
    "the SDKs for C# (type, tag) and Java (temp_id 0), a bundle; C22",
)
EMPTY: Final = declare(
    "tolerance.empty",
    'null and "" count as not sent; "" stays where an empty text has a meaning (tag, remark, values).',
    _INFERRED,
    "send page (its words for what is missing)",
)
DIGIT_TEXT: Final = declare(
    "tolerance.digit-text",
    "temp_id, sign_id, type, ttl and voice_lang may arrive as text of digits.",
    _INFERRED,
    "SDKs send ids as text, SMS4J voice_lang",
)
NUMBERS: Final = declare(
    "tolerance.numbers",
    "mobile and code may arrive as JSON numbers.",
    _INFERRED,
    "the SDKs for C# (code) and PHP (mobile); C33",
)
COUNTRY_PREFIX: Final = declare(
    "tolerance.country-prefix",
    "+86 or 86 in front of the 11 digits of a mobile number is dropped.",
    _INFERRED,
    "SMS4J; C33",
)
VALUES: Final = declare(
    "tolerance.values",
    "Numbers in temp_para become text; null counts as no value for that variable.",
    _INFERRED,
    "the Go SDK (any value), the Java SDK (null)",
)

_DIGITS: Final = re.compile(r"[0-9]{1,19}")
_PREFIXED: Final = re.compile(r"\+?86(1[0-9]{10})")

#: Integer as which a whole JSON number with a fraction of zero is taken; larger ones are not exact.
_EXACT: Final = 2**53


def normalize(schema: RequestSchema, body: dict[str, Any]) -> dict[str, Any]:
    """Make the documented form of a body out of what a client sent, as far as that is understood."""
    cleaned: dict[str, Any] = {}
    for field in schema.fields:
        value = body.get(field)
        if value is None or (value == "" and schema.properties[field].get("minLength") != 0):
            continue
        understand = _UNDERSTOOD.get(field)
        cleaned[field] = value if understand is None else understand(value)
    return cleaned


def normalize_entry(entry: Any) -> Any:
    """Make the documented form of one entry of a batch."""
    if not isinstance(entry, dict):
        return entry
    told = cast("dict[str, Any]", entry)
    cleaned: dict[str, Any] = {}
    mobile, params = told.get("mobile"), told.get(_PARAMS)
    if mobile is not None and mobile != "":
        cleaned["mobile"] = phone(mobile)
    if params is not None:
        cleaned[_PARAMS] = values(params)
    return cleaned


def phone(value: Any) -> Any:
    """Understand a mobile number: as a JSON number, with the country's prefix."""
    text = digit_text(value)
    if isinstance(text, str) and (match := _PREFIXED.fullmatch(text)):
        return match.group(1)
    return text


def digit_text(value: Any) -> Any:
    """Understand a text of digits that came as a JSON number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def integer(value: Any) -> Any:
    """Understand an integer that came as text of digits, or with a fraction of zero."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    return value


def values(value: Any) -> Any:
    """Understand the values for a template's variables."""
    if not isinstance(value, dict):
        return value
    told = cast("dict[str, Any]", value)
    return {name: _value(each) for name, each in told.items() if each is not None}


def _value(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _entries(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [normalize_entry(entry) for entry in cast("list[object]", value)]


_UNDERSTOOD: Final[dict[str, Callable[[Any], Any]]] = {
    "mobile": phone,
    "code": digit_text,
    "temp_id": integer,
    "sign_id": integer,
    "type": integer,
    "ttl": integer,
    "voice_lang": integer,
    _PARAMS: values,
    RECIPIENTS: _entries,
}
