"""The forms of the spec for other readers, made from the document alone.

A pure function from the document to bytes: no file is read, no tool is run.

    openapi.yaml         the document itself, as it is written, comments and all
    openapi.json         the document itself, as JSON
    openapi-3.0.json     for tools that do not read 3.1
    openapi.strict.json  for fuzzers and validators: an answer may carry just the codes its operation lists.
                         Never for clients: a new code of the service makes its answer unreadable.
    errors.json          the codes and the delivery statuses, for languages without a generator
    fixtures.json        every named example, resolved: what to send and what comes back
"""

from __future__ import annotations

import copy
import json
from typing import Any

from tools.regeneration.document import Source, operations, resolve, responses

Document = dict[str, Any]

FILES = ("openapi.yaml", "openapi.json", "openapi-3.0.json", "openapi.strict.json", "errors.json", "fixtures.json")

#: Below these keys stands data, in which `schema` would be somebody's word and no schema.
_DATA = frozenset({"schemas", "examples", "example", "value"})


def derived_forms(source: Source) -> dict[str, bytes]:
    """Return the content of every derived file by its name. The document must be valid; it is left alone."""
    document = source.document
    made = (document, as_openapi_30(document), as_strict(document), error_tables(document), fixtures(document))
    return {FILES[0]: source.raw} | {
        name: (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
        for name, content in zip(FILES[1:], made, strict=True)
    }


# ------------------------------------------------------------------------------------------------ OpenAPI 3.0


def as_openapi_30(document: Document) -> Document:
    """Return the document as OpenAPI 3.0.3 says it.

    Null types become `nullable`, `const` a list of one, the `examples` of a schema its first as `example`; a
    reference with words beside it is wrapped in `allOf`, because 3.0 ignores the words; `webhooks` becomes
    `x-webhooks`; the summary of the whole moves into its description. What else 3.0 cannot say is left, and the
    validators of the suite refuse it.
    """
    old = copy.deepcopy(document)
    old["openapi"] = "3.0.3"
    info = old["info"]
    if summary := info.pop("summary", None):
        info["description"] = f"{summary}\n\n{info.get('description', '')}".rstrip() + "\n"
    if identifier := info.get("license", {}).pop("identifier", None):
        info["license"]["url"] = f"https://spdx.org/licenses/{identifier}.html"
    schemas = old["components"]["schemas"]
    schemas.update({name: _schema_30(schema) for name, schema in schemas.items()})
    _convert_schemas_below(old)
    return {("x-webhooks" if key == "webhooks" else key): value for key, value in old.items()}


def _convert_schemas_below(node: Any) -> None:
    """Convert the schemas of parameters, headers and media types wherever they stand."""
    if isinstance(node, list):
        for item in node:
            _convert_schemas_below(item)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key in _DATA or key.startswith("x-"):
            continue
        if key == "schema" and isinstance(value, dict):
            node[key] = _schema_30(value)
        else:
            _convert_schemas_below(value)


def _schema_30(schema: Document) -> Document:
    old: Document = {}
    for key, value in schema.items():
        match key:
            case "$ref" if len(schema) > 1:
                old["allOf"] = [{"$ref": value}]
            case "type" if isinstance(value, list) and len(value) == 2 and "null" in value:
                (old["type"],) = set(value) - {"null"}
                old["nullable"] = True
            case "const":
                old["enum"] = [value]
            case "examples":
                old["example"] = value[0]
            case "properties":
                old[key] = {name: _schema_30(part) for name, part in value.items()}
            case "items" | "additionalProperties" | "not" if isinstance(value, dict):
                old[key] = _schema_30(value)
            case "allOf" | "anyOf" | "oneOf":
                old[key] = [_schema_30(part) for part in value]
            case _:
                old[key] = value
    return old


# ----------------------------------------------------------------------------------------------------- strict


def as_strict(document: Document) -> Document:
    """Return the document with the codes of every answer closed, and nothing else changed.

    Where an answer lists `x-error-codes`, its schema becomes `allOf` of it and an enum of `error.code`.
    Shared answers are written out first, since the list belongs to the operation. `x-jsms-entry-codes` closes
    `error_code`, as text, inside the entries of a batch answer. The title says what the document is for.
    """
    strict = copy.deepcopy(document)
    strict["info"]["title"] += " - strict form, for fuzzers and validators only"
    for operation in operations(strict):
        for status, shared, _ in list(responses(strict, operation)):
            answer = copy.deepcopy(shared)
            operation.data["responses"][status] = answer
            for media in answer.get("content", {}).values():
                if codes := answer.get("x-error-codes"):
                    media["schema"] = _closed(media["schema"], ("error", "code"), codes)
                if codes := answer.get("x-jsms-entry-codes"):
                    path = _entry_code_path(strict, media["schema"])
                    media["schema"] = _closed(media["schema"], path, [str(code) for code in codes])
    return strict


def _closed(schema: Document, path: tuple[str, ...], values: list[Any]) -> Document:
    closed: Document = {"enum": values}
    for step in reversed(path):
        closed = {"items": closed} if step == "[]" else {"properties": {step: closed}}
    return {"allOf": [schema, closed]}


def _entry_code_path(document: Document, schema: Document) -> tuple[str, ...]:
    for name, part in _followed(document, schema)["properties"].items():
        entry = _followed(document, _followed(document, part).get("items", {}))
        if "error_code" in entry.get("properties", {}):
            return (name, "[]", "error_code")
    raise ValueError("an answer lists x-jsms-entry-codes, but has no list whose entries have an error_code")


def _followed(document: Document, node: Document) -> Document:
    return resolve(document, node, ())[0]


# ------------------------------------------------------------------------------------------- tables, examples


def error_tables(document: Document) -> Document:
    """Return the rows of `x-errors`, `x-report-statuses` and `x-jsms-doubts`, with the version of the contract."""
    return {
        "title": "Return codes and delivery statuses of Jiguang SMS (JSMS), unofficial description",
        "spec_version": document["info"]["version"],
        "errors": document["x-errors"],
        "report_statuses": document["x-report-statuses"],
        "open_questions": document["x-jsms-doubts"],
    }


def fixtures(document: Document) -> Document:
    """Return every named example: what each operation is sent and answers, and the callbacks by name."""
    return {
        "title": "Named examples of Jiguang SMS (JSMS): requests, answers, callbacks. Unofficial description",
        "spec_version": document["info"]["version"],
        "operations": {
            operation.operation_id: {
                "method": operation.method.upper(),
                "path": operation.path,
                "requests": _examples(document, operation.data.get("requestBody", {})),
                "answers": {
                    status: found
                    for status, answer, _ in responses(document, operation)
                    if (found := _examples(document, answer))
                },
            }
            for operation in operations(document)
        },
        "callbacks": {
            event.path: _examples(document, event.data.get("requestBody", {}))
            for event in operations(document, "webhooks")
        },
    }


def _examples(document: Document, holder: Document) -> Document:
    found: Document = {}
    for media_type, media in holder.get("content", {}).items():
        for name, example in media.get("examples", {}).items():
            resolved = _followed(document, example)
            words = {key: resolved[key] for key in ("summary", "description") if key in resolved}
            found[name] = {"media_type": media_type, **words, "value": resolved["value"]}
    return found
