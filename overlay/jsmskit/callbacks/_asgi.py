"""The endpoint as an ASGI application: mount it in FastAPI, Starlette, Quart, or serve it alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, TypeAlias, cast

from ._endpoint import CallbackEndpoint, CallbackRequest, CallbackResponse, plain_response
from ._form import MAX_BODY_BYTES

_Message: TypeAlias = MutableMapping[str, Any]
_Receive: TypeAlias = Callable[[], Awaitable[_Message]]
_Send: TypeAlias = Callable[[_Message], Awaitable[None]]


class AsgiCallbacks:
    """An ASGI 3 application over an endpoint, for asyncio. Handlers may be plain functions or coroutine
    functions.

    A request has `read_deadline` seconds to send its whole body (408 afterwards), and at most 64 KiB of it
    are read. Every path below the mount point is answered, so the secret belongs in the mount point.
    """

    def __init__(self, endpoint: CallbackEndpoint, *, read_deadline: float = 5.0) -> None:
        self._endpoint: Final = endpoint
        self._read_deadline: Final = read_deadline

    async def __call__(self, scope: MutableMapping[str, Any], receive: _Receive, send: _Send) -> None:
        """Serve one ASGI scope."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})

    async def _http(self, scope: MutableMapping[str, Any], receive: _Receive, send: _Send) -> None:
        try:
            async with asyncio.timeout(self._read_deadline):
                request = await _request(scope, receive)
        except TimeoutError:
            await _respond(send, plain_response(408, "body not sent in time", connection="close"))
            return
        if request is not None:
            response = await self._endpoint.respond_async(
                request.method, request.query, request.headers, request.body
            )
            await _respond(send, response)


class _Body:
    """What was read of a body. A plain variable would show it where reading is cancelled."""

    __slots__ = ("read",)

    def __init__(self) -> None:
        self.read = bytearray()

    def add(self, message: _Message) -> bool:
        """Add what a message holds; return true if more is to come, and wanted."""
        self.read += message.get("body", b"")
        return bool(message.get("more_body", False)) and len(self.read) <= MAX_BODY_BYTES


async def _request(scope: MutableMapping[str, Any], receive: _Receive) -> CallbackRequest | None:
    """Read the request, of its body at most one message more than is allowed; None if the client left."""
    body = _Body()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        more = body.add(message)
        del message
        if not more:
            break
    raw_headers = cast("list[tuple[bytes, bytes]]", list(scope["headers"]))
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw_headers}
    return CallbackRequest(scope["method"], scope.get("query_string", b""), headers, bytes(body.read))


async def _respond(send: _Send, response: CallbackResponse) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


async def _lifespan(receive: _Receive, send: _Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
