"""Recipients from a CSV file: the header understood, columns found, rows in parts of a thousand.

Knows delimiters, usual names of columns, and how rows can be broken. Must not know templates or what a valid number
is. Memory does not grow with the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BufferedReader
from itertools import chain, compress, islice
from pathlib import Path
from typing import Final

from ._columns import Columns, Row
from ._lines import Lines, file_digest, lines_of, opened
from .problems import PlanError
from .settings import CHUNK_SIZE

__all__ = ["ENCODINGS", "CsvSource", "FileSource"]

ENCODINGS: Final = ("utf-8", "utf-8-sig", "gb18030")
_MOST_COLUMNS: Final = 200
_PHONE_COLUMNS: Final = ("phone", "mobile", "phone_number", "tel", "手机", "手机号", "手机号码", "电话")


class FileSource:
    """What all kinds of files share: opening with words, the digest."""

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


class CsvSource(FileSource):
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
        for part in self.columns(variables):
            yield from part.rows()

    def columns(self, variables: Sequence[str] | None) -> Iterator[Columns]:
        """The same rows in parts of at most a thousand, column by column."""
        with self._open() as file:
            lines = Lines(file, self._path, self._encoding)
            blocks = lines.blocks()
            first = next(blocks, None)
            if first is None:
                raise PlanError(
                    f"{self._path} is empty.", "Give a CSV file with a header and a column of phone numbers."
                )
            line, _, block = first.partition("\n")
            header = _header(line, self._delimiter)
            place, wanted = self._places(header.names, variables)
            table = _Table(header, place, wanted)
            for text in chain([block], blocks):
                yield from table.read(text, blocks)
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


class _Table:
    """Reads blocks of lines into columns, and counts the lines. The header was line 1."""

    def __init__(self, header: _Header, place: int, wanted: Mapping[str, int]) -> None:
        self._header = header
        self._place = place
        self._wanted = wanted
        self._line = 1

    def read(self, block: str, more: Iterator[str]) -> Iterator[Columns]:
        """The rows of a block, and those of all others if there are quotation marks: a field between them may go on in
        the next block.
        """
        if '"' in block:
            yield from self._read_records(lines_of(chain([block], more)))
            return
        fields = _split(block, self._header)
        if fields is None:
            yield from self._read_records(lines_of([block]))
            return
        width = len(self._header.names)
        count = len(fields) // width
        phones = fields[self._place :: width]
        values = {name: fields[column::width] for name, column in self._wanted.items()}
        for start in range(0, count, CHUNK_SIZE):
            end = min(start + CHUNK_SIZE, count)
            numbers = range(self._line + start + 1, self._line + end + 1)
            yield Columns(
                numbers, phones[start:end], {name: column[start:end] for name, column in values.items()}
            )
        self._line += count

    def _read_records(self, lines: Iterator[str]) -> Iterator[Columns]:
        reader = csv.reader(lines, delimiter=self._header.delimiter, strict=False)
        width = len(self._header.names)
        least = max([self._place, *self._wanted.values()]) + 1
        ended = False
        while not ended:
            before = reader.line_num
            records: list[list[str]] = []
            broken: list[Row] = []
            try:
                for record in islice(reader, CHUNK_SIZE):
                    records.append(record)  # noqa: PERF402  # not lost when the next one is no record
                ended = len(records) < CHUNK_SIZE
            except csv.Error as error:
                broken.append(Row(self._line + reader.line_num, None, problem=str(error)))
            numbers = _numbers(records, self._line + before, self._line + reader.line_num)
            if records and min(map(len, records)) < least:
                short = [
                    Row(number, None, problem=f"{len(record)} fields, the header has {width}")
                    for number, record in zip(numbers, records, strict=True)
                    if 0 < len(record) < least
                ]
                broken = short + broken
                whole = [len(record) >= least for record in records]
                numbers = list(compress(numbers, whole))
                records = list(compress(records, whole))
            # Records may be of different length: what all have is taken.
            columns = list(zip(*records, strict=False)) if records else [()] * least
            values = {name: columns[column] for name, column in self._wanted.items()}
            if records or broken:
                yield Columns(numbers, columns[self._place], values, broken)
        self._line += reader.line_num


_NOT_STRUCTURE: Final = {
    mark: bytes(set(range(256)) - {ord(mark), ord("\n")}) for mark in (",", ";", "\t", "|")
}


def _split(block: str, header: _Header) -> list[str] | None:
    """All fields of a block without quotation marks, one row behind the other, if each line has as many as the header
    (nearly always; a third of the cost). None if it has to be read with care.
    """
    if "\r" in block:
        block = block.replace("\r\n", "\n")
    others = _NOT_STRUCTURE.get(header.delimiter)
    if others is None or "\r" in block or not block:
        return None
    if not block.endswith("\n"):  # the last one of the file
        block += "\n"
    line = header.delimiter * (len(header.names) - 1) + "\n"
    structure = block.encode("utf-8", "surrogatepass").translate(None, others)
    # In a list of one column an empty line is no row.
    if structure != line.encode() * block.count("\n") or (len(line) == 1 and "\n\n" in "\n" + block):
        return None
    fields = block.replace("\n", header.delimiter).split(header.delimiter)
    fields.pop()  # what stands behind the last line
    return fields


def _numbers(records: Sequence[Sequence[str]], before: int, last: int) -> Sequence[int]:
    """The line on which each record ends. `before` is the line before the first one, `last` the last line that was
    read.
    """
    if last - before == len(records):
        return range(before + 1, last + 1)
    # Line feeds inside of quotes, or a broken record behind these: a record takes a line, and one for each.
    numbers: list[int] = []
    for record in records:
        before += 1 + sum([field.count("\n") for field in record])
        numbers.append(
            min(before, last)
        )  # between quotes that are never closed, the end of the file is no line
    return numbers
