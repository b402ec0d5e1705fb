"""Steps 5 and 6: rules on single fields that no schema keyword can express."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, NoReturn

from jsms_api import limits
from jsms_api.error_table import ErrorCode

from ...model.message_text import measure, parse_template, signed
from ...model.records import ReviewStatus, TemplateType
from ...model.rule_catalog import Confidence, declare
from ...model.settings import Reading
from ..context import CallContext
from ..form_body import JAVA_PICTURES, NotAFormError, Part
from ..request_schemas import RequestSchema, integer
from . import Refusal, Rule, rule
from .content import has_black_word
from .request import NOT_A_FORM

_DOCUMENTED, _INFERRED, _ASSUMED = Confidence.DOCUMENTED, Confidence.INFERRED, Confidence.ASSUMED

declare(
    "send-time.zone",
    "send_time is read as China Standard Time, UTC+8; there is no least distance and no horizon.",
    _INFERRED,
    "G7",
)


@rule(
    "send-time.past",
    ErrorCode.INVALID_SEND_TIME,
    "send_time is no existing time, or not after now.",
    _DOCUMENTED,
    "schedule page",
)
def send_time_past(call: CallContext) -> bool:
    return call.send_at is None or call.send_at <= call.now


SEND_TIME: Final[tuple[Rule[CallContext], ...]] = (send_time_past,)


@rule(
    "template.ttl-missing",
    ErrorCode.INVALID_TTL_VALUE,
    "A verification template needs a ttl.",
    _DOCUMENTED,
    "templates page",
)
def ttl_missing(call: CallContext) -> bool:
    return call.body["type"] == TemplateType.VERIFICATION and "ttl" not in call.body


@rule(
    "template.length",
    ErrorCode.TEMPLATE_TOO_LONG,
    "Text, default sign with brackets and, for marketing, the unsubscribe hint together are longer than 500 "
    "characters (350 by a setting).",
    _DOCUMENTED,
    "templates page; C10",
)
def template_too_long(call: CallContext) -> bool:
    settings = call.components.settings
    sign = call.components.state.signs.default(call.owner_key)
    hint = settings.unsubscribe_hint if call.body["type"] == TemplateType.MARKETING else ""
    text = (signed(sign.sign) if sign else "") + call.body["template"] + hint
    return measure(text)[0] > settings.text_limit


@rule(
    "template.variables",
    ErrorCode.TEMPLATE_PARAMETER_INVALID,
    "A name of a variable breaks the rule (letters, digits, underscores inside), braces are left over, or a "
    "verification template has another variable than code, or none.",
    _INFERRED,
    "templates page, console guide; C11, C12",
)
def template_variables_bad(call: CallContext) -> bool:
    text = parse_template(call.body["template"])
    if not text.is_well_formed or (call.reads(Reading.PLAIN_NAMES) and any("_" in name for name in text.names)):
        return True
    return call.body["type"] == TemplateType.VERIFICATION and text.names != _CODE_ONLY


@rule(
    "template.remark-length",
    ErrorCode.REMARK_TOO_LONG,
    "The remark is longer than 100 characters (500 by a setting).",
    _DOCUMENTED,
    "templates page; C13",
)
def remark_too_long(call: CallContext) -> bool:
    return len(call.body.get("remark", "")) > call.components.settings.remark_limit


_CODE_ONLY: Final = frozenset({"code"})
_LINK: Final = re.compile(r"https?://[^\s/]", re.IGNORECASE)


@rule(
    "template.link-unexplained",
    ErrorCode.SPECIAL_TEMPLATE_PARAMETER_NEED_EXTRA_REMARK,
    "The template has the variable url, and no link stands in the remark.",
    _DOCUMENTED,
    "templates page",
)
def link_unexplained(call: CallContext) -> bool:
    names = parse_template(call.body["template"]).names
    return "url" in names and not _LINK.search(call.body.get("remark", ""))


@rule(
    "template.no-sign",
    ErrorCode.SIGNATURE_NOT_SET,
    "A template can be made only once the application has an approved sign.",
    _INFERRED,
    "templates page",
)
def no_sign_yet(call: CallContext) -> bool:
    signs = call.components.state.signs.of(call.owner_key)
    return not any(sign.status is ReviewStatus.APPROVED for sign in signs)


@rule(
    "template.black-word",
    ErrorCode.HAS_BLACK_WORD,
    "The template's text holds a forbidden word; which ones are forbidden is set in the mock.",
    _DOCUMENTED,
    "templates page",
)
def template_has_black_word(call: CallContext) -> bool:
    words = call.lists.black_words
    return bool(words) and has_black_word(call.body["template"], words)


#: The form of a template; the spec has judged types, length and brackets before.
TEMPLATE_FORM: Final[tuple[Rule[CallContext], ...]] = (
    ttl_missing,
    template_too_long,
    template_variables_bad,
    remark_too_long,
    link_unexplained,
)
#: What else must hold for a template to be handed in.
TEMPLATE_ALLOWED: Final[tuple[Rule[CallContext], ...]] = (no_sign_yet, template_has_black_word)


#: Pictures of the forms before 2025-09, which named neither format nor size.
_OLD_PICTURES: Final = frozenset({"image0", "image1", "image2", "image3", JAVA_PICTURES})
_NEW_PICTURES: Final = frozenset(
    {"idCardImage", "businessLicenseImage", "icpAppScreenshot", "trademarkImage", "thirdPartyAuthImage", "otherImage"}
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
    "A picture of the form of 2025-09 is neither PNG nor JPEG by its first bytes. The older forms named no format.",
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
