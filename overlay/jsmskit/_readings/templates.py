"""Answers about templates."""

from __future__ import annotations

from .._answers import Answer
from ..results.templates import Template, TemplateReceipt
from . import fields
from .reviews import review_status

__all__ = ["template", "template_receipt"]


def template_receipt(answer: Answer) -> TemplateReceipt:
    """Of `POST /templates` and `PUT /templates/{temp_id}`."""
    data = fields.answered(answer)
    return TemplateReceipt(fields.integer(data, "temp_id"), raw=data)


def template(answer: Answer) -> Template:
    """Of `GET /templates/{temp_id}`. What `ttl` and `remark` are when never given is not documented."""
    data = fields.answered(answer)
    return Template(
        fields.integer(data, "temp_id"),
        fields.text(data, "template"),
        fields.integer(data, "type"),
        review_status(data),
        fields.optional_integer(data, "ttl"),
        fields.optional_text(data, "remark"),
        raw=data,
    )
