"""Which fault strikes which request: decided without a mouth, repeatably."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest
from jsms_api.error_table import ErrorCode
from jsmskit.mock.faults import Fault, FaultKind, FaultPlan

PHONE = "13800138000"


def plan_of(*faults: Fault) -> FaultPlan:
    plan = FaultPlan(threading.RLock())
    for fault in faults:
        plan.add(fault)
    return plan


def struck(plan: FaultPlan, operation: str = "sendCode", key: str = "k", phones: Iterable[str] = ()) -> Fault | None:
    """The fault that one more request meets."""
    return plan.decide(operation, key, phones)[1]


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
