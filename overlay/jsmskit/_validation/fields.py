"""Single arguments: each function returns what goes on the wire, or refuses.

A check does not know the operation, since the same number is checked for seven of them. `error_for_argument` turns a
refusal into the error class that the service's own would have, so that users need one `except` branch for both.

Only phone numbers are corrected. Times are aware datetimes on our side; the service's notations go on the wire (text to
the second, milliseconds).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, NoReturn

from jsms_api import limits
from jsms_api.error_table import ErrorCode
from jsms_api.models.sign_type import SignType
from jsms_api.models.template_type import TemplateType
from jsms_api.models.voice_language import VoiceLanguage

from .._privacy import mask_phone
from ..errors import InvalidRequestError, JsmsError, Outcome, error_class


class InvalidArgument(ValueError):  # noqa: N818  # the caller gets one of our errors of it
    """An input that would be refused by the service, or that cannot be put on the wire. Nothing was sent.

    `field` is the name of the argument, in the words of the overlay (`phone`, `template_params`). `keyword`
    is the broken rule in the words of `jsms_api.limits.REFUSALS`: `missing`, `type`, or a JSON Schema keyword
    such as `maxLength`; the code of the service's refusal is looked up there, by operation. `code` is set
    only where no schema keyword carries the rule, and then decides. `message` says what is wrong and why,
    `remedy` what to do. Neither shows a whole phone number.
    """

    def __init__(self, field: str, keyword: str, message: str, remedy: str, code: ErrorCode | None = None) -> None:
        # All five go to ValueError, because pickle and copy rebuild an exception from its `args`.
        super().__init__(field, keyword, message, remedy, code)
        self.field = field
        self.keyword = keyword
        self.message = message
        self.remedy = remedy
        self.code = code

    def __str__(self) -> str:
        return f"{self.field}: {self.message} {self.remedy}"


_ARGUMENTS: Final = {
    "phone": "mobile",
    "template_id": "temp_id",
    "params": "temp_para",
    "template_params": "temp_para",
    "send_at": "send_time",
    "language": "voice_lang",
    "recipients[].phone": "recipients[].mobile",
    "recipients[].params": "recipients[].temp_para",
    "legal_person_name": "legalPersonName",
    "legal_person_id_number": "legalPersonIdNumber",
    "id_card_image": "idCardImage",
    "social_credit_code": "socialCreditCode",
    "third_party_company_name": "thirdPartyCompanyName",
    "business_license_image": "businessLicenseImage",
    "icp_app_screenshot": "icpAppScreenshot",
    "trademark_image": "trademarkImage",
    "third_party_auth_image": "thirdPartyAuthImage",
    "other_image": "otherImage",
}
"""What an argument is called on the wire, where the names differ."""

_INDEX: Final = re.compile(r"\[[0-9]+\]")


def code_for_argument(operation_id: str, refused: InvalidArgument) -> int | None:
    """Return the code that the service's own refusal of this argument would carry; None if the spec names none."""
    if refused.code is not None:
        return int(refused.code)
    place = _INDEX.sub("[]", refused.field).partition("['")[0]
    known = limits.REFUSALS[operation_id].get(_ARGUMENTS.get(place, place), {})
    return known.get(refused.keyword, known.get("invalid"))


def error_for_argument(operation_id: str, refused: InvalidArgument) -> JsmsError:
    """Return the error of an argument that would be refused, of the class that the service's own refusal would have."""
    code = code_for_argument(operation_id, refused)
    kind = InvalidRequestError if code is None else error_class(code)
    return kind(
        f"{refused.field}: {refused.message}",
        operation=operation_id,
        outcome=Outcome.NOT_SENT,
        code=code,
        field=refused.field,
        remedy=refused.remedy,
    )


_PATH_ID: Final = re.compile("[0-9A-Za-z_-]+")
_DIGITS: Final = re.compile(limits.SEND_VOICE_CODE_REQUEST_CODE_PATTERN)


def _refuse(field: str, keyword: str, rule: str, remedy: str, code: ErrorCode | None = None) -> NoReturn:
    raise InvalidArgument(field, keyword, rule, remedy, code)


_HALF: Final = "it holds half of a surrogate pair, which is no character."


def has_half_a_character(text: str) -> bool:
    """Whether a text cannot be written as UTF-8."""
    return not text.isascii() and any("\ud800" <= mark <= "\udfff" for mark in text)


def _whole(value: object, field: str, least: int, most: int, remedy: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        _refuse(field, "type", f"it is {type(value).__name__}, not an int.", remedy)
    if not least <= value <= most:
        _refuse(field, "minimum" if value < least else "maximum", f"it must be {least} to {most}.", remedy)
    return int(value)


def template_id(value: object) -> int:
    """The id of a template, as the console or `templates.create` gave it."""
    remedy = "Pass the number that the console shows, or that templates.create gave."
    return _whole(value, "template_id", limits.TEMP_ID_PATH_MINIMUM, limits.TEMP_ID_PATH_MAXIMUM, remedy)


def sign_id(value: object) -> int:
    """The id of a sign."""
    remedy = "Pass the number that the console shows, or that signs.create gave."
    return _whole(value, "sign_id", limits.SIGN_ID_PATH_MINIMUM, limits.SIGN_ID_PATH_MAXIMUM, remedy)


def path_id(value: object, field: str) -> str:
    """An id that becomes a part of an address: letters, digits, - and _, so that it can neither climb nor leave."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**64 else value
    remedy = "Pass the id as the answer gave it."
    if not isinstance(text, str):
        _refuse(field, "type", f"an id is a str or an int, not {type(value).__name__}.", remedy)
    if not text:
        _refuse(field, "minLength", "the id is empty.", remedy)
    if len(text) > limits.MSG_ID_PATH_MAX_LENGTH:
        most = limits.MSG_ID_PATH_MAX_LENGTH
        _refuse(field, "maxLength", f"the id has {len(text)} characters, at most {most} are taken.", remedy)
    if not _PATH_ID.fullmatch(text):
        _refuse(field, "pattern", "the id has characters other than letters, digits, - and _.", remedy)
    return text


def voice_code(value: object) -> str:
    """A code of the caller's own, to be read out."""
    remedy = "Pass the digits as text, for example '039482', or leave the code to the service."
    if not isinstance(value, str):
        _refuse("code", "type", f"a code is a str, not {type(value).__name__}: an int loses its zeros.", remedy)
    if not _DIGITS.fullmatch(value):
        keyword = "pattern" if value else "minLength"
        _refuse("code", keyword, "a code to be spoken has digits only.", remedy)
    least, most = (limits.SEND_VOICE_CODE_REQUEST_CODE_MIN_LENGTH, limits.SEND_VOICE_CODE_REQUEST_CODE_MAX_LENGTH)
    if not least <= len(value) <= most:
        keyword = "minLength" if len(value) < least else "maxLength"
        _refuse("code", keyword, f"the code has {len(value)} digits, {least} to {most} are read out.", remedy)
    return value


def voice_language(value: object) -> VoiceLanguage:
    """The language of a voice code."""
    remedy = "Pass a VoiceLanguage: CHINESE, ENGLISH or MIXED."
    known = tuple(VoiceLanguage)
    number = _whole(value, "language", min(known), max(known), remedy)
    return VoiceLanguage(number)


def voice_ttl(value: object) -> int:
    """The life of a voice code in seconds."""
    least, most = limits.SEND_VOICE_CODE_REQUEST_TTL_MINIMUM, limits.SEND_VOICE_CODE_REQUEST_TTL_MAXIMUM
    return _whole(value, "ttl", least, most, "Pass seconds, or leave it out for the service's default.")


def typed_code(value: object) -> str:
    """What somebody typed: any text as long as a code may be. Whether it is right is the service's to say."""
    remedy = "Pass what the user typed, as text."
    if not isinstance(value, str):
        _refuse("code", "type", f"a code is a str, not {type(value).__name__}: an int loses its zeros.", remedy)
    if not value:
        _refuse("code", "missing", "nothing was typed.", remedy)
    if len(value) > limits.VERIFY_CODE_REQUEST_CODE_MAX_LENGTH:
        _refuse("code", "maxLength", "it is longer than any code.", remedy)
    if has_half_a_character(value):
        _refuse("code", "pattern", _HALF, remedy)
    return value


def tag(value: object) -> str:
    """The label of a batch; it is not shown to recipients."""
    most = limits.SEND_MESSAGE_BATCH_REQUEST_TAG_MAX_LENGTH
    remedy = f"Pass a label of at most {most} characters."
    if not isinstance(value, str):
        _refuse("tag", "type", f"a tag is a str, not {type(value).__name__}.", remedy)
    if len(value) > most:
        _refuse("tag", "maxLength", f"the tag has {len(value)} characters.", remedy)
    if has_half_a_character(value):
        _refuse("tag", "invalid", _HALF, remedy)
    return value


def template_type(value: object) -> TemplateType:
    """What a template is for."""
    remedy = "Pass a TemplateType: VERIFICATION, NOTICE or MARKETING."
    return TemplateType(_whole(value, "type", min(TemplateType), max(TemplateType), remedy))


def template_ttl(value: object) -> int:
    """The life of the codes of a verification template, in seconds."""
    least, most = limits.TEMPLATE_REQUEST_TTL_MINIMUM, limits.TEMPLATE_REQUEST_TTL_MAXIMUM
    return _whole(value, "ttl", least, most, "Pass the life of a code in seconds.")


def sign_type(value: object) -> SignType:
    """What a sign is the name of."""
    remedy = "Pass a SignType: COMPANY, APP, BRAND or OTHER."
    return SignType(_whole(value, "type", min(SignType), max(SignType), remedy))


_DOCUMENTS: Final = {
    "legal_person_name": (
        limits.SIGN_FORM_LEGAL_PERSON_NAME_MIN_LENGTH,
        limits.SIGN_FORM_LEGAL_PERSON_NAME_MAX_LENGTH,
        None,
    ),
    "legal_person_id_number": (
        limits.SIGN_FORM_LEGAL_PERSON_ID_NUMBER_MIN_LENGTH,
        limits.SIGN_FORM_LEGAL_PERSON_ID_NUMBER_MAX_LENGTH,
        limits.SIGN_FORM_LEGAL_PERSON_ID_NUMBER_PATTERN,
    ),
    "social_credit_code": (
        limits.SIGN_FORM_SOCIAL_CREDIT_CODE_MIN_LENGTH,
        limits.SIGN_FORM_SOCIAL_CREDIT_CODE_MAX_LENGTH,
        limits.SIGN_FORM_SOCIAL_CREDIT_CODE_PATTERN,
    ),
    "third_party_company_name": (
        limits.SIGN_FORM_THIRD_PARTY_COMPANY_NAME_MIN_LENGTH,
        limits.SIGN_FORM_THIRD_PARTY_COMPANY_NAME_MAX_LENGTH,
        None,
    ),
}
"""What is copied from the documents of a company: shortest, longest, pattern."""
DOCUMENT_TEXTS: Final = tuple(_DOCUMENTS)


def document_text(value: object, field: str) -> str:
    """One of `DOCUMENT_TEXTS`."""
    least, most, pattern = _DOCUMENTS[field]
    remedy = "Copy it from the paper, as text."
    if not isinstance(value, str):
        _refuse(field, "type", f"it is a str, not {type(value).__name__}.", remedy)
    if not least <= len(value) <= most:
        keyword = "minLength" if len(value) < least else "maxLength"
        rule = f"it has {len(value)} characters, {least if least == most else f'{least} to {most}'} are taken."
        _refuse(field, keyword, rule, remedy)
    if pattern is not None and not re.fullmatch(pattern, value):
        _refuse(field, "pattern", "it has characters that do not belong there.", remedy)
    if has_half_a_character(value):
        _refuse(field, "invalid", _HALF, remedy)
    return value


_VALID: Final = re.compile(limits.SEND_CODE_REQUEST_MOBILE_PATTERN)
_SHORTEST: Final = limits.SEND_CODE_REQUEST_MOBILE_MIN_LENGTH
_LONGEST: Final = limits.SEND_CODE_REQUEST_MOBILE_MAX_LENGTH
_DASHES: Final = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d")
_FULL_WIDTH: Final = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0B: "+"}
# Above this an int is not even rendered: the interpreter limits the length of its text.
_NO_NUMBER: Final = 10**20
_CHECK: Final = "Check the number with its owner; the service serves mobile numbers of mainland China only."


is_canonical: Final = re.compile(f"(?={limits.SEND_CODE_REQUEST_MOBILE_PATTERN}).{{{_LONGEST}}}").fullmatch
"""Whether a number is written already as the service wants it; a list may have a million of them."""


def canonical_phone(phone: str | int) -> str:
    """Give the number as the service wants it: eleven plain digits, `13800138000`.

    Taken away: blanks of every kind, dashes, invisible marks that phones put around a copied number, and the
    country code as `+86`, `0086` or (in front of eleven digits) `86`. Full-width digits become plain ones. An
    `int` is taken as its digits. Nothing else is corrected.

    Raises `InvalidArgument` (keyword `missing`, `type`, `minLength`, `maxLength` or `pattern`) for
    everything else; its text shows the number masked. Source: the documentation's samples have eleven digits
    everywhere; what else the service takes is not documented (uncertainty C33).
    """
    if type(phone) is str and is_canonical(phone):
        return phone
    if isinstance(phone, bool) or not isinstance(phone, (str, int)):  # pyright: ignore[reportUnnecessaryIsInstance]
        _refuse(
            "phone",
            "type",
            f"a number is a str or an int, not {type(phone).__name__}.",
            "Pass the eleven digits as text.",
        )
    if isinstance(phone, int) and not 0 <= phone < _NO_NUMBER:
        _refuse("phone", "pattern", "the int is negative or far too large for a number.", _CHECK)
    text = str(phone)
    if len(text) == _LONGEST and _VALID.fullmatch(text):
        return text
    digits = _without_country_code(_without_decoration(text))
    if not digits:
        _refuse("phone", "missing", "the number is empty.", "Pass the eleven digits of a mobile number as text.")
    if not digits.isascii() or not digits.isdigit():
        _refuse("phone", "pattern", f"{mask_phone(text)} has characters that are no digits.", _CHECK)
    if not _SHORTEST <= len(digits) <= _LONGEST:
        keyword = "minLength" if len(digits) < _SHORTEST else "maxLength"
        problem = f"{mask_phone(digits)} has {len(digits)} digits, a mobile number has {_LONGEST}."
        _refuse("phone", keyword, problem, _CHECK)
    if not _VALID.fullmatch(digits):
        _refuse("phone", "pattern", f"{mask_phone(digits)} does not begin like a mobile number (13 to 19).", _CHECK)
    return digits


def _without_decoration(text: str) -> str:
    kept = (mark for mark in text if not (mark.isspace() or mark in _DASHES or unicodedata.category(mark) == "Cf"))
    return "".join(kept).translate(_FULL_WIDTH)


def _without_country_code(number: str) -> str:
    for prefix in ("+86", "0086"):
        if number.startswith(prefix):
            return number[len(prefix) :]
    # Two digits alone may be the beginning of a mistyped number, so here the length must bear it out.
    return number[2:] if number.startswith("86") and len(number) == 2 + _LONGEST else number


# Not by strptime, which brings calendar and locale with it.
_OFFSET: Final = datetime.fromisoformat(f"1970-01-01T00:00:00{limits.TIME_ZONE}").utcoffset()
SERVICE_TIMEZONE: Final = timezone(_OFFSET or timedelta(0))
"""The zone of the service, UTC+8 without summer time. Inferred: no page of the vendor names it (uncertainty G7)."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WIRE_TIME: Final = re.compile(limits.SCHEDULE_REQUEST_SEND_TIME_PATTERN)
_AWARE: Final = "Use an aware datetime, for example datetime.now(timezone.utc) + timedelta(hours=1)."


def to_wire_time(moment: datetime) -> str:
    """Write an aware datetime as the service reads it: `yyyy-MM-dd HH:mm:ss` in UTC+8.

    The wire has no fractions of a second: a part of a second is rounded up to the next full one, so that
    nothing is ever sent before the moment that was asked for. Raises `InvalidArgument` for a naive datetime
    (keyword `type`): the same text would mean another moment on every machine.
    """
    if not isinstance(moment, datetime):  # pyright: ignore[reportUnnecessaryIsInstance]
        _refuse("send_at", "type", f"a time is a datetime, not {type(moment).__name__}.", _AWARE)
    if moment.utcoffset() is None:
        _refuse("send_at", "type", "the datetime is naive, it has no time zone.", _AWARE)
    try:
        local = moment.astimezone(SERVICE_TIMEZONE)
        if local.microsecond:
            local += timedelta(microseconds=1_000_000 - local.microsecond)
    except OverflowError:
        _refuse(
            "send_at", "pattern", "the time is outside of the years 1 to 9999.", "Use a moment that the calendar knows."
        )
    return local.replace(tzinfo=None).isoformat(" ", "seconds")


def future_wire_time(moment: datetime, *, now: datetime) -> str:
    """As `to_wire_time`, and refuses a moment that is not after `now` (aware), as the service does."""
    text = to_wire_time(moment)
    if moment <= now:
        _refuse(
            "send_at",
            "invalid",
            f"{text} (UTC+8) is not in the future.",
            "Choose a later time, or send the message at once.",
            ErrorCode.INVALID_SEND_TIME,
        )
    return text


def from_wire_time(text: str) -> datetime:
    """Read `yyyy-MM-dd HH:mm:ss` as an aware datetime in UTC+8. Raises `ValueError` for anything else."""
    if not _WIRE_TIME.fullmatch(text):
        raise ValueError("a time of the service looks like 2026-01-31 09:30:00")
    return datetime.fromisoformat(text).replace(tzinfo=SERVICE_TIMEZONE)


def from_millis(millis: int) -> datetime:
    """Read milliseconds since 1970 (UTC), the notation of reports and callbacks, as an aware datetime in UTC+8.

    Raises `ValueError` if it is not an `int` or lies outside of the years 1 to 9999.
    """
    if type(millis) is not int:  # a bool is an int too, and True is no time
        raise ValueError("milliseconds are a whole number")
    try:
        return (_EPOCH + timedelta(milliseconds=millis)).astimezone(SERVICE_TIMEZONE)
    except OverflowError:
        raise ValueError("the milliseconds lie outside of the calendar") from None
