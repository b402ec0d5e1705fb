"""Bulk: a campaign of a million recipients, from the CSV to settled rows of the ledger, against the loop that people
write and against the floor; with latency; and how it grows.

The contenders are whole processes (`bulk_runs`): what is counted is the CPU time of each from its start to its end, and
its peak of memory less that of a bare interpreter.
"""

from __future__ import annotations

import contextlib
import csv
import itertools
import os
import random
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import peers
from benchmarks.harness import Curve, Measured, Row, Settings, client_core, compare, stub_core

MILLION = 1_000_000
LATENCY, IN_FLIGHT, BATCH = 0.1, 8, 1000
GROWTH = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)


@dataclass(frozen=True)
class Cost:
    """What one process took: CPU seconds, peak of resident memory in MiB, seconds of sending by the clock."""

    cpu: float
    memory: float
    sending: float


def measure(settings: Settings) -> Iterator[Measured]:
    """The table's rows for bulk, then the curves."""
    size = settings.calls(MILLION)
    with tempfile.TemporaryDirectory() as folder:
        people = write_list(Path(folder, "people.csv"), size)
        with serving() as port:
            costs: dict[str, list[Cost]] = {"jsmskit": [], "naive": [], "floor": []}
            bare = once("interpreter", people, port).memory
            for turn in range(settings.rounds(5)):
                names = list(costs)
                for name in (*names[turn % 3 :], *names[: turn % 3]):
                    costs[name].append(once(name, people, port))
        cpu = {name: [1e6 * one.cpu / size for one in spent] for name, spent in costs.items()}
        memory = {name: [one.memory - bare for one in spent] for name, spent in costs.items()}
        work = f"{size:,} recipients, CSV to settled ledger (WAL, FULL)"
        loop = "a loop with requests and json, all in memory, no ledger"
        unit = "us CPU a recipient"
        yield Row("bulk-cpu", work, loop, unit, goal=1.0, **compare(cpu, against="naive"))
        yield Row("bulk-memory", work, loop, "MiB above the interpreter", goal=0.06, **compare(memory, against="naive"))
        yield Row(
            "bulk-floor", work, "the floor by hand: no checks, one row a recipient", unit,
            **compare(cpu, against="floor"),
        )  # fmt: skip
        yield from planning(settings, Path(folder))
        yield from with_latency(settings, Path(folder))
        yield from growth(settings, Path(folder))


def planning(settings: Settings, folder: Path) -> Iterator[Measured]:
    """CPU of planning a row, from a CSV and from a workbook, beside bare readers of the same file."""
    size = settings.calls(MILLION)
    people = write_list(folder / "plan.csv", size)
    workbook = write_workbook(people, size // 10)
    for path, rows, reader in ((people, size, "csv.DictReader"), (workbook, size // 10, "openpyxl, read only")):
        costs = {
            name: [1e6 * once(name, path, 0).cpu / rows for _ in range(settings.rounds(3))]
            for name in ("plan_only", "read_only")
        }
        kind = path.suffix[1:]
        yield Row(
            f"plan-{kind}", f"{rows:,} recipients planned from {kind}, a row", f"{reader}, rows forgotten",
            "us CPU a row", **compare(costs, subject="plan_only", against="read_only"),
        )  # fmt: skip
        if kind == "csv":
            goal = {"plan_only": costs["plan_only"], "goal": [4.0] * len(costs["plan_only"])}
            yield Row(
                "plan-goal", f"{rows:,} recipients planned from csv, a row", "4 us", "us CPU a row", goal=1.0,
                **compare(goal, subject="plan_only", against="goal"),
            )  # fmt: skip


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
        values = {"jsmskit": rates, "ceiling": [ceiling] * len(rates)}
        yield Row(
            name, f"{size:,} recipients, 8 batches in flight, 100 ms each", "what the latency allows",
            "recipients/s", goal=goal, at_least=True, **compare(values, against="ceiling"),
        )  # fmt: skip


def growth(settings: Settings, folder: Path) -> Iterator[Measured]:
    """CPU and memory by the size of the campaign."""
    cpu: list[tuple[float, float]] = []
    memory: list[tuple[float, float]] = []
    with serving() as port:
        for size in GROWTH[: 3 if settings.quick else None]:
            people = write_list(folder / f"{size}.csv", size)
            costs = [once("jsmskit", people, port) for _ in range(1 if size >= MILLION else 3)]
            cpu.append((size, median(one.cpu for one in costs)))
            memory.append((size, median(one.memory for one in costs)))
    yield Curve(
        "growth-campaign", "Recipients in a campaign", "recipients", "s CPU of the whole process", {"jsmskit": cpu},
        "the first half second is the start of the process",
    )  # fmt: skip
    yield Curve(
        "growth-campaign-memory",
        "Recipients in a campaign",
        "recipients",
        "MiB, the whole process",
        {"jsmskit": memory},
    )


def write_list(path: Path, size: int) -> Path:
    """A CSV with so many different numbers in no order, and a value each."""
    phones = random.Random(size).sample(range(13_000_000_000, 20_000_000_000), size)
    with path.open("w", encoding="utf-8") as file:
        file.write("phone,name\n")
        file.writelines(f"{phone},n{index}\n" for index, phone in enumerate(phones))
    return path


@contextlib.contextmanager
def serving(latency: float = 0.0) -> Iterator[int]:
    """The service for bulk, on the stub's core."""
    command = [peers.PYTHON, "-m", "benchmarks.bulk_service", str(stub_core()), str(latency)]
    with subprocess.Popen(
        command, cwd=peers.ROOT, env=peers.environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def once(name: str, people: Path, port: int, in_flight: int = 1) -> Cost:
    """One process from its start to its end."""
    command = [peers.PYTHON, "-m", "benchmarks.bulk_runs", name, str(people), str(port), str(in_flight)]
    environment = {**peers.environment(), "JSMS_BENCH_CORE": str(client_core())}
    process = subprocess.Popen(command, cwd=peers.ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise SystemExit(f"bench: {name} has ended with {process.returncode}")
    sending, memory = map(float, said.split())
    return Cost(usage.ru_utime + usage.ru_stime, memory, sending)
