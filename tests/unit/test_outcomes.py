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
from jsmskit._http import errors as failures
from jsmskit._outcomes import (
    FAILURES,
    RULES,
    Family,
    Repeat,
    Sight,
    judge,
    sight_of_answer,
    sight_of_cut_answer,
    sight_of_failure,
)
from jsmskit._problems import Ending, problem
from jsmskit.errors import Outcome

ACTING = (Effect.SEND, Effect.CHANGE, Effect.DESTRUCTIVE_READ)


def test_the_table_is_complete() -> None:
    """Every ending has a verdict for every effect, and nothing else is in the table."""
    assert set(RULES) == set(itertools.product(Effect, Sight))


@pytest.mark.parametrize("effect", ACTING)
def test_what_may_have_been_carried_out_is_never_repeated_unasked(effect: Effect) -> None:
    """The one rule that everything else serves: an unknown outcome of a call with an effect ends the call."""
    for sight in Sight:
        verdict = RULES[effect, sight]
        assert verdict.outcome is Outcome.NOT_SENT or verdict.repeat is Repeat.NEVER, sight


@pytest.mark.parametrize("effect", Effect)
def test_every_ending_but_success_has_an_error(effect: Effect) -> None:
    """No ending falls between the chairs, and the outcome of an ending does not depend on the effect."""
    for sight in Sight:
        verdict = RULES[effect, sight]
        assert (verdict.outcome is None) == (sight is Sight.ACCEPTED), sight
        assert (verdict.family is Family.NONE) == (sight is Sight.ACCEPTED), sight
        assert verdict.words.endswith("."), sight
        assert verdict.outcome is RULES[Effect.SEND, sight].outcome, sight


def test_every_failure_of_the_transport_is_in_the_table() -> None:
    """A new class must be judged by a person."""
    classes = {
        found
        for found in vars(failures).values()
        if isinstance(found, type) and issubclass(found, failures.TransportError)
    }
    assert classes == set(FAILURES)
    assert len({kind.kind for kind in classes}) == len(classes)


@pytest.mark.parametrize("effect", Effect)
def test_without_proof_no_exception_of_an_exchange_counts_as_not_sent(effect: Effect) -> None:
    """Once the request is whole, only exceptions that are raised before anything is written prove
    anything.
    """
    before_writing = {
        Sight.UNSENDABLE,
        Sight.CLOSED,
        Sight.POOL_BUSY,
        Sight.UNREACHABLE,
        Sight.CONNECT_TIMEOUT,
        Sight.CERTIFICATE_REFUSED,
        Sight.PROXY_REFUSED,
    }
    for kind in FAILURES:
        sight = sight_of_failure(kind())
        assert sight in before_writing or judge(effect, sight).outcome is Outcome.UNKNOWN, kind


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
    assert judge(Effect.SEND, sight_of_failure(kind(body_sent=False))).outcome is Outcome.NOT_SENT
    assert judge(Effect.SEND, sight_of_failure(kind(body_sent=True))).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("kind", "sight"),
    [
        (failures.PoolTimeout, Sight.POOL_BUSY),
        (failures.ConnectTimeout, Sight.CONNECT_TIMEOUT),
        (failures.ConnectError, Sight.UNREACHABLE),
        (failures.ProxyError, Sight.PROXY_REFUSED),
        (failures.UnsupportedProtocol, Sight.UNSENDABLE),
        (failures.LocalProtocolError, Sight.UNSENDABLE),
        (failures.ClosedError, Sight.CLOSED),
        (failures.CertificateRefusedError, Sight.CERTIFICATE_REFUSED),
        (failures.TransportError, Sight.BROKEN),
    ],
)
def test_some_failures_say_it_all(kind: type[failures.TransportError], sight: Sight) -> None:
    """What is raised before anything is written means the same whether the end of the request was seen or not."""
    assert sight_of_failure(kind(body_sent=False)) is sight
    assert sight_of_failure(kind(body_sent=True)) is sight


def test_a_cut_off_request_is_repeated_once_and_not_at_all_by_a_strict_policy() -> None:
    """That no server acts on half a request is an assumption; who does not share it can say so."""
    for sight in (Sight.LOST_BEFORE_WHOLE, Sight.STALLED_BEFORE_WHOLE):
        for effect in ACTING:
            assert judge(effect, sight).repeat is Repeat.ONCE
            strict = judge(effect, sight, strict=True)
            assert (strict.outcome, strict.repeat) == (Outcome.UNKNOWN, Repeat.NEVER)
        assert judge(Effect.NONE, sight, strict=True).repeat is Repeat.FREELY


@pytest.mark.parametrize(
    ("error", "sight"),
    [
        (ConnectionRefusedError(), Sight.UNREACHABLE),
        (socket.gaierror(), Sight.UNREACHABLE),
        (ConnectionResetError(), Sight.LOST_AFTER_WHOLE),
        (BrokenPipeError(), Sight.LOST_AFTER_WHOLE),
        (TimeoutError(), Sight.STALLED_AFTER_WHOLE),
        (ssl.SSLCertVerificationError(), Sight.LOST_AFTER_WHOLE),
        (httpx.ConnectTimeout("x"), Sight.BROKEN),
        (httpx.ConnectError("x"), Sight.BROKEN),
        (RuntimeError("13800138000"), Sight.BROKEN),
    ],
)
def test_a_foreign_transport_proves_nothing_but_a_refused_connection(error: Exception, sight: Sight) -> None:
    """One bridge between two HTTP libraries calls a lost answer a connect timeout: its word is no proof."""
    failure = failures.foreign_error(error)
    assert sight_of_failure(failure) is sight
    assert (judge(Effect.SEND, sight).outcome is Outcome.NOT_SENT) is (sight is Sight.UNREACHABLE)
    assert failure.detail == type(error).__name__


def test_every_2xx_is_accepted_as_far_as_its_answer_can_be_read() -> None:
    """Also the ones that no service sends."""
    for status in range(200, 300):
        assert sight_of_answer(status, code=None) is Sight.ACCEPTED, status
        assert sight_of_answer(status, code=None, readable=False) is Sight.UNREADABLE, status
        assert sight_of_cut_answer(failures.ReadError(), status) is Sight.CUT, status
        assert sight_of_cut_answer(failures.ReadTimeout(), status) is Sight.CUT_LATE, status
        assert sight_of_cut_answer(failures.ResponseTooLarge(), status) is Sight.UNREADABLE, status


def test_every_other_status_without_a_code_has_an_ending() -> None:
    """4xx is refused, everything else is unknown but for the redirects that ask to go elsewhere."""
    for status in (*range(-1, 200), *range(300, 1100)):
        sight = sight_of_answer(status, code=None)
        refused = 400 <= status <= 499 or status in (301, 307, 308)
        assert (sight is Sight.FAILED) == (500 <= status <= 599), status
        assert (sight is Sight.TOO_OFTEN) == (status == 429), status
        assert (sight is Sight.NOT_READ) == (status in (408, 425)), status
        assert judge(Effect.SEND, sight).outcome is (Outcome.REJECTED if refused else Outcome.UNKNOWN), status
        assert sight_of_cut_answer(failures.ReadTimeout(), status) is sight, status


def test_an_accepted_request_with_a_lost_answer_leans_towards_accepted() -> None:
    """The caller is told so, because it decides whether to look for a delivery report."""
    for sight in (Sight.UNREADABLE, Sight.CUT, Sight.CUT_LATE):
        assert judge(Effect.SEND, sight).likely == "accepted"
        assert judge(Effect.SEND, sight).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_a_documented_code_decides_whatever_status_it_comes_with(code: int) -> None:
    """Which status a refusal has is doubtful (C2); what the code says is not."""
    for status in (200, 299, 400, 401, 403, 404, 405, 415, 429, 499):
        sight = sight_of_answer(status, code=code)
        if ERRORS[code].category is ErrorCategory.SERVER:
            assert sight is Sight.FAILED, status
        elif code == ErrorCode.SUCCESS:
            assert sight is (Sight.ACCEPTED if status < 300 else Sight.ODD), status
        else:
            assert sight is Sight.REFUSED, status
            verdict = judge(Effect.SEND, sight)
            assert (verdict.outcome, verdict.repeat) == (Outcome.REJECTED, Repeat.NEVER)
            assert errors.error_class(code) is errors.CATEGORY_ERRORS[ERRORS[code].category]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 599])
def test_a_failing_server_proves_nothing(status: int) -> None:
    """Whatever else it says: a 5xx may come after the work was done."""
    for code in (*ERRORS, 1, 99999):
        sight = sight_of_answer(status, code=code)
        assert sight is Sight.FAILED, code
        assert judge(Effect.SEND, sight).outcome is Outcome.UNKNOWN, code
        assert judge(Effect.NONE, sight).repeat is Repeat.FREELY, code


@pytest.mark.parametrize("code", [1, 40000, 99999, 999_999_999])
def test_a_code_that_nobody_knows_is_a_refusal_only_with_a_refusing_status(code: int) -> None:
    """New codes appear at any time (G17); with a 2xx beside them nobody can say what they mean."""
    assert code not in ERRORS
    assert sight_of_answer(403, code=code) is Sight.REFUSED_UNKNOWN_CODE
    assert sight_of_answer(200, code=code) is Sight.ODD
    assert errors.error_class(code) is errors.APIError


def test_each_category_has_its_class_and_each_class_its_category() -> None:
    """Users catch classes; a category without one would fall to the base class unnoticed."""
    assert set(errors.CATEGORY_ERRORS) == set(ErrorCategory) - {ErrorCategory.SUCCESS}
    assert len(set(errors.CATEGORY_ERRORS.values())) == len(errors.CATEGORY_ERRORS)


@pytest.mark.parametrize("status", [408, 425, 429])
def test_a_send_is_not_repeated_on_the_server_s_word_that_it_read_nothing(status: int) -> None:
    """A read may be, since that harms nobody; too many requests are not answered with more of them."""
    sight = sight_of_answer(status, code=None)
    assert judge(Effect.SEND, sight).repeat is Repeat.NEVER
    assert (judge(Effect.NONE, sight).repeat is Repeat.FREELY) == (status != 429)


@pytest.mark.parametrize("effect", Effect)
def test_what_to_do_about_a_lost_answer_depends_on_what_the_call_does(effect: Effect) -> None:
    """Delivery reports say what became of a send; nothing of a pull, of a template, or of a read."""
    info = next(one for one in OPERATIONS.values() if one.effect is effect)
    ending = Ending(Sight.STALLED_AFTER_WHOLE)

    error = problem(info, ending, RULES[effect, ending.sight], attempts=1, doubtful=False)

    assert error.outcome is Outcome.UNKNOWN
    assert ("delivery reports" in error.remedy) is (effect is Effect.SEND)
    assert ("each record out once" in error.remedy) is (effect is Effect.DESTRUCTIVE_READ)
