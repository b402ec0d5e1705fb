"""sendCode, sendVoiceCode, verifyCode: the life of a verification code."""

from __future__ import annotations

from typing import Any, Final

from jsms_api import limits
from jsms_api.error_table import ErrorCode

from ...model import magic_numbers
from ...model.records import MessageKind
from ...model.rule_catalog import Confidence, declare
from ...model.settings import Reading
from ...state.messages import NewMessage, Origin
from ..context import CallContext, RecipientContext
from ..rules import Refusal, enforce
from ..rules.recipients import VOICE
from ..rules.resources import VERIFIABLE
from .sending import find_template_and_sign, pay_and_store, raise_if_requested, send_one, sending_rules

#: Lengths a code id can have and still be one of the mock's; longer digits overflow the database.
_LONGEST_ID: Final = 18

TEXT_CODE: Final = declare(
    "code.digits",
    f"Codes that the service makes have {limits.TEXT_CODE_LENGTH} digits, text and voice alike.",
    Confidence.INFERRED,
    "the Java SDK, samples",
)
INDEPENDENT: Final = declare(
    "code.independent", "A new code does not end the life of an older one.", Confidence.ASSUMED, "G3"
)
VOICE_DEFAULTS: Final = declare(
    "code.voice-defaults",
    f"A voice code lives {limits.VOICE_CODE_DEFAULT_LIFE_SECONDS} seconds and is read in Chinese unless the "
    "call says otherwise.",
    Confidence.INFERRED,
    "send page; G11",
)
VOICE_PRICE: Final = declare("price.voice", "A voice code costs 1.", Confidence.ASSUMED, "the mock's own")


def send_code(call: CallContext) -> dict[str, Any]:
    """Send a text code that the service makes."""
    rules = sending_rules(call.info.operation_id)
    phone: str = call.body["mobile"]
    raise_if_requested(call, phone)
    code = call.lists.fixed_codes.get(phone) or call.components.random_ids.digits(limits.TEXT_CODE_LENGTH)
    recipient = RecipientContext(call, phone, {"code": code})
    enforce(rules.number, recipient)
    rules = find_template_and_sign(call, rules)
    assert call.template is not None  # for the type checkers: judged above
    msg_id = send_one(call, recipient, rules, MessageKind.CODE, code, call.template.ttl or 0)
    return {"msg_id": str(msg_id)}


def send_voice_code(call: CallContext) -> dict[str, Any]:
    """Have a code read out on the phone: the caller's, or one that the service makes."""
    body = call.body
    phone: str = body["mobile"]
    raise_if_requested(call, phone)
    recipient = RecipientContext(call, phone, None)
    enforce(sending_rules(call.info.operation_id).number, recipient)
    enforce(VOICE, recipient)
    source = call.components.random_ids
    code: str = body.get("code") or call.lists.fixed_codes.get(phone) or source.digits(limits.TEXT_CODE_LENGTH)
    message = NewMessage(source.message_id(), phone, code, 1, magic_numbers.status_for(phone))
    origin = Origin(call.owner_key, MessageKind.VOICE, language=body.get("voice_lang", 0))
    expires_at = call.now + body.get("ttl", limits.VOICE_CODE_DEFAULT_LIFE_SECONDS)
    pay_and_store(call, origin, message, "voice", code, expires_at)
    return {"msg_id": str(message.msg_id)}


def verify_code(call: CallContext) -> dict[str, Any]:
    """Check what a person typed. A refusal carries is_valid beside the error; see the exchange."""
    msg_id = call.path_id
    raise_if_requested(call, msg_id)
    inbox = call.components.state.inbox
    known = msg_id.isascii() and msg_id.isdigit() and len(msg_id) <= _LONGEST_ID
    call.code = inbox.code(call.owner_key, int(msg_id)) if known else None
    if (
        call.code is None
        and call.reads(Reading.MESSAGE_IDS_CHECKED)
        and any(str(one.msg_id) == msg_id for one in inbox.find(app_key=call.owner_key))
    ):
        raise Refusal(ErrorCode.INVALID_CODE, "code.wrong")
    enforce(VERIFIABLE, call)
    assert call.code is not None  # for the type checkers: judged above
    with call.components.state.database:
        inbox.mark_verified(call.code.id, call.now)
        call.components.state.tell("code", call.code.id)
    return {"is_valid": True}
