# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What a type checker must infer of every public call, sync and async. Checked by mypy and pyright; never run.

Every ignored line is wrong on purpose; a checker that no longer sees the fault calls the comment unneeded.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import assert_type

from jsms_api.api.codes import send_code, verify_code
from jsms_api.api.reports import pull_replies
from jsms_api.api.schedules import delete_schedule
from jsms_api.api.templates import get_template
from jsms_api.models import CodeReceipt as GeneratedCodeReceipt
from jsms_api.models import ReplyRecord, SendCodeRequest, TemplateDetail, VerificationAnswer, VerifyCodeRequest
from jsmskit import (
    AsyncJsmsClient,
    BatchResult,
    CodeReceipt,
    DeliveryReport,
    JsmsClient,
    MessageReceipt,
    OnlyTo,
    Recipient,
    RecipientGuard,
    Reply,
    RetryPolicy,
    ScheduleBatchResult,
    ScheduleReceipt,
    Secret,
    SignReceipt,
    SignType,
    SyncTransport,
    TemplatePreview,
    TemplateReceipt,
    TemplateType,
    TransportRequest,
    Verification,
    VoiceLanguage,
)

AT = datetime(2030, 1, 1, tzinfo=UTC)


def clients() -> None:
    assert_type(JsmsClient("key", "secret"), JsmsClient)
    assert_type(JsmsClient("key", Secret("secret"), dev_key="key", dev_secret=Secret("s"), deadline=None), JsmsClient)
    assert_type(JsmsClient.from_env(deadline=5.0, retry=RetryPolicy(max_attempts=1)), JsmsClient)
    assert_type(AsyncJsmsClient.from_env(environ={}, base_url="x"), AsyncJsmsClient)
    assert_type(JsmsClient.from_env(recipients=OnlyTo("139*"), on_withheld="return"), JsmsClient)
    assert_type(JsmsClient("k", "s").recipient_guard, RecipientGuard | None)
    with JsmsClient("key", "secret", ca_file=Path("x"), proxy="http://p:1") as client:
        assert_type(client, JsmsClient)
        assert_type(client.with_options(deadline=5, retry=RetryPolicy()), JsmsClient)
    JsmsClient("key")  # type: ignore[call-arg]
    JsmsClient("key", "secret", 5)  # type: ignore[call-arg, arg-type]
    JsmsClient("key", "secret", timeout="5")  # type: ignore[arg-type]
    JsmsClient("key", "secret", transport=object())  # type: ignore[arg-type]
    JsmsClient("key", "secret", transport="httpx")  # type: ignore[arg-type]
    JsmsClient.from_env(deadlin=5.0)  # type: ignore[call-arg]


def transports(mine: SyncTransport) -> None:
    assert_type(
        mine.exchange(TransportRequest("GET", "x", {}, b""), timeout=1.0, new_connection=False),
        tuple[int, Mapping[str, str], bytes],
    )


def sync(client: JsmsClient) -> None:
    assert_type(client.codes.send("1", template_id=1, sign_id=None, allow_duplicate=True).msg_id, str)
    assert_type(client.codes.send_voice("1", code="1234", language=VoiceLanguage.MIXED, ttl=60), CodeReceipt)
    assert_type(client.codes.verify(1, "123456"), Verification)
    assert_type(client.messages.send("1", 1, {"a": "b"}, sign_id=5, allow_duplicate=False), MessageReceipt)
    assert_type(client.messages.send_batch(1, ["1", ("1", {"a": "b"}), Recipient("1", {})], tag="x"), BatchResult)
    assert_type(client.schedules.create("1", 1, AT, {"a": "b"}), ScheduleReceipt)
    assert_type(client.schedules.create_batch(1, ("1", "2"), AT, tag=None), ScheduleBatchResult)
    assert_type(client.templates.create("x", type=TemplateType.NOTICE, ttl=None, remark="r"), TemplateReceipt)
    assert_type(client.templates.preview("x", {"a": "b"}, sign="s", hint="h"), TemplatePreview)
    assert_type(client.signs.create("s", type=SignType.APP, id_card_image=Path("x"), other_image=b""), SignReceipt)
    assert_type(client.reports.iterate(follow=True), Iterator[DeliveryReport])
    assert_type(client.replies.iterate(), Iterator[Reply])
    assert_type(client.call(send_code.OPERATION, body=SendCodeRequest("1", 1)), GeneratedCodeReceipt)
    assert_type(client.call(verify_code.OPERATION, "1", body=VerifyCodeRequest("1")), VerificationAnswer)
    assert_type(client.call(get_template.OPERATION, 1), TemplateDetail)
    assert_type(client.call(pull_replies.OPERATION), list[ReplyRecord])
    client.call(delete_schedule.OPERATION, "id")
    client.codes.send()  # type: ignore[call-arg]
    client.codes.send("1", 1)  # type: ignore[call-arg]
    client.messages.send("1", 1, {"a": 5})  # type: ignore[dict-item]
    client.messages.send_batch(1, [5])  # type: ignore[list-item]
    client.schedules.create("1", 1, "2030-01-01")  # type: ignore[arg-type]
    client.templates.create("x")  # type: ignore[call-arg]
    client.call(send_code.OPERATION)  # type: ignore[call-arg]
    client.call(send_code.OPERATION, body=3)  # type: ignore[arg-type]
    client.call(verify_code.OPERATION, "1", boddy=VerifyCodeRequest("123456"))  # type: ignore[call-arg]
    client.call(get_template.OPERATION, "1")  # type: ignore[arg-type]


async def asynchronous(client: AsyncJsmsClient) -> None:
    """What awaits; the rest has the annotations above, since the sync client is made from this one."""
    assert_type(await client.codes.send("13800138000"), CodeReceipt)
    assert_type(client.templates.preview("x"), TemplatePreview)
    assert_type(client.reports.iterate(), AsyncIterator[DeliveryReport])
    assert_type(await client.call(send_code.OPERATION, body=SendCodeRequest("1", 1)), GeneratedCodeReceipt)
    assert_type(await client.call(get_template.OPERATION, temp_id=1), TemplateDetail)
    await client.aclose()
    async with client.with_options() as same:
        assert_type(same, AsyncJsmsClient)
    await client.call(get_template.OPERATION)  # type: ignore[call-arg]
