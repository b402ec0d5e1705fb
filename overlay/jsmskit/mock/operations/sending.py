"""What all sending calls share: find template and sign, decide about recipients, store what was accepted.

Knows the steps 6 to 11 of the decision order for one recipient. Must not know the shapes of answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from .. import magic
from ..call import Addressee, Call
from ..records import MessageKind, TemplateType
from ..rules import recipients, resources
from ..rules.content import CONTENT, VARIABLES, write
from ..rules.table import Refusal, Rule, about, broken, declared, enforce
from ..service import Service
from ..store.messages import NOTHING_SENT, NewMessage, Origin, RecentCounts
from ..text import signed, take_apart
from .payment import kind_of, paying_balances


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
        code = magic.demanded(call.info, value) if magic.PREFIX in value else None
        if code is not None:
            # Calls without a body have a path to carry the code, and no number.
            is_number = call.info.content_type is not None and value == call.body.get("mobile")
            raise Refusal(code, magic.NUMBER_RULE if is_number else magic.ID_RULE)


def find_template_and_sign(call: Call, rules: SendingRules) -> SendingRules:
    """Find the template and sign that a call names, and judge them (step 7).

    Returns:
        The rules for recipients of this template.

    Raises:
        Refusal: one cannot be used.
    """
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
    call.front = signed(sign.sign)
    call.back = call.service.settings.unsubscribe_hint if template.type == TemplateType.MARKETING else ""
    return rules._replace(recipient=about(rules.recipient, template.type))


def judge_content(addressee: Addressee, rules: SendingRules) -> Rule[Addressee] | None:
    """Write the message to a recipient (step 8); gives the rule that forbids it."""
    rule = broken(rules.variables, addressee)
    if rule is not None:
        return rule
    write(addressee)
    return broken(rules.content, addressee)


def recent_counts(addressee: Addressee) -> RecentCounts:
    """Count what a number was sent lately, as far as the limits want to know."""
    call = addressee.call
    if not call.service.settings.limits or call.template is None:
        return NOTHING_SENT
    return call.service.state.inbox.recent_counts(
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
    addressee.counts = recent_counts(addressee)
    enforce(rules.recipient, addressee)
    template = call.template
    assert template is not None  # for the type checkers: step 7 comes before
    phone = addressee.phone
    message = NewMessage(
        call.service.source.message_id(), phone, addressee.text, addressee.units, magic.planned_status(phone)
    )
    expires_at = None if code is None else call.now + ttl
    pay_and_store(call, origin_of(call, kind), message, kind_of(template.type), code, expires_at)
    return message.msg_id


def pay_and_store(
    call: Call,
    origin: Origin,
    message: NewMessage,
    balance_kind: str,
    code: str | None,
    expires_at: float | None,
) -> None:
    """Pay for one message and store it (steps 10 and 11).

    Raises:
        Refusal: no balance can pay; nothing is changed.
    """
    state = call.service.state
    with state.database:
        can_pay = paying_balances(call.owner_key, call.app.dev_key, balance_kind)
        if state.accounts.left.take(can_pay, message.units) is None:
            raise Refusal(recipients.NO_MONEY.code or 0, recipients.NO_MONEY.id)
        store(call.service, origin, [message], call.now, code, expires_at)


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
    return Origin(call.owner_key, kind, template.type, template.temp_id, sign.sign_id, tag)


def store(
    service: Service,
    origin: Origin,
    messages: Sequence[NewMessage],
    at: float,
    code: str | None = None,
    expires_at: float | None = None,
) -> None:
    """Store accepted messages of one instant, and note their reports. Inside a transaction only."""
    state = service.state
    report_at = service.report_time(at)
    keep = service.settings.keep_messages
    ids = state.inbox.add(
        origin, messages, sent_at=at, report_at=report_at, keep=keep, code=code, expires_at=expires_at
    )
    state.agenda.note_reports(report_at)
    state.tell("message", *ids)
    state.tell("balance", origin.app_key)
