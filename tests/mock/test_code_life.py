"""The life of a verification code: made, verified once, expired by the clock."""

from __future__ import annotations

from jsms_api.error_table import ErrorCode
from jsmskit.mock.state.accounts import FIXED_CODE

from tests.mock.bench import PHONE, Bench

OTHER_PHONE = "13800138001"


def test_a_text_code_has_six_digits_and_arrives_as_the_template_says(bench: Bench) -> None:
    """【sign】, the ready-made text with the code in it, and the phone it was sent to."""
    msg_id = bench.send_code()
    (message,) = bench.messages(PHONE)
    assert message.code is not None
    assert len(message.code) == 6
    assert message.code.isdigit()
    assert message.text.startswith(f"【极光推送】您的手机验证码：{message.code}，有效期5分钟")
    assert (message.msg_id, message.kind, message.temp_id, message.units) == (msg_id, "code", 1, 1)
    assert msg_id.isdigit()
    assert len(msg_id) == 12


def test_a_number_can_be_given_a_fixed_code(bench: Bench) -> None:
    """For tests that cannot read the phone; other numbers are untouched, each code verifies once."""
    bench.state.accounts.put_number(bench.app_key, FIXED_CODE, PHONE, "888888")
    first, second = bench.send_code(), bench.send_code()
    assert bench.code_of(first) == bench.code_of(second) == "888888"
    assert bench.code_of(bench.send_code(OTHER_PHONE)) != "888888"
    assert bench.verify(first, "888888").status == 200
    assert bench.verify(first, "888888").code == ErrorCode.VERIFIED_CODE
    assert bench.verify(second, "888888").status == 200
    assert bench.post("/voice_codes", {"mobile": PHONE}).status == 200
    assert bench.messages(PHONE)[-1].code == "888888"
