"""The formats of recipient files: CSV (and plain numbers), JSON lines, workbooks.

What a quotation mark opens in CSV ends in the same line: a mark that somebody forgot would else take other rows into
one cell. Lines without a mark, nearly all, are split; those with one are read by the standard library's `csv`.

Workbooks (`.xlsx`, `.xls`, `.ods`) are read with python-calamine (extra `xlsx`) because it reads all three with one
well-kept library of one wheel without dependencies, and a million rows in seconds; openpyxl reads `.xlsx` only, several
times slower, and xlrd `.xls` only.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, cast

from jsmskit._calls import strict_json

from ..errors import PlanError
from .table import NO_VALUES, Record, Row, TableSource, clean, find_phone_columns, is_number, is_phone_heading, quoted
from .text_file import FileSource, LineReader

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_DELIMITERS: Final = (",", ";", "\t", "|", "，", "；")
_SEP_LINE: Final = re.compile(r'"?sep=([^"])"?', re.IGNORECASE)
_LOOKED_AT: Final = 20
_LONGEST_RECORD: Final = 128 * 1024
_BREAK_WITHIN: Final = "a line break (carriage return) stands within a field"


@dataclass(eq=False, kw_only=True)
class CsvSource(TableSource):
    """A CSV file with a header, or with plain numbers, one a line. Numbers of rows are lines of the file.

    Args:
        file: a path, or `Content`.
        encoding: any name that Python knows.
        phone_column: where the number stands; found if its heading says so.
        columns: variable of the template -> column; by default each variable has a column of its own name.
        delimiter: between fields; found in the header if left out.
        header: False if the first row is a recipient already; then columns are called "1", "2" and so on.
        multiline: take fields in quotation marks that run over line breaks.

    Raises `PlanError` for an encoding that is not known.
    """

    encoding: str = "utf-8"
    delimiter: str | None = None
    multiline: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._lines = LineReader(self._content, self.encoding, self._hash.update)

    def _suggestion(self) -> str:
        return self._lines.suggestion()

    def _records(self) -> Iterator[Record]:
        lines = enumerate(self._lines, 1)
        ahead = list(islice(lines, _LOOKED_AT))
        delimiter = self.delimiter
        if ahead and (said := _SEP_LINE.fullmatch(ahead[0][1].strip())):
            delimiter = delimiter or said[1]
            del ahead[0]
            self.ignored["sep= lines"] += 1
        if delimiter is None:
            delimiter = _find_delimiter([line for _, line in ahead], self.phone_column)
        numbered = chain(ahead, lines)
        for number, line in numbered:
            if '"' not in line and "\r" not in line:
                yield number, line.split(delimiter), ""
            elif "\r" not in line and (cells := _cells([line], delimiter)) is not None:
                yield number, cells, ""
            else:
                yield from self._read_on(number, line, numbered, delimiter)

    def _read_on(self, start: int, line: str, following: Iterator[tuple[int, str]], delimiter: str) -> Iterator[Record]:
        """The record that begins in this line and goes over its end, or is damaged; and rows that stand within it."""
        taken: list[str] = []

        def lines() -> Iterator[str]:
            size = 0
            for _, text in chain([(start, line)], following):
                taken.append(text)
                size += len(text)
                if size > _LONGEST_RECORD:
                    break
                yield text.replace("\r", " ") + "\n"
            raise csv.Error

        try:
            next(csv.reader(lines(), delimiter=delimiter))  # it reads on while a mark is open
            ends = True
        except csv.Error:
            ends = False
        within = [(start + n, found) for n, text in enumerate(taken) if n and (found := _phone_in(text, delimiter))]
        cells = None
        if not ends or (len(taken) > 1 and not self.multiline):
            problem = "a quotation mark opens a field that runs over the end of the line"
        elif within:
            problem = "a field in quotation marks holds another row"
        elif "\r" in line and not self.multiline:
            problem = _BREAK_WITHIN
        else:
            cells = _cells([text + "\n" for text in taken], delimiter)
            problem = _BREAK_WITHIN if "\r" in line else "text stands behind the quotation mark that ends a field"
        yield (start, [_phone_in(line, delimiter)], problem) if cells is None else (start, cells, "")
        for number, phone in within:
            yield number, [phone], f"it stands within the quotation marks of row {start}"
        if not ends:
            raise PlanError(
                f"{self.name}: a quotation mark opens a field that does not end.",
                'Delete the mark in this line; a mark that belongs to a value is written twice: "".',
                row=start,
            )


def _cells(lines: Sequence[str], delimiter: str) -> list[str] | None:
    """The cells of one record; None if its quotation marks or line breaks are not in order."""
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _phone_in(line: str, delimiter: str) -> str | None:
    """The first cell of a line that is a phone number, whatever quotation marks stand around it."""
    return next((cell for part in line.split(delimiter) if is_number(cell := part.strip(' "'))), None)


def _find_delimiter(lines: Sequence[str], phone_column: str | None) -> str:
    """The mark that cuts one of the first lines into a heading of phone numbers, or a number, and most cells."""
    best, found = (0, 0), ","
    wanted = None if phone_column is None else clean(phone_column)
    for mark in _DELIMITERS:
        for line in lines:
            cells = next(csv.reader([line.replace("\r", " ")], delimiter=mark), list[str]())
            names = [clean(cell) for cell in cells]
            if wanted in names or any(map(is_phone_heading, names)):
                score = 2, len(cells)
            else:
                score = int(any(map(is_number, cells))), len(cells)
            if score > best:
                best, found = score, mark
    return found


_ONE = 'Give one JSON object a line: {"phone": "13800138000", "code": "2468"}.'


@dataclass(eq=False, kw_only=True)
class JsonLinesSource(FileSource):
    """A file of JSON objects, one a line: `{"phone": "13800138000", "params": {"name": "..."}}`, or all values flat.
    Numbers of rows are lines of the file.

    Args:
        file: a path, or `Content`.
        encoding: any name that Python knows.
        phone_column: key of the number; found if it is a usual name, as a heading would be.
        columns: variable of the template -> key; by default the key of its own name.
    """

    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._lines = LineReader(self._content, self.encoding, self._hash.update)

    def rows(self, variables: Sequence[str] | None, constants: Iterable[str] = ()) -> Iterator[Row]:
        """Yield a row for each line; one that holds no such object has a problem.

        Raises `PlanError` for a file that is empty, or is one document instead of lines.
        """
        held = False
        for number, line in enumerate(self._lines, 1):
            text = line.strip()
            if not text:
                self.ignored["empty rows"] += 1
                continue
            if not held and (text == "{" or text.startswith("[")):
                raise PlanError(
                    f"{self.name} is one JSON document, and not one a line.",
                    f"{_ONE} `jq -c '.[]'` makes lines of a list.",
                    row=number,
                )
            held = True
            yield self._row(number, text, variables)
        if not held:
            raise PlanError(f"{self.name} is empty.", _ONE)

    def _row(self, number: int, line: str, variables: Sequence[str] | None) -> Row:
        try:
            found = strict_json.loads(line.encode("utf-8", "replace"))
        except strict_json.StrictJsonError as error:
            return Row(number, None, problem=str(error))
        if not isinstance(found, dict):
            return Row(number, None, problem="it is no JSON object")
        record = cast("dict[str, Any]", found)
        keys = list(record)
        places = [keys[place] for place in find_phone_columns(keys, self.phone_column)]
        if len(places) > 1:
            return Row(number, None, problem=f"{quoted(places)} may all be the phone number")
        phone = record[places[0]] if places else None
        nested = "params" in record
        params = record["params"] if nested else {key: record[key] for key in keys if key not in places}
        if not isinstance(params, dict):
            return Row(number, phone, problem='"params" is no JSON object')
        given = cast("dict[str, object]", params)
        values = {name: given[key] for name, key in (self.columns or {}).items() if key in given}
        others = given if nested or variables is None else variables
        taken = set((self.columns or {}).values())
        values |= {name: given[name] for name in others if name in given and name not in {*taken, *values}}
        return Row(number, phone, values or NO_VALUES)


WORKBOOK_MARKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How the bytes of a workbook begin: a zip archive, or the container of old Office files."""
_EXACT: Final = 10**15
"""Spreadsheets keep fifteen digits of a number; of a longer one the last digits are wrong already."""


@dataclass(eq=False, kw_only=True)
class WorkbookSource(TableSource):
    """One sheet of a workbook. Numbers of rows are those that the spreadsheet shows.

    A number becomes the text that was typed (13800138000, 2468, 1.5), a date `2026-01-31`, a time `09:30`.

    Args:
        file: a path, or `Content`.
        sheet: name of the sheet; the first one if left out.
        phone_column: as for `CsvSource`.
        columns: as for `CsvSource`.
        header: as for `CsvSource`.
    """

    sheet: str | None = None

    def _records(self) -> Iterator[Record]:
        sheet = self._open()
        self._name = f'{self.name}, sheet "{sheet.name}"'
        for number, cells in enumerate(sheet.iter_rows(), 1):
            yield number, [_typed(cell) for cell in cells], ""

    def _open(self) -> CalamineSheet:
        try:
            import python_calamine as calamine  # an extra
        except ModuleNotFoundError:
            raise PlanError(
                f"{self.name} is a workbook, and python-calamine, which reads those, is not installed.",
                "Install jsmskit with the extra xlsx; or save the sheet as CSV UTF-8 (File, Save as).",
            ) from None
        try:
            with self._content.open() as file:
                content = file.read()
            self._hash.update(content)
            return self._chosen(calamine.CalamineWorkbook.from_filelike(BytesIO(content)))
        except calamine.PasswordError:
            what, remedy = "has a password", "Save it without one; or save the sheet as CSV UTF-8."
        except calamine.CalamineError as error:
            what, remedy = (f"cannot be read as a workbook ({error})", "Open it in the spreadsheet and save it again.")
        raise PlanError(f"{self.name} {what}.", remedy)

    def _chosen(self, book: CalamineWorkbook) -> CalamineSheet:
        names = book.sheet_names
        first = next(iter(names), "")
        name = first if self.sheet is None else self.sheet
        if name not in names:
            raise PlanError(
                f'{self.name} has no sheet "{name}" (sheets: {quoted(names)}).', f'Say which: sheet="{first}".'
            )
        return book.get_sheet_by_name(name)


def _typed(cell: Any) -> object:
    """What was typed into a cell."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    if isinstance(cell, (float, int, timedelta)) and not isinstance(cell, bool):
        return str(cell)  # too long a number comes out as 1.38e+18, which is named as damaged
    if isinstance(cell, datetime):
        shown = "%Y-%m-%d" if cell.time() == time() else "%Y-%m-%d %H:%M"
        return cell.strftime(shown)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    return cell
