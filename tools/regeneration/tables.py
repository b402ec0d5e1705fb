"""Make the tables of jsms_api from templates/: return codes and statuses, operations, limits.

The layout is ruff's business; here every value stands on one line.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from tools.regeneration.checks import values_of
from tools.regeneration.document import (
    Source,
    SpecOperation,
    operations,
    parameters,
    request_properties,
    request_schema,
    resolve,
    responses,
)

MADE = "# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again."
_WIDTH = 110
_BOUNDS = (
    *("minLength", "maxLength", "pattern", "minimum", "maximum"),
    *("minItems", "maxItems", "minProperties", "maxProperties"),
)
# A measure is part of the name, so that no one takes days for seconds. Counts of things speak for themselves.
_MEASURES = ("seconds", "minutes", "hours", "days", "working hours", "working days", "bytes", "megabytes")
_TEMPLATES = jinja2.Environment(  # noqa: S701 - Python from our own spec
    loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
)


def write_tables(source: Source) -> dict[str, str]:
    """Return the source of each module by its name, to be formatted."""
    document = source.document
    values = {
        "made": MADE,
        "document": document,
        "sha256": source.sha256,
        "operations": list(operations(document)),
        "categories": values_of("error", "category"),
        "retries": values_of("error", "retry"),
        "credentials": values_of("operation", "x-jsms-credential"),
        "effects": values_of("operation", "x-jsms-effect"),
        "constants": limits(document),
        "literal": literal,
        "docstring": docstring,
        "member": lambda value: value.upper().replace("-", "_"),
        "joined": lambda text: literal(" ".join(text.split())),
        "content_type": lambda operation: request_schema(document, operation)[0],
        "codes": lambda operation: _codes(document, operation),
        "entry_codes": lambda operation: _entry_codes(document, operation),
        "refusals": lambda operation: _refusals(document, operation),
    }
    names = ("error_table.py", "operations.py", "limits.py")
    return {name: _TEMPLATES.get_template(f"{name}.jinja").render(**values) for name in names}


def literal(value: Any) -> str:
    """Return the source of a value: lists become tuples, since a table must not change."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, str) or not isinstance(value, Sequence):
        return repr(value)
    # No comma at the end, which would make the formatter give each item a line of its own.
    items = ", ".join(literal(item) for item in value)
    return f"({items},)" if len(value) == 1 else f"({items})"


def _type_of(value: Any) -> str:
    """Return the annotation for what `literal` writes."""
    if isinstance(value, Mapping):
        return f"Mapping[str, {' | '.join(dict.fromkeys(map(_type_of, value.values())))}]"
    if isinstance(value, str) or not isinstance(value, Sequence):
        return type(value).__name__
    return f"tuple[{' | '.join(dict.fromkeys(map(_type_of, value)))}, ...]"


def docstring(text: str) -> str:
    """Return a docstring of one paragraph, wrapped; its indentation is the formatter's business."""
    words = " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''")
    return '"""' + "\n".join(textwrap.wrap(words, _WIDTH)) + (' """' if words.endswith('"') else '"""')


def _upper_snake(name: str) -> str:
    """Return the constant for a name of the wire: `legalPersonName` and `BatchRecipient` are split at capitals."""
    return re.sub(r"[^0-9A-Z]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()).strip("_")


def _codes(document: dict[str, Any], operation: SpecOperation) -> dict[int, list[int]]:
    return {
        int(status): sorted(response["x-error-codes"])
        for status, response, _ in responses(document, operation)
        if "x-error-codes" in response
    }


def _entry_codes(document: dict[str, Any], operation: SpecOperation) -> list[int]:
    found = (response.get("x-jsms-entry-codes", []) for _, response, _ in responses(document, operation))
    return sorted({code for codes in found for code in codes})


def limits(document: dict[str, Any]) -> list[str]:
    """Return the constants of limits.py: rules across calls, then the bounds of what can be sent.

    What several operations share stands once; another limit of the same name is refused by the type checkers.
    """
    return list(dict.fromkeys([*_rules(document), *_bounds(document)]))


def _rules(document: dict[str, Any]) -> Iterator[str]:
    for name, row in document["x-jsms-limits"].items():
        constant = _upper_snake(name) + ("_" + _upper_snake(row["unit"]) if row["unit"] in _MEASURES else "")
        doubts = f" Doubts: {', '.join(row['doubts'])}." if row.get("doubts") else ""
        about = f"{row['description'].strip()} Unit: {row['unit']}. Source: {row['source']}.{doubts}"
        yield f"{_constant(constant, row['value'])}\n{docstring(about)}"


def _bounds(document: dict[str, Any]) -> Iterator[str]:
    for name, schema in _request_schemas(document).items():
        values = schema.get("additionalProperties")
        properties = {**schema.get("properties", {}), **({"values": values} if isinstance(values, dict) else {})}
        for field, data in properties.items():
            yield from _constants(f"{name}_{field}", {**resolve(document, data, ())[0], **data})
    for name, parameter in document["components"].get("parameters", {}).items():
        yield from _constants(name, resolve(document, parameter["schema"], ())[0])


def _constants(owner: str, data: dict[str, Any]) -> Iterator[str]:
    return (_constant(_upper_snake(f"{owner}_{keyword}"), data[keyword]) for keyword in _BOUNDS if keyword in data)


def _constant(name: str, value: Any) -> str:
    # Checkers read `Final = 10` as the literal 10, so only mappings need a type.
    if isinstance(value, dict):
        return f"{name}: Final[{_type_of(value)}] = MappingProxyType({literal(value)})"
    return f"{name}: Final = {literal(value)}"


def _request_schemas(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return every named schema that a request is made of, each once, in the order of the document."""
    found: set[str] = set()

    def visit(data: Any) -> None:
        if isinstance(data, list):
            for item in data:
                visit(item)
        if not isinstance(data, dict):
            return
        if "$ref" in data:
            target, location = resolve(document, data, ())
            if location[:2] != ("components", "schemas"):
                visit(target)
            elif location[2] not in found:
                found.add(str(location[2]))
                visit(target)
        for key, value in data.items():
            if key not in ("example", "examples"):
                visit(value)

    for operation in operations(document):
        visit(operation.data.get("requestBody", {}))
    return {name: schema for name, schema in document["components"]["schemas"].items() if name in found}


def _refusals(document: dict[str, Any], operation: SpecOperation) -> dict[str, dict[str, int]]:
    _, schema, location = request_schema(document, operation)
    fields = [(name, data) for name, data, _ in request_properties(document, schema, location)]
    fields += [(parameter["name"], parameter) for parameter, _ in parameters(document, operation)]
    table: dict[str, dict[str, int]] = {}
    for name, data in fields:
        if "x-jsms-refusal" in data:
            # An id can stand in the path and in the body; both are refused alike.
            table.setdefault(name, {}).update(data["x-jsms-refusal"])
    return table
