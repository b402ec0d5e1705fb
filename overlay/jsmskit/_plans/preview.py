"""The trial of a template, which sends nothing: only the way of refusing is the client's."""

from __future__ import annotations

from collections.abc import Mapping

from .._hidden import Hidden
from .._refusal import InputRefusedError, error_for_argument
from .._texts import TemplatePreview, preview

__all__ = ["preview_of"]


def preview_of(
    template: str, params: Hidden[Mapping[str, str] | None], sign: str, hint: str
) -> TemplatePreview:
    """Fill a template; a value that would be refused is refused as the sending call would."""
    try:
        return preview(template, params.value, sign=sign, hint=hint)
    except InputRefusedError as refused:
        # A sign belongs to another operation than values do, and so does the code of its refusal.
        problem = error_for_argument("createSign" if refused.field == "sign" else "sendMessage", refused)
    problem.operation = None
    raise problem
