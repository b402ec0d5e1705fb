"""Plant faults in the mock, one at a time, and see which the fuzz gate notices: what a green run is worth.

    python -m experiments.mock.seeded_bugs --work DIR                 goes on where an earlier call stopped
    python -m experiments.mock.seeded_bugs --work DIR --minutes 5
        begins nothing new after that; exit code 75: more is left
    python -m experiments.mock.seeded_bugs --work DIR --only tag_of_11     some faults; writes no figures
    python -m experiments.mock.seeded_bugs --own --only tag_of_11
        what the gate sends of its own accord, nothing generated

A fault is put into the mock of a process of its own, from the outside; nothing of it is in the product. First it
meets what the gate sends of its own accord (`tests/fuzz/gate/rounds.py`). If it survives that, it meets what a push
generates (`tests/fuzz/test_mock_conforms_to_spec.py`, the legs with the fixed seed), which is taped once. A tape does
not react to what it is answered, as the real legs do, so the score is a lower bound. Beside it stands the score of
schemathesis as it comes, had in the same way: what its defaults send is sent again, and its own checks look at it.
Figures go to experiments/figures/seeded-bugs.json. Exit code 1 if the gate catches fewer than 95 in 100, or if a
fault survives for which no reason is given here.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import multiprocessing
import os
import platform
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import requests
import schemathesis
from schemathesis import Case, CheckContext, Response
from schemathesis.core.failures import Failure, FailureGroup

from tests.fuzz.gate import leg as one_leg
from tests.fuzz.gate import stage
from tests.fuzz.gate.bugs import catalog, plant
from tests.fuzz.gate.gate import run_side_by_side
from tests.fuzz.gate.inside import InsideAdapter
from tests.fuzz.gate.play import Play
from tests.fuzz.gate.rounds import play_table
from tests.fuzz.gate.tape import Taped, answer_of, first_wrong_answer, load
from tests.fuzz.gate.wire import Answer, Sent
from tests.fuzz.test_mock_conforms_to_spec import FIXED, SEED

ROOT: Final = Path(__file__).resolve().parents[2]
TARGET: Final = ROOT / "experiments" / "figures" / "seeded-bugs.json"
#: What a verdict depends on.
JUDGED: Final = ("overlay/jsmskit/mock", "tests/fuzz", "generated/jsms_api/openapi.json")
#: Share of the faults that the gate must catch.
FLOOR: Final = 0.95
#: Of schemathesis' own run; its coverage phase, which finds most, does not depend on it.
DEFAULT_EXAMPLES: Final = 15
SECONDS: Final = 3600.0
#: Exit code for a run that is to be gone on with (`EX_TEMPFAIL` of sysexits).
UNFINISHED: Final = 75

#: Why a fault is not caught, where that is accepted.
REASONS: Final[Mapping[str, str]] = {}

#: What a fault meets: the gate's own requests; if it survives those, the generated ones; schemathesis as it comes.
JUDGES: Final = ("own", "tape", "default")
#: Means no fault at all.
CLEAN: Final = "none"

Tapes = Sequence[Sequence[Taped]]


def _apart(work: Callable[[], Any]) -> Any:
    """Do something in a forked process that ends with it, so that what it plants or patches ends too.

    Raises:
        RuntimeError: the process died; a fault that cannot be planted is a fault of this tool.
    """
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)

    def tell(line: Connection) -> None:
        line.send(work())
        line.close()

    process = context.Process(target=tell, args=(there,))
    process.start()
    there.close()
    try:
        return here.recv()
    except EOFError:
        raise RuntimeError("the process of a fault died") from None
    finally:
        process.join()


def meet_gate(name: str | None, tapes: Tapes) -> dict[str, Any]:
    """Play the tapes against a fault; tells requests until the first wrong answer, and that."""

    def play() -> dict[str, Any]:
        if name is not None:
            plant(name)
        requests, problem = 0, ""
        for tape in tapes:
            count, problem = first_wrong_answer(tape, SEED)
            requests += count
            if problem:
                break
        return {"requests": requests, "problem": problem}

    return dict(_apart(play))


class _WrongAnswerError(Exception):
    """Ends a run at the first wrong answer."""


def meet_own(name: str | None) -> dict[str, Any]:
    """Let a fault meet the gate's own requests alone: scenes, bounds and the table."""

    def play() -> dict[str, Any]:
        if name is not None:
            plant(name)
        mock = stage.make_mock(SEED)
        run = Play(mock, SEED)

        def exchange(phase: str, sent: Sent) -> Answer:
            answer = answer_of(mock, sent)
            run.judge(phase, sent, answer)
            if run.failures:
                raise _WrongAnswerError
            return answer

        try:
            play_table(run, exchange)
            problem = run.failures[0].problems[0] if run.failures else ""
        except _WrongAnswerError:
            problem = run.failures[0].problems[0]
        except Exception as error:  # noqa: BLE001  # whatever a planted fault does, it was noticed
            problem = f"[crash] {type(error).__name__}: {error}"
        return {"requests": run.counts.cases, "problem": problem}

    return dict(_apart(play))


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request of schemathesis' own run, with what its checks want to know of it."""

    context: CheckContext
    case: Case[Any]
    request: requests.PreparedRequest


def run_default(folder: Path) -> list[Exchange]:
    """Run schemathesis as it comes, once, against the mock as it is; gives everything that it sent."""
    kept: list[Exchange] = []

    @schemathesis.check
    def keep(context: CheckContext, response: Response, case: Case[Any]) -> None:
        kept.append(Exchange(context, case, response.request))

    one_leg.run("default", SEED, DEFAULT_EXAMPLES, folder / "default.json", None, stop=False, inside=True)
    return kept


def complaints(exchanges: Sequence[Exchange]) -> Iterator[set[str]]:
    """Send it all to a fresh mock of this process; gives the names of the checks that complain, request by request."""
    adapter = InsideAdapter(stage.make_mock(SEED))
    for each in exchanges:
        found: set[str] = set()
        try:
            response = Response.from_requests(adapter.send(each.request), verify=True)
        except Exception as error:  # noqa: BLE001  # a server that breaks is noticed by anybody
            yield {f"crash: {type(error).__name__}"}
            continue
        for check in each.context.internals.checks:
            if check.__name__ != "keep":
                try:
                    check(each.context, response, each.case)
                except (Failure, FailureGroup, AssertionError):
                    found.add(check.__name__)
        yield found


def meet_default(
    name: str | None, exchanges: Sequence[Exchange], usual: Sequence[set[str]]
) -> dict[str, Any]:
    """Send what schemathesis' own run sent to a fault, and let its own checks look at the answers.

    Args:
        name: of the fault.
        exchanges: of the run against the mock as it is.
        usual: what is complained of there, where nothing is wrong; it counts for nothing here.
    """

    def play() -> dict[str, Any]:
        if name is not None:
            plant(name)
        for position, found in enumerate(complaints(exchanges)):
            if found - usual[position]:
                return {"requests": position + 1, "problem": ", ".join(sorted(found - usual[position]))}
        return {"requests": len(exchanges), "problem": ""}

    return dict(_apart(play))


def digest() -> str:
    """Sum up what verdicts depend on, so that those of another state are not mixed in."""
    found = hashlib.sha256()
    for place in JUDGED:
        path = ROOT / place
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix in {".py", ".json", ".toml"}:
                found.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return found.hexdigest()


class Work:
    """A folder in which a run can be gone on with: tapes, and a line for every verdict.

    Raises:
        SystemExit: it holds verdicts about another state of the mock or the gate.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lines = folder / "verdicts.jsonl"
        folder.mkdir(parents=True, exist_ok=True)
        state, mark = digest(), folder / "state"
        if mark.exists() and mark.read_text("utf-8") != state:
            raise SystemExit(f"{folder} is about another state of the mock or the gate; remove it")
        mark.write_text(state, "utf-8")

    def known(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Give the verdicts so far, by judge and fault."""
        lines = self._lines.read_text("utf-8").splitlines() if self._lines.exists() else []
        told = [json.loads(line) for line in lines]
        return {(each["judge"], each["name"]): each for each in told}

    def note(self, judge: str, name: str, verdict: Mapping[str, Any]) -> None:
        """Keep a verdict."""
        line = json.dumps({"judge": judge, "name": name, **verdict}, ensure_ascii=False)
        with self._lines.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        caught = verdict.get("problem") or verdict.get("caught")
        print(
            f"{'caught' if caught else 'SURVIVED':8} {judge}: {name} {verdict.get('problem', '')[:100]}",
            flush=True,
        )

    def tapes(self) -> Tapes:
        """Give the requests of a push, taped now if they were not before.

        Raises:
            SystemExit: the gate is not green without a fault; nothing can be said about faults then.
        """
        if not (self.folder / "taped").exists():
            outcomes = run_side_by_side(FIXED, self.folder, SECONDS)
            problems = [problem for outcome in outcomes for problem in outcome.problems()]
            if problems:
                raise SystemExit("the gate is not green without any fault:\n" + "\n".join(problems))
            (self.folder / "taped").write_text("", "utf-8")
        return [load(path) for path in sorted(self.folder.glob("*-*.tape.gz"))]


def main() -> int:
    """Read the command line, go on with the work, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--work", type=Path, help="a folder to go on in")
    where.add_argument("--own", action="store_true", help="the gate's own requests only; writes no figures")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these faults alone")
    parser.add_argument("--no-default", action="store_true", help="leave schemathesis as it comes for later")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin nothing new after so many")
    parser.add_argument("--jobs", type=int, default=2, help="processes at the same time")
    told = parser.parse_args()
    until = time.monotonic() + 60 * told.minutes
    names = told.only or sorted(catalog())
    unknown = set(names) - set(catalog())
    if unknown:
        parser.error(f"there is no fault named {', '.join(sorted(unknown))}")
    if told.own:
        return own(names)
    work = Work(told.work)

    def ask(judge: str, meet: Callable[[str | None], dict[str, Any]], asked: Sequence[str]) -> int:
        """Let faults meet a judge; tells how many are still to be had."""

        def one(name: str) -> None:
            if time.monotonic() < until:
                work.note(judge, name, meet(None if name == CLEAN else name))

        gc.collect()
        gc.freeze()  # what is shared with every process; no need to look at it for garbage
        known = work.known()
        with ThreadPoolExecutor(told.jobs) as pool:
            for done in [pool.submit(one, name) for name in (CLEAN, *asked) if (judge, name) not in known]:
                done.result()
        return sum((judge, name) not in work.known() for name in (CLEAN, *asked))

    left = ask("own", meet_own, names)
    missed = [name for name in names if not work.known().get(("own", name), {"problem": "?"})["problem"]]
    if missed and not left:
        tapes = work.tapes()
        left += ask("tape", lambda name: meet_gate(name, tapes), missed)
    if left:
        print(f"{left} verdicts of the gate are still to be had", flush=True)
        return UNFINISHED
    if not told.no_default and time.monotonic() < until:
        exchanges = run_default(told.work)
        usual: list[set[str]] = _apart(lambda: list(complaints(exchanges)))
        print(
            f"its defaults sent {len(exchanges)}, complained of {sum(map(bool, usual))} without a fault",
            flush=True,
        )
        ask("default", lambda name: meet_default(name, exchanges, usual), names)
    return 0 if told.only else report(work.known(), names)


def own(names: Sequence[str]) -> int:
    """Let faults meet the gate's own requests; exit code 1 if they are not content without, or miss one."""
    missed = [] if not meet_own(None)["problem"] else ["no fault at all"]
    for name in names:
        verdict = meet_own(name)
        print(f"{name}: {verdict['requests']} requests, {verdict['problem'][:100] or 'SURVIVED'}", flush=True)
        if not verdict["problem"]:
            missed.append(name)
    print(f"caught {len(names) - len(missed)} of {len(names)}", *missed)
    return int(bool(missed))


def report(known: Mapping[tuple[str, str], Mapping[str, Any]], names: Sequence[str]) -> int:
    """Print the score, write the figures, and decide."""
    wrong = [judge for judge in JUDGES if known.get((judge, CLEAN), {}).get("problem")]
    if wrong:
        print(f"without a fault these are not content: {wrong}")
        return 1
    bugs = catalog()
    seen = {
        name: [judge for judge in JUDGES if known.get((judge, name), {}).get("problem")] for name in names
    }
    caught = {name for name in names if {"own", "tape"} & set(seen[name])}
    asked = [name for name in names if ("default", name) in known]
    by_default = {name for name in asked if "default" in seen[name]}
    survivors = {name: REASONS.get(name, "no reason is given") for name in names if name not in caught}
    kinds = Counter(bugs[name].kind for name in names)
    figures = {
        "faults": len(names),
        "classes": {
            kind: {
                "faults": count,
                "caught": sum(bugs[name].kind == kind for name in caught),
                "caught_by_default": sum(bugs[name].kind == kind for name in by_default) if asked else None,
            }
            for kind, count in sorted(kinds.items())
        },
        "caught": len(caught),
        "caught_by_own_requests": sum("own" in judges for judges in seen.values()),
        "default_asked": len(asked),
        "caught_by_default": len(by_default) if asked else None,
        "requests": {judge: known[judge, CLEAN]["requests"] for judge in JUDGES if (judge, CLEAN) in known},
        "default_examples": DEFAULT_EXAMPLES,
        "survivors": {name: {"says": bugs[name].says, "reason": why} for name, why in survivors.items()},
        "seed": SEED,
        "command": "python -m experiments.mock.seeded_bugs --work DIR",
        "commit": _commit(),
        "python": platform.python_version(),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "verdicts": {
            name: {
                "kind": bugs[name].kind,
                "says": bugs[name].says,
                "seen_by": {
                    judge: [known[judge, name]["requests"], known[judge, name]["problem"][:160]]
                    for judge in seen[name]
                },
            }
            for name in names
        },
    }
    TARGET.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", "utf-8")
    share = len(caught) / len(names)
    print(f"the gate caught {len(caught)} of {len(names)} faults ({share:.1%})")
    print(f"schemathesis as it comes caught {len(by_default)} of {len(asked)} that it was asked for")
    for name, why in survivors.items():
        print(f"survived: {bugs[name].says} ({name}): {why}")
    if share < FLOOR or not survivors.keys() <= REASONS.keys():
        return 1
    return 0 if len(asked) == len(names) else UNFINISHED


def _commit() -> str:
    told = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return told.stdout.strip()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
