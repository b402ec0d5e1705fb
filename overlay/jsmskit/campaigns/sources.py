"""Where recipients come from: CSV, JSON lines, any iterable; read once, in a stream, with a digest of what
was read.

Knows files, encodings and the ways in which they are wrong, each told with its row and the remedy. Must not
know templates, ledgers or what a valid number is. Memory does not grow with the file.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BufferedReader
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Protocol, cast, runtime_checkable

from jsmskit import _strict_json
from jsmskit.recipients import Recipient, RecipientLike

from ._lines import Lines, file_digest, opened
from .problems import PlanError

__all__ = ["ENCODINGS", "CsvSource", "IterableSource", "JsonLinesSource", "Row", "Source"]

ENCODINGS: Final = ("utf-8", "utf-8-sig", "gb18030")
_MOST_COLUMNS: Final = 200
_PHONE_COLUMNS: Final = ("phone", "mobile", "phone_number", "tel", "手机", "手机号", "手机号码", "电话")


# The constructor of a named tuple costs three times as much.
_new: Final = cast("Any", tuple.__new__)  # pyright: ignore[reportUnknownMemberType]
_NO_VALUES: Final[Mapping[str, object]] = MappingProxyType({})


class Row(NamedTuple):
    """One row of a source; a tuple, since there are very many. `problem` says why it cannot be read at all; then
    the rest is empty.
    """

    number: int
    phone: object
    params: Mapping[str, object] = _NO_VALUES
    problem: str = ""

    def __repr__(self) -> str:
        return f"Row(number={self.number}, problem={self.problem!r})"


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


class _File:
    """What both kinds of files share: opening with words, the digest."""

    def __init__(self, path: str | Path, *, encoding: str = "utf-8") -> None:
        if encoding not in ENCODINGS:
            raise PlanError(f"the encoding {encoding} is not known.", f"Use one of {', '.join(ENCODINGS)}.")
        self._path = Path(path)
        self._encoding = encoding
        self.name = str(self._path)
        self._digest = ""

    def digest(self) -> str:
        """SHA-256 of the file's bytes; reads the file again if the rows were not read to their end."""
        return self._digest or file_digest(self._path)

    def _open(self) -> BufferedReader:
        return opened(self._path)


class CsvSource(_File):
    """A CSV file with a header. Row numbers are line numbers of the file; the header is line 1.

    phone_column: where the number stands; found by itself if it has one of the usual names.
    columns: variable of the template -> column; by default each variable has a column of its own name.
    delimiter: between fields; a comma, or a semicolon or TAB if the header has no comma.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        encoding: str = "utf-8",
        phone_column: str | None = None,
        columns: Mapping[str, str] | None = None,
        delimiter: str | None = None,
    ) -> None:
        super().__init__(path, encoding=encoding)
        self._phone_column = phone_column
        self._columns = dict(columns or {})
        self._delimiter = delimiter

    def rows(self, variables: Sequence[str] | None) -> Iterator[Row]:
        """The rows after the header. A row with too few fields is a row with a problem, not an error."""
        with self._open() as file:
            lines = Lines(file, self._path, self._encoding)
            text = iter(lines)
            first = next(text, None)
            if first is None:
                raise PlanError(
                    f"{self._path} is empty.", "Give a CSV file with a header and a column of phone numbers."
                )
            header = _header(first, self._delimiter)
            place, wanted = self._places(header.names, variables)
            reader = csv.reader(text, delimiter=header.delimiter, strict=False)
            least = max([place, *wanted.values()]) + 1
            pick = _picker(wanted)
            read_all = False
            while not read_all:
                try:
                    for fields in reader:
                        if len(fields) >= least:
                            yield _new(Row, (reader.line_num + 1, fields[place], pick(fields), ""))
                        elif fields:
                            told = f"{len(fields)} fields, the header has {len(header.names)}"
                            yield Row(reader.line_num + 1, None, problem=told)
                    read_all = True
                except csv.Error as error:
                    yield Row(reader.line_num + 1, None, problem=str(error))
            self._digest = lines.hash.hexdigest()

    def _places(self, names: Sequence[str], variables: Sequence[str] | None) -> tuple[int, dict[str, int]]:
        listed = ", ".join(names[:20]) or "none"
        doubled = {name for name in names if names.count(name) > 1}
        phone = self._phone_column
        if phone is None:
            usual = [name for name in names if name.strip().lower() in _PHONE_COLUMNS]
            if len(usual) != 1:
                what = (
                    "no column has a usual name for phone numbers"
                    if not usual
                    else f"{', '.join(usual)} all may be it"
                )
                raise PlanError(
                    f"{self._path}: {what} (columns: {listed}).", "Say which: --phone-column NAME.", row=1
                )
            phone = usual[0]
        needed = dict(self._columns)
        if variables is None:  # every other column may be one
            taken = {phone, *needed.values()}
            variables_or_all: Sequence[str] = [name for name in names if name and name not in taken]
        else:
            variables_or_all = variables
        for name in variables_or_all:
            needed.setdefault(name, name)
        unknown = [name for name in self._columns if variables is not None and name not in variables]
        if unknown:
            raise PlanError(
                f"the template has no variable {unknown[0]} (it has:"
                f" {', '.join(variables or ()) or 'none'}).",
                "Correct --map NAME=COLUMN.",
            )
        for name in (phone, *needed.values()):
            if name not in names:
                raise PlanError(
                    f"{self._path} has no column {name} (columns: {listed}).",
                    "Say where the values are: --phone-column NAME, --map VARIABLE=COLUMN; or try another"
                    " --encoding.",
                    row=1,
                )
            if name in doubled:
                raise PlanError(
                    f"{self._path} has the column {name} twice.", "Give the columns different names.", row=1
                )
        return names.index(phone), {name: names.index(column) for name, column in needed.items()}


def _picker(wanted: Mapping[str, int]) -> Callable[[list[str]], Mapping[str, object]]:
    """How the values of a row are taken out of its fields; made once, called for every row."""
    if not wanted:
        return lambda fields: _NO_VALUES
    if len(wanted) == 1:
        ((name, column),) = wanted.items()
        return lambda fields: {name: fields[column]}
    names, columns = tuple(wanted), itemgetter(*wanted.values())
    return lambda fields: dict(zip(names, columns(fields), strict=True))


@dataclass(frozen=True, slots=True)
class _Header:
    names: tuple[str, ...]
    delimiter: str


def _header(line: str, delimiter: str | None) -> _Header:
    mark = delimiter or next((mark for mark in ",;\t" if mark in line), ",")
    try:
        nothing: list[str] = []
        names = next(csv.reader([line], delimiter=mark), nothing)
    except csv.Error as error:
        raise PlanError(f"the header cannot be read: {error}.", "Give a plain CSV file.", row=1) from None
    if len(names) > _MOST_COLUMNS:
        raise PlanError(f"the header has {len(names)} columns.", f"At most {_MOST_COLUMNS} are read.", row=1)
    return _Header(tuple(name.strip() for name in names), mark)


class JsonLinesSource(_File):
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
