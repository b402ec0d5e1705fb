"""Plant small faults with cosmic-ray where failures are classified, numbers masked and callbacks judged.

    python -m experiments.mutation                     every group; writes figures
    python -m experiments.mutation --only privacy      one group; the figures of the others stay

Exit code 1 if the tests notice less than 90 % of a group. The faults are planted in a copy of the commit.
Needs `pip install --group mutation`.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from experiments import figures_files
from tools.releasing.distributions import export

FLOOR = 0.90
#: The modules of a group, and the tests beside them.
GROUPS = {
    "classification": (
        ("_calls/classification.py", "_calls/responses.py"),
        tuple(f"tests/unit/test_{name}.py" for name in ("classification", "retry", "response", "results", "times")),
    ),
    "privacy": (("_privacy.py",), ("tests/unit/test_privacy.py",)),
    # The quick ones first: pytest stops at the first that fails.
    "callbacks": (
        ("callbacks",),
        tuple(
            f"tests/callbacks/test_{name}.py"
            for name in (
                "verifier",
                "endpoint",
                "apps",
                "over_http",
                "nonce_stores",
                "malformed",
                "frameworks",
                "secrets",
            )
        ),
    ),
}
CONFIG = """
[cosmic-ray]
module-path = {modules}
timeout = 60.0
excluded-modules = []
test-command = {command}
[cosmic-ray.distributor]
name = "local"
[cosmic-ray.filters.operators-filter]
# An annotation is text that nothing evaluates, and `|` stands in nothing else here. The bare `*` of a signature is
# taken for a product. What is compared with `is` is a member of an enum, None or a small number: `==` says the same.
exclude-operators = [
    "core/ReplaceBinaryOperator_BitOr_.*",
    "core/ReplaceBinaryOperator_Mul_Div",
    "core/ReplaceComparisonOperator_(Is_Eq|IsNot_NotEq)",
]
"""
RESULTS = """SELECT m.module_path, m.start_pos_row, m.operator_name, r.test_outcome, r.diff
    FROM mutation_specs m JOIN work_results r USING (job_id) WHERE r.worker_outcome = 'NORMAL'"""


def measure(group: str, tree: Path) -> dict[str, Any]:
    """Plant the faults of one group in `tree`; how many there were, how many were noticed, and the rest."""
    modules, tests = GROUPS[group]
    paths = [f"overlay/jsmskit/{module}" for module in modules]
    command = f"{sys.executable} -m pytest -q -x -n 0 -p no:cacheprovider {' '.join(tests)}"
    config, session = tree / f"{group}.toml", tree / f"{group}.sqlite"
    config.write_text(CONFIG.format(modules=json.dumps(paths), command=json.dumps(command)), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": f"{tree / 'overlay'}:{tree / 'generated'}"}

    def run(*words: str | Path) -> None:
        subprocess.run([*map(str, words)], cwd=tree, env=environment, check=True)

    tools = Path(sys.executable).parent
    run(*command.split())  # of a red suite every fault would be "noticed"
    run(tools / "cosmic-ray", "init", config, session)
    run(tools / "cr-filter-operators", session, config)
    run(tools / "cosmic-ray", "exec", config, session)
    with sqlite3.connect(session) as database:
        rows = database.execute(RESULTS).fetchall()
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
    only = parser.parse_args().only
    kept = figures_files.read("mutation")["modules"]
    groups = {name: figures for name, figures in kept.items() if name in GROUPS}
    commit = figures_files.stamp()["commit"]
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        for group in only:
            export(figures_files.ROOT, commit, Path(folder, group))
            groups[group] = {"commit": commit, **measure(group, Path(folder, group))}
    sums = {name: sum(one[name] for one in groups.values()) for name in ("mutants", "killed")}
    figures_files.write("mutation", {"command": "python -m experiments.mutation", **sums, "modules": groups})
    return int(any(groups[group]["score"] < FLOOR for group in only))


if __name__ == "__main__":
    sys.exit(main())
