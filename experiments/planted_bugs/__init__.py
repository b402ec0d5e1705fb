"""Bugs to plant, one table a part of the package: would the suite notice them?

A row names a file below overlay/jsmskit, a piece of its text that stands there once, what to put in its place, and the
tests that should notice. A bug in an `_async` source is planted in what is made from it as well.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Bug"]


@dataclass(frozen=True, slots=True)
class Bug:
    """One change to one file."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    select: str = ""
    """Which of those tests, as for `pytest -k`; all if empty."""
    why_it_lives: str = ""
    """Why it may go unnoticed, where that is accepted."""
