"""Judging rows: whom can be written to, with what, how long it gets; and why not, in words. Pure.

Knows numbers, variables of a template and lengths. Must not know files or ledgers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from itertools import compress
from operator import add
from typing import Final, NamedTuple

from jsms_api import limits

from jsmskit._masking import mask_phones_in
from jsmskit._phones import are_plain_phones, is_plain_phone, normalise_phone
from jsmskit._refusal import InputRefusedError
from jsmskit._texts import billed_length, check_template_params, fill, variables

from ._columns import Columns, Planned, Row
from .settings import TemplateFacts
from .states import Skipped

__all__ = ["SetAside", "Sieve", "Sifted"]

_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_TEXT: Final = json.encoder.encode_basestring
_SHOWN: Final = 64
# What does not count one, may be refused, or does not stand in JSON as it is: controls and line breaks, quotation mark
# and backslash, blanks of other kinds, brackets of signs, halves of surrogate pairs, everything outside of the Basic
# Multilingual Plane. (A pattern of the fifty thousand others takes ten times as long to be made.)
_ODD: Final = (
    '\x00-\x1f"\\\\\x7f-\xa0\u1680\u2000-\u200a\u2028-\u202f\u205f\u3010\u3011\ud800-\udfff\ufffe-\U0010ffff'
)
# A value is not blank.
_ONE: Final = f"[ \u3000]*[^ \u3000{_ODD}][^{_ODD}]*"
_PLAIN: Final = re.compile(_ONE).fullmatch
_ALL_PLAIN: Final = re.compile(f"{_ONE}(?:\n{_ONE})*").fullmatch


def _shown(given: object) -> str:
    return "" if given is None else str(given)[:_SHOWN]


class Sifted(NamedTuple):
    """A row that can be sent: number in eleven digits, values as they stand within the frame of the sieve, and the
    length of the message.
    """

    row: int
    phone: str
    params: str | None
    length: int = 0

    def __repr__(self) -> str:
        return f"Sifted(row={self.row}, length={self.length})"


class SetAside(NamedTuple):
    """A row that gets nothing, and why."""

    row: int
    phone: str
    why: Skipped
    detail: str

    def __repr__(self) -> str:
        return f"SetAside(row={self.row}, why={self.why!r})"


def _put_together(planned: Planned, judged: Iterable[Sifted | SetAside]) -> tuple[Planned, list[SetAside]]:
    """Put rows that were judged one by one between those that were judged together."""
    aside: list[SetAside] = []
    fit: list[Sifted] = []
    for one in judged:
        if isinstance(one, SetAside):
            aside.append(one)
        else:
            fit.append(one)
    if fit:
        planned.add(
            Planned(
                [one.phone for one in fit],
                [one.params or "" for one in fit],
                [one.row for one in fit],
                [one.length for one in fit],
            )
        )
        planned = planned.in_order()
    return planned, aside


class Sieve:
    """Judges rows for one template."""

    def __init__(self, facts: TemplateFacts) -> None:
        self._facts = facts
        self.variables: tuple[str, ...] | None = None if facts.text is None else variables(facts.text)
        self._fixed = 0
        self._uses: dict[str, int] = {}
        if facts.text is not None:
            # Lengths add up, so the text itself is put together only where a value could change how it is
            # counted.
            sign = f"【{facts.sign}】" if facts.sign else ""
            bare = fill(facts.text, dict.fromkeys(self.variables or (), ""))
            self._fixed = billed_length(sign + bare + facts.hint)
            self._uses = {name: facts.text.count("{{" + name + "}}") for name in self.variables or ()}
        keys = [_TEXT(name) + ':"' for name in self._uses]
        self.frame: tuple[str, str] | None = ("{" + keys[0], '"}') if keys else None
        if self.variables is None:
            self.frame = "", ""
        # What stands between the first value and the last one, with places for both and all others.
        self._between = "%s" + "".join(['",' + key.replace("%", "%%") + "%s" for key in keys[1:]])

    def sift(self, row: Row) -> Sifted | SetAside:
        """Judge one row."""
        number, given, params, problem = row
        if problem:
            return SetAside(number, _shown(given), Skipped.UNREADABLE, mask_phones_in(problem)[:200])
        try:
            phone = normalise_phone(given)  # type: ignore[arg-type]  # it judges every type
        except InputRefusedError as refused:
            missing = refused.keyword == "missing" or given is None
            why = Skipped.MISSING if missing else Skipped.INVALID
            return SetAside(number, _shown(given), why, refused.rule[:200])
        if not params and not self.variables:
            length = self._fixed
            return self._measured(Sifted(number, phone, None, length))
        return self._with_values(row, phone)

    def sift_columns(self, part: Columns) -> tuple[Planned, list[SetAside]]:
        """Judge many rows: those that can be sent, and those set aside.

        What nearly all of them are, a plain number and a plain value for every variable, is judged and encoded here
        together; `sift` judges the others.
        """
        if self.variables is None or part.values.keys() != self._uses.keys():
            return _put_together(Planned([], [], [], [], self.frame), map(self.sift, part.rows()))
        odd, lengths = self._odd(part)
        numbers, phones, columns = part.numbers, part.phones, [part.values[name] for name in self._uses]
        if odd:
            plain = [place not in odd for place in range(len(numbers))]
            numbers, phones = list(compress(numbers, plain)), list(compress(phones, plain))
            lengths = list(compress(lengths, plain))
            columns = [list(compress(column, plain)) for column in columns]
        planned = Planned(
            list(phones), self._encoded(columns, len(numbers)), list(numbers), lengths, self.frame
        )
        others = sorted([*map(part.row, odd), *part.others], key=lambda row: row.number)
        return _put_together(planned, map(self.sift, others))

    def _odd(self, part: Columns) -> tuple[set[int], list[int]]:
        """The places of those that have to be looked at one by one, and the lengths of all messages."""
        odd: set[int] = set()
        if not part.numbers:
            return odd, []
        if not are_plain_phones(part.phones):
            odd.update(place for place, phone in enumerate(part.phones) if not is_plain_phone(phone))
        lengths = [self._fixed] * len(part.numbers)
        for name, column in part.values.items():
            together = "\n".join(column)
            # What stands between them is not plain, so the number of these tells whether one holds it.
            if together.count("\n") != len(column) - 1 or not _ALL_PLAIN(together):
                odd.update(place for place, value in enumerate(column) if not _PLAIN(value))
            uses = self._uses[name]
            lengths = list(map(add, lengths, map(uses.__mul__, map(len, column))))
        if max(lengths) > limits.MESSAGE_LENGTH:
            odd.update(place for place, length in enumerate(lengths) if length > limits.MESSAGE_LENGTH)
        return odd, lengths

    def _encoded(self, columns: Sequence[Sequence[str]], count: int) -> list[str]:
        """The values as they stand within the frame. They hold nothing that JSON writes in another way."""
        if not columns:
            return [""] * count
        if len(columns) == 1:
            return list(columns[0])
        return list(map(self._between.__mod__, zip(*columns, strict=True)))

    def _with_values(self, row: Row, phone: str) -> Sifted | SetAside:
        # From a CSV everything is text; from JSON a number may come, and its leading zeros are lost already.
        try:
            values = check_template_params(dict(row.params))  # type: ignore[arg-type]  # it judges every type
        except InputRefusedError as refused:
            too_long = refused.keyword == "maxLength"
            return SetAside(
                row.number, phone, Skipped.TOO_LONG if too_long else Skipped.PARAMETERS, refused.rule[:200]
            )
        length = self._fixed
        if self.variables is not None:
            missing = [name for name in self.variables if not values.get(name, "").strip()]
            if missing:
                return SetAside(
                    row.number, phone, Skipped.PARAMETERS, f"no value for {', '.join(missing)}"[:200]
                )
            unknown = [name for name in values if name not in self._uses]
            if unknown:
                return SetAside(
                    row.number, phone, Skipped.PARAMETERS, f"no variable {', '.join(unknown)}"[:200]
                )
            length += sum(billed_length(values[name]) * uses for name, uses in self._uses.items())
        if self.variables is None:
            text = _ENCODE(values) if values else ""
        else:
            text = self._between % tuple([_TEXT(values[name])[1:-1] for name in self.variables])
        return self._measured(Sifted(row.number, phone, text, length))

    def _measured(self, sifted: Sifted) -> Sifted | SetAside:
        if sifted.length > limits.MESSAGE_LENGTH:
            detail = f"{sifted.length} characters, at most {limits.MESSAGE_LENGTH}"
            return SetAside(sifted.row, sifted.phone, Skipped.TOO_LONG, detail)
        return sifted
