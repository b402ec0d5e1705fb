"""From the bytes of a request to fields that the spec lets through, or to a refusal: steps 4 to 6.

JSON, and the multipart form of a sign, also as the official SDKs write it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

import orjson
from jsms_api import limits
from jsms_api.error_table import ErrorCode
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from ..model.settings import Reading
from .context import CallContext, Refusal
from .request_schemas import RequestSchema, Violation, integer, normalize, request_schema

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

#: Media types under which JSON is understood without a question.
_JSON: Final = frozenset({"", "application/json"})
#: Media types under which a body is read if it is JSON all the same: what real clients send (C23).
_LENIENT: Final = frozenset({"text/plain", "application/x-www-form-urlencoded"})
MULTIPART: Final = "multipart/form-data"

#: Characters of a sign by another reading (C14).
_SIGN_10: Final = range(9, 11)


class UnreadableError(ValueError):
    """Not JSON, or no form, by the mock's measure."""


@lru_cache(maxsize=256)
def _without_parameters(header: str) -> str:
    return header.partition(";")[0].strip().lower()


def _judge_envelope(call: CallContext) -> str:
    """Judge media type and size; return the media type, empty if there is none."""
    request, settings = call.request, call.components.settings
    found = _without_parameters(request.headers.get("content-type", ""))
    if call.info.content_type == MULTIPART:
        largest = settings.max_form_bytes
        # A request without type and body misses its body first of all.
        fits = found == MULTIPART or (found == "" and not request.body)
    else:
        largest = settings.max_body_bytes
        fits = found in _JSON or (found in _LENIENT and not call.reads(Reading.JSON_DEMANDED))
    if not fits:
        raise Refusal("media.mismatch")
    if not request.body:
        raise Refusal("body.missing")
    if len(request.body) > largest:
        raise Refusal("body.too-large")
    return found


def read_json(call: CallContext) -> None:
    """Read a JSON body into `call.body`, and the form of batch entries into `call.entry_refusals`.

    Raises:
        Refusal: the body is not what the spec asks for.
    """
    media_type = _judge_envelope(call)
    try:
        body = read_json_text(call.request.body)
    except UnreadableError:
        raise Refusal("media.not-json" if media_type in _LENIENT else "body.unreadable") from None
    if not isinstance(body, dict):
        raise Refusal("body.not-an-object")
    call.sent = cast("dict[str, Any]", body)
    schema = request_schema(call.info.operation_id)
    call.body = normalize(schema, call.sent)
    if call.reads(Reading.NO_PREFIX) and isinstance(call.sent.get("mobile"), str):
        call.body["mobile"] = call.sent["mobile"]
    _judge_by_spec(call, schema)


def read_json_text(body: bytes) -> Any:
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


def _judge_by_spec(call: CallContext, schema: RequestSchema) -> None:
    if schema.accepts(call.body):
        return
    for violation in schema.violations(call.body):
        refusal = Refusal(violation.rule_id, violation.code)
        if violation.entry is not None:
            call.entry_refusals.setdefault(violation.entry, refusal)
        elif not _is_judged_by_setting(call, violation):
            raise refusal


def _is_judged_by_setting(call: CallContext, violation: Violation) -> bool:
    """Tell whether the mock judges a bound instead of the spec, because a setting can widen it."""
    if violation.field == "sign" and violation.length in _SIGN_10:
        return call.reads(Reading.LONGER_SIGNS)
    if violation.field == "tag" and violation.keyword == "maxLength":
        return call.reads(Reading.LONG_TAGS)
    return (violation.field, violation.code) == ("remark", ErrorCode.REMARK_TOO_LONG)


# Forms.

#: Under these names pictures came before 2025-09, of no named format or size; the Java SDK sends all as `images`.
_OLD_PICTURES: Final = frozenset({"image0", "image1", "image2", "image3", "images"})
_NEW_PICTURES: Final = frozenset(
    {"idCardImage", "businessLicenseImage", "icpAppScreenshot", "trademarkImage", "thirdPartyAuthImage", "otherImage"}
)
_PICTURE_STARTS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form: name of the field, and the bytes."""

    name: str
    content: bytes


def read_sign_form(call: CallContext) -> None:
    """Read the form of a sign into `call.body`, pictures as empty text, and judge it.

    Raises:
        Refusal: no form, or not what the spec asks for; in strict mode also what is missing.
    """
    _judge_envelope(call)
    schema = request_schema(call.info.operation_id)
    fields: dict[str, Any] = {}
    try:
        parts = read_parts(call.request.headers.get("content-type", ""), call.request.body)
        for part in parts:
            known = schema.properties.get(part.name)
            if known is None:
                continue
            is_picture = known.get("format") == "binary"
            if part.name in fields and not is_picture:
                raise UnreadableError(f"{part.name} is sent twice")
            fields[part.name] = "" if is_picture else part.content.decode()
    except ValueError:
        raise Refusal("body.not-a-form") from None
    if "type" in fields:
        fields["type"] = integer(fields["type"])
    call.body = call.sent = fields
    _judge_by_spec(call, schema)
    if call.components.settings.strict_signs:
        _judge_completeness(fields)
    for part in parts:
        if part.name in _OLD_PICTURES | _NEW_PICTURES and len(part.content) > limits.SIGN_IMAGE_SIZE_BYTES:
            raise Refusal("sign.picture-size")
        if part.name in _NEW_PICTURES and not part.content.startswith(_PICTURE_STARTS):
            raise Refusal("sign.picture-format")


def _judge_completeness(body: dict[str, Any]) -> None:
    always, of_type = limits.SIGN_REQUIRED_PARTS["always"], limits.SIGN_REQUIRED_PARTS.get(str(body.get("type")))
    if any(name not in body and name not in _NEW_PICTURES for name in always):
        raise Refusal("sign.text-missing")
    if of_type is None:
        raise Refusal("sign.type-gone")
    if any(name not in body for name in (*always, *of_type)):
        raise Refusal("sign.picture-missing")


def read_parts(content_type: str, body: bytes) -> list[Part]:
    """Take a form apart, in memory, empty parts left out.

    Raises:
        UnreadableError: no boundary, broken, or cut off before its end.
    """
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise UnreadableError("no boundary")
    collector = _Collector()
    try:
        parser = MultipartParser(boundary, collector.callbacks())
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise UnreadableError(str(error)) from error
    if not collector.ended:
        raise UnreadableError("cut off before the end")
    return [part for part in collector.parts if part.content]


class _Collector:
    """Gathers what the parser finds."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.ended = False
        self._data = bytearray()
        self._field = bytearray()
        self._value = bytearray()
        self._headers: dict[bytes, bytes] = {}

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_part_data": lambda data, start, end: self._data.extend(data[start:end]),
            "on_part_end": self._end,
            "on_header_field": lambda data, start, end: self._field.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header,
            "on_end": self._all,
        }

    def _begin(self) -> None:
        self._data, self._headers = bytearray(), {}

    def _header(self) -> None:
        self._headers[bytes(self._field).strip().lower()] = bytes(self._value)
        self._field, self._value = bytearray(), bytearray()

    def _end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name")
        if name is None:
            raise UnreadableError("a part without a name")
        self.parts.append(Part(name.decode("utf-8", "replace"), bytes(self._data)))

    def _all(self) -> None:
        self.ended = True
