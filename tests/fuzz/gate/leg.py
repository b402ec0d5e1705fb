"""One leg of the gate, a process of its own: a fresh mock, schemathesis against it, one report.

    python -m tests.fuzz.gate.leg --leg all --seed 7 --max-examples 60 --report leg.json

Knows schemathesis' command line. Must not decide anything about an answer.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import io
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Final

from schemathesis.cli import schemathesis as command

from tests.fuzz.gate import stage
from tests.fuzz.gate.hooks import Hooks, register
from tests.fuzz.gate.inside import take_over
from tests.fuzz.gate.play import Play
from tests.fuzz.gate.rounds import play_table
from tests.fuzz.gate.sparing import go_on_after_flaky_suites, spare
from tests.fuzz.gate.tape import save

ROOT: Final = Path(__file__).resolve().parents[3]
SPEC: Final = ROOT / "generated" / "jsms_api" / "openapi.json"
CONFIG: Final = ROOT / "tests" / "fuzz" / "schemathesis.toml"
DEFAULT_CONFIG: Final = ROOT / "tests" / "fuzz" / "schemathesis-default.toml"

#: Operations that schemathesis takes for the only reliable beginnings of a chain. Where one of them is there,
#: all others may not begin: their `temp_id` looks like the id of a thing that no call makes. Without them
#: they all may.
RELIABLE_ROOTS: Final = ("sendVoiceCode", "createSign", "updateSign", "createTemplate")


def arguments(leg: str, url: str, seed: int, max_examples: int) -> list[str]:
    """Give the command line of a leg."""
    found = [
        "--config-file", str(DEFAULT_CONFIG if leg == "default" else CONFIG),
        "run", str(SPEC), "--url", url,
        "--seed", str(seed), "--max-examples", str(max_examples),
        "--no-color",
    ]  # fmt: skip
    if leg == "luck":
        # Examples and coverage hardly depend on the seed.
        found += ["--phases", "fuzzing,stateful"]
    if leg == "chains":
        found += ["--phases", "stateful"]
        for name in RELIABLE_ROOTS:
            found += ["--exclude-operation-id", name]
    return found


def run(
    leg: str,
    seed: int,
    max_examples: int,
    report: Path,
    bug: str | None,
    *,
    stop: bool,
    inside: bool,
    encores: int = 0,
) -> int:
    """Run a leg and write its report; gives the exit code. See `gate.Leg` for what is asked."""
    if bug is not None:
        importlib.import_module("tests.fuzz.gate.bugs").plant(bug)
    mock = stage.make_mock(seed)
    play = Play(mock, seed, seasoned=leg != "default")
    started = time.monotonic()
    output = io.StringIO()

    def write(code: int = 1) -> None:
        told = {
            "leg": leg,
            "seed": seed,
            "bug": bug,
            "exit_code": code,
            "seconds": round(time.monotonic() - started, 1),
            "cpu_seconds": round(time.process_time(), 1),
            "counts": play.counts.to_json(),
            "failures": [asdict(each) for each in play.failures[:20]],
            "output": output.getvalue()[-20_000:],
        }
        report.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")

    with contextlib.ExitStack() as stack:
        # The chains and everything that runs many times go inside; the leg with all phases over the real
        # wire.
        url = take_over(mock) if inside else stack.enter_context(mock.serve()).url
        spare()
        hooks = Hooks(play, mock, url, stop=stop, report=write, encores=encores)
        if leg != "default":
            register(hooks)
            go_on_after_flaky_suites()
        if leg == "all":
            play_table(play, hooks.exchange)
        with contextlib.redirect_stdout(output):
            code = _invoke(arguments(leg, url, seed, max_examples))
    code = code or int(bool(play.failures))
    save(play.tape, report.with_suffix(".tape.gz"))
    write(code)
    return code


def _invoke(found: list[str]) -> int:
    try:
        code = command.main(args=found, standalone_mode=False)
    except SystemExit as end:
        code = end.code
    return code if isinstance(code, int) else 0


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leg", choices=("all", "chains", "luck", "default"), required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--max-examples", type=int, required=True)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--bug")
    parser.add_argument("--stop", action="store_true", help="end at the first wrong answer")
    parser.add_argument("--inside", action="store_true", help="leave the wire out")
    parser.add_argument("--encores", type=int, default=0, help="send what was generated so often again")
    told = parser.parse_args()
    # Generators make millions of small objects that all live shortly; looking for cycles as often as usual costs a
    # tenth of the run.
    gc.set_threshold(100_000, 50, 100)
    code = run(
        told.leg,
        told.seed,
        told.max_examples,
        told.report,
        told.bug,
        stop=told.stop,
        inside=told.inside,
        encores=told.encores,
    )
    sys.exit(code)


if __name__ == "__main__":
    main()
