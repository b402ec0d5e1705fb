"""Where recipients come from: CSV, JSON lines, any iterable; read once, in a stream, with a digest of what
was read.

Knows how each kind is read, and the ways in which it is wrong, each told with its row and the remedy. Must not
know templates, ledgers or what a valid number is. Memory does not grow with the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, cast, runtime_checkable

from jsmskit import _strict_json
from jsmskit.recipients import Recipient, RecipientLike

from ._columns import Columns, Row
from ._csv import ENCODINGS, CsvSource, FileSource
from ._lines import Lines
from .problems import PlanError

__all__ = [
    "ENCODINGS",
    "ColumnSource",
    "CsvSource",
    "IterableSource",
    "JsonLinesSource",
    "Row",
    "Source",
]


@runtime_checkable
class Source(Protocol):
    """Gives rows, once. `digest` and `columns` are complete when the rows have been read."""

    name: str

    def rows(self, variables: Sequence[str] | None) -> Iterator[Row]:
        """All rows. `variables` are the names that the template has, None if they are not known.

        Raises `PlanError` if the source as a whole cannot be used.
        """
        ...

    def digest(self) -> str:
        """SHA-256 of what was read, in hex."""
        ...


@runtime_checkable
class ColumnSource(Source, Protocol):
    """A source that can give its rows column by column, which costs much less."""

    def columns(self, variables: Sequence[str] | None) -> Iterator[Columns]:
        """All rows, in parts of at most a thousand. Otherwise as `rows`."""
        ...


class JsonLinesSource(FileSource):
    """A file with one JSON object a line: `{"phone": "13800138000", "params": {"name": "..."}}`, or all
    values flat.
    """

    def rows(self, variables: Sequence[str] | None) -> Iterator[Row]:
        """A line that is no such object is a row with a problem. An empty file is refused."""
        with self._open() as file:
            lines = Lines(file, self._path, self._encoding)
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                yield _json_row(number, line, variables)
            if not lines.lines:
                raise PlanError(f"{self._path} is empty.", 'Give a JSON object a line: {"phone": "..."}.')
            self._digest = lines.hash.hexdigest()


def _json_row(number: int, line: str, variables: Sequence[str] | None) -> Row:
    try:
        found = _strict_json.loads(line.encode("utf-8", "replace"))
    except _strict_json.StrictJsonError as error:
        return Row(number, None, problem=str(error))
    if not isinstance(found, dict):
        return Row(number, None, problem="no JSON object")
    record = cast("dict[str, Any]", found)
    phone = next((record[name] for name in ("phone", "mobile") if name in record), None)
    params = record.get("params", record)
    if not isinstance(params, dict):
        return Row(number, None, problem="params is no JSON object")
    if params is record:
        names = (
            [name for name in record if name not in ("phone", "mobile")] if variables is None else variables
        )
        return Row(number, phone, {name: record[name] for name in names if name in record})
    return Row(number, phone, cast("dict[str, object]", params))


class IterableSource:
    """Recipients from a program: numbers, pairs of number and values, `Recipient` objects. Counted from 1.

    The iterable is read once. The digest is made of what was given, in its order.
    """

    def __init__(self, recipients: Iterable[RecipientLike], *, name: str = "iterable") -> None:
        self.name = name
        self._recipients = recipients
        self._hash = hashlib.sha256()

    def rows(self, variables: Sequence[str] | None) -> Iterator[Row]:
        """One row for each recipient, judged later."""
        for number, given in enumerate(self._recipients, 1):
            phone: object
            params: Mapping[str, object] | None
            if isinstance(given, Recipient):
                phone, params = given.phone, given.params
            elif isinstance(given, tuple) and len(given) == 2:
                phone, params = given
            else:
                phone, params = given, None
            values = dict(params or {})
            self._hash.update(json.dumps([str(phone), values], sort_keys=True, default=str).encode())
            yield Row(number, phone, values)

    def digest(self) -> str:
        """SHA-256 over the recipients that were read."""
        return self._hash.hexdigest()
