"""Bugs to plant, one table a part of the package: would the suite notice them?

A row names a piece of text that stands once in a file below overlay/jsmskit, and what to put in its place. A bug in an
`_async` source is planted in what is made from it as well.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Bug", "in_file"]


@dataclass(frozen=True, slots=True)
class Bug:
    """One change to one file; `tests` should notice it, and `select` says which of them, as for `pytest -k`."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    select: str


def in_file(file: str, tests: str, *rows: tuple[str, str, str], select: str = "") -> tuple[Bug, ...]:
    """Return the bugs of one file, which the same tests should notice: files below tests/, separated by blanks."""
    paths = tuple(f"tests/{name}" for name in tests.split())
    return tuple(Bug(name, file, old, new, paths, select) for name, old, new in rows)
