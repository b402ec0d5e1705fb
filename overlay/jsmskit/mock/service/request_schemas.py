"""What the spec says about requests: validators compiled once, and violations as return codes.

Knows openapi.json and the refusal map made from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

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

#: Where a violation stands in the order of the decisions (see `rules`).
_STEP: Final = {_TYPE: 4, _MISSING: 5}
_FORM_STEP: Final = 6


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """A field that the spec does not let through.

    Attributes:
        step: of the decision order, 4 to 6.
        position: of the field among the fields of the request.
        entry: which entry of a batch; None for the request as a whole.
        code: that the spec gives for it.
        field: as in the refusal map, such as `recipients[].mobile`.
        keyword: of JSON Schema.
        length: characters of a text that is too long or short; 0 otherwise.
    """

    step: int
    position: int
    entry: int | None
    code: int
    field: str
    keyword: str
    length: int = 0

    @property
    def rule_id(self) -> str:
        """Name for the request log: the place in the spec that decided."""
        return f"spec.{self.field}.{self.keyword}"


@cache
def document() -> dict[str, Any]:
    """Load the spec."""
    loaded: dict[str, Any] = orjson.loads(files("jsms_api").joinpath("openapi.json").read_bytes())
    return loaded


def _request_schema(operation_id: str) -> str | None:
    info = OPERATIONS[operation_id]
    operation = document()["paths"][info.path][info.method.lower()]
    if "requestBody" not in operation:
        return None
    (media,) = operation["requestBody"]["content"].values()
    return str(media["schema"]["$ref"].rpartition("/")[2])


class RequestSchema:
    """The schema of one operation's body.

    Attributes:
        operation_id: whose.
        fields: names of the properties, in the order of the spec.
        formats: what each property is for `normalization`: its resolved schema.
    """

    __slots__ = ("_positions", "_refusals", "_validator", "fields", "operation_id", "properties")

    def __init__(self, operation_id: str, name: str) -> None:
        self.operation_id = operation_id
        schemas: dict[str, Any] = document()["components"]["schemas"]
        self.properties: dict[str, Any] = {
            field: _resolved(schemas, schema) for field, schema in schemas[name]["properties"].items()
        }
        self.fields = tuple(self.properties)
        self._refusals = REFUSALS[operation_id]
        self._positions = {field: position for position, field in enumerate(self.fields)}
        # Only the schemas go in: the rest of the document is no concern of a validator, and costs time.
        self._validator = jsonschema_rs.Draft202012Validator(
            {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
        )

    def accepts(self, body: Any) -> bool:
        """Tell whether the spec lets a body through; the fast path."""
        return self._validator.is_valid(body)

    def violations(self, body: Any) -> list[Violation]:
        """List what the spec says against a body, in the order of the decisions."""
        return sorted(self._violations(body), key=lambda each: (each.step, each.position, each.entry or 0))

    def _violations(self, body: Any) -> Iterator[Violation]:
        for error in self._validator.iter_errors(body):
            path = list(error.instance_path)
            keyword = str(error.schema_path[-1])
            if keyword == _MISSING:
                path.append(error.kind.as_dict()["property"])
            yield self._violation(path, keyword, error.instance)

    def _violation(self, path: list[str | int], keyword: str, instance: Any) -> Violation:
        top, entry = str(path[0]) if path else "", None
        field, inner = top, path[1:]
        if top == RECIPIENTS and inner:
            entry = int(inner[0])
            # An entry that is no object at all counts as a recipients field of the wrong type.
            field = f"{RECIPIENTS}[].{inner[1]}" if len(inner) > 1 else RECIPIENTS
            inner = inner[2:]
        code = self._code(field, keyword, within_params=bool(inner))
        per_entry = entry if code in OPERATIONS[self.operation_id].entry_codes else None
        length = len(instance) if isinstance(instance, str) else 0
        step = _STEP.get(keyword, _FORM_STEP)
        return Violation(step, self._positions.get(top, -1), per_entry, code, field, keyword, length)

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
def request_schema(operation_id: str) -> RequestSchema | None:
    """Return the compiled schema of an operation's body; None if it takes none."""
    name = _request_schema(operation_id)
    return None if name is None else RequestSchema(operation_id, name)


def spec_rules() -> list[tuple[str, dict[str, list[str]]]]:
    """List the rules that the refusal map holds: rule id, and the operations by the code they give."""
    found: dict[str, dict[str, list[str]]] = {}
    for operation_id, fields in REFUSALS.items():
        for field, codes in fields.items():
            for keyword, code in codes.items():
                by_code = found.setdefault(f"spec.{field}.{keyword}", {})
                by_code.setdefault(str(code), []).append(operation_id)
    return sorted(found.items())
