"""The command behind scripts/bench: run suites, print what they measured, keep it in results.json."""

from __future__ import annotations

import argparse
import datetime
import importlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import page, peers
from benchmarks.harness import Curve, Measured, Row, Settings
from tools.made_files import write_or_check

SUITES = {
    "sync": "calls.one_after_the_other",
    "async": "calls.many_at_once",
    "start": "whole_processes.start",
    "growth": "calls.growth",
    "double-send": "double_send.measure",
    "verification": "calls.login",
    "bulk": "bulk.measure",
    "processes": "bulk.processes",
    "mock": "mock.measure",
    "inbox": "mock.page",
    "command-line": "whole_processes.help_text",
}


def suite(name: str) -> Callable[[Settings], Iterable[Measured]]:
    module, _, function = SUITES[name].partition(".")
    found: Callable[[Settings], Iterable[Measured]] = getattr(importlib.import_module(f"benchmarks.{module}"), function)
    return found


def circumstances(name: str) -> dict[str, Any]:
    """What is written beside figures: when, on which machine, commit and versions."""
    cpuinfo = Path("/proc/cpuinfo").read_text()
    return {
        "command": f"scripts/bench {name}",
        "when": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d"),
        "commit": commit(),
        "machine": {
            "processor": cpuinfo.partition("model name")[2].partition("\n")[0].strip("\t: ") or "unknown",
            "cores": len(os.sched_getaffinity(0)),
            "system": f"{platform.system()} {platform.release().partition('-')[0]}",
            "load": round(os.getloadavg()[0], 1),
        },
        "versions": peers.versions(),
    }


def commit() -> str:
    """The commit, with a plus sign if what is measured differs from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=peers.ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()

    changed = git("status", "--porcelain", "--", "overlay", "generated", "benchmarks", ":!benchmarks/results.json")
    return git("rev-parse", "--short=10", "HEAD") + ("+" if changed else "")


def show(measured: Measured) -> str:
    """One line for a person who watches."""
    if isinstance(measured, Curve):
        lines = "; ".join(f"{n}: " + " ".join(f"{x:g}:{y:.4g}" for x, y in p) for n, p in measured.lines.items())
        return f"{measured.title}: {lines}"
    goal = "" if measured.goal is None else f"  goal {measured.goal:g}"
    return (
        f"{measured.ratio:8.3f} [{measured.low:.3f} {measured.high:.3f}]{goal}  {measured.subject}: {measured.work} /"
        f" {measured.against}  ({measured.subject_value:.4g} / {measured.against_value:.4g} {measured.unit})"
    )


def keep(name: str, beside: dict[str, Any], found: list[Measured]) -> None:
    """Put a suite's figures into results.json in place of its older ones, and make the pages."""
    results: dict[str, Any] = json.loads(page.RESULTS.read_text())
    kinds = {"rows": Row, "curves": Curve}
    kept = {key: [asdict(one) for one in found if isinstance(one, kind)] for key, kind in kinds.items()}
    results[name] = beside | json.loads(json.dumps(kept), parse_float=lambda text: float(f"{float(text):.4g}"))
    ordered = {name: results[name] for name in SUITES if name in results}
    page.RESULTS.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")
    write_or_check(page.made(), "benchmarks.page", [])


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure, side by side.")
    parser.add_argument("suites", nargs="*", help=f"which (all if left out): {', '.join(SUITES)}")
    parser.add_argument("--list", action="store_true", help="name the suites and end")
    parser.add_argument("--quick", action="store_true", help="a fraction of the work: to see that it runs")
    parser.add_argument("--write", action="store_true", help="keep the figures and make the pages again")
    asked = parser.parse_args()
    if asked.list:
        print("\n".join(SUITES))
        return 0
    unknown = [name for name in asked.suites if name not in SUITES]
    if unknown:
        parser.error(f"no such suite: {', '.join(unknown)}; there are {', '.join(SUITES)}")
    if asked.quick and asked.write:
        parser.error("figures of a quick run are not kept")
    peers.ready()
    for name in asked.suites or SUITES:
        print(f"== {name}", flush=True)
        beside = circumstances(name)
        found: list[Measured] = []
        for measured in suite(name)(Settings(quick=asked.quick)):
            print(show(measured), flush=True)
            found.append(measured)
        if asked.write:
            keep(name, beside, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
