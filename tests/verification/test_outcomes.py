"""Outcomes: what is counted, kept and told when the service or the store fails."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from jsmskit import ErrorCode, OnlyTo, RedirectTo, WithheldError
from jsmskit.mock import Fault, FaultKind
from jsmskit.verification import (
    AdviceKind,
    CheckReason,
    MemoryStore,
    Policy,
    RedisStore,
    StartReason,
    TooManyRequestsError,
    VerificationStoreError,
)
from jsmskit.verification.store import Conclude, Settle
from verification_scene import Between

PHONE = "13800138000"


def test_a_request_that_did_not_arrive_counts_nowhere_and_leaves_the_old_code(verifier: Any) -> None:
    one = verifier(policy=Policy(per_number_hour=2, per_number_day=2, budget_hour=2))
    one.start()
    old = one.code()
    one.mock.advance(60)
    one.mock.faults.add(Fault(FaultKind.REFUSE, operation="sendCode"))
    failed = one.start()
    assert (failed.ok, failed.reason, failed.advice.kind) == (False, StartReason.NOT_SENT, AdviceKind.TRY_LATER)
    assert (failed.error.outcome, failed.expires_at, failed.resend_at) == ("not_sent", None, None)
    one.mock.faults.clear()
    assert one.check(old)
    assert one.start()


@pytest.mark.parametrize("channel", ["text", "voice"])
@pytest.mark.parametrize("on_withheld", ["raise", "return"])
def test_a_withheld_code_was_not_sent_and_counts_nowhere(verifier: Any, on_withheld: str, channel: str) -> None:
    """However the client tells it."""
    guarded = {"recipients": OnlyTo("13900001111"), "on_withheld": on_withheld}
    one = verifier(policy=Policy(per_number_hour=1, budget_hour=1), of_client=guarded)
    for _again in range(2):
        failed = one.start(channel=channel)
        assert (failed.ok, failed.reason, failed.expires_at) == (False, StartReason.NOT_SENT, None)
        assert isinstance(failed.error, WithheldError)
    assert one.check("123456").reason is CheckReason.NOT_STARTED
    assert one.asked() == 0
    assert one.start("13900001111", channel=channel)


def test_a_redirected_code_verifies_the_number_that_asked_for_it(verifier: Any) -> None:
    one = verifier(of_client={"recipients": RedirectTo("13900001111")})
    assert one.start()
    assert one.sent(PHONE) == 0
    assert one.check(one.code("13900001111"))


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (ErrorCode.INVALID_MOBILE, AdviceKind.CORRECT_NUMBER),
        (ErrorCode.OUT_OF_FREQ, AdviceKind.WAIT),
        (ErrorCode.NO_MONEY, AdviceKind.TRY_LATER),
        (ErrorCode.AUTH_FAILED, AdviceKind.TRY_LATER),
    ],
)
def test_a_rejection_leaves_no_session(verifier: Any, code: ErrorCode, advice: AdviceKind) -> None:
    one = verifier()
    one.start()
    old = one.code()
    one.mock.advance(60)
    one.mock.fail_next(code, operation="sendCode")
    failed = one.start()
    assert (failed.reason, failed.advice.kind, failed.error.code) == (StartReason.REJECTED, advice, code)
    assert one.check(old).reason is CheckReason.NOT_STARTED


def test_a_lost_response_keeps_the_limit_and_the_user_can_ask_after_the_cool_down(verifier: Any) -> None:
    one = verifier()
    one.mock.faults.add(Fault(FaultKind.DROP, operation="sendCode", times=1))
    failed = one.start()
    assert (failed.reason, failed.advice.kind) == (StartReason.UNKNOWN, AdviceKind.NEW_CODE)
    assert failed.advice.en == "Wait 60 seconds, then ask for a new code."
    assert failed.resend_at.timestamp() == one.mock.clock.now() + 60
    assert one.check(one.code()).reason is CheckReason.NOT_STARTED
    with pytest.raises(TooManyRequestsError):
        one.start()
    one.mock.advance(60)
    assert one.start()
    assert one.check(one.code())
    assert one.sent() == 2


def test_whatever_is_typed_is_a_value(verifier: Any) -> None:
    one = verifier()
    numbers = ["", " ", "12345", "138001380001", "+1 202 555 0100", "23800138000", "abc", "\ud800", "1" * 10_000,
               None, 13.5, b"13800138000", True, -1, 10**30, ["13800138000"], object()]  # fmt: skip
    for typed in numbers:
        started = one.start(typed)
        assert (started.reason, started.advice.kind) == (StartReason.INVALID_NUMBER, AdviceKind.CORRECT_NUMBER), typed
        assert one.check("123456", typed).reason is CheckReason.NOT_STARTED, typed
    assert one.sent() == 0
    one = verifier(policy=Policy(max_attempts=100))
    one.start()
    for typed in ("000000", "abcdef", "' OR 1=1", "😀" * 6):
        assert one.check(typed).reason is CheckReason.WRONG, typed
    for typed in ("", "  ", "\ud800\udfff", "9" * 5000, None, 1.5, 371513, b"371513", [], object()):
        assert one.check(typed).reason is CheckReason.MISSING, typed  # and uses no attempt
    assert one.check(one.wrong()).attempts_left == 95


def failing(kind: type) -> Between:
    """A store that fails at one kind of step."""

    def fail(step: Any) -> None:
        if isinstance(step, kind):
            raise VerificationStoreError("down")

    return Between(MemoryStore(), fail)


@pytest.fixture
def dead_redis() -> RedisStore:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return RedisStore(f"redis://:a-password@127.0.0.1:{port}", pepper="x" * 16)


def test_a_store_that_is_down_sends_nothing_and_accepts_nothing(verifier_over: Any, dead_redis: RedisStore) -> None:
    one = verifier_over(dead_redis)
    for _ in range(2):
        with pytest.raises(VerificationStoreError, match="ConnectionError") as caught:
            one.start()
        assert caught.value.outcome == "not_sent"
        assert "a-password" not in str(caught.value)
    with pytest.raises(VerificationStoreError):
        one.check("123456")
    assert one.asked() == 0
    assert [event.outcome for event in one.events] == ["store_failed"] * 3


def test_a_store_that_fails_after_the_text_says_that_it_may_be_out(verifier_over: Any) -> None:
    one = verifier_over(failing(Settle))
    with pytest.raises(VerificationStoreError) as caught:
        one.start()
    assert (caught.value.outcome, one.sent()) == ("unknown", 1)
    with pytest.raises(TooManyRequestsError):
        one.start()


def test_a_store_that_fails_after_nothing_was_sent_says_so(verifier_over: Any) -> None:
    one = verifier_over(failing(Settle))
    one.mock.faults.add(Fault(FaultKind.REFUSE, operation="sendCode"))
    with pytest.raises(VerificationStoreError) as caught:
        one.start()
    assert (caught.value.outcome, one.sent()) == ("not_sent", 0)


def test_a_store_that_fails_after_the_verdict_lets_no_one_in(verifier_over: Any) -> None:
    one = verifier_over(failing(Conclude))
    one.start()
    with pytest.raises(VerificationStoreError) as caught:
        one.check(one.code())
    assert caught.value.outcome == "unknown"


def test_events_name_the_outcome(verifier: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "jsmskit.verification")
    one = verifier()
    one.start()
    with pytest.raises(TooManyRequestsError):
        one.start()
    one.check(one.wrong())
    one.check(one.code())
    one.start("no number")
    told = [(event.kind, event.purpose, event.channel, event.outcome) for event in one.events]
    assert told == [
        ("start", "login", "text", "sent"),
        ("start", "login", "text", "resend"),
        ("check", "login", "", "wrong"),
        ("check", "login", "", "right"),
        ("start", "login", "text", "invalid_number"),
    ]
    lines = [record.getMessage() for record in caplog.records if record.name == "jsmskit.verification"]
    assert len(lines) == 5
    assert "phone=138****8000 outcome=sent" in lines[0]
    assert PHONE not in caplog.text


def test_an_observer_that_fails_stops_nothing(verifier: Any, caplog: pytest.LogCaptureFixture) -> None:
    def fail(event: object) -> None:
        raise RuntimeError("no collector")

    one = verifier(observer=fail)
    assert one.start()
    assert "the observer failed at the end of a start" in caplog.text
