"""Plans of the three operations on verification codes."""

from __future__ import annotations

from jsms_api import models  # each model is made when it is first named: a login by text needs one of them
from jsms_api.api.codes import send_code as _send_code
from jsms_api.api.codes import send_voice_code as _send_voice_code
from jsms_api.api.codes import verify_code as _verify_code
from jsms_api.models.voice_language import VoiceLanguage
from jsms_api.types import UNSET

from .. import _checks
from .._drafts import Draft, draft, planned
from .._hidden import Hidden
from .._phones import normalise_phone
from .._readings.codes import VERDICTS, code_receipt, refused_verification, verification
from .._refusal import InputRefusedError, code_for_argument
from ..results.codes import CodeReceipt, Verification

__all__ = ["send", "send_voice", "verify"]


@planned("sendCode")
def send(phone: Hidden[str], template_id: int, sign_id: int | None) -> Draft[CodeReceipt]:
    """A text code, made by the service."""
    body = models.SendCodeRequest(
        mobile=normalise_phone(phone.value),
        temp_id=_checks.template_id(template_id),
        sign_id=UNSET if sign_id is None else _checks.sign_id(sign_id),
    )
    return draft("sendCode", _send_code.OPERATION.build(body=body), code_receipt)


@planned("sendVoiceCode")
def send_voice(
    phone: Hidden[str], code: Hidden[str | None], language: VoiceLanguage | int | None, ttl: int | None
) -> Draft[CodeReceipt]:
    """A spoken code, made by the service or by the caller."""
    body = models.SendVoiceCodeRequest(
        mobile=normalise_phone(phone.value),
        code=UNSET if code.value is None else _checks.voice_code(code.value),
        voice_lang=UNSET if language is None else _checks.voice_language(language),
        ttl=UNSET if ttl is None else _checks.voice_ttl(ttl),
    )
    return draft("sendVoiceCode", _send_voice_code.OPERATION.build(body=body), code_receipt)


@planned("verifyCode")
def verify(msg_id: str | int, code: Hidden[str]) -> Draft[Verification]:
    """A check of what somebody typed.

    What a person types is never an error: nothing, or what cannot be a code, gets the verdict that the
    service would give, without a request. A `msg_id` of the wrong form is the program's, and raises.
    """
    place = _checks.path_id(msg_id, "msg_id")
    settled: Verification | None = None
    typed = "-"
    try:
        typed = _checks.typed_code(code.value)
    except InputRefusedError as refused:
        number = code_for_argument("verifyCode", refused)
        if number not in VERDICTS:
            raise
        settled = refused_verification(number, {})
    built = _verify_code.OPERATION.build(place, body=models.VerifyCodeRequest(code=typed))
    return draft("verifyCode", built, verification, values=VERDICTS, settled=settled)
