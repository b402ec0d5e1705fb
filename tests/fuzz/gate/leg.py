"""One leg of the gate, a process of its own: a fresh mock served on loopback, schemathesis against it, one report.

    python -m tests.fuzz.gate.leg --leg all --seed 7 --max-examples 60 --report leg.json

Knows schemathesis: its command line, hooks and checks. Must not decide anything about an answer.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import io
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import requests
import schemathesis
from hypothesis.errors import Flaky
from schemathesis.cli import schemathesis as command
from schemathesis.engine.run.stateful import _executor as stateful_executor

from tests.fuzz.gate import stage
from tests.fuzz.gate.inside import take_over
from tests.fuzz.gate.play import Draft, Play
from tests.fuzz.gate.table import demands, entry_demands
from tests.fuzz.gate.tape import save
from tests.fuzz.gate.wire import BASE_PATH, Answer, Sent

ROOT: Final = Path(__file__).resolve().parents[3]
SPEC: Final = ROOT / "generated" / "jsms_api" / "openapi.json"
CONFIG: Final = ROOT / "tests" / "fuzz" / "schemathesis.toml"
DEFAULT_CONFIG: Final = ROOT / "tests" / "fuzz" / "schemathesis-default.toml"

#: Operations that schemathesis takes for the only reliable beginnings of a chain. Where one of them is there,
#: all others may not begin: their `temp_id` looks like the id of a thing that no call makes. Without them
#: they all may.
RELIABLE_ROOTS: Final = ("sendVoiceCode", "createSign", "updateSign", "createTemplate")

#: Hypothesis walks through every character of a class each time that it reads a pattern: half a second for
#: the 20,992 Chinese ones of a sign, 20 seconds for the million that are no bracket. So signs are made of the
#: two ends of that range and some between, and texts of templates of anything (`Seasoning` puts brackets in).
#: Only what is drawn is other than the spec says: the oracle judges by the spec itself.
CHEAP_PATTERNS: Final[Mapping[str, str | None]] = {
    "SignForm.sign": "^[0-9A-Za-z一丁极光推送短信服务龥鿿]+$",
    "TemplateRequest.template": None,
    "TemplateUpdateRequest.template": None,
}


def operation_id(case: Any) -> str:
    """Name the operation of a case as the spec does."""
    return str(case.operation.definition.raw["operationId"])


def phase_of(case: Any) -> str:
    """Name the phase that made a case."""
    return "unknown" if case.meta is None else str(case.meta.phase.name.value)


class Hooks:
    """Connects schemathesis with a run."""

    def __init__(self, play: Play, *, stop: bool, report: Any) -> None:
        self.play = play
        self._stop = stop
        self._report = report
        self._problems: dict[str, tuple[str, ...]] = {}
        self._bent: dict[str, str] = {}

    def before(self, case: Any) -> None:
        """Season a case; every way in which schemathesis makes one passes here."""
        parameters = case.path_parameters or {}
        name = next(iter(parameters), "")
        body = case.body if isinstance(case.body, dict) else None
        draft = Draft(operation_id(case), str(parameters.get(name, "")), body, {})
        self.play.prepare(draft)
        for header, value in draft.headers.items():
            if header != "Content-Type" or "Content-Type" not in case.headers:
                case.headers[header] = value
        if name and draft.path_id != str(parameters[name]):
            case.path_parameters = {**parameters, name: draft.path_id}
        if body is not None and draft.body is not body:
            case.body = draft.body
        if draft.elsewhere:
            self._bent[case.id] = draft.operation_id
            case.path = "/nowhere" + case.path

    def after(self, case: Any, response: Any) -> None:
        """Judge the exchange."""
        sent, answer = exchange_of(response)
        self._problems[case.id] = self.play.judge(phase_of(case), sent, answer)
        bent = self._bent.pop(case.id, None)
        if bent is not None:
            self.play.count_elsewhere(bent, answer)
        if self._stop and self.play.failures:
            self._report()
            os._exit(1)

    def check(self, case: Any, response: Any, recorder: Any) -> None:
        """Count the link that led to a case, and raise what was wrong with its answer."""
        node = recorder.cases.get(case.id) if recorder is not None else None
        link = node.transition if node is not None and node.is_transition_applied else None
        if link is not None and not link.is_inferred and response.status_code == 200:
            # Named "POST /codes -> [200] verifyCode -> POST /codes/{msg_id}/valid".
            source = operation_id(recorder.cases[link.parent_id].value)
            self.play.counts.links.add((source, link.id.split("] ")[1].split(" -> ")[0]))
        problems = self._problems.pop(case.id, ())
        if problems:
            raise AssertionError("\n".join(problems))


def go_on_after_flaky_suites() -> None:
    """Let the stateful phase run all of its scenarios.

    The service's answers depend on its history, so Hypothesis sooner or later finds that a replayed scenario goes
    another way, and gives up ("inconsistent data generation"). Schemathesis then ends the whole phase without a
    word, after a tenth of its scenarios. Here the next suite begins instead, with the next seed, as it does after
    a generator gave up.
    """
    original = stateful_executor._classify_suite_error
    restarts = 0

    def classify(exc: Any, *, ctx: Any, settings: Any, **rest: Any) -> Any:
        nonlocal restarts
        status, retry, told = original(exc, ctx=ctx, settings=settings, **rest)
        if isinstance(exc, Flaky) and not retry and not told and restarts < settings.max_examples:
            restarts += 1
            retry = ctx.completed_scenarios < settings.max_examples
        return status, retry, told

    vars(stateful_executor)["_classify_suite_error"] = classify


def forget_the_users_files() -> None:
    """Keep requests from looking for credentials in the user's home before every request.

    A tenth of a case's cost, and a file there would change what is sent.
    """
    vars(requests.sessions)["get_netrc_auth"] = lambda *_, **__: None


def exchange_of(response: Any) -> tuple[Sent, Answer]:
    """Take an exchange out of a response of schemathesis."""
    request = response.request
    parts = urlsplit(request.url)
    body = request.body or b""
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    sent = Sent(
        request.method,
        parts.path + (f"?{parts.query}" if parts.query else ""),
        headers,
        body.encode() if isinstance(body, str) else bytes(body),
    )
    got = {name.lower(): ", ".join(values) for name, values in response.headers.items()}
    return sent, Answer(response.status_code, got, response.content or b"")


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def register(hooks: Hooks) -> None:
    """Tell schemathesis of the run."""
    go_on_after_flaky_suites()

    @schemathesis.hook
    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        hooks.before(case)

    @schemathesis.hook
    def after_call(context: Any, case: Any, response: Any) -> None:
        hooks.after(case, response)

    @schemathesis.check
    def oracle(ctx: Any, response: Any, case: Any) -> None:
        # The only way to learn of links; not a promised interface, so the floors would tell if it went away.
        hooks.check(case, response, ctx.internals.recorder)


def make_it_bearable() -> None:
    """Spare schemathesis what only takes time; for its defaults too."""
    forget_the_users_files()

    @schemathesis.hook
    def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
        for name, pattern in CHEAP_PATTERNS.items():
            schema, _, field = name.partition(".")
            rules = raw_schema["components"]["schemas"][schema]["properties"][field]
            del rules["pattern"]
            if pattern is not None:
                rules["pattern"] = pattern


def play_table(play: Play, url: str) -> None:
    """Demand every documented refusal once, over the same wire as everything else."""
    origin, session = url.removesuffix(BASE_PATH), requests.Session()

    def send(sent: Sent) -> Answer:
        got = session.request(sent.method, origin + sent.target, headers=dict(sent.headers), data=sent.body)
        answer = Answer(
            got.status_code, {name.lower(): value for name, value in got.headers.items()}, got.content
        )
        play.judge("table", sent, answer)
        return answer

    for sent in demands():
        send(sent)
    task_id = "42"
    # Twice: the first round makes the task that the second one changes.
    for _ in range(2):
        for sent in entry_demands(play.world.now, task_id):
            told = send(sent).decoded()
            task_id = str(told.get("schedule_id", task_id))
    session.close()


def arguments(leg: str, url: str, seed: int, max_examples: int, links: Path) -> list[str]:
    """Give the command line of a leg."""
    found = [
        "--config-file", str(DEFAULT_CONFIG if leg == "default" else CONFIG),
        "run", str(SPEC), "--url", url,
        "--seed", str(seed), "--max-examples", str(max_examples),
        "--report", "json", "--report-json-path", str(links), "--no-color",
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
    leg: str, seed: int, max_examples: int, report: Path, bug: str | None, *, stop: bool, inside: bool
) -> int:
    """Run a leg and write its report; gives the exit code."""
    if bug is not None:
        importlib.import_module("tests.fuzz.gate.bugs").plant(bug)
    mock = stage.make_mock(seed)
    play = Play(mock, seed, seasoned=leg != "default")
    started = time.monotonic()
    output = io.StringIO()
    links = report.with_suffix(".schemathesis.json")

    def write(code: int = 1) -> None:
        told = {
            "leg": leg,
            "seed": seed,
            "bug": bug,
            "exit_code": code,
            "seconds": round(time.monotonic() - started, 1),
            "counts": play.counts.to_json(),
            "failures": [asdict(each) for each in play.failures[:20]],
            "output": output.getvalue()[-20_000:],
        }
        report.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")

    with contextlib.ExitStack() as stack:
        # The chains and everything that runs many times go inside; the leg with all phases over the real
        # wire.
        url = take_over(mock) if inside else stack.enter_context(mock.serve()).url
        make_it_bearable()
        if leg != "default":
            register(Hooks(play, stop=stop, report=write))
        with contextlib.redirect_stdout(output):
            code = _invoke(arguments(leg, url, seed, max_examples, links))
        if leg == "all":
            play_table(play, url)
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
    told = parser.parse_args()
    # Generators make millions of small objects that all live shortly; looking for cycles as often as usual costs a
    # tenth of the run.
    gc.set_threshold(100_000, 50, 100)
    sys.exit(
        run(told.leg, told.seed, told.max_examples, told.report, told.bug, stop=told.stop, inside=told.inside)
    )


if __name__ == "__main__":
    main()
