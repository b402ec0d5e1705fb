"""What all sending calls share: find template and sign, decide about recipients, store what was accepted.

Knows the steps 6 to 11 of fact base 11 for one recipient. Must not know the shapes of requests and answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from .. import magic
from ..call import Addressee, Call
from ..records import MessageKind
from ..rules import recipients, resources
from ..rules.content import CONTENT, VARIABLES, write
from ..rules.table import Refusal, Rule, broken, declared, enforce
from ..service import Service
from ..store.messages import NewMessage, Tally
from .payment import kind_of, purses


class SendingRules(NamedTuple):
    """The rules that apply to one sending operation: those whose codes the spec declares for it."""

    template: tuple[Rule[Call], ...]
    sign: tuple[Rule[Call], ...]
    number: tuple[Rule[Addressee], ...]
    variables: tuple[Rule[Addressee], ...]
    content: tuple[Rule[Addressee], ...]
    recipient: tuple[Rule[Addressee], ...]


@cache
def sending_rules(operation_id: str) -> SendingRules:
    """Give the rules of one sending operation."""
    template = resources.SENDABLE_AS_CODE if operation_id == "sendCode" else resources.SENDABLE
    return SendingRules(
        declared(template, operation_id),
        declared(resources.SIGNED, operation_id),
        declared(recipients.NUMBER, operation_id),
        declared(VARIABLES, operation_id),
        declared(CONTENT, operation_id),
        declared(recipients.RECIPIENT, operation_id),
    )


def demand(call: Call, *values: str) -> None:
    """Answer the code that one of the numbers or ids of a call carries.

    Raises:
        Refusal: one carries a code that the operation can answer.
    """
    for value in values:
        code = magic.demanded(call.info, value)
        if code is not None:
            raise Refusal(code, magic.NUMBER_RULE if value == call.body.get("mobile") else magic.ID_RULE)


def find_template_and_sign(call: Call, rules: SendingRules) -> None:
    """Find what a call names, and judge it (step 7).

    Raises:
        Refusal: it cannot be used.
    """
    state, body = call.service.state, call.body
    temp_id, sign_id = body["temp_id"], body.get("sign_id")
    demand(call, str(temp_id), "" if sign_id is None else str(sign_id))
    call.template = state.templates.get(call.owner_key, temp_id)
    enforce(rules.template, call)
    signs = state.signs
    call.sign = signs.default(call.owner_key) if sign_id is None else signs.get(call.owner_key, sign_id)
    enforce(rules.sign, call)


def judge_content(addressee: Addressee, rules: SendingRules) -> Rule[Addressee] | None:
    """Write the message to a recipient (step 8); gives the rule that forbids it."""
    rule = broken(rules.variables, addressee)
    if rule is not None:
        return rule
    write(addressee)
    return broken(rules.content, addressee)


def tally_of(addressee: Addressee) -> Tally:
    """Count what a number was sent lately, as far as the limits want to know."""
    call = addressee.call
    if not call.service.settings.limits or call.template is None:
        return recipients.NOTHING_SENT
    return call.service.state.inbox.tally(
        call.owner_key,
        addressee.phone,
        kind=call.template.type,
        text=addressee.text,
        long_since=call.now - recipients.LONG_WINDOW,
        short_since=call.now - recipients.SHORT_WINDOW,
    )


def send_one(
    call: Call, addressee: Addressee, kind: MessageKind, code: str | None = None, ttl: float = 0
) -> int:
    """Decide about the only recipient of a call and send (steps 8 to 11); gives the msg_id.

    Args:
        call: with template and sign found.
        addressee: the recipient.
        kind: of the message.
        code: that the service remembers for it.
        ttl: seconds that the code lives.

    Raises:
        Refusal: it is not sent.
    """
    rules = sending_rules(call.info.operation_id)
    rule = judge_content(addressee, rules)
    if rule is not None:
        raise Refusal(rule.code, rule.info.id)
    addressee.tally = tally_of(addressee)
    enforce(rules.recipient, addressee)
    assert call.template is not None  # for the type checkers: step 7 comes before
    message = message_for(addressee, call.service.source.message_id(), kind)
    if code is not None:
        message = message._replace(code=code, expires_at=call.now + ttl)
    pay_and_store(call, message, kind_of(call.template.type))
    return message.msg_id


def pay_and_store(call: Call, message: NewMessage, balance_kind: str) -> None:
    """Pay for one message and store it (steps 10 and 11).

    Raises:
        Refusal: no balance can pay; nothing is changed.
    """
    state = call.service.state
    with state.database:
        can_pay = purses(call.owner_key, call.app.dev_key, balance_kind)
        if state.accounts.take(can_pay, message.units) is None:
            raise Refusal(recipients.NO_MONEY.code or 0, recipients.NO_MONEY.id)
        store(call.service, [message])


def message_for(addressee: Addressee, msg_id: int, kind: MessageKind, tag: str | None = None) -> NewMessage:
    """Make the message to a recipient, ready to be stored."""
    call = addressee.call
    template, sign = call.template, call.sign
    return NewMessage(
        call.owner_key,
        msg_id,
        addressee.phone,
        kind.value,
        addressee.text,
        None if template is None else template.type,
        None if template is None else template.temp_id,
        None if sign is None else sign.sign_id,
        tag,
        None,
        addressee.units,
        call.now,
        None,
        None,
        magic.planned_status(addressee.phone),
        call.service.report_time(call.now),
    )


def store(service: Service, messages: Sequence[NewMessage]) -> None:
    """Store accepted messages of one instant, and note their reports. Inside a transaction only."""
    if not messages:
        return
    state = service.state
    if len(messages) == 1:
        first = state.inbox.add(messages[0])
        ids = range(first, first + 1)
    else:
        ids = state.inbox.add_many(messages)
    state.agenda.note_reports(messages[0].report_at, ids[0])
    state.inbox.prune(service.settings.keep_messages)
    if state.is_watched:
        for identity in ids:
            state.tell("message", identity)
        state.tell("balance", messages[0].app_key)
