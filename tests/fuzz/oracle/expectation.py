"""What an answer must be: the codes that may refuse a request, or what a success must say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jsms_api.error_table import ERRORS

from tests.fuzz.oracle.exchange import Answer
from tests.fuzz.oracle.fields import Faults

#: Compares the decoded body of a success with what must be there, remembers what it says, and lists problems.
Accept = Callable[[Any], list[str]]


@dataclass(slots=True)
class Expectation:
    """What one request must be answered with.

    Attributes:
        faults: what is wrong with the request. Certain faults: a refusal with one of all codes. Only possible
            ones: that, or a success. None: a success.
        accept: for a success.
        verdict: of verifyCode: codes that come with `is_valid: false` beside the envelope.
        empty: a success has no body.
    """

    faults: Faults
    accept: Accept | None = None
    verdict: frozenset[int] = field(default_factory=frozenset)
    empty: bool = False

    def compare(self, answer: Answer) -> list[str]:
        """List what is wrong with an answer. A success is remembered."""
        if answer.status < 400:
            return self._compare_success(answer)
        code = answer.code
        problems = envelope_problems(answer)
        if code not in self.faults.allowed:
            wanted = ", ".join(map(str, sorted(self.faults.certain))) or "a success"
            perhaps = f" (or perhaps {sorted(self.faults.possible)})" if self.faults.possible else ""
            problems.append(f"[oracle] refused with {code}, but {wanted} is right{perhaps}")
        told = answer.decoded()
        if isinstance(told, dict):
            wanted_mark = False if code in self.verdict else None
            if told.get("is_valid") is not wanted_mark:
                problems.append(f"[oracle] is_valid is {told.get('is_valid')!r} beside {code}")
        return problems

    def _compare_success(self, answer: Answer) -> list[str]:
        if self.faults.certain:
            return [f"[oracle] accepted, but {sorted(self.faults.certain)} is right"]
        if answer.status != 200:
            return [f"[oracle] success is 200, not {answer.status}"]
        told = answer.decoded()
        if self.empty:
            problems = [] if not answer.body else ["[oracle] the body must be empty"]
        elif told is None:
            return ["[oracle] no JSON in the answer"]
        else:
            problems = ["[envelope] an error beside a success"] if "error" in told else []
        return problems + (self.accept(told) if self.accept is not None else [])


def envelope_problems(answer: Answer) -> list[str]:
    """Check a refusal alone: an envelope, a known code, its own status and words."""
    told = answer.decoded()
    code = answer.code
    if not isinstance(told, dict) or code is None:
        return [f"[envelope] {answer.status} without an envelope"]
    problems = []
    if answer.headers.get("content-type", "").partition(";")[0] != "application/json":
        problems.append("[envelope] not sent as JSON")
    info = ERRORS.get(code)
    if info is None:
        return [*problems, f"[envelope] {code} is not documented"]
    if answer.status != info.http_status:
        problems.append(f"[envelope] {code} came with {answer.status}, not {info.http_status}")
    if told["error"].get("message") != info.message:
        problems.append(f"[envelope] {code} came with {told['error'].get('message')!r}, not {info.message!r}")
    return problems


def same(name: str, got: Any, wanted: Any) -> list[str]:
    """Compare one value; JSON's true is no 1."""
    if got == wanted and isinstance(got, bool) is isinstance(wanted, bool):
        return []
    return [f"[model] {name} is {got!r}, not {wanted!r}"]
