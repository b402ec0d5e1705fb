"""Plant bugs in copies of the package, one at a time, and see whether the tests that should notice do.

    python -m experiments.planted_bugs                       all parts, experiments/figures/planted_bugs.json
    python -m experiments.planted_bugs --part transport      one table; the figures of the others are kept
    python -m experiments.planted_bugs --missing             those that were not tried yet, if a run was stopped
    python -m experiments.planted_bugs --only "a body has no end"

The tables are bugs/*.diff. `@@ FILE | TESTS | SELECTED` stands above the bugs of one file: the tests below tests/ that
should notice them, and which of these, as for `pytest -k`. Then come a name, the text that stands once in the file
(`-`), and what to put in its place (`+`). A bug in an `_async` source is planted in what is made from it as well.

Each verdict is written down when it is there. Exit code 1 if one lives.
"""

from __future__ import annotations

import argparse
import compileall
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from experiments import figures_files
from experiments.figures_files import ROOT
from tools.unasync import PAIRS, made_from

PACKAGE: Final = ROOT / "overlay" / "jsmskit"
TABLES: Final = ROOT / "experiments" / "bugs"
SECONDS: Final = 600
"""A bug that makes the tests hang is noticed, too."""
_WRITING: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Bug:
    """One change to one file."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    select: str


def parts() -> list[str]:
    """The tables that there are."""
    return sorted(path.stem for path in TABLES.glob("*.diff"))


def table(part: str) -> list[Bug]:
    """The bugs of one part."""
    bugs: list[Bug] = []
    for section in (TABLES / f"{part}.diff").read_text("utf-8").split("\n@@ ")[1:]:
        head, *lines = section.rstrip("\n").split("\n")
        file, tests, select = (*head.split(" | "), "")[:3]
        paths = tuple(f"tests/{name}" for name in tests.split())
        starts = [place for place, line in enumerate(lines) if not line.startswith(("-", "+"))]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            old, new = (
                "\n".join(line[1:] for line in lines[start:end] if line.startswith(mark)) for mark in ("-", "+")
            )
            bugs.append(Bug(lines[start], file, old, new, paths, select))
    return bugs


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


def try_bug(bug: Bug | None, tests: tuple[str, ...], select: str) -> str:
    """Plant a bug (or none) and tell which test noticed it; empty if none did."""
    begun = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    if select:
        command += ["-k", f"({select}) and not postgres and not server"]
    with tempfile.TemporaryDirectory() as folder:
        overlay = Path(folder, "overlay")
        shutil.copytree(PACKAGE, overlay / "jsmskit")  # with what is compiled: only what is changed is compiled again
        if bug is not None:
            plant(bug, overlay)
        # Plugins of others: loading schemathesis costs twice as much as all the rest, hundreds of times.
        environment = {**os.environ, "PYTHONPATH": str(overlay), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            noticed = "the tests hang"
        else:
            if done.returncode not in (0, 1, 2):
                raise SystemExit(f"pytest cannot run {tests}:\n{done.stdout}{done.stderr}")
            told = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
            noticed = (told or [done.stdout[-200:]])[0] if done.returncode else ""
    verdict = ("noticed" if noticed else "LIVES") + f" {bug.name}" if bug else "without a bug"
    print(f"{verdict} {time.monotonic() - begun:.0f} s {noticed[:110]}", flush=True)
    return noticed.partition(" - ")[0]


def verdicts() -> dict[str, dict[str, Any]]:
    """What is known of each bug that is still in a table."""
    known = {part: rows["verdicts"] for part, rows in figures_files.read("planted_bugs")["parts"].items()}
    return {
        part: {bug.name: known[part][bug.name] for bug in table(part) if bug.name in known.get(part, {})}
        for part in parts()
    }


def write_down(part: str, bug: Bug, noticed: str) -> None:
    """Put one verdict among the figures."""
    with _WRITING:
        known = verdicts()
        known[part][bug.name] = {"noticed": noticed, "commit": figures_files.stamp()["commit"]}
        figures = {
            "what": "bugs planted one at a time, each met by the tests that should notice it",
            "command": "python -m experiments.planted_bugs",
            "bugs": sum(map(len, known.values())),
            "noticed": sum(bool(one["noticed"]) for rows in known.values() for one in rows.values()),
            "parts": {part: {"verdicts": rows} for part, rows in known.items()},
        }
        figures_files.write("planted_bugs", figures, show=False)


def try_part(part: str, bugs: list[Bug]) -> None:
    """Try some bugs of a part, after its tests were green without any."""
    with ThreadPoolExecutor(2) as pool:
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
    given = parser.parse_args()
    compileall.compile_dir(PACKAGE, quiet=2)
    before = verdicts()
    for part in given.part or parts():
        bugs = [bug for bug in table(part) if not given.only or bug.name in given.only]
        try_part(part, [bug for bug in bugs if not (given.missing and bug.name in before[part])])
    rows = [(name, verdict) for known in verdicts().values() for name, verdict in known.items()]
    lives = [name for name, verdict in rows if not verdict["noticed"]]
    print(
        f"{len(rows)} of {sum(len(table(part)) for part in parts())} bugs were tried, {len(rows) - len(lives)} noticed"
    )
    for name in lives:
        print(f"LIVES {name}")
    return int(bool(lives))


if __name__ == "__main__":
    sys.exit(main())
