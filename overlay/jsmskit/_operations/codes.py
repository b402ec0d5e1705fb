"""Verification codes: send one, have one spoken, verify what the user typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jsms_api import models  # each model is made when it is first named: a login by text needs one of them
from jsms_api.api.codes import send_code, send_voice_code, verify_code
from jsms_api.error_table import ErrorCode
from jsms_api.models.voice_language import VoiceLanguage
from jsms_api.types import UNSET

from .._calls import responses
from .._calls.request import PreparedRequest, prepare, refusals_as_values
from .._calls.responses import InvalidResponse, ParsedResponse
from .._validation import fields as valid
from .._validation.fields import InvalidArgument, canonical_phone, code_for_argument
from ..results.codes import CodeReceipt, Verification, VerificationReason

_receipt: Final = responses.receipt(CodeReceipt, "msg_id")


@refusals_as_values("sendCode")
def send(phone: str, template_id: int, sign_id: int | None) -> PreparedRequest[CodeReceipt]:
    body = models.SendCodeRequest(
        mobile=canonical_phone(phone),
        temp_id=valid.template_id(template_id),
        sign_id=UNSET if sign_id is None else valid.sign_id(sign_id),
    )
    return prepare("sendCode", send_code.OPERATION.build(body=body), _receipt, nothing_sent=CodeReceipt(""))


@refusals_as_values("sendVoiceCode")
def send_voice(
    phone: str, code: str | None, language: VoiceLanguage | int | None, ttl: int | None
) -> PreparedRequest[CodeReceipt]:
    body = models.SendVoiceCodeRequest(
        mobile=canonical_phone(phone),
        code=UNSET if code is None else valid.voice_code(code),
        voice_lang=UNSET if language is None else valid.member(VoiceLanguage, language, "language"),
        ttl=UNSET if ttl is None else valid.voice_ttl(ttl),
    )
    return prepare("sendVoiceCode", send_voice_code.OPERATION.build(body=body), _receipt, nothing_sent=CodeReceipt(""))


@refusals_as_values("verifyCode")
def verify(msg_id: str | int, code: str) -> PreparedRequest[Verification]:
    """A check of what the user typed.

    Nothing that a user types is an error: an empty text, or one that cannot be a code, gets the result that the service
    would give, without a request. A malformed `msg_id` is the program's mistake, and is refused.
    """
    place = valid.path_id(msg_id, "msg_id")
    try:
        typed, known = valid.typed_code(code), None
    except InvalidArgument as refused:
        number = code_for_argument("verifyCode", refused)
        if number not in VERIFICATION_CODES:
            raise
        typed, known = "-", _not_verified(number, {})  # whose request is made and not sent
    built = verify_code.OPERATION.build(place, body=models.VerifyCodeRequest(code=typed))
    return prepare("verifyCode", built, _verification, expected_codes=VERIFICATION_CODES, result=known)


_REASONS: Final[Mapping[int | None, VerificationReason]] = {
    ErrorCode.INVALID_CODE: VerificationReason.WRONG,
    ErrorCode.EXPIRED_CODE: VerificationReason.EXPIRED,
    ErrorCode.VERIFIED_CODE: VerificationReason.USED,
    ErrorCode.WRONG_MSG_ID: VerificationReason.UNKNOWN_MESSAGE,
    ErrorCode.MISSING_CODE: VerificationReason.MISSING,
}
VERIFICATION_CODES: Final = frozenset(int(code) for code in _REASONS if code is not None)
"""The return codes that say why a code was not verified."""


def _not_verified(code: int | None, raw: Mapping[str, Any]) -> Verification:
    return Verification(False, _REASONS.get(code, VerificationReason.OTHER), code, raw=raw)


def _verification(response: ParsedResponse) -> Verification:
    """Right only if the status, `is_valid` and the absence of an error agree.

    Whether a refusal comes with 403 or 200 is an uncertainty of the sources (C2); both are read.
    """
    data = responses.body(response)
    is_valid = data.get("is_valid")
    if response.code in VERIFICATION_CODES or is_valid is False:
        return _not_verified(response.code, data)
    if is_valid is not True:
        raise InvalidResponse("is_valid is missing or neither true nor false.")
    if "error" in data and response.code != ErrorCode.SUCCESS:
        raise InvalidResponse("is_valid is true, but an error stands beside it.")
    return Verification(True, raw=data)
