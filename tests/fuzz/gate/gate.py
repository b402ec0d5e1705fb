"""The gate as a whole: its legs as processes side by side, what they reached together, and whether that is enough.

Knows how many examples make a push, a long run, a test of one planted fault. Must not know what a leg does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.fuzz.gate.counts import Counts

ROOT: Final = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg to be run.

    Attributes:
        name: `all` for every phase on all operations, `chains` for the stateful phase from every root,
            `default` for schemathesis as it comes.
        seed: of everything in it.
        max_examples: as schemathesis counts them: per operation, and scenarios.
        inside: leave the wire out.
        bug: of `bugs`, planted in its mock; None: the mock as it is.
        stop: end at the first wrong answer.
        encores: so many times what was generated is sent again, seasoned anew.
    """

    name: str
    seed: int
    max_examples: int
    inside: bool = False
    bug: str | None = None
    stop: bool = False
    encores: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a leg.

    Attributes:
        leg: that was run.
        exit_code: 0 if every answer was right.
        report: as the leg wrote it; empty if it could not.
        errors: what it wrote to its standard error, the end of it.
    """

    leg: Leg
    exit_code: int
    report: dict[str, Any]
    errors: str

    @property
    def counts(self) -> Counts:
        """What the leg reached."""
        return Counts.from_json(self.report["counts"])

    def problems(self) -> list[str]:
        """Say what went wrong, in words for a person."""
        if not self.report:
            return [f"leg {self.leg} wrote no report:\n{self.errors}"]
        told = [
            f"leg {self.leg.name}, seed {self.leg.seed}, {each['phase']}:\n  "
            + "\n  ".join([*each["problems"], each["request"], each["answer"]])
            for each in self.report["failures"]
        ]
        if self.exit_code and not told:
            told.append(f"leg {self.leg} failed:\n{self.report['output'][-6000:]}\n{self.errors}")
        return told


def start(leg: Leg, report: Path) -> subprocess.Popen[bytes]:
    """Start a leg as a process of its own, so that it has a fresh mock and a fresh schemathesis."""
    command = [
        sys.executable, "-m", "tests.fuzz.gate.leg", "--leg", leg.name, "--seed", str(leg.seed),
        "--max-examples", str(leg.max_examples), "--encores", str(leg.encores), "--report", str(report),
    ]  # fmt: skip
    if leg.bug is not None:
        command += ["--bug", leg.bug]
    if leg.inside:
        command.append("--inside")
    if leg.stop:
        command.append("--stop")
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy") and not name.startswith(("SCHEMATHESIS_", "JSMS_"))
    }
    # One hash seed: the order of sets must not decide what is generated.
    environment |= {"PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "0"}
    with report.with_suffix(".err").open("wb") as errors:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=errors, stderr=errors)


def finish(leg: Leg, process: subprocess.Popen[bytes], report: Path, seconds: float) -> Outcome:
    """Wait for a leg and read what it wrote.

    Raises:
        subprocess.TimeoutExpired: it did not end in time; it is killed.
    """
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
    told = json.loads(report.read_text("utf-8")) if report.exists() else {}
    errors = report.with_suffix(".err").read_text("utf-8", "replace")[-4000:]
    return Outcome(leg, code, told, errors)


def run_side_by_side(legs: Sequence[Leg], folder: Path, seconds: float = 1200) -> list[Outcome]:
    """Run legs at the same time, a process each."""
    reports = [folder / f"{leg.name}-{leg.seed}-{position}.json" for position, leg in enumerate(legs)]
    processes = [start(leg, report) for leg, report in zip(legs, reports, strict=True)]
    try:
        return [
            finish(leg, process, report, seconds)
            for leg, process, report in zip(legs, processes, reports, strict=True)
        ]
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
                process.wait()


def together(outcomes: Iterable[Outcome]) -> Counts:
    """Add up what legs reached."""
    counts = Counts()
    for outcome in outcomes:
        if outcome.report:
            counts.add(outcome.counts)
    return counts
