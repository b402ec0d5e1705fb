"""The catalog of rules: every behaviour of the mock, how sure it is that the service does the same, and the source.

No source gives the order in which a call is judged. This one reproduces every documented example and gives the most
helpful code first; a client must stand another order where a request has two faults. In a batch the steps marked * are
taken for each entry, all others refuse the whole request.

1. path, then method
2. credentials
3. access of the application
4. media type, body, types of the fields
5. missing fields
6. form of the fields; numbers *
7. template, sign, schedule, code: existing, and in the right state
8. variables, then the written text *
9. recipient: unsubscribed, repeated, too often *
10. balance *
11. the act
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from jsms_api import limits
from jsms_api.error_table import ErrorCode as Code
from jsms_api.error_table import ReportStatus
from jsms_api.operations import OPERATIONS


class Confidence(enum.StrEnum):
    """How sure it is that the service does the same.

    DOCUMENTED: a page of the vendor says so.
    OBSERVED: a response of the service that a user published shows it (tests/contract/captures).
    INFERRED: follows from several sources, none of which says so.
    ASSUMED: no source says anything; the mock had to do something.
    """

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    INFERRED = "inferred"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table.

    Attributes:
        id: names the rule in the request log; the part before the point is what it is about.
        code: that a breach brings; None for behaviour that refuses nothing.
        confidence: how sure it is.
        source: page of the vendor, or client, that says so; C1 ... and G1 ... as in spec/README.md.
        summary: the rule in one sentence.
    """

    id: str
    code: Code | None
    confidence: Confidence
    source: str
    summary: str


#: Followed by a code in five digits, it makes a mobile number of 11 digits, or an id.
MAGIC_PREFIX: Final = "154000"

_DOCUMENTED, _OBSERVED, _INFERRED, _ASSUMED = Confidence

_RULES: Final = (
    Rule("magic.number", None, _ASSUMED, "the mock's own",
     f"A mobile number made of {MAGIC_PREFIX} and a code in five digits is answered with that code, if the "
     "operation can answer it; in a batch the entry or, for codes of whole requests, the request. The fields of "
     "the request must have the right form."),
    Rule("magic.status", None, _ASSUMED, "the mock's own",
     f"A mobile number made of {MAGIC_PREFIX}, 0 and a delivery status ({ReportStatus.DELIVERED.value} ...) is "
     "accepted and later reported with that status."),
    Rule("magic.id", None, _ASSUMED, "the mock's own",
     f"A temp_id, sign_id, msg_id or schedule_id made of {MAGIC_PREFIX} and a code in five digits is answered with "
     "that code, if the operation can answer it. Hyphens and zeros in front do not count, so a schedule_id can "
     "have the form of a UUID."),
    Rule("magic.header", None, _ASSUMED, "the mock's own",
     "A request header X-Mock-Code with a code is answered with that code, before anything but path and method is "
     "looked at, if the operation can answer it."),
    Rule("magic.header-ignored", None, _ASSUMED, "the mock's own",
     "A header X-Mock-Code with anything that the operation cannot answer is ignored; the log says so."),
    Rule("mock.defect", Code.SERVER_ERROR, _ASSUMED, "the mock's own",
     "The mock itself has failed on a request: nothing was changed, and the reason is on its standard error (or in "
     "the log of the process that it runs in). Please report it."),
    Rule("path.unknown", Code.API_NOT_FOUND, _DOCUMENTED, "all pages; C24",
     "An unknown path is answered before anything else. A slash at the end is no other path (C24)."),
    Rule("path.method", Code.REQUEST_METHOD_NOT_SUPPORT, _DOCUMENTED, "all pages; C5",
     "A method that a known path does not have is answered before the credentials are looked at, with Allow."),
    Rule("auth.missing", Code.MISSING_AUTH, _DOCUMENTED, "all pages",
     "No Authorization header, or an empty one."),
    Rule("auth.failed", Code.AUTH_FAILED, _DOCUMENTED, "all pages; C4",
     "Not Basic, not readable, an unknown key, a wrong secret, or the other kind of pair than the call takes: the "
     "pair of the account for GET /accounts/dev, of an application for all others."),
    Rule("access.not-open", Code.NO_SMS_CODE_AUTH, _DOCUMENTED, "all pages",
     "The SMS service is not open for the application."),
    Rule("access.blacklisted", Code.APP_IN_BLACK, _DOCUMENTED, "send page",
     "The application is blacklisted."),
    Rule("access.address", Code.ILLEGAL_IP, _INFERRED, "send page; G19",
     "The application may be called from some addresses only, and this is none of them."),
    Rule("media.mismatch", Code.MEDIA_NOT_SUPPORTED, _INFERRED, "all pages, real clients; C23",
     "The media type is clearly another than the call takes: not multipart for signs, neither JSON nor one of "
     "those that real clients send JSON under for the others."),
    Rule("media.not-json", Code.MEDIA_NOT_SUPPORTED, _INFERRED, "real clients; C23",
     "A body under text/plain or application/x-www-form-urlencoded that is not JSON has the wrong media type."),
    Rule("body.missing", Code.MISSING_BODY, _DOCUMENTED, "send page",
     "The body is empty."),
    Rule("body.too-large", Code.INVALID_BODY, _ASSUMED, "G18",
     "The body is larger than the mock reads: 1 MiB, more for forms with pictures."),
    Rule("body.unreadable", Code.INVALID_BODY, _DOCUMENTED, "send page",
     "The body is not JSON in UTF-8: broken, NaN or Infinity, half a surrogate pair, a byte order mark, a name "
     "twice in one object, nested beyond reason."),
    Rule("body.not-an-object", Code.INVALID_BODY, _DOCUMENTED, "send page",
     "The body is JSON, but no object."),
    Rule("body.not-a-form", Code.INVALID_BODY, _INFERRED, "sign page",
     "The body is no form: no boundary, broken or cut off, text that is not UTF-8, a text part twice."),
    Rule("tolerance.unknown-fields", None, _INFERRED, "the SDKs for C# (type, tag) and Java (temp_id 0), a bundle; C22",
     "Fields that the call does not know are ignored."),
    Rule("tolerance.empty", None, _INFERRED, "send page (its words for what is missing)",
     'null and "" count as not sent; "" stays where an empty text has a meaning (tag, remark, values).'),
    Rule("tolerance.digit-text", None, _INFERRED, "SDKs send ids as text, SMS4J voice_lang",
     "temp_id, sign_id, type, ttl and voice_lang may arrive as text of digits."),
    Rule("tolerance.numbers", None, _INFERRED, "the SDKs for C# (code) and PHP (mobile); C33",
     "mobile and code may arrive as JSON numbers."),
    Rule("tolerance.country-prefix", None, _INFERRED, "SMS4J; C33",
     "+86 or 86 in front of the 11 digits of a mobile number is dropped."),
    Rule("tolerance.values", None, _INFERRED, "the Go SDK (any value), the Java SDK (null)",
     "Numbers in temp_para become text; null counts as no value for that variable."),
    Rule("tolerance.form-headers", None, _INFERRED, "the SDKs for Java and .NET",
     "The form is read also with a blank before the boundary parameter, an unquoted boundary, part names without "
     "quotes, and media types on text parts."),
    Rule("tolerance.empty-parts", None, _INFERRED, "the PHP SDK",
     "Empty parts count as not sent."),
    Rule("tolerance.picture-names", None, _INFERRED, "the pages of all years, the Java SDK, a Symfony bundle; C15",
     "Pictures are taken under all names ever used: those of 2025-09, image0 to image3, images."),
    Rule("number.listed-invalid", Code.INVALID_MOBILE, _ASSUMED, "the mock's own",
     "The number has the right form, but is on the mock's list of invalid numbers."),
    Rule("send-time.zone", None, _INFERRED, "G7",
     "send_time is read as China Standard Time, UTC+8; there is no least distance and no horizon."),
    Rule("send-time.past", Code.INVALID_SEND_TIME, _DOCUMENTED, "schedule page",
     "send_time is no existing time, or not after now."),
    Rule("template.unknown", Code.INVALID_TEMP_ID, _DOCUMENTED, "send page, templates page",
     "The application has no such template, or not any more."),
    Rule("template.in-review", Code.TEMPLATE_AUDITING, _DOCUMENTED, "send page",
     "The template is still in review."),
    Rule("template.refused", Code.TEMPLATE_NOT_PASS, _DOCUMENTED, "send page",
     "The template was refused."),
    Rule("template.not-verification", Code.WRONG_TEMPLATE_TYPE, _DOCUMENTED, "send page",
     "POST /codes takes templates of type 1 only."),
    Rule("template.personal-account", Code.WRONG_TEMPLATE_TYPE, _ASSUMED, "content rules; G15",
     "A personal account (a setting, off by default) may not send marketing. The code is a guess."),
    Rule("template.not-refused", Code.MODIFY_TEMPLATE_NOT_ALLOW, _DOCUMENTED, "templates page",
     "Only a refused template may be changed."),
    Rule("template.ready-made", Code.INVALID_TEMP_ID, _ASSUMED, "the mock's own",
     "The ready-made template cannot be deleted."),
    Rule("template.ttl-missing", Code.INVALID_TTL_VALUE, _DOCUMENTED, "templates page",
     "A verification template needs a ttl."),
    Rule("template.length", Code.TEMPLATE_TOO_LONG, _DOCUMENTED, "templates page; C10",
     "Text, default sign with brackets and, for marketing, the unsubscribe hint together are longer than 500 "
     "characters (350 by a setting)."),
    Rule("template.variables", Code.TEMPLATE_PARAMETER_INVALID, _INFERRED, "templates page, console guide; C11, C12",
     "A name of a variable breaks the rule (letters, digits, underscores inside), braces are left over, or a "
     "verification template has another variable than code, or none."),
    Rule("template.remark-length", Code.REMARK_TOO_LONG, _DOCUMENTED, "templates page; C13",
     "The remark is longer than 100 characters (500 by a setting)."),
    Rule("template.link-unexplained", Code.SPECIAL_TEMPLATE_PARAMETER_NEED_EXTRA_REMARK, _DOCUMENTED, "templates page",
     "The template has the variable url, and no link stands in the remark."),
    Rule("template.no-sign", Code.SIGNATURE_NOT_SET, _INFERRED, "templates page",
     "A template can be made only once the application has an approved sign."),
    Rule("template.black-word", Code.HAS_BLACK_WORD, _DOCUMENTED, "templates page",
     "The template's text holds a forbidden word; which ones are forbidden is set in the mock."),
    Rule("template.path-decides", None, _INFERRED, "templates page",
     "If the temp_id of the body is another than that of the path, the path decides."),
    Rule("template.absent-fields", None, _ASSUMED, "templates page; G10",
     "ttl and remark that were never given are absent from the answer; a ttl given for type 2 or 3 is kept and "
     "returned, and has no use."),
    Rule("sign.not-usable", Code.INVALID_SIGN_ID, _ASSUMED, "G2",
     "A sending call names a sign that the application does not have, or that is not approved."),
    Rule("sign.not-set", Code.SIGNATURE_NOT_SET, _INFERRED, "templates page",
     "A sending call names no sign, and the application has no approved default sign."),
    Rule("sign.unknown", Code.INVALID_SIGN_ID, _DOCUMENTED, "sign page",
     "The application has no such sign."),
    Rule("sign.is-default", Code.DEFAULT_SIGNATURE_CANNOT_BE_DELETED, _DOCUMENTED, "sign page",
     "The default sign cannot be deleted."),
    Rule("sign.another-in-review", Code.OTHER_SIGNATURES_IN_AUDIT, _DOCUMENTED, "sign page; G20",
     "A sign of the application is in review: no other can be handed in, and it cannot be changed itself."),
    Rule("sign.not-refused", Code.INVALID_SIGNATURE, _ASSUMED, "sign page; G20",
     "An approved sign cannot be changed. The code is a guess."),
    Rule("sign.picture-size", Code.INVALID_IMAGE, _INFERRED, "sign page, R2025-09; C15",
     f"A picture is larger than 2 MB ({limits.SIGN_IMAGE_SIZE_BYTES} bytes)."),
    Rule("sign.picture-format", Code.INVALID_IMAGE, _INFERRED, "sign page, R2025-09; C15",
     "A picture of the form of 2025-09 is neither PNG nor JPEG by its first bytes. The older forms named no format."),
    Rule("sign.picture-missing", Code.INVALID_IMAGE, _ASSUMED, "sign page, R2025-09; C32",
     "A picture that the type wants is missing (with strict_signs only)."),
    Rule("sign.text-missing", Code.INVALID_BODY, _ASSUMED, "sign page, R2025-09; C17, C32",
     "A text that the form of 2025-09 wants is missing (with strict_signs only)."),
    Rule("sign.type-gone", Code.INVALID_BODY, _ASSUMED, "sign page, R2025-09; C16",
     "The type is one of those that 2025-09 has dropped (with strict_signs only)."),
    Rule("sign.first-is-default", None, _ASSUMED, "G9",
     "The first sign that is approved becomes the default one; there is at most one."),
    Rule("sign.use-status", None, _ASSUMED, "sign page; C18",
     "use_status is 1 for an approved sign and 0 for all others; status is 0 in review."),
    Rule("review.automatic", None, _ASSUMED, "FAQ, console guide",
     "Unless it is decided before, the clock decides a review: a template after 3 hours, a sign after 2 days "
     "(settings); refused are texts and remarks that hold 拒绝, approved all others."),
    Rule("schedule.unknown", Code.INVALID_SCHEDULE_ID, _DOCUMENTED, "schedule page",
     "The application has no such timed task."),
    Rule("schedule.other-kind", Code.INVALID_SCHEDULE_ID, _ASSUMED, "G6",
     "A single task is changed by the single call, a batch by the batch call; the other is unknown there."),
    Rule("schedule.not-waiting", Code.WRONG_SCHEDULE_STATUS, _DOCUMENTED, "schedule page",
     "A timed task that was sent or deleted cannot be changed or deleted."),
    Rule("schedule.deleted", Code.INVALID_SCHEDULE_ID, _ASSUMED, "G5",
     "A deleted task cannot be read any more; a sent one can."),
    Rule("schedule.text", None, _ASSUMED, "the mock's own",
     "Text, template and sign are those of the moment when the task was made or changed; what becomes of them "
     "later does not matter."),
    Rule("schedule.replaced", None, _ASSUMED, "schedule page",
     "A change replaces the whole task; its messages get new ids."),
    Rule("schedule.unsubscribed", None, _ASSUMED, "send-state page",
     "Marketing to a number that has unsubscribed by the time of sending is not sent, and not reported."),
    Rule("code.unknown", Code.WRONG_MSG_ID, _DOCUMENTED, "send page; G21",
     "No code was sent under this id by this application: unknown, of another one, or of a template message."),
    Rule("code.verified", Code.VERIFIED_CODE, _DOCUMENTED, "send page",
     "The code was verified before."),
    Rule("code.expired", Code.EXPIRED_CODE, _DOCUMENTED, "send page",
     "The life of the code is over; at the very second it ends the code is dead."),
    Rule("code.wrong", Code.INVALID_CODE, _DOCUMENTED, "send page; G3",
     "The code is another one. It stays usable; the number of tries is not limited."),
    Rule("code.digits", None, _INFERRED, "the Java SDK, samples",
     f"Codes that the service makes have {limits.TEXT_CODE_LENGTH} digits, text and voice alike."),
    Rule("code.independent", None, _ASSUMED, "G3",
     "A new code does not end the life of an older one."),
    Rule("code.voice-defaults", None, _INFERRED, "send page; G11",
     f"A voice code lives {limits.VOICE_CODE_DEFAULT_LIFE_SECONDS} seconds and is read in Chinese unless the call "
     "says otherwise."),
    Rule("tenants.apart", None, _INFERRED, "G23",
     "Templates, signs, schedules and codes belong to one application; to all others they do not exist."),
    Rule("params.unknown-names", None, _INFERRED, "G22",
     "Names in temp_para that the template does not have are ignored."),
    Rule("params.none", Code.PARAMETERS_IS_EMPTY, _INFERRED, "send page; C21",
     "The template has variables, and temp_para is missing or empty."),
    Rule("params.incomplete", Code.PARAMETERS_NOT_ALL_REPLACED, _DOCUMENTED, "send page; C21",
     "Some variables of the template have no value."),
    Rule("content.brackets", Code.CONTENT_CONTAINS_SPECIAL_SYMBOL, _DOCUMENTED, "send page",
     "The filled-in text holds 【 or 】."),
    Rule("content.black-word", Code.HAS_BLACK_WORD, _DOCUMENTED, "send page",
     "The filled-in text holds a forbidden word; which ones are forbidden is set in the mock."),
    Rule("content.length", Code.INVALID_CONTENT_LENGTH, _DOCUMENTED, "send page, template page; C10",
     "The whole text, with sign and unsubscribe hint, is longer than 500 characters (350 by a setting)."),
    Rule("content.black-word-in-template", Code.HAS_BLACK_WORD, _INFERRED, "send page",
     "The template of a batch holds a forbidden word itself: the batch is refused, not its entries."),
    Rule("price.units", None, _DOCUMENTED, "template page, R2021-12",
     f"A text of up to {limits.BILLING_SINGLE_LENGTH} characters costs 1, a longer one a unit for every "
     f"{limits.BILLING_PART_LENGTH} begun. Sign with its brackets, filled-in text and unsubscribe hint count; a "
     f"line break counts {limits.BILLING_LINE_BREAK}."),
    Rule("price.voice", None, _ASSUMED, "the mock's own",
     "A voice code costs 1."),
    Rule("recipient.unsubscribed", Code.UNSUBSCRIBED_MOBILE, _DOCUMENTED, "send page",
     "The number has unsubscribed, and the template is marketing."),
    Rule("recipient.repeat-in-batch", Code.REPEAT_SEND, _DOCUMENTED, "send page",
     "An earlier entry of the batch has the same number and the same text."),
    Rule("recipient.repeat", Code.REPEAT_SEND, _ASSUMED, "send page",
     "The number was sent this very text a moment ago (a setting, off by default: how long a text is remembered is "
     "not documented)."),
    Rule("limit.codes-per-day", Code.OUT_OF_FREQ, _DOCUMENTED, "frequency page; C29",
     f"{limits.TEXT_CODES_PER_DAY} verification texts to one number in 24 hours."),
    Rule("limit.same-notice", Code.OUT_OF_FREQ, _DOCUMENTED, "frequency page",
     f"{limits.NOTICE_SAME_TEXT} notices with the same text to one number in 10 minutes."),
    Rule("limit.notices-per-day", Code.OUT_OF_FREQ, _DOCUMENTED, "frequency page, R2021-12; C30",
     f"{limits.NOTICE_PER_DAY} notices to one number in 24 hours."),
    Rule("limit.marketing", Code.OUT_OF_FREQ, _DOCUMENTED, "frequency page",
     f"{limits.MARKETING_PER_WINDOW} marketing messages to one number in 10 minutes."),
    Rule("limit.windows", None, _ASSUMED, "frequency page",
     "Windows slide: a message counts for 10 minutes or 24 hours from its own instant on, to the second."),
    Rule("limit.schedules", None, _INFERRED, "schedule page; C8",
     "Timed messages count for the limits when they are sent, but are not refused by them."),
    Rule("limit.voice", Code.OUT_OF_FREQ, _DOCUMENTED, "send page, frequency page",
     f"Less than {limits.VOICE_CODE_INTERVAL_SECONDS} seconds since the last voice code to this number."),
    Rule("balance.too-soon", Code.OUT_OF_FREQ, _ASSUMED, "accounts page; C8",
     "Balances were asked for a moment ago (a setting, off by default: the code is listed, no number is)."),
    Rule("balance.not-assigned", Code.APP_QUOTA_NOT_ASSIGNED, _INFERRED, "accounts page; C9",
     "The application was never assigned a balance of any kind."),
    Rule("balance.empty", Code.NO_MONEY, _DOCUMENTED, "send page",
     "No balance that can pay holds enough. A batch is refused as a whole only if not one entry can be paid."),
    Rule("balance.order", None, _INFERRED, "accounts page",
     "The balance of the kind pays first, then the general one; the application's first, then the account's. One "
     "message is paid from one balance."),
    Rule("balance.schedules", None, _INFERRED, "schedule page; C31",
     "A timed message must be payable when it is made, and is paid when it is sent; if nothing is left by then it "
     f"is reported with status {ReportStatus.NO_BALANCE.value}."),
    Rule("batch.all-refused", None, _INFERRED, "G4",
     "A batch whose entries are all refused is answered with 200 and success_count 0, unless one of them lacked "
     f"nothing but money: then with {Code.NO_MONEY.value} as a whole."),
    Rule("batch.order", None, _INFERRED, "send page (its sample)",
     "Entries are answered in the order of the request; a refused one has a msg_id too, but no message."),
    Rule("batch.echo", None, _ASSUMED, "send page (its sample)",
     "A refused entry echoes mobile as it was sent and temp_para as it was understood; a missing mobile is echoed "
     "as an empty text, and temp_para is left out if a value is longer than an answer may carry."),
    Rule("report.delay", None, _ASSUMED, "the mock's own",
     "Every message is reported once, 5 seconds after it was sent (a setting); delivered, unless its number "
     "carries another status or nothing was left to pay it."),
    Rule("reply.unsubscribes", None, _INFERRED, "console guide",
     "A reply of T, TD or 退订 unsubscribes its number from the marketing of the application it answers."),
    Rule("pull.callback-set", Code.NO_SMS_CODE_AUTH, _ASSUMED, "pull page; G12",
     "An application that receives these records by callback cannot pull them. The code is a guess."),
    Rule("pull.too-soon", Code.OUT_OF_FREQ, _INFERRED, "pull page; G12",
     f"Less than {limits.PULL_INTERVAL_SECONDS} seconds since the last pull of this kind that was answered."),
    Rule("pull.retention", None, _INFERRED, "pull page, the Go SDK; C19",
     f"Records wait to be pulled for 7 days (a setting; the pages say {limits.PULL_RETENTION_DAYS}); each is handed "
     "out once, the oldest first. Records that went to a callback are not pulled as well."),
    Rule("response.form", None, _OBSERVED, "two responses of 2017-08-09; G14",
     "No reason phrase behind the status. A refusal is application/json;charset=UTF-8, a success application/json."),
    Rule("response.msg-id", None, _OBSERVED, "a response of 2017-08-09; C1",
     "msg_id is a number in the response of POST /messages, and text in every other."),
    Rule("response.refused-check", None, _OBSERVED, "a response of 2019-02-27 for 50010; C2",
     "A refused check of a code says is_valid false beside the error, with status 403; with 400 if the code is "
     "missing."),
)  # fmt: skip

#: Every rule and behaviour by id.
TABLE: Final = {rule.id: rule for rule in _RULES}

#: The codes that each operation can carry by the spec: in the envelope of a refusal, and anywhere.
OF_REQUESTS: Final = {
    name: frozenset(code for codes in info.codes.values() for code in codes) for name, info in OPERATIONS.items()
}
DECLARED: Final = {name: OF_REQUESTS[name] | frozenset(info.entry_codes) for name, info in OPERATIONS.items()}
