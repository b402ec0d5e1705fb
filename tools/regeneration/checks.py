"""What must be true of spec/openapi.yaml before anything is made from it.

openapi-spec-validator judges the structure, spec/lint/tables.schema.yaml our tables and keys. The rest is here: that
tables are sorted, and that every code exists in the table and stands under the status that it has there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from tools.regeneration.document import (
    Finding,
    Location,
    RegenerationError,
    Source,
    SpecOperation,
    operations,
    parameters,
    request_properties,
    request_schema,
    resolve,
    responses,
)

SCHEMA: dict[str, Any] = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "spec" / "lint" / "tables.schema.yaml").read_text("utf-8")
)
REFUSAL_KINDS = ("missing", "type", "invalid")
_NO_KEYWORDS = {"description", "title", "example", "examples", "type", "format", "default"}
_ADD_ROW = "add the row to x-errors, or correct the number"


def values_of(definition: str, key: str) -> list[str]:
    """Return the words that a key of a row, or of an operation, may have."""
    values: list[str] = SCHEMA["$defs"][definition]["properties"][key]["enum"]
    return values


def check_spec(source: Source) -> None:
    """Raise RegenerationError with every finding; return if the spec can be used."""
    findings = structure(source)
    if not findings:
        findings = [*_tables(source)]
        for operation in operations(source.document):
            findings += _codes(source, operation)
    if findings:
        # What several operations share is wrong once.
        raise RegenerationError(list(dict.fromkeys(findings)))


def structure(source: Source) -> list[Finding]:
    """Return what is wrong with the document as OpenAPI 3.1, or else with the shape of our tables and keys."""
    remedy = "correct the document; the OpenAPI 3.1 specification says how this part must look"
    errors: list[Any] = []
    try:
        for error in OpenAPIV31SpecValidator(source.document).iter_errors():
            errors.append(error)  # noqa: PERF402 - what was found before the iteration fails counts
    except Exception as error:  # noqa: BLE001 - a dangling reference is raised, as one of several lookup errors
        if not errors:
            return [source.finding((), f"cannot be validated: {error}", "correct the reference that is named here")]
    if not errors:
        remedy = "spec/extensions.md and spec/lint/tables.schema.yaml say how this part must look"
        errors = list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(source.document))
    return [
        source.finding(tuple(getattr(error, "absolute_path", ())), error.message.splitlines()[0], remedy)
        for error in errors
    ]


def _tables(source: Source) -> Iterator[Finding]:
    """Rows are unique and sorted, since people look things up there; two enums repeat their numbers and names."""
    for key, number, enum in (
        ("x-errors", "code", "KnownErrorCode"),
        ("x-report-statuses", "status", "KnownReportStatus"),
    ):
        rows = source.document[key]
        numbers = [row[number] for row in rows]
        if numbers != sorted(set(numbers)):
            yield source.finding((key,), f"the rows are not in the order of {number}, each once", "sort them")
        schema = source.document.get("components", {}).get("schemas", {}).get(enum, {})
        listed = list(zip(schema.get("enum", []), schema.get("x-enum-varnames", []), strict=False))
        if listed != [(row[number], row["name"]) for row in rows]:
            what = f"is not the list of numbers and names of {key}"
            yield source.finding(("components", "schemas", enum), what, f"write the same rows in the order of {key}")


def _codes(source: Source, operation: SpecOperation) -> list[Finding]:
    answered: set[int] = set()
    wrong: list[Finding] = []
    for status, response, location in responses(source.document, operation):
        wrong += _codes_of_response(source, status, response, location)
        answered.update(response.get("x-error-codes", []), response.get("x-jsms-entry-codes", []))
    if wrong:
        return wrong  # refusals are compared with these codes, and would only repeat the fault
    for parameter, location in parameters(source.document, operation):
        wrong += _refusals(source, {**parameter.get("schema", {}), **parameter}, location, answered, operation)
    _, schema, location = request_schema(source.document, operation)
    for _, data, where in request_properties(source.document, schema, location):
        wrong += _refusals(source, data, where, answered, operation)
    return wrong


def _codes_of_response(source: Source, status: str, response: dict[str, Any], location: Location) -> Iterator[Finding]:
    table = {row["code"]: row["http"] for row in source.document["x-errors"]}
    if status[0] in "45" and not response.get("x-error-codes"):
        yield source.finding(location, "has no x-error-codes", "list the codes that this answer can carry")
    for key in ("x-error-codes", "x-jsms-entry-codes"):
        for code in response.get(key, []):
            if code not in table:
                yield source.finding((*location, key), f"the code {code} is not in x-errors", _ADD_ROW)
            elif key == "x-error-codes" and str(table[code]) != status:
                what = f"the code {code} stands under status {status}, but x-errors gives it {table[code]}"
                yield source.finding((*location, key), what, "move it, or correct x-errors")


def _refusals(
    source: Source, data: dict[str, Any], location: Location, answered: set[int], operation: SpecOperation
) -> Iterator[Finding]:
    whole, _ = resolve(source.document, data, location)
    here = (*location, "x-jsms-refusal")
    known = {row["code"] for row in source.document["x-errors"]}
    for keyword, code in data.get("x-jsms-refusal", {}).items():
        if code not in known:
            yield source.finding(here, f"the code {code} is not in x-errors", _ADD_ROW)
        elif code not in answered:
            what = f"the code {code} is in no x-error-codes of {operation.operation_id}"
            yield source.finding(here, what, "list it under the answer of the operation, or correct the number")
        if keyword not in REFUSAL_KINDS and keyword not in (set(whole) | set(data)) - _NO_KEYWORDS:
            what = f"{keyword} is neither missing, type or invalid nor a rule of this property"
            yield source.finding(here, what, "correct the keyword")
