"""The text of a message: variables, filling in, length, price."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from jsms_api import limits

#: What stands around a sign, and may stand nowhere else in a text.
BRACKETS: Final = ("【", "】")

_VARIABLE: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
#: The wider of two documented rules (C12): it cannot refuse what the other allows.
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A template's text, taken apart.

    Attributes:
        form: the text, for `%`: a percent sign doubled, a %s for every variable.
        variables: names in the order of appearance, repeats included.
        names: each name once.
        is_well_formed: all names follow the rule, and no braces are left over.
    """

    form: str
    variables: tuple[str, ...]
    names: frozenset[str]
    is_well_formed: bool

    def fill(self, params: Mapping[str, str]) -> str:
        """Put values in. Every name must have one."""
        return self.form % tuple(map(params.__getitem__, self.variables))


@lru_cache(maxsize=1024)
def parse_template(text: str) -> TemplateText:
    """Take a template's text apart."""
    pieces = _VARIABLE.split(text)
    literals, variables = pieces[::2], tuple(pieces[1::2])
    tidy = not any("{{" in literal or "}}" in literal for literal in literals)
    return TemplateText(
        "%s".join(literal.replace("%", "%%") for literal in literals),
        variables,
        frozenset(variables),
        tidy and all(_NAME.fullmatch(name) for name in variables),
    )


def signed(sign: str) -> str:
    """Return what stands before the text on the phone."""
    return f"{BRACKETS[0]}{sign}{BRACKETS[1]}"


def measure(text: str) -> tuple[int, int]:
    """Count the characters of a text (every one 1, Chinese or not, a line break 2), and give its price."""
    length = len(text)
    if "\n" in text:
        breaks = text.count("\n")
        length += breaks * (limits.BILLING_LINE_BREAK - 1) - text.count("\r\n")
    return length, _price(length)


def _price(length: int) -> int:
    if length <= limits.BILLING_SINGLE_LENGTH:
        return 1
    return math.ceil(length / limits.BILLING_PART_LENGTH)


def mask_phone(phone: str) -> str:
    """Hide the middle of a number: 138****8000."""
    return f"{phone[:-8]}****{phone[-4:]}" if len(phone) > len("****8000") else "****"
