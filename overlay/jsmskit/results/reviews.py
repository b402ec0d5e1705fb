"""How far the audit of a template or a sign has come."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["ReviewStatus"]


class ReviewStatus(IntEnum):
    """How far the audit of a template or sign has come. Doubt C18: for signs 0 is inferred."""

    IN_AUDIT = 0
    APPROVED = 1
    REFUSED = 2
