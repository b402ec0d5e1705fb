"""Kills, freezes and crashes campaigns on the engine: a real PostgreSQL, three workers, an independent
checker.

    python -m experiments.campaigns.engine_kills [--kills 50] [--frozen 10] [--crashes 5] [--pieces 1] [--control]

A random worker is killed (SIGKILL) or frozen (SIGSTOP, woken late); now and then the database is stopped
without a checkpoint and all workers with it. `--control` sends without the ledger and rescues stalled jobs,
as queues do: it must find doubles or losses. Writes its figures to experiments/figures/campaigns.json. With
`--pieces N` it deals the N-th part of the blows and adds them to what stands there; run it N times.
"""

from __future__ import annotations

import argparse
import asyncio
import json
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
from jsmskit.campaigns import CampaignState, RunSettings, open_ledger, plan
from jsmskit.campaigns.distributed import enqueue_campaign
from jsmskit.campaigns.errors import LedgerError

from experiments.campaigns.checker import judge, log_of
from experiments.campaigns.figures import known, record, record_piece
from experiments.campaigns.kills import FACTS, Recorder, numbers
from tests.campaigns.campaign_postgres import PostgresServer, find_programs

ROOT = Path(__file__).resolve().parents[2]

_SETTINGS = RunSettings(
    concurrency=6,
    canary=False,
    unknown_in_a_row=10**9,
    unknown_share=1.0,
    worker_silence_seconds=8.0,
    send_within_seconds=4.0,
    balance_every=0,
)


class Workers:
    """Three processes; one that dies is replaced. Each writes `!` before a request and `.` after it."""

    def __init__(self, arguments: list[str], count: int, chance: random.Random) -> None:
        self._command = [sys.executable, "-m", "experiments.campaigns.engine_life", *arguments]
        self._chance = chance
        self._under_way: Counter[int] = Counter()
        self.alive = [self._start() for _ in range(count)]
        self.frozen: list[tuple[float, subprocess.Popen[bytes]]] = []

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        return process

    def sending(self) -> list[subprocess.Popen[bytes]]:
        """Those that have a request under way: killing others shows nothing."""
        for one in self.alive:
            assert one.stdout is not None
            said = one.stdout.read() or b""
            self._under_way[one.pid] += said.count(b"!") - said.count(b".")
        return [one for one in self.alive if self._under_way[one.pid] > 0]

    def kill_one(self, victim: subprocess.Popen[bytes]) -> None:
        """SIGKILL, and a fresh one in its place."""
        self.alive.remove(victim)
        _end(victim)
        self.alive.append(self._start())

    def freeze_one(self, victim: subprocess.Popen[bytes], seconds: float) -> None:
        """SIGSTOP, to be woken late; a fresh one in its place."""
        self.alive.remove(victim)
        os.kill(victim.pid, signal.SIGSTOP)
        self.frozen.append((time.monotonic() + seconds, victim))
        self.alive.append(self._start())

    def tend(self) -> None:
        """Wake who slept long enough; replace who ended because the database was gone."""
        for moment, process in list(self.frozen):
            if time.monotonic() >= moment:
                os.kill(process.pid, signal.SIGCONT)
                self.frozen.remove((moment, process))
                self.alive.append(process)
        for process in list(self.alive):
            if process.poll() is not None:
                self.alive.remove(process)
                _end(process)
        while len(self.alive) < 3:
            self.alive.append(self._start())

    def end(self) -> None:
        """Kill all of ours."""
        for process in [*self.alive, *(one for _, one in self.frozen)]:
            _end(process)
        self.alive, self.frozen = [], []


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def campaign(
    server: PostgresServer, folder: Path, chance: random.Random, left: dict[str, int], chunks: int
) -> dict[str, Any]:
    """One campaign under fire; takes what it did from `left`."""
    people = numbers(chunks * 1000 - 890)
    server.empty()
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS jsms_engine CASCADE")
    log = folder / f"service-{time.monotonic_ns()}.log"
    recorder = Recorder(log, chance.randrange(2**32), before=150.0, after=300.0)
    ledger = open_ledger(server.url)
    done = {"kills": 0, "frozen": 0, "crashes": 0}
    workers = None
    try:
        number = plan(ledger, people, FACTS).campaign_id
        asyncio.run(enqueue_campaign(server.url, ledger, number, _SETTINGS, resume=False))
        workers = Workers([server.url, str(recorder.port)], 3, chance)
        next_blow = time.monotonic() + 3.0
        deadline = time.monotonic() + 900
        while time.monotonic() < deadline:
            time.sleep(0.05)
            workers.tend()
            try:
                if ledger.queries.campaign(number).state is CampaignState.FINISHED and not workers.frozen:
                    break
            except LedgerError:
                continue
            if time.monotonic() < next_blow or not sum(left.values()) or not (busy := workers.sending()):
                continue
            next_blow = time.monotonic() + 1.0 + 2.0 * chance.random()
            blow = chance.choices(["kills", "frozen", "crashes"], [10, 2, 1])[0]
            if left[blow] <= 0:
                continue
            left[blow] -= 1
            done[blow] += 1
            if blow == "kills":
                workers.kill_one(chance.choice(busy))
            elif blow == "frozen":
                workers.freeze_one(chance.choice(busy), 10.0 + 4 * chance.random())
            else:
                server.crash()
                workers.end()
                server.start()
                next_blow += 3.0
        else:
            raise SystemExit(f"the campaign does not end: {ledger.queries.counts(number)}")
    finally:
        if workers is not None:
            time.sleep(1.0)  # the last woken one may still act
            workers.end()
        recorder.close()
        ledger.close()
    with psycopg.connect(server.url, options="-c search_path=jsms_campaigns") as connection:
        found = judge(people, log_of(log), lambda text: connection.execute(text.encode()).fetchall(), number)
    print(done, found, file=sys.stderr, flush=True)
    return done | asdict(found) | {"clean": found.clean}


def run(*, kills: int, frozen: int, crashes: int, seed: int, chunks: int = 60) -> dict[str, Any]:
    """Campaigns until every blow was dealt."""
    programs = find_programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed (apt-get install postgresql); nothing was tried")
    chance = random.Random(seed)
    left = {"kills": kills, "frozen": frozen, "crashes": crashes}
    total: Counter[str] = Counter()
    clean, campaigns = True, 0
    server = PostgresServer(programs)
    try:
        with tempfile.TemporaryDirectory(prefix="jsms-engine-") as folder:
            while sum(left.values()):
                found = campaign(server, Path(folder), chance, left, chunks)
                clean = clean and found.pop("clean")
                campaigns += 1
                total.update({name: len(value) if isinstance(value, list) else value for name, value in found.items()})
    finally:
        server.close()
    return {"seed": seed, "workers": 3, "campaigns": campaigns, "clean": clean, **total}


def control(*, kills: int, seed: int) -> dict[str, Any]:
    """Without the ledger: the same blows, jobs of the dead are given to others."""
    import procrastinate

    programs = find_programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed; nothing was tried")
    chance = random.Random(seed)
    server = PostgresServer(programs)
    lists = [numbers(150_000)[start : start + 1000] for start in range(0, 150_000, 1000)]
    with tempfile.TemporaryDirectory(prefix="jsms-engine-") as name:
        folder = Path(name)
        (folder / "lists.json").write_text(json.dumps(lists))
        log = folder / "service.log"
        recorder = Recorder(log, seed, before=150.0, after=300.0)

        async def give_work() -> None:
            app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=server.url))
            async with app.open_async():
                await app.schema_manager.apply_schema_async()
                for number in range(len(lists)):
                    await app.configure_task("bare", queue="bare").defer_async(number=number)

        workers = None
        done = 0
        try:
            asyncio.run(give_work())
            workers = Workers(
                [server.url, str(recorder.port), "--without-ledger", str(folder / "lists.json")], 3, chance
            )
            with psycopg.connect(server.url, autocommit=True) as connection:
                deadline = time.monotonic() + 240
                while time.monotonic() < deadline:
                    time.sleep(1.0 + chance.random())
                    workers.tend()
                    row = connection.execute(
                        "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
                    ).fetchone()
                    if row == (0,):
                        break
                    # A machine dies with all its workers while they have work.
                    if done < kills and len(busy := workers.sending()) == 3:
                        for one in busy:
                            workers.kill_one(one)
                            done += 1
        finally:
            if workers is not None:
                workers.end()
            recorder.close()
            server.close()
        taken = log_of(log)
    lost = sum(1 for phones in lists if not taken[phones[0]])
    double = sum(1 for phones in lists if taken[phones[0]] > 1)
    return {"seed": seed, "kills": done, "chunks": len(lists), "lost_chunks": lost, "double_chunks": double}


def main() -> int:
    """Run, write the figures, fail if a recipient was lost or got two messages (or, as control, if none was)."""
    parser = argparse.ArgumentParser(description="Kill, freeze and crash campaigns on the engine.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--frozen", type=int, default=10)
    parser.add_argument("--crashes", type=int, default=5)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--pieces", type=int, default=1)
    parser.add_argument("--control", action="store_true")
    given = parser.parse_args()
    begin = time.monotonic()
    parts = given.pieces
    if given.control:
        figures = control(kills=given.kills, seed=given.seed)
    else:
        done = int(known("engine").get("kills", 0)) if parts > 1 else 0
        figures = run(
            kills=-(-given.kills // parts),
            frozen=-(-given.frozen // parts),
            crashes=-(-given.crashes // parts),
            seed=given.seed + done,
        )
    figures["seconds"] = round(time.monotonic() - begin, 1)
    if parts > 1 and not given.control:
        figures = record_piece("engine", figures, counted="kills", wanted=given.kills)
    else:
        record("engine_control" if given.control else "engine", figures)
    if given.control:
        return 0 if figures["double_chunks"] or figures["lost_chunks"] else 1
    return 0 if figures["clean"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
