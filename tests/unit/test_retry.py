"""When a request is sent again: at most three times, with jitter, within a budget, and only if nothing was done."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsms_api.operations import Effect
from jsmskit import ConfigurationError, RetryPolicy
from jsmskit._calls.classification import AttemptStatus, Retry, RetryBudget, assess, retry_delay
from jsmskit.errors import Outcome

POLICY = RetryPolicy()


def delay(effect: Effect, status: AttemptStatus, attempt: int = 1, **options: object) -> float | None:
    asked = {"policy": POLICY, "allow_duplicate": False, "random": lambda: 1.0, **options}
    return retry_delay(effect, status, attempt=attempt, **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("attempt", [1, 2, 3, 4])
def test_the_decision_follows_the_table(attempt: int) -> None:
    """Every row, at every attempt: never after the third, once means after the first only."""
    for effect, status in itertools.product(Effect, AttemptStatus):
        again = delay(effect, status, attempt) is not None
        retry = assess(effect, status).retry
        once = retry is Retry.ONCE and attempt == 1
        assert again == (attempt < 3 and (retry is Retry.ALWAYS or once)), (effect, status)


@pytest.mark.parametrize("effect", Effect)
def test_only_a_send_with_an_unknown_outcome_is_repeated_because_the_caller_asks(effect: Effect) -> None:
    """What was refused stays refused, what was probably accepted would be a duplicate for sure, and what changes or
    reads away is not repeated for any word.
    """
    for status in AttemptStatus:
        asked = delay(effect, status, allow_duplicate=True) is not None
        unasked = delay(effect, status) is not None
        may_be_a_duplicate = (
            effect is Effect.SEND and status.outcome is Outcome.UNKNOWN and status.presumed_outcome != "accepted"
        )
        assert asked == (unasked or may_be_a_duplicate), status


@given(attempt=st.integers(1, 9), drawn=st.floats(0, 1))
def test_waits_are_drawn_from_nothing_to_a_doubling_ceiling(attempt: int, drawn: float) -> None:
    """Full jitter: clients that failed together do not come back together."""
    policy = RetryPolicy(max_attempts=10)
    waited = delay(Effect.NONE, AttemptStatus.UNREACHABLE, attempt, policy=policy, random=lambda: drawn)
    assert waited is not None
    assert waited == pytest.approx(drawn * min(5.0, 0.2 * 2 ** (attempt - 1)))


def test_a_budget_pays_for_repeats_and_is_filled_by_successes() -> None:
    """A token for each success, up to the limit; a repeat that it cannot pay for takes nothing."""
    budget = RetryBudget(10)
    assert [budget.withdraw(5) for _ in range(3)] == [True, True, False]
    for _ in range(4):
        budget.deposit(limit=6)
    assert (budget.tokens, budget.withdraw(5)) == (4, False)
    for _ in range(4):
        budget.deposit(limit=6)
    assert (budget.tokens, budget.withdraw(5), budget.tokens) == (6, True, 1)


def test_the_policy_of_who_sets_none() -> None:
    """Three tries, a fifth of a second doubling up to five, 20 repeats in a row."""
    policy = RetryPolicy()
    assert (policy.max_attempts, policy.base_delay, policy.max_delay) == (3, 0.2, 5.0)
    assert (policy.budget, policy.retry_cost, policy.strict) == (100, 5, False)


@pytest.mark.parametrize(
    "edge",
    [
        {"max_attempts": 1},
        {"max_attempts": 10},
        {"budget": 0},
        {"budget": 1_000_000},
        {"retry_cost": 0},
        {"retry_cost": 1_000_000},
        {"base_delay": 0, "max_delay": 0},
        {"base_delay": 3600, "max_delay": 3600.0},
        {"strict": True},
    ],
)
def test_the_edges_of_a_policy_are_taken(edge: dict[str, object]) -> None:
    """The bounds are those that the docstring names, themselves included."""
    policy = RetryPolicy(**edge)  # type: ignore[arg-type]
    assert all(getattr(policy, name) == value for name, value in edge.items())


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"max_attempts": 0}, "be a whole number from 1 to 10"),
        ({"max_attempts": 11}, "be a whole number from 1 to 10"),
        ({"max_attempts": True}, "be a whole number from 1 to 10"),
        ({"max_attempts": "3"}, "be a whole number from 1 to 10"),
        ({"max_attempts": 2.0}, "be a whole number from 1 to 10"),
        ({"budget": -1}, "be a whole number from 0 to 1000000"),
        ({"budget": 1_000_001}, "be a whole number from 0 to 1000000"),
        ({"retry_cost": -1}, "be a whole number from 0 to 1000000"),
        ({"retry_cost": 1_000_001}, "be a whole number from 0 to 1000000"),
        ({"max_delay": -0.1}, "be a number of seconds from 0 to 3600"),
        ({"max_delay": 3600.1}, "be a number of seconds from 0 to 3600"),
        ({"max_delay": float("inf")}, "be a number of seconds from 0 to 3600"),
        ({"max_delay": None}, "be a number of seconds from 0 to 3600"),
        ({"max_delay": True}, "be a number of seconds from 0 to 3600"),
        ({"base_delay": -1}, "be a number of seconds from 0 to 5"),
        ({"base_delay": 5.1}, "be a number of seconds from 0 to 5"),
        ({"base_delay": float("nan")}, "be a number of seconds from 0 to 5"),
        ({"strict": "yes"}, "be True or False"),
    ],
    ids=str,
)
def test_a_policy_that_cannot_be_meant_is_refused(wrong: dict[str, object], rule: str) -> None:
    """With a word on the field, when it is made and not when it is needed."""
    with pytest.raises(ConfigurationError) as caught:
        RetryPolicy(**wrong)  # type: ignore[arg-type]
    name = next(iter(wrong))
    assert caught.value.message == f"{name} of the retry policy must {rule}."
    assert caught.value.field == f"retry.{name}"
    assert caught.value.outcome is Outcome.NOT_SENT
