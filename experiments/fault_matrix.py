"""Run the whole fault matrix and the byte sweeps over real sockets.

    python -m experiments.fault_matrix                 all cells; writes figures
    python -m experiments.fault_matrix --cells 300     so many, chosen by the seed; writes nothing

Exit code 1 if anything happened that must never happen.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from experiments import figures_files
from tests.client.callers import CLIENT_KINDS
from tests.client.faults.matrix import Cell, Certificates, Judged, cells, run_fairly, shuffled, summary
from tests.client.faults.sweep import ENDS, Sweep, Swept

_certificates: Certificates | None = None


def _begin(folder: str) -> None:
    global _certificates  # one authority for each process, made when it starts
    logging.disable(logging.CRITICAL)
    _certificates = Certificates(Path(tempfile.mkdtemp(dir=folder)))


def _run(cell: Cell) -> Judged:
    assert _certificates is not None
    judged = run_fairly(cell, _certificates)
    for violation in judged.violations:
        print(f"VIOLATION {cell}: {violation}", flush=True)
    return judged


def _sweep(case: tuple[str, str, str]) -> Swept:
    what, client_kind, end = case
    swept: Swept = getattr(Sweep(client_kind, end), what)()
    for violation in swept.violations:
        print(f"VIOLATION byte sweep {case}: {violation}", flush=True)
    return swept


def main() -> int:
    """Run, write, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, help="so many cells, chosen by the seed; all if left out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(given.workers, initializer=partial(_begin, folder)) as pool,
    ):
        judged = list(pool.map(_run, shuffled(cells(), given.seed)[: given.cells], chunksize=4))
        swept = list(pool.map(_sweep, itertools.product(("request", "answer"), CLIENT_KINDS, ENDS)))
    matrix = summary(judged)
    violations = sum(len(one.violations) for one in swept)
    figures = {
        "command": "python -m experiments.fault_matrix",
        "seed": given.seed,
        "seconds": round(time.monotonic() - began),
        "matrix": matrix,
        "byte_sweep": {"positions": sum(one.positions for one in swept), "violations": violations},
    }
    figures_files.write("fault_matrix", figures, keep=given.cells is None)
    return int(bool(sum(matrix["violations"].values()) + violations))


if __name__ == "__main__":
    sys.exit(main())
