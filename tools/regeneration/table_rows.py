"""The shape of the three tables at the end of the spec: x-errors, x-report-statuses, x-jsms-limits.

The table writers rely on these checks and read the rows without looking twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tools.regeneration.problem import Finding
from tools.regeneration.sources import Location, Source

CATEGORIES = (
    "success",
    "authentication",
    "invalid_request",
    "recipient",
    "rate_limit",
    "balance",
    "template",
    "sign",
    "content",
    "schedule",
    "verification",
    "server",
)
RETRY_ADVICE = ("never", "after-wait", "after-change")

Rule = tuple[Callable[[Any], bool], str]


def _both_languages(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and list(value) == ["en", "zh"]
        and all(isinstance(text, str) and text for text in value.values())
    )


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(text, str) and text for text in value)


def _number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _limit(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(isinstance(item, list) and _limit(item) for item in value.values())
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, str | int) for item in value)
    return isinstance(value, str | int)


_TEXT: Rule = (lambda value: isinstance(value, str) and bool(value.strip()), "a text")
_TRUTH: Rule = (lambda value: isinstance(value, bool), "true or false")
_NUMBER: Rule = (_number, "a whole number")
_CAPITALS: Rule = (
    lambda value: isinstance(value, str) and re.fullmatch(r"[A-Z]+(_[A-Z]+)*", value) is not None,
    "UPPER_SNAKE_CASE",
)
_LANGUAGES: Rule = (_both_languages, "a text under en and one under zh, in this order")
_LIST: Rule = (_texts, "a list of texts that is not empty")

_ERROR_ROW: dict[str, Rule] = {
    "code": _NUMBER,
    "http": (lambda value: _number(value) and 100 <= value <= 599, "an HTTP status"),
    "name": _CAPITALS,
    "message": _TEXT,
    "category": (CATEGORIES.__contains__, f"one of {', '.join(CATEGORIES)}"),
    "retry": (RETRY_ADVICE.__contains__, f"one of {', '.join(RETRY_ADVICE)}"),
    "title": _LANGUAGES,
    "remedy": _LANGUAGES,
    "source": _LIST,
    "since": _TEXT,
}
_STATUS_ROW: dict[str, Rule] = {
    "status": _NUMBER,
    "name": _CAPITALS,
    "delivered": _TRUTH,
    "voice": _TRUTH,
    "title": _LANGUAGES,
    "remedy": _LANGUAGES,
    "since": _TEXT,
}
_LIMIT_ROW: dict[str, Rule] = {
    "value": (_limit, "a text, a whole number, a list of them, or a map of such lists"),
    "unit": _TEXT,
    "description": _TEXT,
    "source": _TEXT,
}
_OPTIONAL: dict[str, Rule] = {"doubts": _LIST, "other_messages": _LIST}


def check_rows(source: Source) -> Iterator[Finding]:
    """Yield what is wrong with the tables, and with the two enums that repeat their keys."""
    for key, rule, ident in (("x-errors", _ERROR_ROW, "code"), ("x-report-statuses", _STATUS_ROW, "status")):
        rows = source.document.get(key)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            yield source.finding((key,), "is no list of rows", "write the table at the end of the document")
            continue
        wrong = [finding for index, row in enumerate(rows) for finding in _row(source, (key, index), row, rule)]
        wrong = wrong or list(_unique(source, key, rows, (ident, "name")))
        yield from wrong
        if not wrong:
            yield from _enum(source, "KnownErrorCode" if ident == "code" else "KnownReportStatus", key, rows, ident)
    limits = source.document.get("x-jsms-limits")
    if not isinstance(limits, dict):
        yield source.finding(
            ("x-jsms-limits",), "is no mapping of limits", "write the table at the end of the document"
        )
        return
    for name, row in limits.items():
        if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name):
            yield source.finding(
                ("x-jsms-limits", name), "is not written like_this", "rename it: it becomes a constant"
            )
        yield from _row(source, ("x-jsms-limits", name), row, _LIMIT_ROW)


def _row(source: Source, location: Location, row: Any, rules: Mapping[str, Rule]) -> Iterator[Finding]:
    if not isinstance(row, dict):
        yield source.finding(location, "is no mapping", f"give it {', '.join(rules)}")
        return
    for key, (holds, wanted) in {**rules, **_OPTIONAL}.items():
        if key not in row:
            if key in rules:
                yield source.finding(location, f"has no {key}", f"give it {wanted}")
        elif not holds(row[key]):
            yield source.finding((*location, key), f"is {str(row[key])[:40]!r}", f"write {wanted}")
    for key in row.keys() - rules.keys() - _OPTIONAL.keys():
        yield source.finding((*location, key), "the key is not known here", f"use {', '.join([*rules, *_OPTIONAL])}")


def _unique(source: Source, key: str, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> Iterator[Finding]:
    for column in columns:
        seen: set[Any] = set()
        for index, row in enumerate(rows):
            if row[column] in seen:
                yield source.finding(
                    (key, index, column), f"{row[column]} stands in another row too", "correct or remove one of them"
                )
            seen.add(row[column])
    if [row[columns[0]] for row in rows] != sorted(row[columns[0]] for row in rows):
        yield source.finding(
            (key,), f"the rows are not in the order of {columns[0]}", "sort them: people look things up here"
        )


def _enum(source: Source, name: str, key: str, rows: list[dict[str, Any]], ident: str) -> Iterator[Finding]:
    enum = source.document.get("components", {}).get("schemas", {}).get(name, {})
    wanted = [(row[ident], row["name"]) for row in rows]
    if list(zip(enum.get("enum", []), enum.get("x-enum-varnames", []), strict=False)) != wanted:
        yield source.finding(
            ("components", "schemas", name),
            f"is not the list of numbers and names of {key}",
            f"write the same rows in the order of {key}",
        )
