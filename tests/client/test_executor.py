"""The one way that every call takes: tries, waits, deadline, budget, verdict, one line in the log."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from jsms_api import limits
from jsms_api.error_table import ErrorCode
from jsmskit import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    ConfigurationError,
    InvalidRequestError,
    JsmsError,
    Outcome,
    RateLimitError,
    RecipientError,
    RetryPolicy,
    UnexpectedResponseError,
)

from tests.client.callers import DEV, Caller, FakeClock, Sent, answer, failed, lost, refusal, sent
from tests.client.operations import CALLS, GENERATED, PHONE, SENDS, soon

Calling = Callable[..., Caller]
DELETIONS = ["deleteSchedule", "deleteTemplate", "deleteSign"]
CHANGES = ["verifyCode", "updateSchedule", "createTemplate", "createSign", *DELETIONS]
READS = ["getSchedule", "getTemplate", "getSign", "getAppBalance", "getAccountBalance"]
PULLS = ["pullReports", "pullReplies"]
ACCEPTED = answer(200, {"msg_id": "1"})
UNREACHABLE = ConnectionRefusedError()
LOST = ConnectionResetError()


def test_what_never_left_is_sent_again_on_a_fresh_connection(calling: Calling, clock: FakeClock) -> None:
    """Two refused connections, then an answer: one receipt, three tries, two waits with jitter."""
    caller = calling(UNREACHABLE, UNREACHABLE, ACCEPTED, clock=clock, rng=lambda: 0.5)
    assert caller(CALLS["sendCode"]).msg_id == "1"
    assert [one.new_connection for one in sent(caller)] == [False, True, True]
    assert clock.slept == [0.1, 0.2]


@pytest.mark.parametrize("operation", [*SENDS, *CHANGES, *READS, *PULLS])
def test_after_three_tries_the_error_says_that_nothing_was_sent(
    calling: Calling, clock: FakeClock, operation: str
) -> None:
    """Whatever the operation does: what did not arrive is tried three times, and then reported as not sent."""
    caller = calling(UNREACHABLE, clock=clock, **DEV)
    error = failed(caller, CALLS[operation])
    assert isinstance(error, APIConnectionError)
    assert (error.outcome, error.attempts, len(sent(caller))) == (Outcome.NOT_SENT, 3, 3)
    assert error.records_at_risk == 0


DOUBTFUL = [
    LOST,
    TimeoutError(),
    RuntimeError(),
    lost("ReadTimeout", body_sent=True),
    lost("RemoteProtocolError", body_sent=True),
    lost("ReadError", body_sent=True, status=200),
    answer(500, {"error": {"code": 50019, "message": "server error"}}),
    answer(502, None),
    (302, {}, b""),
    (199, {}, b""),
    (700, {}, b""),
]
RUBBISH = (200, {}, b"rubbish")


@pytest.mark.parametrize("operation", [*SENDS, *CHANGES, *PULLS])
def test_what_may_have_arrived_is_never_sent_again(calling: Calling, clock: FakeClock, operation: str) -> None:
    for ending in [*DOUBTFUL, RUBBISH]:
        caller = calling(ending, clock=clock)
        error = failed(caller, CALLS[operation])
        told = error.outcome, error.attempts, len(sent(caller)), clock.slept
        assert told == (Outcome.UNKNOWN, 1, 1, []), ending
        assert error.records_at_risk == (limits.PULL_PAGE_SIZE if operation in PULLS else 0), ending


ENVELOPE = json.dumps({"error": {"code": 50028, "message": "wrong schedule_id"}}).encode()
UNCLEAR_DELETIONS = {
    "compressed, as the header says": ({"content-encoding": "gzip"}, gzip.compress(ENVELOPE)),
    "compressed, without a header": ({}, gzip.compress(ENVELOPE)),
    "compressed, empty": ({"content-encoding": "gzip"}, gzip.compress(b"")),
    "cut": ({}, ENVELOPE[:-2]),
    "twice": ({}, ENVELOPE * 2),
    "as text in JSON": ({}, json.dumps(ENVELOPE.decode()).encode()),
    "in a list": ({}, b"[" + ENVELOPE + b"]"),
    "in an object": ({}, b'{"data":' + ENVELOPE + b"}"),
    "without a code": ({}, b'{"error":{"message":"wrong schedule_id"}}'),
    "null": ({}, b'{"error":null}'),
    "a key twice": ({}, b'{"error":1,"error":null}'),
    "with a code of success": ({}, b'{"error":{"code":50000}}'),
    "a gateway's page": ({"content-type": "text/html"}, b"<html><body>Bad Gateway</body></html>"),
    "not UTF-8": ({}, b"\xff\xfe"),
}


@pytest.mark.parametrize("body", UNCLEAR_DELETIONS)
@pytest.mark.parametrize("operation", DELETIONS)
def test_a_deletion_is_done_only_if_the_response_says_nothing_else(calling: Calling, operation: str, body: str) -> None:
    """By its method and by `client.call`: an error in a body that should be empty was once taken for success."""
    place = "abc" if operation == "deleteSchedule" else 37582
    for ask in (CALLS[operation], lambda c: c.call(GENERATED[operation], place)):
        headers, content = UNCLEAR_DELETIONS[body]
        error = failed(calling((200, headers, content)), ask)
        assert (error.outcome, error.http_status, error.attempts) == (Outcome.UNKNOWN, 200, 1)
        assert isinstance(error, UnexpectedResponseError)
        assert (error.presumed_outcome is None) == ("speaks of an error" in error.message)


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"[]", b'{"schedule_id":"abc","deleted":true}'])
@pytest.mark.parametrize("operation", DELETIONS)
def test_a_deletion_with_plain_json_is_done(calling: Calling, operation: str, body: bytes) -> None:
    """No body is documented; JSON that speaks of no error contradicts nothing."""
    assert calling((200, {}, body))(CALLS[operation]) is None


@pytest.mark.parametrize("operation", READS)
def test_reads_may_be_repeated(calling: Calling, clock: FakeClock, operation: str) -> None:
    """They change nothing, so whatever happened to the first one, the second one harms nobody."""
    for ending in (
        LOST,
        TimeoutError(),
        lost("ReadTimeout", body_sent=True),
        lost("ReadError", body_sent=True, status=200),
        answer(503, {}),
    ):
        caller = calling(ending, clock=clock, **DEV)
        assert failed(caller, CALLS[operation]).attempts == 3, ending
        assert len(sent(caller)) == 3, ending


@pytest.mark.parametrize("operation", SENDS)
def test_a_send_with_an_unknown_outcome_is_repeated_only_for_a_word_that_says_duplicate(
    calling: Calling, clock: FakeClock, operation: str
) -> None:
    """The caller takes the second message upon himself, for this one call."""
    asks: dict[str, Callable[[Any], Any]] = {
        "sendCode": lambda c: c.codes.send(PHONE, allow_duplicate=True),
        "sendVoiceCode": lambda c: c.codes.send_voice(PHONE, allow_duplicate=True),
        "sendMessage": lambda c: c.messages.send(PHONE, 1, allow_duplicate=True),
        "sendMessageBatch": lambda c: c.messages.send_batch(1, [PHONE], allow_duplicate=True),
        "createSchedule": lambda c: c.schedules.create(PHONE, 1, soon(), allow_duplicate=True),
        "createScheduleBatch": lambda c: c.schedules.create_batch(1, [PHONE], soon(), allow_duplicate=True),
    }
    caller = calling(LOST, clock=clock)
    error = failed(caller, asks[operation])
    assert (error.outcome, error.attempts) == (Outcome.UNKNOWN, 3)


def test_a_refusal_after_a_doubtful_try_does_not_clear_it(calling: Calling, clock: FakeClock) -> None:
    """The second try was refused; the first one may have been carried out, and «repeat send» says that it was."""
    caller = calling(LOST, refusal(403, ErrorCode.REPEAT_SEND), clock=clock)
    error = failed(caller, lambda c: c.codes.send(PHONE, allow_duplicate=True))
    assert isinstance(error, RecipientError)
    assert (error.outcome, error.presumed_outcome, error.attempts) == (Outcome.UNKNOWN, "accepted", 2)
    assert "earlier attempt" in error.message

    caller = calling(LOST, UNREACHABLE, clock=clock)
    error = failed(caller, lambda c: c.codes.send(PHONE, allow_duplicate=True))
    assert (error.outcome, error.presumed_outcome, error.attempts) == (Outcome.UNKNOWN, None, 3)


def test_a_request_that_was_cut_off_is_repeated_once(calling: Calling, clock: FakeClock) -> None:
    """And never by a strict policy, which takes it for possibly carried out."""
    cut = lost("WriteTimeout", body_sent=False)
    caller = calling(cut, clock=clock)
    error = failed(caller, CALLS["sendCode"])
    assert isinstance(error, APITimeoutError)
    assert (error.outcome, error.attempts) == (Outcome.NOT_SENT, 2)

    caller = calling(cut, clock=clock, retry=RetryPolicy(strict=True))
    error = failed(caller, CALLS["sendCode"])
    assert (error.outcome, error.attempts) == (Outcome.UNKNOWN, 1)


@pytest.mark.parametrize(
    ("failure", "kind", "outcome"),
    [
        (lost("PoolTimeout", body_sent=False), APITimeoutError, Outcome.NOT_SENT),
        (lost("CertificateRefusedError", body_sent=False), APIConnectionError, Outcome.NOT_SENT),
        (lost("LocalProtocolError", body_sent=False), InvalidRequestError, Outcome.NOT_SENT),
        (lost("UnsupportedProtocol", body_sent=False), InvalidRequestError, Outcome.NOT_SENT),
        (lost("ClosedError", body_sent=False), ConfigurationError, Outcome.NOT_SENT),
        (lost("ResponseTooLarge", body_sent=True, status=200), UnexpectedResponseError, Outcome.UNKNOWN),
        (lost("ResponseTooLarge", body_sent=True, status=403), UnexpectedResponseError, Outcome.REJECTED),
        ((301, {"location": "https://elsewhere.example/v1/codes"}, b""), UnexpectedResponseError, Outcome.REJECTED),
        ((429, {"retry-after": "7"}, b""), RateLimitError, Outcome.REJECTED),
        (refusal(403, 99999, "code 123456 for 13800138000 is odd"), APIError, Outcome.REJECTED),
        (answer(404, "no"), UnexpectedResponseError, Outcome.REJECTED),
    ],
    ids=str,
)
def test_endings_that_no_second_try_would_change(
    calling: Calling, clock: FakeClock, failure: Any, kind: type[JsmsError], outcome: Outcome
) -> None:
    caller = calling(failure, clock=clock)
    error = failed(caller, CALLS["sendCode"])
    assert type(error) is kind
    assert (error.outcome, error.attempts) == (outcome, 1)


def test_what_a_stranger_writes_is_shown_only_as_far_as_it_is_harmless(calling: Calling) -> None:
    """Words of letters pass, digits and everything else do not; of a redirect only the host is named."""
    error = failed(calling(refusal(403, 99999, "code 123456 for 13800138000 abc123")), CALLS["sendCode"])
    assert "code ... for ... ..." in error.message
    error = failed(calling((301, {"location": "https://elsewhere.example/?key=secret"}, b"")), CALLS["sendCode"])
    assert "elsewhere.example" in error.message
    assert "secret" not in str(error)
    error = failed(calling((302, {"location": "http://["}, b"")), CALLS["sendCode"])
    assert "host" not in error.message
    error = failed(calling(refusal(403, 99999, "")), CALLS["sendCode"])
    assert "says" not in error.message
    error = failed(calling((429, {"retry-after": "7"}, b"")), CALLS["sendCode"])
    assert error.retry_after == 7.0


def test_a_call_never_outlives_its_deadline(calling: Calling, clock: FakeClock) -> None:
    """Each try gets what is left; a wait that would go past the end is not begun."""

    def slow(one: Sent) -> Any:
        clock.time += 8
        raise UNREACHABLE

    caller = calling(slow, clock=clock, rng=lambda: 1.0)
    error = failed(caller, CALLS["sendCode"])
    assert [round(one.timeout, 3) for one in sent(caller)] == [20.0, 11.8, 3.4]
    assert error.attempts == 3

    caller = calling(slow, clock=clock, deadline=8.1, rng=lambda: 1.0)
    error = failed(caller, CALLS["sendCode"])
    assert (error.attempts, error.outcome) == (1, Outcome.NOT_SENT)


def test_batches_get_more_time_and_a_connection_of_their_own(calling: Calling, clock: FakeClock) -> None:
    """A stale connection costs a thousand doubts there, a handshake costs nothing."""
    caller = calling(answer(200, {"recipients": []}), clock=clock)
    caller(CALLS["sendMessageBatch"])
    assert (sent(caller)[0].timeout, sent(caller)[0].new_connection) == (60.0, True)


def test_a_deadline_that_is_over_before_a_try_sends_nothing(calling: Calling) -> None:
    """The wait of an injected sleep may take longer than it was told to."""

    class OversleepingClock(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(100)

    caller = calling(UNREACHABLE, clock=OversleepingClock())
    error = failed(caller, CALLS["sendCode"])
    assert (len(sent(caller)), error.attempts, error.outcome) == (1, 2, Outcome.NOT_SENT)


def test_when_a_service_is_down_the_client_stops_repeating(calling: Calling, clock: FakeClock) -> None:
    """Budget of 100, 5 a repeat: after 20 repeats each call is tried once; successes earn them back."""
    outage = [UNREACHABLE] * 200
    caller = calling(*outage, clock=clock)
    attempts = [failed(caller, CALLS["sendCode"]).attempts for _ in range(12)]
    assert attempts == [3] * 10 + [1, 1]
    for _ in range(5):
        caller.script.steps = (ACCEPTED,)
        caller(CALLS["sendCode"])
    caller.script.steps = (UNREACHABLE,)
    assert failed(caller, CALLS["sendCode"]).attempts == 2


def test_a_view_has_its_own_time_and_policy_and_shares_the_rest(calling: Calling, clock: FakeClock) -> None:
    caller = calling(UNREACHABLE, clock=clock)
    patient = caller.client.with_options(deadline=300.0, retry=RetryPolicy(max_attempts=5))
    error = failed(caller, lambda c: patient.codes.send(PHONE))
    assert (error.attempts, round(sent(caller)[0].timeout)) == (5, 300)
    assert patient._executor._budget is caller.client._executor._budget
    assert failed(caller, lambda c: patient.with_options().codes.send(PHONE)).attempts == 5
    caller(lambda c: patient.close() if caller.client_kind == "sync" else patient.aclose())
    assert failed(caller, CALLS["sendCode"]).attempts == 3
    with pytest.raises(ConfigurationError, match="deadline"):
        caller.client.with_options(deadline=0)


def test_a_closed_client_sends_nothing(calling: Calling) -> None:
    """Closing twice is no error; a transport that was passed in is left to its maker."""
    caller = calling(ACCEPTED)
    caller.close_client()
    caller.close_client()
    error = failed(caller, CALLS["sendCode"])
    assert (type(error), error.outcome) == (ConfigurationError, Outcome.NOT_SENT)
    assert not sent(caller)
    assert caller.script.closed == 0


def test_a_call_without_its_keys_fails_before_anything_is_sent(calling: Calling) -> None:
    """The account's balance needs the account's pair; the error names the two arguments."""
    caller = calling(ACCEPTED)
    error = failed(caller, CALLS["getAccountBalance"])
    assert (type(error), error.field, error.outcome) == (ConfigurationError, "dev_key", Outcome.NOT_SENT)
    assert not sent(caller)


def test_one_line_in_the_log_for_each_call(calling: Calling, clock: FakeClock, caplog: Any) -> None:
    """Operation, status, code, outcome, milliseconds, attempt; a warning where somebody has to look."""
    caplog.set_level(logging.INFO, "jsmskit")
    calling(ACCEPTED, clock=clock)(CALLS["sendCode"])
    failed(calling(refusal(403, ErrorCode.INVALID_MOBILE), clock=clock), CALLS["sendCode"])
    failed(calling(UNREACHABLE, LOST, clock=clock, rng=lambda: 0.0), CALLS["sendCode"])
    lines = [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "jsmskit"]
    assert lines == [
        ("INFO", "sendCode status=200 code=- outcome=accepted ms=0.0 attempt=1"),
        ("INFO", "sendCode status=403 code=50006 outcome=rejected ms=0.0 attempt=1"),
        ("WARNING", "sendCode status=- code=- outcome=unknown ms=0.0 attempt=2"),
    ]


def test_an_interrupted_call_is_logged_as_unknown_and_the_interruption_goes_on(
    calling: Calling, clock: FakeClock, caplog: Any
) -> None:
    """Ctrl-C must end a program; but whether the message went out nobody knows then."""
    caller = calling(KeyboardInterrupt(), clock=clock)
    with pytest.raises(KeyboardInterrupt) as caught:
        caller(CALLS["sendCode"])
    assert "may have been carried out" in caught.value.__notes__[0]
    assert caplog.messages[-1] == "sendCode status=- code=- outcome=unknown ms=0.0 attempt=1"
    with pytest.raises(KeyboardInterrupt) as caught:
        calling(KeyboardInterrupt(), clock=clock)(CALLS["getAppBalance"])
    assert not hasattr(caught.value, "__notes__")


def test_a_transport_that_gives_back_no_answer_proves_nothing(calling: Calling) -> None:
    """Somebody else's transport may have defects; they do not come out as strange exceptions."""
    for rubbish in (None, (200,), ("200", {}, b""), (200, None, b""), (200, {}, "text"), (True, {}, b"")):
        error = failed(calling(lambda one, rubbish=rubbish: rubbish), CALLS["sendCode"])
        assert (type(error), error.outcome) == (APIConnectionError, Outcome.UNKNOWN)
