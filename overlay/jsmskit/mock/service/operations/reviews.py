"""What reviews of templates and signs have in common: who decides, and when."""

from __future__ import annotations

from typing import Final

from ...model.rule_catalog import Confidence, declare
from ...model.settings import Review
from ...state.timers import TimerKind
from ..components import Components

AUTOMATIC: Final = declare(
    "review.automatic",
    "Unless it is decided before, the clock decides a review: a template after 3 hours, a sign after 2 "
    "days (settings); refused are texts and remarks that hold 拒绝, approved all others.",
    Confidence.ASSUMED,
    "FAQ, console guide",
)
FIRST_SIGN: Final = declare(
    "sign.first-is-default",
    "The first sign that is approved becomes the default one; there is at most one.",
    Confidence.ASSUMED,
    "G9",
)
REASON: Final = "内容不规范"


class UnknownSubjectError(LookupError):
    """There is no such template, sign or application. The text says which."""


def schedule_review(components: Components, kind: TimerKind, ref: str, now: float, seconds: float) -> None:
    """Note when the clock decides a review, if it does at all. Inside a transaction only."""
    review = components.settings.review
    if review is not Review.MANUAL:
        components.state.timers.schedule(now if review is Review.AT_ONCE else now + seconds, kind, ref)


def review_result(components: Components, text: str, remark: str | None) -> tuple[bool, str | None]:
    """Decide as the clock does: approved or not, and why not."""
    for word in components.settings.review_refuses:
        if word in text or word in (remark or ""):
            return False, REASON
    return True, None
