"""Habits of this spec that no linter knows; the opposite of each broke a real client or hid a real bug.

Pure: a document in, findings with lines out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.regeneration.document import (
    Finding,
    Location,
    Source,
    SpecOperation,
    operations,
    request_schema,
    resolve,
    responses,
)

EXTENSIONS = Path(__file__).resolve().parent.parent / "spec" / "extensions.md"

_TABLES = {"x-errors", "x-report-statuses", "x-jsms-limits", "x-jsms-doubts", "x-jsms-revisions"}
#: What stands below these keys is data, not description.
_DATA = {"example", "examples", "value", "default", "const", "enum", *_TABLES}
#: Agents cut a description of an operation behind so many characters.
_LONGEST_DESCRIPTION = 1000
_BOUNDS = {
    "string": ("minLength", "maxLength"),
    "integer": ("minimum", "maximum", "format"),
    "array": ("minItems", "maxItems"),
}
Schema = dict[str, Any]


def broken_house_rules(source: Source) -> Iterator[Finding]:
    """Yield every place that breaks one of the rules below. The document is valid OpenAPI 3.1."""
    for operation in operations(source.document):
        yield from _an_example_for_every_code(source, operation)
        yield from _requests_are_shown_small_and_large(source, operation)
        yield from _requests_are_bounded(source, operation)
    for section in ("paths", "webhooks"):
        for operation in operations(source.document, section):
            yield from _an_agent_reads_all_of_it(source, operation)
    for schema, location in _schemas(source.document, ()):
        yield from _has_a_name(source, schema, location)
        yield from _no_shape_that_broke_a_client(source, schema, location)
        yield from _patterns_are_portable(source, schema, location)
    yield from _enum_names_are_unique(source)
    yield from _every_key_is_documented(source)
    yield from _every_reference_can_be_followed(source)


def _nodes(node: Any, location: Location) -> Iterator[tuple[str | int, Any, Location]]:
    """Yield every key of the description with its value and place, those of mappings and lists alike."""
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield key, value, (*location, key)
            if key not in _DATA:
                yield from _nodes(value, (*location, key))


def _schemas(node: Any, location: Location) -> Iterator[tuple[Schema, Location]]:
    """Yield every schema that is written out, and the references of media types."""
    for key, value, here in _nodes(node, location):
        above = here[-2] if len(here) > 1 else None
        if isinstance(value, dict) and (
            key in ("schema", "items", "additionalProperties") or above == "properties" or here[:-1] == _NAMED
        ):
            yield value, here


_NAMED = ("components", "schemas")


def _an_example_for_every_code(source: Source, operation: SpecOperation) -> Iterator[Finding]:
    """An error code without an example is a code that no reader, mock or test will ever see."""
    for _, response, location in responses(source.document, operation):
        codes = response.get("x-error-codes", [])
        for media_type, media in response.get("content", {}).items():
            shown: set[int | None] = set()
            for name, example in media.get("examples", {}).items() if codes else ():
                here = (*location, "content", media_type, "examples", name)
                value = resolve(source.document, example, here)[0].get("value")
                code = value.get("error", {}).get("code") if isinstance(value, dict) else None
                shown.add(code)
                if code not in codes:
                    what = f"shows {code}, which x-error-codes does not list"
                    yield source.finding(here, what, "list it, or drop it")
            for code in codes:
                if code not in shown:
                    what = f"{operation.operation_id} lists {code} without an example"
                    yield source.finding((*location, "x-error-codes"), what, "add it to the examples beside")


def _requests_are_shown_small_and_large(source: Source, operation: SpecOperation) -> Iterator[Finding]:
    """Length counted in bytes for characters shows only where an example fills a field with Chinese."""
    for media_type, media in operation.data.get("requestBody", {}).get("content", {}).items():
        here = (*operation.location, "requestBody", "content", media_type, "examples")
        for name in ("minimal", "limits"):
            if name not in media.get("examples", {}):
                yield source.finding(here, f"{operation.operation_id} has no request example `{name}`", "add it")


def _requests_are_bounded(source: Source, operation: SpecOperation) -> Iterator[Finding]:
    """What has no bounds can be neither refused by the reader nor tried at its edges by the fuzzer."""
    _, schema, location = request_schema(source.document, operation)
    if schema:
        yield from _closed(source, schema, location)
    for name, data in schema.get("properties", {}).items():
        here = (*location, "properties", name)
        whole, where = resolve(source.document, data, here)
        if "default" in data or "default" in whole:
            yield source.finding(here, "a default in a request", "say it in words: clients send defaults on their own")
        if "enum" not in whole and whole.get("format") != "binary":
            for keyword in _BOUNDS.get(str(whole.get("type")), ()):
                if keyword not in whole:
                    yield source.finding(where, f"a {whole['type']} of a request without {keyword}", "write the bound")
        if whole.get("type") == "array":
            yield from _closed(source, *resolve(source.document, whole["items"], (*where, "items")))


def _closed(source: Source, schema: Schema, location: Location) -> Iterator[Finding]:
    if schema.get("additionalProperties") is not False:
        what = "a part of a request without additionalProperties: false"
        yield source.finding(location, what, "close it: typing errors stay unseen")


def _an_agent_reads_all_of_it(source: Source, operation: SpecOperation) -> Iterator[Finding]:
    """What is longer is cut in the middle of a sentence by programs that offer operations as tools."""
    length = len(operation.data.get("description", ""))
    if length > _LONGEST_DESCRIPTION:
        what = f"{operation.operation_id} is described in {length} characters, more than {_LONGEST_DESCRIPTION}"
        remedy = "move what holds for all operations of the tag to the tag"
        yield source.finding((*operation.location, "description"), what, remedy)


def _has_a_name(source: Source, schema: Schema, location: Location) -> Iterator[Finding]:
    """Generators invent names for nameless objects, each others, and change them when a field is added."""
    is_body = location[-1] == "schema" and location[-3] == "content"
    is_object = "properties" in schema or schema.get("type") == "object"
    if (is_body and list(schema) != ["$ref"]) or (is_object and location[:-1] != _NAMED):
        yield source.finding(location, "a schema without a name", "move it to components/schemas and refer to it")


def _no_shape_that_broke_a_client(source: Source, schema: Schema, location: Location) -> Iterator[Finding]:
    """Java lost whole answers to oneOf, PHP and Go values to unions; date-time sends a refused `T`."""
    for key in ("oneOf", "anyOf", "allOf", "not"):
        if key in schema:
            yield source.finding((*location, key), f"{key} breaks clients in other languages", "write one flat schema")
    if schema.get("format") == "date-time":
        yield source.finding((*location, "format"), "the service's times are no date-time", "write a pattern")
    types = schema.get("type")
    if isinstance(types, list) and not (len(types) == 2 and types[1] == "null"):
        yield source.finding((*location, "type"), f"the union {types} loses values in Go and PHP", "choose one type")
    if "enum" in schema and "x-enum-varnames" not in schema:
        what = "an enum without x-enum-varnames"
        yield source.finding((*location, "enum"), what, "name the values: VALUE_3 tells nothing")


def _patterns_are_portable(source: Source, schema: Schema, location: Location) -> Iterator[Finding]:
    r"""`\d` means other digits elsewhere, and a fuzzer cannot try the edge of a length inside a pattern."""
    pattern = schema.get("pattern")
    if not isinstance(pattern, str):
        return
    wrong = (
        (re.search(r"\\[dDwWsSbB]", pattern), "uses a class that differs elsewhere", "write [0-9] and the like"),
        (not re.fullmatch(r"\^.*\$", pattern), "also matches inside a text", "begin with ^ and end with $"),
        (
            re.fullmatch(r"\^(?:\[[^]]*\]|.)\{[0-9,]+\}\$", pattern),
            "holds the length",
            "move it to minLength and maxLength, write + or *",
        ),
        # PHP reads bytes: [^【】] refuses every character that shares a byte with one of the two.
        (
            re.search(r"\[\^[^]]*[^\x00-\x7f]", pattern),
            "excludes characters beyond ASCII",
            "write the ranges that are allowed",
        ),
        (
            "minLength" not in schema or "maxLength" not in schema,
            "stands without minLength and maxLength",
            "give the length beside it",
        ),
    )
    for is_wrong, what, remedy in wrong:
        if is_wrong:
            yield source.finding((*location, "pattern"), f"{pattern} {what}", remedy)


def _enum_names_are_unique(source: Source) -> Iterator[Finding]:
    """In Go all constants of a package share one space: two enums with OTHER do not compile."""
    seen: dict[str, str] = {}
    for schema, location in _schemas(source.document, ()):
        for index, name in enumerate(schema.get("x-enum-varnames", [])):
            here = (*location, "x-enum-varnames", index)
            if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
                what = f"{name} is no UPPER_SNAKE name"
                yield source.finding(here, what, "other spellings are hidden in Go and Ruby")
            if other := seen.get(name):
                what = f"{name} is also a name in {other}"
                yield source.finding(here, what, "choose another: Go has one space for all")
            seen[name] = str(location[-1])


def _every_key_is_documented(source: Source) -> Iterator[Finding]:
    """A key that only its author understands is not shared; one that is not explained may be a typing error."""
    documented = set(re.findall(r"^\| `(x-[a-z0-9-]+)` \|", EXTENSIONS.read_text(encoding="utf-8"), re.MULTILINE))
    used = {key: here for key, _, here in _nodes(source.document, ()) if str(key).startswith("x-")}
    for key in used.keys() - documented:
        yield source.finding(used[key], f"{key} is not explained in spec/extensions.md", "explain it there")
    for key in documented - used.keys():
        yield Finding("spec/extensions.md", f"{key} is explained but nowhere used", "drop the row")


def _every_reference_can_be_followed(source: Source) -> Iterator[Finding]:
    """A number that is explained in another file is lost with the first copy of the document."""
    known = {row["id"] for row in source.document.get("x-jsms-doubts", ())}
    labels = set(source.document.get("x-jsms-revisions", ()))
    tables = [_nodes(source.document.get(table, ()), (table,)) for table in _TABLES - {"x-jsms-doubts"}]
    for nodes in (_nodes(source.document, ()), *tables):
        for key, value, here in nodes:
            doubts: list[str] = []
            if key in ("x-jsms-doubt", "doubts"):
                doubts = value
            elif isinstance(value, str):
                doubts = [
                    one for listed in re.findall(r"\(((?:[CG][0-9]+(?:, )?)+)\)", value) for one in listed.split(", ")
                ]
            for one in sorted(set(doubts) - known):
                yield source.finding(here, f"{one} is not in x-jsms-doubts", "add it, or correct it")
            if key in ("x-jsms-since", "since") and value not in labels:
                yield source.finding(here, f"{value} is not in x-jsms-revisions", "add it, or correct it")
