"""Judging rows: whom can be written to, with what, how long it gets; and why not, in words. Pure.

Knows numbers, variables of a template and lengths. Must not know files or ledgers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple, cast

from jsms_api import limits

from jsmskit._masking import mask_phones_in
from jsmskit._phones import is_plain_phone, normalise_phone
from jsmskit._refusal import InputRefusedError
from jsmskit._texts import billed_length, billed_units, check_template_params, fill, variables

from .settings import TemplateFacts
from .sources import Row
from .states import Skipped

__all__ = ["SetAside", "Sieve", "Sifted"]

_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_TEXT: Final = json.encoder.encode_basestring
_SHOWN: Final = 64
# The constructor of a named tuple costs three times as much.
_new: Final = cast("Any", tuple.__new__)  # pyright: ignore[reportUnknownMemberType]
_PLAIN: Final = re.compile(
    # Everything that counts one and is never refused: no controls and line breaks, no brackets of signs, no half
    # of a surrogate pair, nothing outside of the Basic Multilingual Plane; and not blank.
    "(?=[ \u3000]*[^ \u3000])[ -~\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u2030-\u205e\u2060-\u300f"
    f"\u3012-\ud7ff\ue000-\ufffd]{{1,{limits.MESSAGE_LENGTH}}}"
).fullmatch


def _shown(given: object) -> str:
    return "" if given is None else str(given)[:_SHOWN]


class Sifted(NamedTuple):
    """A row that can be sent: number in eleven digits, values as JSON, what it will read like in length and
    units. A tuple, since there are very many.
    """

    row: int
    phone: str
    params: str | None
    length: int = 0
    units: int = 0

    def __repr__(self) -> str:
        return f"Sifted(row={self.row}, length={self.length}, units={self.units})"


class SetAside(NamedTuple):
    """A row that gets nothing, and why."""

    row: int
    phone: str
    why: Skipped
    detail: str

    def __repr__(self) -> str:
        return f"SetAside(row={self.row}, why={self.why!r})"


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
        self._keys = [(name, _TEXT(name) + ":", uses) for name, uses in self._uses.items()]

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
            return self._measured(Sifted(number, phone, None, length, billed_units(length)))
        return self._with_values(row, phone)

    def sift_all(self, rows: Iterable[Row]) -> list[Sifted | SetAside]:
        """Judge many rows. What nearly all of them are, a plain number and a plain value for every variable, is
        judged here at once; `sift` judges the others.
        """
        sifted: list[Sifted | SetAside] = []
        keys, fixed = self._keys, self._fixed
        wide = -1 if self.variables is None else len(keys)
        for row in rows:
            number, given, params, problem = row
            if type(given) is str and len(params) == wide and is_plain_phone(given) and not problem:
                length, values = fixed, ""
                for name, key, uses in keys:
                    value = params.get(name)
                    if type(value) is not str or not _PLAIN(value):
                        break
                    length += len(value) * uses
                    values += key + _TEXT(value) + ","
                else:
                    if length <= limits.MESSAGE_LENGTH:
                        json_text = "{" + values[:-1] + "}" if values else None
                        units = 1 if 0 < length <= limits.BILLING_SINGLE_LENGTH else billed_units(length)
                        sifted.append(_new(Sifted, (number, given, json_text, length, units)))
                        continue
            sifted.append(self.sift(row))
        return sifted

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
        return self._measured(Sifted(row.number, phone, _ENCODE(values), length, billed_units(length)))

    def _measured(self, sifted: Sifted) -> Sifted | SetAside:
        if sifted.length > limits.MESSAGE_LENGTH:
            detail = f"{sifted.length} characters, at most {limits.MESSAGE_LENGTH}"
            return SetAside(sifted.row, sifted.phone, Skipped.TOO_LONG, detail)
        return sifted
