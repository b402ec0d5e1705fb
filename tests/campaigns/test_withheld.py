"""Campaigns under the recipient guard: who is withheld gets no request, and a state of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from campaign_runners import SYNC_AND_ASYNC, EitherRunner
from campaign_scene import PLAIN, Clock
from campaign_service import KEY, SECRET, AsyncService, Service, numbers
from campaign_timed import OURS, TimedService
from jsmskit import AsyncJsmsClient, RedirectTo
from jsmskit.campaigns import CampaignState, CampaignStateError, Mode, RecipientState, RunSettings, plan
from jsmskit.campaigns.distributed import DistributedWorker
from jsmskit.campaigns.ledger import Ledger
from jsmskit.campaigns.ledger.failpoints import arm_failpoints
from jsmskit.campaigns.reporting import summarize, write_page

ALLOWED = [numbers(130)[3], *numbers(10, 20)]
LIST = ",".join([*ALLOWED, OURS])


def test_a_withheld_recipient_gets_no_request_and_its_own_state(
    runner: EitherRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Three chunks: of two a part goes out, the third has nobody left. The reports count them, the ledger says why."""
    monkeypatch.setenv("JSMS_ONLY_TO", LIST)
    runner.plan(130)
    assert runner.run().finished
    assert runner.service.requests == [ALLOWED[:1], ALLOWED[1:]]
    assert runner.states() == {"accepted": 11, "withheld": 119}
    withheld = list(runner.ledger.queries.recipients(1, RecipientState.WITHHELD))
    assert {one.why for one in withheld} == {"JSMS_ONLY_TO"}
    assert not {one.phone for one in withheld} & set(ALLOWED)
    told: Any = summarize(runner.ledger, 1).as_json()["recipients"]
    assert (told["withheld"], told["skipped"]) == (119, 0)
    write_page(runner.ledger, 1, tmp_path / "page.html")
    assert "Withheld by the recipient guard" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_campaign_does_not_run_while_everything_is_redirected(
    runner: EitherRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would send every message to one phone. Nothing is asked of the service, and the plan stays as it is."""
    monkeypatch.setenv("JSMS_REDIRECT_TO", OURS)
    runner.plan(130)
    for go in (runner.run, runner.resume):
        with pytest.raises(CampaignStateError, match="JSMS_REDIRECT_TO") as caught:
            go()
        assert OURS not in str(caught.value)
        assert "JSMS_ONLY_TO" in caught.value.remedy
    assert runner.service.requests == []
    assert runner.ledger.queries.campaign(1).state is CampaignState.PLANNED


def test_a_worker_does_not_start_while_everything_is_redirected(ledger: Ledger, service: Service) -> None:
    """It would take the jobs of workers that may send."""
    client = AsyncJsmsClient(KEY, SECRET, transport=AsyncService(service), recipients=RedirectTo(OURS))
    with pytest.raises(CampaignStateError, match="redirected"):
        DistributedWorker("postgresql://nowhere/x", ledger, client)


TIMED = RunSettings(mode=Mode.SCHEDULE, schedule_canary_phone=OURS)


@pytest.fixture(params=SYNC_AND_ASYNC)
def timed(request: pytest.FixtureRequest, ledger: Ledger, clock: Clock) -> EitherRunner:
    plan(ledger, numbers(30), PLAIN, mode=Mode.SCHEDULE)
    return EitherRunner(request.param, ledger, TimedService(), clock, TIMED)


def test_a_withheld_number_of_your_own_pauses_the_campaign(
    timed: EitherRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it no chunk can be reserved; the reason names the setting, and nobody is marked."""
    monkeypatch.setenv("JSMS_ONLY_TO", "1390000*")
    result = timed.run(check_balance=False)
    assert result.campaign.state is CampaignState.PAUSED
    assert "1 of 1 recipients are not on the list of JSMS_ONLY_TO, 138****0000 first" in result.campaign.why
    assert (timed.service.calls, timed.states()) == ([], {"pending": 30})


def test_a_chunk_of_a_run_without_the_guard_is_put_back(timed: EitherRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    """It broke off just before the recipients were put in; the next run, with a list, puts in only who may be."""

    def break_off(name: str) -> None:
        if name == "schedule.committing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), arm_failpoints(break_off):
        timed.run(check_balance=False)
    monkeypatch.setenv("JSMS_ONLY_TO", LIST)
    assert timed.resume(check_balance=False).finished
    assert sorted(timed.service.went_out()) == ALLOWED
    assert timed.states() == {"accepted": 11, "withheld": 19}
    assert timed.service.calls.count("cancel") == 1
