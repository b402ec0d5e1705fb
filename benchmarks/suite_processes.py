"""One campaign, one to four processes: recipients a second on a PostgreSQL ledger, each batch answered after 100 ms.

Each process has four batches in flight. Ledger, workers and service share the machine: where the curve bends, the
cores are spent.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from jsmskit.campaigns import CampaignState, RunSettings, TemplateFacts, TemplateKind, open_ledger, plan
from jsmskit.campaigns.distributed import enqueue_campaign

from benchmarks import peers
from benchmarks.bulk import serving, write_list
from benchmarks.harness import Curve, Measured, Settings

LATENCY, IN_FLIGHT = 0.1, 4
FACTS = TemplateFacts(7, "您好 {{name}}", TemplateKind.NOTICE, sign="测试")
WORKER = """
import asyncio, sys
from jsmskit import AsyncJsmsClient
from jsmskit.campaigns import open_ledger
from jsmskit.campaigns.distributed import DistributedWorker
from benchmarks.contenders_sync import KEY, SECRET

async def work(url, port, in_flight):
    with open_ledger(url) as ledger:
        async with AsyncJsmsClient(KEY, SECRET, base_url=f"http://127.0.0.1:{port}/v1") as client:
            await DistributedWorker(url, ledger, client, concurrency=in_flight, until_done=True, tell=str).run()

asyncio.run(work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""


def measure(settings: Settings) -> Iterator[Measured]:
    """One curve; every point a campaign of its own."""
    from tests.campaigns.campaign_postgres import PostgresServer, find_programs

    programs = find_programs()
    if programs is None:
        raise SystemExit("bench: PostgreSQL is needed (Debian: apt-get install postgresql)")
    size = settings.calls(200_000)
    rates: list[tuple[float, float]] = []
    ceiling: list[tuple[float, float]] = []
    server = PostgresServer(programs)
    try:
        with tempfile.TemporaryDirectory() as folder, serving(LATENCY) as port:
            people = write_list(Path(folder, "people.csv"), size)
            for count in (1, 2, 3, 4):
                server.empty()
                rates.append((count, size / _run(server.url, people, port, count)))
                ceiling.append((count, count * IN_FLIGHT * 1000 / LATENCY))
    finally:
        server.close()
    lines = {"jsmskit": rates, "what the latency allows": ceiling}
    yield Curve("growth-processes", "Processes on one PostgreSQL ledger", "processes", "recipients/s", lines)


def _run(url: str, people: Path, port: int, count: int) -> float:
    """Seconds from the start of the workers' work to the end of the campaign; their own start is not counted."""
    with open_ledger(url) as ledger, contextlib.ExitStack() as stack:
        number = plan(ledger, people, FACTS).campaign_id
        settings = RunSettings(concurrency=IN_FLIGHT, canary=False, balance_every=0)
        asyncio.run(enqueue_campaign(url, ledger, number, settings, resume=False))
        command = [sys.executable, "-c", WORKER, url, str(port), str(IN_FLIGHT)]
        for _ in range(count):
            worker = subprocess.Popen(command, cwd=peers.ROOT, stdout=subprocess.DEVNULL)
            stack.callback(worker.kill)
        begun = None
        while ledger.queries.campaign(number).state is not CampaignState.FINISHED:
            if begun is None and ledger.queries.counts(number).accepted:
                begun = time.monotonic()
            time.sleep(0.05)
        assert begun is not None
        return time.monotonic() - begun
