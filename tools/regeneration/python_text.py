"""Writing Python source: literals, comments, docstrings.

The layout is ruff's business; here every value stands on one line.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_WIDTH = 110

MADE = "# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again."


def literal(value: Any) -> str:
    """Return the source of a value: lists become tuples, since a table must not change; texts keep their
    characters.
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, str) or not isinstance(value, Sequence):
        return repr(value)
    # No comma at the end, which would make the formatter give each item a line of its own.
    items = ", ".join(literal(item) for item in value)
    return f"({items},)" if len(value) == 1 else f"({items})"


def type_of(value: Any) -> str:
    """Return the annotation for what `literal` writes."""
    if isinstance(value, Mapping):
        return f"Mapping[str, {_union(value.values())}]"
    if isinstance(value, str) or not isinstance(value, Sequence):
        return type(value).__name__
    return f"tuple[{_union(value)}, ...]"


def _union(values: Any) -> str:
    return " | ".join(dict.fromkeys(type_of(value) for value in values))


def upper_snake(name: str) -> str:
    """Return the constant's name for a name of the wire: `legalPersonName` and `BatchRecipient` are split at
    capitals.
    """
    return re.sub(r"[^0-9A-Z]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()).strip("_")


def docstring(text: str) -> str:
    """Return a docstring of one paragraph, wrapped; its indentation is the formatter's business."""
    words = " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''")
    return '"""' + "\n".join(textwrap.wrap(words, _WIDTH)) + (' """' if words.endswith('"') else '"""')


def call(name: str, arguments: Mapping[str, str]) -> str:
    """Return a call with keyword arguments, given as source."""
    return f"{name}(" + ", ".join(f"{key}={value}" for key, value in arguments.items()) + ")"


def str_enum(name: str, about: str, values: Iterable[str]) -> str:
    """Return a StrEnum whose members are the values in capitals."""
    members = "\n".join(f"    {value.upper().replace('-', '_')} = {value!r}" for value in values)
    return f"class {name}(StrEnum):\n    {docstring(about)}\n\n{members}\n"
