"""How a worker goes on from one chunk to the next, and leaves nothing claimed behind."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import Any

import pytest
from campaign_runners import EitherRunner
from campaign_scene import EASY, MORNING, PLAIN, Clock, start, take
from campaign_service import KEY, SECRET, AsyncService, Service, numbers
from jsmskit import AsyncJsmsClient
from jsmskit.campaigns import AsyncCampaignRunner, CampaignState, RunSettings, plan
from jsmskit.campaigns.decisions import decide_unknown
from jsmskit.campaigns.ledger import Ledger, new_owner
from jsmskit.campaigns.models import Backoff, ChunkLease, Finished
from jsmskit.campaigns.running.session import WorkerSession
from jsmskit.campaigns.states import ChunkPhase

LONG = 30.0


def begun(ledger: Ledger, count: int) -> tuple[WorkerSession, ChunkLease]:
    session = WorkerSession(ledger, 1, start(ledger, count), EASY)
    order = session.next_chunk()
    assert isinstance(order, ChunkLease)
    return session, order


def chunk_states(ledger: Ledger) -> list[str]:
    return [str(chunk.state) for chunk in ledger.queries.chunks(1)]


def test_what_was_claimed_and_not_begun_is_given_back(ledger: Ledger) -> None:
    """It is certain that nobody was written to: nothing of it is unknown after the next start."""
    session, order = begun(ledger, 20)
    session.mark_sending(order)
    assert isinstance(session.next_chunk(), ChunkLease)
    session.release_unstarted()
    assert chunk_states(ledger) == ["in_flight", "pending"]
    assert ledger.queries.chunks(1)[1].attempt == 1


def test_a_run_that_is_cancelled_within_a_claim_leaves_nothing_in_flight(
    ledger: Ledger, service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim is finished in its thread although nobody waits for it any more; it is given back."""
    plan(ledger, numbers(20), PLAIN)
    claimed, go = threading.Event(), threading.Event()
    claim = Ledger.claim

    def slow(self: Ledger, *args: Any, **options: Any) -> Any:
        step = claim(self, *args, **options)
        claimed.set()
        assert go.wait(LONG)
        return step

    async def cancelled() -> None:
        async with AsyncJsmsClient(KEY, SECRET, transport=AsyncService(service)) as client:
            runner = AsyncCampaignRunner(ledger, client, RunSettings(concurrency=1), clock=clock)
            run = asyncio.create_task(runner.run(1, check_balance=False))
            await asyncio.to_thread(claimed.wait, LONG)
            run.cancel()
            asyncio.get_running_loop().call_later(0.01, go.set)
            with pytest.raises(asyncio.CancelledError):
                await run
            runner.close()

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "claim", slow)
        asyncio.run(cancelled())
    assert not service.requests
    assert chunk_states(ledger) == ["pending", "pending"]


def test_an_order_in_hand_does_not_go_out_after_the_run_was_broken_off(
    runner: EitherRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker failed, or somebody pressed Ctrl-C, while it was claimed."""
    next_chunk = WorkerSession.next_chunk

    def broken_off(self: WorkerSession) -> ChunkLease | Backoff | Finished:
        step = next_chunk(self)
        self.stop()
        return step

    runner.plan(20)
    with monkeypatch.context() as patch:
        patch.setattr(WorkerSession, "next_chunk", broken_off)
        assert not runner.run().finished
    assert not runner.service.requests
    assert chunk_states(runner.ledger) == ["pending", "pending"]
    assert runner.resume().lost_chunks == ()


@pytest.mark.parametrize("phase", [ChunkPhase.RESERVED, ChunkPhase.COMMITTING])
def test_a_chunk_with_a_timed_task_is_never_given_back_without_it(ledger: Ledger, phase: ChunkPhase) -> None:
    """Its people may stand in the task that a dead predecessor made: pending, they would be written to twice."""
    _, order = begun(ledger, 10)
    assert ledger.set_phase(replace(order, schedule_id="task"), phase)
    ledger.hand_over(order)
    successor = WorkerSession(ledger, 1, new_owner(), EASY)
    assert isinstance(successor.next_chunk(), ChunkLease)
    successor.release_unstarted()
    successor.release_unstarted()  # nothing is left to give
    last = WorkerSession(ledger, 1, new_owner(), EASY).next_chunk()
    assert isinstance(last, ChunkLease)
    assert (last.chunk, last.phase, last.schedule_id) == (1, phase, "task")


def test_a_worker_that_waits_for_long_shows_now_and_then_that_it_lives(ledger: Ledger, clock: Clock) -> None:
    """At the session, every twenty seconds: a worker that is silent for minutes is taken for dead."""
    owner = start(ledger)
    take(ledger, owner)
    session = WorkerSession(ledger, 1, owner, EASY, clock=clock, monotonic=clock)

    def heard() -> float:
        with ledger.database.read() as tx:
            return float((tx.fetchone("SELECT heard_at FROM worker WHERE owner=?", (owner,)) or (0,))[0])

    clock.now += 19
    session.next_chunk()
    assert heard() == MORNING
    clock.now += 1
    session.next_chunk()
    assert heard() == MORNING + 20


def test_why_a_run_has_ended_is_not_overwritten(ledger: Ledger) -> None:
    """One worker sees the end, another fails at its last chunk: the end stays the end, and nobody gets more work."""
    owner = start(ledger, 10)
    session = WorkerSession(ledger, 1, owner, EASY)
    order = session.next_chunk()
    assert isinstance(order, ChunkLease)
    session.settle(order, decide_unknown(order, "no answer"))
    ended = session.next_chunk()
    session.stop()
    assert session.next_chunk() == ended == Finished(CampaignState.FINISHED, "")
