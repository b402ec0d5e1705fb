"""One run against one mock: every request is seasoned before it leaves, every answer judged when it comes.

Knows the model, the people, the phones and what is counted. Must not know schemathesis: `leg` hands in the
request's parts and the exchange, so that the same run can be played by anything that sends requests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from jsms_api.operations import OPERATIONS, Credential, OperationInfo
from jsmskit.mock import JsmsMock

from tests.fuzz.gate import magic, stage
from tests.fuzz.gate.counts import Counts
from tests.fuzz.gate.edges import Edges
from tests.fuzz.gate.judge import Judge
from tests.fuzz.gate.people import People
from tests.fuzz.gate.phones import PhoneWatch
from tests.fuzz.gate.scenes import SCENES, Scene
from tests.fuzz.gate.seasoning import Seasoning
from tests.fuzz.gate.tape import Event, sent_event
from tests.fuzz.gate.wire import BASE_PATH, MAGIC_HEADER, Answer, Sent, basic, resolve

#: Sends a request, lets the run judge its answer under the name of a phase, and gives the answer.
Exchange = Callable[[str, Sent], Answer]

#: How often the run asks for itself, and what: a call, and the collection of an application that its id is from.
_QUESTIONS: Final = 0.12
#: How often a scene is played.
_SCENES: Final = 0.006
_ASKED: Final[Mapping[str, str]] = {
    "pullReports": "",
    "pullReplies": "",
    "getAppBalance": "",
    "getAccountBalance": "",
    "getSchedule": "tasks",
    "getTemplate": "templates",
    "getSign": "signs",
}


@dataclass(slots=True)
class Draft:
    """A request before it leaves: what may still be changed.

    Attributes:
        operation_id: which call.
        path_id: the id in the path; empty if there is none.
        body: the decoded body; None if there is none or it must go as it is.
        headers: to be added.
        elsewhere: send it to a path that does not exist.
    """

    operation_id: str
    path_id: str
    body: Any
    headers: dict[str, str]
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A wrong answer, with everything that is needed to see why."""

    phase: str
    problems: tuple[str, ...]
    request: str
    answer: str


class Play:
    """One run.

    Args:
        mock: fresh, from `stage.make_mock`.
        seed: of the run's own decisions.
        seasoned: the run may change requests. Off: only the world moves, and answers are judged.
    """

    def __init__(self, mock: JsmsMock, seed: int, *, seasoned: bool = True) -> None:
        self.world = stage.make_world()
        self.counts = Counts()
        self.failures: list[Failure] = []
        self._chance = Random(seed)
        self._seasoned = seasoned
        self._judge = Judge(self.world)
        self._serial = 0
        #: Everything that was sent or happened, in order.
        self.tape: list[Event] = []
        self._people = People(mock, self.world, self._chance, self.tape.append)
        self._phones = PhoneWatch(self.world, mock)
        self._seasoning = Seasoning(self.world, self._chance)
        self._edges = Edges(self.world, self._chance)

    # Before.

    def prepare(self, draft: Draft) -> None:
        """Let the world move, then give a request credentials and meaning."""
        self._people.act()
        late = self._look_at_phones()
        if late:
            self._fail("between calls", late, "the clock moved", "")
        info = OPERATIONS[draft.operation_id]
        caller = self._credentials(info, draft.headers)
        if not self._seasoned:
            return
        app = self.world.apps.get(caller, self.world.apps[stage.MAIN.key])
        self._disturb(info, draft)
        edge = self._edges.body(info, app) if isinstance(draft.body, dict) else None
        if draft.path_id:
            draft.path_id = self._seasoning.path_id(info, app, draft.path_id)
        if edge is not None:
            draft.body = edge
        elif isinstance(draft.body, dict):
            draft.body = self._seasoning.body(info, app, draft.path_id, draft.body)

    def questions(self) -> list[Sent]:
        """Give requests of the run's own, now and then: what is left, what was kept, what is to be told.

        Schemathesis asks for such things hardly ever, because nothing in those calls can be varied; but they show
        whether the other calls did what they said.
        """
        if not self._seasoned or self._chance.random() >= _QUESTIONS:
            return []
        app = self.world.apps[self._chance.choice((stage.MAIN, stage.MAIN, stage.POOR, stage.BARE)).key]
        name = self._chance.choice(tuple(_ASKED))
        info = OPERATIONS[name]
        known = list(getattr(app, _ASKED[name])) if _ASKED[name] else []
        path_id = str(self._chance.choice(known[-8:])) if known else "42"
        path = info.path[: info.path.index("{")] + path_id if "{" in info.path else info.path
        key = stage.DEV if info.credential is Credential.DEV else app.key
        return [Sent(info.method, BASE_PATH + path, {"authorization": basic(key, key[::-1])}, b"")]

    def scene(self) -> Scene | None:
        """Give a scene to be played, now and then."""
        return self._chance.choice(SCENES) if self._seasoned and self._chance.random() < _SCENES else None

    def number(self) -> str:
        """Give a number that nothing else of the run has used."""
        self._serial += 1
        return f"165{self._serial:08d}"

    def let_happen(self, step: float | tuple[str | int | bool, ...]) -> None:
        """Let time pass, or people act, in the middle of a scene."""
        self._people.let_happen(["pass", step] if isinstance(step, float | int) else list(step))
        late = self._look_at_phones()
        if late:
            self._fail("scenes", late, "the clock moved", "")

    def _credentials(self, info: OperationInfo, headers: dict[str, str]) -> str:
        """Choose who calls: mostly the right pair. Gives the key that was chosen."""
        right = stage.DEV if info.credential is Credential.DEV else stage.MAIN.key
        drawn = self._chance.random()
        key = right
        if drawn < 0.05:
            key = stage.POOR.key
        elif drawn < 0.08:
            key = self._chance.choice((stage.BARE.key, stage.SHUT_DEV, stage.DEV, stage.MAIN.key))
        elif drawn < 0.10:
            key = self._chance.choice([cast.key for cast in stage.SHUT])
        secret = key[::-1]
        if drawn > 0.99:
            secret = self._chance.choice(("", "wrong" * 5, right, secret[:-1]))
        headers["Authorization"] = basic(key, secret)
        if 0.98 < drawn < 0.99:
            headers["Authorization"] = self._chance.choice(
                ("", "Basic", "Basic !!!!", "Bearer " + key, "Basic " + key, basic(key + secret, ""))
            )
        return key

    def _disturb(self, info: OperationInfo, draft: Draft) -> None:
        """Now and then: a demanded code, another media type, another path."""
        drawn = self._chance.random()
        if drawn < 0.02:
            codes = [code for codes in info.codes.values() for code in codes]
            draft.headers[MAGIC_HEADER] = str(self._chance.choice([*codes, 50000, 12, 99999]))
        elif drawn < 0.03:
            draft.headers["Content-Type"] = self._chance.choice(
                (
                    "text/plain",
                    "application/x-www-form-urlencoded",
                    "application/xml",
                    "text/html",
                    "image/png",
                )
            )
        elif drawn < 0.035:
            draft.elsewhere = True

    def _look_at_phones(self) -> list[str]:
        """Compare the phones where something must have arrived, and now and then where nothing should have."""
        return self._phones.compare() if self.world.arrivals or self._chance.random() < 0.05 else []

    # After.

    def judge(self, phase: str, sent: Sent, answer: Answer) -> tuple[str, ...]:
        """Judge an exchange and count it; gives what is wrong."""
        self.tape.append(sent_event(sent))
        problems = tuple(self._judge.judge(sent, answer) + self._look_at_phones())
        self._count(phase, sent, answer)
        if problems:
            self._fail(phase, problems, sent.line(), answer.line())
        return problems

    def _fail(self, phase: str, problems: Any, request: str, answer: str) -> None:
        self.failures.append(Failure(phase, tuple(problems), request, answer))

    def _count(self, phase: str, sent: Sent, answer: Answer) -> None:
        counts = self.counts
        counts.cases += 1
        counts.phases[phase] += 1
        target = resolve(sent.target)
        infos = [target.operations[sent.method]] if sent.method in target.operations else []
        if answer.status == 405:  # belongs to no operation: it is an answer of all of its path
            infos = list(target.operations.values())
        for info in infos:
            counts.statuses.add((info.operation_id, answer.status))
            if answer.code is not None:
                counts.codes.add((info.operation_id, answer.code))
                if not _has_magic(sent):
                    counts.honest_codes.add((info.operation_id, answer.code))
            if answer.status == 200 and info.entry_codes:
                self._count_entries(info, answer)

    def count_elsewhere(self, operation_id: str, answer: Answer) -> None:
        """Count an answer to a call whose path was bent: it is no operation's, but documented on each."""
        if answer.code is not None:
            self.counts.statuses.add((operation_id, answer.status))
            self.counts.codes.add((operation_id, answer.code))
            self.counts.honest_codes.add((operation_id, answer.code))

    def _count_entries(self, info: OperationInfo, answer: Answer) -> None:
        told = answer.decoded()
        listed: list[Mapping[str, Any]] = told.get("recipients") or told.get("failure_recipients") or []
        for entry in listed:
            code = str(entry.get("error_code", ""))
            if code.isdigit():
                self.counts.entry_codes.add((info.operation_id, int(code)))


def _has_magic(sent: Sent) -> bool:
    text = sent.target.encode() + sent.body
    return MAGIC_HEADER in sent.headers or re.search(magic.PREFIX.encode(), text) is not None
