"""How things are compared: contenders take turns in one run, and what counts is the ratio within a round.

Knows rounds, quotients, their median and quartiles, and the two ways to count: CPU time of a process, and instructions
under valgrind (cachegrind without its cache model: the same to a few tenths of a percent, whatever else the machine
does). The interface for further suites is told in README.md.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import statistics
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypedDict

from benchmarks import peers

CLIENT_CORE, STUB_CORE = 0, 1


@dataclass(frozen=True)
class Settings:
    """What a suite is asked for. `quick` wants a tenth of the work: to see that it runs, not for publishing."""

    quick: bool = False

    def rounds(self, wanted: int) -> int:
        return 3 if self.quick else wanted

    def calls(self, wanted: int) -> int:
        return max(1, wanted // 5) if self.quick else wanted


@dataclass(frozen=True)
class Row:
    """One line of the table: `subject` against `against`. The spread is the quartiles of the rounds' quotients."""

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
    """The goal is a least value, not a most."""
    note: str = ""
    subject: str = "jsmskit"

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        if self.goal is None:
            return None
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal


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


class Compared(TypedDict):
    """The fields of a `Row` that come from the rounds."""

    ratio: float
    low: float
    high: float
    subject_value: float
    against_value: float
    rounds: int


def compare(values: Mapping[str, Sequence[float]], *, against: str, subject: str = "jsmskit") -> Compared:
    """Ratio, quartiles and medians of a subject against a peer, from what each cost in every round."""
    quotients = [mine / theirs for mine, theirs in zip(values[subject], values[against], strict=True)]
    low, _, high = statistics.quantiles(quotients, n=4) if len(quotients) > 1 else (quotients * 3)
    return {
        "ratio": statistics.median(quotients),
        "low": low,
        "high": high,
        "subject_value": statistics.median(values[subject]),
        "against_value": statistics.median(values[against]),
        "rounds": len(quotients),
    }


class Contender:
    """A worker that is up; see `worker`."""

    def __init__(self, module: str, factory: str, settings: Mapping[str, Any]) -> None:
        self.name = factory
        command = [peers.PYTHON, "-m", "benchmarks.worker", module, factory, json.dumps(dict(settings))]
        self._process = subprocess.Popen(
            command, cwd=peers.ROOT, env=peers.environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        if self._line() != "ready":
            raise SystemExit(f"bench: {factory} does not start")

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def run(self, calls: int) -> dict[str, float]:
        """Let it make so many calls; what they cost."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{calls}\n")
        self._process.stdin.flush()
        line = self._line()
        if not line:
            raise SystemExit(f"bench: {self.name} has ended with {self._process.wait(10)}")
        said: dict[str, float] = json.loads(line)
        return said

    def end(self) -> None:
        """Let it go."""
        self._process.kill()
        self._process.communicate()


@contextlib.contextmanager
def contenders(module: str, names: Iterable[str], settings: Mapping[str, Any]) -> Iterator[list[Contender]]:
    """Workers for the factories of a module, on the client's core."""
    up: list[Contender] = []
    try:
        for name in names:
            up += [Contender(module, name, {"core": client_core(), **settings})]
        yield up
    finally:
        for one in up:
            one.end()


def client_core() -> int:
    """The core on which the contenders run; the stub has another."""
    return min(os.sched_getaffinity(0))


def stub_core() -> int:
    """The core of the stub."""
    return max(os.sched_getaffinity(0))


def in_turns(
    up: Sequence[Contender],
    *,
    rounds: int,
    calls: int,
    warm_up: int,
    again: int = 0,
    watch: Callable[[], float] | None = None,
) -> dict[str, list[dict[str, float]]]:
    """Every contender once a round, in an order that moves on; `watch` is read before and after each turn.

    again: calls before each turn that are not counted, for a contender that drops idle connections between two turns.
    """
    for one in up:
        one.run(warm_up)
    told: dict[str, list[dict[str, float]]] = {one.name: [] for one in up}
    for turn in range(rounds):
        place = turn % len(up)
        for one in (*up[place:], *up[:place]):
            if again:
                one.run(again)
            before = watch() if watch else 0.0
            said = one.run(calls)
            told[one.name].append({**said, "watched": (watch() - before) if watch else 0.0})
    return told


def cpu_per_call(told: Mapping[str, Sequence[Mapping[str, float]]]) -> dict[str, list[float]]:
    """Microseconds of CPU a call, by contender and round."""
    return {name: [1e6 * one["cpu"] / one["calls"] for one in turns] for name, turns in told.items()}


def instructions(command: Sequence[str | os.PathLike[str]]) -> int:
    """User-space instructions of a whole process."""
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
    return int(found.group(1).replace(",", ""))


def child_cpu(command: Sequence[str | os.PathLike[str]]) -> float:
    """CPU seconds of a whole process, from its start to its end."""
    process = subprocess.Popen(
        command, cwd="/", env=peers.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = process.stderr.read().decode() if process.stderr else ""
        raise SystemExit(f"bench: {command} has failed: {said[-2000:]}")
    if process.stderr:
        process.stderr.close()
    return usage.ru_utime + usage.ru_stime


def as_json(measured: Measured) -> dict[str, Any]:
    """As it stands in results.json, figures cut to four digits."""

    def short(value: Any) -> Any:
        if isinstance(value, float):
            return float(f"{value:.4g}")
        if isinstance(value, dict):
            return {key: short(each) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [short(each) for each in value]
        return value

    made = asdict(measured) if isinstance(measured, Row) else {**asdict(measured), "lines": dict(measured.lines)}
    cut: dict[str, Any] = short(made)
    return cut
