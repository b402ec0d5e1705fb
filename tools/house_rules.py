"""Habits of this spec that look at several places at once; spec/lint/.spectral.yaml has those that look at one.

Pure: a document in, findings with lines out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.regeneration.document import Finding, Location, Source, operations, resolve, responses

EXTENSIONS = Path(__file__).resolve().parent.parent / "spec" / "extensions.md"

_TABLES = {"x-errors", "x-report-statuses", "x-jsms-limits", "x-jsms-doubts", "x-jsms-revisions"}
#: What stands below these keys is data, not description.
_DATA = {"example", "examples", "value", "default", "const", "enum", *_TABLES}


def broken_house_rules(source: Source) -> Iterator[Finding]:
    """Yield every place that breaks one of the rules below. The document is valid OpenAPI 3.1."""
    yield from _an_example_for_every_code(source)
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


def _an_example_for_every_code(source: Source) -> Iterator[Finding]:
    """An error code without an example is a code that no reader, mock or test will ever see."""
    for operation in operations(source.document):
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


def _enum_names_are_unique(source: Source) -> Iterator[Finding]:
    """In Go all constants of a package share one space: two enums with OTHER do not compile."""
    seen: dict[str, str] = {}
    for key, names, location in _nodes(source.document, ()):
        for index, name in enumerate(names) if key == "x-enum-varnames" else ():
            if other := seen.get(name):
                what = f"{name} is also a name in {other}"
                yield source.finding((*location, index), what, "choose another: Go has one space for all")
            seen[name] = str(location[-2])


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
