"""Delivery reports and replies. What a pull reads is handed out once and then gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from jsms_api.api.reports import pull_replies, pull_reports

from .._calls import responses, strict_json
from .._calls.request import PreparedRequest, prepare
from .._calls.responses import InvalidResponse, ParsedResponse, as_list, as_object
from ..results.reports import ReplyPage, ReportPage

T = TypeVar("T")


def reports() -> PreparedRequest[ReportPage]:
    """Delivery reports."""

    def parse(response: ParsedResponse) -> ReportPage:
        records, unreadable, raw = _records(response, responses.delivery_report)
        return ReportPage(records, unreadable, raw=raw)

    return prepare("pullReports", pull_reports.OPERATION.build(), parse)


def replies() -> PreparedRequest[ReplyPage]:
    """What recipients sent back."""

    def parse(response: ParsedResponse) -> ReplyPage:
        records, unreadable, raw = _records(response, responses.reply)
        return ReplyPage(records, unreadable, raw=raw)

    return prepare("pullReplies", pull_replies.OPERATION.build(), parse)


def _records(response: ParsedResponse, read: Callable[..., T]) -> tuple[tuple[T, ...], tuple[Any, ...], list[Any]]:
    """Return the records, what cannot be read as one, and everything as it came.

    One bad record must not cost the others: they are handed out only once.
    """
    items = as_list(response.data)
    if items is None:
        raise InvalidResponse("It is not a list.")
    records: list[T] = []
    unreadable: list[Any] = []
    for item in items:
        data = as_object(item)
        try:
            if data is None:
                raise InvalidResponse("A record is not an object.")
            records.append(read(data, raw=strict_json.encode(data).decode()))
        except ValueError:
            unreadable.append(item)
    return tuple(records), tuple(unreadable), items
