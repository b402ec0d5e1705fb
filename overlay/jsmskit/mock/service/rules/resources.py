"""Step 7: does everything exist that a call names, and is it in the right state?"""

from __future__ import annotations

from typing import Final

from jsms_api import limits
from jsms_api.error_table import ErrorCode

from ...model.records import ReviewStatus, ScheduleState, TemplateType
from ...model.rule_catalog import Confidence, declare
from ...model.settings import Reading
from ..context import CallContext
from . import Rule, rule

_DOCUMENTED, _INFERRED, _ASSUMED = Confidence.DOCUMENTED, Confidence.INFERRED, Confidence.ASSUMED

declare(
    "tenants.apart",
    "Templates, signs, schedules and codes belong to one application; to all others they do not exist.",
    _INFERRED,
    "G23",
)


@rule(
    "template.unknown",
    ErrorCode.INVALID_TEMP_ID,
    "The application has no such template, or not any more.",
    _DOCUMENTED,
    "send page, templates page",
)
def template_unknown(call: CallContext) -> bool:
    return call.template is None


@rule("template.in-review", ErrorCode.TEMPLATE_AUDITING, "The template is still in review.", _DOCUMENTED, "send page")
def template_in_review(call: CallContext) -> bool:
    return call.template is not None and call.template.status is ReviewStatus.IN_REVIEW


@rule("template.refused", ErrorCode.TEMPLATE_NOT_PASS, "The template was refused.", _DOCUMENTED, "send page")
def template_refused(call: CallContext) -> bool:
    return call.template is not None and call.template.status is ReviewStatus.REFUSED


@rule(
    "template.not-verification",
    ErrorCode.WRONG_TEMPLATE_TYPE,
    "POST /codes takes templates of type 1 only.",
    _DOCUMENTED,
    "send page",
)
def template_not_verification(call: CallContext) -> bool:
    return call.template is not None and call.template.type != TemplateType.VERIFICATION


@rule(
    "template.personal-account",
    ErrorCode.WRONG_TEMPLATE_TYPE,
    "A personal account (a setting, off by default) may not send marketing. The code is a guess.",
    _ASSUMED,
    "content rules; G15",
)
def template_of_personal_account(call: CallContext) -> bool:
    template = call.template
    return (
        template is not None and template.type == TemplateType.MARKETING and call.components.settings.personal_account
    )


#: What a template must be to be sent, and to be sent by `POST /codes`.
SENDABLE: Final[tuple[Rule[CallContext], ...]] = (
    template_unknown,
    template_in_review,
    template_refused,
    template_of_personal_account,
)
SENDABLE_AS_CODE: Final[tuple[Rule[CallContext], ...]] = (*SENDABLE, template_not_verification)

KNOWN_TEMPLATE: Final[tuple[Rule[CallContext], ...]] = (template_unknown,)


@rule(
    "template.not-refused",
    ErrorCode.MODIFY_TEMPLATE_NOT_ALLOW,
    "Only a refused template may be changed.",
    _DOCUMENTED,
    "templates page",
)
def template_not_refused(call: CallContext) -> bool:
    return call.template is not None and call.template.status is not ReviewStatus.REFUSED


CHANGEABLE_TEMPLATE: Final[tuple[Rule[CallContext], ...]] = (template_unknown, template_not_refused)


@rule(
    "template.ready-made",
    ErrorCode.INVALID_TEMP_ID,
    "The ready-made template cannot be deleted.",
    _ASSUMED,
    "the mock's own",
)
def template_is_ready_made(call: CallContext) -> bool:
    # Deleted or not, every client addresses it as 1; without it no code could be sent.
    return call.template is not None and call.template.temp_id == limits.READY_MADE_TEMPLATE


DELETABLE_TEMPLATE: Final[tuple[Rule[CallContext], ...]] = (template_unknown, template_is_ready_made)


@rule(
    "sign.not-usable",
    ErrorCode.INVALID_SIGN_ID,
    "A sending call names a sign that the application does not have, or that is not approved.",
    _ASSUMED,
    "G2",
)
def sign_not_usable(call: CallContext) -> bool:
    named = "sign_id" in call.body
    return named and (call.sign is None or call.sign.status is not ReviewStatus.APPROVED)


@rule(
    "sign.not-set",
    ErrorCode.SIGNATURE_NOT_SET,
    "A sending call names no sign, and the application has no approved default sign.",
    _INFERRED,
    "templates page",
)
def sign_not_set(call: CallContext) -> bool:
    return call.sign is None


SIGNED: Final[tuple[Rule[CallContext], ...]] = (sign_not_usable, sign_not_set)


@rule("sign.unknown", ErrorCode.INVALID_SIGN_ID, "The application has no such sign.", _DOCUMENTED, "sign page")
def sign_unknown(call: CallContext) -> bool:
    return call.sign is None


KNOWN_SIGN: Final[tuple[Rule[CallContext], ...]] = (sign_unknown,)


@rule(
    "sign.is-default",
    ErrorCode.DEFAULT_SIGNATURE_CANNOT_BE_DELETED,
    "The default sign cannot be deleted.",
    _DOCUMENTED,
    "sign page",
)
def sign_is_default(call: CallContext) -> bool:
    return call.sign is not None and call.sign.is_default


DELETABLE_SIGN: Final[tuple[Rule[CallContext], ...]] = (sign_unknown, sign_is_default)


@rule(
    "sign.another-in-review",
    ErrorCode.OTHER_SIGNATURES_IN_AUDIT,
    "A sign of the application is in review: no other can be handed in, and it cannot be changed itself.",
    _DOCUMENTED,
    "sign page; G20",
)
def sign_another_in_review(call: CallContext) -> bool:
    return any(sign.status is ReviewStatus.IN_REVIEW for sign in call.components.state.signs.of(call.owner_key))


@rule(
    "sign.not-refused",
    ErrorCode.INVALID_SIGNATURE,
    "An approved sign cannot be changed. The code is a guess.",
    _ASSUMED,
    "sign page; G20",
)
def sign_not_refused(call: CallContext) -> bool:
    return call.sign is not None and call.sign.status is ReviewStatus.APPROVED


NEW_SIGN: Final[tuple[Rule[CallContext], ...]] = (sign_another_in_review,)
CHANGEABLE_SIGN: Final[tuple[Rule[CallContext], ...]] = (sign_unknown, sign_not_refused, sign_another_in_review)


@rule(
    "schedule.unknown",
    ErrorCode.INVALID_SCHEDULE_ID,
    "The application has no such timed task.",
    _DOCUMENTED,
    "schedule page",
)
def schedule_unknown(call: CallContext) -> bool:
    return call.schedule is None


@rule(
    "schedule.other-kind",
    ErrorCode.INVALID_SCHEDULE_ID,
    "A single task is changed by the single call, a batch by the batch call; the other is unknown there.",
    _ASSUMED,
    "G6",
)
def schedule_of_other_kind(call: CallContext) -> bool:
    if call.reads(Reading.ONE_KIND_OF_TASK):
        return False
    return call.schedule is not None and call.schedule.batch is not ("recipients" in call.body)


@rule(
    "schedule.not-waiting",
    ErrorCode.WRONG_SCHEDULE_STATUS,
    "A timed task that was sent or deleted cannot be changed or deleted.",
    _DOCUMENTED,
    "schedule page",
)
def schedule_not_waiting(call: CallContext) -> bool:
    return call.schedule is not None and call.schedule.state is not ScheduleState.WAITING


@rule(
    "schedule.deleted",
    ErrorCode.INVALID_SCHEDULE_ID,
    "A deleted task cannot be read any more; a sent one can.",
    _ASSUMED,
    "G5",
)
def schedule_deleted(call: CallContext) -> bool:
    if call.reads(Reading.DELETED_TASK_READABLE):
        return False
    return call.schedule is not None and call.schedule.state is ScheduleState.DELETED


CHANGEABLE_SCHEDULE: Final[tuple[Rule[CallContext], ...]] = (
    schedule_unknown,
    schedule_of_other_kind,
    schedule_not_waiting,
)
DELETABLE_SCHEDULE: Final[tuple[Rule[CallContext], ...]] = (schedule_unknown, schedule_not_waiting)
READABLE_SCHEDULE: Final[tuple[Rule[CallContext], ...]] = (schedule_unknown, schedule_deleted)


@rule(
    "code.unknown",
    ErrorCode.WRONG_MSG_ID,
    "No code was sent under this id by this application: unknown, of another one, or of a template message.",
    _DOCUMENTED,
    "send page; G21",
)
def code_unknown(call: CallContext) -> bool:
    return call.code is None


@rule("code.verified", ErrorCode.VERIFIED_CODE, "The code was verified before.", _DOCUMENTED, "send page")
def code_verified(call: CallContext) -> bool:
    return call.code is not None and call.code.verified_at is not None and not call.reads(Reading.RIGHT_TWICE)


@rule(
    "code.expired",
    ErrorCode.EXPIRED_CODE,
    "The life of the code is over; at the very second it ends the code is dead.",
    _DOCUMENTED,
    "send page",
)
def code_expired(call: CallContext) -> bool:
    return call.code is not None and call.now >= call.code.expires_at


@rule(
    "code.wrong",
    ErrorCode.INVALID_CODE,
    "The code is another one. It stays usable; the number of tries is not limited.",
    _DOCUMENTED,
    "send page; G3",
)
def code_wrong(call: CallContext) -> bool:
    return call.code is not None and call.code.code != call.body["code"]


#: The order among these is inferred: a code that is both verified and expired is "verified".
VERIFIABLE: Final[tuple[Rule[CallContext], ...]] = (code_unknown, code_verified, code_expired, code_wrong)
