"""The audit of a template or a sign, as answers tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..results.reviews import ReviewStatus
from . import fields

__all__ = ["review_status"]


def review_status(data: Mapping[str, Any]) -> ReviewStatus | int:
    status = fields.integer(data, "status")
    return ReviewStatus(status) if status in ReviewStatus.__members__.values() else status
