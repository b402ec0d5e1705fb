"""Timed tasks: made, changed, read, deleted, sent when the clock says so."""

from __future__ import annotations

from jsms_api.error_table import ErrorCode, ReportStatus
from jsmskit.mock.model.clock import read_send_time
from jsmskit.mock.model.records import Balances
from jsmskit.mock.state.accounts import UNSUBSCRIBED

from tests.mock.bench import MARKETING, NOTICE, OTHER_SIGN, PHONE, Bench, batch_task, notice_entry, single_task

TOMORROW = "2024-05-07 09:00:00"
AT = read_send_time(TOMORROW)


def test_a_task_is_read_as_it_was_made(bench: Bench) -> None:
    """One shape for single and batch tasks; msg_id is allotted before sending; no state, sign or tag."""
    single = bench.get(f"/schedule/{bench.schedule(sign_id=OTHER_SIGN)}").json
    assert single["send_time"] == TOMORROW
    assert single["temp_id"] == NOTICE
    (recipient,) = single["recipients"]
    assert (recipient["mobile"], recipient["temp_para"]) == (PHONE, {"number": "1"})
    assert recipient["msg_id"].isdigit()
    assert set(single) == {"schedule_id", "send_time", "temp_id", "recipients"}
    batch = bench.get(f"/schedule/{bench.schedule_batch(PHONE, '13800138001', tag='标签')}").json
    assert set(batch) == set(single)
    assert len(batch["recipients"]) == 2


def test_its_id_is_the_text_of_a_uuid(bench: Bench) -> None:
    assert [len(part) for part in bench.schedule().split("-")] == [8, 4, 4, 4, 12]


def test_tasks_go_out_in_the_order_of_their_times(bench: Bench) -> None:
    late = bench.schedule(send_time="2024-05-09 09:00:00", temp_para={"number": "late"})
    early = bench.schedule(send_time="2024-05-08 09:00:00", temp_para={"number": "early"})
    bench.clock.advance(10 * 86_400)
    assert [message.text[-5:].strip("是") for message in bench.messages()] == ["early", "late"]
    for schedule_id in (late, early):
        assert bench.delete(f"/schedule/{schedule_id}").code == ErrorCode.WRONG_SCHEDULE_STATUS


def test_a_task_moved_earlier_goes_out_once(bench: Bench) -> None:
    schedule_id = bench.schedule()
    bench.put(f"/schedule/{schedule_id}", single_task(send_time="2024-05-06 12:00:01"))
    bench.clock.advance(7 * 86_400)
    assert len(bench.messages()) == 1


def test_a_task_is_paid_when_it_is_sent_and_must_be_payable_when_it_is_made(bench: Bench) -> None:
    """50014 at creation; what cannot be paid any more when it is sent is reported with 4005 (C31)."""
    bench.schedule_batch(PHONE, "13800138001")
    before = bench.get("/accounts/app").json["app_industry"]
    (dev_key,) = bench.state.accounts.account_keys()
    bench.state.accounts.set_balances(Balances(), dev_key=dev_key)
    bench.state.accounts.set_balances(Balances(industry=1), app_key=bench.app_key)
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
    bench.state.accounts.put_number(bench.app_key, UNSUBSCRIBED, PHONE)
    assert bench.post("/schedule", single_task(**fields)).code == ErrorCode.UNSUBSCRIBED_MOBILE
    bench.clock.set(AT + 60)
    assert bench.messages() == []
    assert bench.get("/report").json == []


def test_a_task_of_a_thousand_goes_out_whole(bench: Bench) -> None:
    entries = [notice_entry(f"139{i:08d}") for i in range(1000)]
    told = bench.post("/schedule/batch", batch_task(*entries)).json
    assert told["success_count"] == 1000
    bench.clock.set(AT + 5)
    assert len(bench.messages()) == 1000
    assert {message.status for message in bench.messages()} == {ReportStatus.DELIVERED}


def test_a_task_whose_application_is_gone_does_nothing(bench: Bench) -> None:
    bench.schedule()
    with bench.state.database as connection:
        connection.execute("DELETE FROM applications WHERE app_key = ?", (bench.app_key,))
    bench.clock.set(AT)
    assert bench.messages() == []
