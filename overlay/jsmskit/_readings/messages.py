"""Answers about messages and batches of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, Final

from .. import _strict_json
from .._answers import Answer, ShapeError, as_object
from ..results._unread import Unread
from ..results.messages import AcceptedMessage, AcceptedMessages, BatchResult, MessageReceipt, RejectedMessage
from . import fields
from .roll import Roll, entry_code, refused, undecided, wrong_counts
from .skimming import Skimmed

__all__ = ["batch_result", "message_receipt"]


_mobile: Final = itemgetter("mobile")
_msg_id: Final = itemgetter("msg_id")


def message_receipt(answer: Answer) -> MessageReceipt:
    """Of `POST /messages`, which sends its msg_id as a number."""
    data = fields.answered(answer)
    return MessageReceipt(fields.identifier(data, "msg_id"), raw=data)


def batch_result(asked: Sequence[str]) -> Callable[[Answer], BatchResult]:
    """Of `POST /messages/batch`. Entries are matched by number: the order of the answer is not promised."""

    def read(answer: Answer) -> BatchResult:
        if isinstance(answer.data, Skimmed):
            counts, phones, msg_ids, text = answer.data
            doubts = tuple(wrong_counts(counts, len(phones), 0))
            later = Unread(partial(_strict_json.loads, text))
            return BatchResult(AcceptedMessages(phones, msg_ids), (), (), doubts, raw=later)
        data = fields.answered(answer)
        entries = fields.items(data, "recipients")
        everybody = _all_taken(asked, entries)
        if everybody is not None:
            doubts = tuple(wrong_counts(data, len(everybody), 0))
            return BatchResult(everybody, (), (), doubts, raw=data)
        roll = Roll(asked)
        accepted: list[AcceptedMessage] = []
        rejected: list[RejectedMessage] = []
        unknown: list[str] = []
        for item in entries:
            entry = as_object(item)
            if entry is None:
                roll.unclear += 1
                continue
            phone = roll.take(entry.get("mobile"))
            if phone is None:
                continue
            code = entry_code(entry)
            if code is not None:
                if undecided(code):
                    unknown.append(phone)
                    roll.unclear += code == 0
                else:
                    rejected.append(refused(entry, phone, code))
                continue
            try:
                accepted.append(AcceptedMessage(phone, fields.identifier(entry, "msg_id")))
            except ShapeError:
                unknown.append(phone)
                roll.unclear += 1
        unknown += roll.missing()
        odd = roll.doubts() + wrong_counts(data, len(accepted), len(entries) - len(accepted))
        return BatchResult(
            AcceptedMessages.of(accepted), tuple(rejected), tuple(unknown), tuple(odd), raw=data
        )

    return read


def _all_taken(asked: Sequence[str], entries: Sequence[Any]) -> AcceptedMessages | None:
    """The quick way for what nearly all answers are: each number that was asked for, once, with an id, and
    nothing else. None for every other answer.
    """
    if not entries or len(entries) != len(asked):
        return None
    try:
        phones, ids = list(map(_mobile, entries)), list(map(_msg_id, entries))
        fields_in_all = sum(map(len, entries))
        are_ids = fields.are_identifiers(ids)
    except (KeyError, TypeError, IndexError):
        return None
    if not are_ids or fields_in_all != 2 * len(entries):
        return None
    if phones != list(asked) and (set(map(type, phones)) != {str} or sorted(phones) != sorted(asked)):
        return None
    return AcceptedMessages(phones, ids)
