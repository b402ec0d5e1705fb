"""Sending limits on the clock: reached, kept to the second, over when their time is over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from jsms_api.error_table import ErrorCode
from jsmskit.mock.model.records import AccessFlags
from jsmskit.mock.state.accounts import FIXED_CODE

from tests.mock.bench import MARKETING, PHONE, Answer, Bench, notice_entry
from tests.mock.recipes import SENDS_MANY, SENDS_ONE, prepare


def _marketing(bench: Bench, what: str, phone: str = PHONE, **more: Any) -> Answer:
    body = {"mobile": phone, "temp_id": MARKETING, "temp_para": {"what": what}}
    return bench.post("/messages", body, **more)


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


@pytest.mark.parametrize(
    ("setting", "operation", "code"),
    [
        *(("personal_account", name, ErrorCode.WRONG_TEMPLATE_TYPE) for name in (*SENDS_ONE[1:], *SENDS_MANY)),
        *(("repeat_window_seconds", name, ErrorCode.REPEAT_SEND) for name in SENDS_ONE),
        *(("balance_interval_seconds", name, ErrorCode.OUT_OF_FREQ) for name in ("getAppBalance", "getAccountBalance")),
    ],
)
def test_a_setting_brings_a_code_on_every_call_that_declares_it(
    bench: Bench, setting: str, operation: str, code: ErrorCode
) -> None:
    bench.state.accounts.put_number(bench.app_key, FIXED_CODE, PHONE, "123456")
    prepared = prepare(bench, operation)
    if setting == "personal_account":
        prepared = prepared.with_fields(temp_id=MARKETING, temp_para={"what": "书"})
    bench.change(**{setting: True if setting == "personal_account" else 60})
    if setting == "repeat_window_seconds" and operation != "sendCode":
        bench.notice(number=(prepared.body or {})["temp_para"]["number"])
    elif setting != "personal_account":
        assert prepared.make().status == 200
    assert prepared.make().code == code


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
    """IPv4, IPv6 and networks (50035)."""
    app = bench.state.accounts.application(bench.app_key)
    assert app is not None
    allowed = AccessFlags(allowed_ips=("198.51.100.7", "2001:db8::/32"))
    bench.state.accounts.put_application(replace(app, switches=allowed))
    for client_ip, status in [("198.51.100.7", 200), ("2001:db8::1", 200), ("127.0.0.1", 403), ("no address", 403)]:
        assert bench.get("/accounts/app", client_ip=client_ip).status == status, client_ip
