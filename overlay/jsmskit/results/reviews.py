"""Templates and signs, and how far their review has come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ._result import CallResult


class ReviewStatus(IntEnum):
    """How far the review of a template or sign has come. For signs 0 is inferred (uncertainty C18)."""

    IN_REVIEW = 0
    APPROVED = 1
    REFUSED = 2


@dataclass(frozen=True, slots=True, repr=False)
class SignReceipt(CallResult):
    """A sign was submitted and is in review."""

    sign_id: int


@dataclass(frozen=True, slots=True, repr=False)
class Sign(CallResult):
    """A sign, the text in brackets in front of a message. A `status` not known to this version is a plain `int`."""

    sign_id: int
    sign: str
    status: ReviewStatus | int
    is_default: bool
    in_use: bool

    @property
    def approved(self) -> bool:
        """Whether it can be used for sending."""
        return self.status == ReviewStatus.APPROVED


@dataclass(frozen=True, slots=True, repr=False)
class TemplateReceipt(CallResult):
    """A template was submitted and is in review."""

    template_id: int


@dataclass(frozen=True, slots=True, repr=False)
class Template(CallResult):
    """A template. A `status` or `type` that this version does not know is a plain `int`."""

    template_id: int
    template: str
    type: int
    status: ReviewStatus | int
    ttl: int | None = None
    remark: str | None = None

    @property
    def approved(self) -> bool:
        """Whether it can be used for sending."""
        return self.status == ReviewStatus.APPROVED
