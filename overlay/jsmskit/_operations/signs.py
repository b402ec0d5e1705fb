"""Signs: submitted for review with their documents, changed, looked up, deleted."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, TypeAlias, cast

from jsms_api import limits
from jsms_api.api.signs import create_sign, delete_sign, get_sign, update_sign
from jsms_api.models.sign_form import SignForm
from jsms_api.models.sign_type import SignType
from jsms_api.types import UNSET, File, Unset

from .._calls import responses
from .._calls.request import PreparedRequest, prepare, refusals_as_values
from .._calls.responses import ParsedResponse
from .._privacy import Hidden
from .._validation import fields as valid
from .._validation.fields import InvalidArgument
from ..results.reviews import Sign, SignReceipt


@dataclass(frozen=True, slots=True, repr=False)
class SignDocuments(Hidden):
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


Upload: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO
"""An image: the path of its file, its bytes, or an open binary file."""
_MOST: Final = limits.SIGN_IMAGE_SIZE_BYTES
_KINDS: Final = ((b"\x89PNG\r\n\x1a\n", "png", "image/png"), (b"\xff\xd8\xff", "jpg", "image/jpeg"))
_REMEDY: Final = "Pass the path, the bytes or the open file of a PNG or JPG image of at most 2 MB."


def load_image(upload: Upload | None, field: str) -> File | Unset:
    """Read an image and validate size and format. The file's own name is never sent: it often names a person."""
    if upload is None:
        return UNSET
    content = _content(upload, field)
    if len(content) > _MOST:
        raise InvalidArgument(field, "maxLength", f"the image has more than {_MOST} bytes.", "Make it smaller.")
    for mark, suffix, media_type in _KINDS:
        if content.startswith(mark):
            return File(io.BytesIO(content), f"{field}.{suffix}", media_type)
    raise InvalidArgument(field, "format", "it is no PNG or JPG image.", _REMEDY)


def _content(upload: object, field: str) -> bytes:
    # One byte more than allowed is enough to know that it is too large.
    if isinstance(upload, bytes):
        return upload
    if isinstance(upload, (str, os.PathLike)):
        try:
            with open(os.fspath(cast("str", upload)), "rb") as opened:
                return opened.read(_MOST + 1)
        except (OSError, ValueError) as error:
            reason = type(error).__name__
        raise InvalidArgument(field, "invalid", f"the file cannot be read ({reason}).", _REMEDY)
    read = getattr(upload, "read", None)
    if not callable(read):
        rule = f"an image is a path, bytes or an open file, not {type(upload).__name__}."
        raise InvalidArgument(field, "type", rule, _REMEDY)
    content = read(_MOST + 1)
    if not isinstance(content, bytes):
        raise InvalidArgument(field, "type", "the file is open as text, not as bytes.", _REMEDY)
    return content


_TEXTS: Final = ("legal_person_name", "legal_person_id_number", "social_credit_code", "third_party_company_name")
_IMAGES: Final = (
    "id_card_image",
    "business_license_image",
    "icp_app_screenshot",
    "trademark_image",
    "third_party_auth_image",
    "other_image",
)


# No local variables below: reading an image can be interrupted, and tracebacks show those.
def _form(sign: str, documents: SignDocuments) -> SignForm:
    return SignForm(
        sign=valid.sign(sign),
        type_=UNSET if documents.kind is None else valid.member(SignType, documents.kind, "type"),
        remark=UNSET if documents.remark is None else valid.remark(documents.remark),
        **_texts_and_images(documents),
    )


def _texts_and_images(documents: SignDocuments) -> dict[str, Any]:
    return {
        **{
            field: valid.document_text(getattr(documents, field), field)
            for field in _TEXTS
            if getattr(documents, field) is not None
        },
        **{field: load_image(getattr(documents, field), field) for field in _IMAGES},
    }


_receipt: Final = responses.receipt(SignReceipt, "sign_id", responses.integer)


@refusals_as_values("createSign")
def create(sign: str, documents: SignDocuments) -> PreparedRequest[SignReceipt]:
    return prepare("createSign", create_sign.OPERATION.build(body=_form(sign, documents)), _receipt)


@refusals_as_values("updateSign")
def update(sign_id: int, sign: str, documents: SignDocuments) -> PreparedRequest[SignReceipt]:
    """New text or other documents for a refused sign: everything again."""
    place = valid.sign_id(sign_id)
    return prepare("updateSign", update_sign.OPERATION.build(place, body=_form(sign, documents)), _receipt)


@refusals_as_values("getSign")
def get(sign_id: int) -> PreparedRequest[Sign]:
    return prepare("getSign", get_sign.OPERATION.build(valid.sign_id(sign_id)), _sign)


@refusals_as_values("deleteSign")
def delete(sign_id: int) -> PreparedRequest[None]:
    built = delete_sign.OPERATION.build(valid.sign_id(sign_id))
    return prepare("deleteSign", built, responses.no_content)


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
