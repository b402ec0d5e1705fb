"""The gate sees faults: one of every class is planted, and the requests that it sends of its own accord find it.

The whole catalogue and everything that is generated: `python -m experiments.mock.seeded_bugs`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.fuzz.gate.bugs import catalog


def test_one_fault_of_every_class_is_caught(root: Path) -> None:
    """A gate that catches nothing is worth nothing; without a fault, the same requests find nothing wrong."""
    by_class = {bug.kind: name for name, bug in sorted(catalog().items())}
    found = subprocess.run(
        [sys.executable, "-m", "experiments.mock.seeded_bugs", "--own", "--only", *by_class.values()],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert f"caught {len(by_class)} of {len(by_class)}" in found.stdout
