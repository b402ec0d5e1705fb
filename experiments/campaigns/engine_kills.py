"""Kills, freezes and crashes campaigns on the engine: a real PostgreSQL, three workers, an independent checker.

    python -m experiments.campaigns.engine_kills [--kills 50] [--frozen 10] [--crashes 5] [--control]

A random worker is killed (SIGKILL) or frozen (SIGSTOP, woken late); now and then the database is stopped without a
checkpoint and all workers with it. `--control` sends without the ledger and rescues stalled jobs, as queues do: it must
find doubles or losses. Writes its figures to experiments/figures/campaigns.json.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import procrastinate
import psycopg
from jsmskit import AsyncJsmsClient
from jsmskit.campaigns import CampaignState, RunSettings, open_ledger, plan
from jsmskit.campaigns.distributed import DistributedWorker, enqueue_campaign
from jsmskit.campaigns.errors import LedgerError
from jsmskit.campaigns.ledger.failpoints import arm_failpoints

from experiments import figures_files
from experiments.campaigns.checker import judge, log_of
from experiments.campaigns.crash_points import FACTS, KEY, SECRET, UNSTOPPED
from experiments.campaigns.kills import numbers, start_server
from experiments.campaigns.recorder import Recorder

ROOT = Path(__file__).resolve().parents[2]
_CHUNKS = 60
_CONTROL_LISTS = 150
_SETTINGS = RunSettings(
    concurrency=6, canary=False, worker_silence_seconds=8.0, send_within_seconds=4.0, balance_every=0, **UNSTOPPED
)


class Workers:
    """Three processes; one that dies is replaced. Each writes `!` before a request and `.` after it."""

    def __init__(self, *arguments: str) -> None:
        self._command = [sys.executable, "-m", __spec__.name, "--worker", *arguments]
        self._under_way: Counter[int] = Counter()
        self.frozen: list[tuple[float, subprocess.Popen[bytes]]] = []
        self.alive: list[subprocess.Popen[bytes]] = []
        self.tend()

    def tend(self) -> None:
        """Wake who slept long enough; replace who is gone, or ended because the database was."""
        for moment, process in list(self.frozen):
            if time.monotonic() >= moment:
                os.kill(process.pid, signal.SIGCONT)
                self.frozen.remove((moment, process))
                self.alive.append(process)
        self.alive = [process for process in self.alive if process.poll() is None]
        while len(self.alive) < 3:
            process = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            assert process.stdout is not None
            os.set_blocking(process.stdout.fileno(), False)
            self.alive.append(process)

    def sending(self) -> list[subprocess.Popen[bytes]]:
        """Those that have a request under way: killing others shows nothing."""
        for one in self.alive:
            assert one.stdout is not None
            said = one.stdout.read() or b""
            self._under_way[one.pid] += said.count(b"!") - said.count(b".")
        return [one for one in self.alive if self._under_way[one.pid] > 0]

    def freeze(self, victim: subprocess.Popen[bytes], seconds: float) -> None:
        """SIGSTOP, to be woken late; a fresh one comes in its place."""
        self.alive.remove(victim)
        os.kill(victim.pid, signal.SIGSTOP)
        self.frozen.append((time.monotonic() + seconds, victim))

    def end(self) -> None:
        """Kill all of ours."""
        for process in [*self.alive, *(one for _, one in self.frozen)]:
            process.kill()
            process.wait()
        self.alive, self.frozen = [], []


def campaign(server: Any, folder: Path, chance: random.Random, left: Counter[str]) -> Counter[str]:
    """One campaign under fire; takes what it did from `left`, and gives what was done and found."""
    people = numbers(_CHUNKS * 1000 - 890)
    server.empty()
    log = folder / f"service-{time.monotonic_ns()}.log"
    recorder = Recorder(log, chance.randrange(2**32), before=150.0, after=300.0)
    done: Counter[str] = Counter(campaigns=1)
    workers = None
    with open_ledger(server.url) as ledger:
        try:
            number = plan(ledger, people, FACTS).campaign_id
            asyncio.run(enqueue_campaign(server.url, ledger, number, _SETTINGS, resume=False))
            workers = Workers(server.url, str(recorder.port))
            next_blow = time.monotonic() + 3.0
            deadline = time.monotonic() + 900
            while True:
                assert time.monotonic() < deadline, f"the campaign does not end: {ledger.queries.counts(number)}"
                time.sleep(0.05)
                workers.tend()
                try:
                    if ledger.queries.campaign(number).state is CampaignState.FINISHED and not workers.frozen:
                        break
                except LedgerError:
                    continue
                if time.monotonic() < next_blow or not left.total() or not (busy := workers.sending()):
                    continue
                next_blow = time.monotonic() + 1.0 + 2.0 * chance.random()
                blow = chance.choice(list(left.elements()))
                left[blow] -= 1
                done[blow] += 1
                if blow == "kills":
                    chance.choice(busy).kill()
                elif blow == "frozen":
                    workers.freeze(chance.choice(busy), 10.0 + 4 * chance.random())
                else:
                    server.crash()
                    workers.end()
                    server.start()
                    next_blow += 3.0
            time.sleep(1.0)  # the last woken one may still act
        finally:
            if workers is not None:
                workers.end()
            recorder.close()
    found = judge(people, log_of(log), server.url, number)
    print(done, found, file=sys.stderr, flush=True)
    return done + Counter(asdict(found) | {"damaged": 0})


def under_fire(server: Any, folder: Path, chance: random.Random, blows: dict[str, int]) -> dict[str, Any]:
    """Campaigns until every blow was dealt."""
    left, total = Counter(blows), Counter[str]()
    while left.total():
        total += campaign(server, folder, chance, left)
    zero = ("lost", "double", "wrong", "missing", "out_of_step", "pending")
    return {"clean": not any(total[name] for name in zero), **dict.fromkeys(zero, 0), **total}


def control(server: Any, folder: Path, chance: random.Random, kills: int) -> dict[str, Any]:
    """Without the ledger: the same blows, jobs of the dead are given to others."""
    log = folder / "service.log"
    recorder = Recorder(log, chance.randrange(2**32), before=150.0, after=300.0)

    async def give_work() -> None:
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=server.url))
        async with app.open_async():
            await app.schema_manager.apply_schema_async()
            for number in range(_CONTROL_LISTS):
                await app.configure_task("bare", queue="bare").defer_async(number=number)

    asyncio.run(give_work())
    workers = Workers(server.url, str(recorder.port), "bare")
    done = 0
    deadline = time.monotonic() + 240
    unfinished = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            while time.monotonic() < deadline and connection.execute(unfinished).fetchone() != (0,):
                time.sleep(1.0 + chance.random())
                workers.tend()
                # A machine dies with all its workers while they have work.
                if done < kills and len(busy := workers.sending()) == 3:
                    for one in busy:
                        one.kill()
                        done += 1
    finally:
        workers.end()
        recorder.close()
    taken = log_of(log)
    first = [taken[phone] for phone in numbers(_CONTROL_LISTS * 1000)[::1000]]
    return {
        "kills": done,
        "chunks": len(first),
        "lost_chunks": first.count(0),
        "double_chunks": sum(times > 1 for times in first),
    }


async def work(url: str, port: str) -> None:
    """One worker process: works until no campaign is running, or until it is killed."""

    def passing(passed: str) -> None:
        told = {"send.before": b"!", "send.after": b".", "send.failed": b"."}.get(passed)
        if told:
            os.write(1, told)

    with arm_failpoints(passing), open_ledger(url) as ledger:
        async with AsyncJsmsClient(KEY, SECRET, base_url=f"http://127.0.0.1:{port}/v1") as client:
            await client.accounts.app_balance()  # loads every module, so that blows fall on requests and not on imports
            await DistributedWorker(
                url, ledger, client, concurrency=2, until_done=True, sweep_seconds=1.0, tell=lambda text: None
            ).run()


async def work_without_ledger(url: str, port: str) -> None:
    """The control: a job sends its thousand as most programs would; the engine gives jobs of the dead to others."""
    connector = procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=4)
    app = procrastinate.App(connector=connector)
    client = AsyncJsmsClient(KEY, SECRET, base_url=f"http://127.0.0.1:{port}/v1")

    @app.task(name="bare", queue="bare")
    async def send(number: int) -> None:
        os.write(1, b"!")
        await client.messages.send_batch(8, numbers(_CONTROL_LISTS * 1000)[number * 1000 : number * 1000 + 1000])
        os.write(1, b".")

    async def rescue() -> None:
        while True:
            await asyncio.sleep(1.0)
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=2):
                await app.job_manager.retry_job(job)

    async with app.open_async():
        rescuing = asyncio.create_task(rescue())
        await app.run_worker_async(
            queues=["bare"],
            concurrency=2,
            fetch_job_polling_interval=0.3,
            listen_notify=False,
            install_signal_handlers=False,
            update_heartbeat_interval=0.5,
            stalled_worker_timeout=60,
        )
        rescuing.cancel()


def main() -> int:
    """Run, write the figures, fail if a recipient was lost or got two messages (or, as control, if none was)."""
    parser = argparse.ArgumentParser(description="Kill, freeze and crash campaigns on the engine.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--frozen", type=int, default=10)
    parser.add_argument("--crashes", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--control", action="store_true")
    parser.add_argument("--worker", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        url, port, *without_ledger = given.worker
        asyncio.run(work_without_ledger(url, port) if without_ledger else work(url, port))
        return 0
    begin = time.monotonic()
    chance = random.Random(given.seed)
    server = start_server()
    try:
        with tempfile.TemporaryDirectory(prefix="jsms-engine-") as folder:
            if given.control:
                figures = control(server, Path(folder), chance, given.kills)
            else:
                blows = {"kills": given.kills, "frozen": given.frozen, "crashes": given.crashes}
                figures = under_fire(server, Path(folder), chance, blows) | {"workers": 3}
    finally:
        server.close()
    figures |= {"seed": given.seed, "seconds": round(time.monotonic() - begin, 1)}
    figures_files.write("campaigns", figures, entry="engine_control" if given.control else "engine")
    if given.control:
        return 0 if figures["double_chunks"] or figures["lost_chunks"] else 1
    return 0 if figures["clean"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
