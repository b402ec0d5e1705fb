"""What a message says, how long it may be, and what it costs."""

from __future__ import annotations

import pytest
from jsms_api.error_table import ErrorCode
from jsmskit.mock.model.message_text import measure, parse_template
from jsmskit.mock.model.records import Balances, ReviewStatus, Template, TemplateType

from tests.mock.bench import MARKETING, NOTICE, OTHER_SIGN, PHONE, PLAIN, REFUSED_SIGN, Bench


@pytest.mark.parametrize(
    ("length", "price"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4), (500, 8)]
)
def test_the_price_of_a_text(length: int, price: int) -> None:
    """Up to 70 characters 1, then one for every 67 begun."""
    for character in ("a", "字", "🙏", "，"):
        assert measure(character * length) == (length, price)


def test_a_line_break_counts_two_however_it_is_written() -> None:
    assert measure("a\nb")[0] == measure("a\r\nb")[0] == 4
    assert measure("字" * 68 + "\n") == (70, 1)
    assert measure("字" * 69 + "\n") == (71, 2)


def test_the_whole_text_is_paid_for_sign_and_hint_included(bench: Bench) -> None:
    """【极光推送】 is 6 characters, the notice's own text 6, 回T退订 4."""
    bench.notice(number="数" * 58)
    bench.notice(number="数" * 59)
    assert [message.units for message in bench.messages()] == [1, 2]
    body = {"mobile": PHONE, "temp_id": MARKETING, "temp_para": {"what": "书" * 60}}
    assert bench.post("/messages", body).status == 200
    marketing = bench.messages()[-1]
    assert marketing.text == f"【极光推送】新品到店{'书' * 60}回T退订"
    assert (len(marketing.text), marketing.units) == (74, 2)


def test_a_text_may_have_500_characters_and_no_more(bench: Bench) -> None:
    """Characters, not bytes, of sign, text and hint together (C10)."""
    assert bench.notice(number="数" * 488).status == 200
    assert len(bench.messages()[0].text) == 500
    too_long = bench.notice(number="数" * 489)
    assert (too_long.code, too_long.rule) == (ErrorCode.INVALID_CONTENT_LENGTH, "content.length")
    assert bench.notice(number="数" * 487 + "\n").code == ErrorCode.INVALID_CONTENT_LENGTH
    assert bench.notice(number="数" * 501).code == ErrorCode.INVALID_CONTENT_LENGTH


def test_the_older_limit_of_350_is_a_setting(bench: Bench) -> None:
    """C10."""
    bench.change(text_limit=350)
    assert bench.notice(number="数" * 338).status == 200
    assert bench.notice(number="数" * 339).code == ErrorCode.INVALID_CONTENT_LENGTH
    too_long = bench.post("/templates", {"template": "字" * 345, "type": 2})
    assert (too_long.code, too_long.rule) == (ErrorCode.TEMPLATE_TOO_LONG, "template.length")
    assert bench.post("/templates", {"template": "字" * 344, "type": 2}).status == 200


def test_a_message_can_be_signed_otherwise(bench: Bench) -> None:
    """sign_id names an approved sign of the application; anything else is 50102 (G2)."""
    assert bench.notice(sign_id=OTHER_SIGN).status == 200
    assert bench.messages()[0].text.startswith("【另一个】")
    for sign_id in (REFUSED_SIGN, 999, bench.sign()):
        answer = bench.notice(sign_id=sign_id)
        assert (answer.code, answer.rule) == (ErrorCode.INVALID_SIGN_ID, "sign.not-usable")


def test_variables_are_all_replaced_and_unknown_values_ignored(bench: Bench) -> None:
    """50023 for nothing at all, 50022 for some missing, and no fault for too many (C21, G22)."""
    template = "{{a}}和{{b_1}}，{{a}} 100% %s {c}"
    approved = ReviewStatus.APPROVED
    bench.state.templates.put(Template(bench.app_key, 300, template, TemplateType.NOTICE, status=approved))

    def send(params: object) -> object:
        body = {"mobile": PHONE, "temp_id": 300} | ({} if params is None else {"temp_para": params})
        return bench.post("/messages", body).code

    assert send(None) == send({}) == ErrorCode.PARAMETERS_IS_EMPTY
    assert send({"a": "1"}) == send({"c": "1"}) == ErrorCode.PARAMETERS_NOT_ALL_REPLACED
    assert send({"a": "{{b_1}}", "b_1": "%s", "c": "x"}) is None
    assert bench.messages()[0].text == "【极光推送】{{b_1}}和%s，{{b_1}} 100% %s {c}"


def test_a_template_without_variables_wants_no_values(bench: Bench) -> None:
    """Allowed since R2018-11-22."""
    for body in ({}, {"temp_para": {}}, {"temp_para": {"x": "1"}}):
        assert bench.post("/messages", {"mobile": PHONE, "temp_id": PLAIN, **body}).status == 200


@pytest.mark.parametrize("value", ["【", "】", "a【b】c"])
def test_brackets_may_not_come_in_through_a_value(bench: Bench, value: str) -> None:
    """They belong to signs (50054)."""
    answer = bench.notice(number=value)
    assert (answer.code, answer.rule) == (ErrorCode.CONTENT_CONTAINS_SPECIAL_SYMBOL, "content.brackets")


def test_forbidden_words_are_found_in_whatever_case(bench: Bench) -> None:
    """In values and in the template's own text; the list belongs to one application."""
    bench.state.accounts.set_black_words(bench.app_key, ["Casino", "取件"])
    assert bench.notice(number="a cASINo b").code == ErrorCode.HAS_BLACK_WORD
    assert bench.notice().code == ErrorCode.HAS_BLACK_WORD
    bench.state.accounts.set_black_words(bench.app_key, ["Casino"])
    assert bench.notice().status == 200
    answer = bench.post("/templates", {"template": "CASINO", "type": 2})
    assert (answer.code, answer.rule) == (ErrorCode.HAS_BLACK_WORD, "template.black-word")


def test_text_with_every_kind_of_character_arrives_unchanged(bench: Bench) -> None:
    """Emoji, combining marks, a right-to-left mark, a NUL: one by one and in a batch."""
    text = "é\u200f🙏\u0000\u2028字\\\"'"
    assert bench.notice(number=text).status == 200
    entries = [{"mobile": f"1380013800{i}", "temp_para": {"number": text}} for i in (1, 2)]
    assert bench.batch(*entries).json["success_count"] == 2
    assert {message.text for message in bench.messages()} == {f"【极光推送】您的取件码是{text}"}


# Who pays.

_NOTHING = Balances()


def _left(bench: Bench) -> tuple[Balances, Balances]:
    accounts = bench.state.accounts
    (dev_key,) = accounts.account_keys()
    return accounts.balances(app_key=bench.app_key), accounts.balances(dev_key=dev_key)


def _fill(bench: Bench, app: Balances, dev: Balances = _NOTHING) -> None:
    (dev_key,) = bench.state.accounts.account_keys()
    bench.state.accounts.set_balances(app, app_key=bench.app_key)
    bench.state.accounts.set_balances(dev, dev_key=dev_key)


def test_balances_pay_in_a_fixed_order_the_kind_first_then_the_general_then_the_account(
    load_bench: Bench,
) -> None:
    """inferred. Every balance is used up before the next one pays; the last refusal takes nothing."""
    bench = load_bench
    _fill(bench, Balances(1, 1, 1, 1), Balances(1, 1, 1, 1))
    for left in [
        (Balances(1, 1, 0, 1), Balances(1, 1, 1, 1)),
        (Balances(0, 1, 0, 1), Balances(1, 1, 1, 1)),
        (Balances(0, 1, 0, 1), Balances(1, 1, 0, 1)),
        (Balances(0, 1, 0, 1), Balances(0, 1, 0, 1)),
    ]:
        assert bench.notice().status == 200
        assert _left(bench) == left
    answer = bench.notice()
    assert (answer.code, answer.rule) == (ErrorCode.NO_MONEY, "balance.empty")
    assert _left(bench) == (Balances(0, 1, 0, 1), Balances(0, 1, 0, 1))
    assert bench.post("/voice_codes", {"mobile": PHONE}).status == 200
    marketing = {"mobile": PHONE, "temp_id": MARKETING, "temp_para": {"what": "书"}}
    assert bench.post("/messages", marketing).status == 200
    assert _left(bench) == (Balances(0, 0, 0, 0), Balances(0, 1, 0, 1))


def test_a_message_is_paid_from_one_balance(bench: Bench) -> None:
    _fill(bench, Balances(balance=1, industry=1), Balances(balance=2))
    assert bench.notice(number="数" * 60).status == 200
    assert _left(bench) == (Balances(1, None, 1, None), Balances(0, None, None, None))


def test_an_application_with_nothing_of_its_own_lives_on_the_account(bench: Bench) -> None:
    """None stays None: it was never assigned."""
    _fill(bench, Balances(), Balances(industry=1))
    assert bench.notice().status == 200
    assert bench.notice(number="2").code == ErrorCode.NO_MONEY
    assert _left(bench) == (Balances(), Balances(industry=0))


def test_balances_are_told_as_they_are_and_null_where_nothing_was_assigned(bench: Bench) -> None:
    """50033 only if nothing at all was assigned (C9)."""
    _fill(bench, Balances(balance=7), Balances(industry=3))
    told = bench.get("/accounts/app").json
    assert told == {"app_balance": 7, "app_voice": None, "app_industry": None, "app_market": None}
    _fill(bench, Balances(), Balances())
    assert bench.get("/accounts/app").code == ErrorCode.APP_QUOTA_NOT_ASSIGNED


def test_refused_messages_cost_nothing(bench: Bench) -> None:
    before = _left(bench)
    for number in ("【", "数" * 490):
        assert bench.notice(number=number).status == 403
    assert bench.notice(temp_id=NOTICE + 1000).status == 403
    assert _left(bench) == before


def test_a_template_is_taken_apart_into_names_and_text() -> None:
    """Names of letters, digits and inner underscores; everything else is not well-formed (C12)."""
    for text in ("{{a}}", "{{A1_b}}", "no variable", "{{a}}{{a}}", "{single}", "} }", "100%"):
        assert parse_template(text).is_well_formed, text
    for text in (
        "{{_a}}",
        "{{a_}}",
        "{{ a }}",
        "{{}}",
        "{{a",
        "a}}",
        "{{{a}}}",
        "{{名}}",
        "{{a-b}}",
        "{{a\n}}",
    ):
        assert not parse_template(text).is_well_formed, text
