"""One documented correction of input, and a judgement that says what, why and what to do."""

from __future__ import annotations

import re

import jsmskit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsms_api import limits
from jsmskit._validation.fields import InvalidArgument, canonical_phone

PHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@pytest.mark.parametrize(
    "written",
    [
        *("13800138000", 13800138000, 8613800138000, "+8613800138000", "+86 13800138000", "+86-138-0013-8000"),
        *("＋８６１３８００１３８０００", "008613800138000", "0086 138 0013 8000", "8613800138000", " 13800138000\n"),
        *("138\u30000013\u30008000", "138\u00a00013\u00a08000", "138－0013—8000", "１３８００１３８０００"),
        *("\u202d13800138000\u202c", "\ufeff138\u200b00138000"),
    ],
)
def test_a_number_is_written_in_one_way(written: str | int) -> None:
    """Country code, blanks, dashes, full-width digits and invisible marks are the documented correction."""
    assert canonical_phone(written) == "13800138000"


CHECK = "Check the number with its owner; the service serves mobile numbers of mainland China only."
NO_DIGITS = "has characters that are no digits."


@pytest.mark.parametrize(
    ("phone", "keyword", "rule", "remedy"),
    [
        ("", "missing", "the number is empty.", "Pass the eleven digits of a mobile number as text."),
        (" \u202d-", "missing", "the number is empty.", "Pass the eleven digits of a mobile number as text."),
        ("+86", "missing", "the number is empty.", "Pass the eleven digits of a mobile number as text."),
        (None, "type", "a number is a str or an int, not NoneType.", "Pass the eleven digits as text."),
        (b"13800138000", "type", "a number is a str or an int, not bytes.", "Pass the eleven digits as text."),
        (True, "type", "a number is a str or an int, not bool.", "Pass the eleven digits as text."),
        (13800138000.0, "type", "a number is a str or an int, not float.", "Pass the eleven digits as text."),
        ("1380013800", "minLength", "138**** has 10 digits, a mobile number has 11.", CHECK),
        (0, "minLength", "**** has 1 digits, a mobile number has 11.", CHECK),
        ("861380013800", "maxLength", "861****3800 has 12 digits, a mobile number has 11.", CHECK),
        ("138001380001", "maxLength", "138****0001 has 12 digits, a mobile number has 11.", CHECK),
        ("86 8613800138000", "maxLength", "868****8000 has 15 digits, a mobile number has 11.", CHECK),
        (10**20 - 1, "maxLength", "999****9999 has 20 digits, a mobile number has 11.", CHECK),
        (10**20, "pattern", "the int is negative or far too large for a number.", CHECK),
        pytest.param(10**5000, "pattern", "the int is negative or far too large for a number.", CHECK, id="huge"),
        (-13800138000, "pattern", "the int is negative or far too large for a number.", CHECK),
        ("23800138000", "pattern", "238****8000 does not begin like a mobile number (13 to 19).", CHECK),
        ("12800138000", "pattern", "128****8000 does not begin like a mobile number (13 to 19).", CHECK),
        ("1380013800x", "pattern", f"138**** {NO_DIGITS}", CHECK),
        ("13800138000X", "pattern", f"138****8000 {NO_DIGITS}", CHECK),
        ("1380013800：", "pattern", f"138**** {NO_DIGITS}", CHECK),
        ("+1 415 555 0100", "pattern", f"141****0100 {NO_DIGITS}", CHECK),
        ("+86+8613800138000", "pattern", f"868****8000 {NO_DIGITS}", CHECK),
        ("(138)00138000", "pattern", f"138****8000 {NO_DIGITS}", CHECK),
        ("138.0013.8000", "pattern", f"138****8000 {NO_DIGITS}", CHECK),
        ("١٣٨٠٠١٣٨٠٠٠", "pattern", f"138****8000 {NO_DIGITS}", CHECK),
        ("1380013800²", "pattern", f"138**** {NO_DIGITS}", CHECK),
        ("13800138000;13900139000", "pattern", f"138****9000 {NO_DIGITS}", CHECK),
    ],
)
def test_everything_else_is_refused(phone: object, keyword: str, rule: str, remedy: str) -> None:
    """The refusal says what, why and what to do, and never shows more than a mask; nothing is guessed."""
    with pytest.raises(InvalidArgument) as refused:
        canonical_phone(phone)  # type: ignore[arg-type]
    told = refused.value
    assert (told.field, told.keyword, told.code) == ("phone", keyword, None)
    assert (told.message, told.remedy, str(told)) == (rule, remedy, f"phone: {rule} {remedy}")
    assert not re.search(r"\d{5}", str(told))


@given(st.text() | st.integers() | PHONES.map(lambda phone: phone + "\n"))
def test_what_comes_back_is_always_a_number_of_the_spec(phone: str | int) -> None:
    """Either the spec's own pattern and length hold, or the input is refused; and a second pass changes nothing."""
    try:
        number = canonical_phone(phone)
    except InvalidArgument:
        return
    assert re.fullmatch(limits.SEND_CODE_REQUEST_MOBILE_PATTERN, number)
    assert len(number) == limits.SEND_CODE_REQUEST_MOBILE_MAX_LENGTH
    assert canonical_phone(number) == number


@pytest.mark.parametrize(
    ("phone", "kind", "code"),
    [
        ("1380013800", jsmskit.RecipientError, jsmskit.ErrorCode.INVALID_MOBILE),
        ("+1 415 555 0100", jsmskit.RecipientError, jsmskit.ErrorCode.INVALID_MOBILE),
        ("", jsmskit.InvalidRequestError, jsmskit.ErrorCode.MISSING_MOBILE),
        (None, jsmskit.InvalidRequestError, jsmskit.ErrorCode.INVALID_BODY),
    ],
)
def test_the_public_functions_judge_as_sending_does(
    phone: object, kind: type[jsmskit.JsmsError], code: jsmskit.ErrorCode
) -> None:
    """With the same class and code, before anything is sent; and the test says no without an error."""
    assert jsmskit.normalize_phone("+86 138-0013-8000") == "13800138000"
    assert jsmskit.is_mobile_phone("+86 138-0013-8000")
    with pytest.raises(kind) as caught:
        jsmskit.normalize_phone(phone)  # type: ignore[arg-type]
    error = caught.value
    assert (error.code, error.field, error.outcome, error.operation) == (code, "phone", "not_sent", None)
    assert (error.__cause__, error.__context__) == (None, None)
    assert not jsmskit.is_mobile_phone(phone)
