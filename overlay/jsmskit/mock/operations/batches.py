"""Many recipients in one request: sendMessageBatch, and the deciding that timed batches share.

Knows which decisions are per entry (number, variables, recipient, balance) and which refuse the whole
request. An entry that is refused never changes what happens to the others, but for the money it did not take.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import repeat
from typing import Any, Final, cast

from jsms_api import limits
from jsms_api.error_table import ErrorCode

from .. import magic
from ..call import Addressee, Call
from ..records import MessageKind
from ..rules import recipients
from ..rules.content import BATCH_TEMPLATE, content_too_long, write
from ..rules.table import Refusal, Rule, Sureness, awake, declare, enforce
from ..store.messages import NOTHING_SENT, Tally
from ..store.sendings import Row, Sending
from ..text import measure_all
from .answer import refused_entry
from .payment import Till, kind_of, purses
from .sending import SendingRules, find_template_and_sign, origin_of, sending_rules, store

declare(
    "batch.all-refused",
    "A batch whose entries are all refused is answered with 200 and success_count 0, unless one of them "
    f"lacked nothing but money: then with {ErrorCode.NO_MONEY.value} as a whole.",
    Sureness.INFERRED,
    "G4",
)
declare(
    "batch.order",
    "Entries are answered in the order of the request; a refused one has a msg_id too, but no message.",
    Sureness.INFERRED,
    "send page (its sample)",
)
declare(
    "batch.echo",
    "A refused entry echoes mobile as it was sent and temp_para as it was understood; a missing mobile is "
    "echoed as an empty text, and temp_para is left out if a value is longer than an answer may carry.",
    Sureness.ASSUMED,
    "send page (its sample)",
)

_LONGEST_VALUE: Final = limits.TEMPLATE_PARAMETERS_VALUES_MAX_LENGTH


_NO_VALUES: Final[Mapping[str, str]] = {}

#: What is sent to an entry that is not refused: number, text, units, planned delivery status.
Accepted = tuple[str, str, int, int]


class Batch:
    """Decides about the entries of one batch.

    Args:
        call: with template and sign found.
        rules: for its template.

    Attributes:
        outcomes: for each entry of the request the code of its refusal, or what is sent.
        accepted: how many are sent among them.
    """

    def __init__(self, call: Call, rules: SendingRules) -> None:
        self.outcomes: list[int | Accepted] = []
        self.accepted = 0
        self._call = call
        self._entries: list[dict[str, Any]] = call.body["recipients"]
        phones = {entry.get("mobile") for entry in self._entries}
        self._has_doubles = len(phones) < len(self._entries)
        self._texts: set[tuple[str, str]] = set()
        self._sent = self._sent_lately(phones)
        # With nothing to compare with there is nothing to ask for every entry.
        self._compares = bool(self._sent) or self._has_doubles
        # A thousand times a dozen rules: plain pairs instead of `broken`, the text being written in between.
        self._before_text = self._pairs(*awake(rules.number, call), *rules.variables)
        self._after_text = self._pairs(
            *rules.content, *(rules.recipient if self._compares else rules.stranger)
        )

    def _pairs(self, *rules: Rule[Addressee]) -> list[tuple[Callable[[Addressee], bool], int]]:
        call = self._call
        asked = {rule.spared for rule in rules if rule.spared is not None}
        spared = {ask for ask in asked if ask(call)}
        return [(rule.breaks, int(rule.code)) for rule in rules if rule.spared not in spared]

    def decide(self, till: Till) -> None:
        """Decide about every entry (steps 6, 8, 9 and 10), setting money aside.

        Raises:
            Refusal: a number demands it, or not one entry can be paid.
        """
        if self._decide_together(till):
            return
        refusals, outcomes = self._call.entry_refusals, self.outcomes
        out_of_money = False
        addressee = Addressee(self._call, "", None, self._texts)  # one for all: it is looked at, not kept
        for position, entry in enumerate(self._entries):
            if position in refusals:
                outcomes.append(refusals[position][0])
                continue
            phone = addressee.phone = entry["mobile"]
            addressee.params = entry.get("temp_para")
            is_magic = magic.PREFIX in phone
            code = self._demanded(phone) if is_magic else None
            if code is None:
                code = self._breach(addressee)
            if code is None and not till.pay(addressee.units):
                code, out_of_money = int(ErrorCode.NO_MONEY), True
            if code is not None:
                outcomes.append(code)
                continue
            self.accepted += 1
            status = magic.planned_status(phone) if is_magic else magic.DELIVERED
            outcomes.append((phone, addressee.text, addressee.units, status))
            if self._has_doubles:
                self._remember(addressee)
        if out_of_money and not self.accepted:
            raise Refusal(ErrorCode.NO_MONEY, recipients.NO_MONEY.id)

    def _decide_together(self, till: Till) -> bool:
        """Decide about all entries at once; False, and nothing is decided, if one may be a case for itself.

        Most batches are plain: every entry well formed, every number once and not written to lately, nothing on a list,
        no code on demand, money enough. What is left to be asked is how long the longest text is.
        """
        call, entries = self._call, self._entries
        asked = [breaks for breaks, _ in self._after_text]
        if call.entry_refusals or self._compares or self._before_text or asked != [content_too_long.breaks]:
            return False
        phones: list[str] = [entry["mobile"] for entry in entries]
        if magic.PREFIX in "\n".join(phones):
            return False
        params = [entry.get("temp_para") or _NO_VALUES for entry in entries]
        texts = call.words.fill_all(call.front, params, call.back)
        longest, units = measure_all(texts)
        if longest > call.service.settings.text_limit or not till.pay_all(units):
            return False
        self.outcomes += zip(phones, texts, units, repeat(magic.DELIVERED), strict=False)
        self.accepted = len(entries)
        return True

    def _demanded(self, phone: str) -> int | None:
        """Read the code that a number demands of its entry.

        Raises:
            Refusal: it demands one of the whole request.
        """
        code = magic.demanded_of_entry(self._call.info, phone)
        if code is None and (whole := magic.demanded(self._call.info, phone)) is not None:
            raise Refusal(whole, magic.NUMBER_RULE)
        return code

    def _breach(self, addressee: Addressee) -> int | None:
        """Find the first rule that a recipient breaks; gives its code."""
        for breaks, code in self._before_text:
            if breaks(addressee):
                return code
        write(addressee)
        if self._compares:
            sent = self._sent.get(addressee.phone)
            addressee.tally = NOTHING_SENT if sent is None else _tally(sent, addressee.text)
        for breaks, code in self._after_text:
            if breaks(addressee):
                return code
        return None

    def _remember(self, addressee: Addressee) -> None:
        """Let an accepted entry count for later ones with the same number."""
        self._texts.add((addressee.phone, addressee.text))
        self._sent.setdefault(addressee.phone, []).append((addressee.text, True))

    def _sent_lately(self, phones: set[Any]) -> dict[str, list[tuple[str, bool]]]:
        """Look up what the numbers were sent in the long window: texts, and whether in the short one too."""
        call = self._call
        sent: dict[str, list[tuple[str, bool]]] = {}
        if ErrorCode.OUT_OF_FREQ in call.info.entry_codes and call.service.settings.limits and call.template:
            short_since = call.now - recipients.SHORT_WINDOW
            for recent in call.service.state.inbox.recent(
                call.owner_key,
                phones,
                kind=call.template.type,
                since=call.now - recipients.LONG_WINDOW,
            ):
                sent.setdefault(recent.phone, []).append((recent.text, recent.sent_at > short_since))
        return sent


def _tally(sent: list[tuple[str, bool]], text: str) -> Tally:
    short = [each for each, is_short in sent if is_short]
    return Tally(len(sent), len(short), short.count(text))


def send_message_batch(call: Call) -> dict[str, Any]:
    """Send one template to many; entries that cannot be sent to are refused one by one."""
    rules = find_template_and_sign(call, sending_rules(call.info.operation_id))
    enforce(BATCH_TEMPLATE, call)
    assert call.template is not None  # for the type checkers: judged above
    batch = Batch(call, rules)
    till = Till(call.service, purses(call.owner_key, call.app.dev_key, kind_of(call.template.type)))
    batch.decide(till)
    rows, answers = _answered(call, batch)
    if rows:
        origin = origin_of(call, MessageKind.BATCH, call.body.get("tag"))
        with call.service.state.database.transaction:
            till.settle()
            store(call.service, Sending(origin, call.now, call.report_at, rows))
    return {
        "success_count": len(rows),
        "failure_count": len(answers) - len(rows),
        "recipients": answers,
    }


def _answered(call: Call, batch: Batch) -> tuple[list[Row], list[dict[str, Any]]]:
    """Give every entry its id: what is sent, and what is answered."""
    ids = call.service.source.message_ids(len(batch.outcomes))
    was_clean = call.sent is call.body  # then numbers are echoed as they are
    if was_clean and batch.accepted == len(ids):
        accepted = cast("list[Accepted]", batch.outcomes)
        told = [{"msg_id": str(msg_id), "mobile": row[0]} for msg_id, row in zip(ids, accepted, strict=True)]
        return [(msg_id, *row) for msg_id, row in zip(ids, accepted, strict=True)], told
    rows: list[Row] = []
    answers: list[dict[str, Any]] = []
    sent_as: list[Any] = call.sent["recipients"]
    for position, (msg_id, outcome) in enumerate(zip(ids, batch.outcomes, strict=True)):
        if isinstance(outcome, tuple):
            rows.append((msg_id, *outcome))
            mobile = outcome[0] if was_clean else as_sent(sent_as[position])
            answers.append({"msg_id": str(msg_id), "mobile": mobile})
        else:
            mobile, params = as_sent(sent_as[position]), echoed_params(call, position)
            answers.append(refused_entry(outcome, mobile, params, msg_id))
    return rows, answers


def as_sent(entry: dict[str, Any]) -> str:
    """Give the number of an entry as it was sent, as text; empty if there was none."""
    mobile = entry.get("mobile")
    return mobile if isinstance(mobile, str) else "" if mobile is None else str(mobile)


def echoed_params(call: Call, position: int) -> dict[str, str] | None:
    """Give the values of an entry for its refusal; None if an answer has none to carry, or cannot."""
    params: dict[str, str] | None = call.body["recipients"][position].get("temp_para")
    if params is None or any(len(value) > _LONGEST_VALUE for value in params.values()):
        return None
    return params
