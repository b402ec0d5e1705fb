"""Answers about signs."""

from __future__ import annotations

from .._answers import Answer
from ..results.signs import Sign, SignReceipt
from . import fields
from .reviews import review_status

__all__ = ["sign", "sign_receipt"]


def sign_receipt(answer: Answer) -> SignReceipt:
    """Of `POST /sign` and `POST /sign/{sign_id}`."""
    data = fields.answered(answer)
    return SignReceipt(fields.integer(data, "sign_id"), raw=data)


def sign(answer: Answer) -> Sign:
    """Of `GET /sign/{sign_id}`. The older revision has no `is_default`."""
    data = fields.answered(answer)
    return Sign(
        fields.integer(data, "sign_id"),
        fields.text(data, "sign"),
        review_status(data),
        fields.flag(data, "is_default"),
        fields.flag(data, "use_status"),
        raw=data,
    )
