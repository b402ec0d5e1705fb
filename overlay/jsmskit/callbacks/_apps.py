"""The endpoint as an application: ASGI for FastAPI, Starlette, Quart or alone; WSGI for Flask or any WSGI server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias, cast

from ..errors import ConfigurationError
from ._endpoint import CallbackEndpoint, CallbackRequest, CallbackResponse, plain_response
from ._events import MAX_BODY_BYTES

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
                request = await _asgi_request(scope, receive)
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


async def _asgi_request(scope: MutableMapping[str, Any], receive: _Receive) -> CallbackRequest | None:
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


_StartResponse: TypeAlias = Callable[..., Any]


class WsgiCallbacks:
    """A WSGI application over an endpoint with a plain handler; coroutine functions raise
    `ConfigurationError`.

    At most 64 KiB of a body are read. The server limits slow bodies. Every path below the mount point is
    answered, so the secret belongs in the mount point.
    """

    def __init__(self, endpoint: CallbackEndpoint) -> None:
        if endpoint.is_async:
            raise ConfigurationError(
                "WSGI cannot wait for a coroutine function: use a plain handler, or AsgiCallbacks."
            )
        self._endpoint: Final = endpoint

    def __call__(self, environ: dict[str, Any], start_response: _StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        request = _wsgi_request(environ)
        response = plain_response(400, "malformed callback")
        if request is not None:
            response = self._endpoint.respond(request.method, request.query, request.headers, request.body)
        phrase = HTTPStatus(response.status).phrase
        start_response(f"{response.status} {phrase}", list(response.headers.items()))
        return [response.body]


def _wsgi_request(environ: dict[str, Any]) -> CallbackRequest | None:
    """Read the request; None if its body does not arrive as announced."""
    body = _body(environ)
    if body is None:
        return None
    headers = {"content-encoding": environ.get("HTTP_CONTENT_ENCODING", "identity")}
    return CallbackRequest(environ["REQUEST_METHOD"], environ.get("QUERY_STRING", ""), headers, body)


def _body(environ: dict[str, Any]) -> bytes | None:
    """Return the body, or one byte more than is allowed of it; None if it does not arrive as announced."""
    announced = environ.get("CONTENT_LENGTH") or ""
    limit = MAX_BODY_BYTES + 1
    if not announced:
        # Without a length, reading would wait for ever, unless the server ends the stream.
        terminated = environ.get("wsgi.input_terminated", False)
        return _read(environ, limit) if terminated else b""
    if not (announced.isascii() and announced.isdigit()):
        return None
    wanted = min(int(announced[:20]), limit)
    body = _read(environ, wanted)
    return body if body is not None and len(body) == wanted else None


def _read(environ: dict[str, Any], size: int) -> bytes | None:
    # One read may give less than it was asked for, with a socket behind it.
    read = bytearray()
    try:
        while len(read) < size and (chunk := environ["wsgi.input"].read(size - len(read))):
            read += chunk
    except OSError:
        return None
    return bytes(read)
