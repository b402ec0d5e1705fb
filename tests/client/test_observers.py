"""What an observer of calls is told, sync and async; and that it cannot harm a call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from jsms_api.error_table import ErrorCode
from jsms_api.operations import BASE_URL
from jsmskit import APIConnectionError, CallFinished, CallStarted, JsmsError, Outcome, RetryPolicy

from tests.client.callers import Caller, FakeClock, answer, failed, refusal, sent
from tests.client.operations import CALLS, PHONE

Calling = Callable[..., Caller]
ACCEPTED = answer(200, {"msg_id": "1"})
UNREACHABLE = ConnectionRefusedError()
LOST = ConnectionResetError()


class Witness:
    def __init__(self) -> None:
        self.told: list[tuple[CallStarted, CallFinished | None]] = []

    def __call__(self, begun: CallStarted, /) -> Callable[[CallFinished], None]:
        place = len(self.told)
        self.told.append((begun, None))

        def ended(call: CallFinished) -> None:
            assert self.told[place][1] is None
            self.told[place] = (begun, call)

        return ended

    @property
    def ends(self) -> list[CallFinished | None]:
        return [end for _, end in self.told]


def test_a_call_is_told_when_it_begins_and_what_became_of_it(calling: Calling, clock: FakeClock) -> None:
    """One begin and one end, with the operation as the spec has it and the time that passed."""
    witness = Witness()

    def slow(one: object) -> Any:
        clock.time += 0.25
        return ACCEPTED

    calling(slow, clock=clock, observer=witness)(CALLS["sendCode"])
    assert witness.told == [
        (CallStarted("sendCode", "POST", "/codes", BASE_URL), CallFinished(None, 1, 0.25, 200, None, None))
    ]


def test_the_end_tells_what_the_error_tells(calling: Calling, clock: FakeClock) -> None:
    """A refusal with its code, a doubtful end, an end after three tries with the waits between them."""
    witness = Witness()
    options = {"clock": clock, "observer": witness, "rng": lambda: 1.0, "retry": RetryPolicy(base_delay=0.25)}
    failed(calling(refusal(403, ErrorCode.INVALID_MOBILE), **options), CALLS["sendCode"])
    failed(calling(LOST, **options), CALLS["sendCode"])
    failed(calling(UNREACHABLE, **options), CALLS["sendCode"])
    assert witness.ends == [
        CallFinished(Outcome.REJECTED, 1, 0.0, 403, ErrorCode.INVALID_MOBILE, "jsmskit.errors.RecipientError"),
        CallFinished(Outcome.UNKNOWN, 1, 0.0, None, None, "jsmskit.errors.APIConnectionError"),
        CallFinished(Outcome.NOT_SENT, 3, 0.75, None, None, "jsmskit.errors.APIConnectionError"),
    ]


def test_a_refused_argument_is_no_call(calling: Calling) -> None:
    witness = Witness()
    assert isinstance(
        failed(calling(ACCEPTED, observer=witness), lambda c: c.codes.send(PHONE, template_id=0)), JsmsError
    )
    assert witness.told == []


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, asyncio.CancelledError])
def test_an_interrupted_call_has_an_end_too(calling: Calling, interruption: type[BaseException]) -> None:
    """What became of the message nobody knows; and a span that never ends would be lost."""
    witness = Witness()
    with pytest.raises(interruption):
        calling(interruption(), observer=witness)(CALLS["sendCode"])
    (end,) = witness.ends
    assert end is not None
    assert (end.outcome, end.attempts) == (Outcome.UNKNOWN, 1)
    assert end.error in ("KeyboardInterrupt", "asyncio.exceptions.CancelledError")


@pytest.mark.parametrize("where", ["start", "end"])
def test_an_observer_that_fails_harms_no_call(calling: Calling, where: str, caplog: Any) -> None:
    """The message went out: its receipt must not be lost for a defect in somebody's metrics."""

    def observer(begun: CallStarted, /) -> Callable[[CallFinished], None]:
        if where == "start":
            raise RuntimeError("no metrics today")

        def ended(call: CallFinished) -> None:
            raise RuntimeError("no metrics today")

        return ended

    caller = calling(ACCEPTED, LOST, observer=observer)
    with caplog.at_level(logging.ERROR, "jsmskit"):
        assert caller(CALLS["sendCode"]).msg_id == "1"
        assert isinstance(failed(caller, CALLS["sendCode"]), APIConnectionError)
    assert len(sent(caller)) == 2
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [f"the observer failed at the {where}" in record.getMessage() for record in errors] == [True] * 2
    assert "no metrics today" in str(errors[0].exc_info)
