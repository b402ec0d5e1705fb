"""Sending limits on the clock: reached, kept to the second, over when their time is over."""

from __future__ import annotations

from dataclasses import replace

from jsms_api.error_table import ErrorCode
from jsmskit.mock.model.records import AccessFlags

from tests.mock.bench import APP, DEV, MARKETING, PHONE, Bench, batch_task, single_task


def test_marketing_can_be_closed_to_personal_accounts(bench: Bench) -> None:
    """On every call that sends by template. Off by default (G15); the code is a guess."""
    bench.change(personal_account=True)
    fields = {"temp_id": MARKETING, "temp_para": {"what": "书"}}
    entries = {"temp_id": MARKETING, "recipients": [{"mobile": PHONE, "temp_para": {"what": "书"}}]}
    single, batch = bench.schedule(), bench.schedule_batch()
    for answer in (
        bench.post("/messages", {"mobile": PHONE, **fields}),
        bench.post("/messages/batch", entries),
        bench.post("/schedule", single_task(**fields)),
        bench.put(f"/schedule/{single}", single_task(**fields)),
        bench.post("/schedule/batch", batch_task(**entries)),
        bench.put(f"/schedule/batch/{batch}", batch_task(**entries)),
    ):
        assert (answer.code, answer.rule) == (ErrorCode.WRONG_TEMPLATE_TYPE, "template.personal-account")
    assert bench.notice().status == 200


def test_repeats_are_refused_on_every_call_that_sends_to_one(bench: Bench) -> None:
    bench.change_lists(fixed_codes={PHONE: "123456"})
    schedule_id = bench.schedule(temp_para={"number": "2"})
    bench.change(repeat_window_seconds=60)
    bench.send_code()
    bench.notice()
    for answer in (
        bench.post("/codes", {"mobile": PHONE, "temp_id": 1}),
        bench.notice(),
        bench.post("/schedule", single_task()),
        bench.put(f"/schedule/{schedule_id}", single_task()),
    ):
        assert answer.code == ErrorCode.REPEAT_SEND


def test_balances_can_be_asked_for_now_and_then_only(bench: Bench) -> None:
    bench.change(balance_interval_seconds=60)
    for path, auth in (("/accounts/app", APP), ("/accounts/dev", DEV)):
        assert bench.get(path, auth=auth).status == 200
        assert bench.get(path, auth=auth).code == ErrorCode.OUT_OF_FREQ


def test_repeats_can_be_refused_for_a_while(bench: Bench) -> None:
    """Off by default: how long the service remembers a text is not documented (50034)."""
    bench.change(repeat_window_seconds=60)
    assert bench.notice().status == 200
    answer = bench.notice()
    assert (answer.code, answer.rule) == (ErrorCode.REPEAT_SEND, "recipient.repeat")
    assert bench.notice(number="2").status == 200
    bench.clock.advance(60)
    assert bench.notice().status == 200


def test_an_application_can_be_called_from_allowed_addresses_only(bench: Bench) -> None:
    """IPv4, IPv6 and networks (50035)."""
    app = bench.state.applications.get(bench.app_key)
    assert app is not None
    allowed = AccessFlags(allowed_ips=("198.51.100.7", "2001:db8::/32"))
    bench.state.applications.put(replace(app, switches=allowed))
    for client_ip, status in [("198.51.100.7", 200), ("2001:db8::1", 200), ("127.0.0.1", 403), ("no address", 403)]:
        assert bench.get("/accounts/app", client_ip=client_ip).status == status, client_ip
