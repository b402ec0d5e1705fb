"""What the spec says about requests: validators compiled once, and violations as return codes. And what real clients
put on the wire beside what the pages document, and how it is understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, cast

import jsonschema_rs
import orjson
from jsms_api.error_table import ErrorCode
from jsms_api.limits import REFUSALS
from jsms_api.operations import OPERATIONS

from ..model.rule_catalog import DECLARED

#: Property that holds the entries of a batch.
RECIPIENTS: Final = "recipients"
_MISSING: Final = "required"
_TYPE: Final = "type"

#: Steps of the decisions (see the catalog of rules) in which a violation is told: types, then what is missing.
_STEPS: Final = (_TYPE, _MISSING)


@dataclass(frozen=True, slots=True)
class Violation:
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

    @property
    def rule_id(self) -> str:
        """Name for the request log: the place in the spec that decided."""
        return f"spec.{self.field}.{self.keyword}"


@cache
def document() -> dict[str, Any]:
    """Load the spec."""
    loaded: dict[str, Any] = orjson.loads(files("jsms_api").joinpath("openapi.json").read_bytes())
    return loaded


class RequestSchema:
    """The schema of one operation's body.

    Attributes:
        operation_id: whose.
        properties: their resolved schemas, in the order of the spec.
    """

    __slots__ = ("_positions", "_refusals", "_validator", "operation_id", "properties")

    def __init__(self, operation_id: str) -> None:
        self.operation_id = operation_id
        info = OPERATIONS[operation_id]
        schemas: dict[str, Any] = document()["components"]["schemas"]
        (media,) = document()["paths"][info.path][info.method.lower()]["requestBody"]["content"].values()
        name = media["schema"]["$ref"].rpartition("/")[2]
        self.properties: dict[str, Any] = {
            field: _resolved(schemas, schema) for field, schema in schemas[name]["properties"].items()
        }
        self._refusals = REFUSALS[operation_id]
        self._positions = {field: position for position, field in enumerate(self.properties)}
        # Only the schemas go in: the rest of the document is no concern of a validator, and costs time.
        self._validator = jsonschema_rs.Draft202012Validator(
            {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
        )

    def accepts(self, body: Any) -> bool:
        """Tell whether the spec lets a body through: a tenth of what listing violations costs."""
        return self._validator.is_valid(body)

    def violations(self, body: Any) -> list[Violation]:
        """List what the spec says against a body, in the order of the decisions."""
        return sorted(map(self._violation, self._validator.iter_errors(body)), key=self._order)

    def _order(self, violation: Violation) -> tuple[int, int, int]:
        step = _STEPS.index(violation.keyword) if violation.keyword in _STEPS else len(_STEPS)
        top = violation.field.partition("[")[0]
        return step, self._positions.get(top, -1), violation.entry or 0

    def _violation(self, error: jsonschema_rs.ValidationError) -> Violation:
        keyword = str(error.schema_path[-1])
        path = [*error.instance_path, *([error.kind.as_dict()["property"]] if keyword == _MISSING else [])]
        field, inner, entry = str(path[0]) if path else "", path[1:], None
        if field == RECIPIENTS and inner:
            # An entry that is no object at all counts as a recipients field of the wrong type.
            entry, field = int(inner[0]), f"{RECIPIENTS}[].{inner[1]}" if len(inner) > 1 else RECIPIENTS
            inner = inner[2:]
        code = self._code(field, keyword, within_params=bool(inner))
        length = len(error.instance) if isinstance(error.instance, str) else 0
        return Violation(
            field, keyword, code, entry if code in OPERATIONS[self.operation_id].entry_codes else None, length
        )

    def _code(self, field: str, keyword: str, *, within_params: bool) -> int:
        if within_params and keyword == "maxLength":
            # No text with such a value is short enough; where that has no code, it is a bad body.
            too_long = ErrorCode.INVALID_CONTENT_LENGTH
            return too_long if too_long in DECLARED[self.operation_id] else ErrorCode.INVALID_BODY
        codes = self._refusals.get(field, {})
        name = "missing" if keyword == _MISSING else keyword
        return codes.get(name, codes.get("invalid", ErrorCode.INVALID_BODY))


def _resolved(schemas: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    return {**schemas[reference.rpartition("/")[2]], **schema} if reference else schema


@cache
def request_schema(operation_id: str) -> RequestSchema:
    """Return the compiled schema of the body that an operation takes."""
    return RequestSchema(operation_id)


def spec_rules() -> list[tuple[str, dict[str, list[str]]]]:
    """List the rules that the refusal map holds: rule id, and the operations by the code they give."""
    found: dict[str, dict[str, list[str]]] = {}
    for operation_id, fields in REFUSALS.items():
        for field, codes in fields.items():
            for keyword, code in codes.items():
                by_code = found.setdefault(f"spec.{field}.{keyword}", {})
                by_code.setdefault(str(code), []).append(operation_id)
    return sorted(found.items())


_PARAMS: Final = "temp_para"

_DIGITS: Final = re.compile(r"[0-9]{1,19}")
_PREFIXED: Final = re.compile(r"\+?86(1[0-9]{10})")

#: Integer as which a whole JSON number with a fraction of zero is taken; larger ones are not exact.
_EXACT: Final = 2**53


def normalize(schema: RequestSchema, body: dict[str, Any]) -> dict[str, Any]:
    """Make the documented form of a body out of what a client sent, as far as that is understood."""
    cleaned: dict[str, Any] = {}
    for field, rules in schema.properties.items():
        value = body.get(field)
        if value is None or (value == "" and rules.get("minLength") != 0):
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
