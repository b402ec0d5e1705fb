"""The generated package is typed all the way through, and both checkers infer a call from its OPERATION."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools.regenerate import ROOT

PROBE = ROOT / "tests" / "typing" / "generated_operations.py"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("type checkers")]


def test_mypy_strict_finds_nothing_and_infers_calls() -> None:
    """0 errors over the generated package; in the probe every mistake is seen and every result inferred."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(ROOT / "generated" / "jsms_api"), str(PROBE)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout.strip())


def test_pyright_finds_nothing_and_infers_calls(tmp_path: Path) -> None:
    """0 errors under the standard rules over the generated package, under the strict ones in the probe."""
    for name in ("generated", "tests"):
        (tmp_path / name).symlink_to(ROOT / name)
    settings = {
        "include": ["generated/jsms_api", f"tests/typing/{PROBE.name}"],
        "extraPaths": ["generated"],
        "pythonVersion": "3.11",
        "typeCheckingMode": "standard",
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pyright",
            "--pythonpath",
            sys.executable,
            "--outputjson",
            "--project",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    summary = json.loads(done.stdout)["summary"]
    assert summary["filesAnalyzed"] > 60
    assert (summary["errorCount"], summary["warningCount"]) == (0, 0)
    print(f"pyright: {summary['filesAnalyzed']} files, {summary['errorCount']} errors")
