"""Runs the tests of the overlay under coverage, and writes how many of its branches they take.

    python -m tools.branch_coverage                    benchmarks/coverage.json; exit code 1 below 100 %
    python -m tools.branch_coverage --only campaigns   some; what the others took at this commit counts, too
    python -m tools.branch_coverage --out FILE         another file

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
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TESTS = {
    "values": ("tests/unit",),
    "client": (
        "tests/client",
        "--ignore=tests/client/faults",
        "tests/fuzz/test_client_survives_any_reply.py",
    ),
    "faults": ("tests/client/faults",),
    "callbacks": ("tests/callbacks",),
    "surface": ("tests/contract/test_public_surface.py", "tests/contract/test_derived_forms.py"),
    "campaigns": ("tests/campaigns", "--ignore=tests/campaigns/test_crashes.py"),
    "crashes": ("tests/campaigns/test_crashes.py",),
}
TAKEN = ROOT / ".artifacts" / "coverage"
"""A folder for each commit, in it a file for each of the groups."""
SETTINGS = """
[run]
branch = true
parallel = true
concurrency = thread, multiprocessing
patch = subprocess, _exit
source_pkgs = jsmskit
data_file = {folder}/running
omit =
    */jsmskit/cli/*
    */jsmskit/mock/*
    */jsmskit/pytest_plugin.py
    */jsmskit/__main__.py
"""
_SMALL_RUNS = {"CALLBACK_CASES": "100"}


def commit() -> str:
    """The commit that is looked at, marked if there are changes that are not in it."""
    asked = (["rev-parse", "HEAD"], ["status", "--porcelain", "--", "overlay", "generated"])
    head, dirty = (
        subprocess.run(["git", *one], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
        for one in asked
    )
    return head + (" with changes" if dirty else "")


def take(group: str, folder: Path, workers: int) -> int:
    """Run one group of tests; what they took goes to a file of its own. The exit code of the tests."""
    with tempfile.TemporaryDirectory() as temporary:
        coverage = _coverage(Path(temporary))
        spread = ["-n", str(workers), "--dist", "loadgroup"] if workers > 1 else ["-n", "0"]
        options = ["-q", "-p", "no:cacheprovider", *spread]
        tests = [*coverage("run"), "-m", "pytest", *options, *TESTS[group]]
        code = subprocess.run(tests, cwd=ROOT, env={**os.environ, **_SMALL_RUNS}, check=False).returncode
        if not code:
            target = f"--data-file={folder / group}"
            # Of a folder it would only take the files that are named like the target.
            taken = [str(file) for file in Path(temporary).glob("running.*")]
            subprocess.run([*coverage("combine"), "--quiet", target, *taken], cwd=ROOT, check=True)
    return code


def report(folder: Path) -> dict[str, Any]:
    """Coverage's own report of all groups together."""
    with tempfile.TemporaryDirectory() as temporary:
        coverage, written = _coverage(Path(temporary)), Path(temporary, "report.json")
        data = f"--data-file={temporary}/all"
        groups = [str(folder / group) for group in TESTS if (folder / group).exists()]
        subprocess.run([*coverage("combine"), "--quiet", "--keep", data, *groups], cwd=ROOT, check=True)
        subprocess.run([*coverage("json"), "--quiet", data, "-o", str(written)], cwd=ROOT, check=True)
        found: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    return found


def _coverage(folder: Path) -> Callable[[str], list[str]]:
    settings = folder / "settings"
    settings.write_text(SETTINGS.format(folder=folder), encoding="utf-8")
    return lambda command: [sys.executable, "-m", "coverage", command, f"--rcfile={settings}"]


def figures(report: dict[str, Any], head: str, groups: list[str]) -> dict[str, Any]:
    """The report as it goes to the file: the sums, and what is missing by module."""
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
        "commit": head,
        "tests": [place for group in groups for place in TESTS[group] if not place.startswith("-")],
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
    parser.add_argument("--only", nargs="*", choices=list(TESTS), default=list(TESTS))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "coverage.json")
    given = parser.parse_args()
    head = commit()
    folder = TAKEN / head.replace(" ", "-")
    folder.mkdir(parents=True, exist_ok=True)
    for group in given.only:
        code = take(group, folder, given.workers)
        if code:
            print(f"Tests of {group} failed: what they took is no proof.")
            return code
    found = figures(report(folder), head, [group for group in TESTS if (folder / group).exists()])
    given.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    for module, gaps in found["missing"].items():
        print(f"{module}: lines {gaps['lines']}, branches {gaps['branches']}")
    print(f"{found['percent_of_branches']} % of {found['branches']} branches")
    return 1 if found["missing"] else 0


if __name__ == "__main__":
    sys.exit(main())
