"""Public names say where users import them from, not in which private module they are written."""

from __future__ import annotations

from dataclasses import is_dataclass
from types import FunctionType
from typing import Any, get_type_hints


def show_public_path(found: Any, package: str, name: str) -> None:
    """Let a class or function that is written in a private module show the package that exports it.

    `help()`, debuggers and pickles show it, as with NumPy and pandas. Its annotations are read before, since they name
    what only its own module imports.
    """
    if isinstance(found, type | FunctionType) and found.__qualname__ == name and "._" in found.__module__:
        if is_dataclass(found):
            found.__annotations__ = get_type_hints(found)
        found.__module__ = package
