"""One worker process of the engine harness: works until no campaign is running, or until it is killed.

Writes `!` before each request and `.` after it.

    python -m experiments.campaigns.engine_life DATABASE_URL SERVICE_PORT [--without-ledger FILE]

Without the ledger (the control) a job sends its chunk of the list in FILE as most programs would, and the
engine gives jobs of dead workers to others.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from jsmskit import AsyncJsmsClient
from jsmskit.campaigns import open_ledger
from jsmskit.campaigns.distributed import DistributedWorker
from jsmskit.campaigns.ledger.failpoints import Failpoint, arm_failpoints

KEY, SECRET = "7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"


async def life(url: str, port: str) -> None:
    """With the ledger."""

    def passing(passed: Failpoint) -> None:
        told = {"send.before": b"!", "send.after": b".", "send.failed": b"."}.get(passed)
        if told:
            os.write(1, told)

    with arm_failpoints(passing), open_ledger(url) as ledger:
        async with AsyncJsmsClient(KEY, SECRET, base_url=f"http://127.0.0.1:{port}/v1") as client:
            await client.accounts.app_balance()  # loads every module, so that blows fall on requests and not on imports
            await DistributedWorker(
                url, ledger, client, concurrency=2, until_done=True, sweep_seconds=1.0, tell=lambda text: None
            ).run()


async def bare_life(url: str, port: str, lists: list[list[str]]) -> None:
    """Without the ledger: the control."""
    import procrastinate

    connector = procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=4)
    app = procrastinate.App(connector=connector)
    client = AsyncJsmsClient(KEY, SECRET, base_url=f"http://127.0.0.1:{port}/v1")

    @app.task(name="bare", queue="bare")
    async def send(number: int) -> None:
        os.write(1, b"!")
        await client.messages.send_batch(8, lists[number])
        os.write(1, b".")

    async def rescue() -> None:
        while True:
            await asyncio.sleep(1.0)
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=2):
                await app.job_manager.retry_job(job)

    async with app.open_async():
        task = asyncio.create_task(rescue())
        await app.run_worker_async(
            queues=["bare"],
            concurrency=2,
            fetch_job_polling_interval=0.3,
            listen_notify=False,
            install_signal_handlers=False,
            update_heartbeat_interval=0.5,
            stalled_worker_timeout=60,
        )
        task.cancel()


if __name__ == "__main__":
    if len(sys.argv) > 4:
        asyncio.run(bare_life(sys.argv[1], sys.argv[2], json.loads(Path(sys.argv[4]).read_text())))
    else:
        asyncio.run(life(sys.argv[1], sys.argv[2]))
