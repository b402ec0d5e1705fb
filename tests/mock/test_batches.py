"""Many recipients in one request: what is decided per entry, and what for all."""

from __future__ import annotations

from jsms_api.error_table import ErrorCode
from jsmskit.mock.model.records import Balances

from tests.mock.bench import PHONE, Bench, notice_entry

PHONES = ["13800138000", "13800138001", "13800138002"]


def _text(code: ErrorCode) -> str:
    return str(int(code))


def test_entries_that_can_no_longer_be_paid_are_refused_and_cheaper_ones_still_go(bench: Bench) -> None:
    """Each entry is paid for in order; 50014 stands in those that do not fit."""
    bench.set_balances(Balances(industry=2))
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
    bench.set_balances(Balances(industry=0))
    answer = bench.batch("1", PHONE)
    assert (answer.code, answer.rule) == (ErrorCode.NO_MONEY, "balance.empty")
    assert bench.batch("1", "2").status == 200
    assert bench.messages() == []


def test_a_batch_draws_on_every_balance(bench: Bench) -> None:
    bench.set_balances(Balances(balance=1, industry=1), Balances(balance=1, industry=1))
    assert bench.batch(*PHONES, "13800138003").json["success_count"] == 4
    owners = (*bench.state.applications.find("app_key = ?", bench.app_key), *bench.state.accounts.find())
    assert [owner.balances for owner in owners] == [Balances(balance=0, industry=0)] * 2
