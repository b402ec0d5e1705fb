"""Templates, and the receipt for one that was handed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from . import _fields
from .reviews import ReviewStatus

__all__ = ["Template", "TemplateReceipt"]


@frozen
class TemplateReceipt:
    """A template was handed in and is in audit."""

    template_id: int
    raw: Mapping[str, Any] = _fields.raw()


@frozen
class Template:
    """A template. A `status` or `type` that this version does not know is a plain `int`."""

    template_id: int
    template: str = field(repr=False)
    type: int
    status: ReviewStatus | int
    ttl: int | None = None
    remark: str | None = field(default=None, repr=False)
    raw: Mapping[str, Any] = _fields.raw()

    @property
    def approved(self) -> bool:
        """Whether it can be used for sending."""
        return self.status == ReviewStatus.APPROVED
