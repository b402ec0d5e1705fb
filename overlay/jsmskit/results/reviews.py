"""Templates and signs, and how far their review has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from ._result import Result


class ReviewStatus(IntEnum):
    """How far the review of a template or sign has come. For signs 0 is inferred (uncertainty C18)."""

    IN_REVIEW = 0
    APPROVED = 1
    REFUSED = 2


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
