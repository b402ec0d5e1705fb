"""The ASGI and WSGI applications, driven by hand: every message and every environment a server can give."""

from __future__ import annotations

import asyncio
import io
import wsgiref.validate
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from jsmskit.callbacks import AsgiCallbacks, CallbackEndpoint, CallbackEvent, CallbackVerifier, WsgiCallbacks
from jsmskit.errors import ConfigurationError

from tests.callbacks.signing import body

LIMIT = 64 * 1024


class Asgi:
    """An ASGI server of one request."""

    def __init__(self, app: AsgiCallbacks) -> None:
        self.app = app
        self.received = 0

    def __call__(
        self,
        *messages: dict[str, Any],
        method: str = "POST",
        query: bytes = b"",
        headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> list[dict[str, Any]]:
        """The messages that the application sends; after the given ones the client stays silent."""
        scope = {"type": "http", "method": method, "path": "/x", "query_string": query, "headers": list(headers)}
        return self.run(scope, *messages)

    def run(self, scope: dict[str, Any], *messages: dict[str, Any]) -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []
        waiting = list(messages)

        async def receive() -> dict[str, Any]:
            if not waiting:
                await asyncio.Event().wait()
            self.received += 1
            return waiting.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.app(scope, receive, send))
        return sent


class LoopWithItsOwnTime(asyncio.SelectorEventLoop):
    """Its clock jumps to the next timer, instead of waiting for it."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        poll = self._selector.select  # type: ignore[attr-defined]

        def jump(timeout: float | None) -> Any:
            self._now += timeout or 0
            return poll(0)

        self._selector.select = jump  # type: ignore[attr-defined]

    def time(self) -> float:
        return self._now


def chunk(data: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": data, "more_body": more}


@pytest.fixture
def events() -> list[CallbackEvent]:
    return []


@pytest.fixture
def asgi(verifier: CallbackVerifier, events: list[CallbackEvent]) -> Asgi:
    return Asgi(AsgiCallbacks(CallbackEndpoint(verifier, events.append)))


def test_a_callback_in_pieces(asgi: Asgi, events: list[CallbackEvent]) -> None:
    data = body()
    pieces = [chunk(bytes([byte]), more=True) for byte in data]
    ends = ({"type": "http.request", "more_body": True}, {"type": "http.request"})
    start, end = asgi(*pieces, *ends, headers=((b"content-encoding", b"identity"),))
    assert (start["type"], start["status"]) == ("http.response.start", 200)
    assert (b"x-content-type-options", b"nosniff") in start["headers"]
    assert end == {"type": "http.response.body", "body": b"ok"}
    assert len(events) == 1


def test_reading_stops_at_the_limit(asgi: Asgi) -> None:
    """An endless body is answered with 413 after 64 KiB, and never read to its end."""
    start, _ = asgi(*(chunk(b"x" * 1024, more=True) for _ in range(1000)))
    assert start["status"] == 413
    assert asgi.received == LIMIT // 1024 + 1


def test_a_client_that_goes_away_gets_no_answer(asgi: Asgi, events: list[CallbackEvent]) -> None:
    assert asgi(chunk(body()[:20], more=True), {"type": "http.disconnect"}) == []
    assert not events


def test_the_deadline_is_that_of_the_whole_body(verifier: CallbackVerifier) -> None:
    """Bytes that drip in, each well within the deadline, do not hold the request open for longer."""
    app = AsgiCallbacks(CallbackEndpoint(verifier, print), read_deadline=5)
    read: list[float] = []
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(2)  # of the loop's own time: nothing waits
        read.append(asyncio.get_running_loop().time())
        return chunk(b"x", more=len(read) < 100)

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": "http", "method": "POST", "headers": []}
    with asyncio.Runner(loop_factory=LoopWithItsOwnTime) as runner:
        runner.run(app(scope, receive, send))
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]
    assert read == [2, 4]


def test_a_websocket_is_closed(asgi: Asgi) -> None:
    """Before it was accepted, which a server makes 403 of."""
    sent = asgi.run({"type": "websocket", "path": "/"}, {"type": "websocket.connect"})
    assert sent == [{"type": "websocket.close", "code": 1000}]


def test_a_scope_of_tomorrow_is_left_alone(asgi: Asgi) -> None:
    """The specification asks for that or an exception; nothing is sent."""
    assert asgi.run({"type": "webtransport"}) == []


def environment(data: bytes, **other: Any) -> dict[str, Any]:
    """What a WSGI server gives for a POST."""
    environ: dict[str, Any] = {"REQUEST_METHOD": "POST", "QUERY_STRING": "", "CONTENT_LENGTH": str(len(data))}
    environ |= {"wsgi.input": io.BytesIO(data)} | other
    given = {name: value for name, value in environ.items() if value is not None}
    setup_testing_defaults(given)
    return given


def call(app: WsgiCallbacks, environ: dict[str, Any]) -> tuple[str, dict[str, str], bytes]:
    """One request through the standard library's validator of both sides."""
    started: list[tuple[str, dict[str, str]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
        started.append((status, dict(headers)))
        return started.append

    parts = wsgiref.validate.validator(app)(environ, start_response)
    try:
        data = b"".join(parts)
    finally:
        parts.close()  # type: ignore[attr-defined]
    return (*started[0], data)


class Pipelined(io.BytesIO):
    """An input that gives at most 40 bytes at a time, and holds the next request behind the body."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(40, 40 if size is None else size))


class Broken(io.BytesIO):
    """An input whose connection is lost."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise ConnectionResetError


@pytest.fixture
def wsgi(verifier: CallbackVerifier, events: list[CallbackEvent]) -> WsgiCallbacks:
    return WsgiCallbacks(CallbackEndpoint(verifier, events.append))


def test_what_stands_behind_the_body_is_left_there(wsgi: WsgiCallbacks) -> None:
    """It is the next request of a connection that is kept open."""
    given = Pipelined(body() + b"POST /next HTTP/1.1")
    environ = environment(body(), **{"wsgi.input": given})
    assert call(wsgi, environ)[0] == "200 OK"
    assert given.getvalue()[given.tell() :] == b"POST /next HTTP/1.1"


@pytest.mark.parametrize("length", [None, ""])
def test_without_a_length_nothing_is_read(wsgi: WsgiCallbacks, length: str | None) -> None:
    """Reading would wait for ever on some servers."""
    assert call(wsgi, environment(body(), CONTENT_LENGTH=length))[0] == "400 Bad Request"


def test_without_a_length_a_terminated_input_is_read(wsgi: WsgiCallbacks) -> None:
    environ = environment(body(), CONTENT_LENGTH=None, **{"wsgi.input_terminated": True})
    assert call(wsgi, environ)[0] == "200 OK"
    environ = environment(b"x" * 2 * LIMIT, CONTENT_LENGTH=None, **{"wsgi.input_terminated": True})
    assert call(wsgi, environ)[0].startswith("413")


def test_a_large_body_is_not_read(wsgi: WsgiCallbacks) -> None:
    given = io.BytesIO(b"x" * 2 * LIMIT)
    assert call(wsgi, environment(given.getvalue(), **{"wsgi.input": given}))[0].startswith("413")
    assert given.tell() == LIMIT + 1


@pytest.mark.parametrize("length", ["+5", "-1", "1_0", "٣", "x", "5.0"])
def test_a_wrong_length_is_malformed(wsgi: WsgiCallbacks, length: str) -> None:
    """Digits, nothing else. (Called without the validator, which refuses such environments itself.)"""
    statuses: list[str] = []
    list(wsgi(environment(body(), CONTENT_LENGTH=length), lambda status, headers: statuses.append(status)))
    assert statuses == ["400 Bad Request"]


def test_a_cut_body_is_malformed(wsgi: WsgiCallbacks, events: list[CallbackEvent]) -> None:
    """Ended early, or lost with its connection: it must not be taken for the whole."""
    whole = body()
    for environ in (
        environment(whole, CONTENT_LENGTH=str(len(whole) + 5)),
        environment(whole, CONTENT_LENGTH="9" * 4000),
        environment(whole, **{"wsgi.input": Broken()}),
    ):
        assert call(wsgi, environ)[0] == "400 Bad Request"
    assert not events


def test_coroutine_functions_are_refused_when_the_app_is_made(verifier: CallbackVerifier) -> None:

    async def handle(event: CallbackEvent) -> None:
        """Never runs."""

    with pytest.raises(ConfigurationError, match="AsgiCallbacks"):
        WsgiCallbacks(CallbackEndpoint(verifier, handle))
