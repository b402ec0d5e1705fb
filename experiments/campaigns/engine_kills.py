"""Kills, freezes and crashes campaigns on the engine: a real PostgreSQL, three workers, an independent checker.

    python -m experiments.campaigns.engine_kills [--kills 50] [--frozen 10] [--crashes 5] [--control]

A random worker is killed (SIGKILL) or frozen (SIGSTOP, woken late); now and then the database is stopped without a
checkpoint and all workers with it. `--control` kills all workers at once and gives what they had in flight to others,
as queues do with the jobs of the dead: that must be seen as doubles. Writes its figures to
experiments/figures/campaigns.json, if there are 10 kills and more.
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

import psycopg
from jsmskit import AsyncJsmsClient
from jsmskit.campaigns import CampaignState, RunSettings, open_ledger, plan
from jsmskit.campaigns.distributed import DistributedWorker, enqueue_campaign
from jsmskit.campaigns.errors import LedgerError
from jsmskit.campaigns.ledger.failpoints import arm_failpoints

from experiments import figures_files
from experiments.campaigns.checker import judge, log_of
from experiments.campaigns.crash_points import FACTS, UNSTOPPED
from experiments.campaigns.kills import start_server
from experiments.campaigns.recorder import Recorder
from tests.campaigns.campaign_service import KEY, SECRET, numbers

ROOT = Path(__file__).resolve().parents[2]
_CHUNKS = 60
_BLOWS = {"kills": 50, "frozen": 10, "crashes": 5}
_ZERO = ("lost", "double", "wrong", "missing", "out_of_step", "pending")
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


def strike(
    blow: str, server: Any, workers: Workers, busy: list[subprocess.Popen[bytes]], chance: random.Random
) -> None:
    """Do one of the things that happen to machines."""
    if blow == "kills":
        chance.choice(busy).kill()
    elif blow == "frozen":
        workers.freeze(chance.choice(busy), 10.0 + 4 * chance.random())
    elif blow == "crashes":
        server.crash()
        workers.end()
        server.start()
    else:  # the control
        workers.end()
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("UPDATE jsms_campaigns.chunk SET state='pending' WHERE state='in_flight'")


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
                busy, wanted = workers.sending(), 3 if left["given_to_others"] else 1
                if time.monotonic() < next_blow or not left.total() or len(busy) < wanted:
                    continue
                blow = chance.choice(list(left.elements()))
                left[blow] -= 1
                done[blow] += 1
                strike(blow, server, workers, busy, chance)
                next_blow = time.monotonic() + 1.0 + 2.0 * chance.random()
            time.sleep(1.0)  # the last woken one may still act
        finally:
            if workers is not None:
                workers.end()
            recorder.close()
    found = judge(people, log_of(log), server.url, number)
    print(done, found, file=sys.stderr, flush=True)
    return done + Counter(asdict(found))


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


def main() -> int:
    """Run campaigns until every blow was dealt, write the figures, judge."""
    parser = argparse.ArgumentParser(description="Kill, freeze and crash campaigns on the engine.")
    for blow, count in _BLOWS.items():
        parser.add_argument(f"--{blow}", type=int, default=count)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--control", action="store_true")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        asyncio.run(work(*given.worker))
        return 0
    blows = {blow: getattr(given, blow) for blow in _BLOWS}
    left = Counter({"given_to_others": given.kills} if given.control else blows)
    total: Counter[str] = Counter()
    begin = time.monotonic()
    chance = random.Random(given.seed)
    server = start_server()
    try:
        with tempfile.TemporaryDirectory(prefix="jsms-engine-") as folder:
            while left.total():
                total += campaign(server, Path(folder), chance, left)
    finally:
        server.close()
    clean = not any(total[name] for name in _ZERO)
    figures = {"clean": clean, "workers": 3, **dict.fromkeys(_ZERO, 0), **total, "seed": given.seed}
    figures["seconds"] = round(time.monotonic() - begin, 1)
    entry = "engine_control" if given.control else "engine"
    figures_files.write("campaigns", figures, entry=entry, keep=given.kills >= 10)
    return int(not total["double"] if given.control else not clean)


if __name__ == "__main__":
    raise SystemExit(main())
