"""Delivery reports and replies. What a pull reads is handed out once and then gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from jsms_api.api.reports import pull_replies, pull_reports

from .._calls import responses, strict_json
from .._calls.request import PreparedRequest, prepare
from .._calls.responses import InvalidResponse, ParsedResponse, as_list, as_object
from ..results.reports import Page, ReplyPage, ReportPage

PageT = TypeVar("PageT", bound=Page[Any])


def reports() -> PreparedRequest[ReportPage]:
    return prepare("pullReports", pull_reports.OPERATION.build(), _page(ReportPage, responses.delivery_report))


def replies() -> PreparedRequest[ReplyPage]:
    return prepare("pullReplies", pull_replies.OPERATION.build(), _page(ReplyPage, responses.reply))


def _page(kind: type[PageT], read: Callable[..., object]) -> Callable[[ParsedResponse], PageT]:
    """One bad record must not cost the others: they are handed out only once."""

    def parse(response: ParsedResponse) -> PageT:
        items = as_list(response.data)
        if items is None:
            raise InvalidResponse("It is not a list.")
        records: list[object] = []
        unreadable: list[object] = []
        for item in items:
            data = as_object(item)
            try:
                if data is None:
                    raise InvalidResponse("A record is not an object.")
                records.append(read(data, raw=strict_json.encode(data).decode()))
            except ValueError:
                unreadable.append(item)
        return kind(tuple(records), tuple(unreadable), raw=items)

    return parse
