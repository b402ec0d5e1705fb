"""The same campaign on several machines: Procrastinate over PostgreSQL carries the work.

A job says "a chunk of campaign 4 is waiting" and nothing else; the ledger decides which one is sent, or none. The
engine's retries are off: a job that is run twice, or never, changes nothing but the time; what has no live job is given
one by the sweep.

Needs the extra `engine`. Jobs live in the schema `jsms_engine` of the ledger's database; credentials come
from each worker's own environment.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final, final

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status
from psycopg import AsyncConnection

from jsmskit import AsyncJsmsClient

from .errors import CampaignError, LedgerError, TargetChangedError
from .ledger.database import ServerPlace, read_place
from .ledger.ledger import Ledger, new_owner
from .models import Backoff, ChunkLease
from .running._async.runner import AsyncCampaignRunner
from .running._async.service_calls import target_of
from .running.session import WorkerSession, reject_redirect
from .settings import RunSettings, Target
from .states import CampaignState, ChunkState

SCHEMA: Final = "jsms_engine"
QUEUE: Final = "jsms-campaigns"
TASK: Final = "jsms.campaign.chunk"
_SWEEP_SECONDS: Final = 5.0
_STALLED_SECONDS: Final = 30.0
_END_SECONDS: Final = 1.0
_FEED_AT_ONCE: Final = 500
_LOG: Final = logging.getLogger("jsmskit.campaigns")


def _server(where: Path | ServerPlace | LedgerError) -> ServerPlace:
    """The server of ledger and jobs. Raises `LedgerError` if the ledger is a file."""
    if isinstance(where, LedgerError):
        raise where
    if isinstance(where, ServerPlace):
        return where
    raise LedgerError("the engine needs a ledger on PostgreSQL.", "Give postgresql://user@host:5432/database.")


def _app(url: str) -> procrastinate.App:
    connector = procrastinate.PsycopgConnector(
        conninfo=url, min_size=1, max_size=4, kwargs={"options": f"-c search_path={SCHEMA}"}
    )
    return procrastinate.App(connector=connector)


async def _prepare(url: str, app: procrastinate.App) -> None:
    """Make the engine's tables if they are not there; two workers may come at once."""
    async with await AsyncConnection.connect(url, autocommit=False) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (SCHEMA,))
        found = await (await connection.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.procrastinate_jobs",))).fetchone()
        if found == (None,):
            await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            await connection.execute(f"SET LOCAL search_path TO {SCHEMA}")
            await connection.execute(app.schema_manager.get_schema().encode())


async def _enqueue_waiting(app: procrastinate.App, ledger: Ledger, campaign_id: int) -> int:
    """One job for each chunk that a worker may take and that has none waiting; gives how many were added."""
    added = 0
    for chunk in await asyncio.to_thread(ledger.queries.chunks, campaign_id, ChunkState.PENDING, ChunkState.IN_FLIGHT):
        if added >= _FEED_AT_ONCE:
            break
        if chunk.state is ChunkState.IN_FLIGHT and chunk.owner:
            continue  # without an owner it is a timed task of a dead worker
        with contextlib.suppress(AlreadyEnqueued):
            lock = f"{campaign_id}:{chunk.number}"
            await app.configure_task(TASK, queue=QUEUE, queueing_lock=lock).defer_async(campaign_id=campaign_id)
            added += 1
    return added


async def enqueue_campaign(
    url: str,
    ledger: Ledger,
    campaign_id: int,
    settings: RunSettings,
    *,
    resume: bool,
    target: Target | None = None,
    retarget: bool = False,
) -> int:
    """Start (or resume) a campaign for the workers; gives the number of jobs. More are added by the workers' sweep."""
    found = read_place(url)
    del url  # it may hold a password
    where = _server(found)
    owner = new_owner()
    do = asyncio.to_thread
    try:
        if target is not None:
            await do(ledger.plans.bind_target, campaign_id, target, retarget=retarget)
        await do(ledger.start, campaign_id, owner, settings, resume=resume, hold=False)
        try:
            app = _app(where.url)
            await _prepare(where.url, app)
            async with app.open_async():
                return await _enqueue_waiting(app, ledger, campaign_id)
        except CampaignError as error:
            error.raised_in_run(campaign_id)  # workers that sweep may have begun
            raise
    finally:
        await do(ledger.leave, owner)


@final
class DistributedWorker:
    """One worker process: takes jobs, sends chunks, sweeps after dead colleagues.

    url: the PostgreSQL of ledger and jobs. ledger: open on the same. client: signs with this machine's own
        keys.
    concurrency: jobs at once in this process; requests in flight are bounded by the campaign's own setting.
    until_done: end when no campaign is running (otherwise work until stopped).
    """

    def __init__(
        self,
        url: str,
        ledger: Ledger,
        client: AsyncJsmsClient,
        *,
        concurrency: int = 1,
        until_done: bool = False,
        sweep_seconds: float = _SWEEP_SECONDS,
        tell: Callable[[str], None] = _LOG.info,
    ) -> None:
        found = read_place(url)
        del url  # it may hold a password
        self._place = _server(found)
        self._ledger = ledger
        reject_redirect(client.recipient_guard)
        self._client = client
        self._concurrency = concurrency
        self._until_done = until_done
        self._sweep_seconds = sweep_seconds
        self._tell = tell
        self._owner = new_owner()
        self._working_on: int | None = None
        """The campaign of the last job that was begun."""
        self._under_way = 0
        """Jobs that this worker is carrying out."""
        self._handled: Counter[int] = Counter()
        self._told: Counter[int] = Counter()

    async def run(self) -> None:
        """Work. Raises `LedgerError` and the engine's errors if the database is gone: start it again then."""
        try:
            await self._work()
        except CampaignError as error:
            if self._working_on is not None:
                error.raised_in_run(self._working_on)
            raise

    async def _work(self) -> None:
        app = _app(self._place.url)
        await _prepare(self._place.url, app)

        @app.task(name=TASK, queue=QUEUE, retry=False)
        async def send_chunk(campaign_id: int) -> None:
            self._under_way += 1
            try:
                await self._send(campaign_id)
            finally:
                self._under_way -= 1

        await asyncio.to_thread(self._ledger.join, self._owner)
        async with app.open_async():
            work = asyncio.create_task(
                app.run_worker_async(
                    queues=[QUEUE],
                    name=self._owner,
                    concurrency=self._concurrency,
                    fetch_job_polling_interval=1.0,
                    listen_notify=False,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                )
            )
            sweep = asyncio.create_task(self._sweep_for_ever(app))
            try:
                done, _ = await asyncio.wait((work, sweep), return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                sweep.cancel()
                await self._end(work)
                await asyncio.gather(work, sweep, return_exceptions=True)
        self._tell_progress()
        await asyncio.to_thread(self._ledger.leave, self._owner)

    async def _end(self, work: asyncio.Task[None]) -> None:
        """Let the engine's worker end; jobs under way are waited for.

        The engine takes a first cancellation as a wish and a second one as an order, which would break off a send. One
        that comes while it starts can be lost, though, so it is repeated as long as no job is under way.
        """
        work.cancel()
        while not work.done():
            await asyncio.wait((work,), timeout=_END_SECONDS)
            if not self._under_way:
                work.cancel()

    async def _send(self, campaign_id: int) -> None:
        self._working_on = campaign_id
        try:
            await asyncio.to_thread(self._ledger.plans.bind_target, campaign_id, target_of(self._client))
        except TargetChangedError:
            return  # for a worker with the right keys; if none of the campaigns is ours, the sweep says so
        settings = await asyncio.to_thread(self._ledger.settings_of, campaign_id)
        session = WorkerSession(self._ledger, campaign_id, self._owner, settings, guard=self._client.recipient_guard)
        runner = AsyncCampaignRunner(self._ledger, self._client, settings)
        try:
            while isinstance(step := await asyncio.to_thread(session.next_chunk), Backoff):
                if step.idle:
                    return  # what is in flight may come back; then the sweep makes a job for it
                await asyncio.sleep(step.seconds)
            if isinstance(step, ChunkLease):
                await runner.process(session, step)
                self._handled[campaign_id] += len(step.members)
        finally:
            runner.close()

    async def _sweep_for_ever(self, app: procrastinate.App) -> None:
        while True:
            open_campaigns = await self.sweep(app)
            self._tell_progress()
            if self._until_done and not open_campaigns:
                return
            await asyncio.sleep(self._sweep_seconds)

    def _tell_progress(self) -> None:
        # Of this worker only, which it knows: counting a whole campaign at every sweep is dear.
        for campaign_id, handled in (self._handled - self._told).items():
            total = self._handled[campaign_id]
            self._tell(f"campaign {campaign_id}: {handled} recipients handled here, {total} since the start")
        self._told = self._handled.copy()

    async def sweep(self, app: procrastinate.App) -> int:
        """Mark what dead workers had in flight, give pending chunks without a job one; gives the running campaigns."""
        await asyncio.to_thread(self._ledger.join, self._owner)
        running = [
            one.campaign_id
            for one in await asyncio.to_thread(self._ledger.queries.campaigns)
            if one.state is CampaignState.RUNNING
        ]
        foreign: list[TargetChangedError] = []
        for campaign_id in running:
            try:
                await asyncio.to_thread(self._ledger.plans.bind_target, campaign_id, target_of(self._client))
            except TargetChangedError as error:
                foreign.append(error)
                continue
            settings = await asyncio.to_thread(self._ledger.settings_of, campaign_id)
            lost = await asyncio.to_thread(self._ledger.recover_dead_workers, campaign_id, self._owner, settings)
            if lost:
                self._tell(f"campaign {campaign_id}: chunks {lost} of a dead worker are unknown")
            await _enqueue_waiting(app, self._ledger, campaign_id)
        if foreign and len(foreign) == len(running):
            raise foreign[-1]
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS):
            # Its worker is dead. The chunk has been looked after above; the job is only put away.
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
        return len(running)
