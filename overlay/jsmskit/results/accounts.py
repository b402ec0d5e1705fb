"""Balances."""

from __future__ import annotations

from dataclasses import dataclass

from ._result import CallResult


@dataclass(frozen=True, slots=True, repr=False)
class Balance(CallResult):
    """How many messages are left. None of a kind means that nothing was assigned of it.

    `general` serves every kind of message; the others one kind each: `voice`, `industry` (codes and notices), `market`.
    """

    general: int | None
    voice: int | None = None
    industry: int | None = None
    market: int | None = None
