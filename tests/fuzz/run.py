"""One run against a fresh mock: what is sent, what happens between, and what the oracle says of each response."""

from __future__ import annotations

import re

from jsmskit.mock import JsmsMock
from jsmskit.mock.model.http import Request
from jsmskit.mock.model.rule_catalog import TABLE as RULES

from tests.fuzz.oracle import initial_state, world
from tests.fuzz.oracle.bodies import suspect_fields
from tests.fuzz.oracle.exchange import Answer, Sent, operation_of
from tests.fuzz.oracle.judge import Judge
from tests.fuzz.reached import Reached

#: Seconds that pass, a review decided (kind, application, id, approved), or a reply ("reply", application, number,
#: text).
Event = float | tuple[str, str, int, bool] | tuple[str, str, str, str]


class WrongResponseError(AssertionError):
    """A response, or what arrived on phones, contradicts spec, documentation or model."""


def _finding(problems: list[str], sent: Sent, answer: Answer) -> list[str]:
    """What is wrong, where, in the lines that a test run shows even when it cuts the rest."""
    first, info = problems[0], operation_of(sent)
    compared = re.match(r"\[model\] (\S+) is ", first)
    codes = {int(code) for code in re.findall(r"\b5[0-9]{4}\b", first)}
    fields = [compared[1]] if compared else []
    if info is not None and not fields:
        fields = suspect_fields(info.operation_id, sent.decoded(), codes)
    return [
        f"operation: {info.operation_id if info else 'none'}",
        f"field: {', '.join(fields) or 'none'}",
        f"rule: {first}",
        f"request: {sent.line()}",
        f"response: {answer.line()}",
        *problems[1:],
    ]


class Run:
    """A mock, the model of what it must remember, and what was reached so far.

    Args:
        seed: of the mock's ids and codes.
    """

    def __init__(self, seed: int = 0) -> None:
        self.mock: JsmsMock = initial_state.make_mock(seed)
        self.world = initial_state.make_world()
        self.reached = Reached()
        self._judge = Judge(self.world)
        self._last_shown = 0
        self._numbers = 0

    def unused_number(self) -> str:
        """Return a number that nothing else of the run has used."""
        self._numbers += 1
        return f"165{self._numbers:08d}"

    def send(self, phase: str, sent: Sent) -> Answer:
        """Send a request in this process and check the response; a refusal must name a rule that brings its code.

        Raises:
            WrongResponseError: see `check`, or the rule brings another code.
        """
        path, _, query = sent.target.partition("?")
        response = self.mock.handle(Request(sent.method, path, query, dict(sent.headers), sent.body))
        headers = {**response.headers, "content-length": str(len(response.body))}
        answer = Answer(response.status, headers, response.body)
        self.check(phase, sent, answer)
        if answer.code is not None:
            name = response.rule or ""
            rule = RULES.get(name)
            # Rules on fields are made from the spec, and not in the table.
            if not name.startswith("spec.") and (rule is None or rule.code not in (None, answer.code)):
                raise WrongResponseError(f"{answer.code} names the rule {response.rule}\n{sent.line()}")
        return answer

    def check(self, phase: str, sent: Sent, answer: Answer) -> None:
        """Count an exchange and judge it.

        Raises:
            WrongResponseError: the response or what arrived on phones is wrong.
        """
        problems = self._judge.judge(sent, answer) + self._phone_problems()
        self.reached.count(phase, sent, answer)
        if problems:
            raise WrongResponseError("\n".join(_finding(problems, sent, answer)))

    def happen(self, event: Event) -> None:
        """Let time pass, a review be decided or a reply arrive, for the mock and for the model.

        Raises:
            WrongResponseError: what arrived on phones meanwhile is wrong.
        """
        if not isinstance(event, tuple):
            self.world.advance_to(self.world.now + event)
            self.mock.advance(event)
        elif event[0] == "reply":
            _, key, phone, content = event
            self.world.receive_reply(self.world.apps[key], str(phone), str(content))
            self.mock.reply(str(phone), str(content), app_key=key)
        else:
            kind, key, identity, approved = event
            app = self.world.apps[key]
            kept = app.templates if kind == "template" else app.signs
            self.world.decide(app, kept[int(identity)], approve=bool(approved))
            review = self.mock.review_template if kind == "template" else self.mock.review_sign
            review(int(identity), bool(approved), app_key=key)
        problems = self._phone_problems()
        if problems:
            raise WrongResponseError("\n".join([*problems, f"after {event}"]))

    def _phone_problems(self) -> list[str]:
        """List what shows on phones and should not, what should and does not, and what shows another text."""
        wanted, self.world.arrivals = self.world.arrivals, []
        shown = self.mock.messages(after=self._last_shown)
        self._last_shown = shown[-1].id if shown else self._last_shown
        if len(shown) != len(wanted):
            return [f"[phones] {len(shown)} messages arrived, {len(wanted)} were sent"]
        # Tasks of one instant go out in an order that no source promises.
        shown.sort(key=lambda each: (each.app_key, each.phone, each.text))
        wanted.sort(key=lambda each: (each[0], each[1].phone, each[1].text))
        problems = []
        for (app_key, message), arrived in zip(wanted, shown, strict=True):
            text = re.escape(message.text)
            if world.CODE_HERE in text:
                text = re.sub(f"{world.CODE_HERE}+", r"(?P<code>[0-9]{6})", text, count=1)
                text = re.sub(f"{world.CODE_HERE}+", r"(?P=code)", text)
            match = re.fullmatch(text, arrived.text, re.DOTALL)
            if match is None:
                problems.append(f"[phones] the text is {arrived.text!r}, not {message.text!r}")
            elif message.code is not None and "code" in match.groupdict():
                message.code.value = match["code"]
            if (arrived.app_key, arrived.phone) != (app_key, message.phone):
                problems.append(f"[phones] arrived at {arrived.phone} from {arrived.app_key}, not {message}")
            if message.msg_id and arrived.msg_id != message.msg_id:
                problems.append(f"[phones] arrived as {arrived.msg_id}, answered as {message.msg_id}")
        return problems
