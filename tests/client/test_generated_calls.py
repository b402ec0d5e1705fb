"""`client.call`: any generated operation, with its own arguments and models, through the same pipeline."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

import pytest
from jsms_api.error_table import ErrorCode
from jsms_api.models.send_code_request import SendCodeRequest
from jsms_api.models.template_detail import TemplateDetail
from jsmskit import InvalidRequestError, Outcome, UnexpectedResponseError

from tests.client.callers import DEV, Caller, FakeClock, answer, failed, refusal, sent
from tests.client.operations import GENERATED, PHONE
from tests.client.test_every_operation import EXAMPLES

Calling = Callable[..., Caller]
ACCEPTED = answer(200, {"msg_id": "1"})
UNREACHABLE = ConnectionRefusedError()


@pytest.mark.parametrize("operation", sorted(GENERATED))
def test_every_generated_operation_runs_through_the_same_pipeline(
    calling: Calling, clock: FakeClock, operation: str
) -> None:
    """Keys, tries and errors as usual; its own arguments and its own typed answer."""
    arguments = _arguments(operation)
    caller = calling(UNREACHABLE, refusal(403, ErrorCode.NO_SMS_CODE_AUTH), clock=clock, **DEV)
    error = failed(caller, lambda c: c.call(GENERATED[operation], *arguments[0], **arguments[1]))
    assert (error.operation, error.attempts, error.name) == (operation, 2, "NO_SMS_CODE_AUTH")


def _arguments(operation: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    build = inspect.signature(GENERATED[operation].build)
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for parameter in build.parameters.values():
        if parameter.name == "body":
            kind = str(parameter.annotation)
            snake = "".join("_" + c.lower() if c.isupper() else c for c in kind).lstrip("_")
            model = getattr(importlib.import_module(f"jsms_api.models.{snake}"), kind)
            value = next(iter(EXAMPLES[operation]["requests"].values()))["value"]
            named["body"] = model.from_dict(value)
        else:
            positional.append(37582 if "int" in str(parameter.annotation) else "abc-1")
    return tuple(positional), named


def test_a_generated_operation_gives_its_own_model(calling: Calling) -> None:
    """`client.call` is for those who want the service's words and shapes."""
    data = {"temp_id": 1, "template": "x", "type": 1, "ttl": 60, "remark": "", "status": 9, "new": True}
    found = calling(answer(200, data))(lambda c: c.call(GENERATED["getTemplate"], 1))
    assert isinstance(found, TemplateDetail)
    assert (found.temp_id, found.status) == (1, 9)
    assert calling((200, {}, b""))(lambda c: c.call(GENERATED["deleteTemplate"], 1)) is None


@pytest.mark.parametrize(
    "ask",
    [
        lambda c: c.call(GENERATED["getSchedule"], "../accounts"),
        lambda c: c.call(GENERATED["getSchedule"]),
        lambda c: c.call(GENERATED["sendCode"], body={"mobile": "13800138000"}),
        lambda c: c.call(GENERATED["sendCode"], body=None),
        lambda c: c.call("sendCode"),
        lambda c: c.call(None),
    ],
)
def test_arguments_that_make_no_request_are_an_error_of_the_call(calling: Calling, ask: Any) -> None:
    """Nothing is sent, and what was wrong is not quoted: it may be a number or a key."""
    caller = calling(ACCEPTED)
    error = failed(caller, ask)
    assert (type(error), error.outcome) == (InvalidRequestError, Outcome.NOT_SENT)
    assert "13800138000" not in str(error)
    assert not sent(caller)


def test_an_answer_that_the_generated_reader_cannot_take_is_unreadable(calling: Calling) -> None:
    """Accepted, with the details lost: KeyError and TypeError stay inside."""
    for data in ({}, [], None, {"msg_id": 1, "x": 2}):
        caller = calling(answer(200, data))
        body = SendCodeRequest(mobile=PHONE, temp_id=1)
        if data == {"msg_id": 1, "x": 2}:
            assert caller(lambda c, body=body: c.call(GENERATED["sendCode"], body=body)).msg_id == 1
            continue
        error = failed(caller, lambda c, body=body: c.call(GENERATED["sendCode"], body=body))
        assert (type(error), error.presumed_outcome) == (UnexpectedResponseError, "accepted")
