"""Makes results from decoded answers: one function for each kind of answer.

Knows the names of the service's fields and what it has been seen to send (ids as numbers or text, codes as
text in batches, times in three notations). Must not know requests. Everything is checked, because the
generated models check nothing; what does not fit raises `ShapeError`, whose text names the field, never its
content.

Long, because there is a small function for each kind of answer, and they share the readers of fields.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar, cast

from jsms_api.error_table import ERRORS, REPORT_STATUSES, ErrorCategory, ErrorCode, ReportStatus

from ._answers import Answer, ShapeError, as_code, as_list, as_object
from ._phones import normalise_phone
from ._refusal import InputRefusedError
from ._times import from_millis, from_wire_time
from .results import (
    AcceptedMessage,
    Balance,
    BatchResult,
    CodeReceipt,
    MessageReceipt,
    PulledReply,
    PulledReport,
    RejectedMessage,
    ReplyPage,
    ReportPage,
    ReviewStatus,
    Schedule,
    ScheduleBatchResult,
    ScheduledMessage,
    ScheduleReceipt,
    Sign,
    SignReceipt,
    Template,
    TemplateReceipt,
    Verification,
    VerificationReason,
)

T = TypeVar("T")

# Wider than the spec by the underscore: an id that the service itself gave must never be refused.
_IDENTIFIER: Final = re.compile("[0-9A-Za-z_-]{1,64}")
# The constructor of a named tuple costs three times as much.
_new: Final = cast("Any", tuple.__new__)  # pyright: ignore[reportUnknownMemberType]
_DIGITS: Final = re.compile("[0-9]{1,18}")


def _object(answer: Answer) -> Mapping[str, Any]:
    data = as_object(answer.data)
    if data is None:
        raise ShapeError("It is no JSON object.")
    return data


def _list(data: Mapping[str, Any], name: str) -> list[Any]:
    value = as_list(data.get(name))
    if value is None:
        raise ShapeError(f"{name} is missing or no list.")
    return value


def _identifier(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _IDENTIFIER.fullmatch(text):
        raise ShapeError(f"{name} is missing or no id.")
    return text


def _integer(data: Mapping[str, Any], name: str) -> int:
    value = data.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    raise ShapeError(f"{name} is missing or no whole number.")


def _optional_integer(data: Mapping[str, Any], name: str) -> int | None:
    return None if data.get(name) is None else _integer(data, name)


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str):
        raise ShapeError(f"{name} is missing or no text.")
    return value


def _optional_text(data: Mapping[str, Any], name: str) -> str | None:
    return None if data.get(name) is None else _text(data, name)


def _flag(data: Mapping[str, Any], name: str) -> bool:
    value = data.get(name, 0)
    if isinstance(value, bool):
        return value
    return _integer({name: 0 if value is None else value}, name) == 1


def _params(value: object) -> dict[str, str]:
    """Values of variables as the service sends them back; what is no text is given as text."""
    given = as_object(value) or {}
    return {name: item if isinstance(item, str) else str(item) for name, item in given.items()}


def _phone(value: object) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        raise ShapeError("a phone number is missing or no text.")
    try:
        return normalise_phone(text)
    except InputRefusedError:
        # What it says is kept as it is: it is the service's word, and may be of another country.
        return text


def code_receipt(answer: Answer) -> CodeReceipt:
    """Of `POST /codes` and `POST /voice_codes`."""
    data = _object(answer)
    return CodeReceipt(_identifier(data, "msg_id"), raw=data)


def message_receipt(answer: Answer) -> MessageReceipt:
    """Of `POST /messages`, which sends its msg_id as a number."""
    data = _object(answer)
    return MessageReceipt(_identifier(data, "msg_id"), raw=data)


_REASONS: Final = {
    ErrorCode.INVALID_CODE: VerificationReason.WRONG,
    ErrorCode.EXPIRED_CODE: VerificationReason.EXPIRED,
    ErrorCode.VERIFIED_CODE: VerificationReason.USED,
    ErrorCode.WRONG_MSG_ID: VerificationReason.UNKNOWN_MESSAGE,
    ErrorCode.MISSING_CODE: VerificationReason.MISSING,
}
VERDICTS: Final = frozenset(int(code) for code in _REASONS)
"""The codes that are verdicts on what somebody typed."""


def refused_verification(code: int | None, raw: Mapping[str, Any]) -> Verification:
    """A verdict that is not positive."""
    known = code if code in VERDICTS else None
    reason = VerificationReason.OTHER if known is None else _REASONS[ErrorCode(known)]
    return Verification(False, reason, code, raw=raw)


def verification(answer: Answer) -> Verification:
    """Of `POST /codes/{msg_id}/valid`: right only if the status, the verdict and the absence of an error
    agree.

    Whether a refusal comes with 403 or 200 is a doubt of the sources (C2); both are read.
    """
    data = _object(answer)
    if answer.code in VERDICTS:
        return refused_verification(answer.code, data)
    verdict = data.get("is_valid")
    if verdict is False:
        return refused_verification(answer.code, data)
    if verdict is not True:
        raise ShapeError("is_valid is missing or neither true nor false.")
    if "error" in data and answer.code != ErrorCode.SUCCESS:
        raise ShapeError("is_valid is true, but an error stands beside it.")
    return Verification(True, raw=data)


class _Roll:
    """Who was asked for, and who has been accounted for."""

    def __init__(self, asked: Sequence[str]) -> None:
        self.waiting = Counter(asked)
        self.strangers = 0
        self.unclear = 0

    def take(self, value: object) -> str | None:
        """The number of an entry if it was asked for; None, and a note, if not."""
        phone = value if isinstance(value, str) and value in self.waiting else None
        if phone is None:
            try:
                phone = _phone(value)
            except ShapeError:
                phone = ""
        if self.waiting[phone] <= 0:
            self.strangers += 1
            return None
        self.waiting[phone] -= 1
        return phone

    def missing(self) -> list[str]:
        return list(self.waiting.elements())

    def doubts(self) -> list[str]:
        told: list[str] = []
        if self.strangers:
            told.append(f"{self.strangers} entries are for numbers that were not asked for")
        if self.unclear:
            told.append(f"{self.unclear} entries cannot be read")
        return told


def _entry_code(entry: Mapping[str, Any]) -> int | None:
    """The code of a batch entry; None if it was taken, 0 if it cannot be read."""
    if entry.get("error_code") is None:
        return None
    code = as_code(entry["error_code"])
    if code is None:
        return 0
    return None if code == ErrorCode.SUCCESS else code


def _undecided(code: int) -> bool:
    info = ERRORS.get(code)
    return code == 0 or (info is not None and info.category is ErrorCategory.SERVER)


def _rejected(entry: Mapping[str, Any], phone: str, code: int) -> RejectedMessage:
    try:
        msg_id: str | None = _identifier(entry, "msg_id")
    except ShapeError:
        msg_id = None
    return RejectedMessage(phone, code, msg_id, _params(entry.get("temp_para")))


def batch_result(asked: Sequence[str]) -> Callable[[Answer], BatchResult]:
    """Of `POST /messages/batch`. Entries are matched by number: the order of the answer is not promised."""

    def read(answer: Answer) -> BatchResult:
        data = _object(answer)
        entries = _list(data, "recipients")
        taken = _all_taken(asked, entries)
        if taken is not None:
            return BatchResult(taken, (), (), tuple(_wrong_counts(data, len(taken), 0)), raw=data)
        roll = _Roll(asked)
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
            code = _entry_code(entry)
            if code is not None:
                if _undecided(code):
                    unknown.append(phone)
                    roll.unclear += code == 0
                else:
                    rejected.append(_rejected(entry, phone, code))
                continue
            try:
                accepted.append(AcceptedMessage(phone, _identifier(entry, "msg_id")))
            except ShapeError:
                unknown.append(phone)
                roll.unclear += 1
        unknown += roll.missing()
        doubts = roll.doubts() + _wrong_counts(data, len(accepted), len(entries) - len(accepted))
        return BatchResult(tuple(accepted), tuple(rejected), tuple(unknown), tuple(doubts), raw=data)

    return read


def _all_taken(asked: Sequence[str], entries: Sequence[Any]) -> tuple[AcceptedMessage, ...] | None:
    """The quick way for what nearly all answers are: each number that was asked for, once, with an id, and
    nothing else. None for every other answer.
    """
    if len(entries) != len(asked) or set(map(type, entries)) != {dict} or set(map(len, entries)) != {2}:
        return None
    try:
        phones = [entry["mobile"] for entry in entries]
        ids = [entry["msg_id"] for entry in entries]
    except KeyError:
        return None
    if set(map(type, phones)) != {str} or set(map(type, ids)) != {str}:
        return None
    if phones != list(asked) and sorted(phones) != sorted(asked):
        return None
    if not all(map(_IDENTIFIER.fullmatch, ids)):
        return None
    return tuple([_new(AcceptedMessage, pair) for pair in zip(phones, ids, strict=True)])


def _wrong_counts(data: Mapping[str, Any], succeeded: int, failed: int) -> list[str]:
    try:
        told = _integer(data, "success_count"), _integer(data, "failure_count")
    except ShapeError:
        return ["the counts are missing or cannot be read"]
    if told == (succeeded, failed):
        return []
    return [f"it counts {told[0]} accepted and {told[1]} failed, and lists {succeeded} and {failed}"]


def schedule_receipt(answer: Answer) -> ScheduleReceipt:
    """Of `POST /schedule` and `PUT /schedule/{schedule_id}`."""
    data = _object(answer)
    return ScheduleReceipt(_identifier(data, "schedule_id"), raw=data)


def schedule_batch_result(asked: Sequence[str]) -> Callable[[Answer], ScheduleBatchResult]:
    """Of `POST` and `PUT /schedule/batch`, which list the refused entries only."""

    def read(answer: Answer) -> ScheduleBatchResult:
        data = _object(answer)
        schedule_id = _identifier(data, "schedule_id")
        # With no failures the list may be empty or missing: no source says.
        entries = [] if data.get("failure_recipients") is None else _list(data, "failure_recipients")
        roll = _Roll(asked)
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
            code = _entry_code(entry)
            if code is None or _undecided(code):
                unknown.append(phone)
            else:
                rejected.append(_rejected(entry, phone, code))
        rest = roll.missing()
        wrong = _wrong_counts(data, len(asked) - len(entries), len(entries))
        if wrong:
            # More may have failed than are listed, and nobody can say which.
            unknown, rest = unknown + rest, []
        doubts = tuple(roll.doubts() + wrong)
        return ScheduleBatchResult(
            schedule_id, tuple(rest), tuple(rejected), tuple(unknown), doubts, raw=data
        )

    return read


def _scheduled(item: object) -> ScheduledMessage:
    entry = as_object(item)
    if entry is None:
        raise ShapeError("recipients is no list of objects.")
    return ScheduledMessage(
        _phone(entry.get("mobile")),
        None if entry.get("msg_id") is None else _identifier(entry, "msg_id"),
        _params(entry.get("temp_para")),
    )


def schedule(answer: Answer) -> Schedule:
    """Of `GET /schedule/{schedule_id}`."""
    data = _object(answer)
    recipients = tuple(_scheduled(entry) for entry in _list(data, "recipients"))
    return Schedule(
        _identifier(data, "schedule_id"),
        from_wire_time(_text(data, "send_time")),
        _integer(data, "temp_id"),
        recipients,
        raw=data,
    )


def _review_status(data: Mapping[str, Any]) -> ReviewStatus | int:
    status = _integer(data, "status")
    return ReviewStatus(status) if status in ReviewStatus.__members__.values() else status


def template_receipt(answer: Answer) -> TemplateReceipt:
    """Of `POST /templates` and `PUT /templates/{temp_id}`."""
    data = _object(answer)
    return TemplateReceipt(_integer(data, "temp_id"), raw=data)


def template(answer: Answer) -> Template:
    """Of `GET /templates/{temp_id}`. What `ttl` and `remark` are when never given is not documented."""
    data = _object(answer)
    return Template(
        _integer(data, "temp_id"),
        _text(data, "template"),
        _integer(data, "type"),
        _review_status(data),
        _optional_integer(data, "ttl"),
        _optional_text(data, "remark"),
        raw=data,
    )


def sign_receipt(answer: Answer) -> SignReceipt:
    """Of `POST /sign` and `POST /sign/{sign_id}`."""
    data = _object(answer)
    return SignReceipt(_integer(data, "sign_id"), raw=data)


def sign(answer: Answer) -> Sign:
    """Of `GET /sign/{sign_id}`. The older revision has no `is_default`."""
    data = _object(answer)
    return Sign(
        _integer(data, "sign_id"),
        _text(data, "sign"),
        _review_status(data),
        _flag(data, "is_default"),
        _flag(data, "use_status"),
        raw=data,
    )


def nothing(answer: Answer) -> None:
    """Of the three deletions: an empty body."""


def balance(prefix: str) -> Callable[[Answer], Balance]:
    """Of `GET /accounts/app` and `GET /accounts/dev`."""

    def read(answer: Answer) -> Balance:
        data = _object(answer)
        if answer.code == ErrorCode.APP_QUOTA_NOT_ASSIGNED:
            return Balance(None, raw=data)
        if f"{prefix}_balance" not in data:
            raise ShapeError(f"{prefix}_balance is missing.")
        general, voice, industry, market = (
            _optional_integer(data, f"{prefix}_{kind}") for kind in ("balance", "voice", "industry", "market")
        )
        return Balance(general, voice, industry, market, raw=data)

    return read


def _moment(data: Mapping[str, Any], name: str) -> datetime:
    """A time in milliseconds; text forms have been seen by another client library."""
    value = data.get(name)
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        return from_wire_time(value)
    return from_millis(_integer(data, name))


def _report(item: object) -> PulledReport:
    data = _record(item)
    status = _integer(data, "status")
    return PulledReport(
        _identifier(data, "msgId"),
        _phone(data.get("phone")),
        _moment(data, "receiveTime"),
        ReportStatus(status) if status in REPORT_STATUSES else status,
        raw=data,
    )


def _reply(item: object) -> PulledReply:
    data = _record(item)
    return PulledReply(
        _phone(data.get("phone")), _moment(data, "replyTime"), _text(data, "content"), raw=data
    )


def _record(item: object) -> Mapping[str, Any]:
    data = as_object(item)
    if data is None:
        raise ShapeError("A record is no object.")
    return data


def _sorted_out(answer: Answer, read_one: Callable[[object], T]) -> tuple[list[T], list[Any], list[Any]]:
    """The records, what cannot be read as one, and everything as it came."""
    items = as_list(answer.data)
    if items is None:
        raise ShapeError("It is no list.")
    good: list[T] = []
    bad: list[Any] = []
    for item in items:
        try:
            good.append(read_one(item))
        except ValueError:
            bad.append(item)
    return good, bad, items


def report_page(answer: Answer) -> ReportPage:
    """Of `GET /report`. One bad record must not cost the others: they are handed out only once."""
    good, bad, raw = _sorted_out(answer, _report)
    return ReportPage(tuple(good), tuple(bad), raw=raw)


def reply_page(answer: Answer) -> ReplyPage:
    """Of `GET /reply`."""
    good, bad, raw = _sorted_out(answer, _reply)
    return ReplyPage(tuple(good), tuple(bad), raw=raw)
