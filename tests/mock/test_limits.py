"""Sending limits on the clock: reached, kept to the second, over when their time is over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from jsms_api.error_table import ErrorCode
from jsmskit.mock.model.records import AccessFlags
from jsmskit.mock.state.accounts import INVALID, UNSUBSCRIBED

from tests.mock.bench import MARKETING, NOTICE, PHONE, SECOND_APP, Answer, Bench, notice_entry

DAY, TEN_MINUTES = 86_400, 600
OTHER_PHONE = "13800138001"


def _marketing(bench: Bench, what: str, phone: str = PHONE, **more: Any) -> Answer:
    body = {"mobile": phone, "temp_id": MARKETING, "temp_para": {"what": what}}
    return bench.post("/messages", body, **more)


def _refused(answer: Answer, rule: str) -> bool:
    return (answer.code, answer.rule) == (ErrorCode.OUT_OF_FREQ, rule)


def test_a_voice_code_every_20_seconds(bench: Bench) -> None:
    """To the second, per number; refused calls do not start the time anew."""
    body = {"mobile": PHONE}
    assert bench.post("/voice_codes", body).status == 200
    bench.clock.advance(19.9)
    assert _refused(bench.post("/voice_codes", body), "limit.voice")
    assert bench.post("/voice_codes", {"mobile": OTHER_PHONE}).status == 200
    bench.clock.advance(0.1)
    assert bench.post("/voice_codes", body).status == 200


def test_200_codes_a_day(bench: Bench) -> None:
    """The window slides: a code counts for 24 hours from its own instant."""
    bench.send_code()
    bench.clock.advance(60)
    for _ in range(199):
        bench.send_code()
    refused = bench.post("/codes", {"mobile": PHONE, "temp_id": 1})
    assert _refused(refused, "limit.codes-per-day")
    own = {"mobile": PHONE, "temp_id": 1, "temp_para": {"code": "1"}}
    assert _refused(bench.post("/messages", own), "limit.codes-per-day")
    bench.send_code(OTHER_PHONE)
    bench.clock.advance(DAY - 60 - 0.1)
    assert bench.post("/codes", {"mobile": PHONE, "temp_id": 1}).code == ErrorCode.OUT_OF_FREQ
    bench.clock.advance(0.1)
    bench.send_code()
    assert bench.post("/codes", {"mobile": PHONE, "temp_id": 1}).code == ErrorCode.OUT_OF_FREQ


def test_the_same_notice_three_times_in_ten_minutes(bench: Bench) -> None:
    for _ in range(3):
        assert bench.notice().status == 200
    assert _refused(bench.notice(), "limit.same-notice")
    assert bench.notice(number="another").status == 200
    assert bench.notice(OTHER_PHONE).status == 200
    bench.clock.advance(TEN_MINUTES - 0.1)
    assert _refused(bench.notice(), "limit.same-notice")
    bench.clock.advance(0.1)
    assert bench.notice().status == 200


def test_200_notices_a_day_whatever_their_text(bench: Bench) -> None:
    """The cap of R2021-12 (C30)."""
    for i in range(200):
        assert bench.notice(number=str(i)).status == 200
    assert _refused(bench.notice(number="new"), "limit.notices-per-day")
    bench.clock.advance(DAY)
    assert bench.notice(number="new").status == 200


def test_three_marketing_messages_in_ten_minutes_whatever_their_text(bench: Bench) -> None:
    bench.notice()
    bench.send_code()
    for i in range(3):
        assert _marketing(bench, str(i)).status == 200
    assert _refused(_marketing(bench, "new"), "limit.marketing")
    bench.clock.advance(TEN_MINUTES)
    assert _marketing(bench, "new").status == 200


def test_limits_are_per_application(bench: Bench) -> None:
    assert bench.post("/voice_codes", {"mobile": PHONE}).status == 200
    assert bench.post("/voice_codes", {"mobile": PHONE}, auth=SECOND_APP).status == 200


def test_limits_hold_inside_a_batch_and_across_batches(bench: Bench) -> None:
    """An entry counts for the later ones; what was sent before counts for all."""
    for i in range(2):
        assert bench.notice(number=str(i)).status == 200
    entries = [notice_entry(PHONE, str(i)) for i in (2, 3, 4)]
    body = {"temp_id": MARKETING, "recipients": [{"mobile": PHONE, "temp_para": {"what": w}} for w in "abcd"]}
    told = bench.post("/messages/batch", body).json["recipients"]
    assert [entry.get("error_code") for entry in told] == [None, None, None, str(int(ErrorCode.OUT_OF_FREQ))]
    for _ in range(3):
        assert bench.batch(*entries).json["failure_count"] == 0
    assert bench.batch(*entries).json["success_count"] == 0
    bench.clock.advance(TEN_MINUTES)
    assert bench.batch(*entries).json["failure_count"] == 0


def test_the_daily_cap_counts_in_batches_too(bench: Bench) -> None:
    """199 notices leave room for one of two."""
    for i in range(199):
        bench.notice(number=str(i))
    told = bench.batch(notice_entry(PHONE, "a"), notice_entry(PHONE, "b")).json["recipients"]
    assert [entry.get("error_code") for entry in told] == [None, str(int(ErrorCode.OUT_OF_FREQ))]


def test_limits_can_be_switched_off_in_one_place(load_bench: Bench) -> None:
    bench = load_bench
    for _ in range(250):
        bench.send_code()
    for _ in range(5):
        assert bench.notice().status == 200
        assert _marketing(bench, "x").status == 200
        assert bench.post("/voice_codes", {"mobile": PHONE}).status == 200
        assert bench.get("/report").status == 200
    assert bench.batch(*[notice_entry(PHONE, str(i)) for i in range(10)]).json["failure_count"] == 0


def test_timed_messages_count_but_are_not_refused(bench: Bench) -> None:
    """C8: creating them is not limited; once sent they count for others."""
    for _ in range(5):
        bench.schedule()
    bench.clock.set(bench.clock.now() + 21 * 3600)
    assert len(bench.messages(PHONE)) == 5
    assert _refused(bench.notice(), "limit.same-notice")


def test_marketing_never_reaches_a_number_that_unsubscribed(bench: Bench) -> None:
    bench.state.accounts.put_number(bench.app_key, UNSUBSCRIBED, PHONE)
    answer = _marketing(bench, "x")
    assert (answer.code, answer.rule) == (ErrorCode.UNSUBSCRIBED_MOBILE, "recipient.unsubscribed")
    assert bench.notice().status == 200
    bench.send_code()
    bench.state.accounts.drop_number(bench.app_key, UNSUBSCRIBED, PHONE)
    assert _marketing(bench, "x").status == 200


def test_a_reply_of_td_unsubscribes(bench: Bench) -> None:
    """For the application that is answered only."""
    _marketing(bench, "x")
    for content in ("td", " T ", "退订"):
        bench.state.accounts.drop_number(bench.app_key, UNSUBSCRIBED, PHONE)
        bench.dispatcher.reply(PHONE, content)
        assert _marketing(bench, "y").code == ErrorCode.UNSUBSCRIBED_MOBILE
    bench.state.accounts.drop_number(bench.app_key, UNSUBSCRIBED, PHONE)
    bench.dispatcher.reply(PHONE, "Thanks, TD")
    assert _marketing(bench, "y").status == 200


@pytest.mark.parametrize("window", [1, 60])
def test_repeats_can_be_refused_for_a_while(bench: Bench, window: int) -> None:
    """Off by default: how long the service remembers a text is not documented (50034)."""
    bench.change(repeat_window_seconds=window)
    assert bench.notice().status == 200
    answer = bench.notice()
    assert (answer.code, answer.rule) == (ErrorCode.REPEAT_SEND, "recipient.repeat")
    assert bench.notice(number="2").status == 200
    bench.clock.advance(window)
    assert bench.notice().status == 200


def test_an_application_can_be_called_from_allowed_addresses_only(bench: Bench) -> None:
    """IPv4, IPv6 and networks; nothing set allows all (50035)."""
    app = bench.state.accounts.application(bench.app_key)
    assert app is not None
    allowed = AccessFlags(allowed_ips=("198.51.100.7", "2001:db8::/32"))
    bench.state.accounts.put_application(replace(app, switches=allowed))
    for client_ip, status in [
        ("198.51.100.7", 200),
        ("198.51.100.8", 403),
        ("2001:db8::1", 200),
        ("127.0.0.1", 403),
        ("not an address", 403),
    ]:
        assert bench.get("/accounts/app", client_ip=client_ip).status == status, client_ip


def test_marketing_can_be_closed_to_personal_accounts(bench: Bench) -> None:
    """Off by default (G15); the code is a guess."""
    bench.change(personal_account=True)
    answer = _marketing(bench, "x")
    assert (answer.code, answer.rule) == (ErrorCode.WRONG_TEMPLATE_TYPE, "template.personal-account")
    assert bench.notice().status == 200
    assert NOTICE != MARKETING


def test_a_number_can_be_listed_as_invalid(bench: Bench) -> None:
    """Of the right form, and refused with 50006 before anything is looked up; for this application only."""
    bench.state.accounts.put_number(bench.app_key, INVALID, PHONE)
    for path, body in [
        ("/codes", {"temp_id": 999}),
        ("/voice_codes", {}),
        ("/messages", {"temp_id": 999}),
        ("/schedule", {"temp_id": 999, "send_time": "2000-01-01 00:00:00"}),
    ]:
        answer = bench.post(path, {"mobile": PHONE, **body})
        assert (answer.code, answer.rule) == (ErrorCode.INVALID_MOBILE, "number.listed-invalid")
    assert bench.post("/voice_codes", {"mobile": PHONE}, auth=SECOND_APP).status == 200
