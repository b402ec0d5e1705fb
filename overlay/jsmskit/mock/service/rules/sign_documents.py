"""Step 6 for signs: the papers that a review wants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NoReturn

from jsms_api import limits
from jsms_api.error_table import ErrorCode

from ...model.rule_catalog import Confidence, declare
from ..context import CallContext
from ..form_body import JAVA_PICTURES, NotAFormError, Part
from ..normalization import integer
from ..request_schemas import RequestSchema
from .enforcement import Refusal
from .request import NOT_A_FORM

#: Pictures of the forms before 2025-09, which named neither format nor size.
_OLD_PICTURES: Final = frozenset({"image0", "image1", "image2", "image3", JAVA_PICTURES})
_NEW_PICTURES: Final = frozenset(
    {
        "idCardImage",
        "businessLicenseImage",
        "icpAppScreenshot",
        "trademarkImage",
        "thirdPartyAuthImage",
        "otherImage",
    }
)
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"

PICTURE_SIZE: Final = declare(
    "sign.picture-size",
    f"A picture is larger than 2 MB ({limits.SIGN_IMAGE_SIZE_BYTES} bytes).",
    Confidence.INFERRED,
    "sign page, R2025-09; C15",
    ErrorCode.INVALID_IMAGE,
)
PICTURE_FORMAT: Final = declare(
    "sign.picture-format",
    "A picture of the form of 2025-09 is neither PNG nor JPEG by its first bytes. The older forms named no "
    "format.",
    Confidence.INFERRED,
    "sign page, R2025-09; C15",
    ErrorCode.INVALID_IMAGE,
)
PICTURE_MISSING: Final = declare(
    "sign.picture-missing",
    "A picture that the type wants is missing (with strict_signs only).",
    Confidence.ASSUMED,
    "sign page, R2025-09; C32",
    ErrorCode.INVALID_IMAGE,
)
TEXT_MISSING: Final = declare(
    "sign.text-missing",
    "A text that the form of 2025-09 wants is missing (with strict_signs only).",
    Confidence.ASSUMED,
    "sign page, R2025-09; C17, C32",
    ErrorCode.INVALID_BODY,
)
TYPE_GONE: Final = declare(
    "sign.type-gone",
    "The type is one of those that 2025-09 has dropped (with strict_signs only).",
    Confidence.ASSUMED,
    "sign page, R2025-09; C16",
    ErrorCode.INVALID_BODY,
)


def take_fields(schema: RequestSchema, parts: Iterable[Part]) -> dict[str, Any]:
    """Make the fields of a form out of its parts: texts as text, pictures as empty text (judged elsewhere).

    Raises:
        Refusal: a text part is sent twice, or is not UTF-8.
    """
    fields: dict[str, Any] = {}
    for part in parts:
        known = schema.properties.get(part.name)
        if known is None:
            continue
        if known.get("format") == "binary":
            fields[part.name] = ""
            continue
        if part.name in fields:
            raise Refusal(ErrorCode.INVALID_BODY, NOT_A_FORM.id)
        try:
            fields[part.name] = part.text()
        except NotAFormError:
            raise Refusal(ErrorCode.INVALID_BODY, NOT_A_FORM.id) from None
    if "type" in fields:
        fields["type"] = integer(fields["type"])
    return fields


def judge_papers(call: CallContext, parts: Iterable[Part]) -> None:
    """Judge what the spec cannot: pictures, and in strict mode what must be there.

    Raises:
        Refusal: something is wrong.
    """
    if call.components.settings.strict_signs:
        _judge_completeness(call)
    for part in parts:
        is_old = part.name in _OLD_PICTURES
        if not is_old and part.name not in _NEW_PICTURES:
            continue
        if len(part.content) > limits.SIGN_IMAGE_SIZE_BYTES:
            _refuse(PICTURE_SIZE.id, ErrorCode.INVALID_IMAGE)
        if not is_old and not part.content.startswith((_PNG, _JPEG)):
            _refuse(PICTURE_FORMAT.id, ErrorCode.INVALID_IMAGE)


def _judge_completeness(call: CallContext) -> None:
    body, wanted = call.body, limits.SIGN_REQUIRED_PARTS
    for name in wanted["always"]:
        if name not in body and name not in _NEW_PICTURES:
            _refuse(TEXT_MISSING.id, ErrorCode.INVALID_BODY)
    of_type = wanted.get(str(body["type"]))
    if of_type is None:
        _refuse(TYPE_GONE.id, ErrorCode.INVALID_BODY)
    for name in (*wanted["always"], *of_type):
        if name not in body:
            _refuse(PICTURE_MISSING.id, ErrorCode.INVALID_IMAGE)


def _refuse(rule_id: str, code: ErrorCode) -> NoReturn:
    raise Refusal(code, rule_id)
