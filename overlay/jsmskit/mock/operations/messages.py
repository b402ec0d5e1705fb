"""sendMessage: one template to one number."""

from __future__ import annotations

from typing import Any

from ..call import Addressee, Call
from ..records import MessageKind
from ..rules.table import enforce
from .sending import demand, find_template_and_sign, send_one, sending_rules


def send_message(call: Call) -> dict[str, Any]:
    """Send one message; its id is a number on this call, and only here (C1)."""
    body = call.body
    rules = sending_rules(call.info.operation_id)
    phone: str = body["mobile"]
    demand(call, phone)
    addressee = Addressee(call, phone, body.get("temp_para"))
    enforce(rules.number, addressee)
    rules = find_template_and_sign(call, rules)
    return {"msg_id": send_one(call, addressee, rules, MessageKind.MESSAGE)}
