"""What a stranger sends costs no worse than linear work: twice the bytes, at most some more than twice the steps.

Steps of Python are counted, not seconds. Steps inside of regular expressions cannot be: there the patterns that meet a
stranger's bytes are read, and repeat nothing without a bound.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest
from jsmskit.callbacks import CallbackEndpoint, CallbackVerifier, _events
from jsmskit.cli.output import escape_json, wrap_text

from tests.callbacks.signing import APP_KEY, MASTER_SECRET, Clock, body

MANY = 4_000
#: How much more than twice is tolerated: costs that do not grow make it less, an amortised list a little more.
MOST = 2.3


def steps(function: Callable[[], object]) -> int:
    """How many lines of Python it runs, in all that it calls."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    return count


def respond(form: bytes) -> object:
    endpoint = CallbackEndpoint(CallbackVerifier(APP_KEY, MASTER_SECRET, clock=Clock()), lambda event: None)
    return endpoint.respond("POST", "", {}, form)


WORK: dict[str, Callable[[int], object]] = {
    "a long nonce": lambda n: respond(body(nonce="1" * n)),
    "a long reply": lambda n: respond(body("SMS_REPLY", {"phone": "1", "replyTime": 1, "content": "1 " * n})),
    "a long number": lambda n: respond(body(data='{"msgId":' + "1" * n + "}")),
    "a list of lists": lambda n: respond(body(data='{"x":[' + "[]," * n + "0]}")),
    "escapes": lambda n: respond(body(data='{"x":"' + "\\u4e2d" * n + '"}')),
    "percent signs": lambda n: respond(b"nonce=" + b"%41" * n),
    "a reason with digits": lambda n: respond(body("SMS_SIGN", {"signId": 1, "status": 2, "refuseReason": "+1 " * n})),
    "a long query": lambda n: CallbackVerifier(APP_KEY, MASTER_SECRET).echo("echostr=" + "a" * 60 + "&x=" + "b" * n),
    "control characters in JSON": lambda n: escape_json("\x9b" * n),
    "a long line of words": lambda n: wrap_text("word " * n),
    "a long line of Chinese": lambda n: wrap_text("中" * n),
}


@pytest.mark.parametrize("name", WORK)
def test_twice_the_bytes_are_at_most_twice_the_steps(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quadratic step among them would make four times of it."""
    monkeypatch.setenv("COLUMNS", "80")
    work = WORK[name]
    work(10)  # what is imported or compiled once
    assert steps(lambda: work(2 * MANY)) <= MOST * steps(lambda: work(MANY)) + 200


def unbounded(parsed: Any) -> Iterator[str]:
    """The repeats of a pattern that have no upper bound."""
    for operation, argument in parsed:
        if operation in (re._constants.MAX_REPEAT, re._constants.MIN_REPEAT):  # type: ignore[attr-defined]
            low, high, inner = argument
            if high is re._constants.MAXREPEAT:  # type: ignore[attr-defined]
                yield f"{low} or more"
            yield from unbounded(inner)
        elif operation is re._constants.SUBPATTERN:  # type: ignore[attr-defined]
            yield from unbounded(argument[-1])
        elif operation is re._constants.BRANCH:  # type: ignore[attr-defined]
            for branch in argument[1]:
                yield from unbounded(branch)


def test_patterns_for_callbacks_are_bounded() -> None:
    """No `*`, no `+`: what a match costs has a bound that does not depend on the field."""
    patterns = [value.pattern for value in vars(_events).values() if isinstance(value, re.Pattern)]
    assert len(patterns) >= 4
    for pattern in patterns:
        assert list(unbounded(re._parser.parse(pattern))) == [], pattern  # type: ignore[attr-defined]
