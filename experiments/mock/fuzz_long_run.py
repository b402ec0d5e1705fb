"""The fuzz gate for long: three seeds, at least 100,000 cases, figures into experiments/figures/fuzz-long-run.json.

    python -m experiments.mock.fuzz_long_run --work DIR                 goes on where an earlier call stopped
    python -m experiments.mock.fuzz_long_run --work DIR --minutes 5
        begins nothing new after that; exit code 75: more is left

A seed is run in pieces, each a leg with a fresh mock and a seed of its own that is made from it, until the cases of
all seeds together are enough. What schemathesis generated is sent several times, each time with other credentials,
ids, numbers and values, to a world that has moved on meanwhile; every answer is judged. Both counts are written.
Exit code 1 if any answer was wrong, or if a documented pair or link was not reached over all of it.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from tests.fuzz.gate.gate import Leg, Outcome, run_side_by_side, together

ROOT: Final = Path(__file__).resolve().parents[2]
TARGET: Final = ROOT / "experiments" / "figures" / "fuzz-long-run.json"
SEEDS: Final = (1, 20_261_122, 4_000_000_007)
CASES_FLOOR: Final = 100_000
#: Examples of one piece, by leg, and how often each case comes again.
PIECES: Final = (("all", 40), ("chains", 80))
ENCORES: Final = 9
#: More pieces than that a seed are a fault of this tool.
MOST_PIECES: Final = 50
#: Exit code for a run that is to be gone on with (`EX_TEMPFAIL` of sysexits).
UNFINISHED: Final = 75


def pieces() -> Iterator[tuple[int, Leg]]:
    """Give the pieces in order, the seeds taking turns: the seed that each is of, and the leg."""
    for number in range(MOST_PIECES):
        for seed in SEEDS:
            for name, examples in PIECES:
                yield seed, Leg(name, (seed * 1009 + number) % 2**31, examples, inside=True, encores=ENCORES)


def name_of(leg: Leg) -> str:
    """Name the file that keeps the report of a piece."""
    return f"{leg.name}-{leg.seed}.piece.json"


def kept(leg: Leg, folder: Path) -> Outcome | None:
    """Give what came of a piece in an earlier call."""
    path = folder / name_of(leg)
    if not path.exists():
        return None
    told = json.loads(path.read_text("utf-8"))
    return Outcome(leg, told["exit_code"], told, "")


def run(leg: Leg, folder: Path) -> Outcome:
    """Run a piece and keep its report."""
    outcome = run_side_by_side([leg], folder, 3600)[0]
    problems = outcome.problems()
    print(f"{leg.name} {leg.seed}: {len(problems)} wrong answers", *problems[:3], sep="\n  ", flush=True)
    if outcome.report:
        (folder / name_of(leg)).write_text(json.dumps(outcome.report, ensure_ascii=False), "utf-8")
    for tape in folder.glob(f"{leg.name}-{leg.seed}-*.tape.gz"):
        if not problems:
            tape.unlink()  # large, and told nothing
    return outcome


def main() -> int:
    """Read the command line, go on with the work, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, help="a folder to go on in")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin nothing new after so many")
    parser.add_argument("--jobs", type=int, default=2, help="processes at the same time")
    told = parser.parse_args()
    told.work.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + 60 * told.minutes
    done: list[tuple[int, Outcome]] = []
    coming = pieces()
    with ThreadPoolExecutor(told.jobs) as pool:
        while _cases(done) < CASES_FLOOR or len(done) < len(SEEDS) * len(PIECES):
            batch = [next(coming) for _ in range(told.jobs)]
            known = [kept(leg, told.work) for _, leg in batch]
            if time.monotonic() >= until and None in known:
                print(f"{_cases(done)} cases so far", flush=True)
                return UNFINISHED
            work = [
                pool.submit(run, leg, told.work) if old is None else None
                for (_, leg), old in zip(batch, known, strict=True)
            ]
            for (seed, _), old, new in zip(batch, known, work, strict=True):
                outcome = old if old is not None else new.result() if new is not None else None
                if outcome is not None:
                    done.append((seed, outcome))
    return report(done)


def _cases(done: list[tuple[int, Outcome]]) -> int:
    return together(outcome for _, outcome in done).cases


def report(done: list[tuple[int, Outcome]]) -> int:
    """Print and write the figures, and decide."""
    counts = together(outcome for _, outcome in done)
    problems = [problem for _, outcome in done for problem in outcome.problems()]
    by_seed: dict[str, Any] = {}
    for seed in SEEDS:
        own = [outcome for each, outcome in done if each == seed]
        theirs = together(own)
        by_seed[str(seed)] = {
            "cases": theirs.cases,
            "generated": theirs.generated,
            "pieces": [f"{outcome.leg.name} {outcome.leg.seed}" for outcome in own],
            "wrong_answers": sum(len(outcome.problems()) for outcome in own),
        }
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    figures = {
        "cases": counts.cases,
        "generated_by_schemathesis": counts.generated,
        "phases": dict(sorted(counts.phases.items())),
        "wrong_answers": len(problems),
        "missing": counts.missing(),
        "reached": counts.summary()[1:],
        "seeds": by_seed,
        "cpu_seconds": round(sum(outcome.report["cpu_seconds"] for _, outcome in done)),
        "command": "python -m experiments.mock.fuzz_long_run --work DIR",
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    TARGET.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    return int(bool(problems or counts.missing()))


if __name__ == "__main__":
    sys.exit(main())
