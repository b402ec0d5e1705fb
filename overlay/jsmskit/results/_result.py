"""How results show themselves: phone numbers masked, texts, codes and values of variables not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, cast

from .._privacy import mask_phone

__all__ = ["Result"]


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """A frozen value whose `repr` may stand in a log."""

    def __repr__(self) -> str:
        told = (
            f"{item.name}={_SHOWN.get(item.name, repr)(getattr(self, item.name))}"
            for item in fields(self)
            if item.repr and item.name not in _HIDDEN
        )
        return f"{type(self).__name__}({', '.join(told)})"


_HIDDEN: Final = frozenset({"content", "params", "raw", "remark", "template"})


def _mask_each(items: Sequence[Any]) -> str:
    """Show the first of some numbers masked; other entries mask their own."""
    shown = [mask_phone(item) if isinstance(item, str) else repr(item) for item in items[:3]]
    if len(items) > len(shown):
        shown.append(f"... {len(items)} in all")
    return f"({', '.join(shown)})"


def _count(items: object) -> str:
    return f"<{len(cast('Sequence[object]', items))}>"


_SHOWN: Final[Mapping[str, Callable[[Any], str]]] = {
    "phone": mask_phone,
    "accepted": _mask_each,
    "rejected": _mask_each,
    "unknown": _mask_each,
    "records": _mask_each,
    "recipients": _mask_each,
    "unreadable": _count,
}
