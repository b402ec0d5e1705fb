"""Who may still write, and who must not send any more: silence, attempts, clocks that are set or stand still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from campaign_runners import EitherRunner, MakeEither
from campaign_scene import PLAIN, Clock
from campaign_service import Service, answer, numbers
from jsmskit import JsmsClient, RateLimitError
from jsmskit.campaigns import CampaignRunner, CampaignState, RunSettings, plan
from jsmskit.campaigns.decisions import ChunkDecision, decide_error, decide_not_sent
from jsmskit.campaigns.ledger import Ledger, new_owner
from jsmskit.campaigns.models import Backoff, ChunkLease
from jsmskit.campaigns.running.session import WorkerSession
from jsmskit.campaigns.states import ChunkState
from jsmskit.errors import Outcome

SETTINGS = RunSettings(canary=False, unknown_share=1.0, unknown_in_a_row=99)


def _claimed(ledger: Ledger, owner: str, settings: RunSettings = SETTINGS) -> ChunkLease:
    lease = ledger.claim(1, owner, settings)
    assert isinstance(lease, ChunkLease)
    return lease


def test_a_worker_that_holds_its_lock_and_is_silent_is_taken_for_dead(
    either: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frozen, or cut off with its connection open: its chunk is unknown after the silence, and not before."""
    plan(either, numbers(20), PLAIN)
    silent, other = new_owner(), new_owner()
    either.start(1, silent, SETTINGS, resume=False, hold=False)
    lease = _claimed(either, silent)
    monkeypatch.setattr(type(either.database), "is_alive", lambda self, number: True)
    clock.now += SETTINGS.worker_silence_seconds - 1
    assert either.recover_dead_workers(1, other, SETTINGS) == []
    clock.now += 2
    assert either.recover_dead_workers(1, other, SETTINGS) == [lease.chunk]
    assert either.queries.counts(1).chunks[ChunkState.UNKNOWN] == 1


def test_a_worker_that_is_heard_is_not_taken_for_dead(
    either: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(either, numbers(20), PLAIN)
    owner = new_owner()
    either.start(1, owner, SETTINGS, resume=False, hold=False)
    _claimed(either, owner)
    monkeypatch.setattr(type(either.database), "is_alive", lambda self, number: True)
    clock.now += SETTINGS.worker_silence_seconds - 1
    either.join(owner)
    clock.now += 2
    assert either.recover_dead_workers(1, new_owner(), SETTINGS) == []


def test_only_the_attempt_that_was_claimed_last_is_settled(either: Ledger, clock: Clock) -> None:
    """The same owner gave the chunk back and claimed it again: what it says of the first attempt changes nothing."""
    plan(either, numbers(10), PLAIN)
    owner = new_owner()
    either.start(1, owner, SETTINGS, resume=False)
    first = _claimed(either, owner)
    assert either.settle(first, decide_not_sent("not begun"), SETTINGS)
    second = _claimed(either, owner)
    assert (second.chunk, second.attempt) == (first.chunk, first.attempt + 1)
    accepted = {one.position: "1" for one in first.members}
    late = ChunkDecision(ChunkState.ACCEPTED, accepted=accepted, answered=True)
    assert not either.settle(first, late, SETTINGS)
    assert either.queries.counts(1).pending == 10
    assert either.queries.chunks(1)[0].state is ChunkState.IN_FLIGHT
    assert not either.settle(replace(second, owner=new_owner()), late, SETTINGS)
    assert either.settle(second, late, SETTINGS)


def test_a_lease_that_came_with_the_write_before_grows_old_by_the_steady_clock_too(
    ledger: Ledger, clock: Clock
) -> None:
    """The wall clock stands still here: only the steady one tells that the machine was frozen."""
    plan(ledger, numbers(1200), PLAIN)
    steady, owner = [0.0], new_owner()
    session = WorkerSession(ledger, 1, owner, SETTINGS, clock=clock, monotonic=lambda: steady[0], ahead=True)
    ledger.start(1, owner, SETTINGS, resume=False)
    lease = session.next_chunk()
    assert isinstance(lease, ChunkLease)
    session.mark_sending(lease)
    chained = session._settle_and_go_on(
        lease, ChunkDecision(ChunkState.ACCEPTED, accepted={one.position: "1" for one in lease.members}, answered=True)
    )
    assert isinstance(chained, ChunkLease)
    assert not session.lease_expired(chained)
    steady[0] += SETTINGS.send_within_seconds + 1
    assert session.lease_expired(chained)


@pytest.mark.parametrize("back", [30.0, 3600.0, 86400.0 * 30])
def test_a_clock_that_is_set_back_does_not_stand_a_campaign_still(
    ledger: Ledger, client: JsmsClient, clock: Clock, back: float
) -> None:
    """With a rate, tokens are filled from the time that it is now; and a wait that was told before ends as well."""
    plan(ledger, numbers(1200), PLAIN)
    settings = RunSettings(canary=False, rate=1000.0)
    owner = new_owner()
    ledger.start(1, owner, settings, resume=False)
    lease = _claimed(ledger, owner, settings)
    ledger.settle(lease, decide_not_sent("not begun"), settings)
    ledger.leave(owner)
    clock.now -= back
    begun = clock.now
    assert CampaignRunner(ledger, client, settings, clock=clock, sleep=clock.sleep).resume(1).finished
    assert clock.now - begun < 120


def test_a_wait_that_was_told_before_the_clock_was_set_back_ends(either: Ledger, clock: Clock) -> None:
    """A moment further away than anything is ever put off was written by another clock."""
    plan(either, numbers(10), PLAIN)
    owner = new_owner()
    either.start(1, owner, SETTINGS, resume=False)
    lease = _claimed(either, owner)
    slow = ChunkDecision(ChunkState.PENDING, throttle_seconds=600.0, wait=600.0, answered=True)
    either.settle(lease, slow, SETTINGS)
    assert isinstance(either.claim(1, owner, SETTINGS), Backoff)
    clock.now -= 86400.0
    _claimed(either, owner)


def _told_to_wait(seconds: str) -> Callable[[list[str]], tuple[int, dict[str, str], bytes]]:
    def step(phones: list[str]) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = answer(429, {"error": {"code": 50009, "message": "too often"}})
        return status, {**headers, "retry-after": seconds}, body

    return step


def test_a_gateway_that_asks_for_days_holds_a_campaign_for_an_hour(
    ledger: Ledger, service: Service, either_runner: MakeEither, clock: Clock
) -> None:
    """`Retry-After` may come from anything in front of the service; the wait is bounded, and said."""
    plan(ledger, numbers(10), PLAIN)
    service.then(*[_told_to_wait("950400")] * 1)
    runner: EitherRunner = either_runner()
    begun = clock.now
    assert runner.run(1).campaign.state is CampaignState.FINISHED
    assert 3000 < clock.now - begun < 3700
    assert len(service.requests) == 2


def test_the_bound_of_a_wait_is_said(ledger: Ledger, clock: Clock) -> None:
    plan(ledger, numbers(10), PLAIN)
    owner = new_owner()
    ledger.start(1, owner, SETTINGS, resume=False)
    error = RateLimitError("busy.", outcome=Outcome.REJECTED, attempts=1, code=50009, retry_after=950400.0)
    decision = decide_error(_claimed(ledger, owner), error, SETTINGS)
    assert decision.throttle_seconds == 3600.0
    assert "asked for 950400 seconds; 3600 are waited" in decision.why


def test_a_campaign_that_is_told_to_slow_down_again_and_again_goes_on(
    ledger: Ledger, service: Service, clock: Clock
) -> None:
    """At a 64th of its rate at least."""
    plan(ledger, numbers(1), PLAIN)
    owner, settings = new_owner(), RunSettings(canary=False, rate=64.0)
    ledger.start(1, owner, settings, resume=False)
    for _ in range(40):
        clock.now += 3600
        lease = _claimed(ledger, owner, settings)
        ledger.settle(lease, ChunkDecision(ChunkState.PENDING, throttle_seconds=1.0, answered=True), settings)
    clock.now += 3
    _claimed(ledger, owner, settings)
