"""What all sending calls share: find template and sign, decide about recipients, store what was accepted.

Knows the steps 6 to 11 of the decision order for one recipient. Must not know the shapes of answers.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from .. import magic
from ..call import Addressee, Call
from ..records import MessageKind, Sign, Template, TemplateType
from ..rules import recipients, resources
from ..rules.content import CONTENT, VARIABLES, write
from ..rules.table import Refusal, Rule, about, awake, broken, declared, enforce
from ..service import Service
from ..store.messages import NOTHING_SENT, Tally
from ..store.sendings import Origin, Sending
from ..text import TemplateText, signed, take_apart
from .payment import kind_of, purses


class SendingRules(NamedTuple):
    """The rules that apply to one sending operation: those whose codes the spec declares for it.

    `stranger` are those of `recipient` that a number breaks to which nothing was sent before.
    """

    template: tuple[Rule[Call], ...]
    sign: tuple[Rule[Call], ...]
    number: tuple[Rule[Addressee], ...]
    variables: tuple[Rule[Addressee], ...]
    content: tuple[Rule[Addressee], ...]
    recipient: tuple[Rule[Addressee], ...]
    stranger: tuple[Rule[Addressee], ...] = ()


class Outlook(NamedTuple):
    """What step 7 finds for a template and a sign: the same for every call that names them. See `Call`."""

    template: Template
    sign: Sign
    words: TemplateText
    front: str
    back: str
    rules: SendingRules


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
        code = magic.demanded(call.info, value) if magic.PREFIX in value else None
        if code is not None:
            # Calls without a body have a path to carry the code, and no number.
            is_number = call.info.content_type is not None and value == call.body.get("mobile")
            raise Refusal(code, magic.NUMBER_RULE if is_number else magic.ID_RULE)


def find_template_and_sign(call: Call, rules: SendingRules) -> SendingRules:
    """Find what a call names, and judge it (step 7).

    Gives the rules that its recipients can break.

    Raises:
        Refusal: it cannot be used.
    """
    known = call.service.worked_out
    body = call.body
    key = (call.info.operation_id, call.owner_key, body["temp_id"], body.get("sign_id"))
    outlook: Outlook | None = known.get(key)
    if outlook is None:
        outlook = known[key] = _look_out(call, rules)
    call.template, call.sign, call.words, call.front, call.back, found = outlook
    call.report_at = call.service.report_time(call.now)
    return found


def _look_out(call: Call, rules: SendingRules) -> Outlook:
    state, body = call.service.state, call.body
    temp_id, sign_id = body["temp_id"], body.get("sign_id")
    demand(call, str(temp_id))
    if sign_id is not None:
        demand(call, str(sign_id))
    template = call.template = state.templates.get(call.owner_key, temp_id)
    enforce(rules.template, call)
    signs = state.signs
    sign = signs.default(call.owner_key) if sign_id is None else signs.get(call.owner_key, sign_id)
    call.sign = sign
    enforce(rules.sign, call)
    assert template is not None  # for the type checkers: judged above
    assert sign is not None
    call.words = take_apart(template.template)
    back = call.service.settings.unsubscribe_hint if template.type == TemplateType.MARKETING else ""
    recipient = awake(about(rules.recipient, template.type), call)
    found = rules._replace(
        variables=awake(rules.variables, call),
        content=awake(rules.content, call),
        recipient=recipient,
        stranger=tuple(rule for rule in recipient if not rule.compares),
    )
    return Outlook(template, sign, call.words, signed(sign.sign), back, found)


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
        return NOTHING_SENT
    return call.service.state.inbox.tally(
        call.owner_key,
        addressee.phone,
        kind=call.template.type,
        text=addressee.text,
        long_since=call.now - recipients.LONG_WINDOW,
        short_since=call.now - recipients.SHORT_WINDOW,
    )


def send_one(
    call: Call,
    addressee: Addressee,
    rules: SendingRules,
    kind: MessageKind,
    code: str | None = None,
    ttl: float = 0,
) -> int:
    """Decide about the only recipient of a call and send (steps 8 to 11); gives the msg_id.

    Args:
        call: with template and sign found.
        addressee: the recipient.
        rules: for its template.
        kind: of the message.
        code: that the service remembers for it.
        ttl: seconds that the code lives.

    Raises:
        Refusal: it is not sent.
    """
    rule = judge_content(addressee, rules)
    if rule is not None:
        raise Refusal(rule.code, rule.info.id)
    if call.service.state.inbox.knows(addressee.phone):
        addressee.tally = tally_of(addressee)
        enforce(rules.recipient, addressee)
    else:
        enforce(rules.stranger, addressee)
    template = call.template
    assert template is not None  # for the type checkers: step 7 comes before
    msg_id = call.service.source.message_id()
    phone = addressee.phone
    message = Sending(
        origin_of(call, kind),
        call.now,
        call.report_at,
        ((msg_id, phone, addressee.text, addressee.units, magic.planned_status(phone)),),
        code,
        None if code is None else call.now + ttl,
    )
    pay_and_store(call, message, kind_of(template.type))
    return msg_id


def pay_and_store(call: Call, message: Sending, balance_kind: str) -> None:
    """Pay for one message and store it (steps 10 and 11).

    Raises:
        Refusal: no balance can pay; nothing is changed.
    """
    state = call.service.state
    with state.database.transaction:
        can_pay = purses(call.owner_key, call.app.dev_key, balance_kind)
        if state.accounts.purses.take(can_pay, message.rows[0][3]) is None:
            raise Refusal(recipients.NO_MONEY.code or 0, recipients.NO_MONEY.id)
        store(call.service, message)


def origin_of(call: Call, kind: MessageKind, tag: str | None = None) -> Origin:
    """Tell what the messages of a call have in common.

    Args:
        call: with template and sign found.
        kind: of the messages.
        tag: of a batch.
    """
    template, sign = call.template, call.sign
    assert template is not None  # for the type checkers: judged before
    assert sign is not None
    return Origin(call.owner_key, kind.value, template.type, template.temp_id, sign.sign_id, tag)


def store(service: Service, sending: Sending) -> None:
    """Store accepted messages of one instant, and note their reports. Inside a transaction only."""
    state = service.state
    ids = state.inbox.add(sending, service.settings.keep_messages)
    state.agenda.note_reports(sending.report_at, ids.start)
    state.tell_all("message", ids)
    state.tell("balance", sending.origin.app_key)
