"""What all sending calls share: find template and sign, decide about recipients, store what was accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from jsms_api.error_table import ERRORS

from ...model import magic_numbers
from ...model.message_text import parse_template, signed
from ...model.records import MessageKind, TemplateType
from ...state.accounts import BalanceKey
from ...state.messages import NOTHING_SENT, NewMessage, Origin, RecentCounts
from ..context import CallContext, Components, RecipientContext
from ..rules import Refusal, Rule, declared, enforce, first_violation, for_type, recipients, resources
from ..rules.content import CONTENT, VARIABLES, write

_GENERAL = "balance"


def paying_balances(app_key: str, dev_key: str, kind: str) -> tuple[BalanceKey, ...]:
    """List the balances that can pay for a kind (voice, industry, market), in the order in which they do."""
    return (
        ("applications", app_key, kind),
        ("applications", app_key, _GENERAL),
        ("accounts", dev_key, kind),
        ("accounts", dev_key, _GENERAL),
    )


def kind_of(template_type: int) -> str:
    """Name the balance for a template type: verification and notice are industry."""
    return "market" if template_type == TemplateType.MARKETING else "industry"


class Charge:
    """Pays for many messages with one read and one change of each balance."""

    def __init__(self, components: Components, balances: tuple[BalanceKey, ...]) -> None:
        self._store = components.state.accounts.left
        self._held = {key: self._store.left(key) or 0 for key in balances}
        self._left = dict(self._held)

    def reserve(self, units: int) -> bool:
        """Set units aside; tell whether any balance holds enough."""
        for key, holds in self._left.items():
            if holds >= units:
                self._left[key] = holds - units
                return True
        return False

    def commit(self) -> None:
        """Take what was set aside off the balances. Inside a transaction only."""
        for key, left in self._left.items():
            if left != self._held[key]:
                self._store.set_left(key, left)


class SendingRules(NamedTuple):
    """The rules that apply to one sending operation: those whose codes the spec declares for it."""

    template: tuple[Rule[CallContext], ...]
    sign: tuple[Rule[CallContext], ...]
    number: tuple[Rule[RecipientContext], ...]
    variables: tuple[Rule[RecipientContext], ...]
    content: tuple[Rule[RecipientContext], ...]
    recipient: tuple[Rule[RecipientContext], ...]


@cache
def sending_rules(operation_id: str) -> SendingRules:
    """Return the rules of one sending operation."""
    template = resources.SENDABLE_AS_CODE if operation_id == "sendCode" else resources.SENDABLE
    return SendingRules(
        declared(template, operation_id),
        declared(resources.SIGNED, operation_id),
        declared(recipients.NUMBER, operation_id),
        declared(VARIABLES, operation_id),
        declared(CONTENT, operation_id),
        declared(recipients.RECIPIENT, operation_id),
    )


def raise_if_requested(call: CallContext, *values: str) -> None:
    """Answer the code that one of the numbers or ids of a call carries.

    Raises:
        Refusal: one carries a code that the operation can answer.
    """
    for value in values:
        code = magic_numbers.requested_code(call.info, value) if magic_numbers.PREFIX in value else None
        if code is not None:
            # Calls without a body have a path to carry the code, and no number.
            is_number = call.info.content_type is not None and value == call.body.get("mobile")
            raise Refusal(code, magic_numbers.NUMBER_RULE if is_number else magic_numbers.ID_RULE)


def find_template_and_sign(call: CallContext, rules: SendingRules) -> SendingRules:
    """Find the template and sign that a call names, and judge them (step 7).

    Returns:
        The rules for recipients of this template.

    Raises:
        Refusal: one cannot be used.
    """
    state, body = call.components.state, call.body
    temp_id, sign_id = body["temp_id"], body.get("sign_id")
    raise_if_requested(call, str(temp_id))
    if sign_id is not None:
        raise_if_requested(call, str(sign_id))
    template = call.template = state.templates.get(call.owner_key, temp_id)
    enforce(rules.template, call)
    signs = state.signs
    sign = signs.default(call.owner_key) if sign_id is None else signs.get(call.owner_key, sign_id)
    call.sign = sign
    enforce(rules.sign, call)
    assert template is not None  # for the type checkers: judged above
    assert sign is not None
    call.words = parse_template(template.template)
    call.front = signed(sign.sign)
    call.back = call.components.settings.unsubscribe_hint if template.type == TemplateType.MARKETING else ""
    return rules._replace(recipient=for_type(rules.recipient, template.type))


def judge_content(recipient: RecipientContext, rules: SendingRules) -> Rule[RecipientContext] | None:
    """Write the message to a recipient (step 8); return the rule that forbids it."""
    rule = first_violation(rules.variables, recipient)
    if rule is not None:
        return rule
    write(recipient)
    return first_violation(rules.content, recipient)


def recent_counts(recipient: RecipientContext) -> RecentCounts:
    """Count what a number was sent lately, as far as the limits want to know."""
    call = recipient.call
    if not call.components.settings.limits or call.template is None:
        return NOTHING_SENT
    return call.components.state.inbox.recent_counts(
        call.owner_key,
        recipient.phone,
        kind=call.template.type,
        text=recipient.text,
        long_since=call.now - recipients.LONG_WINDOW,
        short_since=call.now - recipients.SHORT_WINDOW,
    )


def send_one(
    call: CallContext,
    recipient: RecipientContext,
    rules: SendingRules,
    kind: MessageKind,
    code: str | None = None,
    ttl: float = 0,
) -> int:
    """Decide about the only recipient of a call and send (steps 8 to 11); return the msg_id.

    Args:
        call: with template and sign found.
        recipient: the recipient.
        rules: for its template.
        kind: of the message.
        code: that the service remembers for it.
        ttl: seconds that the code lives.

    Raises:
        Refusal: it is not sent.
    """
    rule = judge_content(recipient, rules)
    if rule is not None:
        raise Refusal(rule.code, rule.info.id)
    recipient.counts = recent_counts(recipient)
    enforce(rules.recipient, recipient)
    template = call.template
    assert template is not None  # for the type checkers: step 7 comes before
    phone = recipient.phone
    message = NewMessage(
        call.components.random_ids.message_id(), phone, recipient.text, recipient.units, magic_numbers.status_for(phone)
    )
    expires_at = None if code is None else call.now + ttl
    pay_and_store(call, origin_of(call, kind), message, kind_of(template.type), code, expires_at)
    return message.msg_id


def pay_and_store(
    call: CallContext,
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
    state = call.components.state
    with state.database:
        can_pay = paying_balances(call.owner_key, call.app.dev_key, balance_kind)
        if state.accounts.left.take(can_pay, message.units) is None:
            raise Refusal(recipients.NO_MONEY.code or 0, recipients.NO_MONEY.id)
        store(call.components, origin, [message], call.now, code, expires_at)


def origin_of(call: CallContext, kind: MessageKind, tag: str | None = None) -> Origin:
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
    components: Components,
    origin: Origin,
    messages: Sequence[NewMessage],
    at: float,
    code: str | None = None,
    expires_at: float | None = None,
) -> None:
    """Store accepted messages of one instant, and note their reports. Inside a transaction only."""
    state = components.state
    report_at = components.report_time(at)
    keep = components.settings.keep_messages
    ids = state.inbox.add(
        origin, messages, sent_at=at, report_at=report_at, keep=keep, code=code, expires_at=expires_at
    )
    state.timers.schedule_reports(report_at)
    state.tell("message", *ids)
    state.tell("balance", origin.app_key)


#: Decides and acts; what it gives is the JSON of the answer, None for an answer without a body.
Operation = Callable[[CallContext], Any]


def refused_entry(
    code: int, mobile: str, params: Mapping[str, str] | None, msg_id: int | None = None
) -> dict[str, Any]:
    """Make an entry that was refused, as batches list it: the code as text (C3), temp_para echoed."""
    entry: dict[str, Any] = {"error_code": str(int(code)), "error_message": ERRORS[code].message}
    if msg_id is not None:
        entry["msg_id"] = str(msg_id)
    entry["mobile"] = mobile
    if params is not None:
        entry["temp_para"] = params
    return entry


#: Body of an answer that has none.
EMPTY: Final = None
