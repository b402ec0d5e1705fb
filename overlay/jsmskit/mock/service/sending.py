"""Everything that is sent: codes, messages, batches, and what timed messages share with them.

An entry of a batch that is refused never changes what happens to the others, but for the money it did not take.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from jsms_api import limits
from jsms_api.error_table import ERRORS, ErrorCode

from ..model import magic_numbers
from ..model.message_text import BRACKETS, TemplateText, measure, parse_template, signed
from ..model.records import Account, Application, MessageKind, ReviewStatus, Sign, Template, TemplateType
from ..model.rule_catalog import DECLARED
from ..model.settings import Reading
from ..state.messages import Accepted, Origin
from ..state.state import State
from .context import CallContext, Components, Refusal

#: The two windows of the frequency page, in seconds.
LONG_WINDOW: Final = 24 * 3600.0
SHORT_WINDOW: Final = 10 * 60.0

#: Lengths a code id can have and still be one of the mock's; longer digits overflow the database.
_LONGEST_ID: Final = 18


class Charge:
    """What can pay for the messages of one call.

    The balance of the kind goes before the general one, the application's before its account's; one message is paid
    from one balance.

    Args:
        state: where the balances are.
        app: that sends.
        kind: voice, industry or market.
    """

    def __init__(self, state: State, app: Application, kind: str) -> None:
        self._state, self._app, self._kind = state, app, kind
        self._purses: list[tuple[Application | Account, dict[str, int]]] = []
        self._add(app)

    def _add(self, owner: Application | Account | None) -> None:
        if owner is not None:
            left = {name: getattr(owner.balances, name) or 0 for name in (self._kind, "balance")}
            self._purses.append((owner, left))

    def reserve(self, units: int) -> bool:
        """Set units aside; tell whether any balance holds enough."""
        if self._take(units):
            return True
        if len(self._purses) == 1:
            # Read when it is needed: most applications can pay.
            self._add(self._state.accounts.get(self._app.dev_key))
            return self._take(units)
        return False

    def _take(self, units: int) -> bool:
        for _, left in self._purses:
            for name, holds in left.items():
                if holds >= units:
                    left[name] = holds - units
                    return True
        return False

    def commit(self) -> None:
        """Take what was set aside off the balances. Inside a transaction only."""
        for owner, left in self._purses:
            spent = {name: units for name, units in left.items() if units != (getattr(owner.balances, name) or 0)}
            balances = replace(owner.balances, **spent)
            if isinstance(owner, Application):
                self._state.applications.put(replace(owner, balances=balances))
            else:
                self._state.accounts.put(replace(owner, balances=balances))


def kind_of(template_type: int) -> str:
    """Name the balance for a template type: verification and notice are industry."""
    return "market" if template_type == TemplateType.MARKETING else "industry"


def raise_if_requested(call: CallContext, value: str) -> None:
    """Answer the code that a number or id of a call carries.

    Raises:
        Refusal: it carries a code that the operation can answer.
    """
    code = magic_numbers.requested_code(call.info, value)
    if code is not None:
        # Calls without a body have a path to carry the code, and no number.
        is_number = call.info.content_type is not None and value == call.body.get("mobile")
        raise Refusal("magic.number" if is_number else "magic.id", code)


class Sending:
    """What one sending call says to its recipients, and what decides about each.

    Attributes below the line exist once `find_template_and_sign` has run.

    Attributes:
        lists: what is special about numbers and words for the application.

        template: that the call names.
        sign: that the call names, or the default one.
        origin: what the messages have in common.
    """

    template: Template
    sign: Sign
    origin: Origin
    _words: TemplateText
    _front: str
    _back: str

    def __init__(self, call: CallContext) -> None:
        self._call = call
        self._state = call.components.state
        self._settings = call.components.settings
        self.lists = self._state.lists_of(call.owner_key)
        self._sent: dict[str, list[tuple[str, float]]] | None = None

    def check_number(self, phone: str) -> None:
        """Judge the only number of a call (step 6).

        Raises:
            Refusal: it demands a code, or is on the list of invalid ones.
        """
        raise_if_requested(self._call, phone)
        if phone in self.lists.invalid:
            raise Refusal("number.listed-invalid")

    def find_template_and_sign(self, kind: MessageKind) -> None:
        """Find the template and sign that a call names, and judge them (step 7).

        Raises:
            Refusal: one cannot be used.
        """
        call, body = self._call, self._call.body
        temp_id, sign_id = body["temp_id"], body.get("sign_id")
        raise_if_requested(call, str(temp_id))
        if sign_id is not None:
            raise_if_requested(call, str(sign_id))
        template = self._state.templates.get(call.owner_key, temp_id)
        if template is None:
            raise Refusal("template.unknown")
        if template.status is ReviewStatus.IN_REVIEW:
            raise Refusal("template.in-review")
        if template.status is ReviewStatus.REFUSED:
            raise Refusal("template.refused")
        if template.type == TemplateType.MARKETING and self._settings.personal_account:
            raise Refusal("template.personal-account")
        if kind is MessageKind.CODE and template.type != TemplateType.VERIFICATION:
            raise Refusal("template.not-verification")
        if sign_id is None:
            sign = self._state.default_sign(call.owner_key)
            if sign is None:
                raise Refusal("sign.not-set")
        else:
            sign = self._state.signs.get(call.owner_key, sign_id)
            if sign is None or sign.status is not ReviewStatus.APPROVED:
                raise Refusal("sign.not-usable")
        self.template, self.sign = template, sign
        tag = body.get("tag") if kind is MessageKind.BATCH else None
        self.origin = Origin(call.owner_key, kind, template.type, template.temp_id, sign.sign_id, tag)
        self._words = parse_template(template.template)
        self._front = signed(sign.sign)
        self._back = self._settings.unsubscribe_hint if template.type == TemplateType.MARKETING else ""

    def look_up_sent(self, phones: Collection[str]) -> None:
        """Look up what numbers were sent of this type lately, if limits can refuse the call."""
        call = self._call
        if self._settings.limits and ErrorCode.OUT_OF_FREQ in DECLARED[call.info.operation_id]:
            self._sent = {phone: [] for phone in phones}
            since = call.now - LONG_WINDOW
            for phone, text, at in self._state.messages.recent(call.owner_key, self._sent, self.template.type, since):
                self._sent[phone].append((text, at))

    def accept(self, phone: str, params: Mapping[str, str] | None) -> Accepted:
        """Write the message to a recipient, and judge it (steps 8 and 9).

        Raises:
            Refusal: it may not be sent.
        """
        call, params = self._call, params or {}
        if self._words.names:
            if not params:
                raise Refusal("params.none")
            unknown = params.keys() - self._words.names
            if self._words.names - params.keys() or (unknown and call.reads(Reading.UNKNOWN_NAMES_REFUSED)):
                raise Refusal("params.incomplete")
        filled = self._words.fill(params)
        text = f"{self._front}{filled}{self._back}"
        length, units = measure(text)
        if BRACKETS[0] in filled or BRACKETS[1] in filled:
            call.refuse("content.brackets")
        if self.lists.has_black_word(filled):
            call.refuse("content.black-word")
        if length > self._settings.text_limit:
            call.refuse("content.length")
        self._judge_recipient(phone, text)
        return Accepted(phone, text, units, magic_numbers.status_for(phone))

    def _judge_recipient(self, phone: str, text: str) -> None:
        call, kind = self._call, self.template.type
        if kind == TemplateType.MARKETING and phone in self.lists.unsubscribed:
            raise Refusal("recipient.unsubscribed")
        window = self._settings.repeat_window_seconds
        if window > 0 and self._state.messages.was_sent(call.owner_key, phone, text, call.now - window):
            raise Refusal("recipient.repeat")
        if self._sent is None:
            return
        sent = self._sent[phone]
        lately = [each for each, at in sent if at > call.now - SHORT_WINDOW]
        if kind == TemplateType.VERIFICATION and len(sent) >= limits.TEXT_CODES_PER_DAY:
            raise Refusal("limit.codes-per-day")
        if kind == TemplateType.NOTICE and lately.count(text) >= limits.NOTICE_SAME_TEXT:
            raise Refusal("limit.same-notice")
        if kind == TemplateType.NOTICE and len(sent) >= limits.NOTICE_PER_DAY:
            raise Refusal("limit.notices-per-day")
        if kind == TemplateType.MARKETING and len(lately) >= limits.MARKETING_PER_WINDOW:
            raise Refusal("limit.marketing")

    def charge(self) -> Charge:
        """Look up what can pay."""
        return Charge(self._state, self._call.app, kind_of(self.template.type))

    def send_one(self, phone: str, params: Mapping[str, str] | None, code: str | None = None) -> int:
        """Decide about the only recipient of a call, and send (steps 8 to 11); return the msg_id.

        Raises:
            Refusal: it is not sent.
        """
        self.look_up_sent([phone])
        accepted = self.accept(phone, params)
        expires_at = None if code is None else self._call.now + (self.template.ttl or 0)
        return pay_and_store(self._call, self.origin, accepted, self.charge(), code, expires_at)

    def judge_batch(self, charge: Charge) -> list[Accepted | Refusal]:
        """Decide about every entry of the body (steps 6, 8, 9 and 10), setting money aside.

        Raises:
            Refusal: a number demands it, or not one entry can be paid.
        """
        if self._call.info.operation_id == "sendMessageBatch" and self.lists.has_black_word(self.template.template):
            raise Refusal("content.black-word-in-template")
        entries: list[dict[str, Any]] = self._call.body["recipients"]
        self.look_up_sent({str(entry.get("mobile")) for entry in entries})
        outcomes: list[Accepted | Refusal] = []
        texts: set[tuple[str, str]] = set()
        for position, entry in enumerate(entries):
            outcome = self._call.entry_refusals.get(position) or self._judge_entry(entry, texts, charge)
            outcomes.append(outcome)
        refused = [outcome.rule_id for outcome in outcomes if isinstance(outcome, Refusal)]
        if len(refused) == len(outcomes) and "balance.empty" in refused:
            raise Refusal("balance.empty")
        return outcomes

    def _judge_entry(self, entry: Mapping[str, Any], texts: set[tuple[str, str]], charge: Charge) -> Accepted | Refusal:
        phone, info = entry["mobile"], self._call.info
        code = magic_numbers.requested_code_of_entry(info, phone)
        if code is not None:
            return Refusal("magic.number", code)
        if (whole := magic_numbers.requested_code(info, phone)) is not None:
            raise Refusal("magic.number", whole)
        if phone in self.lists.invalid:
            return Refusal("number.listed-invalid")
        try:
            accepted = self.accept(phone, entry.get("temp_para"))
        except Refusal as refusal:
            return refusal
        if (phone, accepted.text) in texts:
            return Refusal("recipient.repeat-in-batch")
        if not charge.reserve(accepted.units):
            return Refusal("balance.empty")
        # It counts for later entries with the same number.
        texts.add((phone, accepted.text))
        if self._sent is not None:
            self._sent[phone].append((accepted.text, self._call.now))
        return accepted


def pay_and_store(
    call: CallContext, origin: Origin, accepted: Accepted, charge: Charge, code: str | None, expires_at: float | None
) -> int:
    """Pay for one message and store it (steps 10 and 11); return its msg_id.

    Raises:
        Refusal: no balance can pay; nothing is changed.
    """
    if not charge.reserve(accepted.units):
        raise Refusal("balance.empty")
    msg_id = call.components.random_ids.message_id()
    with call.components.state.database:
        charge.commit()
        store(call.components, origin, [(msg_id, accepted)], call.now, code, expires_at)
    return msg_id


def store(
    components: Components,
    origin: Origin,
    messages: Sequence[tuple[int, Accepted]],
    at: float,
    code: str | None = None,
    expires_at: float | None = None,
) -> None:
    """Store accepted messages of one instant, and note their reports. Inside a transaction only."""
    state, settings = components.state, components.settings
    report_at = state.timers.schedule_reports(at + settings.report_delay_seconds, exact=components.clock.is_frozen)
    ids = state.messages.add(
        origin, messages, sent_at=at, report_at=report_at, keep=settings.keep_messages, code=code, expires_at=expires_at
    )
    state.tell("message", *ids)
    state.tell("balance", origin.app_key)


# Codes.


def send_code(call: CallContext) -> dict[str, Any]:
    """Send a text code that the service makes."""
    sending, phone = Sending(call), str(call.body["mobile"])
    sending.check_number(phone)
    sending.find_template_and_sign(MessageKind.CODE)
    code = sending.lists.fixed_codes.get(phone) or call.components.random_ids.digits(limits.TEXT_CODE_LENGTH)
    return {"msg_id": str(sending.send_one(phone, {"code": code}, code))}


def send_voice_code(call: CallContext) -> dict[str, Any]:
    """Have a code read out on the phone: the caller's, or one that the service makes."""
    body, state = call.body, call.components.state
    sending, phone = Sending(call), str(body["mobile"])
    sending.check_number(phone)
    last = state.messages.last_voice_call(call.owner_key, phone) if call.components.settings.limits else None
    if last is not None and 0 <= call.now - last < limits.VOICE_CODE_INTERVAL_SECONDS:
        raise Refusal("limit.voice")
    code: str = body.get("code") or sending.lists.fixed_codes.get(phone) or ""
    code = code or call.components.random_ids.digits(limits.TEXT_CODE_LENGTH)
    origin = Origin(call.owner_key, MessageKind.VOICE, language=body.get("voice_lang", 0))
    accepted = Accepted(phone, code, 1, magic_numbers.status_for(phone))
    expires_at = call.now + body.get("ttl", limits.VOICE_CODE_DEFAULT_LIFE_SECONDS)
    return {"msg_id": str(pay_and_store(call, origin, accepted, Charge(state, call.app, "voice"), code, expires_at))}


def verify_code(call: CallContext) -> dict[str, Any]:
    """Check what a person typed. A refusal carries is_valid beside the error; see the dispatcher."""
    msg_id, state = call.path_id, call.components.state
    raise_if_requested(call, msg_id)
    known = msg_id.isascii() and msg_id.isdigit() and len(msg_id) <= _LONGEST_ID
    found = state.messages.code(call.owner_key, int(msg_id)) if known else None
    if found is None:
        is_message = call.reads(Reading.MESSAGE_IDS_CHECKED) and any(
            one.msg_id == msg_id for one in state.messages.find(app_key=call.owner_key)
        )
        raise Refusal("code.wrong" if is_message else "code.unknown")
    # The order among these is inferred: a code that is both verified and expired is "verified".
    if found.verified_at is not None and not call.reads(Reading.RIGHT_TWICE):
        raise Refusal("code.verified")
    if found.expires_at is None or call.now >= found.expires_at:
        raise Refusal("code.expired")
    if found.code != call.body["code"]:
        raise Refusal("code.wrong")
    with state.database:
        state.messages.mark_verified(found.id, call.now)
        state.tell("code", found.id)
    return {"is_valid": True}


# Messages.


def send_message(call: CallContext) -> dict[str, Any]:
    """Send one message; its id is a number on this call, and only here (C1)."""
    sending, phone = Sending(call), str(call.body["mobile"])
    sending.check_number(phone)
    sending.find_template_and_sign(MessageKind.MESSAGE)
    return {"msg_id": sending.send_one(phone, call.body.get("temp_para"))}


def send_message_batch(call: CallContext) -> dict[str, Any]:
    """Send one template to many; entries that cannot be sent to are refused one by one."""
    sending, source = Sending(call), call.components.random_ids
    sending.find_template_and_sign(MessageKind.BATCH)
    charge = sending.charge()
    messages: list[tuple[int, Accepted]] = []
    answers: list[dict[str, Any]] = []
    for position, outcome in enumerate(sending.judge_batch(charge)):
        msg_id = source.message_id()
        if isinstance(outcome, Refusal):
            answers.append({**refused_entry(call, position, outcome), "msg_id": str(msg_id)})
        else:
            messages.append((msg_id, outcome))
            answers.append({"msg_id": str(msg_id), "mobile": _as_sent(call, position)})
    if messages:
        with call.components.state.database:
            charge.commit()
            store(call.components, sending.origin, messages, call.now)
    return {"success_count": len(messages), "failure_count": len(answers) - len(messages), "recipients": answers}


def refused_entry(call: CallContext, position: int, refusal: Refusal) -> dict[str, Any]:
    """Make an entry that was refused, as batches list it: the code as text (C3), temp_para as it was understood."""
    entry = {
        "error_code": str(refusal.code),
        "error_message": ERRORS[refusal.code].message,
        "mobile": _as_sent(call, position),
    }
    params: dict[str, str] | None = call.body["recipients"][position].get("temp_para")
    # An answer cannot carry values that are longer.
    if params is None or any(len(value) > limits.TEMPLATE_PARAMETERS_VALUES_MAX_LENGTH for value in params.values()):
        return entry
    return {**entry, "temp_para": params}


def _as_sent(call: CallContext, position: int) -> str:
    """Return the number of an entry as it was sent, as text; empty if there was none."""
    mobile = call.sent["recipients"][position].get("mobile")
    return "" if mobile is None else str(mobile)
