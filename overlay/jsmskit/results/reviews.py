"""How far the review of a template or a sign has come."""

from __future__ import annotations

from enum import IntEnum


class ReviewStatus(IntEnum):
    """How far the review of a template or sign has come. For signs 0 is inferred (uncertainty C18)."""

    IN_REVIEW = 0
    APPROVED = 1
    REFUSED = 2
