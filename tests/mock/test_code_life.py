"""The life of a verification code: made, verified once, expired by the clock."""

from __future__ import annotations

import pytest
from jsms_api.error_table import ErrorCode
from jsmskit.mock.state.accounts import FIXED_CODE

from tests.mock.bench import PHONE, SECOND_APP, Bench, Judge

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


def test_a_right_code_is_valid_once(bench: Bench) -> None:
    """The second check gives 50012, with is_valid false beside the error."""
    msg_id = bench.send_code()
    code = bench.code_of(msg_id)
    assert bench.verify(msg_id, code).json == {"is_valid": True}
    again = bench.verify(msg_id, code)
    assert (again.code, again.json["is_valid"]) == (ErrorCode.VERIFIED_CODE, False)
    assert bench.verify(msg_id, "wrong").code == ErrorCode.VERIFIED_CODE


def test_wrong_codes_do_not_use_a_code_up(bench: Bench) -> None:
    """The number of tries is not limited (G3)."""
    msg_id = bench.send_code()
    for _ in range(20):
        refused = bench.verify(msg_id, "000000000")
        assert (refused.code, refused.json["is_valid"]) == (ErrorCode.INVALID_CODE, False)
    assert bench.verify(msg_id, bench.code_of(msg_id)).status == 200


def test_a_code_lives_as_long_as_its_template_says_to_the_second(bench: Bench) -> None:
    """The ready-made template: 300 seconds; at 299.9 it is alive, at 300 it is dead."""
    msg_id, other = bench.send_code(), bench.send_code(OTHER_PHONE)
    code, other_code = bench.code_of(msg_id), bench.code_of(other)
    bench.clock.advance(299.9)
    assert bench.verify(msg_id, code).status == 200
    bench.clock.advance(0.1)
    expired = bench.verify(other, other_code)
    assert (expired.code, expired.json["is_valid"]) == (ErrorCode.EXPIRED_CODE, False)
    assert bench.verify(other, "wrong").code == ErrorCode.EXPIRED_CODE


def test_a_verified_code_stays_verified_after_its_life(bench: Bench) -> None:
    """Verified is looked at before expired: inferred."""
    msg_id = bench.send_code()
    bench.verify(msg_id, bench.code_of(msg_id))
    bench.clock.advance(10_000)
    assert bench.verify(msg_id, "000000").code == ErrorCode.VERIFIED_CODE


def test_a_new_code_leaves_the_old_one_alive(bench: Bench) -> None:
    """Each msg_id lives on its own (G3)."""
    first, second = bench.send_code(), bench.send_code()
    for msg_id in (second, first):
        assert bench.verify(msg_id, bench.code_of(msg_id)).status == 200


@pytest.mark.parametrize(("told", "life"), [(None, 60), (1, 1), (90, 90), (86_400, 86_400)])
def test_a_voice_code_lives_as_long_as_the_call_says(bench: Bench, told: int | None, life: int) -> None:
    """60 seconds if the call says nothing."""
    body = {"mobile": PHONE, "code": "0394"} | ({} if told is None else {"ttl": told})
    msg_id = bench.post("/voice_codes", body).json["msg_id"]
    bench.clock.advance(life - 0.001)
    assert bench.verify(msg_id, "394").code == ErrorCode.INVALID_CODE
    bench.clock.advance(0.001)
    assert bench.verify(msg_id, "0394").code == ErrorCode.EXPIRED_CODE


@pytest.mark.parametrize("code", ["0000", "01234567"])
def test_a_voice_code_of_four_to_eight_digits_is_read_out_as_it_is(bench: Bench, code: str) -> None:
    msg_id = bench.post("/voice_codes", {"mobile": PHONE, "code": code, "voice_lang": 1}).json["msg_id"]
    (message,) = bench.messages()
    assert (message.kind, message.text, message.language, message.type) == ("voice", code, 1, None)
    assert bench.verify(msg_id, code).status == 200


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"code": "123"}, ErrorCode.INVALID_CONTENT_LENGTH),
        ({"code": "123456789"}, ErrorCode.INVALID_CONTENT_LENGTH),
        ({"code": "12a4"}, ErrorCode.INVALID_CODE_TYPE),
        ({"code": "１２３４"}, ErrorCode.INVALID_CODE_TYPE),
        ({"voice_lang": 3}, ErrorCode.INVALID_VOICE_LANGUAGE_TYPE),
        ({"voice_lang": -1}, ErrorCode.INVALID_VOICE_LANGUAGE_TYPE),
        ({"ttl": 0}, ErrorCode.INVALID_TTL_VALUE),
        ({"ttl": 86_401}, ErrorCode.INVALID_TTL_VALUE),
        ({"ttl": 1.5}, ErrorCode.INVALID_BODY),
        ({"voice_lang": "cn"}, ErrorCode.INVALID_BODY),
    ],
    ids=str,
)
def test_a_voice_call_that_cannot_be_is_refused(
    bench: Bench, fields: dict[str, object], code: ErrorCode
) -> None:
    assert bench.post("/voice_codes", {"mobile": PHONE, **fields}).code == code


def test_a_voice_code_that_the_service_makes_can_be_verified(bench: Bench) -> None:
    msg_id = bench.post("/voice_codes", {"mobile": PHONE}).json["msg_id"]
    code = bench.code_of(msg_id)
    assert len(code) == 6
    assert bench.verify(msg_id, code).status == 200


@pytest.mark.parametrize(
    "msg_id", ["1", "9" * 18, "9" * 64, "06890980-6789-4054-bba9-90fb66ab2fce", "x", "%00", "１"]
)
def test_an_id_that_no_code_was_sent_under_is_wrong(bench: Bench, msg_id: str) -> None:
    """50026 with is_valid false, whatever the id looks like."""
    answer = bench.verify(msg_id, "123456")
    assert (answer.code, answer.json["is_valid"]) == (ErrorCode.WRONG_MSG_ID, False)


def test_messages_that_carry_no_code_of_the_service_cannot_be_verified(bench: Bench) -> None:
    """Not a template message, even with the caller's own code in it (G21)."""
    body = {"mobile": PHONE, "temp_id": 1, "temp_para": {"code": "123456"}}
    msg_id = bench.post("/messages", body).json["msg_id"]
    assert bench.verify(str(msg_id), "123456").code == ErrorCode.WRONG_MSG_ID


def test_a_code_of_another_application_does_not_exist(bench: Bench) -> None:
    """G23."""
    msg_id = bench.send_code()
    code = bench.code_of(msg_id)
    assert bench.verify(msg_id, code, auth=SECOND_APP).code == ErrorCode.WRONG_MSG_ID
    assert bench.verify(msg_id, code).status == 200


@pytest.mark.parametrize(
    ("code", "refusal"), [("", ErrorCode.MISSING_CODE), ("1" * 33, ErrorCode.INVALID_CODE)]
)
def test_what_was_typed_may_be_anything(bench: Bench, code: str, refusal: ErrorCode) -> None:
    """Nothing typed is 400 with 50015, too much is just the wrong code; both are verdicts."""
    answer = bench.verify(bench.send_code(), code)
    assert (answer.code, answer.json["is_valid"]) == (refusal, False)


def test_a_refusal_that_is_no_verdict_has_no_is_valid(bench: Bench) -> None:
    answer = bench.post("/codes/1/valid", b"{")
    assert (answer.code, "is_valid" in answer.json) == (ErrorCode.INVALID_BODY, False)
    assert "is_valid" not in bench.verify("1", "1", auth=None).json


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


def test_equal_seeds_give_equal_codes_and_ids_and_others_give_others(judge: Judge) -> None:
    runs = [Bench(judge, random_seed=seed) for seed in (1, 1, 2)]
    ids = [(run.send_code(), run.messages()[0].code, run.schedule()) for run in runs]
    assert ids[0] == ids[1]
    assert not set(ids[0]) & set(ids[2])
