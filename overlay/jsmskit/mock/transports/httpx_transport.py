"""The mock as a transport of httpx or httpx2, sync and async. Imports neither: the caller's request says which it is.

Faults arrive as the library's own exceptions. Like the other transports it waits for nothing: delays pass on the
mock's clock.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Self

from ..faults import MARK
from .in_process import InProcessExchange, Pass, Receive

#: Waited for a response when a request carries no read timeout at all.
_NO_TIMEOUT = 86_400.0


class HttpxMockTransport:
    """`httpx.Client(transport=mock.httpx_transport)`, and the same for the asynchronous client and for httpx2."""

    def __init__(self, receive: Receive, advance: Pass) -> None:
        self._exchange = InProcessExchange(receive, advance)

    def handle_request(self, request: Any) -> Any:
        """Answer one request."""
        return self._answer(request, request.read())

    async def handle_async_request(self, request: Any) -> Any:
        """Answer one request of the asynchronous client."""
        return self._answer(request, await request.aread())

    def _answer(self, request: Any, body: bytes) -> Any:
        library = import_module(type(request).__module__.partition(".")[0])
        timeout: float | None = request.extensions.get("timeout", {}).get("read")
        try:
            response = self._exchange.carry_out(
                request.method,
                str(request.url),
                dict(request.headers),
                body,
                _NO_TIMEOUT if timeout is None else timeout,
            )
        except ConnectionRefusedError as error:
            raise library.ConnectError(str(error), request=request) from error
        except ConnectionResetError as error:
            raise library.ReadError(str(error), request=request) from error
        except TimeoutError as error:
            raise library.ReadTimeout(str(error), request=request) from error
        return library.Response(response.status, headers={**response.headers, **MARK}, content=response.body)

    def close(self) -> None:
        """Do nothing: the mock outlives its clients."""

    async def aclose(self) -> None:
        """Do nothing: the mock outlives its clients."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: the mock outlives its clients."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Do nothing: the mock outlives its clients."""
