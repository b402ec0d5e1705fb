"""Answers with delivery reports and replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from jsms_api.error_table import REPORT_STATUSES, ReportStatus

from .._answers import Answer, ShapeError, as_list, as_object
from .._times import from_millis, from_wire_time
from ..results.reports import PulledReply, PulledReport, ReplyPage, ReportPage
from . import fields

__all__ = ["reply_page", "report_page"]


T = TypeVar("T")


def _moment(data: Mapping[str, Any], name: str) -> datetime:
    """A time in milliseconds; text forms have been seen by another client library."""
    value = data.get(name)
    if isinstance(value, str) and not fields.DIGITS.fullmatch(value):
        return from_wire_time(value)
    return from_millis(fields.integer(data, name))


def _report(item: object) -> PulledReport:
    data = _record(item)
    status = fields.integer(data, "status")
    return PulledReport(
        fields.identifier(data, "msgId"),
        fields.phone(data.get("phone")),
        _moment(data, "receiveTime"),
        ReportStatus(status) if status in REPORT_STATUSES else status,
        raw=data,
    )


def _reply(item: object) -> PulledReply:
    data = _record(item)
    return PulledReply(
        fields.phone(data.get("phone")), _moment(data, "replyTime"), fields.text(data, "content"), raw=data
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
