"""What a message says, how long it may be, and what it costs."""

from __future__ import annotations

import pytest
from jsms_api.error_table import ErrorCode
from jsmskit.mock.model.message_text import measure
from jsmskit.mock.model.records import Balances

from tests.mock.bench import MARKETING, PHONE, Bench


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


def test_the_older_limit_of_350_is_a_setting(bench: Bench) -> None:
    """C10."""
    bench.change(text_limit=350)
    assert bench.notice(number="数" * 338).status == 200
    assert bench.notice(number="数" * 339).code == ErrorCode.INVALID_CONTENT_LENGTH
    too_long = bench.post("/templates", {"template": "字" * 345, "type": 2})
    assert (too_long.code, too_long.rule) == (ErrorCode.TEMPLATE_TOO_LONG, "template.length")
    assert bench.post("/templates", {"template": "字" * 344, "type": 2}).status == 200


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


def test_balances_pay_in_a_fixed_order_the_kind_first_then_the_general_then_the_account(load_bench: Bench) -> None:
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
