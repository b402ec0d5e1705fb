"""Balances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from . import _fields

__all__ = ["Balance"]


@frozen
class Balance:
    """How many messages are paid for. None of a kind means that nothing was assigned of it.

    `general` serves every kind of message; the others one kind each: `voice`, `industry` (codes and
    notices), `market`.
    """

    general: int | None
    voice: int | None = None
    industry: int | None = None
    market: int | None = None
    raw: Mapping[str, Any] = _fields.raw()
