"""Texts: variables of a template, what a message will read and cost, and the written rules for what is submitted.

What the sources contradict each other about is not judged: what one of them allows is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jsms_api import limits
from jsms_api.error_table import ErrorCode

from . import fields
from .fields import InvalidArgument

_VARIABLE: Final = re.compile(r"\{\{([^{}]*)\}\}")
# The wider of the two documented rules: letters and digits (API page), with underscores inside (guide); uncertainty
# C12.
_VARIABLE_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_]*[A-Za-z0-9])?")
_BRACKETS: Final = re.compile("[【】]")
_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
# A link with or without its scheme. The rule asks for one, not for a certain form.
_LINK: Final = re.compile(r"[0-9A-Za-z-]+\.[0-9A-Za-z]{2,}")
_LINK_VARIABLE: Final = "url"
_CODE_VARIABLE: Final = "code"


@dataclass(frozen=True, slots=True)
class TemplatePreview:
    """What a template gives with these values, worked out offline; nothing was sent.

    `text` is the whole message with sign; a variable without a value stands in it as `{{name}}`. `missing`
    are the variables without a value (the service refuses them), `unknown` the values without a variable
    (presumably ignored), both in order of appearance. `length` is what is counted, `units` what is billed: an
    estimate, final only if nothing is missing.
    """

    text: str
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    length: int
    units: int

    @property
    def complete(self) -> bool:
        """True if every variable has a value."""
        return not self.missing


def variables(template: str) -> tuple[str, ...]:
    """The names of the variables of a template, each once, in order of appearance."""
    return tuple(dict.fromkeys(_VARIABLE.findall(template)))


def fill(template: str, params: Mapping[str, str]) -> str:
    """Put the values in place of `{{name}}`. A variable without a value stays as it is."""
    return _VARIABLE.sub(lambda variable: params.get(variable[1], variable[0]), template)


def preview(
    template: str, params: Mapping[str, str] | None = None, *, sign: str = "", hint: str = ""
) -> TemplatePreview:
    """Fill a template offline: the text, what is missing, and the billed units.

    `sign` is the sign without its brackets; it is put in front as the platform does. `hint` is the text that
    the platform adds to marketing messages (how to unsubscribe); its wording is not documented, so give what
    your messages carry. Both are counted. Raises `InvalidArgument` if a value is no text or holds 【 or 】,
    or if the sign has brackets.
    """
    given = {} if params is None else check_template_params(params)
    if _BRACKETS.search(sign):
        raise InvalidArgument("sign", "pattern", "it contains 【 or 】.", fields.SIGN_REMEDY)
    needed = variables(template)
    text = (f"【{sign}】" if sign else "") + fill(template, given) + hint
    length = billed_length(text)
    return TemplatePreview(
        text=text,
        missing=tuple(name for name in needed if name not in given),
        unknown=tuple(name for name in given if name not in needed),
        length=length,
        units=billed_units(length),
    )


def billed_length(text: str) -> int:
    """Count a text as the bill does: every character 1, a line break (`\\n`, `\\r` or `\\r\\n`) 2.

    Source: template page of 2021. A character outside of the Basic Multilingual Plane (an emoji, a rare Chinese
    character) is counted as the two UTF-16 units that a phone network carries; the page does not speak of them.
    """
    breaks = _LINE_BREAK.findall(text)
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units - sum(map(len, breaks)) + limits.BILLING_LINE_BREAK * len(breaks)


def billed_units(length: int) -> int:
    """The units a counted length is billed as: 1 up to 70 characters, else one for every 67 begun; 0 for nothing."""
    if length <= limits.BILLING_SINGLE_LENGTH:
        return 1 if length else 0
    return -(-length // limits.BILLING_PART_LENGTH)


def check_template_params(params: Mapping[str, str], *, field: str = "template_params") -> dict[str, str]:
    """Validate the values for a template and return them as a plain dict.

    Refused (`InvalidArgument`): names or values that are not text (a number loses its leading zeros before it gets
    here), 【 or 】 in a value, a value longer than any message, half of a surrogate pair.
    """
    if not isinstance(params, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidArgument(
            field, "type", f"the values are a mapping of name to text, not {type(params).__name__}.", _AS_TEXT
        )
    for name, value in params.items():
        if not isinstance(name, str) or fields.has_half_a_character(name):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidArgument(field, "type", "a name in it is no text.", _AS_TEXT)
        _check_value(value, field, name)
    return dict(params)


def _check_value(value: object, field: str, name: str) -> None:
    if isinstance(value, str) and value.isascii() and len(value) <= limits.MESSAGE_LENGTH:
        return  # as most are
    rule = "it contains 【 or 】, which are kept for the sign."
    place = f"{field}[{name!r}]"
    fields.bounded_text(value, place, (0, limits.MESSAGE_LENGTH), "[^【】]*", rule, _AS_TEXT, _CODES_OF_VALUES)


_CODES_OF_VALUES: Final = {
    "maxLength": ErrorCode.INVALID_CONTENT_LENGTH,
    "pattern": ErrorCode.CONTENT_CONTAINS_SPECIAL_SYMBOL,
}
_AS_TEXT: Final = "Pass values as text, numbers too, for example {'code': '039482'}."


def check_template(template: str, *, verification: bool = False, remark: str | None = None) -> None:
    """Judge the text of a template, and its remark, by the written rules. Raises `InvalidArgument`.

    Refused: an empty text, more than 500 characters (sign and hint count too, but are not known here), 【 or
    】, variables with other names than letters, digits and inner underscores, braces that make no variable, a
    `url` variable without a link in the remark, and, if `verification`, a text without `{{code}}`. Other
    variables beside `code` are not refused: the sources contradict each other (uncertainty C11).
    """
    remedy = "Write what the message is to say, without the sign: the platform adds it."
    fields.text_within(template, "template", "TEMPLATE_REQUEST_TEMPLATE", remedy, "the text contains 【 or 】.")
    _check_variables(template, verification=verification)
    if remark is not None:
        fields.remark(remark)
    if _LINK_VARIABLE in variables(template) and not _LINK.search(remark or ""):
        raise InvalidArgument(
            "remark",
            "missing",
            "the text has the variable url, but the remark has no link.",
            "Begin the remark with the link.",
            ErrorCode.SPECIAL_TEMPLATE_PARAMETER_NEED_EXTRA_REMARK,
        )


def _check_variables(template: str, *, verification: bool) -> None:
    problem = ""
    names = variables(template)
    wrong = [name for name in names if not _VARIABLE_NAME.fullmatch(name)]
    rest = _VARIABLE.sub("", template)
    if wrong:
        problem = f"{wrong[0]!r} is no name for a variable: letters and digits, underscores only inside."
    elif "{{" in rest or "}}" in rest:
        problem = "two braces stand in the text that make no variable."
    elif verification and _CODE_VARIABLE not in names:
        problem = "a verification template has the variable {{code}}, this text has not."
    if problem:
        remedy = "Write variables as {{name}}, in a verification template {{code}}."
        raise InvalidArgument("template", "invalid", problem, remedy, ErrorCode.TEMPLATE_PARAMETER_INVALID)
