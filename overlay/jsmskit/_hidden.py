"""A wrapper for what an argument may hold but a traceback must not show.

Knows nothing. Tools that print tracebacks with local variables, and error trackers that collect them, call
`repr`: so the frames of this package that can stand in a traceback hold phone numbers, codes and values
only in here.
"""

from __future__ import annotations

from typing import Generic, TypeVar, final

__all__ = ["Hidden"]

T = TypeVar("T")


@final
class Hidden(Generic[T]):
    """Holds one value of any type; its `repr` shows nothing of it."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "<hidden>"
