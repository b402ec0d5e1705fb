"""Where a request meets the faults: one decision for every transport, before and after the dispatcher."""

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

from ..model import routes
from ..model.http_messages import ERROR_HEADERS, Request, Response
from .plan import Fault, FaultKind, FaultPlan, truncate

#: On every response of every transport, so that the mock is not mistaken for the service.
MARK: Final[Mapping[str, str]] = {"x-mock": "jsmskit"}


#: Refusals of verifyCode that say `is_valid: false` beside those of their own category (C2).
_ALSO_VERDICTS: Final = frozenset({ErrorCode.MISSING_CODE, ErrorCode.WRONG_MSG_ID})


class ConnectionEnd(enum.Enum):
    """How an exchange ends.

    ANSWERED: with the response.
    REFUSED: the connection ends; the mock took nothing.
    RESET: the connection ends; the mock took the request.
    TIMEOUT: nothing ever comes; the mock took the request.
    """

    ANSWERED = enum.auto()
    REFUSED = enum.auto()
    RESET = enum.auto()
    TIMEOUT = enum.auto()


class FaultedResponse(NamedTuple):
    """What a transport has to carry out.

    Attributes:
        end: how the exchange ends.
        response: the answer; None unless `end` is ANSWERED.
        latency: seconds on the mock's clock that pass before the end.
    """

    end: ConnectionEnd
    response: Response | None = None
    latency: float = 0.0


def inject_faults(
    request: Request,
    *,
    plan: FaultPlan,
    handle: Callable[[Request], Response],
    operation_of: Callable[[str, str], str | None],
) -> FaultedResponse:
    """Take one request through faults and rules."""
    phones = _phones_in(request.body) if plan.needs_phones() else ()
    operation = operation_of(request.method, request.path)
    verdict = plan.decide(operation, _key_of(request), phones)
    fault = verdict.fault
    response = handle(request) if fault is None or fault.takes_request else None
    if fault is None:
        assert response is not None  # for the type checkers: without a fault the dispatcher was asked
        return FaultedResponse(ConnectionEnd.ANSWERED, response, verdict.latency)
    if fault.kind is FaultKind.REFUSE:
        return FaultedResponse(ConnectionEnd.REFUSED, None, verdict.latency)
    if fault.kind is FaultKind.DROP:
        return FaultedResponse(ConnectionEnd.RESET, None, verdict.latency)
    if fault.kind is FaultKind.HANG:
        return FaultedResponse(ConnectionEnd.TIMEOUT, None, verdict.latency)
    return FaultedResponse(
        ConnectionEnd.ANSWERED, _spoiled(fault, response, request, operation), verdict.latency
    )


def _spoiled(fault: Fault, response: Response | None, request: Request, operation: str | None) -> Response:
    """Make the answer of a fault that answers."""
    if fault.kind is FaultKind.CODE and fault.code is not None:
        return _envelope(fault.code, request, operation)
    told = None if fault.body is None else fault.body.encode()
    if fault.kind is FaultKind.MALFORMED and response is not None:
        broken = truncate(response.body) if told is None else told
        return replace(
            response,
            headers={**response.headers, "content-type": fault.content_type},
            body=broken,
            rule="fault",
        )
    status = fault.status or HTTPStatus.INTERNAL_SERVER_ERROR
    bodiless = status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
    headers = {"content-type": fault.content_type}
    return Response(status, headers, b"" if bodiless else told or b"", rule="fault", operation=operation)


def _envelope(code: int, request: Request, operation: str | None) -> Response:
    """Answer with a code, in the form in which the service would on this call."""
    info = ERRORS[code]
    envelope: dict[str, Any] = {"error": {"code": info.code, "message": info.message}}
    if operation == "verifyCode" and (info.category is ErrorCategory.VERIFICATION or code in _ALSO_VERDICTS):
        envelope = {"is_valid": False, **envelope}
    headers = dict(ERROR_HEADERS)
    if code == ErrorCode.REQUEST_METHOD_NOT_SUPPORT:
        route = routes.find(request.path)
        headers["allow"] = "POST" if route is None else route.allow
    return Response(info.http_status, headers, orjson.dumps(envelope), "fault", operation, info.code)


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
