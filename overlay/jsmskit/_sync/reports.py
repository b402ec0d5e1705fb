# Made from overlay/jsmskit/_async/reports.py by tools/unasync.py. Do not edit: change that file and run the tool.
"""Delivery reports and replies, pulled. What is read is gone at the service: keep it, or lose it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, final

from jsms_api import limits

from .._journal import LOGGER
from .._plans import reports as plans
from ..results.reports import PulledReply, PulledReport, ReplyPage, ReportPage
from .pipeline import Pipeline

__all__ = ["Replies", "Reports"]

_REPORTS: Final = "pullReports"
_REPLIES: Final = "pullReplies"
_INTERVAL: Final = float(limits.PULL_INTERVAL_SECONDS)


def _tell_unreadable(operation: str, count: int) -> None:
    if count:
        LOGGER.warning(
            "%s: %d records could not be read and were left out; fetch() hands them over", operation, count
        )


@final
class Reports:
    """What became of messages; reached as `client.reports`.

    The service hands out each report once, up to 500 a pull, keeps them 3 days, and does not hand them out
    at all to an application that has set up a callback for them. Two pulls must be 5 seconds apart.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def fetch(self) -> ReportPage:
        """Pull once. Repeated only with proof that the request never arrived.

        Returns:
            Up to 500 reports, and beside them what could not be read.

        Raises:
            RateLimitError: if the last pull was less than 5 seconds ago.
            JsmsError: otherwise; with an `outcome` of unknown, `records_at_risk` says how many reports may
                be lost.
        """
        try:
            return self._pipeline.run(plans.reports())
        finally:
            self._pipeline.note_pull(_REPORTS)

    def iterate(self, *, follow: bool = False) -> Iterator[PulledReport]:
        """Pull until nothing is left, waiting 5 seconds between two pulls.

        Keep each report before asking for the next one. Records that cannot be read are counted in the log.

        Args:
            follow: go on pulling when nothing is left, for ever.

        Raises:
            JsmsError: as `fetch`. What was handed over before is good.
        """
        while True:
            self._pipeline.keep_interval(_REPORTS, _INTERVAL)
            page = self.fetch()
            _tell_unreadable(_REPORTS, len(page.unreadable))
            for record in page:
                yield record
            if not page.raw and not follow:
                return


@final
class Replies:
    """What people sent back; reached as `client.replies`. The rules are those of `client.reports`."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def fetch(self) -> ReplyPage:
        """Pull once. Repeated only with proof that the request never arrived.

        Returns:
            Up to 500 replies, and beside them what could not be read.

        Raises:
            RateLimitError: if the last pull was less than 5 seconds ago.
            JsmsError: otherwise; with an `outcome` of unknown, `records_at_risk` says how many replies may
                be lost.
        """
        try:
            return self._pipeline.run(plans.replies())
        finally:
            self._pipeline.note_pull(_REPLIES)

    def iterate(self, *, follow: bool = False) -> Iterator[PulledReply]:
        """Pull until nothing is left, waiting 5 seconds between two pulls.

        Keep each reply before asking for the next one. Records that cannot be read are counted in the log.

        Args:
            follow: go on pulling when nothing is left, for ever.

        Raises:
            JsmsError: as `fetch`. What was handed over before is good.
        """
        while True:
            self._pipeline.keep_interval(_REPLIES, _INTERVAL)
            page = self.fetch()
            _tell_unreadable(_REPLIES, len(page.unreadable))
            for record in page:
                yield record
            if not page.raw and not follow:
                return
