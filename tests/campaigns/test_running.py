"""Running a campaign against a service that misbehaves, with threads and with asyncio: who got what, what the ledger
says, when it stops.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NoReturn

import pytest
from campaign_runners import EitherRunner
from campaign_scene import MARKETING, MORNING, NOTICE, PLAIN, Clock, states
from campaign_service import KEY, SECRET, Answer, AsyncService, Service, numbers, refusal
from jsms_api.error_table import ErrorCode
from jsmskit import APIConnectionError, AsyncJsmsClient, JsmsClient, TransportRequest
from jsmskit.campaigns import (
    AsyncCampaignRunner,
    CampaignRunner,
    CampaignState,
    CampaignStateError,
    ChunkState,
    LedgerError,
    Mode,
    Progress,
    RecipientState,
    open_ledger,
    plan,
)
from jsmskit.campaigns.ledger import Ledger, settlement
from jsmskit.campaigns.ledger.failpoints import arm_failpoints
from jsmskit.campaigns.running import workers_threads
from jsmskit.errors import Outcome

from tests.interrupt_at import interrupted_everywhere


def out_of_reach() -> NoReturn:
    """A step of the balance: nothing comes back."""
    raise ConnectionResetError("gone")


def as_usual() -> None:
    """A step of the balance."""


def test_everybody_gets_the_message_once(runner: EitherRunner) -> None:
    """The ordinary case, with four workers: 10, 100, then thousands; every value where it belongs."""
    people = [(phone, {"name": f"第{index}位"}) for index, phone in enumerate(numbers(2333))]
    plan(runner.ledger, people, NOTICE)
    assert runner.run(concurrency=4).finished
    assert runner.states() == {"accepted": 2333}
    assert set(runner.service.taken.values()) == {1}
    assert [len(request) for request in runner.service.requests[:2]] == [10, 100]
    sent = {
        entry["mobile"]: entry["temp_para"]["name"] for body in runner.service.bodies for entry in body["recipients"]
    }
    assert sent == {phone: values["name"] for phone, values in people}


def test_a_cancelled_async_run_leaves_an_unknown_chunk(ledger: Ledger, clock: Clock) -> None:
    """Cancelled in the middle of a request: nobody knows, so the ledger says so."""

    async def main() -> None:
        begun = asyncio.Event()

        class Hanging(AsyncService):
            async def exchange(self, request: TransportRequest, **options: Any) -> Any:
                begun.set()
                await asyncio.Event().wait()

        async with AsyncJsmsClient(KEY, SECRET, transport=Hanging(Service())) as client:
            runner = AsyncCampaignRunner(ledger, client, clock=clock)
            task = asyncio.create_task(runner.run(1, check_balance=False))
            await begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            runner.close()

    plan(ledger, numbers(20), PLAIN)
    asyncio.run(main())
    assert states(ledger) == {"unknown": 10, "pending": 10}


def test_what_a_response_says_of_single_recipients_settles_these(runner: EitherRunner) -> None:
    """Refused by a code, forgotten by the response, the whole response lost: together they are what was planned."""
    people = numbers(2110)
    plan(runner.ledger, people, PLAIN)
    runner.service.codes = {people[0]: 50006, people[300]: 50037}
    runner.service.silent_about = {people[20]}
    runner.service.then(runner.service.take, runner.service.take, runner.service.take, runner.service.lost_answer)
    runner.run(unknown_share=1.0)
    assert runner.states() == {"accepted": 1107, "rejected": 2, "unknown": 1001}
    assert runner.ledger.queries.codes(1) == [(50006, 1), (50037, 1)]
    assert [row[:2] for row in runner.ledger.queries.unknown_chunks(1)] == [(2, 1), (4, 1000)]
    assert sorted(one.phone for one in runner.ledger.queries.recipients(1)) == people
    assert len(list(runner.ledger.queries.recipients(1, RecipientState.UNKNOWN))) == 1001
    assert len(runner.ledger.queries.chunks(1, ChunkState.UNKNOWN)) == 1
    assert set(runner.service.taken.values()) == {1}


def test_people_that_came_too_often_get_two_more_tries(runner: EitherRunner) -> None:
    """50009 for one recipient: again after ten minutes, at most twice, then refused."""
    people = numbers(10)
    plan(runner.ledger, people, PLAIN)
    runner.service.codes = {people[4]: 50009}
    runner.run()
    assert [len(request) for request in runner.service.requests] == [10, 1, 1]
    assert runner.clock.now - MORNING >= 1200
    assert runner.states() == {"accepted": 9, "rejected": 1}


@pytest.mark.parametrize("step", ["lost_answer", "lost_request"])
def test_a_lost_answer_is_never_sent_again(runner: EitherRunner, step: str) -> None:
    """Whether the request had arrived or not: the same exception, the same state, no second request."""
    runner.plan(120)
    runner.service.then(runner.service.take, getattr(runner.service, step))
    assert runner.run(unknown_share=0.9).finished
    assert runner.states() == {"accepted": 20, "unknown": 100}
    assert max(runner.service.taken.values()) == 1
    assert len(runner.service.requests) == 3


def test_a_connection_that_is_refused_costs_time_only(runner: EitherRunner) -> None:
    """Certainly not sent: the chunk goes back, and out a little later."""
    runner.plan(20)
    runner.service.then(*[runner.service.refused_connection] * 4)
    assert runner.run().finished
    assert runner.states() == {"accepted": 20}
    assert max(runner.service.taken.values()) == 1


def test_what_cannot_be_reached_pauses_and_is_gone_on_with(runner: EitherRunner) -> None:
    """It does not knock for ever; `resume` goes on where the ledger stands."""
    runner.plan(20)
    runner.service.then(*[runner.service.refused_connection] * 5)
    paused = runner.run()
    assert (paused.campaign.state, paused.finished) == (CampaignState.PAUSED, False)
    assert "could not be reached" in paused.campaign.why
    assert runner.resume().finished
    assert runner.states() == {"accepted": 20}


@pytest.mark.parametrize(("settings", "losses"), [({"unknown_share": 1.0}, 2), ({"unknown_in_a_row": 99}, 1)])
def test_the_breaker_stops_when_too_much_is_unknown(
    runner: EitherRunner, settings: dict[str, float], losses: int
) -> None:
    """Two in a row, or more than half a percent: a person has to look, so the program stops making more of it."""
    runner.plan(3110)
    runner.service.then(runner.service.take, runner.service.take, *[runner.service.lost_answer] * losses)
    result = runner.run(**settings)
    assert result.campaign.state is CampaignState.PAUSED
    assert len(runner.service.requests) == 2 + losses
    assert runner.resume(unknown_share=1.0).finished
    assert runner.states() == {"accepted": 3110 - 1000 * losses, "unknown": 1000 * losses}
    assert max(runner.service.taken.values()) == 1


def test_one_bad_row_does_not_take_a_thousand_with_it(runner: EitherRunner) -> None:
    """A chunk refused as a whole is halved until the bad row stands alone; everybody else has the message."""
    people = numbers(1110)
    plan(runner.ledger, people, PLAIN)

    def choke(phones: list[str]) -> Answer | None:
        return refusal(50007) if people[700] in phones else None

    runner.service.then(*[choke] * 100)
    runner.run()
    assert runner.states() == {"accepted": 1109, "rejected": 1}
    assert set(runner.service.taken.values()) == {1}
    assert len(runner.service.requests) <= 24


@pytest.mark.parametrize("code", [50002, 50013, 50014, 50035, 59999])
def test_a_refusal_that_concerns_everybody_pauses(runner: EitherRunner, code: int) -> None:
    """Credentials, template, money, an unknown code: the next chunk would meet the same. Nobody is lost by it."""
    runner.plan(20)
    runner.service.then(lambda phones: refusal(code, 403))
    result = runner.run()
    assert result.campaign.state is CampaignState.PAUSED
    assert str(code) in result.campaign.why
    assert runner.states() == {"pending": 20}
    assert runner.resume().finished


def test_too_often_for_everybody_waits(runner: EitherRunner) -> None:
    runner.plan(20)
    runner.service.then(runner.service.take, lambda phones: refusal(50009, 403))
    assert runner.run(concurrency=4).finished
    assert runner.clock.now - MORNING >= 600
    assert runner.states() == {"accepted": 20}


def test_a_refused_whole_is_unknown_where_refusals_are_not_trusted(runner: EitherRunner) -> None:
    """That an error for the request means nobody was taken is an assumption, with a switch."""
    runner.plan(20)
    runner.service.then(lambda phones: refusal(50007))
    runner.run(refusal_takes_nobody=False)
    assert runner.states()["unknown"] == 10


def test_a_bad_canary_stops_everything(runner: EitherRunner) -> None:
    people = numbers(120)
    plan(runner.ledger, people, PLAIN)
    runner.service.codes = dict.fromkeys(people, 50022)
    result = runner.run(concurrency=4)
    assert result.campaign.state is CampaignState.PAUSED
    assert "template" in result.campaign.why
    assert len(runner.service.requests) == 1


def test_too_little_money_stops_before_the_first_message(runner: EitherRunner) -> None:
    runner.plan(20)
    runner.service.balance = {"app_balance": 9, "app_voice": 500, "app_industry": 10, "app_market": 500}
    with pytest.raises(CampaignStateError, match="needs about 20 units, the application has 19"):
        runner.run()
    assert not runner.service.requests
    assert runner.ledger.queries.campaign(1).state is CampaignState.PLANNED
    runner.service.balance["app_industry"] = 11
    assert runner.run().finished


def test_what_was_checked_is_not_checked_again(runner: EitherRunner) -> None:
    """The balance is asked once before the first message, and this service would not tell it twice."""
    runner.plan(10)
    runner.service.balance_plan = [as_usual, out_of_reach]
    assert runner.check_and_run().finished


def test_a_balance_that_nobody_tells_stops_before_the_first_message_only(runner: EitherRunner) -> None:
    """At the start the error comes out; later it is no reason to stop: the service refuses when the money is gone."""
    runner.plan(20)
    runner.service.balance_plan = [out_of_reach]
    with pytest.raises(APIConnectionError):
        runner.run()
    assert not runner.service.requests
    runner.service.balance_plan = [as_usual, out_of_reach]
    assert runner.run(balance_every=1).finished


@pytest.mark.parametrize(
    ("told", "why"), [(None, "needs about 10 units"), (refusal(50014, 403), "50014")], ids=["count", "refusal"]
)
def test_money_that_is_gone_on_the_way_pauses(runner: EitherRunner, told: Answer | None, why: str) -> None:
    """Seen from the count of units, or from the service's refusal to count them; the rest waits."""

    def spent() -> Answer | None:
        runner.service.balance["app_balance"] = 0
        return told

    runner.plan(20)
    runner.service.balance_plan = [as_usual, spent]
    result = runner.run(balance_every=1)
    assert result.campaign.state is CampaignState.PAUSED
    assert why in result.campaign.why
    assert runner.states() == {"accepted": 10, "pending": 10}


@pytest.mark.parametrize("told", [None, refusal(50014, 403)], ids=["taken", "refused"])
def test_stop_from_another_terminal_ends_the_run(runner: EitherRunner, told: Answer | None) -> None:
    """Written into the ledger by another process; what is in flight is settled, and no pause is written over it."""
    runner.plan(20)

    def stop(phones: list[str]) -> Answer | None:
        with open_ledger(runner.ledger.place) as terminal:
            terminal.stop(1, "by hand")
        return told

    runner.service.then(stop)
    result = runner.run()
    assert (result.campaign.state, result.campaign.why) == (CampaignState.STOPPED, "by hand")
    assert result.counts.pending == (10 if told is None else 20)
    assert runner.resume().finished


def test_an_order_that_lay_too_long_is_given_back(runner: EitherRunner) -> None:
    """The machine slept between claim and request: somebody may have decided about the chunk meanwhile."""
    runner.plan(10)
    naps = [3600.0]

    def nap(place: str) -> None:
        if place == "claim.committed" and naps:
            runner.clock.now += naps.pop()

    with arm_failpoints(nap):
        assert runner.run().finished
    assert len(runner.service.requests) == 1
    (chunk,) = runner.ledger.queries.chunks(1)
    assert chunk.attempt == 2


@pytest.mark.parametrize("failures", [1, 3])
def test_an_answer_in_hand_is_written_as_soon_as_the_ledger_can(
    runner: EitherRunner, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    """It exists nowhere else, so writing it is tried again before the run gives up."""
    runner.plan(10)
    left = [LedgerError("the disk is full.", "Make room.")] * failures
    settle = settlement.settle

    def flaky(*args: Any) -> bool:
        if left:
            raise left.pop()
        return settle(*args)

    monkeypatch.setattr(settlement, "settle", flaky)
    assert runner.run().finished
    assert not left
    assert runner.states() == {"accepted": 10}


def test_what_fails_before_a_run_says_that_nothing_was_sent(runner: EitherRunner) -> None:
    """Another run is on, the campaign was started before: the step that raised it sent nothing."""
    runner.plan(10)
    assert runner.run().finished
    with pytest.raises(CampaignStateError, match="nothing left") as caught:
        runner.run()
    assert (caught.value.in_run, caught.value.outcome) == (False, Outcome.NOT_SENT)
    assert len(runner.service.requests) == 1


def test_a_ledger_that_cannot_be_written_ends_the_run_and_lists_what_was_sent(
    runner: EitherRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both workers stop, nothing more is sent, and after the next start the chunk is unknown."""
    runner.plan(20)

    def full(*args: object) -> bool:
        raise LedgerError("the disk is full.", "Make room.")

    with monkeypatch.context() as patch:
        patch.setattr(settlement, "settle", full)
        with pytest.raises(LedgerError, match="full") as caught:
            runner.run(concurrency=2)
    assert (caught.value.in_run, caught.value.outcome, caught.value.campaign_id) == (True, Outcome.UNKNOWN, 1)
    assert len(runner.service.requests) == 1
    assert runner.resume().lost_chunks == (1,)
    assert runner.states() == {"unknown": 10, "accepted": 10}
    assert max(runner.service.taken.values()) == 1


def test_an_interrupted_plan_cannot_be_run(runner: EitherRunner) -> None:
    """It holds a part of the list; whatever the balance says, the plan is made again."""
    runner.ledger.plans.begin_plan(name="x", facts=PLAIN, sign_id=None, tag=None, mode=Mode.DIRECT, source="list")
    with pytest.raises(CampaignStateError, match="was interrupted"):
        runner.run()
    assert not runner.service.requests


def test_a_repetition_that_the_service_refuses_proves_the_first_one(runner: EitherRunner) -> None:
    """A person said that an unknown request was not sent; 50034 for it says that it was. Nobody got two."""
    runner.plan(10)
    runner.service.then(runner.service.lost_answer)
    runner.run(unknown_share=1.0, canary=False)
    runner.ledger.resolve(1, sent=False, reason="nothing in the console")
    runner.service.codes = dict.fromkeys(numbers(10), int(ErrorCode.REPEAT_SEND))
    assert runner.resume(unknown_share=1.0, canary=False).finished
    assert runner.ledger.queries.counts(1).accepted == 10
    assert {one.why for one in runner.ledger.queries.recipients(1)} == {
        "refused as a repetition after an unknown request: the earlier one had been taken"
    }
    assert max(runner.service.taken.values()) == 1


def test_progress_is_told_after_each_request(ledger: Ledger, client: JsmsClient, clock: Clock) -> None:
    plan(ledger, numbers(120), PLAIN)
    heard: list[Progress] = []
    CampaignRunner(ledger, client, tell=heard.append, clock=clock, sleep=clock.sleep).run(1)
    assert [one.accepted for one in heard if not one.note] == [0, 10, 110, 120]
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


def test_ctrl_c_before_the_first_request_starts_nothing(runner: EitherRunner) -> None:

    def interrupted() -> NoReturn:
        raise KeyboardInterrupt

    runner.plan(10)
    runner.service.balance_plan = [interrupted]
    with pytest.raises(KeyboardInterrupt):
        runner.run()
    assert runner.ledger.queries.campaign(1).state is CampaignState.PLANNED
    assert runner.run().finished


def test_ctrl_c_as_a_run_begins_stops_the_campaign(runner: EitherRunner) -> None:
    """From its first entry in the ledger on, the ledger knows why it did not go on."""

    def press(place: str) -> None:
        if runner.ledger.queries.campaign(1).state is CampaignState.RUNNING:
            raise KeyboardInterrupt

    runner.plan(10)
    with pytest.raises(KeyboardInterrupt), arm_failpoints(press):
        runner.run()
    found = runner.ledger.queries.campaign(1)
    assert (found.state, found.why) == (CampaignState.STOPPED, "interrupted at the keyboard")
    assert not runner.service.requests
    assert runner.resume().finished


@pytest.mark.skipif(sys.platform == "win32", reason="signals reach no certain thread there")
@pytest.mark.parametrize("runner", ["sync"], indirect=True)
def test_ctrl_c_lets_the_request_under_way_end_and_stops_the_campaign(runner: EitherRunner) -> None:
    """It arrives where the caller waits, not in a worker: the answer is read and written, nothing else goes out, and
    the ledger knows why.
    """
    heard = threading.Event()

    def handler(number: int, frame: object) -> None:
        if not heard.is_set():
            heard.set()
            raise KeyboardInterrupt

    def press(phones: list[str]) -> None:
        # Pressed again if it came as the caller was about to wait: Python then hears it with the next one only.
        for _ in range(200):
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            if heard.wait(0.05):
                return
        raise AssertionError("Ctrl-C was not heard")

    runner.plan(20)
    runner.service.then(press)  # type: ignore[arg-type]
    before = signal.signal(signal.SIGINT, handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            runner.run()
    finally:
        signal.signal(signal.SIGINT, before)
    found = runner.ledger.queries.campaign(1)
    assert (found.state, found.why) == (CampaignState.STOPPED, "interrupted at the keyboard")
    assert runner.states() == {"accepted": 10, "pending": 10}
    assert runner.resume().finished


def test_ctrl_c_while_threads_start_leaves_none_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """At every place where Python may call its handler: all workers begin or none, and each of them ends."""
    # So that a thread that this finds to hang does not hold up the end of the tests.
    monkeypatch.setattr(threading, "Thread", partial(threading.Thread, daemon=True))
    begun: list[int] = []

    def run() -> None:
        begun.clear()
        workers_threads.WorkerGroup().run(lambda: begun.append(1), 3, lambda: None)

    def look(place: int) -> None:
        for thread in threading.enumerate():
            if thread.name.startswith("jsms-campaign"):
                thread.join(10)
                assert not thread.is_alive(), place
        assert len(begun) in (0, 3), place

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(interrupted_everywhere, run, look, workers_threads).result() > 20


def test_without_room_for_all_its_threads_a_run_sends_nothing(
    ledger: Ledger, service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that the system has given end without having begun."""
    runner = EitherRunner("sync", ledger, service, clock)
    start = threading.Thread.start

    def full(thread: threading.Thread) -> None:
        if thread.name == "jsms-campaign-1":
            raise RuntimeError("can't start new thread")
        start(thread)

    runner.plan(10)
    monkeypatch.setattr(threading.Thread, "start", full)
    with pytest.raises(RuntimeError, match="new thread"):
        runner.run(concurrency=2)
    monkeypatch.undo()
    assert runner.states() == {"pending": 10}
    assert not service.requests
    assert runner.resume().finished


def test_a_program_that_ends_within_a_request_leaves_it_unknown(runner: EitherRunner) -> None:
    """Whatever breaks in there: the request may have left, so its people are listed before the program goes."""

    def ended(phones: list[str]) -> NoReturn:
        raise SystemExit(3)

    runner.plan(20)
    runner.service.then(ended)
    with pytest.raises(SystemExit):
        runner.run()
    assert runner.states() == {"unknown": 10, "pending": 10}
    assert runner.resume().finished
    assert runner.states() == {"unknown": 10, "accepted": 10}
