# Made from overlay/jsmskit/_async/reports.py by tools/unasync.py. Do not edit: change that file and run the tool.
"""Delivery reports and replies, pulled. What is read is gone at the service: keep it, or lose it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Generic, TypeVar, final

from jsms_api import limits

from .._calls.failures import LOGGER
from .._calls.request import PreparedRequest
from .._operations import reports as operations
from ..results.reports import DeliveryReport, Page, Reply, ReplyPage, ReportPage
from .executor import CallExecutor

T = TypeVar("T")
PageT = TypeVar("PageT", bound=Page[Any])

_INTERVAL: Final = float(limits.PULL_INTERVAL_SECONDS)


class _Pulls(Generic[PageT, T]):
    def __init__(self, executor: CallExecutor, prepare: Callable[[], PreparedRequest[PageT]]) -> None:
        self._executor = executor
        self._prepare = prepare

    def fetch(self) -> PageT:
        """Pull once. Retried only with proof that the request never arrived.

        Returns:
            Up to 500 records, and beside them what could not be read.

        Raises:
            RateLimitError: if the last pull was less than 5 seconds ago.
            JsmsError: otherwise; with an `outcome` of unknown, `records_at_risk` says how many records may be lost.
        """
        request = self._prepare()
        try:
            return self._executor.run(request)
        finally:
            self._executor.last_pulls[request.info.operation_id] = self._executor.clock()

    def iterate(self, *, follow: bool = False) -> Iterator[T]:
        """Pull until nothing is left, waiting 5 seconds between two pulls.

        Keep each record before asking for the next one. Records that cannot be read are counted in the log.

        Args:
            follow: go on pulling when nothing is left, for ever.

        Raises:
            JsmsError: as `fetch`. What was handed over before is good.
        """
        operation_id = self._prepare().info.operation_id
        while True:
            last = self._executor.last_pulls.get(operation_id)
            left = 0.0 if last is None else last + _INTERVAL - self._executor.clock()
            if left > 0:
                self._executor.sleep(left)
            page = self.fetch()
            if page.unreadable:
                LOGGER.warning(
                    "%s: %d records could not be read and were left out; fetch() hands them over",
                    operation_id,
                    len(page.unreadable),
                )
            for record in page.records:
                yield record
            if not page.raw and not follow:
                return


@final
class Reports(_Pulls[ReportPage, DeliveryReport]):
    """What became of messages; reached as `client.reports`.

    The service hands out each report once, up to 500 a pull, keeps them 3 days, and does not hand them out
    at all to an application that has set up a callback for them. Two pulls must be 5 seconds apart.
    """

    def __init__(self, executor: CallExecutor) -> None:
        super().__init__(executor, operations.reports)


@final
class Replies(_Pulls[ReplyPage, Reply]):
    """What recipients sent back; reached as `client.replies`. The rules are those of `client.reports`."""

    def __init__(self, executor: CallExecutor) -> None:
        super().__init__(executor, operations.replies)
