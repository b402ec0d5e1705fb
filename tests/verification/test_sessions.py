"""Sessions: what a code is good for, how often, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest
from jsmskit.mock import Fault, FaultKind
from jsmskit.verification import AdviceKind, CheckReason, Policy

PHONE = "13800138000"


def test_the_right_code_is_accepted_once(verifier: Any) -> None:
    one = verifier()
    started = one.start()
    assert started.ok
    assert (started.phone, started.advice.kind) == ("138****8000", AdviceKind.ENTER_CODE)
    assert started.advice.en == "Enter the code that was sent to this number."
    assert started.advice.zh == "请输入该号码收到的验证码。"
    assert one.check(one.code())
    again = one.check(one.code())
    assert (again.ok, again.reason, again.advice.kind) == (False, CheckReason.USED, AdviceKind.NEW_CODE)


def test_one_number_is_one_session_however_it_is_written(verifier: Any) -> None:
    one = verifier(policy=Policy(per_number_hour=None, per_number_day=None))
    spellings = ["138 0013 8000", "+86 138-0013-8000", "8613800138000", "0086 13800138000", "１３８００１３８０００",
                 " 13800138000\u200e", 13800138000]  # fmt: skip
    for spelling in spellings:
        assert one.start(spelling), spelling
        assert one.check(one.code()), spelling
        one.mock.advance(60)


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: f"{code[:3]} {code[3:]} ",
        lambda code: f"{code[:1]}-{code[1:]}",
        lambda code: "".join(chr(0xFF10 + int(digit)) for digit in code),  # as input methods write them
    ],
    ids=["blanks", "dashes", "full width"],
)
def test_a_code_is_read_as_users_type_it(verifier: Any, typed: Callable[[str], str]) -> None:
    one = verifier()
    one.start()
    assert one.check(typed(one.code()))


def test_a_code_opens_its_purpose_and_its_application_only(verifier: Any) -> None:
    shop, bank = verifier(application="shop"), verifier(application="bank")
    shop.start(purpose="login")
    assert shop.check(shop.code(), purpose="change-password").reason is CheckReason.NOT_STARTED
    assert bank.check(shop.code()).reason is CheckReason.NOT_STARTED
    assert shop.check(shop.code(), purpose="login")
    assert repr(shop.verification).endswith("PhoneVerification(application='shop')")


def test_five_wrong_codes_end_a_session_without_asking_the_service_again(verifier: Any) -> None:
    one = verifier()
    one.start()
    checks = [one.check(one.wrong()) for _ in range(5)]
    assert [check.attempts_left for check in checks] == [4, 3, 2, 1, 0]
    assert [check.advice.kind for check in checks[3:]] == [AdviceKind.TRY_AGAIN, AdviceKind.NEW_CODE]
    asked = one.asked()
    last = one.check(one.code())
    assert (last.reason, last.advice.kind) == (CheckReason.TOO_MANY_ATTEMPTS, AdviceKind.NEW_CODE)
    assert one.asked() == asked


def test_a_code_that_the_service_calls_too_old_is_too_old(verifier: Any) -> None:
    one = verifier(policy=Policy(code_ttl=3600))  # the template's is 300
    one.start()
    one.mock.advance(400)
    assert one.check(one.code()).reason is CheckReason.EXPIRED
    asked = one.asked()
    assert one.check(one.code()).reason is CheckReason.EXPIRED
    assert one.asked() == asked


def test_a_check_without_a_session_looks_like_a_wrong_code(verifier: Any) -> None:
    one = verifier()
    one.start()
    stranger = one.check("123456", "13900139000")
    assert stranger.reason is CheckReason.NOT_STARTED
    assert stranger.advice == one.check(one.wrong()).advice


def test_an_attempt_that_did_not_reach_the_service_does_not_count(verifier: Any) -> None:
    one = verifier(policy=Policy(max_attempts=1))
    one.start()
    one.mock.faults.add(Fault(FaultKind.REFUSE, operation="verifyCode"))
    failed = one.check(one.code())
    assert (failed.reason, failed.attempts_left) == (CheckReason.UNAVAILABLE, 1)
    assert failed.error.outcome == "not_sent"
    one.mock.faults.clear()
    assert one.check(one.code())


def test_an_attempt_with_a_lost_response_counts(verifier: Any) -> None:
    one = verifier(policy=Policy(max_attempts=1))
    one.start()
    one.mock.faults.add(Fault(FaultKind.DROP, operation="verifyCode"))
    failed = one.check(one.wrong())
    assert (failed.reason, failed.attempts_left) == (CheckReason.UNAVAILABLE, 0)
    one.mock.faults.clear()
    assert one.check(one.code()).reason is CheckReason.TOO_MANY_ATTEMPTS


def test_a_code_that_was_used_up_by_a_lost_response_asks_for_a_new_one(verifier: Any) -> None:
    one = verifier()
    one.start()
    one.mock.faults.add(Fault(FaultKind.DROP, operation="verifyCode", times=1))
    assert one.check(one.code()).reason is CheckReason.UNAVAILABLE
    again = one.check(one.code())
    assert (again.reason, again.advice.kind) == (CheckReason.USED, AdviceKind.NEW_CODE)


def test_a_purpose_may_be_an_enum(verifier: Any) -> None:
    class Purpose(str, Enum):  # noqa: UP042  # the way of Python 3.10
        LOGIN = "login"

    one = verifier()
    assert one.start(purpose=Purpose.LOGIN).purpose == "login"
    assert one.check(one.code(), purpose="login")
