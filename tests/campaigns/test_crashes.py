"""Crashes, judged by the independent checker; the long runs are tools that write their figures.

Each has a control: with the rule taken out, the same harness must see the defect.
"""

from __future__ import annotations

import itertools
import sys

import pytest

from experiments.campaigns.crash_points import MOMENTS, try_place
from experiments.campaigns.schedule_sim import one_campaign

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")


def test_killed_at_random_nobody_is_lost_and_nobody_gets_two() -> None:
    """SIGKILLs over campaigns of 8,000, the ledger linked, moved, copied and robbed of its log between them: every
    doubtful recipient is listed, within the bound, and no word on the terminal is false.
    """
    from experiments.campaigns.kills import run

    found = run(kills=40, recipients=8_000, seed=1)
    assert found["kills"] >= 40
    assert found["clean"], found
    assert found["unknown_within_bound"]
    assert not found["false_words"]
    assert found["errors_told"] > 0, "no life said anything"
    assert not found["second_name_taken"]
    assert found["refused_without_log"] > 0
    assert found["unknown_sent"] > 0, "no death fell on a request that had arrived"


def test_without_the_rule_the_same_kills_show_doubles() -> None:
    """The control: what a dead owner had in flight goes back to pending, as in most queues."""
    from experiments.campaigns.kills import run

    assert run(kills=40, recipients=8_000, seed=2, longest=0.1, control=True)["double"] > 0


@pytest.mark.parametrize(("place", "earlier"), MOMENTS)
def test_death_after_a_commit_or_around_a_request(place: str, earlier: str) -> None:
    """Plan, run, halve, come back, stop, resolve, reports, purge, schedule mode: dying anywhere in it loses nobody. The
    tool of the long run dies at every pass; here it is every seventh.
    """
    reached = 0
    for passes in itertools.count(1, 7):
        died, good, told = try_place(place, passes, earlier)
        assert good, told
        if not died:
            break
        reached += 1
    assert reached, "no life ever passes this place"


@pytest.mark.parametrize("seed", range(12))
def test_a_power_cut_brings_no_sent_chunk_back(seed: int) -> None:
    """WAL with synchronous=FULL: the intent is on the disk before the request leaves."""
    pytest.importorskip("apsw")
    from experiments.campaigns.power_loss import one_run

    assert one_run(seed, "FULL") == (0, False)


def test_with_the_usual_advice_a_power_cut_does_bring_them_back() -> None:
    """The control: synchronous=NORMAL. Nothing is damaged, which is why nobody notices."""
    pytest.importorskip("apsw")
    from experiments.campaigns.power_loss import one_run

    found = [one_run(seed, "NORMAL") for seed in range(6)]
    assert sum(back for back, _ in found) > 0
    assert not any(damaged for _, damaged in found)


@pytest.mark.parametrize("seed", range(4))
def test_timed_tasks_lose_nobody_and_leave_nobody_unknown(seed: int) -> None:
    """5 % of requests and of answers are lost, 3 % of steps kill the program; a model of the service judges."""
    found = one_campaign(seed, 12)
    assert found["deaths"] > 0
    assert (found["lost"], found["double"], found["unknown"], found["wrong"]) == (0, 0, 0, 0)
