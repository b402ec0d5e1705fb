"""From the bytes of a request to fields that the spec lets through, or to a refusal: steps 4 to 6.

JSON, and the multipart form of a sign, also as real clients write them beside what the pages document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import jsonschema_rs
import orjson
from jsms_api import limits
from jsms_api.error_table import ErrorCode
from jsms_api.limits import REFUSALS
from jsms_api.operations import OPERATIONS, OperationInfo
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from ..model.rule_catalog import DECLARED
from ..model.settings import Reading
from .context import CallContext, Refusal

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

#: Media types under which JSON is understood without a question.
_JSON: Final = frozenset({"", "application/json"})
#: Media types under which a body is read if it is JSON all the same: what real clients send (C23).
_LENIENT: Final = frozenset({"text/plain", "application/x-www-form-urlencoded"})
MULTIPART: Final = "multipart/form-data"

_RECIPIENTS: Final = "recipients"


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
        # orjson refuses what json takes: NaN, half a surrogate pair, a byte order mark.
        orjson.loads(call.request.body)
        body = _DECODER.decode(call.request.body.decode())
    except (ValueError, RecursionError):
        raise Refusal("media.not-json" if media_type in _LENIENT else "body.unreadable") from None
    if not isinstance(body, dict):
        raise Refusal("body.not-an-object")
    call.sent = cast("dict[str, Any]", body)
    properties = _properties(_schema_name(call.info.operation_id))
    call.body = _normalize(properties, call.sent)
    if call.reads(Reading.NO_PREFIX) and isinstance(call.sent.get("mobile"), str):
        call.body["mobile"] = call.sent["mobile"]
    _judge_by_spec(call)


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise UnreadableError("a name appears twice in one object: which of the two counts is undefined")
    return value


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_unique_names)


# What real clients send, in its documented form.

_DIGITS: Final = re.compile(r"[0-9]{1,19}")
_PREFIXED: Final = re.compile(r"\+?86(1[0-9]{10})")

#: Integer as which a whole JSON number with a fraction of zero is taken; larger ones are not exact.
_EXACT: Final = 2**53


def _normalize(properties: Mapping[str, Mapping[str, Any]], body: dict[str, Any]) -> dict[str, Any]:
    """Make the documented form of a body, or of an entry of a batch, as far as what was sent is understood."""
    cleaned: dict[str, Any] = {}
    for field, rules in properties.items():
        value = body.get(field)
        if value is None or (value == "" and rules.get("minLength") != 0):
            continue
        understand = _UNDERSTOOD.get(field)
        cleaned[field] = value if understand is None else understand(value)
    return cleaned


def _phone(value: Any) -> Any:
    """Understand a mobile number: as a JSON number, with the country's prefix."""
    text = _digit_text(value)
    if isinstance(text, str) and (match := _PREFIXED.fullmatch(text)):
        return match.group(1)
    return text


def _digit_text(value: Any) -> Any:
    """Understand a text of digits that came as a JSON number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _integer(value: Any) -> Any:
    """Understand an integer that came as text of digits, or with a fraction of zero."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    return value


def _values(value: Any) -> Any:
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
    return [_entry(each) for each in cast("list[object]", value)]


def _entry(value: object) -> Any:
    if not isinstance(value, dict):
        return value
    return _normalize(_properties("BatchRecipient"), cast("dict[str, Any]", value))


_UNDERSTOOD: Final[dict[str, Callable[[Any], Any]]] = {
    "mobile": _phone,
    "code": _digit_text,
    "temp_id": _integer,
    "sign_id": _integer,
    "type": _integer,
    "ttl": _integer,
    "voice_lang": _integer,
    "temp_para": _values,
    _RECIPIENTS: _entries,
}


# The spec.

#: Keywords in the order in which their breaches are told: types, then what is missing, then all others.
_MISSING: Final = "required"
_STEPS: Final = {"type": 0, _MISSING: 1}

#: Characters of a sign by another reading (C14).
_SIGN_10: Final = range(9, 11)


@cache
def document() -> dict[str, Any]:
    """Load the spec."""
    loaded: dict[str, Any] = orjson.loads(files("jsms_api").joinpath("openapi.json").read_bytes())
    return loaded


@cache
def _schema_name(operation_id: str) -> str:
    info = OPERATIONS[operation_id]
    (media,) = document()["paths"][info.path][info.method.lower()]["requestBody"]["content"].values()
    return str(media["schema"]["$ref"]).rpartition("/")[2]


@cache
def _properties(schema_name: str) -> dict[str, dict[str, Any]]:
    """List the fields of a schema with their rules, references resolved, in the order of the spec."""
    schemas = document()["components"]["schemas"]
    return {
        field: {**schemas[rules["$ref"].rpartition("/")[2]], **rules} if "$ref" in rules else rules
        for field, rules in schemas[schema_name]["properties"].items()
    }


@cache
def _validator(schema_name: str) -> jsonschema_rs.Draft202012Validator:
    # Only the schemas go in: the rest of the document is no concern of a validator, and costs time.
    schemas = {"schemas": document()["components"]["schemas"]}
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/components/schemas/{schema_name}", "components": schemas})


class _Violation(NamedTuple):
    """A field that the spec does not let through.

    Attributes:
        field: as in the refusal map, such as `recipients[].mobile`.
        keyword: of JSON Schema.
        code: that the spec gives for it.
        entry: which entry of a batch; None for the request as a whole.
        length: characters of a text that is too long or short; 0 otherwise.
    """

    field: str
    keyword: str
    code: int
    entry: int | None
    length: int


def _judge_by_spec(call: CallContext) -> None:
    schema_name = _schema_name(call.info.operation_id)
    validator = _validator(schema_name)
    if validator.is_valid(call.body):  # a tenth of what listing violations costs
        return
    fields = list(_properties(schema_name))

    def order(violation: _Violation) -> tuple[int, int, int]:
        top = violation.field.partition("[")[0]
        position = fields.index(top) if top in fields else -1
        return _STEPS.get(violation.keyword, len(_STEPS)), position, violation.entry or 0

    violations = [_violation(call.info, error) for error in validator.iter_errors(call.body)]
    for violation in sorted(violations, key=order):
        refusal = Refusal(f"spec.{violation.field}.{violation.keyword}", violation.code)
        if violation.entry is not None:
            call.entry_refusals.setdefault(violation.entry, refusal)
        elif not _is_judged_by_setting(call, violation):
            raise refusal


def _is_judged_by_setting(call: CallContext, violation: _Violation) -> bool:
    """Tell whether the mock judges a bound instead of the spec, because a setting can widen it."""
    if violation.field == "sign" and violation.length in _SIGN_10:
        return call.reads(Reading.LONGER_SIGNS)
    if violation.field == "tag" and violation.keyword == "maxLength":
        return call.reads(Reading.LONG_TAGS)
    return (violation.field, violation.code) == ("remark", ErrorCode.REMARK_TOO_LONG)


def _violation(info: OperationInfo, error: jsonschema_rs.ValidationError) -> _Violation:
    keyword = str(error.schema_path[-1])
    path = [*error.instance_path, *([error.kind.as_dict()["property"]] if keyword == _MISSING else [])]
    field, inner, entry = str(path[0]) if path else "", path[1:], None
    if field == _RECIPIENTS and inner:
        # An entry that is no object at all counts as a recipients field of the wrong type.
        entry, field = int(inner[0]), f"{_RECIPIENTS}[].{inner[1]}" if len(inner) > 1 else _RECIPIENTS
        inner = inner[2:]
    code = _code(info.operation_id, field, keyword, within_params=bool(inner))
    length = len(error.instance) if isinstance(error.instance, str) else 0
    return _Violation(field, keyword, code, entry if code in info.entry_codes else None, length)


def _code(operation_id: str, field: str, keyword: str, *, within_params: bool) -> int:
    if within_params and keyword == "maxLength":
        # No text with such a value is short enough; where that has no code, it is a bad body.
        too_long = ErrorCode.INVALID_CONTENT_LENGTH
        return too_long if too_long in DECLARED[operation_id] else ErrorCode.INVALID_BODY
    codes = REFUSALS[operation_id].get(field, {})
    name = "missing" if keyword == _MISSING else keyword
    return codes.get(name, codes.get("invalid", ErrorCode.INVALID_BODY))


# Forms.

#: Under these names pictures came before 2025-09, of no named format or size; the Java SDK sends all as `images`.
_OLD_PICTURES: Final = frozenset({"image0", "image1", "image2", "image3", "images"})
_NEW_PICTURES: Final = frozenset(
    {"idCardImage", "businessLicenseImage", "icpAppScreenshot", "trademarkImage", "thirdPartyAuthImage", "otherImage"}
)
_PICTURE_STARTS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


def read_sign_form(call: CallContext) -> None:
    """Read the form of a sign into `call.body`, pictures as empty text, and judge it.

    Raises:
        Refusal: no form, or not what the spec asks for; in strict mode also what is missing.
    """
    _judge_envelope(call)
    properties = _properties(_schema_name(call.info.operation_id))
    fields: dict[str, Any] = {}
    try:
        parts = _read_parts(call.request.headers.get("content-type", ""), call.request.body)
        for name, content in parts:
            known = properties.get(name)
            if known is None:
                continue
            is_picture = known.get("format") == "binary"
            if name in fields and not is_picture:
                raise UnreadableError(f"{name} is sent twice")
            fields[name] = "" if is_picture else content.decode()
    except ValueError:
        raise Refusal("body.not-a-form") from None
    if "type" in fields:
        fields["type"] = _integer(fields["type"])
    call.body = call.sent = fields
    _judge_by_spec(call)
    if call.components.settings.strict_signs:
        _judge_completeness(fields)
    for name, content in parts:
        if name in _OLD_PICTURES | _NEW_PICTURES and len(content) > limits.SIGN_IMAGE_SIZE_BYTES:
            raise Refusal("sign.picture-size")
        if name in _NEW_PICTURES and not content.startswith(_PICTURE_STARTS):
            raise Refusal("sign.picture-format")


def _judge_completeness(body: dict[str, Any]) -> None:
    always, of_type = limits.SIGN_REQUIRED_PARTS["always"], limits.SIGN_REQUIRED_PARTS.get(str(body.get("type")))
    if any(name not in body and name not in _NEW_PICTURES for name in always):
        raise Refusal("sign.text-missing")
    if of_type is None:
        raise Refusal("sign.type-gone")
    if any(name not in body for name in (*always, *of_type)):
        raise Refusal("sign.picture-missing")


def _read_parts(content_type: str, body: bytes) -> list[tuple[str, bytes]]:
    """Take a form apart: names and contents, in memory, empty parts left out.

    Raises:
        UnreadableError: no boundary, broken, or cut off before its end.
    """
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise UnreadableError("no boundary")
    parts: list[tuple[str, bytes]] = []
    ends: list[bool] = []
    content, field, value, disposition = bytearray(), bytearray(), bytearray(), bytearray()

    def end_header() -> None:
        if bytes(field).strip().lower() == b"content-disposition":
            disposition[:] = value
        field.clear()
        value.clear()

    def end_part() -> None:
        name = parse_options_header(bytes(disposition))[1].get(b"name")
        if name is None:
            raise UnreadableError("a part without a name")
        if content:
            parts.append((name.decode("utf-8", "replace"), bytes(content)))
        content.clear()
        disposition.clear()

    # The library's FormParser heeds capitals in names of headers until 0.0.20.
    callbacks: MultipartCallbacks = {
        "on_header_field": lambda data, start, end: field.extend(data[start:end]),
        "on_header_value": lambda data, start, end: value.extend(data[start:end]),
        "on_header_end": end_header,
        "on_part_data": lambda data, start, end: content.extend(data[start:end]),
        "on_part_end": end_part,
        "on_end": lambda: ends.append(True),
    }
    try:
        parser = MultipartParser(boundary, callbacks)
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise UnreadableError(str(error)) from error
    if not ends:
        raise UnreadableError("cut off before the end")
    return parts
