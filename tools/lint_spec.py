"""Judge spec/openapi.yaml: five judges, no finding allowed, and a score with a floor.

openapi-spec-validator looks at the structure, Redocly (`spec`, `recommended-strict`) and Spectral (`oas`, the
OWASP rules) at the habits of the trade, tools/house_rules.py at ours, tools/contract_changes.py at what
changed since the last release. Every finding names its line.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from tools.contract_changes import unannounced_changes
from tools.house_rules import broken_house_rules
from tools.regeneration.problem import Finding, RegenerationError
from tools.regeneration.sources import Location, Source, read_source
from tools.spec_linters import LINT, SPEC, redocly_json, spectral_json

#: What `redocly score` must give at least, of 100.
LEAST_SCORE = 95.0


def structure(source: Source, _: Path) -> list[Finding]:
    """Return what openapi-spec-validator finds."""
    remedy = "the OpenAPI 3.1 specification says how this part must look"
    # A dangling reference is raised out of the middle of the iteration, as one of several kinds of lookup
    # error.
    try:
        errors = list(OpenAPIV31SpecValidator(source.document).iter_errors())
    except Exception as error:  # noqa: BLE001 - any refusal is a finding, whatever its class
        return [source.finding((), f"cannot be validated: {error}", "correct the reference that is named here")]
    return [source.finding(tuple(getattr(error, "absolute_path", ())), str(error.message), remedy) for error in errors]


def redocly(source: Source, path: Path) -> list[Finding]:
    """Return Redocly's findings under both of its strictest rule sets."""
    report = redocly_json("lint", path, "--config", LINT / "redocly.yaml", "--max-problems", "1000")
    findings = [_redocly_finding(source, problem) for problem in report["problems"]]
    totals = report["totals"]
    if totals["errors"] + totals["warnings"] != len(findings):
        findings.append(source.finding((), f"redocly counts {totals}, lists {len(findings)}", "raise --max-problems"))
    return findings


def _redocly_finding(source: Source, problem: dict[str, Any]) -> Finding:
    place = located(source, problem["location"][0].get("pointer", "#/"))
    return source.finding(place, problem["message"], f"redocly {problem['ruleId']}")


def located(source: Source, pointer: str) -> Location:
    """Turn a JSON pointer into the steps that lead there; a number is an index only where a list stands."""
    node: Any = source.document
    steps: list[str | int] = []
    for part in filter(None, pointer.removeprefix("#").split("/")):
        name = part.replace("~1", "/").replace("~0", "~")
        step: str | int = int(name) if isinstance(node, list) and name.isdigit() else name
        steps.append(step)
        try:
            node = node[step]
        except (LookupError, TypeError):
            break
    return tuple(steps)


def spectral(source: Source, path: Path) -> list[Finding]:
    """Return Spectral's findings under its own rule set and the chosen OWASP rules."""
    found = spectral_json(path, "--ruleset", LINT / ".spectral.yaml")
    return [
        source.finding(
            located(source, "/".join(str(step).replace("/", "~1") for step in f["path"])), f["message"], f["code"]
        )
        for f in found
    ]


def house(source: Source, _: Path) -> list[Finding]:
    """Return what breaks the rules of this project."""
    return list(broken_house_rules(source))


def changes(source: Source, path: Path) -> list[Finding]:
    """Return the changes since the last release for which `info.version` was not raised enough."""
    return unannounced_changes(source, path)


JUDGES: dict[str, Callable[[Source, Path], list[Finding]]] = {
    "openapi-spec-validator": structure,
    "house rules": house,
    "redocly spec + recommended-strict": redocly,
    "spectral oas + owasp": spectral,
    "changes since the last release": changes,
}


def score(path: Path = SPEC) -> float:
    """Return the score that Redocly gives, of 100."""
    return float(redocly_json("score", path)["agentReadiness"])


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
    points = score(path)
    print(f"redocly score: {points} of 100 (at least {LEAST_SCORE:.0f})")
    return 1 if failed or points < LEAST_SCORE else 0


if __name__ == "__main__":
    sys.exit(main())
