"""Two-phase sending through timed tasks: whatever is lost and wherever it dies, nothing stays unknown."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from jsmskit import JsmsClient
from jsmskit.campaigns import CampaignRunner, Mode, PlanError, RunSettings, open_ledger, plan
from jsmskit.campaigns.ledger.failpoints import arm_failpoints

from experiments.campaigns.crash_points import CANARY, FACTS, KEY, SECRET, Clock, LoggedService
from experiments.campaigns.crash_points import TIMED as PEOPLE
from experiments.campaigns.schedule_sim import one_campaign

TIMED = RunSettings(mode=Mode.SCHEDULE, schedule_canary_phone=CANARY, canary=False)


@pytest.mark.parametrize("seed", range(4))
def test_nobody_is_lost_doubled_or_unknown(seed: int) -> None:
    """5 % of requests and of answers are lost, 3 % of steps kill the program; a model of the service judges."""
    found = one_campaign(seed, 12)
    assert found["deaths"] > 0
    assert (found["lost"], found["double"], found["unknown"], found["wrong"]) == (0, 0, 0, 0)


class Died(BaseException):
    """The program ended here."""


def test_a_direct_run_finishes_what_a_timed_run_has_begun(tmp_path: Path) -> None:
    """A filled timed task is never sent a second time directly, whatever the next run is told to do."""
    clock, service = Clock(), LoggedService(tmp_path)
    deaths = ["schedule.put"]

    def passing(place: str) -> None:
        if place in deaths:
            deaths.remove(place)
            raise Died

    with (
        open_ledger(tmp_path / "timed.db", clock=clock) as ledger,
        JsmsClient(KEY, SECRET, transport=service, now=clock.moment) as client,
    ):
        plan(ledger, PEOPLE[:10], FACTS)
        with pytest.raises(Died), arm_failpoints(passing):
            CampaignRunner(ledger, client, TIMED, clock=clock, sleep=clock.sleep).run(1, check_balance=False)
        direct = CampaignRunner(ledger, client, RunSettings(), clock=clock, sleep=clock.sleep)
        result = direct.resume(1, check_balance=False)
    assert result.finished
    assert result.counts.accepted == 10
    assert service.fired() == Counter(PEOPLE[:10])
    assert not result.lost_chunks


def test_schedule_mode_needs_a_number_of_your_own() -> None:
    """Its message holds the place of each chunk until the recipients are put in."""
    with pytest.raises(PlanError, match="a number of your own"):
        RunSettings(mode=Mode.SCHEDULE)
