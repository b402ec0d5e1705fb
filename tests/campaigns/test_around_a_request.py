"""What a run does before, between and after its requests, with threads and with asyncio: the same."""

from __future__ import annotations

import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NoReturn

import pytest
from campaign_runners import MakeEither
from campaign_scene import PLAIN, Clock
from campaign_service import Answer, Service, numbers, refusal
from jsmskit import APIConnectionError
from jsmskit.campaigns import CampaignState, CampaignStateError, LedgerError, open_ledger, plan
from jsmskit.campaigns.ledger import Ledger, settlement
from jsmskit.campaigns.running import workers_threads
from jsmskit.errors import Outcome

from tests.interrupt_at import interrupted_everywhere


def count(ledger: Ledger) -> dict[str, int]:
    return {str(state): number for state, number in ledger.queries.counts(1).recipients.items()}


def out_of_reach() -> NoReturn:
    """A step of the balance: nothing comes back."""
    raise ConnectionResetError("gone")


def as_usual() -> None:
    """A step of the balance."""


def test_a_connection_that_is_refused_costs_time_only(
    ledger: Ledger, service: Service, either_runner: MakeEither
) -> None:
    """Certainly not sent: the chunk goes back, and out a little later."""
    plan(ledger, numbers(20), PLAIN)
    service.then(*[service.refused_connection] * 4)
    assert either_runner().run().finished
    assert count(ledger) == {"accepted": 20}
    assert max(service.taken.values()) == 1


def test_what_cannot_be_reached_pauses_and_is_gone_on_with(
    ledger: Ledger, service: Service, either_runner: MakeEither
) -> None:
    """It does not knock for ever; `resume` goes on where the ledger stands."""
    plan(ledger, numbers(20), PLAIN)
    service.then(*[service.refused_connection] * 5)
    paused = either_runner().run()
    assert (paused.campaign.state, paused.finished) == (CampaignState.PAUSED, False)
    assert "could not be reached" in paused.campaign.why
    assert either_runner().resume().finished
    assert count(ledger) == {"accepted": 20}


def test_an_order_that_lay_too_long_is_given_back(
    ledger: Ledger, service: Service, either_runner: MakeEither, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine slept between claim and request: somebody may have decided about the chunk meanwhile."""
    plan(ledger, numbers(10), PLAIN)
    naps = [3600.0]
    claim = Ledger.claim

    def slow_claim(self: Ledger, *args: object, **options: object) -> object:
        step = claim(self, *args, **options)  # type: ignore[arg-type]
        clock.now += naps.pop() if naps else 0.0
        return step

    monkeypatch.setattr(Ledger, "claim", slow_claim)
    assert either_runner().run().finished
    assert len(service.requests) == 1
    (chunk,) = ledger.queries.chunks(1)
    assert chunk.attempt == 2


@pytest.mark.parametrize("failures", [1, 3])
def test_an_answer_in_hand_is_written_as_soon_as_the_ledger_can(
    ledger: Ledger, either_runner: MakeEither, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    """It exists nowhere else, so writing it is tried again before the run gives up."""
    plan(ledger, numbers(10), PLAIN)
    left = [LedgerError("the disk is full.", "Make room.")] * failures
    settle = settlement.settle

    def flaky(*args: Any) -> bool:
        if left:
            raise left.pop()
        return settle(*args)

    monkeypatch.setattr(settlement, "settle", flaky)
    assert either_runner().run().finished
    assert not left
    assert count(ledger) == {"accepted": 10}


def test_what_fails_before_a_run_says_that_nothing_was_sent(
    ledger: Ledger, service: Service, either_runner: MakeEither
) -> None:
    """Another run is on, the campaign was started before: the step that raised it sent nothing."""
    plan(ledger, numbers(10), PLAIN)
    assert either_runner().run().finished
    with pytest.raises(CampaignStateError, match="nothing left") as caught:
        either_runner().run()
    assert (caught.value.in_run, caught.value.outcome) == (False, Outcome.NOT_SENT)
    assert len(service.requests) == 1


def test_a_ledger_that_cannot_be_written_ends_the_run_and_lists_what_was_sent(
    ledger: Ledger, service: Service, either_runner: MakeEither, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both workers stop, nothing more is sent, and after the next start the chunk is unknown."""
    plan(ledger, numbers(20), PLAIN)

    def full(*args: object) -> bool:
        raise LedgerError("the disk is full.", "Make room.")

    with monkeypatch.context() as patch:
        patch.setattr(settlement, "settle", full)
        with pytest.raises(LedgerError, match="full") as caught:
            either_runner(concurrency=2).run()
    assert (caught.value.in_run, caught.value.outcome, caught.value.campaign_id) == (True, Outcome.UNKNOWN, 1)
    assert len(service.requests) == 1
    result = either_runner().resume()
    assert result.lost_chunks == (1,)
    assert count(ledger) == {"unknown": 10, "accepted": 10}
    assert max(service.taken.values()) == 1


def test_too_little_money_stops_before_the_first_message(
    ledger: Ledger, service: Service, either_runner: MakeEither
) -> None:
    plan(ledger, numbers(20), PLAIN)
    service.balance = {"app_balance": 9, "app_voice": 500, "app_industry": 10, "app_market": 500}
    with pytest.raises(CampaignStateError, match="needs about 20 units, the application has 19"):
        either_runner().run()
    assert not service.requests
    assert ledger.queries.campaign(1).state is CampaignState.PLANNED


def test_a_balance_that_nobody_tells_stops_before_the_first_message_only(
    ledger: Ledger, service: Service, either_runner: MakeEither
) -> None:
    """At the start the error comes out. On the way it is no reason to stop: the service refuses when the money is
    gone.
    """
    plan(ledger, numbers(20), PLAIN)
    service.balance_plan = [out_of_reach]
    with pytest.raises(APIConnectionError):
        either_runner().run()
    assert not service.requests
    service.balance_plan = [as_usual, out_of_reach]
    assert either_runner(balance_every=1).run().finished


@pytest.mark.parametrize(
    ("told", "why"), [(None, "needs about 10 units"), (refusal(50014, 403), "50014")], ids=["count", "refusal"]
)
def test_money_that_is_gone_on_the_way_pauses(
    ledger: Ledger, service: Service, either_runner: MakeEither, told: Answer | None, why: str
) -> None:
    """Seen from the count of units, or from the service's refusal to count them; the rest waits."""

    def spent() -> Answer | None:
        service.balance["app_balance"] = 0
        return told

    plan(ledger, numbers(20), PLAIN)
    service.balance_plan = [as_usual, spent]
    result = either_runner(balance_every=1).run()
    assert result.campaign.state is CampaignState.PAUSED
    assert why in result.campaign.why
    assert count(ledger) == {"accepted": 10, "pending": 10}


def test_ctrl_c_before_the_first_request_starts_nothing(
    ledger: Ledger, service: Service, either_runner: MakeEither
) -> None:

    def interrupted() -> NoReturn:
        raise KeyboardInterrupt

    plan(ledger, numbers(10), PLAIN)
    service.balance_plan = [interrupted]
    with pytest.raises(KeyboardInterrupt):
        either_runner().run()
    assert ledger.queries.campaign(1).state is CampaignState.PLANNED
    assert either_runner().run().finished


@pytest.mark.skipif(sys.platform == "win32", reason="signals reach no certain thread there")
@pytest.mark.parametrize("either_runner", ["sync"], indirect=True)
def test_ctrl_c_lets_the_request_under_way_end_and_stops_the_campaign(
    ledger: Ledger, service: Service, either_runner: MakeEither
) -> None:
    """It arrives where the caller waits, not in a worker: the answer is read and written, nothing else goes out, and
    the ledger knows why.
    """
    heard = threading.Event()

    def handler(number: int, frame: object) -> NoReturn:
        heard.set()
        raise KeyboardInterrupt

    def press(phones: list[str]) -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        assert heard.wait(10)

    plan(ledger, numbers(20), PLAIN)
    service.then(press)  # type: ignore[arg-type]
    before = signal.signal(signal.SIGINT, handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            either_runner().run()
    finally:
        signal.signal(signal.SIGINT, before)
    found = ledger.queries.campaign(1)
    assert (found.state, found.why) == (CampaignState.STOPPED, "interrupted at the keyboard")
    assert count(ledger) == {"accepted": 10, "pending": 10}
    assert either_runner().resume().finished


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


def test_a_program_that_ends_within_a_request_leaves_it_unknown(
    ledger: Ledger, service: Service, either_runner: MakeEither
) -> None:
    """Whatever breaks in there: the request may have left, so its people are listed before the program goes."""

    def ended(phones: list[str]) -> NoReturn:
        raise SystemExit(3)

    plan(ledger, numbers(20), PLAIN)
    service.then(ended)
    with pytest.raises(SystemExit):
        either_runner().run()
    assert count(ledger) == {"unknown": 10, "pending": 10}
    assert either_runner().resume().finished
    assert count(ledger) == {"unknown": 10, "accepted": 10}


def test_a_campaign_that_a_person_stops_takes_no_pause_of_its_own(
    ledger: Ledger, service: Service, either_runner: MakeEither
) -> None:
    plan(ledger, numbers(20), PLAIN)

    def stop_and_refuse(phones: list[str]) -> Answer:
        with open_ledger(ledger.place) as terminal:
            terminal.stop(1, "by hand")
        return refusal(50014, 403)

    service.then(stop_and_refuse)
    result = either_runner().run()
    assert (result.campaign.state, result.campaign.why) == (CampaignState.STOPPED, "by hand")
    assert result.counts.pending == 20
