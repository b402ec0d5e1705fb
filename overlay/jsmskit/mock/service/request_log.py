"""What came in and what was answered: the last requests, and for each refusal which rule fired and why.

Kept in memory, bounded; credentials are never kept.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple, cast

import orjson
from jsms_api.error_table import ERRORS
from jsms_api.operations import OPERATIONS, Effect

from ..faults import ConnectionEnd, FaultedResponse
from ..model.clock import Broadcast
from ..model.http import Request
from ..model.rule_catalog import TABLE, Confidence

#: Requests that are kept.
KEPT_REQUESTS: Final = 500
#: Bytes of a body that are kept.
KEPT_BYTES: Final = 4096

#: Rule ids that begin so name a place in the spec: `spec.` field `.` keyword.
_SPEC_RULE: Final = "spec."
#: Rule id of an answer that a fault made.
_FAULT: Final = "fault"


class LoggedRequest(NamedTuple):
    """One request with its end.

    Attributes:
        id: counts up from 1; goes on after a reset, so that a page never mistakes one for another.
        at: the mock's clock.
        request: with the beginning of its body, and no header but the media type.
        size: bytes of the whole body.
        outcome: what became of it.
    """

    id: int
    at: float
    request: Request
    size: int
    outcome: FaultedResponse


class RequestLog:
    """The last requests of all applications.

    Attributes:
        noted: rings with the id of each new request.
    """

    def __init__(self) -> None:
        self._kept: deque[LoggedRequest] = deque(maxlen=KEPT_REQUESTS)
        self._last_id = 0
        self.noted: Broadcast[int] = Broadcast()

    def note(self, request: Request, outcome: FaultedResponse, at: float) -> None:
        """Keep a request. The lock of the mock is held."""
        self._last_id += 1
        headers = {"content-type": request.headers.get("content-type", "")}
        kept = Request(request.method, request.path, "", headers, request.body[:KEPT_BYTES])
        self._kept.append(LoggedRequest(self._last_id, at, kept, len(request.body), outcome))
        self.noted.publish(self._last_id)

    def clear(self) -> None:
        """Forget all requests."""
        self._kept.clear()

    def listed(
        self, *, refused: bool = False, made: Collection[str] = (), limit: int = KEPT_REQUESTS
    ) -> list[dict[str, Any]]:
        """List requests as JSON values, newest first.

        Args:
            refused: only those that were not simply answered: refusals, entries refused, faults.
            made: only those that sent or changed something and were answered with one of these ids.
            limit: so many at most.
        """
        told: list[dict[str, Any]] = []
        for kept in reversed(tuple(self._kept)):
            if made and not _has_made(kept, made):
                continue
            line = _line(kept)
            if not refused or line["code"] or line["entry_codes"] or line["rule"] or line["end"] != "answered":
                told.append(line)
                if len(told) == limit:
                    break
        return told


def _has_made(kept: LoggedRequest, ids: Collection[str]) -> bool:
    response = kept.outcome.response
    if response is None or response.operation is None:
        return False
    is_read = OPERATIONS[response.operation].effect in (Effect.NONE, Effect.DESTRUCTIVE_READ)
    return not is_read and any(re.search(rb"\b%b\b" % one.encode(), response.body) for one in ids)


def explain(rule_id: str | None, code: int | None) -> dict[str, Any] | None:
    """Say why an answer is what it is: the rule with its confidence, and what the documents say of the code."""
    if rule_id is None and code is None:
        return None
    return {"rule": None if rule_id is None else _rule(rule_id), "documents": _documents(code)}


def _rule(rule_id: str) -> dict[str, Any]:
    info = TABLE.get(rule_id)
    if info is not None:
        return {"id": rule_id, "summary": info.summary, "confidence": info.confidence.value, "source": info.source}
    if rule_id.startswith(_SPEC_RULE):
        field, _, keyword = rule_id.removeprefix(_SPEC_RULE).rpartition(".")
        summary = f"The spec's schema says of {field}: {keyword}. This value does not pass."
        source = "spec/openapi.yaml, x-jsms-refusal"
        return {"id": rule_id, "summary": summary, "confidence": Confidence.DOCUMENTED.value, "source": source}
    summary = "A fault that was told to the mock made this answer; the service had no part in it."
    return {"id": rule_id, "summary": summary, "confidence": None, "source": "the mock's own"}


def _documents(code: int | None) -> dict[str, Any] | None:
    info = None if code is None else ERRORS.get(code)
    if info is None:
        return None
    names = ("code", "name", "message", "title_en", "title_zh", "remedy_en", "remedy_zh", "source", "doubts")
    return {name: getattr(info, name) for name in names}


def _line(kept: LoggedRequest) -> dict[str, Any]:
    outcome, response = kept.outcome, kept.outcome.response
    end = "answered" if outcome.end is ConnectionEnd.ANSWERED else outcome.end.name.lower()
    rule = None if response is None else response.rule
    code = None if response is None else response.code
    operation = None if response is None else response.operation
    return {
        "id": kept.id,
        "at": kept.at,
        "method": kept.request.method,
        "path": kept.request.path,
        "operation": operation,
        "summary": None if operation is None else OPERATIONS[operation].summary,
        "app_key": None if response is None else response.app_key,
        "end": end,
        "latency": outcome.latency,
        "fault": rule == _FAULT or end != "answered",
        "status": None if response is None else response.status,
        "code": code,
        "entry_codes": [] if response is None else sorted(set(_entry_codes(response.body))),
        "rule": rule,
        "why": explain(rule, code),
        "request": _readable(kept),
        "reply": "" if response is None else _text(response.body[:KEPT_BYTES], len(response.body)),
    }


def _entry_codes(body: bytes) -> Iterator[int]:
    """Read the codes of refused entries out of a batch's answer, which itself is a success."""
    if b'"error_code"' not in body:
        return
    told: object = orjson.loads(body)
    entries: object = cast("dict[str, Any]", told).get("recipients") if isinstance(told, dict) else None
    for entry in cast("list[object]", entries) if isinstance(entries, list) else ():
        code = cast("dict[str, Any]", entry).get("error_code") if isinstance(entry, dict) else None
        if code is not None and str(code).isdigit():
            yield int(code)


def _readable(kept: LoggedRequest) -> str:
    media_type = kept.request.headers["content-type"]
    if media_type.startswith("multipart/"):
        return f"({media_type.partition(';')[0]}, {kept.size} bytes)"
    return _text(kept.request.body, kept.size)


def _text(body: bytes, size: int) -> str:
    text = body.decode("utf-8", "replace")
    return text if size <= KEPT_BYTES else f"{text}… ({size} bytes)"
