"""Timed tasks: made, changed, read, deleted, sent when the clock says so."""

from __future__ import annotations

import pytest
from jsms_api.error_table import ErrorCode, ReportStatus
from jsmskit.mock.model.clock import read_send_time
from jsmskit.mock.model.records import Balances
from jsmskit.mock.state.accounts import UNSUBSCRIBED

from tests.mock.bench import (
    MARKETING,
    NOTICE,
    OTHER_SIGN,
    PHONE,
    SECOND_APP,
    Bench,
    batch_task,
    notice_entry,
    single_task,
)

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


def test_it_goes_out_when_its_time_comes_and_is_reported_afterwards(bench: Bench) -> None:
    """Not a moment before; with the id it was read with; at its own instant, however far the clock jumps."""
    schedule_id = bench.schedule(sign_id=OTHER_SIGN)
    msg_id = bench.get(f"/schedule/{schedule_id}").json["recipients"][0]["msg_id"]
    bench.clock.set(AT - 0.001)
    assert bench.messages() == []
    bench.clock.set(AT + 86_400)
    (message,) = bench.messages()
    assert (message.msg_id, message.sent_at, message.kind) == (msg_id, AT, "schedule")
    assert message.text == "【另一个】您的取件码是1"
    assert (message.status, message.reported_at) == (ReportStatus.DELIVERED, AT + 5)
    assert bench.get(f"/schedule/{schedule_id}").json["recipients"][0]["msg_id"] == msg_id


def test_tasks_go_out_in_the_order_of_their_times(bench: Bench) -> None:
    late = bench.schedule(send_time="2024-05-09 09:00:00", temp_para={"number": "late"})
    early = bench.schedule(send_time="2024-05-08 09:00:00", temp_para={"number": "early"})
    bench.clock.advance(10 * 86_400)
    assert [message.text[-5:].strip("是") for message in bench.messages()] == ["early", "late"]
    for schedule_id in (late, early):
        assert bench.delete(f"/schedule/{schedule_id}").code == ErrorCode.WRONG_SCHEDULE_STATUS


@pytest.mark.parametrize(
    "send_time",
    [
        "2024-05-06 12:00:00",
        "2024-05-06 11:59:59",
        "1969-12-31 23:59:59",
        "0000-00-00 00:00:00",
        "2024-02-30 09:00:00",
        "2024-05-07 24:00:00",
        "2024-05-07 09:00:60",
        "2024-5-7 9:00:00",
        "2024-05-07T09:00:00",
        "2024-05-07 09:00",
        "２０２４-05-07 09:00:00",
        "tomorrow",
        "",
        None,
    ],
)
def test_a_time_that_is_none_or_not_after_now_is_refused(bench: Bench, send_time: str | None) -> None:
    """50027; "now" itself is too late."""
    assert bench.post("/schedule", single_task(send_time=send_time)).code == ErrorCode.INVALID_SEND_TIME
    assert bench.post("/schedule/batch", batch_task(send_time=send_time)).code == ErrorCode.INVALID_SEND_TIME


@pytest.mark.parametrize("send_time", ["2024-05-06 12:00:01", "9999-12-31 23:59:59", "2024-02-29 09:00:00"])
def test_any_later_time_will_do(bench: Bench, send_time: str) -> None:
    """No least distance, no horizon (G7). A leap day is one."""
    bench.clock.set(read_send_time("2024-02-28 12:00:00") if "02-29" in send_time else bench.clock.now())
    assert bench.post("/schedule", single_task(send_time=send_time)).status == 200


def test_a_time_of_another_type_is_a_bad_body(bench: Bench) -> None:
    """50007, not 50027."""
    assert bench.post("/schedule", single_task(send_time=1)).code == ErrorCode.INVALID_BODY


def test_a_waiting_task_is_replaced_as_a_whole(bench: Bench) -> None:
    """Same id, new time, new recipients, new msg_ids; the old time passes without a message."""
    schedule_id = bench.schedule()
    old = bench.get(f"/schedule/{schedule_id}").json["recipients"][0]["msg_id"]
    change = single_task(send_time="2024-05-08 10:00:00", mobile="13800138009", temp_para={"number": "2"})
    assert bench.put(f"/schedule/{schedule_id}", change).json == {"schedule_id": schedule_id}
    told = bench.get(f"/schedule/{schedule_id}").json
    assert told["send_time"] == "2024-05-08 10:00:00"
    assert told["recipients"][0]["mobile"] == "13800138009"
    assert told["recipients"][0]["msg_id"] != old
    bench.clock.set(AT + 1)
    assert bench.messages() == []
    bench.clock.advance(2 * 86_400)
    assert [message.phone for message in bench.messages()] == ["13800138009"]


def test_a_waiting_batch_is_replaced_as_a_whole(bench: Bench) -> None:
    schedule_id = bench.schedule_batch(PHONE)
    told = bench.put(f"/schedule/batch/{schedule_id}", batch_task("13800138001", "1")).json
    assert (told["schedule_id"], told["success_count"], told["failure_count"]) == (schedule_id, 1, 1)
    bench.clock.set(AT)
    assert [message.phone for message in bench.messages()] == ["13800138001"]


def test_a_task_moved_earlier_goes_out_once(bench: Bench) -> None:
    schedule_id = bench.schedule()
    bench.put(f"/schedule/{schedule_id}", single_task(send_time="2024-05-06 12:00:01"))
    bench.clock.advance(7 * 86_400)
    assert len(bench.messages()) == 1


def test_each_kind_of_task_is_unknown_to_the_change_of_the_other(bench: Bench) -> None:
    """G6: 50028; reading and deleting are the same for both."""
    single, batch = bench.schedule(), bench.schedule_batch()
    answers = [
        bench.put(f"/schedule/{batch}", single_task()),
        bench.put(f"/schedule/batch/{single}", batch_task()),
    ]
    assert {(answer.code, answer.rule) for answer in answers} == {
        (ErrorCode.INVALID_SCHEDULE_ID, "schedule.other-kind")
    }
    for schedule_id in (single, batch):
        assert bench.get(f"/schedule/{schedule_id}").status == 200
        assert bench.delete(f"/schedule/{schedule_id}").status == 200


def test_a_deleted_task_never_goes_out_and_cannot_be_read_or_changed(bench: Bench) -> None:
    """Deleting answers 200 without a body; reading 50028 (G5), changing and deleting again 50029."""
    schedule_id = bench.schedule()
    assert bench.delete(f"/schedule/{schedule_id}").reply.body == b""
    bench.clock.advance(7 * 86_400)
    assert bench.messages() == []
    path = f"/schedule/{schedule_id}"
    assert bench.get(path).code == ErrorCode.INVALID_SCHEDULE_ID
    assert bench.delete(path).code == ErrorCode.WRONG_SCHEDULE_STATUS
    change = single_task(send_time="2024-06-07 09:00:00")
    assert bench.put(path, change).code == ErrorCode.WRONG_SCHEDULE_STATUS


def test_a_task_of_another_application_does_not_exist(bench: Bench) -> None:
    """G23, for all four calls."""
    schedule_id = bench.schedule()
    path = f"/schedule/{schedule_id}"
    change = single_task(temp_id=1, temp_para={"code": "1"})
    answers = [
        bench.get(path, auth=SECOND_APP),
        bench.delete(path, auth=SECOND_APP),
        bench.put(path, change, auth=SECOND_APP),
    ]
    assert {answer.code for answer in answers} == {ErrorCode.INVALID_SCHEDULE_ID}
    assert bench.get(path).status == 200


def test_a_task_is_paid_when_it_is_sent_and_must_be_payable_when_it_is_made(bench: Bench) -> None:
    """50014 at creation; what cannot be paid any more when it is sent is reported with 4005 (C31)."""
    bench.schedule_batch(PHONE, "13800138001")
    before = bench.get("/accounts/app").json["app_industry"]
    (dev_key,) = bench.state.accounts.account_keys()
    bench.state.accounts.set_balances(Balances(), dev_key=dev_key)
    bench.state.accounts.set_balances(Balances(industry=1), app_key=bench.app_key)
    assert before == 1_000_000
    bench.clock.set(AT + 60)
    assert [message.status for message in bench.messages()] == [
        ReportStatus.DELIVERED,
        ReportStatus.NO_BALANCE,
    ]
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
