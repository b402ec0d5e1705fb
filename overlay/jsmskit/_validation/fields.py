"""Single arguments: each function returns what goes on the wire, or refuses. Nothing is corrected here."""

from __future__ import annotations

import re
from typing import Final, NoReturn

from jsms_api import limits
from jsms_api.models.sign_type import SignType
from jsms_api.models.template_type import TemplateType
from jsms_api.models.voice_language import VoiceLanguage

from .invalid_argument import InvalidArgument

_PATH_ID: Final = re.compile("[0-9A-Za-z_-]+")
_DIGITS: Final = re.compile(limits.SEND_VOICE_CODE_REQUEST_CODE_PATTERN)


def _refuse(field: str, keyword: str, rule: str, remedy: str) -> NoReturn:
    raise InvalidArgument(field, keyword, rule, remedy)


_HALF: Final = "it holds half of a surrogate pair, which is no character."


def _has_half_a_character(text: str) -> bool:
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
    """An id that becomes a part of an address: letters, digits, - and _ only, so that it can neither climb
    nor leave.
    """
    text = (
        str(value)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**64
        else value
    )
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
        _refuse(
            "code", "type", f"a code is a str, not {type(value).__name__}: an int loses its zeros.", remedy
        )
    if not _DIGITS.fullmatch(value):
        keyword = "pattern" if value else "minLength"
        _refuse("code", keyword, "a code to be spoken has digits only.", remedy)
    least, most = (
        limits.SEND_VOICE_CODE_REQUEST_CODE_MIN_LENGTH,
        limits.SEND_VOICE_CODE_REQUEST_CODE_MAX_LENGTH,
    )
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
        _refuse(
            "code", "type", f"a code is a str, not {type(value).__name__}: an int loses its zeros.", remedy
        )
    if not value:
        _refuse("code", "missing", "nothing was typed.", remedy)
    if len(value) > limits.VERIFY_CODE_REQUEST_CODE_MAX_LENGTH:
        _refuse("code", "maxLength", "it is longer than any code.", remedy)
    if _has_half_a_character(value):
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
    if _has_half_a_character(value):
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


def _paper(value: object, field: str, least: int, most: int, alphabet: re.Pattern[str] | None = None) -> str:
    remedy = "Copy it from the paper, as text."
    if not isinstance(value, str):
        _refuse(field, "type", f"it is a str, not {type(value).__name__}.", remedy)
    if not least <= len(value) <= most:
        keyword = "minLength" if len(value) < least else "maxLength"
        rule = (
            f"it has {len(value)} characters, {least if least == most else f'{least} to {most}'} are taken."
        )
        _refuse(field, keyword, rule, remedy)
    if alphabet is not None and not alphabet.fullmatch(value):
        _refuse(field, "pattern", "it has characters that do not belong there.", remedy)
    if _has_half_a_character(value):
        _refuse(field, "invalid", _HALF, remedy)
    return value


_ID_NUMBER: Final = re.compile(limits.SIGN_FORM_LEGAL_PERSON_ID_NUMBER_PATTERN)
_CREDIT_CODE: Final = re.compile(limits.SIGN_FORM_SOCIAL_CREDIT_CODE_PATTERN)


def legal_person_name(value: object) -> str:
    """The name of the legal representative."""
    least, most = limits.SIGN_FORM_LEGAL_PERSON_NAME_MIN_LENGTH, limits.SIGN_FORM_LEGAL_PERSON_NAME_MAX_LENGTH
    return _paper(value, "legal_person_name", least, most)


def legal_person_id_number(value: object) -> str:
    """The identity number of the legal representative."""
    least = limits.SIGN_FORM_LEGAL_PERSON_ID_NUMBER_MIN_LENGTH
    most = limits.SIGN_FORM_LEGAL_PERSON_ID_NUMBER_MAX_LENGTH
    return _paper(value, "legal_person_id_number", least, most, _ID_NUMBER)


def social_credit_code(value: object) -> str:
    """The unified social credit code of the company."""
    least, most = (
        limits.SIGN_FORM_SOCIAL_CREDIT_CODE_MIN_LENGTH,
        limits.SIGN_FORM_SOCIAL_CREDIT_CODE_MAX_LENGTH,
    )
    return _paper(value, "social_credit_code", least, most, _CREDIT_CODE)


def third_party_company_name(value: object) -> str:
    """The name of another company, if the sign is used in its name."""
    least = limits.SIGN_FORM_THIRD_PARTY_COMPANY_NAME_MIN_LENGTH
    most = limits.SIGN_FORM_THIRD_PARTY_COMPANY_NAME_MAX_LENGTH
    return _paper(value, "third_party_company_name", least, most)
