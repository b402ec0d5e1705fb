"""Plant small faults with cosmic-ray where failures are classified, numbers masked and callbacks judged.

    python -m tools.mutation                     every group; the figures go to benchmarks/mutation.json
    python -m tools.mutation --only privacy      one group; the figures of the others stay
    python -m tools.mutation --limit 50          a sample of each group, drawn with a fixed seed

Exit code 1 if the tests notice less than 90 % of a group. The faults are planted in a copy of the commit.
Needs `pip install --group mutation`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tools.releasing.distributions import export

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "benchmarks" / "mutation.json"
FLOOR = 0.90
GROUPS = {
    "classification": (
        ("_calls/classification.py", "_calls/responses.py"),
        ("tests/unit/test_classification.py", "tests/unit/test_retry.py", "tests/unit/test_response.py"),
    ),
    "privacy": (("_privacy.py",), ("tests/unit/test_privacy.py",)),
    "callbacks": (
        ("callbacks",),
        tuple(f"tests/callbacks/test_{name}.py" for name in ("verifier", "endpoint", "apps", "nonce_stores")),
    ),
}
#: The modules of a group, and the tests beside them.
CONFIG = """
[cosmic-ray]
module-path = {modules}
timeout = 60.0
excluded-modules = []
test-command = {command}
[cosmic-ray.distributor]
name = "local"
[cosmic-ray.filters.operators-filter]
# An annotation is text that nothing evaluates, and `|` stands in nothing else here.
exclude-operators = ["core/ReplaceBinaryOperator_BitOr_.*"]
"""


def measure(group: str, tree: Path, limit: int | None) -> dict[str, Any]:
    """Plant the faults of one group in `tree`; how many there were, how many were noticed, and the rest."""
    modules, tests = GROUPS[group]
    paths = [str(Path("overlay/jsmskit") / module) for module in modules]
    if missing := [path for path in (*paths, *tests) if not (tree / path).exists()]:
        raise SystemExit(f"mutation: not in this commit: {', '.join(missing)}")
    options = "-q -x -n 0 -p no:cacheprovider -p no:randomly"
    command = f"{sys.executable} -m pytest {options} {' '.join(tests)}"
    config, session = tree / f"{group}.toml", tree / f"{group}.sqlite"
    config.write_text(CONFIG.format(modules=json.dumps(paths), command=json.dumps(command)), encoding="utf-8")
    where = {"PYTHONPATH": f"{tree / 'overlay'}:{tree / 'generated'}"}

    def run(*words: str | Path) -> None:
        subprocess.run([*map(str, words)], cwd=tree, env={**os.environ, **where}, check=True)

    tools = Path(sys.executable).parent
    run(*command.split())  # of a red suite every fault would be "noticed"
    run(tools / "cosmic-ray", "init", config, session)
    run(tools / "cr-filter-operators", session, config)
    if limit is not None:
        keep_sample(session, limit)
    run(tools / "cosmic-ray", "exec", config, session)
    return read_session(session)


def keep_sample(session: Path, limit: int) -> None:
    """Take all but `limit` of the pending faults out of a session."""
    with sqlite3.connect(session) as database:
        done = {row[0] for row in database.execute("SELECT job_id FROM work_results")}
        pending = sorted({row[0] for row in database.execute("SELECT job_id FROM work_items")} - done)
        dropped = random.Random(1).sample(pending, max(0, len(pending) - limit))
        for table in ("mutation_specs", "work_items"):
            database.executemany(f"DELETE FROM {table} WHERE job_id = ?", [(job,) for job in dropped])  # noqa: S608


def read_session(session: Path) -> dict[str, Any]:
    """Read what cosmic-ray found; skipped faults do not count."""
    query = """SELECT m.module_path, m.start_pos_row, m.operator_name, r.test_outcome, r.diff
        FROM mutation_specs m JOIN work_results r USING (job_id) WHERE r.worker_outcome = 'NORMAL'"""
    with sqlite3.connect(session) as database:
        rows = database.execute(query).fetchall()
    survivors = [
        {"module": module.partition("jsmskit/")[2], "line": line, "change": changed_line(diff) or operator}
        for module, line, operator, outcome, diff in rows
        if outcome == "SURVIVED"
    ]
    return {
        "mutants": len(rows),
        "killed": len(rows) - len(survivors),
        "score": round(1 - len(survivors) / len(rows), 3),
        "survivors": survivors,
    }


def changed_line(diff: str) -> str:
    """Return the line as the fault wrote it."""
    added = (line[1:].strip() for line in diff.splitlines() if line.startswith("+") and not line.startswith("+++"))
    return next(added, "")


def main() -> int:
    """Measure, write the figures, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", choices=list(GROUPS), default=list(GROUPS))
    parser.add_argument("--limit", type=int)
    given = parser.parse_args()
    commit = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=ROOT, text=True).strip()
    kept = json.loads(FIGURES.read_text(encoding="utf-8"))["modules"] if FIGURES.exists() else {}
    groups = {name: figures for name, figures in kept.items() if name in GROUPS}
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        for group in given.only:
            export(ROOT, commit, Path(folder, group))
            found = measure(group, Path(folder, group), given.limit)
            groups[group] = {"commit": commit, "sample": given.limit, **found}
            print(f"{group}: {found['killed']} of {found['mutants']} noticed")
    sums = {name: sum(one[name] for one in groups.values()) for name in ("mutants", "killed")}
    figures = {"command": "python -m tools.mutation", **sums, "modules": groups}
    FIGURES.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return int(any(groups[group]["score"] < FLOOR for group in given.only))


if __name__ == "__main__":
    sys.exit(main())
