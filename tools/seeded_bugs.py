"""Plant faults in the mock, one at a time, and see which the fuzz gate notices: what a green run is worth.

    python -m tools.seeded_bugs                    the gate and schemathesis' defaults; writes fuzz-gate.json
    python -m tools.seeded_bugs --only tag_of_11   some faults
    python -m tools.seeded_bugs --no-default       the gate alone
    python -m tools.seeded_bugs --tapes A.tape.gz B.tape.gz   of an earlier run, instead of recording

A fault is put into the mock of a process of its own, from the outside; nothing of it is in the product. The requests
of a push are generated once and taped; each fault meets the same tape and the same oracle, which takes a tenth of
the time. A fault that survives the tape meets the real legs, which react to what they are answered. Exit code 1 if
the gate catches fewer than 95 in 100, or if a fault survives for which no reason is given here.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from tests.fuzz.gate.bugs import catalog, plant
from tests.fuzz.gate.gate import Leg, Outcome, finish, run_side_by_side, start
from tests.fuzz.gate.tape import first_wrong_answer, load

#: Share of the faults that the gate must catch.
FLOOR: Final = 0.95
#: The legs of a push.
SEED: Final = 7
TAPED: Final = (Leg("all", SEED, 300, inside=True), Leg("chains", SEED, 450, inside=True))
#: Of schemathesis' own run; more finds nothing new (research: 50 examples for 16 of 35 faults).
DEFAULT_EXAMPLES: Final = 50
SECONDS: Final = 3600.0

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
        by: `tape`, or the leg that did.
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


def _play(name: str | None, tapes: Sequence[Path], told: Connection) -> None:
    """Plant a fault in this process and play the tapes; tells requests and the first wrong answer."""
    if name is not None:
        plant(name)
    requests, problem = 0, ""
    for tape in tapes:
        count, problem = first_wrong_answer(load(tape), SEED)
        requests += count
        if problem:
            break
    told.send((requests, problem))
    told.close()


def play(name: str | None, tapes: Sequence[Path]) -> tuple[int, str]:
    """Play the tapes against a fault, in a process that ends with it.

    Raises:
        RuntimeError: the process died; a fault that cannot be planted is a fault of this tool.
    """
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_play, args=(name, tapes, there))
    process.start()
    there.close()
    try:
        requests, problem = here.recv()
    except EOFError:
        raise RuntimeError(f"the fault {name} could not be played") from None
    finally:
        process.join()
    return int(requests), str(problem)


def _run(leg: Leg, folder: Path) -> Outcome:
    report = folder / f"{leg.bug}-{leg.name}.json"
    outcome = finish(leg, start(leg, report), report, SECONDS)
    if not outcome.report:
        raise RuntimeError(f"the leg {outcome.leg} did not run:\n{outcome.errors}")
    return outcome


def judge(name: str, tapes: Sequence[Path], folder: Path, *, with_default: bool) -> Verdict:
    """Let one fault meet the tapes, the real legs if it survives them, and schemathesis' defaults."""
    bug = catalog()[name]
    cases, problem = play(name, tapes)
    by = "tape" if problem else ""
    for leg in TAPED if not problem else ():
        outcome = _run(replace(leg, bug=name, stop=True), folder)
        cases += outcome.counts.cases
        if outcome.exit_code:
            by, failures = leg.name, outcome.report["failures"]
            problem = failures[0]["problems"][0] if failures else "a check of schemathesis itself"
            break
    default: bool | None = None
    if with_default:
        default = bool(_run(Leg("default", SEED, DEFAULT_EXAMPLES, inside=True, bug=name), folder).exit_code)
    return Verdict(name, bug.kind, bug.says, bool(by), by, cases, problem, default)


def record(folder: Path) -> list[Path]:
    """Run the legs of a push once, on tape, against the mock as it is.

    Raises:
        RuntimeError: they are not green; nothing can be said about faults then.
    """
    outcomes = run_side_by_side(TAPED, folder, SECONDS)
    problems = [problem for outcome in outcomes for problem in outcome.problems()]
    if problems:
        raise RuntimeError("the gate is not green without any fault:\n" + "\n".join(problems))
    return sorted(folder.glob("*.tape.gz"))


def main() -> int:
    """Read the command line, run, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these faults alone")
    parser.add_argument("--no-default", action="store_true", help="do not run schemathesis' defaults")
    parser.add_argument("--tapes", nargs="+", type=Path, help="of an earlier run; left out: record them now")
    parser.add_argument("--jobs", type=int, default=2, help="processes at the same time")
    parser.add_argument("--output", type=Path, default=Path("fuzz-gate.json"), help="where figures go")
    told = parser.parse_args()
    unknown = set(told.only or ()) - set(catalog())
    if unknown:
        parser.error(f"there is no fault named {', '.join(sorted(unknown))}")
    names = told.only or sorted(catalog())
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(told.jobs) as pool:
        tapes = told.tapes or record(Path(folder))
        requests, problem = play(None, tapes)
        if problem:
            parser.error(f"the tapes do not fit this mock: {problem}")
        print(f"{requests} requests on {len(tapes)} tapes, no wrong answer without a fault", flush=True)
        work = [
            pool.submit(judge, name, tapes, Path(folder), with_default=not told.no_default) for name in names
        ]
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
