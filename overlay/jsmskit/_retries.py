"""When a request is made again, and after how long: the policy, the budget, one pure decision.

Knows: tries, waits, the budget. Must not know: what ended the exchange (that is `_outcomes`), clocks,
sleeping.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn, final

from jsms_api.operations import Effect

from ._outcomes import Repeat, Verdict
from .errors import ConfigurationError, Outcome

__all__ = ["RetryBudget", "RetryPolicy", "delay_before_repeat"]

_MOST_ATTEMPTS: Final = 10
_MANY: Final = 1_000_000
_LONGEST_DELAY: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How requests that certainly did not arrive are repeated. Nothing else is repeated unless you ask per
    call.

    Attributes:
        max_attempts: tries in all, 1 to 10; 1 means that nothing is repeated.
        base_delay: seconds; the wait before try n is drawn from 0 to base_delay * 2 ** (n - 2) (full jitter).
        max_delay: seconds; no wait is longer.
        budget: tokens of one client. A repeat costs `repeat_cost`, a call that succeeds brings one back.
            When a service is down, the budget soon ends the repeats of the whole client.
        repeat_cost: tokens that one repeat costs.
        strict: treat a request that was cut off before its end as possibly carried out.
    """

    max_attempts: int = 3
    base_delay: float = 0.2
    max_delay: float = 5.0
    budget: int = 100
    repeat_cost: int = 5
    strict: bool = False

    def __post_init__(self) -> None:
        _check_count("max_attempts", self.max_attempts, 1, _MOST_ATTEMPTS)
        _check_count("budget", self.budget, 0, _MANY)
        _check_count("repeat_cost", self.repeat_cost, 0, _MANY)
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
    """The tokens of one client; shared by its threads, tasks and views."""

    __slots__ = ("_lock", "_tokens")

    def __init__(self, tokens: int) -> None:
        self._lock = threading.Lock()
        self._tokens = tokens

    @property
    def tokens(self) -> int:
        """What is left."""
        return self._tokens

    def spend(self, cost: int) -> bool:
        """Take the cost of a repeat; False, and nothing taken, if there is not enough."""
        with self._lock:
            if self._tokens < cost:
                return False
            self._tokens -= cost
            return True

    def give_back(self, limit: int) -> None:
        """One token for a call that succeeded, up to the policy's budget."""
        if (
            self._tokens >= limit
        ):  # the usual case, decided without the lock; a lost token more or less is no harm
            return
        with self._lock:
            self._tokens = min(limit, self._tokens + 1)


def delay_before_repeat(
    verdict: Verdict,
    *,
    effect: Effect,
    attempt: int,
    policy: RetryPolicy,
    allow_duplicate: bool,
    random: Callable[[], float],
) -> float | None:
    """Seconds to wait before the next try; None if the request must not be made again.

    `attempt` is the number of the try that ended, 1 for the first. The budget and the deadline are the
    caller's to ask.
    """
    if attempt >= policy.max_attempts:
        return None
    # What was probably accepted is not repeated for any word: the second one would be a duplicate for sure.
    doubtful = verdict.outcome is Outcome.UNKNOWN and verdict.likely is None
    asked_for = allow_duplicate and effect is Effect.SEND and doubtful
    if verdict.repeat is Repeat.NEVER and not asked_for:
        return None
    if verdict.repeat is Repeat.ONCE and attempt > 1 and not asked_for:
        return None
    ceiling = min(policy.max_delay, policy.base_delay * 2.0 ** (attempt - 1))
    return ceiling * random()
