"""Anything a caller can get wrong raises before any byte is sent: with the field, the rule, the remedy, and
in the class that the service's own refusal would have.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from jsms_api.error_table import ErrorCode as E
from jsms_api.limits import REFUSALS
from jsmskit import (
    ContentRejectedError,
    InvalidRequestError,
    JsmsError,
    Outcome,
    Recipient,
    SignError,
    SignType,
    TemplatePreview,
    TemplateType,
    VerificationReason,
    VoiceLanguage,
    errors,
)
from jsmskit._validation.fields import InvalidArgument, code_for_argument, error_for_argument

from tests.client.callers import Caller, answer, sent
from tests.client.operations import PHONE, PNG, soon

Calling = Callable[..., Caller]
NAIVE = datetime(2030, 1, 1)  # noqa: DTZ001  # the mistake itself
HALF = "\ud800"
MANY = [str(13800000000 + number) for number in range(1001)]
WRONG: list[tuple[str, E, Callable[[Any], Any]]] = [
    ("phone", E.INVALID_MOBILE, lambda c: c.codes.send("1380013800")),
    ("phone", E.MISSING_MOBILE, lambda c: c.codes.send(" ")),
    ("phone", E.INVALID_BODY, lambda c: c.codes.send(None)),
    ("template_id", E.INVALID_TEMP_ID, lambda c: c.codes.send(PHONE, template_id=0)),
    ("template_id", E.INVALID_BODY, lambda c: c.codes.send(PHONE, template_id="1")),
    ("template_id", E.INVALID_BODY, lambda c: c.codes.send(PHONE, template_id=True)),
    ("template_id", E.INVALID_TEMP_ID, lambda c: c.codes.send(PHONE, template_id=2**60)),
    ("sign_id", E.INVALID_SIGN_ID, lambda c: c.codes.send(PHONE, sign_id=-5)),
    ("code", E.INVALID_CONTENT_LENGTH, lambda c: c.codes.send_voice(PHONE, code="123")),
    ("code", E.INVALID_CONTENT_LENGTH, lambda c: c.codes.send_voice(PHONE, code="")),
    ("code", E.INVALID_CODE_TYPE, lambda c: c.codes.send_voice(PHONE, code="12a4")),
    ("code", E.INVALID_CODE_TYPE, lambda c: c.codes.send_voice(PHONE, code="１２３４")),
    ("code", E.INVALID_BODY, lambda c: c.codes.send_voice(PHONE, code=1234)),
    ("language", E.INVALID_VOICE_LANGUAGE_TYPE, lambda c: c.codes.send_voice(PHONE, language=3)),
    ("language", E.INVALID_BODY, lambda c: c.codes.send_voice(PHONE, language="0")),
    ("ttl", E.INVALID_TTL_VALUE, lambda c: c.codes.send_voice(PHONE, ttl=0)),
    ("ttl", E.INVALID_TTL_VALUE, lambda c: c.codes.send_voice(PHONE, ttl=86401)),
    ("msg_id", E.WRONG_MSG_ID, lambda c: c.codes.verify("", "1")),
    ("msg_id", E.WRONG_MSG_ID, lambda c: c.codes.verify("../1", "1")),
    ("msg_id", E.WRONG_MSG_ID, lambda c: c.codes.verify("a" * 65, "1")),
    ("msg_id", E.WRONG_MSG_ID, lambda c: c.codes.verify(None, "1")),
    ("msg_id", E.WRONG_MSG_ID, lambda c: c.codes.verify("1\n", "1")),
    ("code", E.INVALID_BODY, lambda c: c.codes.verify("1", 123456)),
    ("params", E.INVALID_BODY, lambda c: c.messages.send(PHONE, 1, ["a"])),
    ("params['a']", E.INVALID_BODY, lambda c: c.messages.send(PHONE, 1, {"a": 5})),
    ("params['a']", E.CONTENT_CONTAINS_SPECIAL_SYMBOL, lambda c: c.messages.send(PHONE, 1, {"a": "【x】"})),
    ("params['a']", E.INVALID_BODY, lambda c: c.messages.send(PHONE, 1, {"a": HALF})),
    ("params['a']", E.INVALID_CONTENT_LENGTH, lambda c: c.messages.send(PHONE, 1, {"a": "x" * 501})),
    ("params", E.INVALID_BODY, lambda c: c.messages.send(PHONE, 1, {HALF: "1"})),
    ("recipients", E.RECIPIENTS_IS_EMPTY, lambda c: c.messages.send_batch(1, [])),
    ("recipients", E.TOO_MUCH_RECIPIENTS, lambda c: c.messages.send_batch(1, MANY)),
    ("recipients", E.INVALID_BODY, lambda c: c.messages.send_batch(1, PHONE)),
    ("recipients", E.INVALID_BODY, lambda c: c.messages.send_batch(1, {PHONE: {}})),
    ("recipients", E.INVALID_BODY, lambda c: c.messages.send_batch(1, 5)),
    ("recipients[1].phone", E.INVALID_MOBILE, lambda c: c.messages.send_batch(1, [PHONE, "12345"])),
    ("recipients[0].params['a']", E.INVALID_BODY, lambda c: c.messages.send_batch(1, [(PHONE, {"a": None})])),
    ("recipients[0].phone", E.INVALID_BODY, lambda c: c.messages.send_batch(1, [(PHONE, {}, 1)])),
    ("tag", E.INVALID_BODY, lambda c: c.messages.send_batch(1, [PHONE], tag="x" * 11)),
    ("tag", E.INVALID_BODY, lambda c: c.messages.send_batch(1, [PHONE], tag=HALF)),
    ("tag", E.INVALID_BODY, lambda c: c.messages.send_batch(1, [PHONE], tag=5)),
    ("send_at", E.INVALID_BODY, lambda c: c.schedules.create(PHONE, 1, NAIVE)),
    ("send_at", E.INVALID_BODY, lambda c: c.schedules.create(PHONE, 1, "2030-01-01")),
    ("send_at", E.INVALID_SEND_TIME, lambda c: c.schedules.create(PHONE, 1, datetime.now(UTC) - timedelta(seconds=1))),
    ("schedule_id", E.INVALID_SCHEDULE_ID, lambda c: c.schedules.update("a/b", PHONE, 1, soon())),
    ("schedule_id", E.INVALID_SCHEDULE_ID, lambda c: c.schedules.get("")),
    ("schedule_id", E.INVALID_SCHEDULE_ID, lambda c: c.schedules.cancel(".")),
    ("template", E.TEMPLATE_IS_EMPTY, lambda c: c.templates.create("", type=2)),
    ("template", E.TEMPLATE_TOO_LONG, lambda c: c.templates.create("x" * 501, type=2)),
    ("template", E.TEMPLATE_CONTAINS_SPECIAL_SYMBOL, lambda c: c.templates.create("【x】y", type=2)),
    (
        "template",
        E.TEMPLATE_PARAMETER_INVALID,
        lambda c: c.templates.create("您好", type=TemplateType.VERIFICATION, ttl=60),
    ),
    ("type", E.WRONG_TEMPLATE_TYPE, lambda c: c.templates.create("x", type=9)),
    ("type", E.INVALID_BODY, lambda c: c.templates.create("x", type="2")),
    ("ttl", E.INVALID_TTL_VALUE, lambda c: c.templates.create("{{code}}", type=1)),
    ("ttl", E.INVALID_TTL_VALUE, lambda c: c.templates.create("{{code}}", type=1, ttl=0)),
    ("remark", E.REMARK_TOO_LONG, lambda c: c.templates.create("x", type=2, remark="x" * 101)),
    ("remark", E.SPECIAL_TEMPLATE_PARAMETER_NEED_EXTRA_REMARK, lambda c: c.templates.create("{{url}}", type=2)),
    ("template_id", E.INVALID_TEMP_ID, lambda c: c.templates.update(0, "x", type=2)),
    ("template_id", E.INVALID_TEMP_ID, lambda c: c.templates.get(-1)),
    ("template_id", E.INVALID_TEMP_ID, lambda c: c.templates.delete("x")),
    ("sign", E.INVALID_SIGNATURE, lambda c: c.signs.create("极")),
    ("sign", E.INVALID_SIGNATURE, lambda c: c.signs.create("【极光】")),
    ("type", E.INVALID_BODY, lambda c: c.signs.create("极光", type=0)),
    ("remark", E.INVALID_BODY, lambda c: c.signs.create("极光", remark="x" * 101)),
    ("legal_person_id_number", E.INVALID_BODY, lambda c: c.signs.create("极光", legal_person_id_number="123")),
    (
        "legal_person_id_number",
        E.INVALID_BODY,
        lambda c: c.signs.create("极光", legal_person_id_number="1101051900010100.X"),
    ),
    ("legal_person_name", E.INVALID_BODY, lambda c: c.signs.create("极光", legal_person_name=HALF)),
    ("legal_person_name", E.INVALID_BODY, lambda c: c.signs.create("极光", legal_person_name=5)),
    ("social_credit_code", E.INVALID_BODY, lambda c: c.signs.create("极光", social_credit_code="x" * 18)),
    ("third_party_company_name", E.INVALID_BODY, lambda c: c.signs.create("极光", third_party_company_name="")),
    ("id_card_image", E.INVALID_IMAGE, lambda c: c.signs.create("极光", id_card_image=b"GIF89a")),
    ("other_image", E.INVALID_IMAGE, lambda c: c.signs.create("极光", other_image=b"")),
    (
        "trademark_image",
        E.INVALID_IMAGE,
        lambda c: c.signs.create("极光", trademark_image=PNG + bytes(2 * 1024 * 1024)),
    ),
    ("icp_app_screenshot", E.INVALID_IMAGE, lambda c: c.signs.create("极光", icp_app_screenshot="/nowhere/at/all.png")),
    ("business_license_image", E.INVALID_BODY, lambda c: c.signs.create("极光", business_license_image=5)),
    (
        "third_party_auth_image",
        E.INVALID_BODY,
        lambda c: c.signs.create("极光", third_party_auth_image=io.StringIO("x")),
    ),
    ("sign_id", E.INVALID_SIGN_ID, lambda c: c.signs.update(0, "极光")),
    ("sign_id", E.INVALID_SIGN_ID, lambda c: c.signs.get(0)),
    ("sign_id", E.INVALID_SIGN_ID, lambda c: c.signs.delete(2**60)),
]
"""Everything that a caller can get wrong: field, code, call."""


@pytest.mark.parametrize(("field", "code", "ask"), WRONG, ids=[f"{n}-{w[0]}" for n, w in enumerate(WRONG)])
def test_what_is_wrong_is_said_before_anything_is_sent(
    calling: Calling, field: str, code: E, ask: Callable[[Any], Any]
) -> None:
    """Field, class and code are those of the service's own refusal, as the spec has them."""
    caller = calling(answer(200, {}))
    with pytest.raises(JsmsError) as caught:
        caller(ask)
    error = caught.value
    assert (error.field, error.code, error.outcome) == (field, code, Outcome.NOT_SENT)
    assert type(error) is errors.error_class(code)
    assert (error.http_status, error.attempts) == (None, 0)
    assert field in error.message
    assert error.remedy
    assert sent(caller) == []


def test_numbers_are_the_only_thing_that_is_corrected(calling: Calling) -> None:
    """+86, blanks, dashes and full-width digits are taken away, as documented."""
    for written in ("+86 138-1234-5678", "86 13812345678", "１３８１２３４５６７８", 13812345678):
        caller = calling(answer(200, {"msg_id": "1"}))
        caller(lambda c, written=written: c.codes.send(written))
        assert sent(caller)[0].json["mobile"] == PHONE


def test_every_way_to_name_recipients_gives_the_same_request(calling: Calling) -> None:
    forms: list[Any] = [
        [PHONE, ("13900001111", {"a": "b"})],
        (Recipient(PHONE), Recipient(13900001111, {"a": "b"})),
        (entry for entry in [(PHONE, None), Recipient("139 0000 1111", {"a": "b"})]),
    ]
    for form in forms:
        caller = calling(answer(200, {"recipients": []}))
        caller(lambda c, form=form: c.messages.send_batch(1, form, sign_id=5, tag="标签"))
        assert sent(caller)[0].json == {
            "temp_id": 1,
            "recipients": [{"mobile": PHONE}, {"mobile": "13900001111", "temp_para": {"a": "b"}}],
            "sign_id": 5,
            "tag": "标签",
        }


def test_times_go_out_in_the_service_s_zone(calling: Calling) -> None:
    """UTC+8 to the second, rounded up: never before the moment that was asked for."""
    at = datetime(2020, 6, 1, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=-5)))
    caller = calling(answer(200, {"schedule_id": "a"}), now=lambda: datetime(2020, 1, 1, tzinfo=UTC))
    caller(lambda c: c.schedules.create(PHONE, 1, at, sign_id=7))
    assert sent(caller)[0].json == {"send_time": "2020-06-02 01:00:01", "mobile": PHONE, "temp_id": 1, "sign_id": 7}


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("", VerificationReason.MISSING), ("1" * 33, VerificationReason.WRONG), (HALF, VerificationReason.WRONG)],
)
def test_what_a_person_types_is_answered_and_never_raised(
    calling: Calling, typed: str, reason: VerificationReason
) -> None:
    """What cannot be a code gets the verdict that the service would give, without a request."""
    caller = calling(answer(200, {"is_valid": True}))
    verdict = caller(lambda c: c.codes.verify(288193860302, typed))
    assert (bool(verdict), verdict.reason) == (False, reason)
    assert verdict.info is not None
    assert sent(caller) == []


@pytest.mark.parametrize("typed", ["1", " 123456", "abc", "极", "0" * 32])
def test_what_could_be_a_code_is_for_the_service_to_judge(calling: Calling, typed: str) -> None:
    """The form of a code is not documented, so nothing is guessed."""
    caller = calling(answer(200, {"is_valid": True}))
    assert caller(lambda c: c.codes.verify("1", typed))
    assert sent(caller)[0].json == {"code": typed}


def test_voice_codes_leave_out_what_was_not_given(calling: Calling) -> None:
    """The service's own defaults stay the service's."""
    caller = calling(answer(200, {"msg_id": "1"}))
    caller(lambda c: c.codes.send_voice(PHONE))
    caller(lambda c: c.codes.send_voice(PHONE, code="0394", language=VoiceLanguage.MIXED, ttl=86400))
    assert [one.json for one in sent(caller)] == [
        {"mobile": PHONE},
        {"mobile": PHONE, "code": "0394", "voice_lang": 2, "ttl": 86400},
    ]


def test_a_template_is_tried_out_offline(calling: Calling) -> None:
    """Filled, counted and priced without a request; what is missing has a name."""
    caller = calling(answer(500, {}))
    tried = caller(lambda c: c.templates.preview("您好{{name}}，{{x}}", {"name": "王"}, sign="极光推送"))
    assert isinstance(tried, TemplatePreview)
    assert (tried.text, tried.missing, tried.units) == ("【极光推送】您好王，{{x}}", ("x",), 1)
    for ask, kind in (
        (lambda c: c.templates.preview("{{a}}", {"a": 5}), InvalidRequestError),
        (lambda c: c.templates.preview("{{a}}", {"a": "【"}), ContentRejectedError),
        (lambda c: c.templates.preview("x", sign="【x】"), SignError),
    ):
        with pytest.raises(kind) as caught:
            caller(ask)
        assert (caught.value.outcome, caught.value.operation) == (Outcome.NOT_SENT, None)
    assert sent(caller) == []


def test_a_form_has_every_part_that_was_given(calling: Calling, tmp_path: Path) -> None:
    """Texts and pictures (as path, bytes or file) under the service's names; file names say nothing about people."""
    path = tmp_path / "screenshot.png"
    path.write_bytes(PNG)
    caller = calling(answer(200, {"sign_id": 5}))
    caller(
        lambda c: c.signs.update(
            7,
            "极光推送",
            type=SignType.OTHER,
            remark="说明",
            legal_person_name="张三",
            legal_person_id_number="11010519000101000X",
            social_credit_code="91440300MA00000000",
            third_party_company_name="某公司",
            id_card_image=PNG,
            business_license_image=io.BytesIO(b"\xff\xd8\xff" + b"jpeg"),
            icp_app_screenshot=path,
            trademark_image=PNG,
            third_party_auth_image=PNG,
            other_image=PNG,
        )
    )
    request = sent(caller)[0]
    boundary = request.headers["Content-Type"].partition("boundary=")[2]
    parts = request.body.split(f"--{boundary}".encode())[1:-1]
    names = [part.partition(b'name="')[2].partition(b'"')[0].decode() for part in parts]
    assert " ".join(names) == (
        "sign type legalPersonName legalPersonIdNumber idCardImage socialCreditCode thirdPartyCompanyName "
        "businessLicenseImage icpAppScreenshot trademarkImage thirdPartyAuthImage otherImage remark"
    )
    assert parts[0].endswith("\r\n\r\n极光推送\r\n".encode())
    assert b'filename="business_license_image.jpg"\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\xff' in request.body
    assert request.body.endswith(f"--{boundary}--\r\n".encode())
    assert boundary.encode() not in b"".join(part.partition(b"\r\n\r\n")[2] for part in parts)


def test_an_argument_of_which_the_spec_knows_no_refusal_is_an_invalid_request() -> None:
    refused = InvalidArgument("surprise", "type", "it is odd.", "Do not.")
    assert code_for_argument("sendCode", refused) is None
    error = error_for_argument("sendCode", refused)
    assert (type(error), error.code, error.field) == (InvalidRequestError, None, "surprise")


@pytest.mark.parametrize("operation", sorted(REFUSALS))
def test_every_refusal_of_the_spec_finds_its_class(operation: str) -> None:
    """Each pair of property and rule gives the class of its code: users need one except branch."""
    for place, rules in REFUSALS[operation].items():
        for keyword, code in rules.items():
            error = error_for_argument(operation, InvalidArgument(place, keyword, "wrong.", "Mend it."))
            assert type(error) is errors.error_class(code)
            assert error.code == code
