"""Which fault strikes which request: decided without a mouth, repeatably."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsms_api.error_table import ErrorCode
from jsmskit.mock.faults import Fault, FaultError, FaultKind, FaultPlan

PHONE = "13800138000"


def plan_of(*faults: Fault) -> FaultPlan:
    """A plan with these faults."""
    plan = FaultPlan(threading.RLock())
    for fault in faults:
        plan.add(fault)
    return plan


def struck(plan: FaultPlan, operation: str = "sendCode", key: str = "k", phones: Iterable[str] = ()) -> Fault | None:
    """The fault that one more request meets."""
    return plan.decide(operation, key, phones)[1]


def test_a_fault_without_a_count_strikes_every_request() -> None:
    """Left alone, it stands until it is taken back."""
    plan = plan_of(Fault(FaultKind.DROP))

    assert all(struck(plan) for _ in range(5))


def test_a_fault_told_n_times_strikes_n_times_and_says_so() -> None:
    """A test can see whether its fault has struck: one that never fires is an old complaint about mocks."""
    plan = plan_of(Fault(FaultKind.DROP, times=2))

    assert [struck(plan) is not None for _ in range(4)] == [True, True, False, False]
    (standing,) = plan.listed()
    assert (standing.seen, standing.struck, standing.remaining) == (4, 2, 0)


@pytest.mark.parametrize(
    ("narrow", "hit", "missed"),
    [
        ({"operation": "sendCode"}, {"operation": "sendCode"}, {"operation": "sendMessage"}),
        ({"phone": PHONE}, {"phones": [PHONE, "13900139000"]}, {"phones": ["13900139000"]}),
        ({"app_key": "a"}, {"key": "a"}, {"key": "b"}),
    ],
)
def test_a_narrow_fault_strikes_only_whom_it_names(
    narrow: dict[str, str], hit: dict[str, object], missed: dict[str, object]
) -> None:
    """By operation, by number, by application; others neither meet it nor use it up."""
    plan = plan_of(Fault(FaultKind.DROP, times=1, **narrow))  # type: ignore[arg-type]

    assert struck(plan, **missed) is None  # type: ignore[arg-type]
    assert struck(plan, **hit) is not None  # type: ignore[arg-type]


def test_the_share_of_a_probable_fault_is_what_was_asked_and_repeats_with_its_seed() -> None:
    """Five per cent is five per cent, and the same seed strikes the same requests."""

    def draw(seed: int) -> list[bool]:
        plan = plan_of(Fault(FaultKind.DROP, probability=0.05, seed=seed))
        return [struck(plan) is not None for _ in range(4000)]

    assert draw(7) == draw(7)
    assert draw(7) != draw(8)
    assert 0.04 < sum(draw(7)) / 4000 < 0.06


@given(st.sampled_from([0.0, 1.0]))
def test_never_and_always_are_exact(share: float) -> None:
    """Probability 0 never strikes and 1 always does."""
    plan = plan_of(Fault(FaultKind.DROP, probability=share))

    assert {struck(plan) is not None for _ in range(50)} == {share == 1.0}


def test_delays_add_up_and_the_first_other_fault_ends_the_request() -> None:
    """A slow answer can be broken as well; of two endings the one that was told first comes."""
    plan = plan_of(
        Fault(FaultKind.LATENCY, seconds=1),
        Fault(FaultKind.LATENCY, seconds=2),
        Fault(FaultKind.CODE, code=ErrorCode.NO_MONEY, times=1),
        Fault(FaultKind.DROP),
    )

    first, second = plan.decide("sendCode", "k", ()), plan.decide("sendCode", "k", ())
    assert (first[0], first[1] and first[1].kind) == (3.0, FaultKind.CODE)
    assert (second[0], second[1] and second[1].kind) == (3.0, FaultKind.DROP)


def test_a_fault_that_was_taken_back_strikes_no_more() -> None:
    plan = plan_of(Fault(FaultKind.DROP), Fault(FaultKind.HANG))

    assert plan.remove(1)
    assert not plan.remove(1)
    assert (fault := struck(plan)) is not None
    assert fault.kind is FaultKind.HANG
    assert plan.clear() == 1
    assert struck(plan) is None
    assert not plan


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"times": 0}, "times"),
        ({"probability": 1.5}, "probability"),
        ({"kind": FaultKind.LATENCY, "seconds": float("nan")}, "seconds"),
        ({"kind": FaultKind.STATUS, "status": 999}, "status"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_by_the_name_of_its_field(told: dict[str, Any], field: str) -> None:
    """tests/mock/test_control.py has the rest; what JSON Schema refuses there is refused here too."""
    with pytest.raises(FaultError, match=f"^{field}: "):
        Fault(**{"kind": FaultKind.DROP, **told})
