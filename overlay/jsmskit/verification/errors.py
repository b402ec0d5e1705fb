"""What `start` and `check` raise: too many requests, and a store that cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from jsmskit.errors import JsmsError, Outcome, RateLimitError

if TYPE_CHECKING:
    from .policy import Limit
    from .results import Advice


class TooManyRequestsError(RateLimitError):
    """A limit of the policy is reached. Nothing was sent, and nothing was counted.

    Attributes:
        limit: the limit that keeps the user waiting longest.
        retry_after: whole seconds until every limit lets one more through.
        advice: what to tell the user, in English and Chinese.
        voice_offered: a voice call is worth offering (`Policy.voice_after`). It has limits of its own, so `start` may
            refuse it as well.
    """

    _doc_page = "reference/verification.md#jsmskit.verification."

    _default_outcome = Outcome.NOT_SENT
    _default_remedy: ClassVar[str] = "Show the user `advice`, and set the header Retry-After to `retry_after`."
    _default_remedy_zh: ClassVar[str] = "请向用户显示 advice，并在响应头 Retry-After 中返回 retry_after。"

    def __init__(self, limit: Limit, retry_after: int, advice: Advice, *, voice_offered: bool = False) -> None:
        super().__init__(
            f"The limit {limit.value} is reached; wait {retry_after} s.",
            outcome=Outcome.NOT_SENT,
            retry_after=retry_after,
        )
        self.limit = limit
        self.advice = advice
        self.voice_offered = voice_offered


class VerificationStoreError(JsmsError):
    """The store did not answer. No text is sent and no code is accepted without it.

    `outcome` is `unknown` if the store failed after the service was asked: a text may be on its way that cannot be
    checked, or a code was used up.
    """

    _doc_page = "reference/verification.md#jsmskit.verification."

    _default_remedy: ClassVar[str] = "Check that the store runs and can be reached, then ask the user to try again."
    _default_remedy_zh: ClassVar[str] = "请检查存储服务是否可用，然后请用户重试。"
