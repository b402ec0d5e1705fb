"""Steps 6 (number), 9 and 10: may this recipient get this message now, and can it be paid?"""

from __future__ import annotations

from typing import Final

from jsms_api import limits
from jsms_api.error_table import ErrorCode, ReportStatus

from ...model.records import TemplateType
from ...model.rule_catalog import Confidence, declare
from ..context import RecipientContext
from . import Rule, rule

_DOCUMENTED, _INFERRED, _ASSUMED = Confidence.DOCUMENTED, Confidence.INFERRED, Confidence.ASSUMED

#: The two windows of the frequency page, in seconds.
LONG_WINDOW: Final = 24 * 3600.0
SHORT_WINDOW: Final = 10 * 60.0

_VERIFICATION: Final = frozenset({TemplateType.VERIFICATION.value})
_NOTICE: Final = frozenset({TemplateType.NOTICE.value})
_MARKETING: Final = frozenset({TemplateType.MARKETING.value})


@rule(
    "number.listed-invalid",
    ErrorCode.INVALID_MOBILE,
    "The number has the right form, but is on the mock's list of invalid numbers.",
    _ASSUMED,
    "the mock's own",
)
def number_listed_invalid(recipient: RecipientContext) -> bool:
    return recipient.phone in recipient.call.lists.invalid


NUMBER: Final[tuple[Rule[RecipientContext], ...]] = (number_listed_invalid,)


@rule(
    "recipient.unsubscribed",
    ErrorCode.UNSUBSCRIBED_MOBILE,
    "The number has unsubscribed, and the template is marketing.",
    _DOCUMENTED,
    "send page",
    types=_MARKETING,
)
def unsubscribed(recipient: RecipientContext) -> bool:
    return recipient.phone in recipient.call.lists.unsubscribed


@rule(
    "recipient.repeat-in-batch",
    ErrorCode.REPEAT_SEND,
    "An earlier entry of the batch has the same number and the same text.",
    _DOCUMENTED,
    "send page",
)
def repeated_in_batch(recipient: RecipientContext) -> bool:
    texts = recipient.texts_of_batch
    return texts is not None and (recipient.phone, recipient.text) in texts


@rule(
    "recipient.repeat",
    ErrorCode.REPEAT_SEND,
    "The number was sent this very text a moment ago (a setting, off by default: how long a text is "
    "remembered is not documented).",
    _ASSUMED,
    "send page",
)
def repeated(recipient: RecipientContext) -> bool:
    call = recipient.call
    window = call.components.settings.repeat_window_seconds
    if window <= 0:
        return False
    inbox = call.components.state.inbox
    return inbox.was_sent(call.owner_key, recipient.phone, recipient.text, call.now - window)


@rule(
    "limit.codes-per-day",
    ErrorCode.OUT_OF_FREQ,
    f"{limits.TEXT_CODES_PER_DAY} verification texts to one number in 24 hours.",
    _DOCUMENTED,
    "frequency page; C29",
    types=_VERIFICATION,
)
def too_many_codes(recipient: RecipientContext) -> bool:
    return recipient.counts.long >= limits.TEXT_CODES_PER_DAY


@rule(
    "limit.same-notice",
    ErrorCode.OUT_OF_FREQ,
    f"{limits.NOTICE_SAME_TEXT} notices with the same text to one number in 10 minutes.",
    _DOCUMENTED,
    "frequency page",
    types=_NOTICE,
)
def same_notice_too_often(recipient: RecipientContext) -> bool:
    return recipient.counts.same_text >= limits.NOTICE_SAME_TEXT


@rule(
    "limit.notices-per-day",
    ErrorCode.OUT_OF_FREQ,
    f"{limits.NOTICE_PER_DAY} notices to one number in 24 hours.",
    _DOCUMENTED,
    "frequency page, R2021-12; C30",
    types=_NOTICE,
)
def too_many_notices(recipient: RecipientContext) -> bool:
    return recipient.counts.long >= limits.NOTICE_PER_DAY


@rule(
    "limit.marketing",
    ErrorCode.OUT_OF_FREQ,
    f"{limits.MARKETING_PER_WINDOW} marketing messages to one number in 10 minutes.",
    _DOCUMENTED,
    "frequency page",
    types=_MARKETING,
)
def too_much_marketing(recipient: RecipientContext) -> bool:
    return recipient.counts.short >= limits.MARKETING_PER_WINDOW


RECIPIENT: Final[tuple[Rule[RecipientContext], ...]] = (
    unsubscribed,
    repeated_in_batch,
    repeated,
    too_many_codes,
    same_notice_too_often,
    too_many_notices,
    too_much_marketing,
)

declare(
    "limit.windows",
    "Windows slide: a message counts for 10 minutes or 24 hours from its own instant on, to the second.",
    _ASSUMED,
    "frequency page",
)
declare(
    "limit.schedules",
    "Timed messages count for the limits when they are sent, but are not refused by them.",
    _INFERRED,
    "schedule page; C8",
)


@rule(
    "limit.voice",
    ErrorCode.OUT_OF_FREQ,
    f"Less than {limits.VOICE_CODE_INTERVAL_SECONDS} seconds since the last voice code to this number.",
    _DOCUMENTED,
    "send page, frequency page",
)
def voice_too_soon(recipient: RecipientContext) -> bool:
    call = recipient.call
    if not call.components.settings.limits:
        return False
    last = call.components.state.inbox.last_voice_call(call.owner_key, recipient.phone)
    return last is not None and 0 <= call.now - last < limits.VOICE_CODE_INTERVAL_SECONDS


VOICE: Final[tuple[Rule[RecipientContext], ...]] = (voice_too_soon,)

NO_MONEY: Final = declare(
    "balance.empty",
    "No balance that can pay holds enough. A batch is refused as a whole only if not one entry can be paid.",
    _DOCUMENTED,
    "send page",
    ErrorCode.NO_MONEY,
)
ORDER: Final = declare(
    "balance.order",
    "The balance of the kind pays first, then the general one; the application's first, then the account's. "
    "One message is paid from one balance.",
    _INFERRED,
    "accounts page",
)
SCHEDULED: Final = declare(
    "balance.schedules",
    "A timed message must be payable when it is made, and is paid when it is sent; if nothing is left by "
    f"then it is reported with status {ReportStatus.NO_BALANCE.value}.",
    _INFERRED,
    "schedule page; C31",
)
