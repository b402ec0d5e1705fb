"""Every switch of the mock in one place.

A default is the documented
behaviour where there is one; where there is none, the reading that the spec takes.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import Any, Final


class Review(enum.StrEnum):
    """Who decides about new templates and signs.

    MANUAL: a control call or the inbox page.
    AFTER_DELAY: the clock, when the documented time of a review has passed.
    AT_ONCE: approved (or refused, see `Settings.review_refuses`) within the call that made it.
    """

    MANUAL = "manual"
    AFTER_DELAY = "after-delay"
    AT_ONCE = "at-once"


@dataclass(frozen=True, slots=True)
class Settings:
    """How this mock behaves.

    Attributes:
        limits: the documented sending limits and the pause between pulls are enforced. Off: load tests.
        repeat_window_seconds: also refuse (50034) the same text to the same number within so many seconds of
            an earlier send. 0, the default: only within one batch, which is all that is documented.
        balance_interval_seconds: least time between two balance calls (50009 is listed for them without a
            number, C8). 0: no limit.
        review: who reviews templates and signs.
        template_review_seconds: of the clock, for AFTER_DELAY: about 3 working hours by the vendor's FAQ.
        sign_review_seconds: of the clock, for AFTER_DELAY: within two working days.
        review_refuses: an automatic review refuses a text, sign or remark that holds one of these.
        report_delay_seconds: of the clock, between sending and the delivery report.
        report_retention_days: how long reports and replies wait to be pulled: 3 by the pages, 7 by a newer
            SDK (C19); the kinder value is the default.
        strict_signs: demand the form of signs of 2025-09: all wanted parts, types 1, 3, 6 and 7 only. Off:
            the form of 2018, which all official SDKs send (C15 to C17).
        text_limit: characters of a whole text: 500 since 2021, 350 before (C10).
        remark_limit: characters of a template's remark: 100 since 2018, 500 before (C13).
        personal_account: marketing templates are refused (50025; G15).
        unsubscribe_hint: what the platform appends to marketing.
        max_body_bytes: of a JSON body. The service names no limit (G18).
        max_form_bytes: of a form with pictures: six of 2 MB and the texts.
        keep_messages: how many messages (and waiting reports) are kept; older ones are dropped, so that the
            mock does not grow without end. 0: keep all.
    """

    limits: bool = True
    repeat_window_seconds: float = 0
    balance_interval_seconds: float = 0
    review: Review = Review.AFTER_DELAY
    template_review_seconds: float = 3 * 3600
    sign_review_seconds: float = 2 * 86_400
    review_refuses: tuple[str, ...] = ("拒绝",)
    report_delay_seconds: float = 5
    report_retention_days: float = 7
    strict_signs: bool = False
    text_limit: int = 500
    remark_limit: int = 100
    personal_account: bool = False
    unsubscribe_hint: str = "回T退订"
    max_body_bytes: int = 1024 * 1024
    max_form_bytes: int = 13 * 1024 * 1024
    keep_messages: int = 10_000

    def with_changes(self, **changes: Any) -> Settings:
        """Return a copy with some switches changed; unknown names raise TypeError."""
        return replace(self, **changes)


DEFAULT_SETTINGS: Final = Settings()
