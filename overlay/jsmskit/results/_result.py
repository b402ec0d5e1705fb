"""How results show themselves: phone numbers masked, texts, codes and values of variables not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final

from .._privacy import mask_phone, mask_phones_in
from ..errors import JsmsError, WithheldError


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """A frozen value whose `repr` may stand in a log."""

    def __repr__(self) -> str:
        told = (
            f"{item.name}={_SHOWN.get(item.name, _plain)(getattr(self, item.name))}"
            for item in fields(self)
            if item.repr and item.name not in _HIDDEN
            if item.name not in _OF_THE_GUARD or getattr(self, item.name)
        )
        return f"{type(self).__name__}({', '.join(told)})"


@dataclass(frozen=True, slots=True, repr=False)
class CallResult(Result):
    """What a call returns. `raw` is the decoded response as it came."""

    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True, repr=False)
class Receipt(CallResult):
    """What a call returns that sends, or schedules, one message.

    Attributes:
        withheld: why the recipient guard kept the message back, if it did and the client was made with
            `on_withheld="return"`. Then the id is empty, and nothing was sent.
        redirected_to: the number that the message went to, if the guard redirected it.
    """

    withheld: WithheldError | None = field(default=None, kw_only=True)
    redirected_to: str | None = field(default=None, kw_only=True)


_HIDDEN: Final = frozenset({"params", "raw", "remark", "template"})
_OF_THE_GUARD: Final = frozenset({"redirected_to", "withheld"})


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else mask_phones_in(repr(value))


def _phone(value: object) -> str:
    return repr(mask_phone(value))


def _each(items: Sequence[Any] | JsmsError) -> str:
    """Show the first of some numbers masked; other entries, and errors, mask their own."""
    if isinstance(items, JsmsError):
        return repr(items)
    shown = [mask_phone(item) if isinstance(item, str) else repr(item) for item in items[:3]]
    if len(items) > len(shown):
        shown.append(f"... {len(items)} in all")
    return f"({', '.join(shown)})"


_SHOWN: Final[Mapping[str, Callable[[Any], str]]] = {
    "phone": _phone,
    "redirected_to": _phone,
    "content": lambda text: f"<{len(text)} characters>",
    "status": lambda status: str(int(status)),
    "unreadable": lambda records: f"<{len(records)}>",
    **dict.fromkeys(("accepted", "rejected", "unknown", "withheld", "records", "recipients"), _each),
}
