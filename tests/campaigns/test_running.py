"""Running a campaign against a service that misbehaves: who got what, what the ledger says, when it stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from campaign_scene import MARKETING, MORNING, NOTICE, PLAIN, Clock
from campaign_service import KEY, SECRET, AsyncService, Service, numbers, refusal
from jsmskit import AsyncJsmsClient, JsmsClient, TransportRequest
from jsmskit.campaigns import (
    AsyncCampaignRunner,
    CampaignRunner,
    CampaignState,
    CampaignStateError,
    ChunkState,
    LedgerBusyError,
    Progress,
    RecipientState,
    RunSettings,
    TemplateFacts,
    TemplateKind,
    open_ledger,
    plan,
)
from jsmskit.campaigns.ledger import Ledger, settlement
from jsmskit.campaigns.ledger.failpoints import arm_failpoints

Make = Callable[..., CampaignRunner]


def count(ledger: Ledger, campaign_id: int = 1) -> dict[str, int]:
    return {str(state): number for state, number in ledger.queries.counts(campaign_id).recipients.items()}


def test_everybody_gets_the_message_once(ledger: Ledger, service: Service, runner: Make) -> None:
    """The ordinary case, with four workers: 10, 100, then thousands; every value where it belongs."""
    people = [(phone, {"name": f"第{index}位"}) for index, phone in enumerate(numbers(3333))]
    plan(ledger, people, NOTICE)
    result = runner(concurrency=4).run(1)
    assert result.finished
    assert count(ledger) == {"accepted": 3333}
    assert set(service.taken.values()) == {1}
    assert [len(request) for request in service.requests[:2]] == [10, 100]
    sent = {entry["mobile"]: entry["temp_para"]["name"] for body in service.bodies for entry in body["recipients"]}
    assert sent == {phone: values["name"] for phone, values in people}


def test_the_async_runner_does_the_same(tmp_path: Path, service: Service, clock: Clock) -> None:
    """The same, async: asyncio tasks instead of threads."""

    async def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        await asyncio.sleep(0)

    async def main() -> None:
        with open_ledger(tmp_path / "async.db", clock=clock) as ledger:
            plan(ledger, numbers(3333), PLAIN)
            async with AsyncJsmsClient(KEY, SECRET, transport=AsyncService(service)) as client:
                made = AsyncCampaignRunner(ledger, client, RunSettings(concurrency=4), clock=clock, sleep=sleep)
                result = await made.run(1)
                made.close()
            assert result.finished
            assert count(ledger) == {"accepted": 3333}

    asyncio.run(main())
    assert set(service.taken.values()) == {1}


def test_a_cancelled_async_run_leaves_an_unknown_chunk(tmp_path: Path) -> None:
    """Cancelled in the middle of a request: nobody knows, so the ledger says so."""

    class Hanging(AsyncService):
        async def exchange(self, request: TransportRequest, **options: Any) -> Any:
            if "batch" in request.url:
                begun.set()
                await asyncio.Event().wait()
            return await super().exchange(request, **options)

    async def main() -> None:
        global begun
        begun = asyncio.Event()
        with open_ledger(tmp_path / "async.db") as ledger:
            plan(ledger, numbers(20), PLAIN)
            async with AsyncJsmsClient(KEY, SECRET, transport=Hanging(Service())) as client:
                made = AsyncCampaignRunner(ledger, client)
                task = asyncio.create_task(made.run(1))
                await begun.wait()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                made.close()
            assert count(ledger) == {"unknown": 10, "pending": 10}

    asyncio.run(main())


begun: asyncio.Event


def test_refused_recipients_are_refused_once(ledger: Ledger, service: Service, runner: Make) -> None:
    """A code for one recipient settles that recipient; the others have their message."""
    people = numbers(500)
    plan(ledger, people, PLAIN)
    service.codes = {people[200]: 50006, people[300]: 50037}
    runner().run(1)
    assert count(ledger) == {"accepted": 498, "rejected": 2}
    assert ledger.queries.codes(1) == [(50006, 1), (50037, 1)]
    assert set(service.taken.values()) == {1}


def test_people_who_unsubscribed_are_remembered(ledger: Ledger, service: Service, runner: Make) -> None:
    """50024 feeds the opt-out list, so the next marketing plan leaves them out."""
    people = numbers(50)
    plan(ledger, people, MARKETING)
    service.codes = {people[20]: 50024}
    runner().run(1)
    summary = plan(ledger, numbers(50, 20), TemplateFacts(10, "又减价。", TemplateKind.MARKETING))
    assert summary.set_aside == {"opted_out": 1}


def test_people_that_came_too_often_get_two_more_tries(
    ledger: Ledger, service: Service, runner: Make, clock: Clock
) -> None:
    """50009 for one recipient: again after ten minutes, at most twice, then refused."""
    people = numbers(10)
    plan(ledger, people, PLAIN)
    service.codes = {people[4]: 50009}
    runner().run(1)
    assert [len(request) for request in service.requests] == [10, 1, 1]
    assert clock.now - MORNING >= 1200
    assert count(ledger) == {"accepted": 9, "rejected": 1}


def test_recipients_that_the_answer_forgets_are_unknown(ledger: Ledger, service: Service, runner: Make) -> None:
    people = numbers(1110)
    plan(ledger, people, PLAIN)
    service.silent_about = set(people[50:55])
    runner(unknown_share=0.01).run(1)
    assert count(ledger) == {"accepted": 1105, "unknown": 5}
    assert [row[:2] for row in ledger.queries.unknown_chunks(1)] == [(2, 5)]


@pytest.mark.parametrize("step", ["lost_answer", "lost_request"])
def test_a_lost_answer_is_never_sent_again(ledger: Ledger, service: Service, runner: Make, step: str) -> None:
    """Whether the request had arrived or not: the same exception, the same state, no second request."""
    plan(ledger, numbers(2110), PLAIN)
    service.then(service.take, service.take, getattr(service, step))
    result = runner(unknown_share=0.9).run(1)
    assert result.finished
    assert count(ledger) == {"accepted": 1110, "unknown": 1000}
    assert max(service.taken.values()) == 1
    assert len(service.requests) == 4


def test_a_connection_that_is_refused_is_no_unknown(ledger: Ledger, service: Service, runner: Make) -> None:
    """Certainly not sent: the chunk goes back, and out a little later."""
    plan(ledger, numbers(110), PLAIN)
    service.then(*[service.refused_connection] * 4)
    result = runner().run(1)
    assert result.finished
    assert count(ledger) == {"accepted": 110}


def test_a_service_that_cannot_be_reached_pauses_the_campaign(ledger: Ledger, service: Service, runner: Make) -> None:
    """It does not knock for ever; it says what to do, and `resume` goes on."""
    plan(ledger, numbers(110), PLAIN)
    service.then(*[service.refused_connection] * 200)
    result = runner().run(1)
    assert result.campaign.state is CampaignState.PAUSED
    assert "could not be reached" in result.campaign.why
    service.plan.clear()
    assert runner().resume(1).finished
    assert count(ledger) == {"accepted": 110}


@pytest.mark.parametrize(("settings", "losses"), [({"unknown_share": 1.0}, 2), ({"unknown_in_a_row": 99}, 1)])
def test_the_breaker_stops_when_too_much_is_unknown(
    ledger: Ledger, service: Service, runner: Make, settings: dict[str, float], losses: int
) -> None:
    """Two in a row, or more than half a percent: a person has to look, so the program stops making more of
    it.
    """
    plan(ledger, numbers(5110), PLAIN)
    service.then(service.take, service.take, *[service.lost_answer] * 10)
    result = runner(**settings).run(1)
    assert result.campaign.state is CampaignState.PAUSED
    assert len(service.requests) == 2 + losses
    service.plan.clear()
    assert runner(unknown_share=1.0).resume(1).finished
    assert count(ledger) == {"accepted": 5110 - 1000 * losses, "unknown": 1000 * losses}
    assert max(service.taken.values()) == 1


def test_one_bad_row_does_not_take_a_thousand_with_it(ledger: Ledger, service: Service, runner: Make) -> None:
    """A chunk refused as a whole is halved until the bad row stands alone; everybody else has the message."""
    people = numbers(1110)
    plan(ledger, people, PLAIN)
    bad = people[700]

    def choke(phones: list[str]) -> object:
        return refusal(50007) if bad in phones else None

    service.then(*[choke] * 100)  # type: ignore[list-item]
    runner().run(1)
    assert count(ledger) == {"accepted": 1109, "rejected": 1}
    assert set(service.taken.values()) == {1}
    assert len(service.requests) <= 24


@pytest.mark.parametrize("code", [50002, 50013, 50014, 50035, 59999])
def test_a_refusal_that_concerns_everybody_pauses(ledger: Ledger, service: Service, runner: Make, code: int) -> None:
    """Credentials, template, money, an unknown code: the next chunk would meet the same. Nobody is lost by
    it.
    """
    plan(ledger, numbers(110), PLAIN)
    service.then(lambda phones: refusal(code, 403))
    result = runner().run(1)
    assert result.campaign.state is CampaignState.PAUSED
    assert str(code) in result.campaign.why
    assert count(ledger) == {"pending": 110}
    assert runner().resume(1).finished
    assert count(ledger) == {"accepted": 110}


def test_too_often_for_everybody_waits_and_goes_slower(
    ledger: Ledger, service: Service, runner: Make, clock: Clock
) -> None:
    """50009 for the whole request: everybody waits, and the rate is halved."""
    plan(ledger, numbers(1110), PLAIN)
    service.then(service.take, service.take, lambda phones: refusal(50009, 403))
    begin = clock.now
    assert runner(concurrency=4).run(1).finished
    assert clock.now - begin >= 600
    assert count(ledger) == {"accepted": 1110}


def test_a_refused_whole_is_unknown_where_refusals_are_not_trusted(
    ledger: Ledger, service: Service, runner: Make
) -> None:
    """That an error for the request means nobody was taken is an assumption, with a switch."""
    plan(ledger, numbers(20), PLAIN)
    service.then(lambda phones: refusal(50007))
    runner(refusal_takes_nobody=False).run(1)
    assert count(ledger)["unknown"] == 10


def test_a_bad_canary_stops_everything(ledger: Ledger, service: Service, runner: Make) -> None:
    people = numbers(5000)
    plan(ledger, people, PLAIN)
    service.codes = dict.fromkeys(people, 50022)
    result = runner(concurrency=4).run(1)
    assert result.campaign.state is CampaignState.PAUSED
    assert "template" in result.campaign.why
    assert len(service.requests) == 1


def test_a_short_balance_stops_before_the_first_message(ledger: Ledger, service: Service, runner: Make) -> None:
    plan(ledger, numbers(110), PLAIN)
    service.balance = {"app_balance": 9, "app_voice": 500, "app_industry": 100, "app_market": 500}
    with pytest.raises(CampaignStateError, match="needs about 110 units, the application has 109"):
        runner().run(1)
    assert not service.requests
    service.balance["app_industry"] = 101
    assert runner().run(1).finished


def test_a_balance_that_runs_out_on_the_way_pauses(ledger: Ledger, service: Service, runner: Make) -> None:
    plan(ledger, numbers(5110), PLAIN)

    def spend(phones: list[str]) -> None:
        service.balance["app_balance"] = 0

    service.then(spend)  # type: ignore[arg-type]
    result = runner(balance_every=2).run(1)
    assert result.campaign.state is CampaignState.PAUSED
    assert "units" in result.campaign.why
    assert 1 < len(service.requests) < 5


def test_stop_from_another_terminal_ends_the_run(
    ledger: Ledger, service: Service, runner: Make, tmp_path: Path
) -> None:
    """Written into the ledger by another process; the run ends after what is in flight."""
    plan(ledger, numbers(9110), PLAIN)

    def stop(phones: list[str]) -> None:
        with open_ledger(tmp_path / "campaign.db") as terminal:
            terminal.stop(1, "stopped by hand")

    service.then(service.take, service.take, stop)  # type: ignore[arg-type]
    result = runner().run(1)
    assert result.campaign.state is CampaignState.STOPPED
    assert count(ledger) == {"accepted": 1110, "pending": 8000}
    assert runner().resume(1).finished


def test_a_second_run_is_refused(ledger: Ledger, client: JsmsClient, runner: Make, tmp_path: Path) -> None:
    plan(ledger, numbers(10), PLAIN)
    ledger.database.lock_run(1)
    with open_ledger(tmp_path / "campaign.db") as other, pytest.raises(LedgerBusyError):
        CampaignRunner(other, client).run(1)


def test_a_frozen_worker_does_not_send_when_it_wakes(
    ledger: Ledger, service: Service, client: JsmsClient, clock: Clock
) -> None:
    """Between claim and request the machine slept: somebody may have decided about the chunk meanwhile."""
    plan(ledger, numbers(10), PLAIN)
    naps = [3600.0]

    def nap(place: str) -> None:
        if place == "claim.committed" and naps:
            clock.now += naps.pop()

    with arm_failpoints(nap):
        result = CampaignRunner(ledger, client, clock=clock, sleep=clock.sleep).run(1)
    assert result.finished
    assert len(service.requests) == 1
    assert count(ledger) == {"accepted": 10}


def test_progress_is_told_after_each_request(ledger: Ledger, client: JsmsClient, clock: Clock) -> None:
    plan(ledger, numbers(1110), PLAIN)
    heard: list[Progress] = []
    CampaignRunner(ledger, client, tell=heard.append, clock=clock, sleep=clock.sleep).run(1)
    assert [one.accepted for one in heard if not one.note] == [0, 10, 110, 1110]
    assert heard[-1].pending == 0
    assert heard[0].seconds_left is None


def test_marketing_waits_for_the_morning(ledger: Ledger, client: JsmsClient, clock: Clock) -> None:
    """Planned at night, it goes out at eight. (A nap here is sixty times as long as asked for: nine hours of looking
    each second are many looks.)
    """
    clock.now = MORNING + 13 * 3600  # 23:00
    plan(ledger, numbers(10), MARKETING)
    sleepy = CampaignRunner(ledger, client, clock=clock, sleep=lambda seconds: clock.sleep(60 * seconds))
    assert sleepy.run(1).finished
    assert MORNING + 22 * 3600 <= clock.now < MORNING + 22 * 3600 + 120


def test_an_answer_in_hand_survives_a_ledger_that_fails_for_a_moment(
    ledger: Ledger, service: Service, runner: Make, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer exists nowhere else, so writing it is tried again before the run gives up."""
    from jsmskit.campaigns.errors import LedgerError

    plan(ledger, numbers(10), PLAIN)
    real, failures = settlement.settle, [1, 1]

    def flaky(*args: Any) -> bool:
        if failures:
            failures.pop()
            raise LedgerError("the disk is full.", "Make room.")
        return real(*args)

    monkeypatch.setattr(settlement, "settle", flaky)
    assert runner().run(1).finished
    assert not failures
    assert count(ledger) == {"accepted": 10}


def test_states_are_told_in_full(ledger: Ledger, service: Service, runner: Make) -> None:
    """What the ledger lists adds up to what was planned, whatever happened."""
    people = numbers(2110)
    plan(ledger, people, PLAIN)
    service.codes = {people[0]: 50006}
    service.silent_about = {people[20]}
    service.then(service.take, service.take, service.lost_answer)
    runner(unknown_share=1.0).run(1)
    listed = list(ledger.queries.recipients(1))
    assert sorted(one.phone for one in listed) == people
    assert len(list(ledger.queries.recipients(1, RecipientState.UNKNOWN))) == 1001
    assert len(ledger.queries.chunks(1, ChunkState.UNKNOWN)) == 1
