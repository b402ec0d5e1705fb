"""The mock in process, behind the client's transport interface: no socket, no thread, no waiting.

A delay passes on the mock's clock, so a test of a slow service takes no time: a delay within the
caller's limit moves the clock and answers, a longer one moves the clock by the limit and times out.

The transports of httpx and httpx2, sync and async, import neither: the caller's request says which it is. Faults arrive
as the library's own exceptions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final, Self
from urllib.parse import urlsplit

from .faults import MARK, ConnectionEnd, FaultedResponse
from .model.http import Request

#: Takes a request through faults and rules.
Receive = Callable[[Request], FaultedResponse]
#: Lets seconds pass on the mock's clock, with everything that falls due.
Pass = Callable[[float], None]


class _InProcess:
    """What the transports share: one exchange, carried out in the caller's own thread."""

    def __init__(self, receive: Receive, advance: Pass) -> None:
        self._receive = receive
        self._advance = advance

    def _carry_out(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout: float
    ) -> tuple[int, Mapping[str, str], bytes]:
        parts = urlsplit(url)
        lowered = {name.lower(): value for name, value in headers.items()}
        outcome = self._receive(Request(method.upper(), parts.path or "/", parts.query, lowered, body))
        if outcome.end is ConnectionEnd.TIMEOUT or outcome.latency >= timeout:
            self._advance(timeout)
            raise TimeoutError("the mock gives no answer in time: a fault says so")
        if outcome.latency:
            self._advance(outcome.latency)
        if outcome.end is ConnectionEnd.REFUSED:
            raise ConnectionRefusedError("the mock refuses the connection: a fault says so")
        if outcome.end is ConnectionEnd.RESET or outcome.response is None:
            raise ConnectionResetError("the mock drops the connection: a fault says so")
        response = outcome.response
        return response.status, {**response.headers, **MARK}, response.body

    def close(self) -> None:
        """Do nothing: the mock outlives its clients."""

    async def aclose(self) -> None:
        """Do nothing: the mock outlives its clients."""


class MockTransport(_InProcess):
    """A transport for the synchronous client: `JsmsClient(..., transport=mock.transport)`."""

    def exchange(
        self, request: Any, *, timeout: float, new_connection: bool = False
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Exchange one request for status, headers and body.

        Args:
            request: a `jsmskit.TransportRequest`, whose type the mock does not share; of its URL only the path counts.
            timeout: seconds that the caller waits, on the mock's clock.
            new_connection: means nothing here: there is no connection to reuse.

        Raises:
            ConnectionRefusedError: a fault refused the request; nothing was taken.
            ConnectionResetError: a fault took the request and dropped the answer.
            TimeoutError: a fault delays the answer beyond `timeout`; the request was taken.
        """
        return self._carry_out(request.method, request.url, request.headers, request.body, timeout)


class AsyncMockTransport(_InProcess):
    """A transport for the asynchronous client: `AsyncJsmsClient(..., transport=mock.async_transport)`."""

    async def exchange(
        self,
        request: Any,
        *,
        timeout: float,  # noqa: ASYNC109  # the interface's word; it bounds nothing that is awaited here
        new_connection: bool = False,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Exchange one request for status, headers and body; as `MockTransport.exchange`."""
        return self._carry_out(request.method, request.url, request.headers, request.body, timeout)


#: Waited for a response when a request carries no read timeout at all.
_NO_TIMEOUT: Final = 86_400.0
#: What httpx raises for what a fault does.
_HTTPX_ERRORS: Final[Mapping[type[OSError], str]] = {
    ConnectionRefusedError: "ConnectError",
    ConnectionResetError: "ReadError",
    TimeoutError: "ReadTimeout",
}


class HttpxMockTransport(_InProcess):
    """`httpx.Client(transport=mock.httpx_transport)`, and the same for the asynchronous client and for httpx2."""

    def handle_request(self, request: Any) -> Any:
        """Answer one request."""
        return self._answer(request, request.read())

    async def handle_async_request(self, request: Any) -> Any:
        """Answer one request of the asynchronous client."""
        return self._answer(request, await request.aread())

    def _answer(self, request: Any, body: bytes) -> Any:
        library = import_module(type(request).__module__.partition(".")[0])
        timeout: float | None = request.extensions.get("timeout", {}).get("read")
        seconds = _NO_TIMEOUT if timeout is None else timeout
        try:
            status, headers, content = self._carry_out(
                request.method, str(request.url), dict(request.headers), body, seconds
            )
        except (ConnectionRefusedError, ConnectionResetError, TimeoutError) as error:
            raise getattr(library, _HTTPX_ERRORS[type(error)])(str(error), request=request) from error
        return library.Response(status, headers=headers, content=content)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: the mock outlives its clients."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Do nothing: the mock outlives its clients."""
