"""Steps 5 and 6: rules on single fields that no schema keyword can express."""

from __future__ import annotations

import re
from typing import Final

from jsms_api.error_table import ErrorCode

from ...model.message_text import measure, parse_template, signed
from ...model.records import ReviewStatus, TemplateType
from ...model.rule_catalog import Confidence, declare
from ...model.settings import Reading
from ..context import CallContext
from .content import has_black_word
from .enforcement import Rule, rule

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
    if not text.is_well_formed or (
        call.reads(Reading.PLAIN_NAMES) and any("_" in name for name in text.names)
    ):
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
