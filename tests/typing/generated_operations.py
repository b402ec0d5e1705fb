# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""What a type checker must infer from an OPERATION object: the arguments of a call and its result. Never run.

Every ignored line is wrong on purpose; a checker that no longer sees the fault calls the comment unneeded.
"""

from __future__ import annotations

from typing import ParamSpec, TypeVar, assert_type

from jsms_api.api.codes import send_code, verify_code
from jsms_api.api.reports import pull_replies
from jsms_api.api.signs import delete_sign, update_sign
from jsms_api.api.templates import get_template
from jsms_api.models import (
    CodeReceipt,
    ReplyRecord,
    SendCodeRequest,
    SignForm,
    SignReceipt,
    TemplateDetail,
    VerificationAnswer,
    VerifyCodeRequest,
)
from jsms_api.types import Operation

P = ParamSpec("P")
T = TypeVar("T")


def call(operation: Operation[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Stand for the client's call: the same signature, nothing sent."""
    return operation.read(200, operation.build(*args, **kwargs))


async def call_async(operation: Operation[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Stand for the asynchronous client's call."""
    return operation.read(200, operation.build(*args, **kwargs))


def results() -> None:
    """Every result has the type of the documented success."""
    assert_type(call(send_code.OPERATION, body=SendCodeRequest("13800138000", 1)), CodeReceipt)
    assert_type(call(verify_code.OPERATION, "1", body=VerifyCodeRequest("123456")), VerificationAnswer)
    assert_type(call(update_sign.OPERATION, 5, body=SignForm("x")), SignReceipt)
    assert_type(call(get_template.OPERATION, temp_id=1), TemplateDetail)
    assert_type(call(pull_replies.OPERATION), list[ReplyRecord])
    assert_type(call(delete_sign.OPERATION, 5), None)


async def asynchronous_results() -> None:
    """The asynchronous call infers the same."""
    assert_type(await call_async(send_code.OPERATION, body=SendCodeRequest("13800138000", 1)), CodeReceipt)


def mistakes() -> None:
    """Wrong, missing and unknown arguments are seen before anything runs."""
    call(send_code.OPERATION, body=3)  # type: ignore[arg-type]
    call(get_template.OPERATION, "1")  # type: ignore[arg-type]
    call(get_template.OPERATION)  # type: ignore[call-arg]
    call(pull_replies.OPERATION, 1)  # type: ignore[call-arg]
    call(verify_code.OPERATION, "1", boddy=VerifyCodeRequest("123456"))  # type: ignore[call-arg]
