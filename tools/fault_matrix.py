"""Runs the whole fault matrix and the byte sweeps over real sockets, and writes the figures to a file.

    python -m tools.fault_matrix                     all cells, reliability.json
    python -m tools.fault_matrix --cells 300         so many, chosen by the seed
    python -m tools.fault_matrix --seed 7 --out F    another order, another file

Exit code 1 if anything happened that must never happen. Knows how to run and to count; what a cell is and
what must never happen is in `tests/client/faults`.
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
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpcore

from tests.client.callers import COLOURS
from tests.client.faults.matrix import Cell, Certificates, Judged, cells, run_fairly, shuffled, summary
from tests.client.faults.sweep import ENDS, Sweep, Swept

ROOT = Path(__file__).resolve().parents[1]

_certificates: Certificates | None = None


def _begin(folder: str) -> None:
    global _certificates  # one authority for each process, made when it starts
    logging.disable(logging.CRITICAL)
    _certificates = Certificates(Path(tempfile.mkdtemp(dir=folder)))


def _run(cell: Cell) -> Judged:
    assert _certificates is not None
    return run_fairly(cell, _certificates)


def _sweep(case: tuple[str, str, str]) -> Swept:
    what, colour, end = case
    swept: Swept = getattr(Sweep(colour, end), what)()
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


def run(count: int | None, seed: int, workers: int) -> dict[str, Any]:
    """Run the cells and the sweeps; the figures as they go to the file."""
    wanted = shuffled(cells(), seed)[:count]
    sweeps = [(what, colour, end) for what in ("request", "answer") for colour in COLOURS for end in ENDS]
    begun = time.monotonic()
    results: list[Judged] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(workers, initializer=partial(_begin, folder)) as pool,
    ):
        for number, result in enumerate(pool.map(_run, wanted, chunksize=4), 1):
            results.append(result)
            for violation in result.violations:
                print(f"VIOLATION {result.cell}: {violation}", flush=True)
            if number % 200 == 0:
                print(f"{number} of {len(wanted)} cells, {time.monotonic() - begun:.0f} s", flush=True)
        swept = list(pool.map(_sweep, sweeps))
    for case, one in zip(sweeps, swept, strict=True):
        for violation in one.violations:
            print(f"VIOLATION byte sweep {case}: {violation}", flush=True)
    figures = summary(results)
    return {
        "what": "fault matrix and byte sweeps of the client, over real sockets",
        "commit": _commit(),
        "seed": seed,
        "python": platform.python_version(),
        "httpcore": httpcore.__version__,
        "seconds": round(time.monotonic() - begun),
        "matrix": figures,
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
    parser.add_argument("--out", type=Path, default=ROOT / "reliability.json")
    given = parser.parse_args()
    figures = run(given.cells, given.seed, given.workers)
    given.out.write_text(json.dumps(figures, indent=2, sort_keys=False) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))
    violations = sum(figures["matrix"]["violations"].values()) + figures["byte_sweep"]["violations"]
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
