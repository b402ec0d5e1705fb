"""Many recipients in one request: sendMessageBatch, and the deciding that timed batches share.

See fact base 4.5 and 6.1.

Knows which decisions are per entry (number, variables, recipient, balance) and which refuse the whole
request. An entry that is refused never changes what happens to the others, but for the money it did not take.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from jsms_api import limits
from jsms_api.error_table import ErrorCode

from .. import magic
from ..call import Addressee, Call
from ..records import MessageKind
from ..rules import recipients
from ..rules.table import Refusal, Sureness, broken, declare
from ..store.messages import NewMessage, Tally
from .answer import refused_entry
from .payment import Till, kind_of, purses
from .sending import SendingRules, find_template_and_sign, judge_content, message_for, sending_rules, store

declare(
    "batch.all-refused",
    "A batch whose entries are all refused is answered with 200 and success_count 0, unless one of them "
    "lacked nothing but money: then with 50014 as a whole.",
    Sureness.INFERRED,
    "G4, 11",
)
declare(
    "batch.order",
    "Entries are answered in the order of the request; a refused one has a msg_id too, but no message.",
    Sureness.INFERRED,
    "4.5, 6.1",
)
declare(
    "batch.echo",
    "A refused entry echoes mobile as it was sent and temp_para as it was understood; a missing mobile is "
    "echoed as an empty text, and temp_para is left out if a value is longer than an answer may carry.",
    Sureness.ASSUMED,
    "4.5",
)

_LONGEST_VALUE: Final = limits.TEMPLATE_PARAMETERS_VALUES_MAX_LENGTH


class Batch:
    """Decides about the entries of one batch.

    Attributes:
        accepted: recipients that get the message, in order.
        outcomes: for each entry of the request the code of its refusal, or the recipient.
    """

    def __init__(self, call: Call, rules: SendingRules) -> None:
        self.call = call
        self.accepted: list[Addressee] = []
        self.outcomes: list[int | Addressee] = []
        self._rules = rules
        self._lists = call.service.state.accounts.lists(call.owner_key)
        self._texts: set[tuple[str, str]] = set()
        self._tally = self._tallier()

    def decide(self, till: Till) -> None:
        """Decide about every entry (steps 6, 8, 9 and 10), setting money aside.

        Raises:
            Refusal: a number demands it, or not one entry can be paid.
        """
        refusals = self.call.entry_refusals
        out_of_money = False
        for position, entry in enumerate(self.call.body["recipients"]):
            refused = refusals.get(position)
            outcome = self._decide(entry) if refused is None else refused[0]
            if isinstance(outcome, Addressee):
                if till.pay(outcome.units):
                    self._accept(outcome)
                else:
                    outcome, out_of_money = int(ErrorCode.NO_MONEY), True
            self.outcomes.append(outcome)
        if out_of_money and not self.accepted:
            raise Refusal(ErrorCode.NO_MONEY, recipients.NO_MONEY.id)

    def _decide(self, entry: dict[str, Any]) -> int | Addressee:
        info, phone = self.call.info, entry["mobile"]
        if magic.PREFIX in phone:
            code = magic.demanded_of_entry(info, phone)
            if code is not None:
                return code
            code = magic.demanded(info, phone)
            if code is not None:
                raise Refusal(code, magic.NUMBER_RULE)
        addressee = Addressee(self.call, phone, entry.get("temp_para"), self._texts)
        rules = self._rules
        rule = broken(rules.number, addressee) or judge_content(addressee, rules)
        if rule is None:
            addressee.tally = self._tally(addressee)
            rule = broken(rules.recipient, addressee)
        return addressee if rule is None else rule.code

    def _accept(self, addressee: Addressee) -> None:
        self.accepted.append(addressee)
        self._texts.add((addressee.phone, addressee.text))

    def _tallier(self) -> Callable[[Addressee], Tally]:
        """Give the way to count what a number was sent: one look for all, and what this batch adds."""
        call = self.call
        limited = ErrorCode.OUT_OF_FREQ in call.info.entry_codes and call.service.settings.limits
        if not limited or call.template is None:
            return lambda _: recipients.NOTHING_SENT
        short_since = call.now - recipients.SHORT_WINDOW
        phones = {entry.get("mobile") for entry in call.body["recipients"]}
        sent: dict[str, list[tuple[str, bool]]] = {}
        for recent in call.service.state.inbox.recent(
            call.owner_key,
            (phone for phone in phones if isinstance(phone, str)),
            kind=call.template.type,
            since=call.now - recipients.LONG_WINDOW,
        ):
            sent.setdefault(recent.phone, []).append((recent.text, recent.sent_at > short_since))
        added = 0

        def tally(addressee: Addressee) -> Tally:
            nonlocal added
            for earlier in self.accepted[added:]:
                sent.setdefault(earlier.phone, []).append((earlier.text, True))
            added = len(self.accepted)
            known = sent.get(addressee.phone)
            if known is None:
                return recipients.NOTHING_SENT
            short = [text for text, is_short in known if is_short]
            return Tally(len(known), len(short), short.count(addressee.text))

        return tally


def send_message_batch(call: Call) -> dict[str, Any]:
    """Send one template to many; entries that cannot be sent to are refused one by one."""
    rules = sending_rules(call.info.operation_id)
    find_template_and_sign(call, rules)
    assert call.template is not None  # for the type checkers: judged above
    source = call.service.source
    batch = Batch(call, rules)
    till = Till(call.service, purses(call.owner_key, call.app.dev_key, kind_of(call.template.type)))
    batch.decide(till)
    messages: list[NewMessage] = []
    answers: list[dict[str, Any]] = []
    tag: str | None = call.body.get("tag")
    for position, outcome in enumerate(batch.outcomes):
        msg_id = source.message_id()
        if isinstance(outcome, Addressee):
            messages.append(message_for(outcome, msg_id, MessageKind.BATCH, tag))
            answers.append({"msg_id": str(msg_id), "mobile": mobile_as_sent(call, position)})
        else:
            answers.append(
                refused_entry(outcome, mobile_as_sent(call, position), echoed_params(call, position), msg_id)
            )
    with call.service.state.database:
        till.settle()
        store(call.service, messages)
    return {
        "success_count": len(messages),
        "failure_count": len(answers) - len(messages),
        "recipients": answers,
    }


def mobile_as_sent(call: Call, position: int) -> str:
    """Give the number of an entry as it was sent, as text; empty if there was none."""
    mobile = call.sent["recipients"][position].get("mobile")
    return "" if mobile is None else str(mobile)


def echoed_params(call: Call, position: int) -> dict[str, str] | None:
    """Give the values of an entry for its refusal; None if an answer has none to carry, or cannot."""
    params: dict[str, str] | None = call.body["recipients"][position].get("temp_para")
    if params is None or any(len(value) > _LONGEST_VALUE for value in params.values()):
        return None
    return params
