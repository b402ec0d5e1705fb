"""The mock as a transport of httpx, sync and async: for users of the generated client and of httpx itself.

The only module of the mock that imports httpx. Faults arrive as httpx's own exceptions. Like the seam
transports, it waits for nothing: delays pass on the mock's clock.
"""

from __future__ import annotations

import httpx

from .reception import MARK
from .transports import Pass, Receive, Seam

#: What httpx waits for an answer when a request carries no read timeout at all.
_NO_TIMEOUT = 86_400.0


class HttpxMockTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """`httpx.Client(transport=mock.httpx_transport)`, and the same for `httpx.AsyncClient`."""

    def __init__(self, receive: Receive, let_pass: Pass) -> None:
        self._seam = Seam(receive, let_pass)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        return self._answer(request, request.read())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request of the asynchronous client."""
        return self._answer(request, await request.aread())

    def _answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        timeouts: dict[str, float | None] = request.extensions.get("timeout", {})
        timeout = timeouts.get("read")
        try:
            reply = self._seam.carry_out(
                request.method,
                str(request.url),
                dict(request.headers),
                body,
                _NO_TIMEOUT if timeout is None else timeout,
            )
        except ConnectionRefusedError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        except ConnectionResetError as error:
            raise httpx.ReadError(str(error), request=request) from error
        except TimeoutError as error:
            raise httpx.ReadTimeout(str(error), request=request) from error
        return httpx.Response(reply.status, headers={**reply.headers, **MARK}, content=reply.body)
