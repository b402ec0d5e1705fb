"""The command behind scripts/bench: run suites, print what they measured, keep it in results.json.

Knows which suites there are, and what is written beside every figure: when, on which machine, commit and versions.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import page, peers
from benchmarks.harness import Curve, Measured, Row, Settings, as_json

RESULTS = page.RESULTS
SUITES = {
    "stub": "benchmarks.suite_stub",
    "sync": "benchmarks.suite_sync",
    "async": "benchmarks.suite_async",
    "start": "benchmarks.suite_start",
    "growth": "benchmarks.suite_growth",
    "double-send": "benchmarks.suite_double_send",
    "verification": "benchmarks.suite_verification",
    "bulk": "benchmarks.bulk",
    "processes": "benchmarks.suite_processes",
    "mock": "benchmarks.mock",
    "inbox": "benchmarks.suite_inbox",
    "command-line": "benchmarks.command_line",
}
"""Each is a module with `measure(settings) -> Iterable[Row | Curve]`; one that is not there yet is left out."""


def available() -> dict[str, str]:
    """The suites whose module is there."""
    here = Path(__file__).parent
    return {name: module for name, module in SUITES.items() if (here / f"{module.partition('.')[2]}.py").is_file()}


def machine() -> dict[str, Any]:
    """What the figures were made on."""
    model = "unknown"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        names = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    return {
        "processor": model,
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "load": round(os.getloadavg()[0], 1),
    }


def commit() -> str:
    """The commit, with a plus sign if what is measured differs from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=peers.ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()

    changed = git("status", "--porcelain", "--", "overlay", "generated", "benchmarks")
    changed = "\n".join(line for line in changed.splitlines() if "results.json" not in line)
    return git("rev-parse", "--short=10", "HEAD") + ("+" if changed else "")


def shown(measured: Measured) -> str:
    """One line for a person who watches."""
    if isinstance(measured, Curve):
        lines = "; ".join(f"{n}: " + " ".join(f"{x:g}:{y:.4g}" for x, y in p) for n, p in measured.lines.items())
        return f"{measured.title}: {lines}"
    goal = "" if measured.goal is None else f"  goal {measured.goal:g} {'met' if measured.met else 'MISSED'}"
    return (
        f"{measured.ratio:8.3f} [{measured.low:.3f} {measured.high:.3f}]{goal}  {measured.subject}: {measured.work} /"
        f" {measured.against}  ({measured.subject_value:.4g} / {measured.against_value:.4g} {measured.unit})"
    )


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure, side by side.")
    parser.add_argument("suites", nargs="*", help="which (all if left out)")
    parser.add_argument("--list", action="store_true", help="name the suites and end")
    parser.add_argument("--quick", action="store_true", help="a fraction of the work: to see that it runs")
    parser.add_argument("--write", action="store_true", help="keep the figures and make the page again")
    asked = parser.parse_args()
    suites = available()
    if asked.list:
        print("\n".join(suites))
        return 0
    unknown = [name for name in asked.suites if name not in suites]
    if unknown:
        parser.error(f"no such suite: {', '.join(unknown)}; there are {', '.join(suites)}")
    if asked.quick and asked.write:
        parser.error("figures of a quick run are not kept")
    peers.ready()
    settings = Settings(quick=asked.quick)
    for name in asked.suites or suites:
        print(f"== {name}", flush=True)
        circumstances = {
            "command": f"scripts/bench {name}",
            "when": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d"),
            "commit": commit(),
            "machine": machine(),
            "versions": peers.versions(),
        }
        found: list[Measured] = []
        for measured in importlib.import_module(suites[name]).measure(settings):
            print(shown(measured), flush=True)
            found.append(measured)
        if asked.write:
            keep(name, circumstances, found)
            page.write()
    return 0


def keep(suite: str, circumstances: dict[str, Any], found: list[Measured]) -> None:
    """Put a suite's figures into results.json in place of its older ones; the other suites' stay."""
    results: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    results[suite] = {
        **circumstances,
        "rows": [as_json(one) for one in found if isinstance(one, Row)],
        "curves": [as_json(one) for one in found if isinstance(one, Curve)],
    }
    ordered = {name: results[name] for name in SUITES if name in results}
    RESULTS.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
