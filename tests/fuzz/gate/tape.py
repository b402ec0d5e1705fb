"""A run on tape: everything that was sent and everything that happened between, to be played again.

The mock draws ids and codes from its seed, so the same events give the same answers, and a tape can be played
against a mock with a planted fault in a tenth of the time that generating takes. Knows the form of a tape. Must
not know how events come to be.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jsmskit.mock import JsmsMock
from jsmskit.mock.model.http import Request

from tests.fuzz.gate import stage, world
from tests.fuzz.gate.judge import Judge
from tests.fuzz.gate.phones import PhoneWatch
from tests.fuzz.gate.wire import Answer, Sent

Event = list[Any]
#: An event as it is played: a request, or something that happened.
Taped = Sent | Event


def sent_event(sent: Sent) -> Event:
    """Write a request as an event."""
    return ["send", sent.method, sent.target, dict(sent.headers), base64.b64encode(sent.body).decode()]


def _read_sent(event: Event) -> Sent:
    return Sent(event[1], event[2], event[3], base64.b64decode(event[4]))


def save(events: Iterable[Event], path: Path) -> None:
    """Write a tape."""
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
        for event in events:
            file.write(json.dumps(event) + "\n")


def load(path: Path) -> list[Taped]:
    """Read a tape, requests decoded, to be played many times."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    return [_read_sent(event) if event[0] == "send" else event for event in events]


def happen(event: Event, mock: JsmsMock, state: world.World) -> None:
    """Let time pass, or somebody decide or write back, for the mock and for the model."""
    what, *told = event
    if what == "pass":
        state.advance_to(state.now + told[0])
        mock.advance(told[0])
        return
    key, *rest = told
    app = state.apps[key]
    if what == "template":
        temp_id, approved = rest
        state.decide_template(app.templates[temp_id], approve=approved)
        mock.review_template(temp_id, approved, app_key=key)
    elif what == "sign":
        sign_id, approved = rest
        state.decide_sign(app, app.signs[sign_id], approve=approved)
        mock.review_sign(sign_id, approved, app_key=key)
    else:
        phone, content = rest
        app.replies.append(world.Reply(state.now, phone, content))
        if content.strip().upper() in ("T", "TD", "退订"):
            app.unsubscribed.add(phone)
        mock.reply(phone, content, app_key=key)


def answer_of(mock: JsmsMock, sent: Sent) -> Answer:
    """Hand a request to a mock in this process, without any wire."""
    target, _, query = sent.target.partition("?")
    reply = mock.handle(Request(sent.method, target, query, sent.headers, sent.body))
    return Answer(reply.status, {**reply.headers, "content-length": str(len(reply.body))}, reply.body)


def first_wrong_answer(events: Iterable[Taped], seed: int) -> tuple[int, str]:
    """Play a tape against a fresh mock of this process; gives the number of requests and what was wrong, if anything.

    A crash of the mock is a wrong answer too.
    """
    mock, state = stage.make_mock(seed), stage.make_world()
    judge, phones = Judge(state), PhoneWatch(state, mock)
    requests = 0
    for event in events:
        try:
            if isinstance(event, Sent):
                requests += 1
                problems = judge.judge(event, answer_of(mock, event))
            else:
                happen(event, mock, state)
                problems = []
        except Exception as error:  # noqa: BLE001  # whatever a planted fault does, it was noticed
            return requests, f"[crash] {type(error).__name__}: {error}"
        if state.arrivals:
            problems += phones.compare()
        if problems:
            return requests, problems[0]
    late = phones.compare()
    return requests, late[0] if late else ""
