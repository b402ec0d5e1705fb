"""Variables, previews with their price, and the written rules for texts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsms_api import limits
from jsms_api.error_table import ErrorCode
from jsmskit._validation import fields
from jsmskit._validation.fields import InvalidArgument
from jsmskit._validation.template_text import (
    TemplatePreview,
    billed_length,
    billed_units,
    check_template,
    check_template_params,
    fill,
    preview,
    variables,
)


def test_variables_are_named_once_in_order() -> None:
    """`{{name}}`, two braces on each side."""
    assert variables("{{b}}您好{{a}}，{{b}}，{c}，{{d}") == ("b", "a")


def test_filling_leaves_what_has_no_value() -> None:
    """So that a person sees what is missing."""
    assert fill("{{a}}-{{b}}", {"a": "1"}) == "1-{{b}}"


def test_a_value_is_not_searched_for_variables() -> None:
    """A value that looks like a variable is text, or one customer's name could pull in another's code."""
    assert fill("{{a}}{{b}}", {"a": "{{b}}", "b": r"\1"}) == r"{{b}}\1"


def test_a_preview_tells_text_gaps_and_price() -> None:
    """Sign with both brackets in front, gaps and surplus by name, length and units."""
    shown = preview("您的验证码{{code}}，{{time}}", {"code": "123456", "tiem": "5"}, sign="极光")
    assert shown == TemplatePreview("【极光】您的验证码123456，{{time}}", ("time",), ("tiem",), 24, 1)
    assert not shown.complete
    assert preview("您好").complete


def test_a_hint_is_counted_behind_the_text() -> None:
    shown = preview("您好", hint="拒收请回复R")
    assert (shown.text, shown.length) == ("您好拒收请回复R", 8)


@pytest.mark.parametrize(
    ("length", "units"), [(0, 0), (1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4), (500, 8)]
)
def test_units_follow_the_70_67_rule(length: int, units: int) -> None:
    assert billed_units(length) == units


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("aA1，。汉", 6),
        ("a\nb", 4),
        ("a\r\nb", 4),
        ("a\rb", 4),
        ("\n\r\n\r", 6),
        ("\r\n\n", 4),
        ("😀", 2),
        ("𠮷", 2),
        ("\ud800", 1),
    ],
)
def test_line_breaks_count_two(text: str, length: int) -> None:
    """Every other character counts one; what needs a surrogate pair counts as the two units it is."""
    assert billed_length(text) == length


@given(
    st.text(),
    st.dictionaries(st.text(), st.text().filter(lambda text: not set(text) & set("【】"))),
    st.text("ab极", max_size=8),
)
def test_a_preview_never_fails_on_texts(template: str, params: dict[str, str], sign: str) -> None:
    """Whatever the template looks like: names add up, and the price fits the length."""
    shown = preview(template, params, sign=sign)
    assert set(shown.missing) == set(variables(template)) - set(params)
    assert set(shown.unknown) == set(params) - set(variables(template))
    assert shown.units == billed_units(shown.length)
    assert shown.length >= len(shown.text)


def test_values_that_can_be_sent_come_back_as_a_dict() -> None:
    """Empty values and limits included; the field's name may be the caller's."""
    params = {"a": "", "b": "x" * limits.MESSAGE_LENGTH, "c": "039482😀"}
    assert check_template_params(params) == params
    with pytest.raises(InvalidArgument, match=r"^recipients\[3\]\.params\['a'\]:"):
        check_template_params({"a": "【"}, field="recipients[3].params")


@pytest.mark.parametrize(
    "template",
    ["您好", "{{code}}", "{{a_1}}{{b}}", "第一行\n第二行", "{a}", "x" * limits.TEMPLATE_REQUEST_TEMPLATE_MAX_LENGTH],
)
def test_templates_within_the_rules_pass(template: str) -> None:
    check_template(template)


def test_a_verification_template_has_its_code() -> None:
    """The service fills no other variable; whether others may stand beside it, the sources do not agree."""
    check_template("{{code}}，{{time}}分钟内有效", verification=True)
    with pytest.raises(InvalidArgument, match=r"\{\{code\}\}") as refused:
        check_template("您的验证码是{{number}}", verification=True)
    assert refused.value.code is ErrorCode.TEMPLATE_PARAMETER_INVALID


@pytest.mark.parametrize("remark", ["https://example.com/a 活动页", "www.example.com"])
def test_a_link_variable_needs_a_link_in_the_remark(remark: str) -> None:
    check_template("请看{{url}}", remark=remark)
    with pytest.raises(InvalidArgument) as refused:
        check_template("请看{{url}}", remark="活动页")
    assert refused.value.field == "remark"


@pytest.mark.parametrize("sign", ["极光", "极光推送", "JSMS2018", "a1"])
def test_signs_within_the_rules_pass(sign: str) -> None:
    """2 to 8 Chinese characters, letters, digits."""
    assert fields.sign(sign) == sign


HALF = "it holds half of a surrogate pair, which is no character. Repair the text."
BRACES = "Write variables as {{name}}, in a verification template {{code}}."
VALUES = "Pass values as text, numbers too, for example {'code': '039482'}."
WITHOUT_SIGN = "Write what the message is to say, without the sign: the platform adds it."
NAME = "Pass the name without 【】, the platform adds them."
MARKS = "a sign has Chinese characters, Latin letters and digits only."

REFUSED: dict[Callable[..., object], list[tuple[object, str]]] = {
    check_template_params: [
        (["code"], f"template_params: the values are a mapping of name to text, not list. {VALUES}"),
        ({1: "a"}, f"template_params: a name in it is no text. {VALUES}"),
        ({"\udfff": "1"}, f"template_params: a name in it is no text. {VALUES}"),
        ({"a": 1}, f"template_params['a']: it is int, not text. {VALUES}"),
        ({"a": None}, f"template_params['a']: it is NoneType, not text. {VALUES}"),
        ({"a": "\ud800"}, f"template_params['a']: {HALF}"),
        ({"a": "1】"}, f"template_params['a']: it contains 【 or 】, which are kept for the sign. {VALUES}"),
        ({"a": "x" * 501}, f"template_params['a']: it has 501 characters, 0 to 500 are taken. {VALUES}"),
    ],
    check_template: [
        ("", f"template: it is empty. {WITHOUT_SIGN}"),
        (None, f"template: it is NoneType, not text. {WITHOUT_SIGN}"),
        ("x" * 501, f"template: it has 501 characters, 1 to 500 are taken. {WITHOUT_SIGN}"),
        ("【极光】您好", f"template: the text contains 【 or 】. {WITHOUT_SIGN}"),
        ("\ud800", f"template: {HALF}"),
        *(
            (
                f"{{{{{name}}}}}",
                f"template: {name!r} is no name for a variable: letters and digits, underscores only inside. {BRACES}",
            )
            for name in ("a_", "_a", "", " code ", "验证码", "a\n")
        ),
        ("{{code}", f"template: two braces stand in the text that make no variable. {BRACES}"),
        ("code}}", f"template: two braces stand in the text that make no variable. {BRACES}"),
        (
            "链接{{url}}",
            "remark: the text has the variable url, but the remark has no link. Begin the remark with the link.",
        ),
    ],
    partial(check_template, verification=True): [
        ("您好", f"template: a verification template has the variable {{{{code}}}}, this text has not. {BRACES}")
    ],
    lambda remark: check_template("您好", remark=remark): [
        (1, "remark: it is int, not text. Shorten it, or leave it out."),
        ("x" * 101, "remark: it has 101 characters, 0 to 100 are taken. Shorten it, or leave it out."),
        ("\udc00", f"remark: {HALF}"),
    ],
    fields.sign: [
        ("", f"sign: it is empty. {NAME}"),
        (None, f"sign: it is NoneType, not text. {NAME}"),
        ("极", f"sign: it has 1 characters, 2 to 8 are taken. {NAME}"),
        ("极" * 9, f"sign: it has 9 characters, 2 to 8 are taken. {NAME}"),
        *((sign, f"sign: {MARKS} {NAME}") for sign in ("【极光】", "极光!", "极光 推送", "极光\n", "\ud800\ud800")),
    ],
    lambda sign: preview("您好", sign=sign): [("【极光】", f"sign: it contains 【 or 】. {NAME}")],
}


@pytest.mark.parametrize(("check", "text", "told"), [(check, *row) for check, rows in REFUSED.items() for row in rows])
def test_a_refusal_says_what_why_and_what_to_do(check: Callable[[object], object], text: object, told: str) -> None:
    """Word for word: these sentences are what a developer reads first. Their codes are in
    `tests/client/test_arguments.py`.
    """
    with pytest.raises(InvalidArgument) as refused:
        check(text)
    assert str(refused.value) == told


def test_the_longest_remark_and_none_are_taken() -> None:
    for remark in ("用" * limits.TEMPLATE_REQUEST_REMARK_MAX_LENGTH, ""):
        assert fields.remark(remark) == remark
