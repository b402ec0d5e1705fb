"""sendMessage and sendMessageBatch, and the deciding that timed batches share.

An entry that is refused never changes what happens to the others, but for the money it did not take.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from jsms_api import limits
from jsms_api.error_table import ErrorCode

from ...model import magic_numbers
from ...model.records import MessageKind
from ...model.rule_catalog import Confidence, declare
from ...state.messages import NewMessage, RecentCounts
from ..context import CallContext, RecipientContext
from ..rules import Refusal, enforce, first_violation, recipients
from ..rules.content import BATCH_TEMPLATE
from .sending import (
    Charge,
    SendingRules,
    find_template_and_sign,
    judge_content,
    kind_of,
    origin_of,
    paying_balances,
    raise_if_requested,
    refused_entry,
    send_one,
    sending_rules,
    store,
)


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


declare(
    "batch.all-refused",
    "A batch whose entries are all refused is answered with 200 and success_count 0, unless one of them "
    f"lacked nothing but money: then with {ErrorCode.NO_MONEY.value} as a whole.",
    Confidence.INFERRED,
    "G4",
)
declare(
    "batch.order",
    "Entries are answered in the order of the request; a refused one has a msg_id too, but no message.",
    Confidence.INFERRED,
    "send page (its sample)",
)
declare(
    "batch.echo",
    "A refused entry echoes mobile as it was sent and temp_para as it was understood; a missing mobile is "
    "echoed as an empty text, and temp_para is left out if a value is longer than an answer may carry.",
    Confidence.ASSUMED,
    "send page (its sample)",
)

_LONGEST_VALUE: Final = limits.TEMPLATE_PARAMETERS_VALUES_MAX_LENGTH


class AcceptedEntry(NamedTuple):
    """What is sent to an entry that is not refused."""

    phone: str
    text: str
    units: int
    planned_status: int


class Batch:
    """Decides about the entries of one batch.

    Args:
        call: with template and sign found.
        rules: for its template.

    Attributes:
        outcomes: for each entry of the request the code of its refusal, or what is sent.
    """

    def __init__(self, call: CallContext, rules: SendingRules) -> None:
        self.outcomes: list[int | AcceptedEntry] = []
        self._call = call
        self._rules = rules
        self._entries: list[dict[str, Any]] = call.body["recipients"]
        self._texts: set[tuple[str, str]] = set()
        self._sent = self._sent_lately()

    def decide(self, charge: Charge) -> None:
        """Decide about every entry (steps 6, 8, 9 and 10), setting money aside.

        Raises:
            Refusal: a number demands it, or not one entry can be paid.
        """
        out_of_money = False
        for position, entry in enumerate(self._entries):
            outcome = self._decide_entry(position, entry)
            if isinstance(outcome, AcceptedEntry) and not charge.reserve(outcome.units):
                outcome, out_of_money = int(ErrorCode.NO_MONEY), True
            if isinstance(outcome, AcceptedEntry):
                # It counts for later entries with the same number.
                self._texts.add((outcome.phone, outcome.text))
                self._sent.setdefault(outcome.phone, []).append((outcome.text, True))
            self.outcomes.append(outcome)
        if out_of_money and not any(isinstance(outcome, AcceptedEntry) for outcome in self.outcomes):
            raise Refusal(ErrorCode.NO_MONEY, recipients.NO_MONEY.id)

    def _decide_entry(self, position: int, entry: dict[str, Any]) -> int | AcceptedEntry:
        if position in self._call.entry_refusals:
            return self._call.entry_refusals[position][0]
        phone: str = entry["mobile"]
        code = self._demanded(phone)
        if code is not None:
            return code
        recipient = RecipientContext(self._call, phone, entry.get("temp_para"), self._texts)
        rules = self._rules
        rule = first_violation(rules.number, recipient) or judge_content(recipient, rules)
        if rule is None:
            recipient.counts = _count(self._sent.get(phone, ()), recipient.text)
            rule = first_violation(rules.recipient, recipient)
        if rule is not None:
            return int(rule.code)
        return AcceptedEntry(phone, recipient.text, recipient.units, magic_numbers.status_for(phone))

    def _demanded(self, phone: str) -> int | None:
        """Read the code that a number demands of its entry.

        Raises:
            Refusal: it demands one of the whole request.
        """
        code = magic_numbers.requested_code_of_entry(self._call.info, phone)
        if code is None and (whole := magic_numbers.requested_code(self._call.info, phone)) is not None:
            raise Refusal(whole, magic_numbers.NUMBER_RULE)
        return code

    def _sent_lately(self) -> dict[str, list[tuple[str, bool]]]:
        """Look up what the numbers were sent in the long window: texts, and whether in the short one too."""
        call = self._call
        sent: dict[str, list[tuple[str, bool]]] = {}
        if ErrorCode.OUT_OF_FREQ in call.info.entry_codes and call.components.settings.limits and call.template:
            phones = {str(entry.get("mobile")) for entry in self._entries}
            long_since, short_since = call.now - recipients.LONG_WINDOW, call.now - recipients.SHORT_WINDOW
            for phone, text, sent_at in call.components.state.inbox.recent(
                call.owner_key, phones, kind=call.template.type, since=long_since
            ):
                sent.setdefault(phone, []).append((text, sent_at > short_since))
        return sent


def _count(sent: Sequence[tuple[str, bool]], text: str) -> RecentCounts:
    short = [each for each, is_short in sent if is_short]
    return RecentCounts(len(sent), len(short), short.count(text))


def send_message_batch(call: CallContext) -> dict[str, Any]:
    """Send one template to many; entries that cannot be sent to are refused one by one."""
    rules = find_template_and_sign(call, sending_rules(call.info.operation_id))
    enforce(BATCH_TEMPLATE, call)
    assert call.template is not None  # for the type checkers: judged above
    batch = Batch(call, rules)
    kind = kind_of(call.template.type)
    charge = Charge(call.components, paying_balances(call.owner_key, call.app.dev_key, kind))
    batch.decide(charge)
    messages: list[NewMessage] = []
    answers: list[dict[str, Any]] = []
    for position, outcome in enumerate(batch.outcomes):
        msg_id = call.components.random_ids.message_id()
        mobile = as_sent(call.sent["recipients"][position])
        if isinstance(outcome, AcceptedEntry):
            messages.append(NewMessage(msg_id, *outcome))
            answers.append({"msg_id": str(msg_id), "mobile": mobile})
        else:
            answers.append(refused_entry(outcome, mobile, echoed_params(call, position), msg_id))
    if messages:
        with call.components.state.database:
            charge.commit()
            store(call.components, origin_of(call, MessageKind.BATCH, call.body.get("tag")), messages, call.now)
    return {"success_count": len(messages), "failure_count": len(answers) - len(messages), "recipients": answers}


def as_sent(entry: dict[str, Any]) -> str:
    """Return the number of an entry as it was sent, as text; empty if there was none."""
    mobile = entry.get("mobile")
    return mobile if isinstance(mobile, str) else "" if mobile is None else str(mobile)


def echoed_params(call: CallContext, position: int) -> dict[str, str] | None:
    """Return the values of an entry for its refusal; None if an answer has none to carry, or cannot."""
    params: dict[str, str] | None = call.body["recipients"][position].get("temp_para")
    if params is None or any(len(value) > _LONGEST_VALUE for value in params.values()):
        return None
    return params
