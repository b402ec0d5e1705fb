"""Variables, previews with their price, and the written rules for texts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsms_api import limits
from jsms_api.error_table import ErrorCode
from jsmskit._validation.fields import InvalidArgument
from jsmskit._validation.template_text import (
    TemplatePreview,
    billed_length,
    billed_units,
    check_remark,
    check_sign,
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
    check_sign(sign)


HALF = "holds half of a surrogate pair, which is no character. Repair the text."
BRACES = "Write variables as {{name}}, in a verification template {{code}}."
TEXT = "Pass text, for example {'code': '039482'}."


REFUSED: dict[Callable[..., object], list[tuple[object, str]]] = {
    check_template_params: [
        (["code"], f"template_params: the values are a mapping of name to text, not list. {TEXT}"),
        ({1: "a"}, f"template_params: a name is text, not int. {TEXT}"),
        ({"a": 1}, f"template_params['a']: the value is int; values are text, numbers too. {TEXT}"),
        ({"\udfff": "1"}, f"template_params: a name {HALF}"),
        ({"a": "\ud800"}, f"template_params['a']: the value {HALF}"),
        (
            {"a": "【1】"},
            "template_params['a']: the value contains 【 or 】, which are kept for the sign. Use other brackets.",
        ),
        (
            {"a": "x" * 501},
            "template_params['a']: the value has 501 characters, a whole message at most 500. Shorten it.",
        ),
    ],
    check_template: [
        ("", "template: the text is empty. Write what the message is to say."),
        (None, "template: the text is a str, not NoneType. Pass a str."),
        ("x" * 501, "template: the text has 501 characters, at most 500 fit. Shorten it; the sign counts as well."),
        ("【极光】您好", "template: the text contains 【 or 】. Leave the sign out, the platform adds it."),
        ("\ud800", f"template: the text {HALF}"),
        ("{{a_}}", f"template: 'a_' is no name for a variable: letters and digits, underscores only inside. {BRACES}"),
        ("{{code}", f"template: two braces stand in the text that make no variable. {BRACES}"),
        (
            "链接{{url}}",
            "remark: the text has the variable url, but the remark has no link. Begin the remark with the link.",
        ),
    ],
    partial(check_template, verification=True): [
        ("您好", f"template: a verification template has the variable {{{{code}}}}, this text has not. {BRACES}")
    ],
    check_remark: [
        (1, "remark: the remark is a str, not int. Pass a str."),
        ("x" * 101, "remark: the remark has 101 characters, at most 100 fit. Shorten it."),
        ("\udc00", f"remark: the remark {HALF}"),
    ],
    check_sign: [
        ("", "sign: the sign is empty. Pass the name, without 【】."),
        (None, "sign: a sign is a str, not NoneType. Pass a str."),
        ("极", "sign: the sign has 1 characters, 2 to 8 are allowed. Choose another name."),
        ("极" * 9, "sign: the sign has 9 characters, 2 to 8 are allowed. Choose another name."),
        ("【极光】", "sign: the sign contains 【 or 】. Pass it without brackets, the platform adds them."),
        ("极光!", "sign: a sign has Chinese characters, Latin letters and digits only. Leave blanks and marks out."),
    ],
}


@pytest.mark.parametrize(("check", "text", "told"), [(check, *row) for check, rows in REFUSED.items() for row in rows])
def test_a_refusal_says_what_why_and_what_to_do(check: Callable[[object], object], text: object, told: str) -> None:
    """Word for word: these sentences are what a developer reads first."""
    with pytest.raises(InvalidArgument) as refused:
        check(text)
    assert str(refused.value) == told


@pytest.mark.parametrize(
    ("check", "texts"),
    [
        (check_template_params, [{"code": None}, {"code": "】"}]),
        (check_template, ["{{}}", "{{ code }}", "{{_a}}", "{{验证码}}", "{{a\n}}", "code}}"]),
        (check_sign, ["极光 推送", "(极光)", "极光\n", "\ud800\ud800"]),
        (lambda sign: preview("您好", sign=sign), ["【极光】"]),
        (lambda remark: check_template("您好", remark=remark), ["x" * 101, 1, "\udc00"]),
    ],
)
def test_the_edges_of_the_rules_are_refused(check: Callable[[object], object], texts: list[object]) -> None:
    """Classes and codes of refusals are in `tests/client/test_arguments.py`."""
    for text in texts:
        with pytest.raises(InvalidArgument):
            check(text)
    check_remark("用" * limits.TEMPLATE_REQUEST_REMARK_MAX_LENGTH)
    check_remark("")
