"""Tables of recipients, from CSV or a workbook: the header found, columns found, rows that hold nothing passed over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

from ..errors import PlanError
from .headings import clean, find_column, is_blank, is_number, phone_columns, quoted
from .rows import NO_VALUES, Row

_MOST_COLUMNS: Final = 200
_HEADER_WITHIN: Final = 20
"""The header is one of so many first rows that hold something; above it stand titles."""

Record = tuple[int, Sequence[object], str]
"""Number of the row, its cells, and why it cannot be read (then the first cell is what looks like a phone number)."""


class _Layout(NamedTuple):
    names: Sequence[str]
    phone: int
    values: Mapping[str, int]


class Table:
    """Turns the records of one table into rows.

    Args:
        name: the file (and sheet) for messages.
        phone_column: where the number stands; found if its heading says so.
        columns: variable of the template -> column; by default each variable has a column of its own name.
        header: False if the first row is a recipient already; then columns are called "1", "2" and so on.
        ignored: counts the rows that hold nothing.
    """

    def __init__(
        self,
        name: str,
        *,
        phone_column: str | None,
        columns: Mapping[str, str],
        header: bool,
        ignored: Counter[str],
    ) -> None:
        self._name = name
        self._phone_column = phone_column
        self._columns = columns
        self._header = header
        self._ignored = ignored

    def rows(
        self, records: Iterator[Record], variables: Sequence[str] | None, constants: Iterable[str]
    ) -> Iterator[Row]:
        """Yield the rows below the header. A row that does not fit under it has a problem. Raises `PlanError`."""
        layout, first = self._read_header(records, variables, frozenset(constants))
        names, place, values = layout
        width = len(names)
        least = max([place, *values.values()]) + 1
        wanted = list(values.items())
        for number, cells, problem in chain(first, records):
            if problem:
                yield Row(number, cells[0] if cells else None, NO_VALUES, problem)
                continue
            if len(cells) != width or is_blank(cells[place]):
                if all(map(is_blank, cells)):
                    self._ignored["empty rows"] += 1
                    continue
                if len(cells) < least or not all(map(is_blank, cells[width:])):
                    told = f"{len(cells)} fields, the {'header' if self._header else 'first row'} has {width}"
                    phone = next((cell for cell in cells if is_number(cell)), None)
                    yield Row(number, phone, NO_VALUES, told)
                    continue
            yield Row(number, cells[place], {name: cells[column] for name, column in wanted})

    def _read_header(
        self, records: Iterator[Record], variables: Sequence[str] | None, constants: frozenset[str]
    ) -> tuple[_Layout, list[Record]]:
        above: list[tuple[int, list[str]]] = []
        for record in records:
            number, cells, problem = record
            if problem and not above:
                raise PlanError(
                    f"{self._name}: the header cannot be read: {problem}.",
                    "Correct this line; or save the list as CSV UTF-8 in the spreadsheet.",
                    row=number,
                )
            if not problem and all(map(is_blank, cells)):
                self._ignored["empty rows"] += 1
                continue
            if len(cells) > _MOST_COLUMNS:
                raise PlanError(
                    f"{self._name}: the header has {len(cells)} columns.",
                    f"At most {_MOST_COLUMNS} are read.",
                    row=number,
                )
            held = [cell for cell in cells if not is_blank(cell)]
            numbers = [cell for cell in held if is_number(cell)]
            # A list of nothing but numbers needs no header.
            if not self._header or (numbers and len(cells) == 1 and not above and not self._columns):
                names = [str(place) for place in range(1, len(cells) + 1)]
                phone = self._numbered_phone(names, cells, number)
                self._header = False
                return self._layout(names, phone, variables, constants, number), [record]
            if numbers or problem:
                raise self._no_header(number, cells, above)
            names = [clean(cell) for cell in cells]
            if self._is_header(names):
                if above:
                    self._ignored["rows above the header"] += len(above)
                return self._layout(names, self._phone(names, number), variables, constants, number), []
            above.append((number, names))
            if len(above) == _HEADER_WITHIN:
                break
        if not above:
            raise PlanError(
                f"{self._name} is empty.", "Give a list with a header and a column of phone numbers."
            )
        raise self._unknown_header(above[0][0], above[0][1])

    def _is_header(self, names: Sequence[str]) -> bool:
        if self._phone_column is not None:
            return bool(find_column(names, self._phone_column))
        return bool(phone_columns(names))

    def _phone(self, names: Sequence[str], number: int) -> int:
        if self._phone_column is not None:
            return self._only(names, self._phone_column, number)
        places = phone_columns(names)
        if len(places) == 1:
            return places[0]
        found = [names[place] for place in places]
        if len(set(found)) < len(found):
            raise self._twice(found[0], number)
        raise PlanError(
            f"{self._name}: {quoted(found)} may all be the phone numbers.",
            f'Say which: phone_column="{found[0]}".',
            row=number,
        )

    def _numbered_phone(self, names: Sequence[str], cells: Sequence[object], number: int) -> int:
        if self._phone_column is not None:
            return self._only(names, self._phone_column, number)
        places = [place for place, cell in enumerate(cells) if is_number(cell)]
        if len(places) == 1:
            return places[0]
        what = "several columns of the first row hold" if places else "no column of the first row holds"
        raise PlanError(
            f"{self._name}: {what} a phone number.", 'Say which column: phone_column="1".', row=number
        )

    def _layout(
        self,
        names: Sequence[str],
        phone: int,
        variables: Sequence[str] | None,
        constants: frozenset[str],
        number: int,
    ) -> _Layout:
        wrong = [name for name in self._columns if variables is not None and name not in variables]
        if wrong:
            raise PlanError(
                f'the template has no variable "{wrong[0]}" (it has: {quoted(variables or ())}).',
                'Correct columns={"NAME": "COLUMN"}.',
            )
        values = {variable: self._only(names, column, number) for variable, column in self._columns.items()}
        if variables is None:
            # Of a template that is not known every column may be a variable; columns without a heading are none.
            taken = {phone, *values.values()}
            for place, name in enumerate(names):
                if name and place not in taken and self._header:
                    values.setdefault(name, self._only(names, name, number))
        else:
            for name in variables:
                if name in values or (name in constants and not find_column(names, name)):
                    continue
                values[name] = self._only(names, name, number)
        return _Layout(names, phone, values)

    def _only(self, names: Sequence[str], wanted: str, number: int) -> int:
        places = find_column(names, wanted)
        if not places:
            if not self._header:
                raise PlanError(
                    f'{self._name}: no column is said to hold "{wanted}" (columns: "1" to "{len(names)}").',
                    f'Say which: columns={{"{wanted}": "2"}}.',
                    row=number,
                )
            raise PlanError(
                f'{self._name} has no column "{wanted}" (columns: {quoted(names)}).',
                f'Say where the values are: phone_column="COLUMN", columns={{"{wanted}": "COLUMN"}}; or give all'
                f' the same: params={{"{wanted}": "VALUE"}}.',
                row=number,
            )
        if len(places) > 1:
            raise self._twice(names[places[0]], number)
        return places[0]

    def _twice(self, name: str, number: int) -> PlanError:
        return PlanError(
            f'{self._name} has the column "{name}" twice.', "Give the columns different names.", row=number
        )

    def _no_header(
        self, number: int, cells: Sequence[object], above: Sequence[tuple[int, list[str]]]
    ) -> PlanError:
        """The first phone number came before a header was found."""
        if above:
            return self._unknown_header(*above[-1], cells)
        names = [str(place) for place in range(1, len(cells) + 1)]
        phone = next((name for name, cell in zip(names, cells, strict=True) if is_number(cell)), "1")
        rest = [name for name in names if name != phone]
        example = f', columns={{"VARIABLE": "{rest[0]}"}}' if rest else ""
        return PlanError(
            f"{self._name} has no header: a phone number stands in its first row.",
            f"Add a first row with headings; or say so, with columns by number: header=False,"
            f' phone_column="{phone}"{example}.',
            row=number,
        )

    def _unknown_header(self, number: int, names: Sequence[str], below: Sequence[object] = ()) -> PlanError:
        if self._phone_column is not None:
            return PlanError(
                f'{self._name} has no column "{self._phone_column}" (columns: {quoted(names)}).',
                'Say where the numbers are: phone_column="COLUMN"; or is it another encoding?',
                row=number,
            )
        held = [name for name, cell in zip(names, below, strict=False) if is_number(cell) and name]
        return PlanError(
            f"{self._name}: no heading says that phone numbers stand below it (columns: {quoted(names)}).",
            f'Say which: phone_column="{held[0] if held else "COLUMN"}".',
            row=number,
        )
