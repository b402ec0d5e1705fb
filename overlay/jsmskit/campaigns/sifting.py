"""Judging rows: whom can be written to, with what, how long it gets; and why not, in words. Pure.

Knows numbers, variables of a template and lengths. Must not know files or ledgers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Final

from jsms_api import limits

from jsmskit._masking import mask_phones_in
from jsmskit._phones import normalise_phone
from jsmskit._refusal import InputRefusedError
from jsmskit._texts import billed_length, billed_units, check_template_params, fill, variables

from .settings import TemplateFacts
from .sources import Row
from .states import Skipped

__all__ = ["SetAside", "Sieve", "Sifted"]

_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_SHOWN: Final = 64


@dataclass(frozen=True, slots=True)
class Sifted:
    """A row that can be sent: number in eleven digits, values as JSON, what it will read like in length and
    units.
    """

    row: int
    phone: str = field(repr=False)
    params: str | None = field(repr=False)
    length: int = 0
    units: int = 0


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that gets nothing, and why."""

    row: int
    phone: str = field(repr=False)
    why: Skipped
    detail: str


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

    def sift(self, row: Row) -> Sifted | SetAside:
        """Judge one row."""
        shown = "" if row.phone is None else str(row.phone)[:_SHOWN]
        if row.problem:
            return SetAside(row.number, shown, Skipped.UNREADABLE, mask_phones_in(row.problem)[:200])
        try:
            phone = normalise_phone(row.phone)  # type: ignore[arg-type]  # it judges every type
        except InputRefusedError as refused:
            missing = refused.keyword == "missing" or row.phone is None
            return SetAside(
                row.number, shown, Skipped.MISSING if missing else Skipped.INVALID, refused.rule[:200]
            )
        if not row.params and not self.variables:
            length = self._fixed
            return self._measured(Sifted(row.number, phone, None, length, billed_units(length)))
        return self._with_values(row, phone)

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
