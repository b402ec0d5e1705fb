"""The mock in process, at the client's transport seam: no socket, no thread, no waiting.

Knows the seam's shape (plain types; the overlay is not imported) and how a fault looks from there: built-in
exceptions. A delay passes on the mock's clock, so a test of a slow service takes no time: a delay within the
caller's limit moves the clock and answers, a longer one moves the clock by the limit and times out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import urlsplit

from .reception import MARK, End, Outcome
from .wire import Reply, Request

#: Takes a request through faults and brain.
Receive = Callable[[Request], Outcome]
#: Lets seconds pass on the mock's clock, with everything that falls due.
Pass = Callable[[float], None]


class ClientRequest(Protocol):
    """What is read of a `jsmskit.TransportRequest`."""

    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...


class Seam:
    """What both transports share: one exchange, carried out in the caller's own thread."""

    def __init__(self, receive: Receive, let_pass: Pass) -> None:
        self._receive = receive
        self._let_pass = let_pass

    def carry_out(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout: float
    ) -> Reply:
        parts = urlsplit(url)
        lowered = {name.lower(): value for name, value in headers.items()}
        outcome = self._receive(Request(method.upper(), parts.path or "/", parts.query, lowered, body))
        if outcome.end is End.HUNG or outcome.latency >= timeout:
            self._let_pass(timeout)
            raise TimeoutError("the mock gives no answer in time: a fault says so")
        if outcome.latency:
            self._let_pass(outcome.latency)
        if outcome.end is End.REFUSED:
            raise ConnectionRefusedError("the mock refuses the connection: a fault says so")
        if outcome.end is End.DROPPED or outcome.reply is None:
            raise ConnectionResetError("the mock drops the connection: a fault says so")
        return outcome.reply


class MockTransport:
    """A transport for the synchronous client: `JsmsClient(..., transport=mock.transport)`."""

    def __init__(self, receive: Receive, let_pass: Pass) -> None:
        self._seam = Seam(receive, let_pass)

    def exchange(
        self, request: ClientRequest, *, timeout: float, new_connection: bool = False
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Exchange one request for status, headers and body.

        Args:
            request: a `jsmskit.TransportRequest`; of its address only the path counts.
            timeout: seconds that the caller waits, on the mock's clock.
            new_connection: means nothing here: there is no connection to reuse.

        Raises:
            ConnectionRefusedError: a fault refused the request; nothing was taken.
            ConnectionResetError: a fault took the request and dropped the answer.
            TimeoutError: a fault delays the answer beyond `timeout`; the request was taken.
        """
        reply = self._seam.carry_out(request.method, request.url, request.headers, request.body, timeout)
        return reply.status, {**reply.headers, **MARK}, reply.body

    def close(self) -> None:
        """Do nothing: the mock outlives its clients."""


class AsyncMockTransport:
    """A transport for the asynchronous client: `AsyncJsmsClient(..., transport=mock.async_transport)`."""

    def __init__(self, receive: Receive, let_pass: Pass) -> None:
        self._seam = Seam(receive, let_pass)

    async def exchange(
        self,
        request: ClientRequest,
        *,
        timeout: float,  # noqa: ASYNC109  # the interface's word; it bounds nothing that is awaited here
        new_connection: bool = False,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Exchange one request for status, headers and body; as `MockTransport.exchange`.

        Raises:
            ConnectionRefusedError: a fault refused the request; nothing was taken.
            ConnectionResetError: a fault took the request and dropped the answer.
            TimeoutError: a fault delays the answer beyond `timeout`; the request was taken.
        """
        reply = self._seam.carry_out(request.method, request.url, request.headers, request.body, timeout)
        return reply.status, {**reply.headers, **MARK}, reply.body

    async def aclose(self) -> None:
        """Do nothing: the mock outlives its clients."""
