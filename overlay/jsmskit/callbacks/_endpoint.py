"""From one HTTP request to one HTTP response: the part of a callback receiver that decides.

Frames that can be part of an interruption (Ctrl-C, a worker's time limit) hold requests as `CallbackRequest`.

The endpoint as an application follows: ASGI for FastAPI, Starlette, Quart or alone; WSGI for Flask or any WSGI server.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, NamedTuple, TypeAlias, cast

from .._privacy import Hidden, mask_phones_in
from ..errors import (
    CallbackError,
    ConfigurationError,
    InvalidCallbackSignatureError,
    MalformedCallbackError,
    ReplayedCallbackError,
    StaleCallbackError,
)
from ._events import MAX_BODY_BYTES, CallbackEvent, UnknownEvent
from ._verifier import CallbackVerifier

_log: Final = logging.getLogger("jsmskit.callbacks")

_MALFORMED: Final = (400, "malformed callback")
_REFUSALS: Final[Mapping[type[CallbackError], tuple[int, str]]] = {
    MalformedCallbackError: _MALFORMED,
    InvalidCallbackSignatureError: (403, "invalid signature"),
    StaleCallbackError: (403, "outside of the time window"),
    ReplayedCallbackError: (409, "nonce used before"),
}


@dataclass(frozen=True, slots=True, repr=False)
class CallbackRequest(Hidden):
    """One request: its method, the query string, the headers and the body."""

    method: str
    query: str | bytes
    headers: Mapping[str, str]
    body: bytes


class CallbackResponse(NamedTuple):
    """The response to send."""

    status: int
    headers: dict[str, str]
    body: bytes


def plain_response(status: int, text: str, **headers: str) -> CallbackResponse:
    """Return a response in plain text, which no browser takes for anything else and no cache keeps."""
    body = text.encode("utf-8")
    return CallbackResponse(
        status,
        {
            "content-type": "text/plain; charset=utf-8",
            "content-length": str(len(body)),
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        }
        | headers,
        body,
    )


class CallbackEndpoint:
    """Responds to the requests of one callback address.

    `handler` gets each event that is not a duplicate, and returns when the event is safe (committed to a
    table, say); only then does the service get 200. If it raises, the response is 503, the service calls
    again later (after 3 minutes, 1 hour and 12 hours), and the handler gets the event again, even if the
    process died in between. So a handler may see an event twice; compare `event.identity`. It should return
    within a few seconds: how long the service waits is not documented.

    `pass_duplicates=True` passes duplicates on, too, with `event.duplicate` true.

    Responses: 200 event handled, or echo of the address check; 400 malformed; 403 bad signature or too old;
    405 other methods than GET and POST; 409 a nonce with another payload (logged as an error: one of the two
    is forged); 413 more than 64 KiB; 503 handler or store failed. Refusals, failures and unknown events are
    logged under `jsmskit.callbacks`, numbers masked.
    """

    def __init__(
        self,
        verifier: CallbackVerifier,
        handler: Callable[[CallbackEvent], Awaitable[object] | object],
        *,
        pass_duplicates: bool = False,
    ) -> None:
        self._verifier: Final = verifier
        self._handler: Final = handler
        self._pass_duplicates: Final = pass_duplicates
        self.is_async: Final = inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(
            getattr(handler, "__call__", None)  # noqa: B004  # an object with an async __call__
        )
        """Whether the handler is a coroutine function; then only `respond_async` will do."""

    def respond(self, method: str, query: str | bytes, headers: Mapping[str, str], body: bytes) -> CallbackResponse:
        """Return the response to one request. The case of header names does not matter; `query` is the part
        after the `?`. Raises `ConfigurationError` if the handler is a coroutine function.
        """
        request = CallbackRequest(method, query, headers, body)
        del method, query, headers, body
        if self.is_async:
            raise ConfigurationError("The handler of the callbacks is a coroutine function: use respond_async.")
        received = self._receive(request)
        if isinstance(received, CallbackResponse):
            return received
        try:
            result = self._handler(received)
            if inspect.isawaitable(result):
                # Not awaited it would never run, and the event would be lost with an answer of 200.
                if inspect.iscoroutine(result):
                    result.close()
                raise ConfigurationError("The handler of the callbacks returned an awaitable: use respond_async.")
        except Exception as error:  # noqa: BLE001  # whatever goes wrong, the service is to call again
            return _failed(received, error)
        return self._handled(received)

    async def respond_async(
        self, method: str, query: str | bytes, headers: Mapping[str, str], body: bytes
    ) -> CallbackResponse:
        """As `respond`, for asyncio. A plain handler, and the store, run in a thread, so that they never block
        the loop.
        """
        request = CallbackRequest(method, query, headers, body)
        del method, query, headers, body
        received = await asyncio.to_thread(self._receive, request)
        if isinstance(received, CallbackResponse):
            return received
        try:
            if self.is_async:
                await cast("Awaitable[object]", self._handler(received))
            else:
                result = await asyncio.to_thread(self._handler, received)
                if inspect.isawaitable(result):
                    await result
        except Exception as error:  # noqa: BLE001  # whatever goes wrong, the service is to call again
            return _failed(received, error)
        return await asyncio.to_thread(self._handled, received)

    def _receive(self, request: CallbackRequest) -> CallbackResponse | CallbackEvent:
        if request.method not in ("GET", "POST"):
            return plain_response(405, "method not allowed", allow="GET, POST")
        if len(request.body) > MAX_BODY_BYTES:
            return plain_response(413, "body too large")
        try:
            if request.method == "GET":
                return plain_response(200, self._verifier.echo(request.query).decode("ascii"))
            encodings = (value for name, value in request.headers.items() if name.lower() == "content-encoding")
            if any(value.lower() != "identity" for value in encodings):
                raise MalformedCallbackError("The body is compressed, which no documented callback is.")
            event = self._verifier.parse(request.body, mark_handled=False)
        except CallbackError as refused:
            status, text = _REFUSALS.get(type(refused), _MALFORMED)
            level = logging.ERROR if status == 409 else logging.WARNING
            _log.log(level, "callback refused: %s", refused.message)
            return plain_response(status, text)
        except Exception as error:  # noqa: BLE001  # the store failed: the service is to call again
            return _unavailable("callback not read, the nonce store failed", error)
        if event.duplicate and not self._pass_duplicates:
            _log.info("duplicate callback ignored: %r", event)
            return plain_response(200, "duplicate")
        if isinstance(event, UnknownEvent):
            _log.warning("callback passed on unread: %r", event)
        return event

    def _handled(self, event: CallbackEvent) -> CallbackResponse:
        try:
            self._verifier.mark_handled(event)
        except Exception as error:  # noqa: BLE001  # the work is done: calling again would only do it twice
            _unavailable("callback handled, but the nonce store failed", error)
        _log.debug("callback handled: %r", event)
        return plain_response(200, "ok")


def _failed(event: CallbackEvent, error: Exception) -> CallbackResponse:
    return _unavailable(f"callback not handled, the service will call again: {event!r}", error)


def _unavailable(what: str, error: Exception) -> CallbackResponse:
    # The traceback of a handler may quote a number; logging it as exc_info would show that.
    _log.error("%s\n%s", what, mask_phones_in("".join(traceback.format_exception(error)).rstrip()))
    return plain_response(503, "try again later")


_Message: TypeAlias = MutableMapping[str, Any]
_Receive: TypeAlias = Callable[[], Awaitable[_Message]]
_Send: TypeAlias = Callable[[_Message], Awaitable[None]]


class AsgiCallbacks:
    """An ASGI 3 application over an endpoint, for asyncio. Handlers may be plain functions or coroutine functions.

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
            response = await self._endpoint.respond_async(request.method, request.query, request.headers, request.body)
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
    """A WSGI application over an endpoint with a plain handler; coroutine functions raise `ConfigurationError`.

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
