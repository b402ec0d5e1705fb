"""What the dispatcher takes and returns: a request and a response, as plain values.

Neither is ever changed; the dataclasses are not frozen because making a frozen one costs five times as much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: Headers of every refusal: the service named a charset there and not on a success (seen on 2017-08-09, G14).
ERROR_HEADERS: Final[Mapping[str, str]] = {"content-type": "application/json;charset=UTF-8"}


@dataclass(slots=True)
class Request:
    """One HTTP request as a transport received it.

    Attributes:
        method: in capitals.
        path: as on the wire, with the prefix `/v1`; percent-encoding is undone by the dispatcher.
        query: without the question mark. The service knows no query parameter; it is ignored.
        headers: names in lower case.
        body: the bytes, whole. A transport that stops reading at `Dispatcher.body_limit` hands in what it has.
        client_ip: where the request came from, for applications that allow some addresses only.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    client_ip: str = "127.0.0.1"


@dataclass(slots=True)
class Response:
    """The answer, and why it is what it is.

    Attributes:
        status: HTTP status.
        headers: names in lower case; always `content-type`, and `allow` with 405.
        body: the bytes.
        rule: id of the rule that decided a refusal, or a remark of the magic values; None else.
        operation: operationId of the call, None when the path is unknown or the method not allowed.
        code: return code of a refusal; None on success.
        app_key: whose call it was, once that is known.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    rule: str | None = None
    operation: str | None = None
    code: int | None = None
    app_key: str | None = None
