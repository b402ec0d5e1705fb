"""Signs: submitted for review with their documents, changed, looked up, deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from jsms_api.api.signs import create_sign as _create_sign
from jsms_api.api.signs import delete_sign as _delete_sign
from jsms_api.api.signs import get_sign as _get_sign
from jsms_api.api.signs import update_sign as _update_sign
from jsms_api.models.sign_form import SignForm
from jsms_api.models.sign_type import SignType
from jsms_api.types import UNSET, File, Unset

from .._calls import responses
from .._calls.request import PreparedRequest, prepare, refusals_as_values
from .._calls.responses import ParsedResponse
from .._validation import fields as valid
from .._validation.images import Upload, load_image
from .._validation.template_text import check_remark, check_sign
from ..results.reviews import Sign, SignReceipt

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, repr=False)
class SignDocuments:
    """What the reviewers want to see beside the sign: texts and images, all of them personal data."""

    kind: SignType | int | None
    remark: str | None
    legal_person_name: str | None
    legal_person_id_number: str | None
    social_credit_code: str | None
    third_party_company_name: str | None
    id_card_image: Upload | None
    business_license_image: Upload | None
    icp_app_screenshot: Upload | None
    trademark_image: Upload | None
    third_party_auth_image: Upload | None
    other_image: Upload | None

    def __repr__(self) -> str:
        return "SignDocuments(hidden)"


def _file(upload: Upload | None, field: str) -> File | Unset:
    if upload is None:
        return UNSET
    image = load_image(upload, field)
    return File(image.open(), f"{field}.{image.suffix}", image.media_type)


def _given(value: T | None, check: Callable[[T], R]) -> R | Unset:
    return UNSET if value is None else check(value)


def _form(sign: str, documents: SignDocuments) -> SignForm:
    # No local variables: reading an image can be interrupted, and tracebacks show those.
    check_sign(sign)
    if documents.remark is not None:
        check_remark(documents.remark)
    return SignForm(
        sign=sign,
        type_=_given(documents.kind, valid.sign_type),
        remark=UNSET if documents.remark is None else documents.remark,
        legal_person_name=_given(documents.legal_person_name, valid.legal_person_name),
        legal_person_id_number=_given(documents.legal_person_id_number, valid.legal_person_id_number),
        social_credit_code=_given(documents.social_credit_code, valid.social_credit_code),
        third_party_company_name=_given(documents.third_party_company_name, valid.third_party_company_name),
        id_card_image=_file(documents.id_card_image, "id_card_image"),
        business_license_image=_file(documents.business_license_image, "business_license_image"),
        icp_app_screenshot=_file(documents.icp_app_screenshot, "icp_app_screenshot"),
        trademark_image=_file(documents.trademark_image, "trademark_image"),
        third_party_auth_image=_file(documents.third_party_auth_image, "third_party_auth_image"),
        other_image=_file(documents.other_image, "other_image"),
    )


@refusals_as_values("createSign")
def create(sign: str, documents: SignDocuments) -> PreparedRequest[SignReceipt]:
    """A sign for review."""
    return prepare("createSign", _create_sign.OPERATION.build(body=_form(sign, documents)), _receipt)


@refusals_as_values("updateSign")
def update(sign_id: int, sign: str, documents: SignDocuments) -> PreparedRequest[SignReceipt]:
    """New text or other documents for a refused sign: everything again."""
    place = valid.sign_id(sign_id)
    return prepare("updateSign", _update_sign.OPERATION.build(place, body=_form(sign, documents)), _receipt)


@refusals_as_values("getSign")
def get(sign_id: int) -> PreparedRequest[Sign]:
    """Text and review status."""
    return prepare("getSign", _get_sign.OPERATION.build(valid.sign_id(sign_id)), _sign)


@refusals_as_values("deleteSign")
def delete(sign_id: int) -> PreparedRequest[None]:
    """Delete a sign."""
    built = _delete_sign.OPERATION.build(valid.sign_id(sign_id))
    return prepare("deleteSign", built, responses.no_content)


def _receipt(response: ParsedResponse) -> SignReceipt:
    data = responses.body(response)
    return SignReceipt(responses.integer(data, "sign_id"), raw=data)


def _sign(response: ParsedResponse) -> Sign:
    """The older revision has no `is_default`."""
    data = responses.body(response)
    return Sign(
        responses.integer(data, "sign_id"),
        responses.text(data, "sign"),
        responses.review_status(data),
        responses.flag(data, "is_default"),
        responses.flag(data, "use_status"),
        raw=data,
    )
