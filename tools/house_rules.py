"""Habits of this spec that no linter knows; the opposite of each broke a real client or hid a real bug.

Pure: a document in, findings with lines out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.regeneration.document import SpecOperation, operations, request_schema, resolve, responses
from tools.regeneration.problem import Finding
from tools.regeneration.sources import Location, Source

EXTENSIONS = Path(__file__).resolve().parent.parent / "spec" / "extensions.md"

_DOCUMENTED_KEY = re.compile(r"^\| `(x-[a-z0-9-]+)` \|", re.MULTILINE)
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
#: Agents cut a description of an operation behind so many characters.
_LONGEST_DESCRIPTION = 1000
_ABSENT = re.compile(
    r"\b(?:may be (?:missing|absent|left out)|[Ll]eave it out|[Ll]eft out|absent on|empty or missing)\b"
)
_LENGTH = re.compile(
    r"\b(?:at most |(?P<low>[0-9]+) to )?(?P<high>[0-9]+) (?:characters|digits|lower-case hexadecimal digits)\b"
)
#: Every request is shown at its least, and at its limits with characters of many bytes.
_REQUEST_EXAMPLES = ("minimal", "limits")


def broken_house_rules(source: Source) -> Iterator[Finding]:
    """Yield every place that breaks one of the rules below. The document is valid OpenAPI 3.1."""
    for operation in operations(source.document):
        yield from _an_example_for_every_code(source, operation)
        yield from _requests_are_shown_small_and_large(source, operation)
        yield from _requests_are_bounded(source, operation)
    for section in ("paths", "webhooks"):
        for operation in operations(source.document, section):
            yield from _an_agent_reads_all_of_it(source, operation)
    yield from _every_schema_has_a_name(source)
    for schema, location in _schemas(source.document):
        yield from _no_shape_that_broke_a_client(source, schema, location)
        yield from _patterns_are_portable(source, schema, location)
        yield from _words_and_schema_agree(source, schema, location)
    yield from _enum_names_are_unique(source)
    yield from _every_key_is_documented(source)
    yield from _every_reference_can_be_followed(source)


def _an_example_for_every_code(source: Source, operation: SpecOperation) -> Iterator[Finding]:
    """An error code without an example is a code that no reader, mock or test will ever see."""
    for _, response, location in responses(source.document, operation):
        codes = response.get("x-error-codes", [])
        for media_type, media in response.get("content", {}).items():
            shown: set[int] = set()
            for name, example in media.get("examples", {}).items():
                here = (*location, "content", media_type, "examples", name)
                value = resolve(source.document, example, here)[0].get("value")
                code = value.get("error", {}).get("code") if isinstance(value, dict) and codes else None
                shown.add(code)
                if codes and code not in codes:
                    yield source.finding(
                        here, f"shows {code}, which x-error-codes does not list", "list it, or drop it"
                    )
            for code in codes:
                if code not in shown:
                    what = f"{operation.operation_id} lists {code} without an example"
                    yield source.finding((*location, "x-error-codes"), what, "add it to the examples beside")


def _requests_are_shown_small_and_large(source: Source, operation: SpecOperation) -> Iterator[Finding]:
    """Length counted in bytes for characters shows only where an example fills a field with Chinese."""
    for media_type, media in operation.data.get("requestBody", {}).get("content", {}).items():
        here = (*operation.location, "requestBody", "content", media_type, "examples")
        for name in _REQUEST_EXAMPLES:
            if name not in media.get("examples", {}):
                yield source.finding(here, f"{operation.operation_id} has no request example `{name}`", "add it")


def _requests_are_bounded(source: Source, operation: SpecOperation) -> Iterator[Finding]:
    """What has no bounds can be neither refused by the reader nor tried at its edges by the fuzzer."""
    _, schema, location = request_schema(source.document, operation)
    if not schema:
        return
    if schema.get("additionalProperties") is not False:
        yield source.finding(
            location, "a request without additionalProperties: false", "close it: typing errors stay unseen"
        )
    for name, data in schema.get("properties", {}).items():
        here = (*location, "properties", name)
        whole, where = resolve(source.document, data, here)
        if "default" in data or "default" in whole:
            yield source.finding(here, "a default in a request", "say it in words: clients send defaults on their own")
        if "enum" in whole or whole.get("format") == "binary":
            continue
        wanted = {
            "string": ("minLength", "maxLength"),
            "integer": ("minimum", "maximum", "format"),
            "array": ("minItems", "maxItems"),
        }.get(str(whole.get("type")), ())
        for keyword in wanted:
            if keyword not in whole:
                yield source.finding(where, f"a {whole['type']} of a request without {keyword}", "write the bound")
        if whole.get("type") == "array":
            entry, inside = resolve(source.document, whole["items"], (*where, "items"))
            if entry.get("additionalProperties") is not False:
                yield source.finding(inside, "an entry of a request without additionalProperties: false", "close it")


def _schemas(document: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Location]]:
    """Yield every schema that stands written out:

    named ones, their parts, and those of parameters and headers.
    """

    def parts(schema: dict[str, Any], location: Location) -> Iterator[tuple[dict[str, Any], Location]]:
        yield schema, location
        for name, part in schema.get("properties", {}).items():
            yield from parts(part, (*location, "properties", name))
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                yield from parts(schema[key], (*location, key))

    components = document["components"]
    for name, schema in components["schemas"].items():
        yield from parts(schema, ("components", "schemas", name))
    for kind in ("parameters", "headers"):
        for name, holder in components.get(kind, {}).items():
            yield from parts(holder.get("schema", {}), ("components", kind, name, "schema"))


def _an_agent_reads_all_of_it(source: Source, operation: SpecOperation) -> Iterator[Finding]:
    """What is longer is cut in the middle of a sentence by programs that offer operations as tools."""
    length = len(operation.data.get("description", ""))
    if length > _LONGEST_DESCRIPTION:
        yield source.finding(
            (*operation.location, "description"),
            f"{operation.operation_id} is described in {length} characters, more than {_LONGEST_DESCRIPTION}",
            "move what holds for all operations of the tag to the tag",
        )


def _words_and_schema_agree(source: Source, schema: dict[str, Any], location: Location) -> Iterator[Finding]:
    """A strict reader believes the schema: a `null`, a gap or a length that only the words allow makes it fail."""
    for name, data in schema.get("properties", {}).items():
        here = (*location, "properties", name)
        words = " ".join(str(data.get("description", "")).split())
        whole, _ = resolve(source.document, data, here)
        types = whole.get("type", [])
        if "`null`" in words and "null" not in types:
            yield source.finding(here, f"{name} may be null in words and not in the schema", "allow both or neither")
        if "null" in types and "null" not in words and "null" not in schema.get("description", ""):
            yield source.finding(here, f"{name} may be null, and no word says when", "say it")
        if _ABSENT.search(words) and name in schema.get("required", ()):
            yield source.finding(here, f"{name} may be missing in words, and is required", "allow both or neither")
        yield from _lengths_agree(source, whole, words, here)


def _lengths_agree(source: Source, whole: dict[str, Any], words: str, here: Location) -> Iterator[Finding]:
    bounds = (whole.get("minLength"), whole.get("maxLength"))
    first = _LENGTH.search(words)
    if whole.get("type") != "string" or first is None or bounds[1] is None:
        return
    low, high = first["low"], int(first["high"])
    exact = low is None and not first[0].startswith("at most")
    wanted = (high if exact else bounds[0] if low is None else int(low), high)
    if bounds != wanted:
        yield source.finding(here, f'"{first[0]}" in words, {bounds[0]} to {bounds[1]} in the schema', "correct one")


def _every_reference_can_be_followed(source: Source) -> Iterator[Finding]:
    """A number that is explained in another file is lost with the first copy of the document."""
    known = {row["id"] for row in source.document.get("x-jsms-doubts", ())}
    labels = set(source.document.get("x-jsms-revisions", ()))
    for index, row in enumerate(source.document.get("x-jsms-doubts", ())):
        if not {"id", "question", "chosen"} <= row.keys() <= {"id", "question", "readings", "chosen", "observed"}:
            yield source.finding(("x-jsms-doubts", index), f"{row.get('id')} lacks a part", "see spec/extensions.md")

    def walk(node: Any, location: Location) -> Iterator[Finding]:
        if isinstance(node, dict | list):
            for key, value in node.items() if isinstance(node, dict) else enumerate(node):
                here = (*location, key)
                if key in ("x-jsms-doubt", "doubts"):
                    for one in set(value) - known:
                        yield source.finding(here, f"{one} is not in x-jsms-doubts", "add it, or correct it")
                elif key in ("x-jsms-since", "since") and value not in labels:
                    yield source.finding(here, f"{value} is not in x-jsms-revisions", "add it, or correct it")
                elif key not in ("x-jsms-doubts", "x-jsms-revisions"):
                    yield from walk(value, here)
        elif isinstance(node, str):
            for listed in re.findall(r"\(((?:[CG][0-9]+(?:, )?)+)\)", node):
                for one in set(listed.split(", ")) - known:
                    yield source.finding(location, f"({one}) is not in x-jsms-doubts", "add it, or correct it")

    yield from walk(source.document, ())


def _every_schema_has_a_name(source: Source) -> Iterator[Finding]:
    """Generators invent names for nameless objects, each others, and change them when a field is added."""
    remedy = "move it to components/schemas and refer to it"
    for section in ("paths", "webhooks"):
        for operation in operations(source.document, section):
            for schema, location in _media_schemas(operation.data, operation.location):
                if list(schema) != ["$ref"]:
                    yield source.finding(location, "a schema without a name", remedy)
    for kind in ("responses", "requestBodies"):
        for name, holder in source.document["components"].get(kind, {}).items():
            for schema, location in _media_schemas(holder, ("components", kind, name)):
                if list(schema) != ["$ref"]:
                    yield source.finding(location, "a schema without a name", remedy)
    for schema, location in _schemas(source.document):
        if len(location) > len(("components", "schemas", "Name")) and (
            "properties" in schema or schema.get("type") == "object"
        ):
            yield source.finding(location, "an object without a name", remedy)


def _media_schemas(node: Any, location: Location) -> Iterator[tuple[dict[str, Any], Location]]:
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key == "content":
            for media_type, media in value.items():
                yield media.get("schema", {}), (*location, key, media_type, "schema")
        elif key not in _DATA:
            yield from _media_schemas(value, (*location, key))


def _no_shape_that_broke_a_client(source: Source, schema: dict[str, Any], location: Location) -> Iterator[Finding]:
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
        yield source.finding(
            (*location, "enum"), "an enum without x-enum-varnames", "name the values: VALUE_3 tells nothing"
        )


def _patterns_are_portable(source: Source, schema: dict[str, Any], location: Location) -> Iterator[Finding]:
    r"""`\d` means other digits elsewhere, and a fuzzer cannot try the edge of a length inside a pattern."""
    pattern = schema.get("pattern")
    if pattern is None:
        return
    here = (*location, "pattern")
    if re.search(r"\\[dDwWsSbB]", pattern):
        yield source.finding(here, f"{pattern} uses a class that differs elsewhere", "write [0-9] and the like")
    if not (pattern.startswith("^") and pattern.endswith("$")):
        yield source.finding(here, f"{pattern} also matches inside a text", "begin with ^ and end with $")
    if re.fullmatch(r"\^(?:\[[^]]*\]|.)\{[0-9,]+\}\$", pattern):
        yield source.finding(here, f"{pattern} holds the length", "move it to minLength and maxLength, write + or *")
    if re.search(r"\[\^[^]]*[^\x00-\x7f]", pattern):
        # PHP reads bytes: [^【】] refuses every character that shares a byte with one of the two.
        yield source.finding(here, f"{pattern} excludes characters beyond ASCII", "write the ranges that are allowed")
    if "minLength" not in schema or "maxLength" not in schema:
        yield source.finding(here, "a pattern without minLength and maxLength", "give the length beside it")


def _enum_names_are_unique(source: Source) -> Iterator[Finding]:
    """In Go all constants of a package share one space: two enums with OTHER do not compile."""
    seen: dict[str, str] = {}
    for schema, location in _schemas(source.document):
        for index, name in enumerate(schema.get("x-enum-varnames", [])):
            here = (*location, "x-enum-varnames", index)
            if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
                yield source.finding(
                    here, f"{name} is no UPPER_SNAKE name", "other spellings are hidden in Go and Ruby"
                )
            if other := seen.get(name):
                yield source.finding(
                    here, f"{name} is also a name in {other}", "choose another: Go has one space for all"
                )
            seen[name] = str(location[-1])


def _every_key_is_documented(source: Source) -> Iterator[Finding]:
    """A key that only its author understands is not shared."""
    documented = set(_DOCUMENTED_KEY.findall(EXTENSIONS.read_text(encoding="utf-8")))
    used: dict[str, Location] = {}

    def walk(node: Any, location: Location) -> None:
        if isinstance(node, list):
            for index, item in enumerate(node):
                walk(item, (*location, index))
        elif isinstance(node, dict):
            for key, value in node.items():
                if key.startswith("x-"):
                    used.setdefault(key, (*location, key))
                if key not in _DATA:
                    walk(value, (*location, key))

    walk(source.document, ())
    for key in used.keys() - documented:
        yield source.finding(used[key], f"{key} is not explained in spec/extensions.md", "explain it there")
    for key in documented - used.keys():
        yield Finding("spec/extensions.md", f"{key} is explained but nowhere used", "drop the row")
