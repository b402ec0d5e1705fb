"""A part of a list, row by row or column by column: what sources give, and what a plan is made of.

Rows are for whatever has to be looked at by itself. Columns are for the rest, nearly everybody: a thousand values
are judged, encoded and written together for a fraction of what each costs alone. Must not know files, templates or
ledgers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from types import MappingProxyType
from typing import Final, NamedTuple

from jsmskit._texts import billed_units

__all__ = ["NO_VALUES", "Columns", "Planned", "Row", "columns_of"]

NO_VALUES: Final[Mapping[str, object]] = MappingProxyType({})


class Row(NamedTuple):
    """One row of a source; a tuple, since there are very many. `problem` says why it cannot be read at all; then
    the rest is empty.
    """

    number: int
    phone: object
    params: Mapping[str, object] = NO_VALUES
    problem: str = ""

    def __repr__(self) -> str:
        return f"Row(number={self.number}, problem={self.problem!r})"


class Columns(NamedTuple):
    """Rows of a source, in their order: numbers of rows, phone numbers, and for each variable the values.

    others: rows between them that fit into no columns.
    """

    numbers: Sequence[int]
    phones: Sequence[str]
    values: Mapping[str, Sequence[str]]
    others: Sequence[Row] = ()

    def __repr__(self) -> str:
        return f"<{self.size} rows in columns>"

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self.numbers) + len(self.others)

    def row(self, place: int) -> Row:
        """One of those that stand in the columns."""
        values = {name: column[place] for name, column in self.values.items()}
        return Row(self.numbers[place], self.phones[place], values or NO_VALUES)

    def rows(self) -> list[Row]:
        """All of them, as rows."""
        rows = list(map(self.row, range(len(self.numbers))))
        # Numbers are not unique for those only who have made them up; the order of equal ones does not matter.
        return sorted([*rows, *self.others], key=lambda row: row.number) if self.others else rows


def columns_of(rows: Iterable[Row], names: Sequence[str]) -> Columns:
    """Put rows into columns that have a text for a phone number and for each of these names, and nothing more."""
    numbers: list[int] = []
    phones: list[str] = []
    values: list[list[object]] = []
    others: list[Row] = []
    wide = len(names)
    for row in rows:
        number, phone, params, problem = row
        if type(phone) is str and len(params) == wide and not problem:
            found = [params.get(name) for name in names]
            if all(type(value) is str for value in found):
                numbers.append(number)
                phones.append(phone)
                values.append(found)
                continue
        others.append(row)
    columns = zip(*values, strict=True) if values else ((),) * wide
    return Columns(numbers, phones, dict(zip(names, columns, strict=True)), others)


class Planned(NamedTuple):
    """Recipients that can be sent, column by column: numbers in eleven digits, values, rows of the source, lengths of
    the messages as they are counted.

    frame: what stands before and behind everybody's `params` to make them the JSON object that goes on the wire; None
    if nobody has any values. Without a frame of its own a text is whole, or empty.
    """

    phones: list[str]
    params: list[str]
    rows: list[int]
    lengths: list[int]
    frame: tuple[str, str] | None = None

    def __repr__(self) -> str:
        return f"<{len(self.phones)} planned recipients>"

    @property
    def units(self) -> list[int]:
        """What each is billed as."""
        billed = {length: billed_units(length) for length in set(self.lengths)}
        if set(billed.values()) == {1}:
            return [1] * len(self.lengths)
        return [billed[length] for length in self.lengths]

    def framed(self) -> str | None:
        """The JSON objects of all, one a line; no text of JSON holds a line feed. None if nobody has any values."""
        if self.frame is None:
            return None
        before, behind = self.frame
        return before + (behind + "\n" + before).join(self.params) + behind

    def add(self, more: Planned) -> None:
        """Put others behind these."""
        self.phones.extend(more.phones)
        self.params.extend(more.params)
        self.rows.extend(more.rows)
        self.lengths.extend(more.lengths)

    def cut(self, size: int) -> Planned:
        """Take the first ones out."""
        phones, params, rows, lengths = (
            self.phones[:size],
            self.params[:size],
            self.rows[:size],
            self.lengths[:size],
        )
        del self.phones[:size], self.params[:size], self.rows[:size], self.lengths[:size]
        return Planned(phones, params, rows, lengths, self.frame)

    def only(self, wanted: Sequence[bool]) -> Planned:
        """Those of a place that is wanted."""
        return Planned(
            list(compress(self.phones, wanted)),
            list(compress(self.params, wanted)),
            list(compress(self.rows, wanted)),
            list(compress(self.lengths, wanted)),
            self.frame,
        )

    def in_order(self) -> Planned:
        """The same in the order of their rows."""
        order = sorted(range(len(self.rows)), key=self.rows.__getitem__)
        return Planned(
            [self.phones[place] for place in order],
            [self.params[place] for place in order],
            [self.rows[place] for place in order],
            [self.lengths[place] for place in order],
            self.frame,
        )
