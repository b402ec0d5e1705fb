"""Signs, and the receipt for one that was submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._result import Result
from .reviews import ReviewStatus


@dataclass(frozen=True, slots=True, repr=False)
class SignReceipt(Result):
    """A sign was submitted and is in review."""

    sign_id: int
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True, repr=False)
class Sign(Result):
    """A sign, the text in brackets in front of a message. A `status` not known to this version is a plain
    `int`.
    """

    sign_id: int
    sign: str
    status: ReviewStatus | int
    is_default: bool
    in_use: bool
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False, kw_only=True)

    @property
    def approved(self) -> bool:
        """Whether it can be used for sending."""
        return self.status == ReviewStatus.APPROVED
