"""Runs the whole fault matrix and the byte sweeps over real sockets, and writes the figures to a file.

    python -m experiments.fault_matrix                     all cells, experiments/figures/fault_matrix.json
    python -m experiments.fault_matrix --minutes 5         stop after so long; the same command goes on from there
    python -m experiments.fault_matrix --cells 300         so many, chosen by the seed
    python -m experiments.fault_matrix --seed 7 --out F    another order, another file

Exit code 1 if anything happened that must never happen, 3 if there are cells left to run.
"""

from __future__ import annotations

import argparse
import json
import logging
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from tests.client.callers import CLIENT_KINDS
from tests.client.faults.matrix import Cell, Certificates, Judged, cells, run_fairly, shuffled, summary
from tests.client.faults.sweep import ENDS, Sweep, Swept

ROOT = Path(__file__).resolve().parents[1]
UNFINISHED = ROOT / ".artifacts" / "fault-matrix.jsonl"
"""What a run that was stopped has judged so far: a line that says of what, then one for each cell."""
AT_ONCE = 200

_certificates: Certificates | None = None


def _begin(folder: str) -> None:
    global _certificates  # one authority for each process, made when it starts
    logging.disable(logging.CRITICAL)
    _certificates = Certificates(Path(tempfile.mkdtemp(dir=folder)))


def _run(cell: Cell) -> Judged:
    assert _certificates is not None
    return run_fairly(cell, _certificates)


def _sweep(case: tuple[str, str, str]) -> Swept:
    what, client_kind, end = case
    swept: Swept = getattr(Sweep(client_kind, end), what)()
    return swept


def _commit() -> str:
    run = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    dirty = subprocess.run(
        ["git", "status", "--porcelain", "--", "overlay", "generated"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return (run.stdout.strip() or "unknown") + (" with changes" if dirty.stdout.strip() else "")


class Progress:
    """The cells judged so far, kept in a file: of one commit and one seed, or they would prove nothing."""

    def __init__(self, commit: str, seed: int) -> None:
        self.judged: dict[Cell, Judged] = {}
        self.seconds = 0.0
        self._of = json.dumps({"commit": commit, "seed": seed})
        lines = UNFINISHED.read_text(encoding="utf-8").splitlines() if UNFINISHED.exists() else []
        if lines[:1] != [self._of]:
            UNFINISHED.parent.mkdir(exist_ok=True)
            UNFINISHED.write_text(self._of + "\n", encoding="utf-8")
            return
        for line in lines[1:]:
            kept = json.loads(line)
            self.seconds += kept.pop("spent", 0.0)
            if "cell" in kept:
                one = Judged(Cell(**kept.pop("cell")), violations=tuple(kept.pop("violations")), **kept)
                self.judged[one.cell] = one

    def keep(self, results: list[Judged], seconds: float) -> None:
        """Write down some more, and how long they took."""
        self.judged.update({one.cell: one for one in results})
        self.seconds += seconds
        with UNFINISHED.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(one)) + "\n" for one in results)
            file.write(json.dumps({"spent": seconds}) + "\n")


def _told(results: list[Judged]) -> list[Judged]:
    for result in results:
        for violation in result.violations:
            print(f"VIOLATION {result.cell}: {violation}", flush=True)
    return results


def _portions(wanted: list[Cell]) -> Iterator[list[Cell]]:
    for start in range(0, len(wanted), AT_ONCE):
        yield wanted[start : start + AT_ONCE]


def run(count: int | None, seed: int, workers: int, minutes: float) -> dict[str, Any] | None:
    """Run the cells and the sweeps; the figures as they go to the file. None if the minutes were over first."""
    commit = _commit()
    progress = Progress(commit, seed)
    wanted = shuffled(cells(), seed)[:count]
    stop = time.monotonic() + minutes * 60
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(workers, initializer=partial(_begin, folder)) as pool,
    ):
        for portion in _portions([cell for cell in wanted if cell not in progress.judged]):
            if time.monotonic() > stop:
                return None
            begun = time.monotonic()
            progress.keep(_told(list(pool.map(_run, portion, chunksize=4))), time.monotonic() - begun)
            print(f"{len(progress.judged)} of {len(wanted)} cells, {progress.seconds:.0f} s", flush=True)
        if time.monotonic() > stop:
            return None
        begun = time.monotonic()
        sweeps = [
            (what, client_kind, end)
            for what in ("request", "answer")
            for client_kind in CLIENT_KINDS
            for end in ENDS
        ]
        swept = list(pool.map(_sweep, sweeps))
    for case, one in zip(sweeps, swept, strict=True):
        for violation in one.violations:
            print(f"VIOLATION byte sweep {case}: {violation}", flush=True)
    return {
        "what": "fault matrix and byte sweeps of the client, over real sockets",
        "command": "python -m experiments.fault_matrix",
        "commit": commit,
        "seed": seed,
        "python": platform.python_version(),
        "seconds": round(progress.seconds + time.monotonic() - begun),
        "matrix": summary(progress.judged[cell] for cell in wanted),
        "byte_sweep": {
            "positions": sum(one.positions for one in swept),
            "violations": sum(len(one.violations) for one in swept),
        },
    }


def main() -> int:
    """Run, write, judge."""
    parser = argparse.ArgumentParser(description="Run the fault matrix of the client and write its figures.")
    parser.add_argument("--cells", type=int, help="so many cells, chosen by the seed; all if left out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="stop after so long, to go on later"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "experiments" / "figures" / "fault_matrix.json")
    given = parser.parse_args()
    figures = run(given.cells, given.seed, given.workers, given.minutes)
    if figures is None:
        print("Not all cells were run; the same command goes on from here.")
        return 3
    UNFINISHED.unlink()
    given.out.write_text(json.dumps(figures, indent=2, sort_keys=False) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))
    violations = sum(figures["matrix"]["violations"].values()) + figures["byte_sweep"]["violations"]
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
