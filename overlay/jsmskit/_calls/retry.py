"""When a request is made again, and after how long: the policy, the budget, one pure decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn, final

from jsms_api.operations import Effect

from ..errors import ConfigurationError, Outcome
from .classification import Assessment, Retry

_MOST_ATTEMPTS: Final = 10
_MANY: Final = 1_000_000
_LONGEST_DELAY: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How requests that certainly did not arrive are retried. Nothing else is, unless you ask for it per call.

    Attributes:
        max_attempts: attempts in all, 1 to 10; 1 means no retries.
        base_delay: seconds; the wait before attempt n is drawn from 0 to base_delay * 2 ** (n - 2) (full jitter).
        max_delay: seconds; no wait is longer.
        budget: tokens of one client. A retry costs `retry_cost`, a call that succeeds brings one back.
            When a service is down, the budget soon ends the retries of the whole client.
        retry_cost: tokens that one retry costs.
        strict: treat a request that was cut off before its end as possibly carried out.
    """

    max_attempts: int = 3
    base_delay: float = 0.2
    max_delay: float = 5.0
    budget: int = 100
    retry_cost: int = 5
    strict: bool = False

    def __post_init__(self) -> None:
        _check_count("max_attempts", self.max_attempts, 1, _MOST_ATTEMPTS)
        _check_count("budget", self.budget, 0, _MANY)
        _check_count("retry_cost", self.retry_cost, 0, _MANY)
        _check_seconds("max_delay", self.max_delay, _LONGEST_DELAY)
        _check_seconds("base_delay", self.base_delay, self.max_delay)
        if not isinstance(self.strict, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            _refuse("strict", "be True or False")


def _check_count(name: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        _refuse(name, f"be a whole number from {least} to {most}")


def _check_seconds(name: str, value: object, most: float) -> None:
    # Written so that NaN, which compares with nothing, is refused.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        _refuse(name, f"be a number of seconds from 0 to {most:g}")


def _refuse(name: str, rule: str) -> NoReturn:
    raise ConfigurationError(f"{name} of the retry policy must {rule}.", field=f"retry.{name}")


@final
class RetryBudget:
    """The tokens of one client; shared by its threads, tasks and copies.

    Without a lock, which a fork could leave held in the child: two threads at the same moment may count one token too
    many or too few, and that does no harm.
    """

    __slots__ = ("tokens",)

    def __init__(self, tokens: int) -> None:
        self.tokens = tokens

    def withdraw(self, cost: int) -> bool:
        """Take the cost of a retry; False, and nothing taken, if there is not enough."""
        if self.tokens < cost:
            return False
        self.tokens -= cost
        return True

    def deposit(self, limit: int) -> None:
        """Add a token for a call that succeeded, up to the policy's budget."""
        if self.tokens < limit:
            self.tokens += 1


def retry_delay(
    assessment: Assessment,
    *,
    effect: Effect,
    attempt: int,
    policy: RetryPolicy,
    allow_duplicate: bool,
    random: Callable[[], float],
) -> float | None:
    """Return the seconds to wait before the next attempt; None if the request must not be made again.

    `attempt` is the number of the attempt that ended, 1 for the first. Budget and deadline are the caller's to ask.
    """
    if attempt >= policy.max_attempts:
        return None
    # What was probably accepted is never sent again: the second one would be a duplicate for sure.
    is_doubtful = assessment.outcome is Outcome.UNKNOWN and assessment.presumed_outcome is None
    asked_for = allow_duplicate and effect is Effect.SEND and is_doubtful
    if assessment.retry is Retry.NEVER and not asked_for:
        return None
    if assessment.retry is Retry.ONCE and attempt > 1 and not asked_for:
        return None
    ceiling = min(policy.max_delay, policy.base_delay * 2.0 ** (attempt - 1))
    return ceiling * random()
