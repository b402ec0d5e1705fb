"""The engine's workers on a real PostgreSQL, in this process: jobs carry the work, the ledger alone decides. Deaths,
freezes and crashes of the server are in experiments/campaigns/engine_kills.py.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, NoReturn

import procrastinate
import psycopg
import pytest
from campaign_postgres import PostgresServer
from campaign_scene import EASY, PLAIN, accepted, states, take
from campaign_service import KEY, SECRET, Answer, AsyncService, Service, numbers
from campaign_timed import OURS, TimedService
from jsmskit import AsyncJsmsClient, TransportRequest
from jsmskit.campaigns import (
    CampaignState,
    CampaignStateError,
    LedgerError,
    Mode,
    RunSettings,
    Target,
    TargetChangedError,
    distributed,
    open_ledger,
    plan,
)
from jsmskit.campaigns.distributed import DistributedWorker, enqueue_campaign
from jsmskit.campaigns.ledger import Ledger, new_owner
from jsmskit.campaigns.models import ChunkLease
from jsmskit.errors import Outcome

pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    yield postgres.url
    postgres.empty()


@pytest.fixture
def shared(url: str) -> Iterator[Ledger]:
    """A ledger under the real clock: the engine has no other."""
    with open_ledger(url) as made:
        yield made


def jobs(url: str, statement: str = "SELECT queueing_lock FROM procrastinate_jobs ORDER BY id") -> list[Any]:
    """Look at the engine's jobs, or change them."""
    with psycopg.connect(url, autocommit=True, options="-c search_path=jsms_engine") as connection:
        cursor = connection.execute(statement.encode())
        return [row[0] for row in cursor.fetchall()] if cursor.description else []


async def work(url: str, ledger: Ledger, service: Any, **options: Any) -> None:
    """Be one worker until nothing is left to do."""
    transport = service if isinstance(service, AsyncService) else AsyncService(service)
    async with AsyncJsmsClient(KEY, SECRET, transport=transport) as client:
        settings = {"until_done": True, "sweep_seconds": 0.05} | options
        await DistributedWorker(url, ledger, client, **settings).run()


def test_what_is_handed_over_is_sent_by_workers_once(url: str, shared: Ledger, service: Service) -> None:
    """A job for each chunk; the worker ends when no campaign is running.

    A worker may send the chunk of a job that has not been taken yet. Such a job can be left; taken later, it sends
    nothing.
    """
    plan(shared, numbers(120), PLAIN)
    made = asyncio.run(enqueue_campaign(url, shared, 1, RunSettings(concurrency=2), resume=False))
    assert made == 3
    assert jobs(url) == ["1:1", "1:2", "1:3"]
    asyncio.run(work(url, shared, service, concurrency=2))
    assert shared.queries.campaign(1).state is CampaignState.FINISHED
    assert states(shared) == {"accepted": 120}
    asyncio.run(work(url, shared, service, concurrency=2))
    assert set(service.taken.values()) == {1}
    assert len(service.taken) == 120


def test_a_cancellation_that_the_engine_loses_is_repeated(
    url: str, shared: Ledger, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that comes while the engine connects can be swallowed by the pool; the worker hung for ever then."""

    async def deaf(app: procrastinate.App, **_: object) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    monkeypatch.setattr(procrastinate.App, "run_worker_async", deaf)
    monkeypatch.setattr(distributed, "_END_SECONDS", 0.01)
    asyncio.run(asyncio.wait_for(work(url, shared, service), 10))


def test_a_worker_leaves_out_whom_its_guard_withholds(
    url: str, shared: Ledger, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the environment of its machine; chunks of which nobody is left end without a request."""
    monkeypatch.setenv("JSMS_ONLY_TO", ",".join(numbers(10) + numbers(1, 50)))
    plan(shared, numbers(120), PLAIN)
    asyncio.run(enqueue_campaign(url, shared, 1, RunSettings(), resume=False))
    asyncio.run(work(url, shared, service))
    assert service.requests == [numbers(10), numbers(1, 50)]
    assert shared.queries.campaign(1).state is CampaignState.FINISHED
    assert states(shared) == {"accepted": 11, "withheld": 109}


def test_jobs_that_come_in_the_wrong_order_do_not_wait_for_one_another(
    url: str, shared: Ledger, service: Service
) -> None:
    """The first small request goes first, whichever job comes first; also when the shared rate makes it wait."""
    plan(shared, numbers(15), PLAIN)
    asyncio.run(enqueue_campaign(url, shared, 1, RunSettings(rate=20.0), resume=False))
    jobs(url, "UPDATE procrastinate_jobs SET priority=9 WHERE queueing_lock='1:2'")
    asyncio.run(work(url, shared, service))
    assert [len(request) for request in service.requests] == [10, 5]
    assert states(shared) == {"accepted": 15}


def test_what_a_dead_worker_had_in_flight_becomes_unknown_and_the_rest_goes_on(
    url: str, shared: Ledger, service: Service
) -> None:
    """The sweep of a living one finds it; its job is put away and never run again."""
    plan(shared, numbers(20), PLAIN)
    settings = RunSettings(unknown_share=1.0)
    asyncio.run(enqueue_campaign(url, shared, 1, settings, resume=False))
    jobs(url, "UPDATE procrastinate_jobs SET status='doing' WHERE queueing_lock='1:1'")
    with open_ledger(url) as dying:
        owner = new_owner()
        dying.join(owner)
        order = dying.claim(1, owner, settings)
        assert isinstance(order, ChunkLease)
    told: list[str] = []
    asyncio.run(work(url, shared, service, tell=told.append))
    assert told == [
        "campaign 1: chunks [1] of a dead worker are unknown",
        "campaign 1: 10 recipients handled here, 10 since the start",
    ]
    assert states(shared) == {"unknown": 10, "accepted": 10}
    assert sorted(service.taken) == numbers(10, 10)
    status = jobs(url, "SELECT status::text FROM procrastinate_jobs WHERE queueing_lock='1:1'")
    assert status == ["failed"]


def test_a_timed_task_of_a_dead_worker_is_gone_on_with_when_nothing_else_is_left(url: str, shared: Ledger) -> None:
    """Its chunk is in flight and nobody's: the sweep of a living worker makes a job for it, too."""
    settings = RunSettings(mode=Mode.SCHEDULE, schedule_canary_phone=OURS)
    plan(shared, numbers(10), PLAIN, mode=Mode.SCHEDULE)
    asyncio.run(enqueue_campaign(url, shared, 1, settings, resume=False))
    jobs(url, "DELETE FROM procrastinate_jobs")
    with open_ledger(url) as dying:
        owner = new_owner()
        dying.join(owner)
        assert isinstance(dying.claim(1, owner, settings), ChunkLease)
    service = TimedService()
    asyncio.run(asyncio.wait_for(work(url, shared, service), 30))
    assert service.went_out() == Counter(numbers(10))
    assert states(shared) == {"accepted": 10}


def test_of_very_many_chunks_a_part_has_jobs_and_the_workers_add_more(
    url: str, shared: Ledger, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of jobs as long as the campaign would be a second ledger."""
    monkeypatch.setattr(distributed, "_FEED_AT_ONCE", 2)
    plan(shared, numbers(120), PLAIN)
    assert asyncio.run(enqueue_campaign(url, shared, 1, RunSettings(), resume=False)) == 2
    asyncio.run(work(url, shared, service))
    assert states(shared) == {"accepted": 120}


def test_a_worker_without_an_end_works_until_it_is_stopped(url: str, shared: Ledger, service: Service) -> None:
    """It stays when nothing is left, takes what is handed over later, and ends when it is cancelled."""

    async def main() -> None:
        worker = asyncio.create_task(work(url, shared, service, until_done=False))
        plan(shared, numbers(10), PLAIN)
        await enqueue_campaign(url, shared, 1, RunSettings(), resume=False)
        while shared.queries.campaign(1).state is not CampaignState.FINISHED:
            await asyncio.wait([worker], timeout=0.05)
            assert not worker.done()
        worker.cancel()
        with pytest.raises(asyncio.CancelledError):
            await worker

    asyncio.run(main())
    assert states(shared) == {"accepted": 10}


def test_a_job_ends_when_all_that_is_left_is_in_flight_elsewhere(url: str, shared: Ledger, service: Service) -> None:
    """As far as more requests may be: it does not keep a worker from the jobs of other campaigns."""
    plan(shared, numbers(10), PLAIN)
    asyncio.run(enqueue_campaign(url, shared, 1, RunSettings(concurrency=2), resume=False))

    async def main() -> None:
        with open_ledger(url) as other:
            owner = new_owner()
            other.join(owner)
            order = take(other, owner)
            worker = asyncio.create_task(work(url, shared, service))
            while jobs(url):
                await asyncio.wait([worker], timeout=0.05)
            other.settle(order, accepted(order), EASY)
            await worker

    asyncio.run(asyncio.wait_for(main(), 60))
    assert not service.requests
    assert states(shared) == {"accepted": 10}


def test_a_worker_with_other_keys_sends_nothing_and_says_so(url: str, shared: Ledger, service: Service) -> None:
    """Jobs of such a campaign are for workers with the right keys; with none left for it, it ends. Whether anything was
    sent is said with it.
    """
    target = Target("https://elsewhere.example/v1", "another application")
    plan(shared, numbers(10), replace(PLAIN, target=target))
    asyncio.run(enqueue_campaign(url, shared, 1, RunSettings(), resume=False, target=target))
    plan(shared, numbers(10, 100), PLAIN)
    asyncio.run(enqueue_campaign(url, shared, 2, RunSettings(), resume=False))
    for outcome in (Outcome.UNKNOWN, Outcome.NOT_SENT):
        with pytest.raises(TargetChangedError, match="another application") as caught:
            asyncio.run(work(url, shared, service))
        assert caught.value.outcome is outcome
        jobs(url, "DELETE FROM procrastinate_jobs")
    assert service.requests == [numbers(10, 100)]
    assert (states(shared, 1), states(shared, 2)) == ({"pending": 10}, {"accepted": 10})


def test_a_worker_that_is_stopped_waits_for_the_request_under_way(
    url: str, shared: Ledger, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it takes: left alone, it would be broken off with the program, and its people unknown."""
    monkeypatch.setattr(distributed, "_END_SECONDS", 0)
    plan(shared, numbers(10), PLAIN)

    async def main() -> None:
        class Slow(AsyncService):
            async def exchange(self, request: TransportRequest, **options: Any) -> Answer:
                worker.cancel()
                left, _ = await asyncio.wait([worker], timeout=0.2)
                assert not left
                return await super().exchange(request, **options)

        await enqueue_campaign(url, shared, 1, RunSettings(), resume=False)
        worker = asyncio.create_task(work(url, shared, Slow(service)))
        with pytest.raises(asyncio.CancelledError):
            await worker
        assert states(shared) == {"accepted": 10}

    asyncio.run(main())


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("ledger.db", "needs a ledger on PostgreSQL"),
        ("postgresql//jsms:s3cret@127.0.0.1/postgres", "neither a path nor an address"),
    ],
)
def test_jobs_need_a_server(ledger: Ledger, address: str, what: str) -> None:
    with pytest.raises(LedgerError, match=what) as caught:
        asyncio.run(enqueue_campaign(address, ledger, 1, RunSettings(), resume=False))
    assert "s3cret" not in str(caught.value)


def test_a_ledger_that_fails_after_the_start_leaves_a_campaign_that_may_have_sent(
    url: str, shared: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers that sweep make jobs for it, too."""

    def fail(*args: object) -> NoReturn:
        raise LedgerError("the server is gone.", "Start it.")

    plan(shared, numbers(10), PLAIN)
    monkeypatch.setattr(type(shared.queries), "chunks", fail)
    with pytest.raises(LedgerError, match="gone") as caught:
        asyncio.run(enqueue_campaign(url, shared, 1, RunSettings(), resume=False))
    assert (caught.value.outcome, caught.value.campaign_id) == (Outcome.UNKNOWN, 1)


def test_a_campaign_that_cannot_be_started_is_not_handed_over(url: str, shared: Ledger) -> None:
    plan(shared, numbers(10), PLAIN)
    shared.start(1, new_owner(), RunSettings(), resume=False, hold=False)
    with pytest.raises(CampaignStateError, match="started before"):
        asyncio.run(enqueue_campaign(url, shared, 1, RunSettings(), resume=False))
    with pytest.raises(psycopg.errors.UndefinedTable):
        jobs(url)
