"""All 23 operations sync and async: against the spec's own examples, and against the mock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from jsms_api.error_table import ErrorCode
from jsms_api.operations import OPERATIONS
from jsmskit import (
    AuthenticationError,
    Balance,
    JsmsError,
    Outcome,
    Recipient,
    ReviewStatus,
    TemplateType,
    VerificationReason,
    errors,
    spec,
)
from jsmskit.mock import APP_KEY, DEV_KEY, DEV_SECRET, MASTER_SECRET, JsmsMock

from tests.client.callers import DEV, Caller, answer, sent
from tests.client.operations import CALLS, GENERATED, OTHER, PHONE

EXAMPLES = spec.load(spec.Form.FIXTURES)["operations"]


def examples(operation: str, *, good: bool) -> Iterator[tuple[int, Any]]:
    for status, answers in EXAMPLES[operation]["answers"].items():
        if (status == "200") == good:
            for example in (answers or {"empty": {"value": None}}).values():
                yield int(status), example["value"]


def test_no_operation_is_forgotten() -> None:
    """23 of 23, in the tables of these tests and in the spec."""
    assert set(CALLS) == set(GENERATED) == set(EXAMPLES) == set(OPERATIONS)
    assert len(CALLS) == 23


@pytest.mark.parametrize("operation", sorted(CALLS))
def test_a_request_looks_as_the_spec_says(calling: Callable[..., Caller], operation: str) -> None:
    """Method, path, media type and credential of every operation come from the spec's table."""
    caller = calling(answer(500, {}), **DEV)
    info = OPERATIONS[operation]
    with pytest.raises(JsmsError):
        caller(CALLS[operation])
    request = sent(caller)[0]
    path = info.path
    for name, value in (
        ("{schedule_id}", "1a886e7c-a267-49e6-9970-0d396ca5bb1e"),
        ("{temp_id}", "37582"),
        ("{sign_id}", "37582"),
        ("{msg_id}", "288193860302"),
    ):
        path = path.replace(name, value)
    assert (request.method, request.url) == (info.method, "https://api.sms.jpush.cn/v1" + path)
    assert request.headers.get("Content-Type", "").partition(";")[0] == (info.content_type or "")
    assert request.headers["Accept-Encoding"] == "identity"
    key = "N2U1MDNl" if info.credential == "dev" else "N2Q0MzFl"
    assert request.headers["Authorization"].startswith(f"Basic {key}")
    if info.content_type == "application/json":
        properties = set(request.json)
        known = set().union(*(example["value"] for example in EXAMPLES[operation]["requests"].values()))
        assert properties <= known


@pytest.mark.parametrize("operation", sorted(CALLS))
def test_every_good_answer_of_the_spec_becomes_a_result(calling: Callable[..., Caller], operation: str) -> None:
    for status, value in examples(operation, good=True):
        body = b"" if value is None else json.dumps(value).encode()
        result = calling((status, {"content-type": "application/json"}, body), **DEV)(CALLS[operation])
        if operation.startswith("delete"):
            assert result is None
        else:
            assert result.raw == value
            assert json.dumps(value)[:20] not in repr(result)


@pytest.mark.parametrize("operation", sorted(CALLS))
def test_every_bad_answer_of_the_spec_becomes_its_error(calling: Callable[..., Caller], operation: str) -> None:
    """With the class of the code's category, the code, and an outcome; verdicts on codes and an unassigned
    quota are values.
    """
    judged = 0
    for status, value in examples(operation, good=False):
        judge_bad_answer(calling(answer(status, value), **DEV), operation, status, value)
        judged += 1
    assert judged >= 7  # what every call can be answered with


def judge_bad_answer(caller: Caller, operation: str, status: int, value: Any) -> None:
    code = value["error"]["code"]
    if operation == "verifyCode" and "is_valid" in value:
        verdict = caller(CALLS[operation])
        assert (verdict.ok, bool(verdict), verdict.error_code) == (False, False, code)
        assert verdict.reason not in (None, VerificationReason.OTHER)
        return
    if code == ErrorCode.APP_QUOTA_NOT_ASSIGNED:
        assert caller(CALLS[operation]) == Balance(None)
        return
    with pytest.raises(errors.error_class(code)) as caught:
        caller(CALLS[operation])
    error = caught.value
    assert (error.code, error.http_status, error.operation) == (code, status, operation)
    assert error.outcome is (Outcome.UNKNOWN if status == 500 else Outcome.REJECTED)
    assert error.__cause__ is None
    assert error.__context__ is None


@pytest.fixture
def client(client_kind: str, mock: JsmsMock) -> Iterator[Caller]:
    transport = mock.transport if client_kind == "sync" else mock.async_transport
    with Caller(
        client_kind, keys=(APP_KEY, MASTER_SECRET), dev_key=DEV_KEY, dev_secret=DEV_SECRET, transport=transport
    ) as caller:
        yield caller


def test_the_life_of_a_code_with_the_mock(client: Caller, mock: JsmsMock) -> None:
    receipt = client(lambda c: c.codes.send("+86 138-1234-5678"))
    code = mock.wait_for_code(PHONE, 1)
    wrong = "000000" if code != "000000" else "000001"
    assert client(lambda c: c.codes.verify(receipt.msg_id, wrong)).reason is VerificationReason.WRONG
    assert client(lambda c: c.codes.verify(receipt.msg_id, code))
    assert client(lambda c: c.codes.verify(receipt.msg_id, code)).reason is VerificationReason.USED
    assert client(lambda c: c.codes.verify("999", code)).reason is VerificationReason.UNKNOWN_MESSAGE
    assert client(lambda c: c.codes.verify(receipt.msg_id, "")).reason is VerificationReason.MISSING

    spoken = client(lambda c: c.codes.send_voice(OTHER, code="039482", ttl=60))
    mock.advance(61)
    assert client(lambda c: c.codes.verify(spoken.msg_id, "039482")).reason is VerificationReason.EXPIRED


def test_the_life_of_a_template_and_its_messages_with_the_mock(client: Caller, mock: JsmsMock) -> None:
    """Handed in, refused, changed, approved, used for one and for many, reported on, deleted."""
    made = client(lambda c: c.templates.create("您好{{name}}，取件码{{number}}", type=TemplateType.NOTICE))
    assert client(lambda c: c.templates.get(made.template_id)).status is ReviewStatus.IN_REVIEW
    mock.review_template(made.template_id, approve=False)
    client(lambda c: c.templates.update(made.template_id, "您好{{name}}", type=TemplateType.NOTICE))
    mock.review_template(made.template_id, approve=True)
    assert client(lambda c: c.templates.get(made.template_id)).approved

    sent = client(lambda c: c.messages.send(PHONE, made.template_id, {"name": "王"}))
    assert sent.msg_id.isdigit()
    batch = client(
        lambda c: c.messages.send_batch(
            made.template_id, [Recipient(OTHER, {"name": "李"}), ("13900001111", {}), ("13900002222", {"name": "赵"})]
        )
    )
    assert [entry.phone for entry in batch.accepted] == [OTHER, "13900002222"]
    assert [entry.phone for entry in batch.rejected] == ["13900001111"]
    assert (batch.unknown, batch.warnings, batch.complete) == ((), (), False)
    with pytest.raises(errors.PartialFailureError, match="1 rejected"):
        batch.raise_for_rejected()

    mock.advance(timedelta(minutes=10))
    page = client(lambda c: c.reports.fetch())
    assert {report.msg_id for report in page} >= {sent.msg_id}
    assert all(report.delivered for report in page)
    client(lambda c: c.templates.delete(made.template_id))
    with pytest.raises(errors.TemplateError):
        client(lambda c: c.templates.get(made.template_id))


def test_the_wrong_keys_are_an_authentication_error(client_kind: str, mock: JsmsMock) -> None:
    """The mock refuses them as the service does."""
    transport = mock.transport if client_kind == "sync" else mock.async_transport
    with (
        Caller(client_kind, keys=(APP_KEY, MASTER_SECRET[::-1]), transport=transport) as caller,
        pytest.raises(AuthenticationError) as caught,
    ):
        caller(lambda c: c.codes.send(PHONE))
    assert caught.value.outcome is Outcome.REJECTED
