"""sendMessage: one template to one number."""

from __future__ import annotations

from typing import Any

from ...model.records import MessageKind
from ..context import CallContext, RecipientContext
from ..rules.enforcement import enforce
from .sending import find_template_and_sign, raise_if_requested, send_one, sending_rules


def send_message(call: CallContext) -> dict[str, Any]:
    """Send one message; its id is a number on this call, and only here (C1)."""
    body = call.body
    rules = sending_rules(call.info.operation_id)
    phone: str = body["mobile"]
    raise_if_requested(call, phone)
    recipient = RecipientContext(call, phone, body.get("temp_para"))
    enforce(rules.number, recipient)
    rules = find_template_and_sign(call, rules)
    return {"msg_id": send_one(call, recipient, rules, MessageKind.MESSAGE)}
