"""Plans of the two pulls. What they read is handed out once and then gone."""

from __future__ import annotations

from jsms_api.api.reports import pull_replies as _pull_replies
from jsms_api.api.reports import pull_reports as _pull_reports

from .. import _readings
from .._drafts import Draft, draft
from ..results import ReplyPage, ReportPage

__all__ = ["replies", "reports"]


def reports() -> Draft[ReportPage]:
    """Delivery reports."""
    return draft("pullReports", _pull_reports.OPERATION.build(), _readings.report_page)


def replies() -> Draft[ReplyPage]:
    """What people sent back."""
    return draft("pullReplies", _pull_replies.OPERATION.build(), _readings.reply_page)
