"""Judge spec/openapi.yaml: five judges, no finding allowed, and a score with a floor.

openapi-spec-validator looks at the structure, Redocly (`spec`, `recommended-strict`) and Spectral (`oas`, the
OWASP rules) at the habits of the trade, Spectral and tools/house_rules.py at ours, tools/contract_changes.py at what
changed since the last release. Every finding names its line.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.contract_changes import changes_since_release, unannounced
from tools.house_rules import broken_house_rules
from tools.regeneration.checks import structure
from tools.regeneration.document import Finding, RegenerationError, Source, read_source, steps_of
from tools.spec_linters import LINT, SPEC, redocly_json, spectral_json

#: What `redocly score` must give at least, of 100.
LEAST_SCORE = 95.0


def redocly(source: Source, path: Path) -> list[Finding]:
    """Return Redocly's findings under both of its strictest rule sets."""
    report = redocly_json("lint", path, "--config", LINT / "redocly.yaml", "--max-problems", "1000")
    findings = []
    for problem in report["problems"]:
        place = steps_of(problem["location"][0].get("pointer", "#/"))
        findings.append(source.finding(place, problem["message"], f"redocly {problem['ruleId']}"))
    totals = report["totals"]
    if totals["errors"] + totals["warnings"] != len(findings):
        findings.append(source.finding((), f"redocly counts {totals}, lists {len(findings)}", "raise --max-problems"))
    return findings


def spectral(source: Source, path: Path) -> list[Finding]:
    """Return Spectral's findings under its own rule set, the chosen OWASP rules and ours."""
    found = spectral_json(path, "--ruleset", LINT / ".spectral.yaml")
    return [source.finding(tuple(f["path"]), f["message"], f["code"]) for f in found]


JUDGES: dict[str, Callable[[Source, Path], list[Finding]]] = {
    "openapi-spec-validator": lambda source, _: structure(source),
    "house rules": lambda source, _: list(broken_house_rules(source)),
    "redocly spec + recommended-strict": redocly,
    "spectral oas + owasp + ours": spectral,
    "changes since the last release": lambda source, path: unannounced(changes_since_release(source, path), source),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all judges; print a line each, and every finding on stderr. Returns 0 if there is none, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tools.lint_spec", description="Judge the spec.")
    parser.add_argument(
        "spec", nargs="?", type=Path, default=SPEC, help="the file to judge (default: spec/openapi.yaml)"
    )
    path: Path = parser.parse_args(arguments).spec.resolve()
    try:
        source = read_source(path, "spec/openapi.yaml" if path == SPEC else path.name)
    except RegenerationError as problem:
        print(problem, file=sys.stderr)
        return 1
    failed = False
    for name, judge in JUDGES.items():
        findings = judge(source, path)
        print(f"{name}: {len(findings)} findings")
        for finding in findings:
            print(f"  {finding}", file=sys.stderr)
        failed = failed or bool(findings)
    if failed:
        return 1
    points = float(redocly_json("score", path)["agentReadiness"])
    print(f"redocly score: {points} of 100 (at least {LEAST_SCORE:.0f})")
    return int(points < LEAST_SCORE)


if __name__ == "__main__":
    sys.exit(main())
