"""Balances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._result import Result


@dataclass(frozen=True, slots=True, repr=False)
class Balance(Result):
    """How many messages are left. None of a kind means that nothing was assigned of it.

    `general` serves every kind of message; the others one kind each: `voice`, `industry` (codes and
    notices), `market`.
    """

    general: int | None
    voice: int | None = None
    industry: int | None = None
    market: int | None = None
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False, kw_only=True)
