"""Who may still write, and who must not send any more: silence, attempts, clocks that are set or stand still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from campaign_runners import EitherRunner
from campaign_scene import EASY, Clock, accepted, start, take
from campaign_service import Service, answer
from jsmskit import JsmsClient, RateLimitError
from jsmskit.campaigns import CampaignRunner, CampaignState, RunSettings
from jsmskit.campaigns.decisions import ChunkDecision, decide_error, decide_not_sent
from jsmskit.campaigns.ledger import Ledger, new_owner
from jsmskit.campaigns.models import ChunkLease
from jsmskit.campaigns.running.session import WorkerSession
from jsmskit.campaigns.states import ChunkState
from jsmskit.errors import Outcome


def test_a_worker_that_holds_its_lock_and_is_silent_is_taken_for_dead(
    either: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frozen, or cut off with its connection open: its chunk is unknown after the silence, and not before."""
    silent, other = start(either, 20, hold=False), new_owner()
    lease = take(either, silent)
    monkeypatch.setattr(type(either.database), "is_alive", lambda self, number: True)
    clock.now += EASY.worker_silence_seconds - 1
    either.join(silent)
    clock.now += EASY.worker_silence_seconds - 1
    assert either.recover_dead_workers(1, other, EASY) == []
    clock.now += 2
    assert either.recover_dead_workers(1, other, EASY) == [lease.chunk]
    assert either.queries.counts(1).chunks[ChunkState.UNKNOWN] == 1


def test_only_the_attempt_that_was_claimed_last_is_settled(either: Ledger, clock: Clock) -> None:
    """The same owner gave the chunk back and claimed it again: what it says of the first attempt changes nothing."""
    owner = start(either, 10)
    first = take(either, owner)
    assert either.settle(first, decide_not_sent("not begun"), EASY)
    second = take(either, owner)
    assert (second.chunk, second.attempt) == (first.chunk, first.attempt + 1)
    late = accepted(first)
    assert not either.settle(first, late, EASY)
    assert either.queries.counts(1).pending == 10
    assert either.queries.chunks(1)[0].state is ChunkState.IN_FLIGHT
    assert not either.settle(replace(second, owner=new_owner()), late, EASY)
    assert either.settle(second, late, EASY)


def test_a_lease_grows_old_by_the_steady_clock_too(ledger: Ledger, clock: Clock) -> None:
    """The wall clock stands still here: only the steady one tells that the machine was frozen."""
    steady = [0.0]
    session = WorkerSession(ledger, 1, start(ledger), EASY, clock=clock, monotonic=lambda: steady[0])
    lease = session.next_chunk()
    assert isinstance(lease, ChunkLease)
    assert not session.lease_expired(lease)
    steady[0] += EASY.send_within_seconds + 1
    assert session.lease_expired(lease)


@pytest.mark.parametrize("back", [30.0, 3600.0, 86400.0 * 30])
def test_a_clock_that_is_set_back_does_not_stand_a_campaign_still(
    ledger: Ledger, client: JsmsClient, clock: Clock, back: float
) -> None:
    """With a rate, tokens are filled from the time that it is now; and a wait that was told before ends as well."""
    settings = RunSettings(canary=False, rate=100.0)
    owner = start(ledger, 120, settings)
    lease = take(ledger, owner, settings)
    ledger.settle(lease, decide_not_sent("not begun"), settings)
    ledger.leave(owner)
    clock.now -= back
    begun = clock.now
    assert CampaignRunner(ledger, client, settings, clock=clock, sleep=clock.sleep).resume(1).finished
    assert clock.now - begun < 120


def _told_to_wait(seconds: str) -> Callable[[list[str]], tuple[int, dict[str, str], bytes]]:
    def step(phones: list[str]) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = answer(429, {"error": {"code": 50009, "message": "too often"}})
        return status, {**headers, "retry-after": seconds}, body

    return step


def test_a_gateway_that_asks_for_days_holds_a_campaign_for_an_hour(runner: EitherRunner) -> None:
    """`Retry-After` may come from anything in front of the service; the wait is bounded, and said."""
    runner.plan(10)
    runner.service.then(_told_to_wait("950400"))
    begun = runner.clock.now
    assert runner.run().campaign.state is CampaignState.FINISHED
    assert 3000 < runner.clock.now - begun < 3700
    assert len(runner.service.requests) == 2


def test_the_bound_of_a_wait_is_said(ledger: Ledger, clock: Clock) -> None:
    owner = start(ledger, 10)
    error = RateLimitError("busy.", outcome=Outcome.REJECTED, attempts=1, code=50009, retry_after=950400.0)
    decision = decide_error(take(ledger, owner), error, EASY)
    assert decision.throttle_seconds == 3600.0
    assert "asked for 950400 seconds; 3600 are waited" in decision.why


def test_a_campaign_that_is_told_to_slow_down_again_and_again_goes_on(
    ledger: Ledger, service: Service, clock: Clock
) -> None:
    """At a 64th of its rate at least."""
    settings = RunSettings(canary=False, rate=64.0)
    owner = start(ledger, 1, settings)
    for _ in range(40):
        clock.now += 3600
        lease = take(ledger, owner, settings)
        ledger.settle(lease, ChunkDecision(ChunkState.PENDING, throttle_seconds=1.0, answered=True), settings)
    clock.now += 3
    take(ledger, owner, settings)
