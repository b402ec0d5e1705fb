"""Writes jsms_api/limits.py: the bounds of all that can be sent, and the code for each breach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tools.regeneration.document import (
    operations,
    parameters,
    reference_name,
    request_properties,
    request_schema,
    resolve,
)
from tools.regeneration.problem import Finding, RegenerationError
from tools.regeneration.python_text import MADE, docstring, literal, type_of, upper_snake
from tools.regeneration.sources import Location, Source

_HEAD = f'''{MADE}
"""What the service takes: rules across calls, bounds of every field that can be sent, the code for a breach.

Bounds carry the name of their schema, property and JSON Schema keyword. Patterns name an alphabet and are
anchored; lengths count characters, not bytes.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
'''

_BOUNDS = (
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
)

# A measure is part of the name, so that no one takes days for seconds. Counts of things speak for themselves.
_MEASURES = ("seconds", "minutes", "hours", "days", "working hours", "working days", "bytes", "megabytes")


def write_limits(source: Source) -> str:
    """Return the source of the module, to be formatted. Raise RegenerationError if two constants would have
    one name.
    """
    constants: dict[str, str] = {}
    findings: list[Finding] = []
    for name, text, location in [*_rules(source.document), *_bounds(source.document)]:
        if constants.setdefault(name, text) != text:
            findings.append(
                source.finding(location, f"its constant {name} is the name of another limit", "rename one of them")
            )
    if findings:
        raise RegenerationError(findings)
    refusals = {
        operation.operation_id: _refusals(source.document, operation) for operation in operations(source.document)
    }
    return "\n".join(
        [
            _HEAD,
            *constants.values(),
            "REFUSALS: Final[Mapping[str, Mapping[str, Mapping[str, int]]]] = MappingProxyType({",
            *(f"{literal(name)}: {literal(table)}," for name, table in refusals.items()),
            "})",
            docstring(
                "By operationId and by the name of a property or path parameter: the code for an absent "
                "value (missing), one of the wrong JSON type (type), one that breaks the named keyword, and "
                "any other breach (invalid). Properties of batch entries are named recipients[].mobile; "
                "their codes are given for the entry, not for the request."
            ),
        ]
    )


def _rules(document: dict[str, Any]) -> Iterator[tuple[str, str, Location]]:
    for name, row in document["x-jsms-limits"].items():
        constant = upper_snake(name) + ("_" + upper_snake(row["unit"]) if row["unit"] in _MEASURES else "")
        doubts = f" Doubts: {', '.join(row['doubts'])}." if row.get("doubts") else ""
        about = f"{row['description'].strip()} Unit: {row['unit']}. Source: {row['source']}.{doubts}"
        yield constant, _constant(constant, row["value"], about), ("x-jsms-limits", name)


def _bounds(document: dict[str, Any]) -> Iterator[tuple[str, str, Location]]:
    for schema, location in _request_schemas(document):
        values = schema.get("additionalProperties")
        properties = {**schema.get("properties", {}), **({"values": values} if isinstance(values, dict) else {})}
        for name, data in properties.items():
            whole, _ = resolve(document, data, location)
            yield from _constants(f"{location[-1]}_{name}", {**whole, **data}, (*location, "properties", name))
    for parameter, location in _path_parameters(document):
        whole, _ = resolve(document, parameter["schema"], location)
        yield from _constants(str(location[-1]), whole, location)


def _constants(owner: str, data: dict[str, Any], location: Location) -> Iterator[tuple[str, str, Location]]:
    for keyword in _BOUNDS:
        if keyword in data:
            name = upper_snake(f"{owner}_{keyword}")
            yield name, _constant(name, data[keyword], ""), (*location, keyword)


def _constant(name: str, value: Any, about: str) -> str:
    # Numbers and texts are exact types by themselves: checkers read `Final = 10` as the literal 10.
    annotation = f"Final[{type_of(value)}]" if isinstance(value, dict) else "Final"
    source = f"MappingProxyType({literal(value)})" if isinstance(value, dict) else literal(value)
    return f"{name}: {annotation} = {source}" + (f"\n{docstring(about)}" if about else "")


def _request_schemas(document: dict[str, Any]) -> list[tuple[dict[str, Any], Location]]:
    """Return every named schema that a request is made of, each once, in the order of the document."""
    found: dict[str, tuple[dict[str, Any], Location]] = {}

    def visit(data: Any) -> None:
        if isinstance(data, list):
            for item in data:
                visit(item)
        if not isinstance(data, dict):
            return
        name = reference_name(data)
        if name is not None and name not in found:
            found[name] = resolve(document, data, ())
            visit(found[name][0])
        for key, value in data.items():
            if key not in ("example", "examples"):
                visit(value)

    for operation in operations(document):
        visit(operation.data.get("requestBody", {}))
    order = list(document["components"]["schemas"])
    named = (entry for entry in found.values() if entry[1][:2] == ("components", "schemas"))
    return sorted(named, key=lambda entry: order.index(str(entry[1][-1])))


def _path_parameters(document: dict[str, Any]) -> list[tuple[dict[str, Any], Location]]:
    found = {
        location: (parameter, location)
        for operation in operations(document)
        for parameter, location in parameters(document, operation)
        if location[:2] == ("components", "parameters")
    }
    return sorted(found.values(), key=lambda entry: list(document["components"]["parameters"]).index(str(entry[1][-1])))


def _refusals(document: dict[str, Any], operation: Any) -> dict[str, dict[str, int]]:
    _, schema, location = request_schema(document, operation)
    fields = [(name, data) for name, data, _ in request_properties(document, schema, location)]
    fields += [(parameter["name"], parameter) for parameter, _ in parameters(document, operation)]
    table: dict[str, dict[str, int]] = {}
    for name, data in fields:
        if "x-jsms-refusal" in data:
            # An id can stand in the path and in the body; both are refused alike.
            table.setdefault(name, {}).update(data["x-jsms-refusal"])
    return table
