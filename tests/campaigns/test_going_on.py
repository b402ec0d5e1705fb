"""How a worker goes on from one chunk to the next: with one write, at once, and leaving nothing claimed behind."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from campaign_runners import MakeEither
from campaign_scene import EASY, MARKETING, MORNING, PLAIN, Clock, accepted, start, take
from campaign_service import KEY, SECRET, AsyncService, Service, numbers
from jsmskit import AsyncJsmsClient, JsmsClient
from jsmskit.campaigns import (
    AsyncCampaignRunner,
    CampaignRunner,
    CampaignState,
    ChunkState,
    NoSuchCampaignError,
    RunSettings,
    plan,
)
from jsmskit.campaigns.decisions import decide_unknown
from jsmskit.campaigns.ledger import Ledger, claims, new_owner
from jsmskit.campaigns.ledger.database.sqlite import SqliteDatabase
from jsmskit.campaigns.models import Backoff, ChunkLease, Finished
from jsmskit.campaigns.running import workers_asyncio, workers_threads
from jsmskit.campaigns.running.session import WorkerSession
from jsmskit.campaigns.states import ChunkPhase
from jsmskit.results import BatchResult
from jsmskit.results.messages import AcceptedMessage

LONG = 30.0


def begun(ledger: Ledger, count: int = 2110) -> tuple[WorkerSession, ChunkLease]:
    session = WorkerSession(ledger, 1, start(ledger, count), EASY, ahead=True)
    order = session.next_chunk()
    assert isinstance(order, ChunkLease)
    return session, order


def answer(order: ChunkLease) -> BatchResult:
    phones = list(order.members.phones)
    return BatchResult(tuple(AcceptedMessage(phone, f"1{phone}") for phone in phones), (), (), raw={})


def chunk_states(ledger: Ledger) -> list[str]:
    return [str(chunk.state) for chunk in ledger.queries.chunks(1)]


def test_a_chunk_is_claimed_with_the_write_that_settles_the_one_before(
    ledger: Ledger, either_runner: MakeEither, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claims of their own are those of the first chunk, and where there was none to be had."""
    plan(ledger, numbers(3110), PLAIN)
    steps: list[Any] = []
    claim = Ledger.claim

    def counted(self: Ledger, *args: Any, **options: Any) -> Any:
        steps.append(claim(self, *args, **options))
        return steps[-1]

    monkeypatch.setattr(Ledger, "claim", counted)
    monkeypatch.delattr(Ledger, "settle")
    assert either_runner(concurrency=1).run().finished
    assert [type(step) for step in steps] == [ChunkLease]


def test_both_are_written_or_neither(either: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A campaign that is gone takes nothing of the verdict with it; a database that fails takes both."""
    session, order = begun(either)

    def gone(*args: object, **options: object) -> object:
        raise NoSuchCampaignError("gone.", "")

    with monkeypatch.context() as patch:
        patch.setattr(claims, "claim", gone)
        assert either.settle_and_claim(order, accepted(order), EASY) == (True, None)
    assert chunk_states(either)[:2] == ["accepted", "pending"]
    following = session.next_chunk()
    assert isinstance(following, ChunkLease)
    monkeypatch.setattr(claims, "claim", None)
    with pytest.raises(TypeError):
        either.settle_and_claim(following, decide_unknown(following, "nothing"), EASY)
    assert chunk_states(either)[:2] == ["accepted", "in_flight"]


def test_what_was_claimed_and_not_begun_is_given_back(ledger: Ledger) -> None:
    """It is certain that nobody was written to: nothing of it is unknown after the next start."""
    session, order = begun(ledger)
    session.mark_sending(order)
    following = session.settle_answer(order, answer(order))
    assert isinstance(following, ChunkLease)
    session.release_unstarted()
    assert chunk_states(ledger) == ["accepted", "pending", "pending", "pending"]
    assert ledger.queries.chunks(1)[1].attempt == 1


def test_a_desk_that_is_closed_takes_nothing_with_its_last_verdict(ledger: Ledger) -> None:
    session, order = begun(ledger)
    session.stop()
    assert session.settle_answer(order, answer(order)) is None
    plain = WorkerSession(ledger, 1, new_owner(), EASY)
    second = plain.next_chunk()
    assert isinstance(second, ChunkLease)
    assert plain.settle_answer(second, answer(second)) is None
    assert chunk_states(ledger) == ["accepted", "accepted", "pending", "pending"]


def test_the_end_is_seen_with_the_last_verdict(ledger: Ledger) -> None:
    session, order = begun(ledger, 10)
    assert session.settle_answer(order, answer(order)) == Finished(CampaignState.FINISHED, "")
    assert session.next_chunk() == Finished(CampaignState.FINISHED, "")


def test_a_wait_is_asked_for_anew(ledger: Ledger, clock: Clock) -> None:
    """Marketing at night: what came with a verdict may be over by the time it is looked at."""
    plan(ledger, numbers(110), MARKETING)
    owner = new_owner()
    ledger.start(1, owner, EASY, resume=False)
    session = WorkerSession(ledger, 1, owner, EASY, clock=clock, monotonic=clock, ahead=True)
    order = session.next_chunk()
    assert isinstance(order, ChunkLease)
    clock.now += 13 * 3600
    assert session.settle_answer(order, answer(order)) is None
    assert isinstance(session.next_chunk(), Backoff)


def test_news_ends_a_rest_of_threads() -> None:
    """News that was not known ends it at once; with none it ends in time."""
    workers = workers_threads.WorkerGroup()
    assert not workers.wait_for_change(0, workers.version)
    known = workers.version
    resting = threading.Thread(target=workers.notify)
    resting.start()
    assert workers.wait_for_change(LONG, known)
    assert workers.wait_for_change(LONG, known)
    resting.join()


def test_news_ends_a_rest_of_tasks() -> None:

    async def work() -> None:
        workers = workers_asyncio.WorkerGroup()
        assert not await workers.wait_for_change(0, workers.version)
        known = workers.version
        resting = asyncio.create_task(workers.wait_for_change(LONG, known))
        await asyncio.sleep(0)
        workers.notify()
        assert await resting
        assert await workers.wait_for_change(LONG, known)
        workers.close()

    asyncio.run(work())


def test_whoever_waits_for_others_is_not_asleep_when_they_come_back(
    ledger: Ledger, service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a run that sleeps by itself: five workers wait for the first small request, and rest, with threads."""
    rests: list[float] = []
    rest = workers_threads.WorkerGroup.wait_for_change

    def noted(self: Any, seconds: float, known: int) -> bool:
        rests.append(seconds)
        return rest(self, LONG, known)

    monkeypatch.setattr(workers_threads.WorkerGroup, "wait_for_change", noted)
    plan(ledger, numbers(2110), PLAIN)
    gate = threading.Event()
    service.then(lambda phones: gate.wait(LONG) and None)
    with JsmsClient(KEY, SECRET, transport=service) as client:
        runner = CampaignRunner(ledger, client, RunSettings(concurrency=5), clock=clock)

        def open_the_gate(self: Any, seconds: float, known: int) -> bool:
            gate.set()
            return noted(self, seconds, known)

        monkeypatch.setattr(workers_threads.WorkerGroup, "wait_for_change", open_the_gate)
        assert runner.run(1, check_balance=False).finished
    assert rests
    assert max(service.taken.values()) == 1


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


def test_tasks_that_wait_for_others_are_not_asleep_either(
    ledger: Ledger, service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same with tasks: whoever asks while the first small request is in flight rests until it has ended."""
    rests: list[bool] = []
    rest = workers_asyncio.WorkerGroup.wait_for_change

    async def noted(self: Any, seconds: float, known: int) -> bool:
        rests.append(await rest(self, LONG, known))
        return rests[-1]

    async def work() -> bool:
        async with AsyncJsmsClient(KEY, SECRET, transport=AsyncService(service)) as client:
            runner = AsyncCampaignRunner(ledger, client, RunSettings(concurrency=5), clock=clock)
            result = await runner.run(1, check_balance=False)
            runner.close()
            return result.finished

    monkeypatch.setattr(workers_asyncio.WorkerGroup, "wait_for_change", noted)
    plan(ledger, numbers(2110), PLAIN)
    assert asyncio.run(work())
    assert rests
    assert all(rests)
    assert max(service.taken.values()) == 1


def test_an_order_in_hand_does_not_go_out_after_the_run_was_broken_off(
    ledger: Ledger, service: Service, either_runner: MakeEither, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker failed, or somebody pressed Ctrl-C, just after it was claimed with a verdict."""
    settle = WorkerSession.settle_answer

    def broken_off(self: WorkerSession, order: ChunkLease, result: BatchResult) -> ChunkLease | Finished | None:
        following = settle(self, order, result)
        self.stop()
        return following

    plan(ledger, numbers(2110), PLAIN)
    with monkeypatch.context() as patch:
        patch.setattr(WorkerSession, "settle_answer", broken_off)
        assert not either_runner(concurrency=1).run().finished
    assert len(service.requests) == 1
    assert chunk_states(ledger) == ["accepted", "pending", "pending", "pending"]
    assert either_runner().resume().lost_chunks == ()


@pytest.mark.parametrize("phase", [ChunkPhase.RESERVED, ChunkPhase.COMMITTING])
def test_a_chunk_with_a_timed_task_is_never_given_back_without_it(ledger: Ledger, phase: ChunkPhase) -> None:
    """Its people may stand in the task that a dead predecessor made: pending, they would be written to twice."""
    _, order = begun(ledger, 10)
    assert ledger.set_phase(order, phase, schedule_id="task", send_at=1.0)
    ledger.hand_over(order)
    successor = WorkerSession(ledger, 1, new_owner(), EASY, ahead=True)
    assert isinstance(successor.next_chunk(), ChunkLease)
    successor.release_unstarted()
    successor.release_unstarted()  # nothing is left to give
    last = WorkerSession(ledger, 1, new_owner(), EASY).next_chunk()
    assert isinstance(last, ChunkLease)
    assert (last.chunk, last.phase, last.schedule_id) == (1, phase, "task")


def test_going_on_costs_the_same_however_many_chunks_there_are(ledger: Ledger) -> None:
    """In steps of SQLite's machine. Each claim looked through all chunks of the campaign before."""
    session, order = begun(ledger, 5110)
    database = ledger._database
    assert isinstance(database, SqliteDatabase)

    def steps_of_going_on(order: ChunkLease) -> tuple[int, ChunkLease]:
        taken: list[None] = []
        database._connection.set_progress_handler(lambda: taken.append(None), 1)
        following = session.settle_answer(order, answer(order))
        database._connection.set_progress_handler(None, 1)
        assert isinstance(following, ChunkLease)
        return len(taken), following

    for _ in range(2):  # past the small ones
        _, order = steps_of_going_on(order)
    few, order = steps_of_going_on(order)
    with database.transaction() as tx:
        for state, first in ((ChunkState.ACCEPTED, 1000), (ChunkState.PENDING, 9000)):
            tx.executemany(
                "INSERT INTO chunk (campaign_id, chunk, state, stage, size, family) VALUES (1, ?, ?, 2, 1000, ?)",
                [(number, state, number) for number in range(first, first + 3000)],
            )
    many, _ = steps_of_going_on(order)
    assert many < 1.1 * few, (few, many)


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
    session.record_unknown(order, "no answer")
    ended = session.next_chunk()
    session.stop()
    assert session.next_chunk() == ended == Finished(CampaignState.FINISHED, "")


def test_broken_off_is_the_end_for_this_run_only(ledger: Ledger) -> None:
    """The ledger says that the campaign runs; this session gives out nothing more."""
    session = WorkerSession(ledger, 1, start(ledger), EASY)
    session.stop()
    assert session.next_chunk() == Finished(CampaignState.RUNNING, "broken off")
    assert ledger.queries.campaign(1).state is CampaignState.RUNNING
