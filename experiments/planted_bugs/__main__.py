"""Plant bugs in copies of the package, one at a time, and see whether the tests that should notice do.

    python -m experiments.planted_bugs                       all parts, experiments/figures/planted_bugs.json
    python -m experiments.planted_bugs --part transport      one table; the figures of the others are kept
    python -m experiments.planted_bugs --missing             those that were not tried yet, if a run was stopped
    python -m experiments.planted_bugs --only "a body has no end"

Each verdict is written down when it is there. Exit code 1 if one lives.
"""

from __future__ import annotations

import argparse
import compileall
import importlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from experiments.planted_bugs import Bug
from tools.unasync import PAIRS, made_from

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = ROOT / "overlay" / "jsmskit"
FIGURES: Final = ROOT / "experiments" / "figures" / "planted_bugs.json"
SECONDS: Final = 600
"""A bug that makes the tests hang is noticed, too."""
_COMMIT: Final = subprocess.run(
    ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
).stdout.strip()
_WRITING: Final = threading.Lock()


def parts() -> list[str]:
    """The tables that there are."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def table(part: str) -> tuple[Bug, ...]:
    """The bugs of one part."""
    found: tuple[Bug, ...] = importlib.import_module(f"experiments.planted_bugs.{part}").BUGS
    return found


def plant(bug: Bug, overlay: Path) -> None:
    """Change the copy. Raises `SystemExit` where the text does not stand there once: the table is out of date."""
    source = overlay / "jsmskit" / bug.file
    text = source.read_text("utf-8")
    if text.count(bug.old) != 1:
        raise SystemExit(f"{bug.file} holds the text of {bug.name!r} {text.count(bug.old)} times")
    source.write_text(text.replace(bug.old, bug.new), "utf-8")
    for origin, target in PAIRS:
        if (PACKAGE / bug.file).parent == origin:
            made = overlay / "jsmskit" / target.relative_to(PACKAGE) / source.name
            made.write_text(made_from(source, of=PACKAGE / bug.file), "utf-8")


def run(tests: tuple[str, ...], select: str, overlay: Path) -> subprocess.CompletedProcess[str]:
    """Run tests against a copy of the package."""
    # Plugins of others: loading schemathesis costs twice as much as all the rest, hundreds of times.
    environment = {**os.environ, "PYTHONPATH": str(overlay), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    if select:
        command += ["-k", f"({select}) and not postgres and not server"]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def try_bug(bug: Bug | None, tests: tuple[str, ...], select: str) -> str:
    """Plant a bug (or none) and tell which test noticed it; empty if none did."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        overlay = Path(folder, "overlay")
        shutil.copytree(PACKAGE, overlay / "jsmskit")  # with what is compiled: only what is changed is compiled again
        if bug is not None:
            plant(bug, overlay)
        try:
            done = run(tests, select, overlay)
        except subprocess.TimeoutExpired:
            noticed = "the tests hang"
        else:
            if done.returncode not in (0, 1, 2):
                raise SystemExit(f"pytest cannot run {tests}:\n{done.stdout}{done.stderr}")
            told = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
            noticed = (told or [done.stdout[-200:]])[0] if done.returncode else ""
    name = "no bug at all" if bug is None else bug.name
    print(f"{'noticed' if noticed else 'LIVES':8} {name} {time.monotonic() - begun:.0f} s {noticed[:110]}", flush=True)
    return noticed.partition(" - ")[0]


def verdicts() -> dict[str, Any]:
    """What is known of each bug that is still in a table."""
    parts_known = json.loads(FIGURES.read_text("utf-8"))["parts"] if FIGURES.exists() else {}
    known = {part: parts_known.get(part, {}).get("verdicts", {}) for part in parts()}
    return {part: {bug.name: rows[bug.name] for bug in table(part) if bug.name in rows} for part, rows in known.items()}


def write_down(part: str, bug: Bug, noticed: str) -> None:
    """Put one verdict among the figures."""
    with _WRITING:
        known = verdicts()
        known[part][bug.name] = {"noticed": noticed, "commit": _COMMIT}
        figures = {
            "what": "bugs planted one at a time, each met by the tests that should notice it",
            "command": "python -m experiments.planted_bugs",
            "python": platform.python_version(),
            "bugs": sum(map(len, known.values())),
            "noticed": sum(bool(one["noticed"]) for rows in known.values() for one in rows.values()),
            "parts": {part: {"verdicts": rows} for part, rows in known.items()},
        }
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def try_part(part: str, bugs: list[Bug], jobs: int) -> None:
    """Try some bugs of a part, after its tests were green without any."""
    with ThreadPoolExecutor(jobs) as pool:
        without_bug = dict.fromkeys((bug.tests, bug.select) for bug in bugs)
        if any(pool.map(lambda tests: try_bug(None, *tests), without_bug)):
            raise SystemExit(f"the tests of {part} are not green without any bug")
        for _ in pool.map(lambda bug: write_down(part, bug, try_bug(bug, bug.tests, bug.select)), bugs):
            pass


def main() -> int:
    """Try, write, judge."""
    parser = argparse.ArgumentParser(description="Plant bugs, and see whether the suite notices.")
    parser.add_argument("--part", choices=parts(), action="append")
    parser.add_argument("--only", nargs="+", metavar="NAME")
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    compileall.compile_dir(PACKAGE, quiet=2)
    before = verdicts()
    for part in given.part or parts():
        wanted = [
            bug
            for bug in table(part)
            if (not given.only or bug.name in given.only) and not (given.missing and bug.name in before[part])
        ]
        if wanted:
            try_part(part, wanted, given.jobs)
    known = verdicts()
    rows = [(bug, known[part].get(bug.name)) for part in parts() for bug in table(part)]
    lives = [bug for bug, verdict in rows if verdict and not verdict["noticed"]]
    tried = sum(verdict is not None for _, verdict in rows)
    print(f"{tried} of {len(rows)} bugs were tried, {tried - len(lives)} noticed")
    for bug in lives:
        print(f"LIVES {bug.name}")
    return 1 if lives else 0


if __name__ == "__main__":
    sys.exit(main())
