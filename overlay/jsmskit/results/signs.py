"""Signs, and the receipt for one that was handed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from . import _fields
from .reviews import ReviewStatus

__all__ = ["Sign", "SignReceipt"]


@frozen
class SignReceipt:
    """A sign was handed in and is in audit."""

    sign_id: int
    raw: Mapping[str, Any] = _fields.raw()


@frozen
class Sign:
    """A sign, the text in brackets in front of a message. A `status` not known to this version is a plain
    `int`.
    """

    sign_id: int
    sign: str
    status: ReviewStatus | int
    is_default: bool
    in_use: bool
    raw: Mapping[str, Any] = _fields.raw()

    @property
    def approved(self) -> bool:
        """Whether it can be used for sending."""
        return self.status == ReviewStatus.APPROVED
