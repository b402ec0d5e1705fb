"""The log of a served mock: one line a request, as text or JSON. Numbers are masked, texts and codes left out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, cast

import orjson

from ..faults.injection import ConnectionEnd, FaultedResponse
from ..model.clock import write_send_time
from ..model.http_messages import Request
from ..model.message_text import mask_phone


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request.

    Attributes:
        time: the mock's clock, China Standard Time.
        method: in capitals.
        path: as on the wire.
        operation: operationId; None for unknown paths and methods.
        status: HTTP status; None if a fault left none.
        code: return code of a refusal; None on success.
        milliseconds: until the response was written.
        recipient: the masked number, or how many recipients a batch names; None if the call has none.
        fault: what a fault did to the connection; None: nothing.
    """

    time: str
    method: str
    path: str
    operation: str | None
    status: int | None
    code: int | None
    milliseconds: float
    recipient: str | None
    fault: str | None

    def json(self) -> str:
        """Write it as JSON."""
        return orjson.dumps(asdict(self)).decode()

    def text(self) -> str:
        """Write it for a terminal."""
        parts = (
            self.time,
            self.operation or f"{self.method} {ascii(self.path)[1:-1]}",
            self.fault or self.status,
            self.code,
            f"{self.milliseconds:.1f} ms",
            self.recipient,
        )
        return "  ".join(str(part) for part in parts if part is not None)


def describe(request: Request, outcome: FaultedResponse, at: float, milliseconds: float) -> RequestLine:
    """Make the line of a request."""
    response = outcome.response
    return RequestLine(
        write_send_time(at),
        request.method,
        request.path,
        None if response is None else response.operation,
        None if response is None else response.status,
        None if response is None else response.code,
        round(milliseconds, 1),
        _recipient(request.body),
        None if outcome.end is ConnectionEnd.ANSWERED else outcome.end.name.lower(),
    )


def _recipient(body: bytes) -> str | None:
    try:
        fields: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(fields, dict):
        return None
    named = cast("dict[str, Any]", fields)
    if isinstance(named.get("recipients"), list):
        return f"{len(named['recipients'])} recipients"
    return mask_phone(str(named["mobile"])) if "mobile" in named else None
