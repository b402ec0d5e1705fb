"""Templates: submitted for review, changed, looked up, deleted; and a preview that sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jsms_api import limits
from jsms_api.api.templates import create_template, delete_template, get_template, update_template
from jsms_api.error_table import ErrorCode
from jsms_api.models.template_request import TemplateRequest
from jsms_api.models.template_type import TemplateType
from jsms_api.models.template_update_request import TemplateUpdateRequest
from jsms_api.types import UNSET

from .._calls import responses
from .._calls.request import PreparedRequest, prepare, refusals_as_values
from .._calls.responses import ParsedResponse
from .._validation import fields as valid
from .._validation import template_text
from .._validation.fields import InvalidArgument, error_for_argument
from .._validation.template_text import TemplatePreview, check_template
from ..errors import JsmsError
from ..results.reviews import Template, TemplateReceipt

_receipt: Final = responses.receipt(TemplateReceipt, "temp_id", responses.integer)


def _form(template: str, kind: TemplateType | int, ttl: int | None, remark: str | None) -> TemplateRequest:
    known = valid.member(TemplateType, kind, "type")
    is_verification = known is TemplateType.VERIFICATION
    check_template(template, verification=is_verification, remark=remark)
    if is_verification and ttl is None:
        raise InvalidArgument(
            "ttl",
            "missing",
            "a verification template needs the life of its codes.",
            f"Pass ttl in seconds, 1 to {limits.TEMPLATE_REQUEST_TTL_MAXIMUM}.",
            ErrorCode.INVALID_TTL_VALUE,
        )
    return TemplateRequest(
        template=template,
        type_=known,
        ttl=UNSET if ttl is None else valid.template_ttl(ttl),
        remark=UNSET if remark is None else remark,
    )


@refusals_as_values("createTemplate")
def create(
    template: str, kind: TemplateType | int, ttl: int | None, remark: str | None
) -> PreparedRequest[TemplateReceipt]:
    built = create_template.OPERATION.build(body=_form(template, kind, ttl, remark))
    return prepare("createTemplate", built, _receipt)


@refusals_as_values("updateTemplate")
def update(
    template_id: int, template: str, kind: TemplateType | int, ttl: int | None, remark: str | None
) -> PreparedRequest[TemplateReceipt]:
    """New text for a refused template: everything again, not only what changes."""
    place = valid.template_id(template_id)
    form = _form(template, kind, ttl, remark)
    body = TemplateUpdateRequest(
        temp_id=place, template=form.template, type_=form.type_, ttl=form.ttl, remark=form.remark
    )
    return prepare("updateTemplate", update_template.OPERATION.build(place, body=body), _receipt)


@refusals_as_values("getTemplate")
def get(template_id: int) -> PreparedRequest[Template]:
    return prepare("getTemplate", get_template.OPERATION.build(valid.template_id(template_id)), _template)


@refusals_as_values("deleteTemplate")
def delete(template_id: int) -> PreparedRequest[None]:
    built = delete_template.OPERATION.build(valid.template_id(template_id))
    return prepare("deleteTemplate", built, responses.no_content)


def preview(template: str, params: Mapping[str, str] | None, sign: str, hint: str) -> TemplatePreview | JsmsError:
    """Fill a template; a value that would be refused is refused as the sending call would, as a value."""
    try:
        return template_text.preview(template, params, sign=sign, hint=hint)
    except InvalidArgument as refused:
        # A sign belongs to another operation than values do, and so does the code of its refusal.
        error = error_for_argument("createSign" if refused.field == "sign" else "sendMessage", refused)
    error.operation = None
    return error


def _template(response: ParsedResponse) -> Template:
    """What `ttl` and `remark` are when never given is not documented."""
    data = responses.body(response)
    return Template(
        responses.integer(data, "temp_id"),
        responses.text(data, "template"),
        responses.integer(data, "type"),
        responses.review_status(data),
        responses.optional(data, "ttl", responses.integer),
        responses.optional(data, "remark", responses.text),
        raw=data,
    )
