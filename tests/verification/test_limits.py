"""Limits: how many codes may be asked for, by whom, and what a refusal says; test_model.py counts them exactly."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import pytest
from jsmskit.verification import (
    AdviceKind,
    BudgetAlarm,
    ChallengeContext,
    Limit,
    Policy,
    StartReason,
    TooManyRequestsError,
)

PHONE = "13800138000"
WIDE: dict[str, Any] = dict.fromkeys(
    ("resend_after", "per_number_hour", "per_number_day", "per_address_hour", "per_address_day", "per_purpose_hour",
     "budget_hour", "budget_day")
)  # fmt: skip


def policy(**limits: Any) -> Policy:
    return Policy(**WIDE | limits)


def refusal(one: Any, *arguments: Any, **options: Any) -> TooManyRequestsError:
    before = one.sent()
    with pytest.raises(TooManyRequestsError) as caught:
        one.start(*arguments, **options)
    assert one.sent() == before
    return caught.value


def phones(count: int) -> list[str]:
    return [f"139{number:08d}" for number in range(count)]


def test_the_second_text_waits_a_minute(verifier: Any) -> None:
    one = verifier()
    started = one.start()
    assert started.resend_at.timestamp() == one.mock.clock.now() + 60
    error = refusal(one, "+86 138 0013 8000")
    assert (error.limit, error.retry_after, error.outcome) == (Limit.RESEND, 60, "not_sent")
    assert (error.advice.kind, error.advice.en) == (AdviceKind.WAIT, "Wait 60 seconds, then try again.")
    assert error.advice.zh == "请等待 60 秒后重试。"
    one.mock.advance(59.5)
    assert refusal(one).retry_after == 1
    one.mock.advance(0.5)
    assert one.start()


@pytest.mark.parametrize(
    ("limits", "limit", "window"),
    [({"per_address_hour": 3}, Limit.ADDRESS_HOUR, 3600), ({"per_address_day": 3}, Limit.ADDRESS_DAY, 86_400)],
)
@pytest.mark.parametrize(
    ("addresses", "other"),
    [
        (["192.0.2.1", " 192.0.2.1", ip_address("::ffff:192.0.2.1")], "192.0.2.2"),
        (["2001:db8::1", "2001:db8::ffff:1", "2001:DB8:0:0:1::"], "2001:db8:0:1::1"),
        (["not an address", "192.0.2.1, 192.0.2.2", ""], "192.0.2.1"),
    ],
)
def test_texts_from_one_address(
    verifier: Any, limits: Any, limit: Limit, window: int, addresses: list[Any], other: str
) -> None:
    one = verifier(policy=policy(**limits))
    for phone, address in zip(phones(3), addresses, strict=True):
        assert one.start(phone, ip=address)
    error = refusal(one, PHONE, ip=addresses[0])
    assert (error.limit, error.retry_after) == (limit, window)
    assert one.start(PHONE, ip=other)
    assert one.start("13700137000")  # without an address there is nothing to count
    one.mock.advance(window)
    assert one.start(PHONE, ip=addresses[0])


def test_the_budget_is_the_whole_applications_and_an_alarm_comes_first(verifier: Any) -> None:
    alarms: list[BudgetAlarm] = []
    one = verifier(policy=policy(budget_hour=5, budget_day=6, on_alarm=alarms.append))
    for number, phone in enumerate(phones(5)):
        one.start(phone, purpose=f"purpose-{number}", ip=f"192.0.2.{number}")
    assert [(alarm.limit, alarm.used, alarm.spent) for alarm in alarms] == [
        (Limit.BUDGET_HOUR, 4, False),
        (Limit.BUDGET_HOUR, 5, True),
        (Limit.BUDGET_DAY, 5, False),
    ]
    assert refusal(one).limit is Limit.BUDGET_HOUR
    one.mock.advance(3600)
    one.start()
    assert refusal(one, "13700137000").limit is Limit.BUDGET_DAY
    assert alarms[-1] == BudgetAlarm("default", Limit.BUDGET_DAY, 6, 6)


def test_an_alarm_that_fails_stops_nothing(verifier: Any, caplog: pytest.LogCaptureFixture) -> None:
    def fail(alarm: BudgetAlarm) -> None:
        raise RuntimeError("no mail server")

    one = verifier(policy=policy(budget_hour=1, on_alarm=fail))
    assert one.start()
    assert "on_alarm failed" in caplog.text


def test_a_call_has_an_interval_of_its_own_and_counts_as_a_code(verifier: Any) -> None:
    one = verifier(policy=Policy(budget_hour=5))
    one.start()
    called = one.start(channel="voice")
    assert called
    assert one.mock.messages(PHONE)[-1].kind == "voice"
    assert called.resend_at.timestamp() == one.mock.clock.now() + 20
    assert refusal(one, channel="voice").limit is Limit.VOICE_INTERVAL
    one.mock.advance(20)
    assert one.start(channel="voice")
    one.mock.advance(299)
    assert one.check(one.code())
    assert one.start("13900139000")
    assert one.start("13900139000", channel="voice")
    assert refusal(one, "13700137000").limit is Limit.BUDGET_HOUR  # a call counts as a code


def test_a_call_is_offered_after_two_texts(verifier: Any) -> None:
    one = verifier(policy=Policy(per_number_hour=3))
    assert not one.start().voice_offered
    assert not refusal(one).voice_offered
    one.mock.advance(60)
    assert one.start().voice_offered
    assert refusal(one).voice_offered
    assert not one.start(channel="voice").voice_offered
    silent = verifier(policy=Policy(voice_after=None), application="other")
    silent.start()
    one.mock.advance(60)
    assert not silent.start().voice_offered


def test_allowed_numbers_and_addresses_keep_the_other_limits(verifier: Any) -> None:
    one = verifier(
        policy=policy(
            resend_after=60,
            per_number_hour=1,
            per_number_day=1,
            per_address_hour=1,
            allowed_numbers=["+86 138 0013 8000", "1370*"],
            allowed_addresses=["10.0.0.0/8", "2001:db8::/32"],
        )
    )
    for phone in (PHONE, "13700137000"):
        one.start(phone, ip="10.1.2.3")
        one.mock.advance(60)
        one.start(phone, ip="2001:db8:1::1")
    assert refusal(one, "13700137000", ip="10.1.2.3").limit is Limit.RESEND
    one.start("13900139000", ip="192.0.2.1")
    assert refusal(one, "13600136000", ip="192.0.2.1").limit is Limit.ADDRESS_HOUR


@pytest.mark.parametrize(("phone", "address"), [("17012345678", None), (PHONE, "192.0.2.7"), (PHONE, "2001:db8::5")])
def test_blocked_numbers_and_addresses_get_nothing(verifier: Any, phone: str, address: str | None) -> None:
    one = verifier(policy=Policy(blocked_numbers=["170*"], blocked_addresses=["192.0.2.0/24", "2001:db8::/32"]))
    started = one.start(phone, ip=address)
    assert (started.ok, started.reason, started.advice.kind) == (False, StartReason.BLOCKED, AdviceKind.TRY_LATER)
    assert one.sent() == 0
    assert one.start(PHONE, ip="198.51.100.1")


def test_a_challenge_comes_before_the_text_and_costs_nothing(verifier: Any) -> None:
    asked: list[ChallengeContext] = []

    def after_one_text(context: ChallengeContext) -> bool:
        asked.append(context)
        return context.used[Limit.ADDRESS_HOUR][0] > 1

    one = verifier(challenge=after_one_text)
    assert one.start("13900139000", ip="192.0.2.1")
    for _ in range(3):
        challenged = one.start(ip="192.0.2.1")
        assert (challenged.reason, challenged.advice.kind) == (StartReason.CHALLENGE, AdviceKind.SOLVE_CHALLENGE)
        assert challenged.resend_at is None
    assert asked[-1].phone == "138****8000"
    assert asked[-1].used[Limit.ADDRESS_HOUR] == (2, 20)
    assert "192.0.2.1" not in repr(asked[-1])
    assert one.sent() == 1
    assert one.start(ip="192.0.2.1", challenge_passed=True)
    assert refusal(one, ip="192.0.2.1", challenge_passed=True).limit is Limit.RESEND


def test_a_challenge_that_fails_sends_nothing_and_costs_nothing(verifier: Any) -> None:
    def fail(context: ChallengeContext) -> bool:
        raise RuntimeError("the captcha service is down")

    one = verifier(challenge=fail)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="captcha"):
            one.start()
    assert one.sent() == 0


def test_a_clock_that_goes_back_lifts_no_limit(verifier: Any) -> None:
    one = verifier(policy=policy(resend_after=60, budget_hour=2))
    one.start()
    one.mock.clock.set(one.mock.clock.now() - 3000)
    assert refusal(one).limit is Limit.RESEND
    one.start("13900139000")
    assert refusal(one, "13700137000").limit is Limit.BUDGET_HOUR
