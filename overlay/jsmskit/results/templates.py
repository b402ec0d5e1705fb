"""Templates, and the receipt for one that was submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._result import Result
from .reviews import ReviewStatus


@dataclass(frozen=True, slots=True, repr=False)
class TemplateReceipt(Result):
    """A template was submitted and is in review."""

    template_id: int
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True, repr=False)
class Template(Result):
    """A template. A `status` or `type` that this version does not know is a plain `int`."""

    template_id: int
    template: str
    type: int
    status: ReviewStatus | int
    ttl: int | None = None
    remark: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False, kw_only=True)

    @property
    def approved(self) -> bool:
        """Whether it can be used for sending."""
        return self.status == ReviewStatus.APPROVED
