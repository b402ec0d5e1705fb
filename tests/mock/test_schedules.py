"""Timed tasks: made, changed, read, deleted, sent when the clock says so."""

from __future__ import annotations

from jsms_api.error_table import ErrorCode, ReportStatus
from jsmskit.mock.model.clock import read_send_time
from jsmskit.mock.model.records import Balances

from tests.mock.bench import MARKETING, NOTICE, OTHER_SIGN, PHONE, Bench, single_task

TOMORROW = "2024-05-07 09:00:00"
AT = read_send_time(TOMORROW)


def test_a_task_moved_earlier_goes_out_once(bench: Bench) -> None:
    schedule_id = bench.schedule()
    bench.put(f"/schedule/{schedule_id}", single_task(send_time="2024-05-06 12:00:01"))
    bench.clock.advance(7 * 86_400)
    assert len(bench.messages()) == 1


def test_a_task_is_paid_when_it_is_sent_and_must_be_payable_when_it_is_made(bench: Bench) -> None:
    """50014 at creation; what cannot be paid any more when it is sent is reported with 4005 (C31)."""
    bench.schedule_batch(PHONE, "13800138001")
    before = bench.get("/accounts/app").json["app_industry"]
    bench.set_balances(Balances(industry=1))
    assert before == 1_000_000
    bench.clock.set(AT + 60)
    assert [message.status for message in bench.messages()] == [ReportStatus.DELIVERED, ReportStatus.NO_BALANCE]
    assert [message.units for message in bench.messages()] == [1, 0]
    assert bench.get("/accounts/app").json["app_industry"] == 0
    assert bench.post("/schedule", single_task(send_time="2024-06-07 09:00:00")).code == ErrorCode.NO_MONEY


def test_text_and_sign_are_those_of_the_moment_when_the_task_was_made(bench: Bench) -> None:
    bench.schedule(sign_id=OTHER_SIGN)
    bench.delete(f"/templates/{NOTICE}")
    bench.delete(f"/sign/{OTHER_SIGN}")
    bench.clock.set(AT)
    assert bench.messages()[0].text == "【另一个】您的取件码是1"


def test_marketing_is_not_sent_to_who_has_unsubscribed_meanwhile(bench: Bench) -> None:
    """Neither sent nor reported nor paid; at creation it is 50024."""
    fields = {"temp_id": MARKETING, "temp_para": {"what": "书"}}
    bench.schedule(**fields)
    bench.change_lists(unsubscribed=frozenset({PHONE}))
    assert bench.post("/schedule", single_task(**fields)).code == ErrorCode.UNSUBSCRIBED_MOBILE
    bench.clock.set(AT + 60)
    assert bench.messages() == []
    assert bench.get("/report").json == []
