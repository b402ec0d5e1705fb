"""Single arguments: each function returns what goes on the wire, or refuses.

A check does not know the operation, since the same number is checked for seven of them. `error_for_argument` turns a
refusal into the error class that the service's own would have, so that users need one `except` branch for both.

Only phone numbers are corrected. Times are aware datetimes on our side; the service's notations go on the wire (text to
the second, milliseconds).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum
from typing import Final, NoReturn, TypeVar

from jsms_api import limits
from jsms_api.error_table import ErrorCode

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


def _refuse(field: str, keyword: str, rule: str, remedy: str, code: ErrorCode | None = None) -> NoReturn:
    raise InvalidArgument(field, keyword, rule, remedy, code)


def has_half_a_character(value: str) -> bool:
    """Whether a text holds half of a surrogate pair, and cannot be written as UTF-8."""
    return not value.isascii() and any("\ud800" <= mark <= "\udfff" for mark in value)


def bounded_text(
    value: object,
    field: str,
    lengths: tuple[int, int],
    pattern: str,
    rule: str,
    remedy: str,
    codes: Mapping[str, ErrorCode] | None = None,
) -> str:
    """A text of a length between two, that fits a pattern.

    rule: what is wrong with one that does not fit. codes: of refusals, by keyword, where the spec has none.
    """
    if not isinstance(value, str):
        _refuse(field, "type", f"it is {type(value).__name__}, not text.", remedy)
    least, most = lengths
    keyword = ""
    if not least <= len(value) <= most:
        keyword = "minLength" if len(value) < least else "maxLength"
        taken = str(most) if least == most else f"{least} to {most}"
        rule = f"it has {len(value)} characters, {taken} are taken." if value else "it is empty."
    elif not re.fullmatch(pattern, value):
        keyword = "pattern"
    if keyword:
        _refuse(field, keyword, rule, remedy, (codes or {}).get(keyword))
    if has_half_a_character(value):
        rule = "it holds half of a surrogate pair, which is no character."
        _refuse(field, "invalid", rule, "Repair the text.", ErrorCode.INVALID_BODY)
    return value


_ANYTHING: Final = "(?s:.*)"


def text_within(
    value: object, field: str, bounds: str, remedy: str, rule: str = "", *, pattern: str | None = None
) -> str:
    """A text within bounds of the spec. bounds: what their names in `jsms_api.limits` begin with. pattern: takes the
    place of the spec's.
    """
    lengths = getattr(limits, f"{bounds}_MIN_LENGTH"), getattr(limits, f"{bounds}_MAX_LENGTH")
    fits = getattr(limits, f"{bounds}_PATTERN", _ANYTHING) if pattern is None else pattern
    return bounded_text(value, field, lengths, fits, rule or "it has characters that do not belong there.", remedy)


def whole(value: object, field: str, least: int, most: int, remedy: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        _refuse(field, "type", f"it is {type(value).__name__}, not an int.", remedy)
    if not least <= value <= most:
        _refuse(field, "minimum" if value < least else "maximum", f"it must be {least} to {most}.", remedy)
    return int(value)


_Kind = TypeVar("_Kind", bound=IntEnum)


def member(kind: type[_Kind], value: object, field: str) -> _Kind:
    """A member of one of the service's enumerations, whose numbers have no gaps."""
    remedy = f"Pass a member of {kind.__name__}: {', '.join(kind.__members__)}."
    members = tuple(kind)
    return kind(whole(value, field, members[0], members[-1], remedy))


def template_id(value: object) -> int:
    remedy = "Pass the number that the console shows, or that templates.create gave."
    return whole(value, "template_id", limits.TEMP_ID_PATH_MINIMUM, limits.TEMP_ID_PATH_MAXIMUM, remedy)


def sign_id(value: object) -> int:
    remedy = "Pass the number that the console shows, or that signs.create gave."
    return whole(value, "sign_id", limits.SIGN_ID_PATH_MINIMUM, limits.SIGN_ID_PATH_MAXIMUM, remedy)


def voice_ttl(value: object) -> int:
    least, most = limits.SEND_VOICE_CODE_REQUEST_TTL_MINIMUM, limits.SEND_VOICE_CODE_REQUEST_TTL_MAXIMUM
    return whole(value, "ttl", least, most, "Pass seconds, or leave it out for the service's default.")


def template_ttl(value: object) -> int:
    least, most = limits.TEMPLATE_REQUEST_TTL_MINIMUM, limits.TEMPLATE_REQUEST_TTL_MAXIMUM
    return whole(value, "ttl", least, most, "Pass the life of a code in seconds.")


def path_id(value: object, field: str) -> str:
    """An id that becomes a part of an address, so that it can neither climb nor leave. An underscore is taken, too: an
    id that the service itself gave must never be refused.
    """
    is_number = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**64
    rule = "it has characters other than letters, digits, - and _."
    remedy = "Pass the id as the service gave it."
    return text_within(str(value) if is_number else value, field, "MSG_ID_PATH", remedy, rule, pattern="[0-9A-Za-z_-]+")


def voice_code(value: object) -> str:
    remedy = "Pass the digits as text, for example '039482', or leave the code to the service."
    return text_within(value, "code", "SEND_VOICE_CODE_REQUEST_CODE", remedy, "a code to be spoken has digits only.")


def typed_code(value: object) -> str:
    """What somebody typed: any text as long as a code may be. Whether it is right is the service's to say."""
    remedy = "Pass what the user typed, as text: an int loses its zeros."
    return text_within(value, "code", "VERIFY_CODE_REQUEST_CODE", remedy, pattern="[^\ud800-\udfff]*")


def tag(value: object) -> str:
    return text_within(value, "tag", "SEND_MESSAGE_BATCH_REQUEST_TAG", "Pass a short label, or leave it out.")


def remark(value: object) -> str:
    return text_within(value, "remark", "TEMPLATE_REQUEST_REMARK", "Shorten it, or leave it out.")


SIGN_REMEDY: Final = "Pass the name without 【】, the platform adds them."


def sign(value: object) -> str:
    rule = "a sign has Chinese characters, Latin letters and digits only."
    return text_within(value, "sign", "SIGN_FORM_SIGN", SIGN_REMEDY, rule)


def document_text(value: object, field: str) -> str:
    return text_within(value, field, f"SIGN_FORM_{field.upper()}", "Copy it from the paper, as text.")


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

    Raises `ValueError` if it lies outside of the years 1 to 9999.
    """
    try:
        return (_EPOCH + timedelta(milliseconds=millis)).astimezone(SERVICE_TIMEZONE)
    except OverflowError:
        raise ValueError("the milliseconds lie outside of the calendar") from None
