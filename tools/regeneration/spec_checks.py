"""What must be true of spec/openapi.yaml before anything is made from it.

The structure is judged by openapi-spec-validator. The rest are rules of this project that no linter knows:
that every code exists in the table, stands under the status it has there, and that no key beginning with `x-`
is a typing error that would be ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from tools.regeneration.document import (
    METHODS,
    SpecOperation,
    operations,
    parameters,
    request_properties,
    request_schema,
    resolve,
    responses,
)
from tools.regeneration.problem import Finding, RegenerationError
from tools.regeneration.sources import Location, Source
from tools.regeneration.table_rows import check_rows

_ANYWHERE = {"x-jsms-doubt", "x-jsms-since"}
_KNOWN_KEYS: dict[str, set[str]] = {
    "root": {"x-errors", "x-report-statuses", "x-jsms-limits", "x-jsms-doubts", "x-jsms-revisions"},
    "operation": {"x-jsms-credential", "x-jsms-effect"},
    "callback": {"x-jsms-data-schema"},
    "response": {"x-error-codes", "x-jsms-entry-codes"},
    "schema": {"x-jsms-refusal", "x-enum-varnames"},
    "path": set(),
    "hook": set(),
}
# What stands below these keys is data, not description.
_DATA = {
    "example",
    "examples",
    "value",
    "default",
    "const",
    "enum",
    "x-errors",
    "x-report-statuses",
    "x-jsms-limits",
    "x-jsms-doubts",
    "x-jsms-revisions",
}
# The keys of these mappings are names of the author's choice; a header may be called X-Something.
_HOLDS_NAMES = {
    "properties",
    "schemas",
    "responses",
    "parameters",
    "headers",
    "paths",
    "webhooks",
    "links",
    "content",
    "callbacks",
}
_NAMES = "names of "

CREDENTIALS = {"app": "appCredential", "dev": "devCredential"}
EFFECTS = ("none", "destructive-read", "change", "send")
REFUSAL_KINDS = ("missing", "type", "invalid")
_NO_KEYWORDS = {"description", "title", "example", "examples", "type", "format", "default"}

ADD_ROW = "add the row to x-errors, or correct the number"


def check_spec(source: Source) -> None:
    """Raise RegenerationError with every finding; return if the spec can be used."""
    findings = list(_structure(source))
    if not findings:
        findings = list(check_rows(source))
    if not findings:
        findings = [
            *_unknown_keys(source),
            *_operation_ids(source),
            *(finding for operation in operations(source.document) for finding in _operation(source, operation)),
        ]
    if findings:
        # What several operations share is wrong once.
        raise RegenerationError(list(dict.fromkeys(findings)))


def _structure(source: Source) -> Iterator[Finding]:
    if not str(source.document.get("openapi", "")).startswith("3.1."):
        yield source.finding(("openapi",), "is not 3.1.x", "write OpenAPI 3.1: webhooks and null types need it")
        return
    broken = False
    # A dangling reference is raised in the middle of the iteration, as one of several lookup errors.
    try:
        for error in OpenAPIV31SpecValidator(source.document).iter_errors():
            broken = True
            yield source.finding(
                tuple(getattr(error, "absolute_path", ())),
                error.message.splitlines()[0],
                "correct the document; the OpenAPI 3.1 specification says how this part must look",
            )
    except Exception as error:  # noqa: BLE001 - whatever it is, it is said and stops the run
        if not broken:
            yield source.finding((), f"cannot be validated: {error}", "correct the reference that is named here")


def _unknown_keys(source: Source) -> Iterator[Finding]:
    for location, kind, key in _extension_keys(source.document, (), "root"):
        allowed = _KNOWN_KEYS[kind] | _ANYWHERE
        if key not in allowed:
            yield source.finding(
                (*location, key),
                f"the key is not known on this place ({kind})",
                f"use one of {', '.join(sorted(allowed))}; spec/extensions.md explains them",
            )


def _extension_keys(node: Any, location: Location, kind: str) -> Iterator[tuple[Location, str, str]]:
    """Yield (location, kind, key) for every key beginning with x- that is a key of the description and not a
    name or data.
    """
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _extension_keys(item, (*location, index), kind)
    if not isinstance(node, dict):
        return
    names = kind.startswith(_NAMES)
    for key, value in node.items():
        if not names and key.startswith("x-"):
            yield location, kind, key
        if names or key not in _DATA:
            yield from _extension_keys(value, (*location, key), _kind_below(kind, key, value))


def _kind_below(kind: str, key: str, value: Any) -> str:
    if kind.startswith(_NAMES):
        return {"responses": "response", "paths": "path", "webhooks": "hook"}.get(kind.removeprefix(_NAMES), "schema")
    if key in _HOLDS_NAMES and isinstance(value, dict):
        return _NAMES + key
    if key in METHODS and kind in ("path", "hook"):
        return "operation" if kind == "path" else "callback"
    return "schema"


def _operation_ids(source: Source) -> Iterator[Finding]:
    seen: set[str] = set()
    for section in ("paths", "webhooks"):
        for operation in operations(source.document, section):
            here = (*operation.location, "operationId")
            if not re.fullmatch(r"[a-z]+(?:[A-Z][a-z]+)*", operation.operation_id):
                yield source.finding(
                    here, "is missing or is not written likeThis", "name the operation with a verb: sendCode"
                )
            elif operation.operation_id in seen:
                yield source.finding(
                    here, f"{operation.operation_id} is the name of another operation", "choose another name"
                )
            seen.add(operation.operation_id)


def _operation(source: Source, operation: SpecOperation) -> Iterator[Finding]:
    data, here = operation.data, operation.location
    credential, effect = data.get("x-jsms-credential"), data.get("x-jsms-effect")
    if credential not in CREDENTIALS:
        yield source.finding(here, f"x-jsms-credential is {credential!r}", "say app or dev")
    elif data.get("security") != [{CREDENTIALS[credential]: []}]:
        yield source.finding(
            here,
            f"security does not agree with x-jsms-credential {credential}",
            f"write security: [{CREDENTIALS[credential]}: []]",
        )
    if effect not in EFFECTS:
        yield source.finding(here, f"x-jsms-effect is {effect!r}", f"say one of {', '.join(EFFECTS)}")
    if len(data.get("tags", [])) != 1:
        yield source.finding(here, "has not exactly one tag", "give it one: the tag is its folder in the made code")
    answered: set[int] = set()
    wrong: list[Finding] = []
    for status, response, location in responses(source.document, operation):
        wrong += _codes_of_response(source, status, response, location)
        answered.update(response.get("x-error-codes", []), response.get("x-jsms-entry-codes", []))
    yield from wrong
    if wrong:
        return  # refusals are compared with these codes, and would only repeat the fault
    for parameter, location in parameters(source.document, operation):
        yield from _refusals(source, {**parameter.get("schema", {}), **parameter}, location, answered, operation)
    _, schema, location = request_schema(source.document, operation)
    for _, property_data, where in request_properties(source.document, schema, location):
        yield from _refusals(source, property_data, where, answered, operation)


def _codes_of_response(source: Source, status: str, response: dict[str, Any], location: Location) -> Iterator[Finding]:
    table = {row["code"]: row["http"] for row in source.document["x-errors"]}
    if status[0] in "45" and not response.get("x-error-codes"):
        yield source.finding(location, "has no x-error-codes", "list the codes that this answer can carry")
    for key in ("x-error-codes", "x-jsms-entry-codes"):
        for code in response.get(key, []):
            if code not in table:
                yield source.finding((*location, key), f"the code {code} is not in x-errors", ADD_ROW)
            elif key == "x-error-codes" and str(table[code]) != status:
                yield source.finding(
                    (*location, key),
                    f"the code {code} stands under status {status}, but x-errors gives it {table[code]}",
                    "move it, or correct x-errors",
                )


def _refusals(
    source: Source, data: dict[str, Any], location: Location, answered: set[int], operation: SpecOperation
) -> Iterator[Finding]:
    whole, _ = resolve(source.document, data, location)
    here = (*location, "x-jsms-refusal")
    known = {row["code"] for row in source.document["x-errors"]}
    for keyword, code in data.get("x-jsms-refusal", {}).items():
        if code not in known:
            yield source.finding(here, f"the code {code} is not in x-errors", ADD_ROW)
        elif code not in answered:
            yield source.finding(
                here,
                f"the code {code} is in no x-error-codes of {operation.operation_id}",
                "list it under the answer of the operation, or correct the number",
            )
        if keyword not in REFUSAL_KINDS and keyword not in (set(whole) | set(data)) - _NO_KEYWORDS:
            yield source.finding(
                here,
                f"{keyword} is neither missing, type or invalid nor a rule of this property",
                "correct the keyword",
            )
