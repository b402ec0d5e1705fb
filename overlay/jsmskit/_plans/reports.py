"""Plans of the two pulls. What they read is handed out once and then gone."""

from __future__ import annotations

from jsms_api.api.reports import pull_replies as _pull_replies
from jsms_api.api.reports import pull_reports as _pull_reports

from .._drafts import Draft, draft
from .._readings.reports import reply_page, report_page
from ..results.reports import ReplyPage, ReportPage

__all__ = ["replies", "reports"]


def reports() -> Draft[ReportPage]:
    """Delivery reports."""
    return draft("pullReports", _pull_reports.OPERATION.build(), report_page)


def replies() -> Draft[ReplyPage]:
    """What people sent back."""
    return draft("pullReplies", _pull_replies.OPERATION.build(), reply_page)
