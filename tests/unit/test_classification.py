"""The classification: every way in which an exchange can end, judged from one table."""

from __future__ import annotations

import itertools
import socket
import ssl

import httpx
import pytest
from jsms_api.error_table import ERRORS, ErrorCategory, ErrorCode
from jsms_api.operations import OPERATIONS, Effect
from jsmskit import errors
from jsmskit._calls.classification import (
    FAILURES,
    AttemptStatus,
    Retry,
    assess,
    classify_exception,
    classify_response,
    classify_truncated_response,
)
from jsmskit._calls.failures import AttemptResult, build_error
from jsmskit._http import errors as failures
from jsmskit.errors import JsmsError, Outcome

ACTING = (Effect.SEND, Effect.CHANGE, Effect.DESTRUCTIVE_READ)


@pytest.mark.parametrize("effect", ACTING)
def test_what_may_have_been_carried_out_is_never_repeated_unasked(effect: Effect) -> None:
    """The one rule that everything else serves: an unknown outcome of a call with an effect ends the call."""
    for status, strict in itertools.product(AttemptStatus, (False, True)):
        outcome, retry = assess(effect, status, strict=strict)
        assert outcome is Outcome.NOT_SENT or retry is Retry.NEVER, status


def test_every_ending_but_success_has_an_outcome_an_error_and_words() -> None:
    for status in AttemptStatus:
        assert (status.outcome is None) == (status is AttemptStatus.ACCEPTED), status
        assert (status.error is JsmsError) == (status is AttemptStatus.ACCEPTED), status
        assert status.message.endswith("."), status


def test_every_failure_of_the_transport_is_in_the_table() -> None:
    """A new class must be judged by a person."""
    classes = {
        found
        for found in vars(failures).values()
        if isinstance(found, type) and issubclass(found, failures.TransportError)
    }
    assert classes == set(FAILURES)


@pytest.mark.parametrize("effect", Effect)
def test_without_proof_no_exception_of_an_exchange_counts_as_not_sent(effect: Effect) -> None:
    """Once the request is whole, only exceptions that are raised before anything is written prove anything."""
    before_writing = {
        AttemptStatus.INVALID_REQUEST,
        AttemptStatus.CLIENT_CLOSED,
        AttemptStatus.POOL_TIMEOUT,
        AttemptStatus.UNREACHABLE,
        AttemptStatus.CONNECT_TIMEOUT,
        AttemptStatus.CERTIFICATE_REFUSED,
        AttemptStatus.PROXY_REFUSED,
    }
    for kind in FAILURES:
        status = classify_exception(kind())
        assert status in before_writing or assess(effect, status).outcome is Outcome.UNKNOWN, kind


@pytest.mark.parametrize(
    "kind",
    [
        failures.ReadError,
        failures.WriteError,
        failures.RemoteProtocolError,
        failures.ReadTimeout,
        failures.WriteTimeout,
    ],
)
def test_a_request_that_was_never_whole_was_not_carried_out(kind: type[failures.TransportError]) -> None:
    """Measured: without the event of the written body the server had the whole request in 0 of 304 trials."""
    assert assess(Effect.SEND, classify_exception(kind(body_sent=False))).outcome is Outcome.NOT_SENT
    assert assess(Effect.SEND, classify_exception(kind(body_sent=True))).outcome is Outcome.UNKNOWN


def test_a_cut_off_request_is_repeated_once_and_not_at_all_by_a_strict_policy() -> None:
    """That no server acts on half a request is an assumption; who does not share it can say so."""
    for status in (AttemptStatus.CONNECTION_LOST_SENDING, AttemptStatus.WRITE_TIMEOUT):
        for effect in ACTING:
            assert assess(effect, status).retry is Retry.ONCE
            strict = assess(effect, status, strict=True)
            assert (strict.outcome, strict.retry) == (Outcome.UNKNOWN, Retry.NEVER)
        assert assess(Effect.NONE, status, strict=True).retry is Retry.ALWAYS


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ConnectionRefusedError(), AttemptStatus.UNREACHABLE),
        (socket.gaierror(), AttemptStatus.UNREACHABLE),
        (ConnectionResetError(), AttemptStatus.CONNECTION_LOST_WAITING),
        (BrokenPipeError(), AttemptStatus.CONNECTION_LOST_WAITING),
        (TimeoutError(), AttemptStatus.READ_TIMEOUT),
        (ssl.SSLCertVerificationError(), AttemptStatus.CONNECTION_LOST_WAITING),
        (httpx.ConnectTimeout("x"), AttemptStatus.TRANSPORT_ERROR),
        (httpx.ConnectError("x"), AttemptStatus.TRANSPORT_ERROR),
        (RuntimeError("13800138000"), AttemptStatus.TRANSPORT_ERROR),
    ],
)
def test_a_foreign_transport_proves_nothing_but_a_refused_connection(error: Exception, status: AttemptStatus) -> None:
    """One bridge between two HTTP libraries calls a lost answer a connect timeout: its word is no proof."""
    failure = failures.foreign_error(error)
    assert classify_exception(failure) is status
    assert (assess(Effect.SEND, status).outcome is Outcome.NOT_SENT) is (status is AttemptStatus.UNREACHABLE)
    assert failure.detail == type(error).__name__


def test_every_2xx_is_accepted_as_far_as_its_answer_can_be_read() -> None:
    """Also the ones that no service sends."""
    for status in range(200, 300):
        assert classify_response(status, code=None) is AttemptStatus.ACCEPTED, status
        assert classify_response(status, code=None, readable=False) is AttemptStatus.INVALID_RESPONSE, status
        assert classify_truncated_response(failures.ReadError(), status) is AttemptStatus.RESPONSE_TRUNCATED, status
        assert classify_truncated_response(failures.ReadTimeout(), status) is AttemptStatus.RESPONSE_TIMEOUT, status
        assert classify_truncated_response(failures.ResponseTooLarge(), status) is AttemptStatus.INVALID_RESPONSE, (
            status
        )


def test_every_other_status_without_a_code_has_an_ending() -> None:
    """4xx is refused, everything else is unknown but for the redirects that ask to go elsewhere."""
    for status in (*range(-1, 200), *range(300, 1100)):
        found = classify_response(status, code=None)
        refused = 400 <= status <= 499 or status in (301, 307, 308)
        assert (found is AttemptStatus.SERVER_ERROR) == (500 <= status <= 599), status
        assert (found is AttemptStatus.RATE_LIMITED) == (status == 429), status
        assert (found is AttemptStatus.REQUEST_TIMEOUT) == (status in (408, 425)), status
        assert assess(Effect.SEND, found).outcome is (Outcome.REJECTED if refused else Outcome.UNKNOWN), status
        assert classify_truncated_response(failures.ReadTimeout(), status) is found, status


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_a_documented_code_decides_whatever_status_it_comes_with(code: int) -> None:
    """Which status a refusal has is doubtful (C2); what the code says is not."""
    for status in (200, 299, 400, 401, 403, 404, 405, 415, 429, 499):
        found = classify_response(status, code=code)
        if ERRORS[code].category is ErrorCategory.SERVER:
            assert found is AttemptStatus.SERVER_ERROR, status
        elif code == ErrorCode.SUCCESS:
            assert found is (AttemptStatus.ACCEPTED if status < 300 else AttemptStatus.UNEXPECTED_STATUS), status
        else:
            assert found is AttemptStatus.API_ERROR, status
            assessment = assess(Effect.SEND, found)
            assert (assessment.outcome, assessment.retry) == (Outcome.REJECTED, Retry.NEVER)
            assert errors.error_class(code) is errors.CATEGORY_ERRORS[ERRORS[code].category]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 599])
def test_a_failing_server_proves_nothing(status: int) -> None:
    """Whatever else it says: a 5xx may come after the work was done."""
    for code in (*ERRORS, 1, 99999):
        found = classify_response(status, code=code)
        assert found is AttemptStatus.SERVER_ERROR, code
        assert assess(Effect.SEND, found).outcome is Outcome.UNKNOWN, code
        assert assess(Effect.NONE, found).retry is Retry.ALWAYS, code


@pytest.mark.parametrize("code", [1, 40000, 99999, 999_999_999])
def test_a_code_that_nobody_knows_is_a_refusal_only_with_a_refusing_status(code: int) -> None:
    """New codes appear at any time (G17); with a 2xx beside them nobody can say what they mean."""
    assert code not in ERRORS
    assert classify_response(403, code=code) is AttemptStatus.UNKNOWN_API_ERROR
    assert classify_response(200, code=code) is AttemptStatus.UNEXPECTED_STATUS
    assert errors.error_class(code) is errors.APIError


def test_each_category_has_its_class_and_each_class_its_category() -> None:
    """Users catch classes; a category without one would fall to the base class unnoticed."""
    assert set(errors.CATEGORY_ERRORS) == set(ErrorCategory) - {ErrorCategory.SUCCESS}
    assert len(set(errors.CATEGORY_ERRORS.values())) == len(errors.CATEGORY_ERRORS)


@pytest.mark.parametrize("status", [408, 425, 429])
def test_a_send_is_not_repeated_on_the_server_s_word_that_it_read_nothing(status: int) -> None:
    """A read may be, since that harms nobody; too many requests are not answered with more of them."""
    found = classify_response(status, code=None)
    assert assess(Effect.SEND, found).retry is Retry.NEVER
    assert (assess(Effect.NONE, found).retry is Retry.ALWAYS) == (status != 429)


@pytest.mark.parametrize("effect", Effect)
def test_what_to_do_about_a_lost_answer_depends_on_what_the_call_does(effect: Effect) -> None:
    """Delivery reports say what became of a send; nothing of a pull, of a template, or of a read."""
    info = next(one for one in OPERATIONS.values() if one.effect is effect)
    attempt = AttemptResult(AttemptStatus.READ_TIMEOUT)

    error = build_error(info, attempt, Outcome.UNKNOWN, attempts=1, doubtful=False)

    assert error.outcome is Outcome.UNKNOWN
    assert ("delivery reports" in error.remedy) is (effect is Effect.SEND)
    assert ("each record out once" in error.remedy) is (effect is Effect.DESTRUCTIVE_READ)
