"""Plant faults in the mock, one at a time, and see which the fuzz gate notices: what a green run is worth.

    python -m tools.seeded_bugs                    the gate and schemathesis' defaults; writes fuzz-gate.json
    python -m tools.seeded_bugs --only tag_of_11   some faults
    python -m tools.seeded_bugs --no-default       the gate alone

A fault is put into the mock of a process of its own, from the outside; nothing of it is in the product. The gate
runs as on a push, and stops at the first wrong answer. Exit code 1 if it catches fewer than 95 in 100, or if a
fault survives for which no reason is given here.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests.fuzz.gate.bugs import catalog
from tests.fuzz.gate.gate import Leg, Outcome, finish, start

#: Share of the faults that the gate must catch.
FLOOR: Final = 0.95
#: As on a push, but inside: the wire is not what is planted.
SEED: Final = 7
ALL_EXAMPLES: Final = 120
CHAIN_EXAMPLES: Final = 200
DEFAULT_EXAMPLES: Final = 60
SECONDS: Final = 1800.0

#: Why a fault is not caught, where that is accepted.
REASONS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one fault.

    Attributes:
        name: of the fault.
        kind: its class.
        says: what is wrong.
        caught: the gate noticed.
        by: the leg that did.
        cases: so many requests later.
        problem: what the oracle said.
        caught_by_default: schemathesis' own defaults noticed; None if they were not asked.
    """

    name: str
    kind: str
    says: str
    caught: bool
    by: str
    cases: int
    problem: str
    caught_by_default: bool | None


def _run(leg: Leg, folder: Path) -> Outcome:
    report = folder / f"{leg.bug}-{leg.name}.json"
    return finish(leg, start(leg, report), report, SECONDS)


def _checked(outcome: Outcome) -> Outcome:
    """Tell a caught fault from a gate that could not run."""
    if not outcome.report:
        raise RuntimeError(f"the leg {outcome.leg} did not run:\n{outcome.errors}")
    return outcome


def judge(name: str, folder: Path, *, with_default: bool) -> Verdict:
    """Run the gate (and the defaults) against one fault."""
    bug = catalog()[name]
    by, cases, problem = "", 0, ""
    for leg in (
        Leg("all", SEED, ALL_EXAMPLES, inside=True, bug=name, stop=True),
        Leg("chains", SEED, CHAIN_EXAMPLES, inside=True, bug=name, stop=True),
    ):
        outcome = _checked(_run(leg, folder))
        cases += outcome.counts.cases
        if outcome.exit_code:
            by = leg.name
            failures = outcome.report["failures"]
            problem = failures[0]["problems"][0] if failures else "a check of schemathesis itself"
            break
    default: bool | None = None
    if with_default:
        plain = Leg("default", SEED, DEFAULT_EXAMPLES, inside=True, bug=name)
        default = bool(_checked(_run(plain, folder)).exit_code)
    return Verdict(name, bug.kind, bug.says, bool(by), by, cases, problem, default)


def main() -> int:
    """Read the command line, run, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these faults alone")
    parser.add_argument("--no-default", action="store_true", help="do not run schemathesis' defaults")
    parser.add_argument("--jobs", type=int, default=2, help="processes at the same time")
    parser.add_argument("--output", type=Path, default=Path("fuzz-gate.json"), help="where figures go")
    told = parser.parse_args()
    unknown = set(told.only or ()) - set(catalog())
    if unknown:
        parser.error(f"there is no fault named {', '.join(sorted(unknown))}")
    names = told.only or sorted(catalog())
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(told.jobs) as pool:
        work = [pool.submit(judge, name, Path(folder), with_default=not told.no_default) for name in names]
        verdicts = []
        for each in work:
            verdict = each.result()
            verdicts.append(verdict)
            mark = "caught" if verdict.caught else "SURVIVED"
            print(
                f"{mark:8} {verdict.kind}: {verdict.says} ({verdict.name}) {verdict.problem[:110]}",
                flush=True,
            )
    return report(verdicts, time.monotonic() - started, told.output)


def report(verdicts: list[Verdict], seconds: float, output: Path) -> int:
    """Print the score, write the figures, and decide."""
    survivors = [each for each in verdicts if not each.caught]
    share = 1 - len(survivors) / len(verdicts)
    asked = [each for each in verdicts if each.caught_by_default is not None]
    by_default = sum(bool(each.caught_by_default) for each in asked)
    print(f"\nthe gate caught {len(verdicts) - len(survivors)} of {len(verdicts)} faults ({share:.1%})")
    if asked:
        print(f"schemathesis' defaults caught {by_default} of {len(asked)} ({by_default / len(asked):.1%})")
    unexplained = [each for each in survivors if each.name not in REASONS]
    for each in survivors:
        print(f"survived: {each.says} ({each.name}): {REASONS.get(each.name, 'no reason is given')}")
    caught = Counter(each.kind for each in verdicts if each.caught)
    figures = {
        "faults": len(verdicts),
        "caught": len(verdicts) - len(survivors),
        "caught_by_default": by_default if asked else None,
        "classes": {
            kind: {"faults": count, "caught": caught[kind]}
            for kind, count in sorted(Counter(each.kind for each in verdicts).items())
        },
        "survivors": {each.name: REASONS.get(each.name, "no reason is given") for each in survivors},
        "seconds": round(seconds),
        "verdicts": [asdict(each) for each in verdicts],
    }
    output.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 0 if share >= FLOOR and not unexplained else 1


if __name__ == "__main__":
    sys.exit(main())
