"""Answers about timed messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .._answers import Answer, ShapeError, as_object
from .._times import from_wire_time
from ..results.messages import RejectedMessage
from ..results.schedules import Schedule, ScheduleBatchResult, ScheduledMessage, ScheduleReceipt
from . import fields
from .roll import Roll, entry_code, refused, undecided, wrong_counts

__all__ = ["schedule", "schedule_batch_result", "schedule_receipt"]


def schedule_receipt(answer: Answer) -> ScheduleReceipt:
    """Of `POST /schedule` and `PUT /schedule/{schedule_id}`."""
    data = fields.answered(answer)
    return ScheduleReceipt(fields.identifier(data, "schedule_id"), raw=data)


def schedule_batch_result(asked: Sequence[str]) -> Callable[[Answer], ScheduleBatchResult]:
    """Of `POST` and `PUT /schedule/batch`, which list the refused entries only."""

    def read(answer: Answer) -> ScheduleBatchResult:
        data = fields.answered(answer)
        schedule_id = fields.identifier(data, "schedule_id")
        # With no failures the list may be empty or missing: no source says.
        entries = [] if data.get("failure_recipients") is None else fields.items(data, "failure_recipients")
        roll = Roll(asked)
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
            if code is None or undecided(code):
                unknown.append(phone)
            else:
                rejected.append(refused(entry, phone, code))
        rest = roll.missing()
        wrong = wrong_counts(data, len(asked) - len(entries), len(entries))
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
        fields.phone(entry.get("mobile")),
        None if entry.get("msg_id") is None else fields.identifier(entry, "msg_id"),
        fields.params(entry.get("temp_para")),
    )


def schedule(answer: Answer) -> Schedule:
    """Of `GET /schedule/{schedule_id}`."""
    data = fields.answered(answer)
    recipients = tuple(_scheduled(entry) for entry in fields.items(data, "recipients"))
    return Schedule(
        fields.identifier(data, "schedule_id"),
        from_wire_time(fields.text(data, "send_time")),
        fields.integer(data, "temp_id"),
        recipients,
        raw=data,
    )
