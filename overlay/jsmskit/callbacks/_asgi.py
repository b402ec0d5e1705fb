"""The endpoint as an ASGI application: mount it in FastAPI, Starlette, Quart, or serve it alone.

Knows the ASGI messages. Must not import a framework or a server, and decides nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, TypeAlias, cast

from ._endpoint import CallbackEndpoint, CallbackResponse, plain_response
from ._form import MAX_BODY_BYTES

__all__ = ["AsgiCallbacks"]

_Message: TypeAlias = MutableMapping[str, Any]
_Receive: TypeAlias = Callable[[], Awaitable[_Message]]
_Send: TypeAlias = Callable[[_Message], Awaitable[None]]


class AsgiCallbacks:
    """An ASGI 3 application over an endpoint, for asyncio. Handlers may be plain functions or coroutine
    functions.

    A request gets `read_deadline` seconds to send its body (408 afterwards) and 64 KiB of it are read. Every
    path under the mount point is answered, so the secret belongs into the mount point.
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
                body = await _body(receive)
        except TimeoutError:
            await _answer(send, plain_response(408, "body not sent in time", connection="close"))
            return
        if body is None:
            return
        raw_headers = cast("list[tuple[bytes, bytes]]", list(scope["headers"]))
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw_headers}
        response = await self._endpoint.respond_async(
            scope["method"], scope.get("query_string", b""), headers, body
        )
        await _answer(send, response)


async def _body(receive: _Receive) -> bytes | None:
    """The body, or one byte more than is allowed of it; None if the client went away."""
    read = bytearray()
    while len(read) <= MAX_BODY_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        read += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(read)


async def _answer(send: _Send, response: CallbackResponse) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


async def _lifespan(receive: _Receive, send: _Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
