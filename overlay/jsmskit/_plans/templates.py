"""Plans of the four operations on templates."""

from __future__ import annotations

from jsms_api import limits
from jsms_api.api.templates import create_template as _create_template
from jsms_api.api.templates import delete_template as _delete_template
from jsms_api.api.templates import get_template as _get_template
from jsms_api.api.templates import update_template as _update_template
from jsms_api.error_table import ErrorCode
from jsms_api.models.template_request import TemplateRequest
from jsms_api.models.template_type import TemplateType
from jsms_api.models.template_update_request import TemplateUpdateRequest
from jsms_api.types import UNSET

from .. import _checks
from .._drafts import Draft, draft, planned
from .._readings.deletions import no_content
from .._readings.templates import template, template_receipt
from .._refusal import InputRefusedError
from .._texts import check_template
from ..results.templates import Template, TemplateReceipt

__all__ = ["create", "delete", "get", "update"]


def _judged(template: str, kind: TemplateType | int, ttl: int | None, remark: str | None) -> TemplateRequest:
    judged = _checks.template_type(kind)
    verification = judged is TemplateType.VERIFICATION
    check_template(template, verification=verification, remark=remark)
    if verification and ttl is None:
        raise InputRefusedError(
            "ttl",
            "missing",
            "a verification template needs the life of its codes.",
            f"Pass ttl in seconds, 1 to {limits.TEMPLATE_REQUEST_TTL_MAXIMUM}.",
            ErrorCode.INVALID_TTL_VALUE,
        )
    return TemplateRequest(
        template=template,
        type_=judged,
        ttl=UNSET if ttl is None else _checks.template_ttl(ttl),
        remark=UNSET if remark is None else remark,
    )


@planned("createTemplate")
def create(
    template: str, kind: TemplateType | int, ttl: int | None, remark: str | None
) -> Draft[TemplateReceipt]:
    """A template for the audit."""
    built = _create_template.OPERATION.build(body=_judged(template, kind, ttl, remark))
    return draft("createTemplate", built, template_receipt)


@planned("updateTemplate")
def update(
    template_id: int, template: str, kind: TemplateType | int, ttl: int | None, remark: str | None
) -> Draft[TemplateReceipt]:
    """Another text for a refused template: everything again, not only what changes."""
    place = _checks.template_id(template_id)
    judged = _judged(template, kind, ttl, remark)
    body = TemplateUpdateRequest(
        temp_id=place,
        template=judged.template,
        type_=judged.type_,
        ttl=judged.ttl,
        remark=judged.remark,
    )
    built = _update_template.OPERATION.build(place, body=body)
    return draft("updateTemplate", built, template_receipt)


@planned("getTemplate")
def get(template_id: int) -> Draft[Template]:
    """Text and audit status."""
    built = _get_template.OPERATION.build(_checks.template_id(template_id))
    return draft("getTemplate", built, template)


@planned("deleteTemplate")
def delete(template_id: int) -> Draft[None]:
    """Remove a template."""
    built = _delete_template.OPERATION.build(_checks.template_id(template_id))
    return draft("deleteTemplate", built, no_content)
