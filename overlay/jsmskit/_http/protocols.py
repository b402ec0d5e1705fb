"""The transport interface: what the client asks of a transport.

A transport of your own implements `SyncTransport` or `AsyncTransport`. It may raise built-in exceptions:
`ConnectionRefusedError` and `socket.gaierror` mean that nothing was sent; after any other `OSError` or `TimeoutError`
it is unknown whether the request was carried out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from .._privacy import Hidden

SyncSleep: TypeAlias = Callable[[float], None]
"""Waits for this many seconds."""
AsyncSleep: TypeAlias = Callable[[float], Awaitable[None]]
"""The same for asyncio."""


@dataclass(frozen=True, slots=True, repr=False)
class TransportRequest(Hidden):
    """One HTTP request, complete.

    It holds credentials, phone numbers and codes. Its `repr` hides all of it, so hand the object down whole: a local
    variable with its headers or its body would show in tracebacks.

    Attributes:
        method: the HTTP method, in capitals.
        url: the whole address.
        headers: of the request. `Host` and `Content-Length` are the transport's.
        body: empty where there is none.
        max_response_bytes: a larger response body is not read to its end.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    max_response_bytes: int = 4 * 1024 * 1024


class SyncTransport(Protocol):
    """Makes one exchange at a time for each caller; must be usable from several threads."""

    def exchange(
        self, request: TransportRequest, *, timeout: float, new_connection: bool
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send one request and return the status, the headers (names in lower case) and the whole body.

        `timeout` is what is left of the deadline, in seconds: the exchange must end within it. `new_connection` asks
        for a connection that carried nothing before. A transport never retries a request and follows no redirect.
        """
        ...

    def close(self) -> None:
        """Close all connections. An exchange after it fails."""
        ...


class AsyncTransport(Protocol):
    """The same for asyncio."""

    async def exchange(
        self,
        request: TransportRequest,
        *,
        timeout: float,  # noqa: ASYNC109  # what is left of the deadline of a call that has many steps
        new_connection: bool,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """As `SyncTransport.exchange`."""
        ...

    async def aclose(self) -> None:
        """As `SyncTransport.close`."""
        ...
