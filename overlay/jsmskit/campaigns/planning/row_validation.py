"""The rules for rows: who can be written to, with what values, how long it gets; and why not, in words. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from jsms_api import limits

from jsmskit._privacy import mask_phones_in
from jsmskit._validation.invalid_argument import InvalidArgument
from jsmskit._validation.phones import canonical_phone, is_canonical
from jsmskit._validation.template_text import billed_length, check_template_params, fill, variables

from ..errors import PlanError
from ..models import SkippedRow, ValidRow
from ..settings import TemplateFacts
from ..sources.headings import is_blank
from ..sources.rows import Row
from ..states import SkipReason

_TEXT: Final = json.encoder.encode_basestring
_SHOWN: Final = 64
_DETAIL: Final = 300
# Blanks of every kind and invisible characters; those around a value are cut off.
_UNSEEN: Final = "\\s\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad"
_EDGES: Final = re.compile(f"^[{_UNSEEN}]+|[{_UNSEEN}]+$")
# What may be refused or has to be looked at: controls and line breaks, brackets of signs, halves of surrogate pairs,
# and what stands outside of the Basic Multilingual Plane.
_ODD: Final = "\x00-\x1f\x7f-\xa0\u2028\u2029\u3010\u3011\ud800-\udfff\ufffe-\U0010ffff"
_PLAIN: Final = re.compile(f"[^{_UNSEEN}{_ODD}](?:[^{_ODD}]*[^{_UNSEEN}{_ODD}])?").fullmatch

_POWER: Final = r"[+-]?\d+(?:[.,]\d*)?[eE][+-]?\d+"
_ERROR: Final = r"#(?:N/A|NAME\?|REF!|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!)|#{3,}"
_FORMULA: Final = r'="[^"]*"|=\d+'
_DAMAGED_PHONE: Final = re.compile(
    rf"{_POWER}|\d{{7,}}[.,]0*|\d{{1,3}}(?:[,.]\d{{3}})+(?:[.,]0*)?|['\u2018\u2019\uff07`\u00b4]\s*[+\d].*|{_FORMULA}|{_ERROR}"
).fullmatch
_DAMAGED_VALUE: Final = re.compile(
    rf"[+-]?\d(?:\.\d+[eE][+-]?|[eE][+-])\d+|-?\d+\.0|['\u2018\u2019\uff07`\u00b4][-+=@\d].*|{_FORMULA}|{_ERROR}"
).fullmatch
_NO_VALUE: Final = frozenset(
    {"None", "null", "NULL", "nan", "NaN", "NaT", "<NA>", "undefined", "[object Object]"}
)
_TO_DO: Final = (
    "in the spreadsheet, format the column as Text (Ctrl+1), type the value again and save once more"
)


def _shown(given: object) -> str:
    return "" if given is None else str(given)[:_SHOWN]


class RowValidator:
    """Decides on rows for one template.

    Args:
        facts: what is known of the template.
        params: values for everybody who has none.
        as_typed: take values that look as a spreadsheet leaves them (`5.0`, `1.5E+3`) for what was meant.

    Raises `PlanError` if the template has no such variable.
    """

    def __init__(
        self, facts: TemplateFacts, params: Mapping[str, str] | None = None, *, as_typed: bool = False
    ) -> None:
        self.variables: tuple[str, ...] | None = None if facts.text is None else variables(facts.text)
        self.params = dict(params or {})
        self.trimmed = 0
        """How many values had blanks around them."""
        self._as_typed = as_typed
        self._fixed = 0
        self._uses: dict[str, int] = {}
        if facts.text is not None and self.variables is not None:
            # Lengths add up, so the text itself is put together only once.
            sign = f"【{facts.sign}】" if facts.sign else ""
            bare = fill(facts.text, dict.fromkeys(self.variables, ""))
            self._fixed = billed_length(sign + bare + facts.hint)
            self._uses = {name: facts.text.count("{{" + name + "}}") for name in self.variables}
            for name in self.params:
                if name not in self._uses:
                    listed = ", ".join(f'"{one}"' for one in self.variables) or "none"
                    raise PlanError(
                        f'the template has no variable "{name}" (it has: {listed}).', f"Leave {name} out."
                    )
        try:
            check_template_params(self.params)
        except InvalidArgument as refused:
            raise PlanError(f"a value for everybody: {refused.message}", refused.remedy) from None
        for name, value in self.params.items():
            if is_blank(value):
                raise PlanError(
                    f'the value for everybody of "{name}" is empty.',
                    f'Give one: params={{"{name}": "VALUE"}}.',
                )

    def validate(self, row: Row) -> ValidRow | SkippedRow:
        """Decide on one row."""
        number, given, params, problem = row
        if problem:
            return SkippedRow(number, _shown(given), SkipReason.UNREADABLE, mask_phones_in(problem)[:_DETAIL])
        if type(given) is str and is_canonical(given):
            phone = given
        else:
            try:
                phone = canonical_phone(given)  # type: ignore[arg-type]  # it checks every type
            except InvalidArgument as refused:
                return _without_number(number, given, refused)
        length = self._fixed
        values: dict[str, str] = {}
        for name in params if self.variables is None else self.variables:
            value = params.get(name)
            if type(value) is str and _PLAIN(value):
                text, size = value, len(value)
            else:
                found = self._text_of(name, value)
                if isinstance(found, tuple):
                    return SkippedRow(number, phone, *found)
                text, size = found, billed_length(found)
            if not self._as_typed and (cause := _damage(text)):
                told = f'"{name}" is {mask_phones_in(text)[:_SHOWN]!r}, {cause}'
                return SkippedRow(number, phone, SkipReason.DAMAGED, told[:_DETAIL])
            if size > limits.MESSAGE_LENGTH:
                told = f'"{name}" has {size} characters, a whole message at most {limits.MESSAGE_LENGTH}'
                return SkippedRow(number, phone, SkipReason.TOO_LONG, told)
            values[name] = text
            length += size * self._uses.get(name, 0)
        if self.variables is None:
            values = {**self.params, **values}
        elif not params.keys() <= self._uses.keys():
            unknown = [name for name in params if name not in self._uses]
            return SkippedRow(
                number, phone, SkipReason.PARAMETERS, f"no variable {', '.join(unknown)}"[:_DETAIL]
            )
        if length > limits.MESSAGE_LENGTH:
            detail = f"{length} characters, at most {limits.MESSAGE_LENGTH}"
            return SkippedRow(number, phone, SkipReason.TOO_LONG, detail)
        if not values:
            return ValidRow(number, phone, None, length)
        # As json.dumps writes it, for a third of the cost; a list may have a million rows.
        fields = ",".join([f"{_TEXT(name)}:{_TEXT(text)}" for name, text in values.items()])
        return ValidRow(number, phone, f"{{{fields}}}", length)

    def _text_of(self, name: str, value: object) -> str | tuple[SkipReason, str]:
        """The text of a value that is not a plain one; or why there is none."""
        if is_blank(value):
            constant = self.params.get(name)
            return constant if constant is not None else (SkipReason.PARAMETERS, f'no value for "{name}"')
        if not isinstance(value, str):
            shown = json.dumps(value, ensure_ascii=False, default=str)
            return (
                SkipReason.PARAMETERS,
                f'"{name}" is no text but {shown[:_SHOWN]}; write it in quotation marks',
            )
        text = _EDGES.sub("", value)
        self.trimmed += text != value
        try:
            return check_template_params({name: text})[name]
        except InvalidArgument as refused:
            reason = SkipReason.TOO_LONG if refused.keyword == "maxLength" else SkipReason.PARAMETERS
            return reason, refused.message[:_DETAIL]


def _damage(text: str) -> str:
    """What happened to a value on its way through a spreadsheet or a program; nothing for a good one."""
    if _DAMAGED_VALUE(text):
        return f"as a spreadsheet changes numbers; {_TO_DO}"
    return "a program's word for no value; leave the cell empty" if text in _NO_VALUE else ""


def _without_number(row: int, given: object, refused: InvalidArgument) -> SkippedRow:
    text = _EDGES.sub("", str(given))
    if is_blank(given) or not text:
        return SkippedRow(row, "", SkipReason.MISSING, "no phone number")
    if isinstance(given, float) or (isinstance(given, str) and _DAMAGED_PHONE(text)):
        told = f"{mask_phones_in(text)[:_SHOWN]!r} is a number as a spreadsheet changes it; {_TO_DO}"
        return SkippedRow(row, _shown(given), SkipReason.DAMAGED, told[:_DETAIL])
    return SkippedRow(row, _shown(given), SkipReason.INVALID, refused.message[:_DETAIL])
