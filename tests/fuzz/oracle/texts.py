"""Texts as the reference model computes them: variables, filling in, length, price."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from jsms_api import limits

VERIFICATION, NOTICE, MARKETING = 1, 2, 3
#: What the platform adds to marketing.
UNSUBSCRIBE_HINT: Final = "回T退订"
_VARIABLE: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_]*[A-Za-z0-9])?")


def variables(text: str) -> list[str]:
    """List what stands between double braces, in order."""
    return _VARIABLE.findall(text)


def names_are_right(text: str, kind: int) -> bool:
    """Tell whether all variables are named as the template's type allows (C11, C12)."""
    names = variables(text)
    if kind == VERIFICATION:
        return bool(names) and all(name == "code" for name in names)
    return all(_NAME.fullmatch(name) for name in names)


def has_stray_braces(text: str) -> bool:
    """Tell whether double braces are left over beside the variables: nobody says what that means."""
    rest = _VARIABLE.sub("", text)
    return "{{" in rest or "}}" in rest or any("{" in name or "}" in name for name in variables(text))


def values_of(params: Mapping[str, Any] | None) -> dict[str, str]:
    """Give the values as text; null counts as no value."""
    found = {}
    for name, value in (params or {}).items():
        if value is not None:
            found[name] = value if isinstance(value, str) else str(value)
    return found


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values in place of the variables, each once: a value is never looked at for variables."""
    return _VARIABLE.sub(lambda match: values.get(match.group(1), match.group(0)), text)


def whole(sign: str, body: str, kind: int) -> str:
    """Give the text as it reaches the phone."""
    return f"【{sign}】{body}{UNSUBSCRIBE_HINT if kind == MARKETING else ''}"


def length(text: str) -> int:
    """Count the characters that are billed: a line break counts two, also as CR LF."""
    breaks = text.count("\n")
    return len(text) - breaks - text.count("\r\n") + limits.BILLING_LINE_BREAK * breaks


def units(text: str) -> int:
    """Give the price in messages."""
    count = length(text)
    return 1 if count <= limits.BILLING_SINGLE_LENGTH else -(-count // limits.BILLING_PART_LENGTH)
