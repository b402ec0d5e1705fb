"""Where a request meets the faults: one decision for every mouth, before and after the brain.

Knows the order of things: is there a fault for this request, does the brain get to see it, what happens to
the answer. Must not carry anything out: waiting, raising and cutting are the mouths' own business.
"""

from __future__ import annotations

import base64
import binascii
import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final, NamedTuple, cast

import orjson
from jsms_api.error_table import ERRORS, ErrorCategory, ErrorCode

from . import routes
from .faults import Fault, FaultKind, FaultPlan, cut_in_half
from .wire import ERROR_HEADERS, Reply, Request

#: On every answer of every mouth, so that nobody mistakes the twin for the service.
MARK: Final[Mapping[str, str]] = {"x-mock": "jsmskit"}


#: Refusals of verifyCode that say `is_valid: false` beside those of their own category (C2).
_ALSO_VERDICTS: Final = frozenset({ErrorCode.MISSING_CODE, ErrorCode.WRONG_MSG_ID})


class End(enum.Enum):
    """How an exchange ends.

    ANSWERED: with the reply.
    REFUSED: the connection ends; the mock took nothing.
    DROPPED: the connection ends; the mock took the request.
    HUNG: nothing ever comes; the mock took the request.
    """

    ANSWERED = enum.auto()
    REFUSED = enum.auto()
    DROPPED = enum.auto()
    HUNG = enum.auto()


class Outcome(NamedTuple):
    """What a mouth has to carry out.

    Attributes:
        end: how the exchange ends.
        reply: the answer; None unless `end` is ANSWERED.
        latency: seconds on the mock's clock that pass before the end.
    """

    end: End
    reply: Reply | None = None
    latency: float = 0.0


def receive(
    request: Request,
    *,
    plan: FaultPlan,
    handle: Callable[[Request], Reply],
    operation_of: Callable[[str, str], str | None],
) -> Outcome:
    """Take one request through faults and brain."""
    phones = _phones_in(request.body) if plan.needs_phones() else ()
    operation = operation_of(request.method, request.path)
    verdict = plan.decide(operation, _key_of(request), phones)
    fault = verdict.fault
    reply = handle(request) if fault is None or fault.takes_request else None
    if fault is None:
        assert reply is not None  # for the type checkers: no fault means that the brain was asked
        return Outcome(End.ANSWERED, reply, verdict.latency)
    if fault.kind is FaultKind.REFUSE:
        return Outcome(End.REFUSED, None, verdict.latency)
    if fault.kind is FaultKind.DROP:
        return Outcome(End.DROPPED, None, verdict.latency)
    if fault.kind is FaultKind.HANG:
        return Outcome(End.HUNG, None, verdict.latency)
    return Outcome(End.ANSWERED, _spoiled(fault, reply, request, operation), verdict.latency)


def _spoiled(fault: Fault, reply: Reply | None, request: Request, operation: str | None) -> Reply:
    """Make the answer of a fault that answers."""
    if fault.kind is FaultKind.CODE and fault.code is not None:
        return _envelope(fault.code, request, operation)
    told = None if fault.body is None else fault.body.encode()
    if fault.kind is FaultKind.MALFORMED and reply is not None:
        broken = cut_in_half(reply.body) if told is None else told
        return replace(
            reply, headers={**reply.headers, "content-type": fault.content_type}, body=broken, rule="fault"
        )
    status = fault.status or HTTPStatus.INTERNAL_SERVER_ERROR
    bodiless = status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
    headers = {"content-type": fault.content_type}
    return Reply(status, headers, b"" if bodiless else told or b"", rule="fault", operation=operation)


def _envelope(code: int, request: Request, operation: str | None) -> Reply:
    """Answer with a code, in the form in which the service would on this call."""
    info = ERRORS[code]
    envelope: dict[str, Any] = {"error": {"code": info.code, "message": info.message}}
    if operation == "verifyCode" and (info.category is ErrorCategory.VERIFICATION or code in _ALSO_VERDICTS):
        envelope = {"is_valid": False, **envelope}
    headers = dict(ERROR_HEADERS)
    if code == ErrorCode.REQUEST_METHOD_NOT_SUPPORT:
        route = routes.find(request.path)
        headers["allow"] = "POST" if route is None else route.allow
    return Reply(info.http_status, headers, orjson.dumps(envelope), "fault", operation, info.code)


def _key_of(request: Request) -> str | None:
    """Read the key from the credentials, right or wrong; None where there is none."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(encoded.strip(), validate=True).decode("utf-8", "replace").partition(":")[0]
    except (binascii.Error, ValueError):
        return None


def _phones_in(body: bytes) -> frozenset[str]:
    """Read the numbers that a JSON body names, by their last 11 digits; none from anything else."""
    try:
        told: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        return frozenset()
    return frozenset(str(number)[-11:] for number in _numbers(told))


def _numbers(told: object) -> Iterator[object]:
    if not isinstance(told, dict):
        return
    fields = cast("dict[str, Any]", told)
    yield fields.get("mobile", "")
    entries: object = fields.get("recipients")
    if isinstance(entries, list):
        for entry in cast("list[object]", entries):
            if isinstance(entry, dict):
                yield cast("dict[str, Any]", entry).get("mobile", "")
