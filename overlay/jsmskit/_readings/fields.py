"""The fields of an answer, each read with care: what does not fit raises `ShapeError`, naming the field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from .._answers import Answer, ShapeError, as_list, as_object
from .._phones import normalise_phone
from .._refusal import InputRefusedError

__all__ = [
    "DIGITS",
    "answered",
    "are_identifiers",
    "flag",
    "identifier",
    "integer",
    "items",
    "optional_integer",
    "optional_text",
    "params",
    "phone",
    "text",
]


# Wider than the spec by the underscore: an id that the service itself gave must never be refused.
_IDENTIFIER: Final = re.compile("[0-9A-Za-z_-]{1,64}")
_IDENTIFIERS: Final = re.compile("[0-9A-Za-z_-]{1,64}+(?:\n[0-9A-Za-z_-]{1,64}+)*+")
"""Some ids, one a line."""
DIGITS: Final = re.compile("[0-9]{1,18}")
"""A number that came as text."""


def answered(answer: Answer) -> Mapping[str, Any]:
    """The object that an answer is."""
    data = as_object(answer.data)
    if data is None:
        raise ShapeError("It is no JSON object.")
    return data


def items(data: Mapping[str, Any], name: str) -> list[Any]:
    """A list that must be there."""
    value = as_list(data.get(name))
    if value is None:
        raise ShapeError(f"{name} is missing or no list.")
    return value


def are_identifiers(values: Sequence[str]) -> bool:
    """Whether texts, at least one, are ids, all of them. Raises TypeError if one is no text."""
    # All at once: an id cannot hold what stands between them, so the number of these tells whether one did.
    together = "\n".join(values)
    return together.count("\n") == len(values) - 1 and _IDENTIFIERS.fullmatch(together) is not None


def identifier(data: Mapping[str, Any], name: str) -> str:
    """An id: text, or a number, which is given as text."""
    value = data.get(name)
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _IDENTIFIER.fullmatch(text):
        raise ShapeError(f"{name} is missing or no id.")
    return text


def integer(data: Mapping[str, Any], name: str) -> int:
    """A whole number, or text of digits."""
    value = data.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and DIGITS.fullmatch(value):
        return int(value)
    raise ShapeError(f"{name} is missing or no whole number.")


def optional_integer(data: Mapping[str, Any], name: str) -> int | None:
    """None if it is not there, or null."""
    return None if data.get(name) is None else integer(data, name)


def text(data: Mapping[str, Any], name: str) -> str:
    """A text that must be there."""
    value = data.get(name)
    if not isinstance(value, str):
        raise ShapeError(f"{name} is missing or no text.")
    return value


def optional_text(data: Mapping[str, Any], name: str) -> str | None:
    """None if it is not there, or null."""
    return None if data.get(name) is None else text(data, name)


def flag(data: Mapping[str, Any], name: str) -> bool:
    """True or false; 1 and 0 have been seen for them. False if it is not there."""
    value = data.get(name, 0)
    if isinstance(value, bool):
        return value
    return integer({name: 0 if value is None else value}, name) == 1


def params(value: object) -> dict[str, str]:
    """Values of variables as the service sends them back; what is no text is given as text."""
    given = as_object(value) or {}
    return {name: item if isinstance(item, str) else str(item) for name, item in given.items()}


def phone(value: object) -> str:
    """A number, normalised if it is one of mainland China."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        raise ShapeError("a phone number is missing or no text.")
    try:
        return normalise_phone(text)
    except InputRefusedError:
        # What it says is kept as it is: it is the service's word, and may be of another country.
        return text
