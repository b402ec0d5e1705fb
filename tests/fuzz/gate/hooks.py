"""What happens around every request that schemathesis sends: seasoned before, judged after, its link counted.

Knows schemathesis' cases, responses and hooks. Must not decide anything about an answer.
"""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import quote, urlsplit

import requests
import schemathesis
from jsms_api.operations import OPERATIONS
from jsmskit.mock import JsmsMock

from tests.fuzz.gate.play import Draft, Play
from tests.fuzz.gate.rounds import play_scene
from tests.fuzz.gate.tape import answer_of
from tests.fuzz.gate.wire import BASE_PATH, Answer, Sent


def operation_id(case: Any) -> str:
    """Name the operation of a case as the spec does."""
    return str(case.operation.definition.raw["operationId"])


def phase_of(case: Any) -> str:
    """Name the phase that made a case."""
    return "unknown" if case.meta is None else str(case.meta.phase.name.value)


class Hooks:
    """Connects schemathesis with a run."""

    def __init__(
        self, play: Play, mock: JsmsMock, url: str, *, stop: bool, report: Any, encores: int
    ) -> None:
        self.play = play
        self._mock = mock
        self._origin, self._session = url.removesuffix(BASE_PATH), requests.Session()
        self._stop = stop
        self._report = report
        self._encores = encores
        self._generated: dict[str, tuple[str, str, Any]] = {}
        self._problems: dict[str, tuple[str, ...]] = {}
        self._bent: dict[str, str] = {}

    def before(self, case: Any) -> None:
        """Season a case; every way in which schemathesis makes one passes here."""
        for sent in self.play.questions():
            self.exchange("questions", sent)
        scene = self.play.scene()
        if scene is not None:
            play_scene(self.play, scene, self.exchange)
        parameters = case.path_parameters or {}
        name = next(iter(parameters), "")
        body = case.body if isinstance(case.body, dict) else None
        draft = Draft(operation_id(case), str(parameters.get(name, "")), body, {})
        if self._encores:
            self._generated[case.id] = (draft.operation_id, draft.path_id, body)
        self.play.prepare(draft)
        for header, value in draft.headers.items():
            if header != "Content-Type" or "Content-Type" not in case.headers:
                case.headers[header] = value
        if name and draft.path_id != str(parameters[name]):
            case.path_parameters = {**parameters, name: draft.path_id}
        if body is not None and draft.body is not body:
            case.body = draft.body
        # An undeclared method is a test of its own, which wants 405.
        if draft.elsewhere and case.method.upper() == OPERATIONS[draft.operation_id].method:
            self._bent[case.id] = draft.operation_id
            case.path = "/nowhere" + case.path

    def exchange(self, phase: str, sent: Sent) -> Answer:
        """Send a request of the run's own, over the same wire as everything else."""
        got = self._session.request(
            sent.method, self._origin + sent.target, headers=dict(sent.headers), data=sent.body
        )
        headers = {name.lower(): value for name, value in got.headers.items()}
        answer = Answer(got.status_code, headers, got.content)
        self.play.judge(phase, sent, answer)
        self._end_if_wrong()
        return answer

    def after(self, case: Any, response: Any) -> None:
        """Judge the exchange."""
        sent, answer = exchange_of(response)
        self._problems[case.id] = self.play.judge(phase_of(case), sent, answer)
        bent = self._bent.pop(case.id, None)
        if bent is not None:
            self.play.count_elsewhere(bent, answer)
        self._end_if_wrong()
        if case.id in self._generated:
            self._play_encores(*self._generated.pop(case.id))

    def _play_encores(self, name: str, path_id: str, body: Any) -> None:
        """Send what was generated again, seasoned anew, to a world that has moved on.

        Generating a case costs ten times what answering and judging it does. It goes to the mock without any wire.
        Forms are left out: their bytes are schemathesis' own.
        """
        info = OPERATIONS[name]
        if info.content_type == "multipart/form-data" or (info.content_type is not None and body is None):
            return
        for _ in range(self._encores):
            draft = Draft(name, path_id, body, {})
            self.play.prepare(draft)
            path = info.path
            if "{" in path:
                path = path[: path.index("{")] + quote(draft.path_id, safe="") + path[path.index("}") + 1 :]
            if draft.elsewhere:
                path = "/nowhere" + path
            headers = {"Content-Type": "application/json"} if info.content_type is not None else {}
            headers |= draft.headers
            content = b"" if draft.body is None else json.dumps(draft.body).encode()
            sent_headers = {header.lower(): value for header, value in headers.items()}
            sent = Sent(info.method, BASE_PATH + path, sent_headers, content)
            self.play.judge("encores", sent, answer_of(self._mock, sent))
            self._end_if_wrong()

    def _end_if_wrong(self) -> None:
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
            followed = (source, link.id.split("] ")[1].split(" -> ")[0])
            self.play.counts.links.add(followed)
            self.play.counts.chained.add(followed)
        problems = self._problems.pop(case.id, ())
        if problems:
            raise AssertionError("\n".join(problems))


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
