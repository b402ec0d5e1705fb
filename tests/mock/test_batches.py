"""Many recipients in one request: what is decided per entry, and what for all."""

from __future__ import annotations

from typing import Any

import pytest
from jsms_api.error_table import ErrorCode
from jsmskit.mock.model.records import Balances
from jsmskit.mock.service.rules import recipients

from tests.mock.bench import MARKETING, NOTICE, PHONE, Bench, batch_task, notice_entry

PHONES = ["13800138000", "13800138001", "13800138002"]


def _text(code: ErrorCode) -> str:
    return str(int(code))


def test_every_entry_is_answered_in_order_with_an_id_of_its_own(bench: Bench) -> None:
    """Good entries have msg_id and mobile; the counts add up; every id is text and another."""
    told = bench.batch(*PHONES).json
    assert (told["success_count"], told["failure_count"]) == (3, 0)
    assert [entry["mobile"] for entry in told["recipients"]] == PHONES
    ids = [entry["msg_id"] for entry in told["recipients"]]
    assert len(set(ids)) == 3
    assert [message.msg_id for message in bench.messages()] == ids
    assert all(set(entry) == {"msg_id", "mobile"} for entry in told["recipients"])


def test_bad_entries_are_refused_one_by_one_and_change_nothing_for_the_others(bench: Bench) -> None:
    """Each with its code as text, its message, an id, what was sent; good ones are sent."""
    entries: list[Any] = [
        {"temp_para": {"number": "1"}},
        notice_entry("123"),
        {"mobile": PHONES[0]},
        {"mobile": PHONES[0], "temp_para": {"x": "1"}},
        notice_entry(PHONES[0], "【"),
        notice_entry(PHONES[0], "数" * 490),
        notice_entry(PHONES[0], "数" * 501),
        notice_entry(PHONES[0]),
        notice_entry(PHONES[0]),
        notice_entry(PHONES[0], "2"),
    ]
    told = bench.batch(*entries).json
    assert [entry.get("error_code") for entry in told["recipients"]] == [
        _text(ErrorCode.MISSING_MOBILE),
        _text(ErrorCode.INVALID_MOBILE),
        _text(ErrorCode.PARAMETERS_IS_EMPTY),
        _text(ErrorCode.PARAMETERS_NOT_ALL_REPLACED),
        _text(ErrorCode.CONTENT_CONTAINS_SPECIAL_SYMBOL),
        _text(ErrorCode.INVALID_CONTENT_LENGTH),
        _text(ErrorCode.INVALID_CONTENT_LENGTH),
        None,
        _text(ErrorCode.REPEAT_SEND),
        None,
    ]
    assert (told["success_count"], told["failure_count"]) == (2, 8)
    assert len(bench.messages()) == 2
    assert told["recipients"][0]["mobile"] == ""
    assert told["recipients"][3]["temp_para"] == {"x": "1"}
    assert "temp_para" not in told["recipients"][2]
    assert "temp_para" not in told["recipients"][6]  # longer than an answer may carry
    assert len({entry["msg_id"] for entry in told["recipients"]}) == len(entries)


def test_a_batch_whose_entries_are_all_refused_is_answered_with_200(bench: Bench) -> None:
    """G4: success_count 0."""
    told = bench.batch("1", "2").json
    assert (told["success_count"], told["failure_count"]) == (0, 2)


@pytest.mark.parametrize("count", [1, 1000])
def test_up_to_a_thousand_entries_are_taken(bench: Bench, count: int) -> None:
    """1001 are refused as a whole, as are none (see the table test)."""
    phones = [f"139{i:08d}" for i in range(count)]
    assert bench.batch(*phones).json["success_count"] == count
    assert len(bench.messages()) == count


def test_entries_that_can_no_longer_be_paid_are_refused_and_cheaper_ones_still_go(bench: Bench) -> None:
    """Each entry is paid for in order; 50014 stands in those that do not fit."""
    bench.state.accounts.set_balances(Balances(industry=2), app_key=bench.app_key)
    (dev_key,) = bench.state.accounts.account_keys()
    bench.state.accounts.set_balances(Balances(), dev_key=dev_key)
    entries = [
        notice_entry(PHONES[0]),
        notice_entry(PHONES[1], "数" * 60),
        notice_entry(PHONES[2]),
        notice_entry("13800138003"),
    ]
    told = bench.batch(*entries).json
    no_money = _text(ErrorCode.NO_MONEY)
    assert [entry.get("error_code") for entry in told["recipients"]] == [None, no_money, None, no_money]
    assert bench.get("/accounts/app").json["app_industry"] == 0


def test_a_batch_of_which_nothing_can_be_paid_is_refused_as_a_whole(bench: Bench) -> None:
    """Even if other entries failed for other reasons; nothing is sent, nothing is taken."""
    bench.state.accounts.set_balances(Balances(industry=0), app_key=bench.app_key)
    (dev_key,) = bench.state.accounts.account_keys()
    bench.state.accounts.set_balances(Balances(), dev_key=dev_key)
    answer = bench.batch("1", PHONE)
    assert (answer.code, answer.rule) == (ErrorCode.NO_MONEY, recipients.NO_MONEY.id)
    assert bench.batch("1", "2").status == 200
    assert bench.messages() == []


def test_a_batch_draws_on_every_balance(bench: Bench) -> None:
    (dev_key,) = bench.state.accounts.account_keys()
    bench.state.accounts.set_balances(Balances(balance=1, industry=1), app_key=bench.app_key)
    bench.state.accounts.set_balances(Balances(balance=1, industry=1), dev_key=dev_key)
    assert bench.batch(*PHONES, "13800138003").json["success_count"] == 4
    assert bench.state.accounts.balances(app_key=bench.app_key) == Balances(balance=0, industry=0)
    assert bench.state.accounts.balances(dev_key=dev_key) == Balances(balance=0, industry=0)


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], ErrorCode.RECIPIENTS_IS_EMPTY),
        (None, ErrorCode.RECIPIENTS_IS_EMPTY),
        ("13800138000", ErrorCode.INVALID_BODY),
        ({"mobile": PHONE}, ErrorCode.INVALID_BODY),
        (["13800138000"], ErrorCode.INVALID_BODY),
        ([None], ErrorCode.INVALID_BODY),
        ([{"mobile": True}], ErrorCode.INVALID_BODY),
        ([{"mobile": PHONE, "temp_para": "x"}], ErrorCode.INVALID_BODY),
        ([notice_entry(PHONE), {"mobile": PHONE, "temp_para": {"number": []}}], ErrorCode.INVALID_BODY),
        ([notice_entry("1")] * 1001, ErrorCode.TOO_MUCH_RECIPIENTS),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_with_the_form_of_the_list_refuses_the_request(
    bench: Bench, entries: object, code: ErrorCode
) -> None:
    for path, body in [("/messages/batch", {"temp_id": NOTICE}), ("/schedule/batch", batch_task())]:
        assert bench.post(path, {**body, "recipients": entries}).code == code


def test_the_tag_has_ten_characters_at_most(bench: Bench) -> None:
    """Characters, not bytes; it is kept and never shown (C22, G8)."""
    assert bench.batch(PHONE, tag="标" * 10).status == 200
    assert bench.messages()[0].tag == "标" * 10
    assert bench.batch(PHONE, tag="标" * 11).code == ErrorCode.INVALID_BODY


def test_a_batch_can_be_marketing(bench: Bench) -> None:
    body = {"temp_id": MARKETING, "recipients": [{"mobile": PHONE, "temp_para": {"what": "书"}}]}
    before = bench.get("/accounts/app").json["app_market"]
    assert bench.post("/messages/batch", body).json["success_count"] == 1
    assert bench.messages()[0].text.endswith("回T退订")
    assert bench.get("/accounts/app").json["app_market"] == before - 1


def test_a_timed_batch_lists_the_refused_entries_only_and_without_ids(bench: Bench) -> None:
    answer = bench.post("/schedule/batch", batch_task(PHONE, "123", notice_entry(PHONE)))
    told = answer.json
    assert (told["success_count"], told["failure_count"]) == (1, 2)
    assert [entry["error_code"] for entry in told["failure_recipients"]] == [
        _text(ErrorCode.INVALID_MOBILE),
        _text(ErrorCode.REPEAT_SEND),
    ]
    assert all("msg_id" not in entry for entry in told["failure_recipients"])
    assert len(bench.get(f"/schedule/{told['schedule_id']}").json["recipients"]) == 1


def test_a_timed_batch_without_failures_has_an_empty_list(bench: Bench) -> None:
    """whether it is empty or missing is not documented."""
    assert bench.post("/schedule/batch", batch_task(PHONE)).json["failure_recipients"] == []


def test_a_value_too_long_for_any_text_is_a_bad_body_where_its_code_is_not_declared(bench: Bench) -> None:
    """Timed calls have no 50038; 501 characters can never fit."""
    task = batch_task(notice_entry(PHONE, "数" * 501))
    assert bench.post("/schedule/batch", task).code == ErrorCode.INVALID_BODY
