"""One documented correction of input, and a judgement that says what, why and what to do."""

from __future__ import annotations

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsms_api import limits
from jsmskit._phones import normalise_phone
from jsmskit._refusal import InputRefusedError

PHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@pytest.mark.parametrize(
    "written",
    [
        "13800138000",
        13800138000,
        8613800138000,
        "+8613800138000",
        "+86 13800138000",
        "+86-138-0013-8000",
        "＋８６１３８００１３８０００",
        "008613800138000",
        "0086 138 0013 8000",
        "8613800138000",
        " 13800138000\n",
        "138\u30000013\u30008000",
        "138\u00a00013\u00a08000",
        "138－0013—8000",
        "１３８００１３８０００",
        "\u202d13800138000\u202c",
        "\ufeff138\u200b00138000",
    ],
)
def test_a_number_is_written_in_one_way(written: str | int) -> None:
    """Country code, blanks, dashes, full-width digits and invisible marks are the documented correction."""
    assert normalise_phone(written) == "13800138000"


@pytest.mark.parametrize(
    ("phone", "keyword", "rule"),
    [
        ("", "missing", "empty"),
        (" \u202d-", "missing", "empty"),
        ("+86", "missing", "empty"),
        (None, "type", "not NoneType"),
        (b"13800138000", "type", "not bytes"),
        (True, "type", "not bool"),
        (13800138000.0, "type", "not float"),
        ("1380013800", "minLength", "138**** has 10 digits, a mobile number has 11"),
        ("861380013800", "maxLength", "861****3800 has 12 digits"),
        ("138001380001", "maxLength", "138****0001 has 12 digits, a mobile number has 11"),
        ("86 8613800138000", "maxLength", "15 digits"),
        pytest.param(10**5000, "pattern", "far too large", id="huge"),
        (10**19, "maxLength", "20 digits"),
        ("23800138000", "pattern", "does not begin like a mobile number"),
        ("12800138000", "pattern", "does not begin like a mobile number"),
        (-13800138000, "pattern", "negative"),
        ("1380013800x", "pattern", "no digits"),
        ("+1 415 555 0100", "pattern", "no digits"),
        ("+86+8613800138000", "pattern", "no digits"),
        ("(138)00138000", "pattern", "no digits"),
        ("138.0013.8000", "pattern", "no digits"),
        ("١٣٨٠٠١٣٨٠٠٠", "pattern", "no digits"),
        ("1380013800²", "pattern", "no digits"),
        ("13800138000;13900139000", "pattern", "no digits"),
    ],
)
def test_everything_else_is_refused(phone: object, keyword: str, rule: str) -> None:
    """The refusal names the rule that was broken, and a remedy; nothing is guessed."""
    with pytest.raises(InputRefusedError) as refused:
        normalise_phone(phone)  # type: ignore[arg-type]
    assert (refused.value.field, refused.value.keyword, refused.value.code) == ("phone", keyword, None)
    assert rule in refused.value.rule
    assert refused.value.remedy in str(refused.value)
    assert not re.search(r"\d{5}", str(refused.value))


@given(st.text() | st.integers() | PHONES.map(lambda phone: phone + "\n"))
def test_what_comes_back_is_always_a_number_of_the_spec(phone: str | int) -> None:
    """Either the spec's own pattern and length hold, or the input is refused; and a second pass changes
    nothing.
    """
    try:
        number = normalise_phone(phone)
    except InputRefusedError:
        return
    assert re.fullmatch(limits.SEND_CODE_REQUEST_MOBILE_PATTERN, number)
    assert len(number) == limits.SEND_CODE_REQUEST_MOBILE_MAX_LENGTH
    assert normalise_phone(number) == number


@given(
    PHONES,
    st.sampled_from(["", "+86", "0086", "86", "+86 ", "+86-"]),
    st.sampled_from(["", " ", "-", "\u3000"]),
)
def test_every_way_of_writing_gives_the_same_number(phone: str, prefix: str, gap: str) -> None:
    """Prefix and grouping are decoration."""
    assert normalise_phone(prefix + gap.join([phone[:3], phone[3:7], phone[7:]])) == phone


def test_a_refusal_survives_pickle() -> None:
    """It may be raised in a worker process."""
    with pytest.raises(InputRefusedError) as refused:
        normalise_phone("123")
    again = pickle.loads(pickle.dumps(refused.value))
    assert (str(again), again.keyword) == (str(refused.value), "minLength")
