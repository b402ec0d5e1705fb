"""Plans of the four operations on signs."""

from __future__ import annotations

from typing import NamedTuple

from jsms_api.api.signs import create_sign as _create_sign
from jsms_api.api.signs import delete_sign as _delete_sign
from jsms_api.api.signs import get_sign as _get_sign
from jsms_api.api.signs import update_sign as _update_sign
from jsms_api.models.sign_form import SignForm
from jsms_api.models.sign_type import SignType
from jsms_api.types import UNSET, File, Unset

from .. import _checks
from .._drafts import Draft, draft, planned
from .._hidden import Hidden
from .._readings.deletions import no_content
from .._readings.signs import sign, sign_receipt
from .._texts import check_remark, check_sign
from .._uploads import Upload, read_picture
from ..results.signs import Sign, SignReceipt

__all__ = ["Papers", "create", "delete", "get", "update"]


class Papers(NamedTuple):
    """What the audit wants to see beside the sign: texts and pictures, all of them personal data."""

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


def _file(upload: Upload | None, field: str) -> File | Unset:
    if upload is None:
        return UNSET
    picture = read_picture(upload, field)
    return File(picture.opened(), f"{field}.{picture.suffix}", picture.media_type)


def _form(sign: str, papers: Papers) -> SignForm:
    check_sign(sign)
    if papers.remark is not None:
        check_remark(papers.remark)
    name, number = papers.legal_person_name, papers.legal_person_id_number
    company, third_party = papers.social_credit_code, papers.third_party_company_name
    return SignForm(
        sign=sign,
        type_=UNSET if papers.kind is None else _checks.sign_type(papers.kind),
        remark=UNSET if papers.remark is None else papers.remark,
        legal_person_name=UNSET if name is None else _checks.legal_person_name(name),
        legal_person_id_number=UNSET if number is None else _checks.legal_person_id_number(number),
        social_credit_code=UNSET if company is None else _checks.social_credit_code(company),
        third_party_company_name=(
            UNSET if third_party is None else _checks.third_party_company_name(third_party)
        ),
        id_card_image=_file(papers.id_card_image, "id_card_image"),
        business_license_image=_file(papers.business_license_image, "business_license_image"),
        icp_app_screenshot=_file(papers.icp_app_screenshot, "icp_app_screenshot"),
        trademark_image=_file(papers.trademark_image, "trademark_image"),
        third_party_auth_image=_file(papers.third_party_auth_image, "third_party_auth_image"),
        other_image=_file(papers.other_image, "other_image"),
    )


@planned("createSign")
def create(sign: str, papers: Hidden[Papers]) -> Draft[SignReceipt]:
    """A sign for the audit."""
    built = _create_sign.OPERATION.build(body=_form(sign, papers.value))
    return draft("createSign", built, sign_receipt)


@planned("updateSign")
def update(sign_id: int, sign: str, papers: Hidden[Papers]) -> Draft[SignReceipt]:
    """Another text or other papers for a refused sign: everything again."""
    place = _checks.sign_id(sign_id)
    built = _update_sign.OPERATION.build(place, body=_form(sign, papers.value))
    return draft("updateSign", built, sign_receipt)


@planned("getSign")
def get(sign_id: int) -> Draft[Sign]:
    """Text and audit status."""
    return draft("getSign", _get_sign.OPERATION.build(_checks.sign_id(sign_id)), sign)


@planned("deleteSign")
def delete(sign_id: int) -> Draft[None]:
    """Remove a sign."""
    built = _delete_sign.OPERATION.build(_checks.sign_id(sign_id))
    return draft("deleteSign", built, no_content)
