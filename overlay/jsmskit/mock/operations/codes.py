"""sendCode, sendVoiceCode, verifyCode: the life of a verification code."""

from __future__ import annotations

from typing import Any, Final

from jsms_api import limits

from .. import magic
from ..call import Addressee, Call
from ..records import MessageKind
from ..rules.recipients import VOICE
from ..rules.resources import VERIFIABLE
from ..rules.table import Sureness, declare, enforce
from ..store.messages import NewMessage, Origin
from .sending import demand, find_template_and_sign, pay_and_store, send_one, sending_rules

#: Lengths a code id can have and still be one of the mock's; longer digits overflow the database.
_LONGEST_ID: Final = 18

TEXT_CODE: Final = declare(
    "code.digits",
    f"Codes that the service makes have {limits.TEXT_CODE_LENGTH} digits, text and voice alike.",
    Sureness.INFERRED,
    "the Java SDK, samples",
)
INDEPENDENT: Final = declare(
    "code.independent", "A new code does not end the life of an older one.", Sureness.ASSUMED, "G3"
)
VOICE_DEFAULTS: Final = declare(
    "code.voice-defaults",
    f"A voice code lives {limits.VOICE_CODE_DEFAULT_LIFE_SECONDS} seconds and is read in Chinese unless the "
    "call says otherwise.",
    Sureness.INFERRED,
    "send page; G11",
)
VOICE_PRICE: Final = declare("price.voice", "A voice code costs 1.", Sureness.ASSUMED, "the mock's own")


def send_code(call: Call) -> dict[str, Any]:
    """Send a text code that the service makes."""
    rules = sending_rules(call.info.operation_id)
    phone: str = call.body["mobile"]
    demand(call, phone)
    code = call.lists.fixed_codes.get(phone) or call.service.source.digits(limits.TEXT_CODE_LENGTH)
    addressee = Addressee(call, phone, {"code": code})
    enforce(rules.number, addressee)
    rules = find_template_and_sign(call, rules)
    assert call.template is not None  # for the type checkers: judged above
    msg_id = send_one(call, addressee, rules, MessageKind.CODE, code, call.template.ttl or 0)
    return {"msg_id": str(msg_id)}


def send_voice_code(call: Call) -> dict[str, Any]:
    """Have a code read out on the phone: the caller's, or one that the service makes."""
    body = call.body
    phone: str = body["mobile"]
    demand(call, phone)
    addressee = Addressee(call, phone, None)
    enforce(sending_rules(call.info.operation_id).number, addressee)
    enforce(VOICE, addressee)
    source = call.service.source
    code: str = (
        body.get("code") or call.lists.fixed_codes.get(phone) or source.digits(limits.TEXT_CODE_LENGTH)
    )
    message = NewMessage(source.message_id(), phone, code, 1, magic.planned_status(phone))
    origin = Origin(call.owner_key, MessageKind.VOICE, language=body.get("voice_lang", 0))
    expires_at = call.now + body.get("ttl", limits.VOICE_CODE_DEFAULT_LIFE_SECONDS)
    pay_and_store(call, origin, message, "voice", code, expires_at)
    return {"msg_id": str(message.msg_id)}


def verify_code(call: Call) -> dict[str, Any]:
    """Check what a person typed. A refusal carries is_valid beside the error; see the exchange."""
    msg_id = call.path_id
    demand(call, msg_id)
    inbox = call.service.state.inbox
    known = msg_id.isascii() and msg_id.isdigit() and len(msg_id) <= _LONGEST_ID
    call.code = inbox.code(call.owner_key, int(msg_id)) if known else None
    enforce(VERIFIABLE, call)
    assert call.code is not None  # for the type checkers: judged above
    with call.service.state.database:
        inbox.mark_verified(call.code.id, call.now)
        call.service.state.tell("code", call.code.id)
    return {"is_valid": True}
