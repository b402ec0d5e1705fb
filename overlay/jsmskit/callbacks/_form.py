"""The form of a callback: five texts, taken from the raw body or from a framework's mapping of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final, NoReturn, cast
from urllib.parse import parse_qsl

from ..errors import MalformedCallbackError

MAX_BODY_BYTES: Final = 64 * 1024
"""The most bytes of a body that are read. Documented callbacks have less than one kilobyte."""
_MAX_FIELDS: Final = 16

# A signed 64-bit number, kept as text: the signature is made of the text as received.
_NONCE: Final = re.compile(r"-?[0-9]{1,20}")
_MILLIS: Final = re.compile(r"[0-9]{1,16}")
# The type is logged, so that it holds nothing that could forge a line of the log.
_TYPE: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
# Only letters and digits go back out, so that the handshake can never be made to echo a script.
_ECHO: Final = re.compile(r"[A-Za-z0-9]{1,64}")


@dataclass(frozen=True, slots=True, repr=False)
class CallbackForm:
    """The fields as received, before anything is verified. The repr shows none of them."""

    nonce: str
    timestamp: str
    signature: str
    type: str
    data: str

    def __repr__(self) -> str:
        return "CallbackForm(hidden)"


def read_form(form: Mapping[str, object] | bytes | str) -> CallbackForm:
    """Return the five fields of a raw body, or of the mapping that a framework made of it.

    Further fields are ignored, as the documentation asks. Raises `MalformedCallbackError` if a field is
    missing, occurs twice or has another form, or if the body is too large or not a form.
    """
    given = _decode(form) if isinstance(form, (bytes, str)) else form
    if not hasattr(given, "get"):
        _malformed("The form is neither a body nor a mapping.")
    read = CallbackForm(*(_only_value(given, field.name) for field in fields(CallbackForm)))
    for name, pattern, value in (
        ("nonce", _NONCE, read.nonce),
        ("timestamp", _MILLIS, read.timestamp),
        ("type", _TYPE, read.type),
    ):
        if not pattern.fullmatch(value):
            _malformed(f"The field {name} is malformed.")
    return read


def challenge_response(query: Mapping[str, object] | bytes | str) -> bytes:
    """Return the value of `echostr` in a query string. Raises `MalformedCallbackError` if it is not 1 to 64
    letters and digits.
    """
    value = _only_value(_decode(query) if isinstance(query, (bytes, str)) else query, "echostr")
    if not _ECHO.fullmatch(value):
        _malformed("The query parameter echostr is not 1 to 64 letters and digits.")
    return value.encode("ascii")


def _decode(body: bytes | str) -> dict[str, list[str]]:
    # Lists, since a field that occurs twice must be refused: readers differ in which one counts.
    decoded: dict[str, list[str]] = {}
    try:
        if isinstance(body, str):
            body = body.encode("utf-8")
        if len(body) > MAX_BODY_BYTES:
            _malformed(f"The body has {len(body)} bytes, at most {MAX_BODY_BYTES} are read.")
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
        for name, value in pairs:
            decoded.setdefault(name, []).append(value)
    except ValueError:  # no UTF-8, a part without =, or too many parts; its text may quote the body
        decoded = {}
    if not decoded:
        _malformed("The body is not a form (application/x-www-form-urlencoded, UTF-8).")
    return decoded


def _only_value(given: Mapping[str, object], name: str) -> str:
    # The multi-value mappings of the frameworks return one value by [] and all by getlist.
    values: object = getattr(given, "getlist", given.get)(name)
    if isinstance(values, (list, tuple)):
        several = cast("list[object]", values)
        if len(several) > 1:
            _malformed(f"The field {name} occurs {len(several)} times.")
        values = several[0] if several else None
    if isinstance(values, int) and not isinstance(values, bool) and abs(values) < 10**20:
        return str(values)
    if values is None:
        _malformed(f"The field {name} is missing.")
    if not isinstance(values, str):
        _malformed(f"The field {name} is not text.")
    if len(values) > MAX_BODY_BYTES:
        _malformed(f"The field {name} is too long.")
    return values


def _malformed(message: str) -> NoReturn:
    raise MalformedCallbackError(message)
