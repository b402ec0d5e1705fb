"""An answer that nobody may ever look at, and that costs more to read than all the rest of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast, final

__all__ = ["Unread"]


@final
class Unread:
    """Reads a document when it is first wanted, and then keeps it."""

    __slots__ = ("_document", "_read")

    def __init__(self, read: Callable[[], object]) -> None:
        self._read = read
        self._document: Mapping[str, Any] | None = None

    @property
    def document(self) -> Mapping[str, Any]:
        """The same object every time."""
        if self._document is None:
            self._document = cast("Mapping[str, Any]", self._read())
        return self._document

    def __repr__(self) -> str:
        return "<an answer, unread>"
