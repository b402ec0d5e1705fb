"""The fuzz gate of every push: schemathesis against the mock, judged by an oracle of our own.

Three legs side by side, each a process with a fresh mock: two with a fixed seed, one with a seed that nobody chose.
A green run alone says little here, because the service answers nearly everything with 403; so what was reached is
counted and printed, and too little fails the run.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest

from tests.fuzz.gate.gate import Leg, Outcome, run_side_by_side, together

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("fuzz-gate")]

#: Changing it changes every case. A random seed that failed becomes a leg of its own here.
SEED = 7
#: The fixed legs leave the wire out, for the sake of the number of cases; the random one goes over it. That one is
#: smaller: it looks for luck, not for floors.
FIXED = (Leg("all", SEED, 270, inside=True), Leg("chains", SEED, 500, inside=True))
LUCK_EXAMPLES = 20
#: Of cases that schemathesis generated on the fixed seed; the gate's own requests come on top.
CASES_FLOOR = 10_000


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    """All legs, run once; the random one is the last."""
    luck = Leg("luck", secrets.randbelow(2**31), LUCK_EXAMPLES)
    return run_side_by_side([*FIXED, luck], tmp_path_factory.mktemp("gate"))


def test_every_answer_is_right(outcomes: list[Outcome]) -> None:
    """No answer of the mock contradicts the spec, the documentation or what was answered before."""
    assert [problem for outcome in outcomes[:-1] for problem in outcome.problems()] == []


def test_enough_was_reached(outcomes: list[Outcome], record_property: Callable[[str, object], None]) -> None:
    """Cases, operations, statuses, codes and links: every floor is met, and every documented pair was seen."""
    counts = together(outcomes[:-1])
    seconds = max(outcome.report["seconds"] for outcome in outcomes[:-1])
    cpu = sum(outcome.report["cpu_seconds"] for outcome in outcomes)
    told = [
        f"seed {SEED}: {seconds:.0f} s, {cpu:.0f} s of CPU with the random seed",
        *counts.summary(),
    ]
    record_property("fuzz gate", "\n  ".join(told))
    assert counts.generated >= CASES_FLOOR
    assert counts.missing() == []


def test_a_seed_that_nobody_chose(
    outcomes: list[Outcome], record_property: Callable[[str, object], None]
) -> None:
    """One more leg, over the real wire, with a random seed. What it finds is a defect, whoever pushed."""
    found = outcomes[-1]
    told = f"random seed {found.leg.seed}: {found.counts.cases} cases, {len(found.problems())} wrong answers"
    record_property("fuzz gate", told)
    assert found.problems() == []
    assert found.counts.cases > 0
