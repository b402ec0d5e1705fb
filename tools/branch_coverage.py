"""Runs the tests of the overlay under coverage, and writes how many of its branches they take.

    python -m tools.branch_coverage              benchmarks/coverage.json; exit code 1 below 100 %
    python -m tools.branch_coverage -n 0 -k x    with more arguments for pytest, which shows more than it proves
    python -m tools.branch_coverage --out FILE   another file

Counted is everything that is written by hand, but for the command line and the mock, which have figures of their own:
statements and branches, in threads, and in the processes that tests start or fork. What is left out of the count on
purpose says why beside it (`pragma: no cover`). Knows which tests belong to it; must not know what they test.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TESTS = (
    "tests/unit",
    "tests/client",
    "tests/callbacks",
    "tests/campaigns",
    "tests/fuzz/test_client_survives_any_reply.py",
    "tests/contract/test_public_surface.py",
)
SETTINGS = """
[run]
branch = true
parallel = true
concurrency = thread, multiprocessing
patch = subprocess, _exit
source_pkgs = jsmskit
data_file = {folder}/data
omit =
    */jsmskit/cli/*
    */jsmskit/mock/*
    */jsmskit/pytest_plugin.py
    */jsmskit/__main__.py
"""
_SMALL_RUNS = {"CALLBACK_CASES": "100"}


def measure(arguments: list[str]) -> tuple[int, dict[str, Any]]:
    """The exit code of the tests, and coverage's own report."""
    with tempfile.TemporaryDirectory() as folder:
        settings, report = Path(folder, "settings"), Path(folder, "report.json")
        settings.write_text(SETTINGS.format(folder=folder), encoding="utf-8")
        options = ["-q", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadgroup", *arguments]
        tests = [
            sys.executable,
            "-m",
            "coverage",
            "run",
            f"--rcfile={settings}",
            "-m",
            "pytest",
            *options,
            *TESTS,
        ]
        code = subprocess.run(tests, cwd=ROOT, env={**os.environ, **_SMALL_RUNS}, check=False).returncode
        for step in (["combine", "--quiet"], ["json", "--quiet", "-o", str(report)]):
            command = [sys.executable, "-m", "coverage", step[0], f"--rcfile={settings}", *step[1:]]
            subprocess.run(command, cwd=ROOT, check=True)
        return code, json.loads(report.read_text(encoding="utf-8"))


def figures(report: dict[str, Any]) -> dict[str, Any]:
    """The report as it goes to the file: the sums, and what is missing by module."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    sums = report["totals"]
    missing = {
        file.partition("jsmskit/")[2]: {
            "lines": one["missing_lines"],
            "branches": [f"{start} to {end}" for start, end in one["missing_branches"]],
        }
        for file, one in report["files"].items()
        if one["missing_lines"] or one["missing_branches"]
    }
    return {
        "what": "statements and branches of the overlay, without command line and mock, that the tests take",
        "command": "python -m tools.branch_coverage",
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "modules": len(report["files"]),
        "statements": sums["num_statements"],
        "statements_missed": sums["missing_lines"],
        "branches": sums["num_branches"],
        "branches_missed": sums["missing_branches"],
        "percent_of_branches": round(100 * sums["covered_branches"] / sums["num_branches"], 2),
        "left_out_with_a_reason": sums["excluded_lines"],
        "missing": missing,
    }


def main() -> int:
    """Run, write, judge."""
    parser = argparse.ArgumentParser(description="Branch coverage of the overlay, as one number.")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "coverage.json")
    given, arguments = parser.parse_known_args()
    code, report = measure(arguments)
    if code:
        print("Some tests failed: what they took is no proof.")
        return code
    found = figures(report)
    given.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    for module, gaps in found["missing"].items():
        print(f"{module}: lines {gaps['lines']}, branches {gaps['branches']}")
    print(f"{found['percent_of_branches']} % of {found['branches']} branches")
    return 1 if found["missing"] else 0


if __name__ == "__main__":
    sys.exit(main())
