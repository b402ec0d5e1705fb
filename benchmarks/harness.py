"""How things are compared: contenders take turns in one run, and what counts is the ratio within a round."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from benchmarks import peers

CLIENT_CORE, SERVER_CORE = min(os.sched_getaffinity(0)), max(os.sched_getaffinity(0))
TICKS = os.sysconf("SC_CLK_TCK")
Command = Sequence[str | os.PathLike[str]]


@dataclass(frozen=True)
class Settings:
    """What a suite is asked for. `quick` wants a fraction of the work: to see that it runs, not for publishing."""

    quick: bool = False

    def rounds(self, wanted: int) -> int:
        return 3 if self.quick else wanted

    def calls(self, wanted: int) -> int:
        return max(1, wanted // 5) if self.quick else wanted


@dataclass(frozen=True)
class Row:
    """One line of a table: `subject` against `against`; the spread is the quartiles of the rounds' quotients.

    `goal` is the most that the ratio should be, or the least if `at_least`.
    """

    id: str
    work: str
    against: str
    unit: str
    subject_value: float
    against_value: float
    ratio: float
    low: float
    high: float
    rounds: int
    goal: float | None = None
    at_least: bool = False
    note: str = ""
    subject: str = "jsmskit"


@dataclass(frozen=True)
class Curve:
    """How something grows: for each line its points (x, median)."""

    id: str
    title: str
    x: str
    y: str
    lines: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    note: str = ""


Measured = Row | Curve


def compare(
    name: str, work: str, against: str, unit: str, mine: Sequence[float], theirs: Sequence[float], **more: Any
) -> Row:
    """Return the row of what each of two cost in every round."""
    return _row(name, work, against, unit, mine, theirs, [a / b for a, b in zip(mine, theirs, strict=True)], **more)


def count(name: str, work: str, against: str, unit: str, values: Sequence[float], usual: float, **more: Any) -> Row:
    """Return the row of a number that is told as it is, beside the usual one."""
    return _row(name, work, against, unit, values, [usual], values, **more)


def _row(name: str, work: str, against: str, unit: str, mine: Any, theirs: Any, quotients: Any, **more: Any) -> Row:
    low, _, high = statistics.quantiles(quotients, n=4) if len(quotients) > 1 else [*quotients] * 3
    median = statistics.median
    return Row(
        name, work, against, unit, median(mine), median(theirs), median(quotients), low, high, len(quotients), **more
    )


T = TypeVar("T")


def take_turns(asked: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """Ask everyone once a round, in an order that moves on; return what each said, round by round."""
    names = list(asked)
    said: dict[str, list[T]] = {name: [] for name in asked}
    for turn in range(rounds):
        place = turn % len(names)
        for name in (*names[place:], *names[:place]):
            said[name].append(asked[name]())
    return said


class Worker:
    """A contender in a process of its own on the client's core, which makes calls when it is told to."""

    def __init__(self, name: str, settings: Mapping[str, Any]) -> None:
        self.name = name
        command = [peers.PYTHON, "-m", "benchmarks.contenders", name, json.dumps({"core": CLIENT_CORE, **settings})]
        self._process = subprocess.Popen(
            command, cwd=peers.ROOT, env=peers.environment(), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def run(self, calls: int) -> dict[str, float]:
        """Let it make so many calls; return what they cost: `cpu` is in microseconds a call."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{calls}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"bench: {self.name} has ended with {self._process.wait(10)}")
        said: dict[str, float] = json.loads(line)
        return said

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


def run_workers(
    names: Iterable[str],
    place: Mapping[str, Any],
    *,
    rounds: int,
    calls: int,
    warm_up: int = 50,
    again: int = 5,
    watch: Callable[[], float] = lambda: 0.0,
) -> dict[str, list[dict[str, float]]]:
    """Let contenders take turns; `watch` is read before and after each, and its growth told as `watched`.

    again: calls before each turn that are not counted, for a contender that drops idle connections between two.
    """
    with contextlib.ExitStack() as stack:
        up = {name: Worker(name, place) for name in names}
        for worker in up.values():
            stack.callback(worker.end)
        for worker in up.values():
            worker.run(warm_up)

        def turn(worker: Worker) -> dict[str, float]:
            worker.run(again)
            before = watch()
            return {**worker.run(calls), "watched": watch() - before}

        return take_turns({name: lambda worker=worker: turn(worker) for name, worker in up.items()}, rounds)


def cpu(turns: Mapping[str, Sequence[Mapping[str, float]]]) -> dict[str, list[float]]:
    """Return the microseconds of CPU a call, by contender and round."""
    return {name: [one["cpu"] for one in told] for name, told in turns.items()}


@contextlib.contextmanager
def on_core(core: int) -> Iterator[None]:
    """Put this thread, and what is started meanwhile, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def instructions(command: Command) -> float:
    """Return the million user-space instructions of a whole process, which repeat to a few tenths of a percent."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        raise SystemExit("bench: valgrind is needed to count instructions (Debian: apt-get install valgrind)")
    counted = subprocess.run(
        [valgrind, "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", *command],
        cwd="/", env=peers.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"I\s+refs:\s+([\d,]+)", counted.stderr)
    if counted.returncode or found is None:
        raise SystemExit(f"bench: {command} under valgrind says: {counted.stderr[-2000:]}")
    return int(found.group(1).replace(",", "")) / 1e6


def run_process(command: Command, cwd: str | Path = "/") -> tuple[float, str]:
    """Return the CPU seconds of a whole process, from its start to its end, and what it printed."""
    with on_core(CLIENT_CORE):
        process = subprocess.Popen(command, cwd=cwd, env=peers.environment(), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise SystemExit(f"bench: {command} has ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, said


class Server:
    """A server and its children on the server's core; a context manager, which stops it."""

    def __init__(self, command: Command, environment: Mapping[str, str]) -> None:
        with on_core(SERVER_CORE):
            self._process = subprocess.Popen(
                command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
            )

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_running:
            self.end(signal.SIGTERM)

    def end(self, number: signal.Signals) -> None:
        """End it and its children with a signal."""
        os.killpg(self._process.pid, number)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def cpu_seconds(self) -> float:
        """Return the CPU time used so far, in user and system mode, children included."""
        return sum(sum(map(int, fields[11:15])) for _, fields in self._members()) / TICKS

    def memory_megabytes(self) -> float:
        """Return the proportional set size: memory of its own, and its share of what it shares."""
        rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid, _ in self._members()]
        return sum(int(rollup.partition("Pss:")[2].split()[0]) for rollup in rollups) / 1024

    def _members(self) -> Iterator[tuple[int, list[str]]]:
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                fields = stat.read_text().rpartition(")")[2].split()  # from the field behind the name on
                if int(fields[2]) == self._process.pid:
                    yield int(stat.parent.name), fields
