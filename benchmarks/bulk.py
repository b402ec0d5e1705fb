"""A campaign of a million recipients, from the CSV to settled rows of the ledger, against the loop that people write
and the floor; with latency; how it grows; and on PostgreSQL with one to four processes.

The contenders are whole processes of `bulk_contenders`: what is counted is the CPU time of each from its start to its
end, and its peak of memory less that of a bare interpreter.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import itertools
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import peers
from benchmarks.harness import SERVER_CORE, Curve, Measured, Settings, compare, run_process, take_turns

MILLION = 1_000_000
LATENCY, IN_FLIGHT, BATCH = 0.1, 8, 1000


@dataclass(frozen=True)
class Cost:
    """What one process took: CPU seconds, peak of resident memory in MiB, seconds of sending by the clock."""

    cpu: float
    memory: float
    sending: float


def once(name: str, people: Path, port: int = 0, in_flight: int = 1) -> Cost:
    """One process from its start to its end."""
    command = [peers.PYTHON, "-m", "benchmarks.bulk_contenders", name, people, str(port), str(in_flight)]
    spent, said = run_process(command, peers.ROOT)
    sending, memory = map(float, said.split())
    return Cost(spent, memory, sending)


@contextlib.contextmanager
def serving(latency: float = 0.0) -> Iterator[int]:
    """The service for bulk, on the server's core."""
    command = [peers.PYTHON, "-m", "benchmarks.bulk_contenders", "serve", str(SERVER_CORE), str(latency)]
    with subprocess.Popen(
        command, cwd=peers.ROOT, env=peers.environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def write_list(path: Path, size: int) -> Path:
    """A CSV with so many different numbers in no order, and a value each."""
    phones = random.Random(size).sample(range(13_000_000_000, 20_000_000_000), size)
    with path.open("w", encoding="utf-8") as file:
        file.write("phone,name\n")
        file.writelines(f"{phone},n{index}\n" for index, phone in enumerate(phones))
    return path


def measure(settings: Settings) -> Iterator[Measured]:
    """All but the processes on PostgreSQL."""
    size = settings.calls(MILLION)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        people = write_list(folder / "people.csv", size)
        with serving() as port:
            bare = once("interpreter", people).memory
            asked = {name: lambda name=name: once(name, people, port) for name in ("jsmskit", "naive", "floor")}
            costs = take_turns(asked, settings.rounds(5))
        cpu = {name: [1e6 * one.cpu / size for one in spent] for name, spent in costs.items()}
        memory = {name: [one.memory - bare for one in spent] for name, spent in costs.items()}
        work, unit = f"{size:,} recipients, CSV to settled ledger (WAL, FULL)", "us CPU a recipient"
        loop = "a loop with requests and json, all in memory, no ledger"
        floor = "the floor by hand: no checks, one row a recipient"
        yield compare("bulk-cpu", work, loop, unit, cpu["jsmskit"], cpu["naive"], goal=1.0)
        yield compare(
            "bulk-memory", work, loop, "MiB above the interpreter", memory["jsmskit"], memory["naive"], goal=0.06
        )
        yield compare("bulk-floor", work, floor, unit, cpu["jsmskit"], cpu["floor"])
        yield from planning(settings, people, size)
        yield from with_latency(settings, folder)
        yield from growth(settings, folder)


def planning(settings: Settings, people: Path, size: int) -> Iterator[Measured]:
    """CPU of planning a row, from a CSV and from a workbook, beside bare readers of the same file."""
    workbook = write_workbook(people, size // 10)
    unit = "us CPU a row"
    for path, rows, reader in ((people, size, "csv.DictReader"), (workbook, size // 10, "openpyxl, read only")):
        kind = path.suffix[1:]
        asked = {
            name: lambda name=name, path=path, rows=rows: 1e6 * once(name, path).cpu / rows
            for name in ("plan_only", "read_only")
        }
        spent = take_turns(asked, settings.rounds(3))
        work, plan = f"{rows:,} recipients planned from {kind}, a row", spent["plan_only"]
        yield compare(f"plan-{kind}", work, f"{reader}, rows forgotten", unit, plan, spent["read_only"])
        if kind == "csv":
            yield compare("plan-goal", work, "4 us", unit, plan, [4.0] * len(plan), goal=1.0)


def write_workbook(people: Path, rows: int) -> Path:
    """The beginning of a CSV as a workbook."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    with people.open(encoding="utf-8", newline="") as file:
        for row in itertools.islice(csv.reader(file), rows + 1):
            sheet.append(row)
    path = people.with_suffix(".xlsx")
    book.save(path)
    return path


def with_latency(settings: Settings, folder: Path) -> Iterator[Measured]:
    """Recipients a second, eight batches in flight, each answered after 100 ms.

    The beginning and the end of a run, when fewer are in flight, weigh more in a short one: so there are two.
    """
    ceiling = IN_FLIGHT * BATCH / LATENCY
    for name, whole, goal in (("bulk-latency", MILLION, 0.90), ("bulk-latency-short", 300_000, None)):
        size = settings.calls(whole)
        people = write_list(folder / "slow.csv", size)
        with serving(LATENCY) as port:
            rates = [size / once("jsmskit", people, port, IN_FLIGHT).sending for _ in range(settings.rounds(5))]
        work = f"{size:,} recipients, {IN_FLIGHT} batches in flight, 100 ms each"
        yield compare(
            name, work, "what the latency allows", "recipients/s", rates, [ceiling] * len(rates),
            goal=goal, at_least=True,
        )  # fmt: skip


def growth(settings: Settings, folder: Path) -> Iterator[Measured]:
    """CPU and memory by the size of the campaign."""
    lines: dict[str, list[tuple[float, float]]] = {"s CPU": [], "MiB": []}
    with serving() as port:
        for size in (1_000, 10_000, 100_000, 1_000_000, 10_000_000)[: 3 if settings.quick else None]:
            people = write_list(folder / f"{size}.csv", size)
            costs = [once("jsmskit", people, port) for _ in range(1 if size >= MILLION else 3)]
            lines["s CPU"].append((size, median(one.cpu for one in costs)))
            lines["MiB"].append((size, median(one.memory for one in costs)))
    note = "the first half second is the start of the process"
    yield Curve("growth-campaign", "Recipients in a campaign", "recipients", "whole process", lines, note)


WORKER = """
import asyncio, sys
from jsmskit import AsyncJsmsClient
from jsmskit.campaigns import open_ledger
from jsmskit.campaigns.distributed import DistributedWorker
from benchmarks.contenders import KEY, SECRET

async def work(url, port, in_flight):
    with open_ledger(url) as ledger:
        async with AsyncJsmsClient(KEY, SECRET, base_url=f"http://127.0.0.1:{port}/v1") as client:
            await DistributedWorker(url, ledger, client, concurrency=in_flight, until_done=True, tell=str).run()

asyncio.run(work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""


def processes(settings: Settings) -> Iterator[Measured]:
    """Recipients a second on a PostgreSQL ledger, four batches in flight in each process, 100 ms each.

    Ledger, workers and service share the machine: where the curve bends, the cores are spent.
    """
    from tests.campaigns.campaign_postgres import PostgresServer, find_programs

    programs = find_programs()
    if programs is None:
        raise SystemExit("bench: PostgreSQL is needed (Debian: apt-get install postgresql)")
    size, in_flight = settings.calls(200_000), 4
    lines: dict[str, list[tuple[float, float]]] = {"jsmskit": [], "what the latency allows": []}
    server = PostgresServer(programs)
    try:
        with tempfile.TemporaryDirectory() as folder, serving(LATENCY) as port:
            people = write_list(Path(folder, "people.csv"), size)
            for count in (1, 2, 3, 4):
                server.empty()
                lines["jsmskit"].append((count, size / run_processes(server.url, people, port, count, in_flight)))
                lines["what the latency allows"].append((count, count * in_flight * BATCH / LATENCY))
    finally:
        server.close()
    yield Curve("growth-processes", "Processes on one PostgreSQL ledger", "processes", "recipients/s", lines)


def run_processes(url: str, people: Path, port: int, count: int, in_flight: int) -> float:
    """Seconds from the start of the workers' work to the end of the campaign; their own start is not counted."""
    from jsmskit.campaigns import CampaignState, RunSettings, TemplateFacts, TemplateKind, open_ledger, plan
    from jsmskit.campaigns.distributed import enqueue_campaign

    facts = TemplateFacts(7, "您好 {{name}}", TemplateKind.NOTICE, sign="测试")
    with open_ledger(url) as ledger, contextlib.ExitStack() as stack:
        number = plan(ledger, people, facts).campaign_id
        settings = RunSettings(concurrency=in_flight, canary=False, balance_every=0)
        asyncio.run(enqueue_campaign(url, ledger, number, settings, resume=False))
        command = [sys.executable, "-c", WORKER, url, str(port), str(in_flight)]
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
