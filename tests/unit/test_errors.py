"""Errors say what happened and what to do, survive every transport of objects, and show nothing private."""

from __future__ import annotations

import copy
import inspect
import pickle
from pathlib import Path

import pytest
from jsms_api.error_table import ERRORS, ErrorCode
from jsmskit import errors
from jsmskit.errors import (
    APIConnectionError,
    APIError,
    JsmsError,
    Outcome,
    PartialFailureError,
    RateLimitError,
    Surface,
    remedy_in,
)

CLASSES = [found for _, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, JsmsError)]


def full(kind: type[JsmsError]) -> JsmsError:
    """An error with everything that it can carry."""
    if kind is PartialFailureError:
        return PartialFailureError(
            "2 rejected", accepted=8, rejected=2, unknown=1, codes={50006: 2}, operation="sendMessageBatch", attempts=2
        )
    return kind(
        "It went wrong with 13800138000.",
        operation="sendCode",
        outcome=Outcome.UNKNOWN,
        attempts=2,
        code=int(ErrorCode.INVALID_MOBILE),
        http_status=403,
        field="phone",
        presumed_outcome="accepted",
        remedy="Do this.",
        retry_after=3.0,
        records_at_risk=500,
    )


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("carry", [lambda e: pickle.loads(pickle.dumps(e)), copy.copy, copy.deepcopy])
def test_every_error_survives_pickle_and_copy(kind: type[JsmsError], carry: object) -> None:
    """Task queues and process pools pickle exceptions; many clients' errors break there."""
    error = full(kind)
    error.add_note("a note")
    carried = carry(error)  # type: ignore[operator]
    assert type(carried) is kind
    assert carried.__dict__ == error.__dict__
    assert (str(carried), repr(carried), carried.args) == (str(error), repr(error), error.args)


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_can_be_made_of_a_message_alone(kind: type[JsmsError]) -> None:
    """For users who test their own handling; each class has an outcome and a remedy of its own."""
    error = kind("Something.")
    assert error.outcome in Outcome
    assert error.remedy
    assert error.remedy_zh
    assert (error.code, error.name, error.http_status, error.attempts) == (None, None, None, 0)
    assert "Something." in str(error)


@pytest.mark.parametrize("kind", CLASSES)
def test_no_error_shows_a_whole_phone_number(kind: type[JsmsError]) -> None:
    error = kind("wrong: +86 138-0013-8000")
    assert "138****8000" in error.message
    for shown in (str(error), repr(error), repr(error.args), error.message):
        assert "0013" not in shown


def test_name_and_remedy_come_from_the_table_of_the_spec() -> None:
    """Nothing is written twice: what the table says is what the error says, in both languages."""
    for code, info in ERRORS.items():
        error = errors.error_class(code)("refused", code=code)
        assert (error.info, error.name) == (info, info.name)
        assert (error.remedy, error.remedy_zh) == tuple(
            remedy_in(Surface.PYTHON, info, language) for language in ("en", "zh")
        )
    assert APIError("refused", code=99999).name is None


def test_the_text_of_an_error_tells_what_became_of_the_call() -> None:
    """A log with nothing but this line must be enough to decide."""
    told = {
        Outcome.NOT_SENT: "Nothing was sent.",
        Outcome.UNKNOWN: "may have been carried out",
        Outcome.REJECTED: "was refused",
    }
    for outcome, words in told.items():
        assert words in str(APIConnectionError("Lost.", operation="sendCode", outcome=outcome))
    likely = APIConnectionError("Lost.", operation="sendCode", presumed_outcome="accepted")
    assert "probably carried out" in str(likely)
    lost = APIConnectionError("Lost.", operation="pullReports", records_at_risk=500)
    assert "500 records may have been lost" in str(lost)
    assert str(RateLimitError("Slow down.")).startswith("Slow down. Remedy: Wait")


def test_the_repr_names_what_is_known_and_leaves_out_what_is_not() -> None:
    error = full(APIError)
    assert repr(error) == (
        "APIError('It went wrong with 138****8000.', operation=sendCode, outcome=unknown, code=50006, "
        "http_status=403, field=phone, presumed_outcome=accepted, attempts=2)"
    )
    assert repr(APIError("x")) == "APIError('x', outcome=rejected)"


def test_every_class_is_under_the_one_that_users_are_told_to_catch() -> None:
    assert issubclass(errors.APITimeoutError, APIConnectionError)
    for kind in errors.CATEGORY_ERRORS.values():
        assert kind.__mro__[1] is APIError
    for kind in (
        errors.InvalidCallbackSignatureError,
        errors.StaleCallbackError,
        errors.ReplayedCallbackError,
        errors.MalformedCallbackError,
    ):
        assert kind.__mro__[1] is errors.CallbackError


def _every_error(base: type[JsmsError] = JsmsError) -> set[type[JsmsError]]:
    return {base}.union(*(_every_error(kind) for kind in base.__subclasses__()))


def test_every_error_names_the_place_that_explains_it(root: Path) -> None:
    """A heading of its return code, or the entry of its class in the reference."""
    import jsmskit.campaigns.errors
    import jsmskit.verification.errors  # noqa: F401  # their errors, too

    kinds = {kind for kind in _every_error() if kind.__module__.startswith("jsmskit.")}
    assert len(kinds) >= 30
    blank = [JsmsError.__new__(kind) for kind in kinds]
    for error in blank:
        error.code = None
    coded = [errors.error_class(code)("x", code=int(code)) for code in ERRORS]
    for error in (*blank, *coded):
        page, _, anchor = error.doc_url.partition("#")
        text = (root / page).read_text("utf-8")
        assert f"{{ #{anchor} }}" in text or f"\n::: {anchor}\n" in text, error.doc_url
