"""The form of a callback: five texts, taken out of whatever a framework hands over.

Knows the form encoding and the shape of the five fields. Must not know signatures, time or what `data` means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, NoReturn, cast
from urllib.parse import parse_qsl

from ..errors import MalformedCallbackError

__all__ = ["MAX_BODY_BYTES", "CallbackForm", "echo_of", "read_form"]

MAX_BODY_BYTES: Final = 64 * 1024
"""The most bytes of a body that are read. Documented callbacks have less than one kilobyte."""
_MAX_FIELDS: Final = 16

# A signed 64-bit number, kept as text: the signature is made of the text as received.
_NONCE: Final = re.compile(r"-?[0-9]{1,20}")
_MILLIS: Final = re.compile(r"[0-9]{1,16}")
_TYPE: Final = re.compile(r"[A-Za-z0-9_]{1,64}")
# Only letters and digits go back out, so that the handshake can never be made to echo a script.
_ECHO: Final = re.compile(r"[A-Za-z0-9]{1,64}")


class CallbackForm(NamedTuple):
    """The fields as received. Nothing is verified yet."""

    nonce: str
    timestamp: str
    signature: str
    type: str
    data: str


def read_form(form: Mapping[str, object] | bytes | str) -> CallbackForm:
    """Take the five fields out of a raw body, or out of the mapping that a framework made of it.

    Further fields are ignored, as the documentation asks. Raises `MalformedCallbackError` if a field is
    missing, stands there twice or has another form, or if the body is too large or no form.
    """
    fields = _decoded(form) if isinstance(form, (bytes, str)) else form
    values = [_only_value(fields, name) for name in CallbackForm._fields]
    read = CallbackForm(*values)
    for name, pattern, value in (
        ("nonce", _NONCE, read.nonce),
        ("timestamp", _MILLIS, read.timestamp),
        ("type", _TYPE, read.type),
    ):
        if not pattern.fullmatch(value):
            _malformed(f"The field {name} has a wrong form.")
    return read


def echo_of(query: Mapping[str, object] | bytes | str) -> bytes:
    """The value of `echostr` in a query string; raises `MalformedCallbackError` if it is not 1 to 64 letters
    and digits.
    """
    value = _only_value(_decoded(query) if isinstance(query, (bytes, str)) else query, "echostr")
    if not _ECHO.fullmatch(value):
        _malformed("The query parameter echostr is not 1 to 64 letters and digits.")
    return value.encode("ascii")


def _decoded(body: bytes | str) -> dict[str, list[str]]:
    # Lists, since a field that stands there twice must be refused: readers differ in which one counts.
    fields: dict[str, list[str]] = {}
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
            fields.setdefault(name, []).append(value)
    except ValueError:  # no UTF-8, a part without =, or too many parts; its text may quote the body
        fields = {}
    if not fields:
        _malformed("The body is no form (application/x-www-form-urlencoded, UTF-8).")
    return fields


def _only_value(fields: Mapping[str, object], name: str) -> str:
    # The multi-value mappings of the frameworks give one value by [] and all by getlist.
    values: object = getattr(fields, "getlist", fields.get)(name)
    if isinstance(values, (list, tuple)):
        several = cast("list[object]", values)
        if len(several) > 1:
            _malformed(f"The field {name} stands there {len(several)} times.")
        values = several[0] if several else None
    if isinstance(values, int) and not isinstance(values, bool) and abs(values) < 10**20:
        return str(values)
    if values is None:
        _malformed(f"The field {name} is missing.")
    if not isinstance(values, str):
        _malformed(f"The field {name} is no text.")
    if len(values) > MAX_BODY_BYTES:
        _malformed(f"The field {name} is too long.")
    return values


def _malformed(message: str) -> NoReturn:
    raise MalformedCallbackError(message)
