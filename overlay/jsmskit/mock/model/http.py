"""HTTP as the mock sees it: requests and responses as plain values, the routes of the spec, and the types of ASGI.

Requests and responses are never changed; the dataclasses are not frozen because making a frozen one costs five times
as much.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from jsms_api.operations import BASE_URL, OPERATIONS, OperationInfo

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


async def disconnected(receive: Receive) -> None:
    """Wait for an ASGI client to go. What is left of its request's body comes first, and is thrown away."""
    while (await receive())["type"] != "http.disconnect":
        pass


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


def read_basic_pair(header: str) -> tuple[str, str] | None:
    """Read user and password from an Authorization header; None if it is no Basic pair."""
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    user, colon, password = pair.partition(":")
    return (user, password) if colon else None


#: In front of every path.
PREFIX: Final = urlsplit(BASE_URL).path


#: Where the control API lives; everything else is the service.
CONTROL_PREFIX: Final = "/_mock"


class Route(NamedTuple):
    """A known path.

    Attributes:
        methods: its operations, by method.
        path_id: the id in it, decoded; empty if it has none.
    """

    methods: Mapping[str, OperationInfo]
    path_id: str

    @property
    def allow(self) -> str:
        """The value of the Allow header."""
        return ", ".join(sorted(self.methods))


def _routes() -> list[tuple[re.Pattern[str], dict[str, OperationInfo]]]:
    """List the paths of the spec with their operations, those without an id first.

    So `/schedule/batch` is no task `batch`. One slash at the end makes no difference (C24).
    """
    by_path: dict[str, dict[str, OperationInfo]] = {}
    for info in sorted(OPERATIONS.values(), key=lambda info: "{" in info.path):
        by_path.setdefault(info.path, {})[info.method] = info
    return [(re.compile(re.sub(r"\{.*\}", "([^/]+)", path) + "/?"), methods) for path, methods in by_path.items()]


_ROUTES: Final = _routes()


@lru_cache(maxsize=1024)
def find_route(path: str) -> Route | None:
    """Find what a path means; None for an unknown one."""
    if not path.startswith(f"{PREFIX}/"):
        return None
    below = path[len(PREFIX) :]
    # An encoded slash is part of an id, never a border between segments.
    if "%2f" not in below.lower():
        below = unquote(below)
    for pattern, methods in _ROUTES:
        if found := pattern.fullmatch(below):
            return Route(methods, found[1] if pattern.groups else "")
    return None
