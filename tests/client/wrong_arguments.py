"""Everything that a caller can get wrong, with the error that it must bring. Data of `test_arguments`."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from jsms_api.error_table import ErrorCode
from jsmskit import (
    ContentRejectedError,
    InvalidRequestError,
    JsmsError,
    RecipientError,
    ScheduleError,
    SignError,
    TemplateError,
    TemplateType,
    VerificationError,
)

from tests.client.operations import PHONE, PNG, soon

NAIVE = datetime(2030, 1, 1)  # noqa: DTZ001  # the mistake itself
HALF = "\ud800"


def recipients(count: int) -> list[str]:
    return [str(13800000000 + number) for number in range(count)]


WRONG: list[tuple[str, type[JsmsError], ErrorCode | None, Callable[[Any], Any]]] = [
    ("phone", RecipientError, ErrorCode.INVALID_MOBILE, lambda c: c.codes.send("1380013800")),
    ("phone", InvalidRequestError, ErrorCode.MISSING_MOBILE, lambda c: c.codes.send(" ")),
    ("phone", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.codes.send(None)),
    ("template_id", TemplateError, ErrorCode.INVALID_TEMP_ID, lambda c: c.codes.send(PHONE, template_id=0)),
    ("template_id", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.codes.send(PHONE, template_id="1")),
    ("template_id", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.codes.send(PHONE, template_id=True)),
    ("template_id", TemplateError, ErrorCode.INVALID_TEMP_ID, lambda c: c.codes.send(PHONE, template_id=2**60)),
    ("sign_id", SignError, ErrorCode.INVALID_SIGN_ID, lambda c: c.codes.send(PHONE, sign_id=-5)),
    ("code", ContentRejectedError, ErrorCode.INVALID_CONTENT_LENGTH, lambda c: c.codes.send_voice(PHONE, code="123")),
    ("code", ContentRejectedError, ErrorCode.INVALID_CONTENT_LENGTH, lambda c: c.codes.send_voice(PHONE, code="")),
    ("code", ContentRejectedError, ErrorCode.INVALID_CODE_TYPE, lambda c: c.codes.send_voice(PHONE, code="12a4")),
    ("code", ContentRejectedError, ErrorCode.INVALID_CODE_TYPE, lambda c: c.codes.send_voice(PHONE, code="１２３４")),
    ("code", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.codes.send_voice(PHONE, code=1234)),
    (
        "language",
        ContentRejectedError,
        ErrorCode.INVALID_VOICE_LANGUAGE_TYPE,
        lambda c: c.codes.send_voice(PHONE, language=3),
    ),
    ("language", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.codes.send_voice(PHONE, language="0")),
    ("ttl", None, ErrorCode.INVALID_TTL_VALUE, lambda c: c.codes.send_voice(PHONE, ttl=0)),  # type: ignore[list-item]
    ("ttl", None, ErrorCode.INVALID_TTL_VALUE, lambda c: c.codes.send_voice(PHONE, ttl=86401)),  # type: ignore[list-item]
    ("msg_id", VerificationError, ErrorCode.WRONG_MSG_ID, lambda c: c.codes.verify("", "1")),
    ("msg_id", VerificationError, ErrorCode.WRONG_MSG_ID, lambda c: c.codes.verify("../1", "1")),
    ("msg_id", VerificationError, ErrorCode.WRONG_MSG_ID, lambda c: c.codes.verify("a" * 65, "1")),
    ("msg_id", VerificationError, ErrorCode.WRONG_MSG_ID, lambda c: c.codes.verify(None, "1")),
    ("msg_id", VerificationError, ErrorCode.WRONG_MSG_ID, lambda c: c.codes.verify("1\n", "1")),
    ("code", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.codes.verify("1", 123456)),
    ("params", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.messages.send(PHONE, 1, ["a"])),
    ("params['a']", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.messages.send(PHONE, 1, {"a": 5})),
    (
        "params['a']",
        ContentRejectedError,
        ErrorCode.CONTENT_CONTAINS_SPECIAL_SYMBOL,
        lambda c: c.messages.send(PHONE, 1, {"a": "【x】"}),
    ),
    ("params['a']", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.messages.send(PHONE, 1, {"a": HALF})),
    ("recipients", RecipientError, ErrorCode.RECIPIENTS_IS_EMPTY, lambda c: c.messages.send_batch(1, [])),
    ("recipients", RecipientError, ErrorCode.TOO_MUCH_RECIPIENTS, lambda c: c.messages.send_batch(1, recipients(1001))),
    ("recipients", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.messages.send_batch(1, PHONE)),
    ("recipients", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.messages.send_batch(1, {PHONE: {}})),
    ("recipients", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.messages.send_batch(1, 5)),
    (
        "recipients[1].phone",
        RecipientError,
        ErrorCode.INVALID_MOBILE,
        lambda c: c.messages.send_batch(1, [PHONE, "12345"]),
    ),
    (
        "recipients[0].params['a']",
        InvalidRequestError,
        ErrorCode.INVALID_BODY,
        lambda c: c.messages.send_batch(1, [(PHONE, {"a": None})]),
    ),
    (
        "recipients[0].phone",
        InvalidRequestError,
        ErrorCode.INVALID_BODY,
        lambda c: c.messages.send_batch(1, [(PHONE, {}, 1)]),
    ),
    ("tag", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.messages.send_batch(1, [PHONE], tag="x" * 11)),
    ("tag", InvalidRequestError, None, lambda c: c.messages.send_batch(1, [PHONE], tag=HALF)),
    ("tag", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.messages.send_batch(1, [PHONE], tag=5)),
    ("send_at", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.schedules.create(PHONE, 1, NAIVE)),
    ("send_at", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.schedules.create(PHONE, 1, "2030-01-01")),
    (
        "send_at",
        ScheduleError,
        ErrorCode.INVALID_SEND_TIME,
        lambda c: c.schedules.create(PHONE, 1, datetime.now(UTC) - timedelta(seconds=1)),
    ),
    (
        "schedule_id",
        ScheduleError,
        ErrorCode.INVALID_SCHEDULE_ID,
        lambda c: c.schedules.update("a/b", PHONE, 1, soon()),
    ),
    ("schedule_id", ScheduleError, ErrorCode.INVALID_SCHEDULE_ID, lambda c: c.schedules.get("")),
    ("schedule_id", ScheduleError, ErrorCode.INVALID_SCHEDULE_ID, lambda c: c.schedules.cancel(".")),
    ("template", TemplateError, ErrorCode.TEMPLATE_IS_EMPTY, lambda c: c.templates.create("", type=2)),
    ("template", TemplateError, ErrorCode.TEMPLATE_TOO_LONG, lambda c: c.templates.create("x" * 501, type=2)),
    (
        "template",
        TemplateError,
        ErrorCode.TEMPLATE_CONTAINS_SPECIAL_SYMBOL,
        lambda c: c.templates.create("【x】y", type=2),
    ),
    (
        "template",
        TemplateError,
        ErrorCode.TEMPLATE_PARAMETER_INVALID,
        lambda c: c.templates.create("您好", type=TemplateType.VERIFICATION, ttl=60),
    ),
    ("type", TemplateError, ErrorCode.WRONG_TEMPLATE_TYPE, lambda c: c.templates.create("x", type=9)),
    ("type", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.templates.create("x", type="2")),
    ("ttl", None, ErrorCode.INVALID_TTL_VALUE, lambda c: c.templates.create("{{code}}", type=1)),  # type: ignore[list-item]
    ("ttl", None, ErrorCode.INVALID_TTL_VALUE, lambda c: c.templates.create("{{code}}", type=1, ttl=0)),  # type: ignore[list-item]
    ("remark", TemplateError, ErrorCode.REMARK_TOO_LONG, lambda c: c.templates.create("x", type=2, remark="x" * 101)),
    (
        "remark",
        TemplateError,
        ErrorCode.SPECIAL_TEMPLATE_PARAMETER_NEED_EXTRA_REMARK,
        lambda c: c.templates.create("{{url}}", type=2),
    ),
    ("template_id", TemplateError, ErrorCode.INVALID_TEMP_ID, lambda c: c.templates.update(0, "x", type=2)),
    ("template_id", TemplateError, ErrorCode.INVALID_TEMP_ID, lambda c: c.templates.get(-1)),
    ("template_id", TemplateError, ErrorCode.INVALID_TEMP_ID, lambda c: c.templates.delete("x")),
    ("sign", SignError, ErrorCode.INVALID_SIGNATURE, lambda c: c.signs.create("极")),
    ("sign", SignError, ErrorCode.INVALID_SIGNATURE, lambda c: c.signs.create("【极光】")),
    ("type", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.signs.create("极光", type=0)),
    ("remark", InvalidRequestError, ErrorCode.INVALID_BODY, lambda c: c.signs.create("极光", remark="x" * 101)),
    (
        "legal_person_id_number",
        InvalidRequestError,
        ErrorCode.INVALID_BODY,
        lambda c: c.signs.create("极光", legal_person_id_number="123"),
    ),
    (
        "legal_person_id_number",
        InvalidRequestError,
        ErrorCode.INVALID_BODY,
        lambda c: c.signs.create("极光", legal_person_id_number="1101051900010100.X"),
    ),
    (
        "legal_person_name",
        InvalidRequestError,
        ErrorCode.INVALID_BODY,
        lambda c: c.signs.create("极光", legal_person_name=HALF),
    ),
    (
        "legal_person_name",
        InvalidRequestError,
        ErrorCode.INVALID_BODY,
        lambda c: c.signs.create("极光", legal_person_name=5),
    ),
    (
        "social_credit_code",
        InvalidRequestError,
        ErrorCode.INVALID_BODY,
        lambda c: c.signs.create("极光", social_credit_code="x" * 18),
    ),
    (
        "third_party_company_name",
        InvalidRequestError,
        ErrorCode.INVALID_BODY,
        lambda c: c.signs.create("极光", third_party_company_name=""),
    ),
    ("id_card_image", SignError, ErrorCode.INVALID_IMAGE, lambda c: c.signs.create("极光", id_card_image=b"GIF89a")),
    ("other_image", SignError, ErrorCode.INVALID_IMAGE, lambda c: c.signs.create("极光", other_image=b"")),
    (
        "trademark_image",
        SignError,
        ErrorCode.INVALID_IMAGE,
        lambda c: c.signs.create("极光", trademark_image=PNG + bytes(2 * 1024 * 1024)),
    ),
    (
        "icp_app_screenshot",
        SignError,
        ErrorCode.INVALID_IMAGE,
        lambda c: c.signs.create("极光", icp_app_screenshot="/nowhere/at/all.png"),
    ),
    (
        "business_license_image",
        InvalidRequestError,
        ErrorCode.INVALID_BODY,
        lambda c: c.signs.create("极光", business_license_image=5),
    ),
    (
        "third_party_auth_image",
        InvalidRequestError,
        ErrorCode.INVALID_BODY,
        lambda c: c.signs.create("极光", third_party_auth_image=io.StringIO("x")),
    ),
    ("sign_id", SignError, ErrorCode.INVALID_SIGN_ID, lambda c: c.signs.update(0, "极光")),
    ("sign_id", SignError, ErrorCode.INVALID_SIGN_ID, lambda c: c.signs.get(0)),
    ("sign_id", SignError, ErrorCode.INVALID_SIGN_ID, lambda c: c.signs.delete(2**60)),
]
"""Field, class (None: that of the code), code, call."""
