"""The streams and the pool on their own: the corners that no server reaches on demand."""

from __future__ import annotations

import asyncio
import os
import select
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from jsmskit import AsyncJsmsClient, JsmsClient
from jsmskit._http import errors as failures
from jsmskit._http import streams_threads as sockets
from jsmskit._http._async.transport import AsyncHttpTransport
from jsmskit._http._sync.transport import HttpTransport
from jsmskit._http.config import TransportConfig, connect_failure
from jsmskit._http.http11 import OutgoingBytes
from jsmskit._http.protocols import TransportRequest
from jsmskit._http.streams_threads import wait_ready

from tests.client.callers import APP
from tests.client.faults.wire import serving
from tests.client.servers import answering

Pair = tuple[socket.socket, socket.socket]
FAR = time.monotonic() + 3600


@pytest.fixture
def pair() -> Iterator[Pair]:
    left, right = socket.socketpair()
    yield left, right
    left.close()
    right.close()


def outgoing(data: bytes) -> OutgoingBytes:
    return OutgoingBytes(memoryview(data))


def settings(port: int, **options: Any) -> TransportConfig:
    return TransportConfig(scheme="http", host="127.0.0.1", port=port, connect_timeout=2, read_timeout=2, **options)


def test_nothing_is_begun_after_the_deadline(pair: Pair) -> None:
    """Neither a read nor a write nor a handshake; what is not begun cannot have been sent."""
    stream = sockets.Stream(pair[0], deadline=0.0)
    with pytest.raises(failures.ReadTimeout):
        stream.read(9)
    with pytest.raises(failures.WriteTimeout):
        stream.write(outgoing(b"x"), 9)
    with pytest.raises(failures.ConnectTimeout):
        stream.start_tls(ssl.create_default_context(), "localhost", 9)
    assert pair[1].recv(1) == b""


def test_a_peer_that_drips_parts_of_a_record_gains_no_time(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """TLS wants more again and again; each wait is cut to what is left, not to what was given at first."""
    stream = sockets.Stream(pair[0], FAR)
    stream._secure = True
    moment = [100.0]
    waits: list[float] = []

    class Dripping:
        def recv(self, most: int) -> bytes:
            raise ssl.SSLWantReadError

        def fileno(self) -> int:
            return pair[0].fileno()

    def wait_ready(descriptor: int, seconds: float, **unused: Any) -> bool:
        waits.append(seconds)
        moment[0] += 1.0
        return seconds > 0 and len(waits) < 9

    stream._socket = Dripping()  # type: ignore[assignment]
    stream.deadline = 200.0
    monkeypatch.setattr(sockets, "now", lambda: moment[0])
    monkeypatch.setattr(sockets, "wait_ready", wait_ready)
    with pytest.raises(failures.ReadTimeout):
        stream.read(3.0)
    assert waits == [3.0, 2.0, 1.0, 0.0]


def test_a_socket_that_is_gone_is_an_error_of_its_direction(pair: Pair) -> None:
    stream = sockets.Stream(pair[0], FAR)
    pair[1].close()
    with pytest.raises(failures.WriteError):
        stream.write(outgoing(b"x" * 1_000_000), 9)
    stream.close()
    with pytest.raises(failures.ReadError):
        stream.read(9)
    assert stream.is_readable()


def test_every_address_of_a_host_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first that answers is taken; after the deadline no other is tried; without any there is an error."""
    with serving(answering()) as server:
        closed = ("127.0.0.1", 9)
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, place) for place in (closed, ("127.0.0.1", server.port))]
        monkeypatch.setattr(sockets, "_addresses", lambda *unused: found)
        connected = sockets._open_socket("x", 1, FAR)
        assert connected.getpeername()[1] == server.port
        connected.close()
        with pytest.raises(failures.ConnectTimeout):
            sockets._open_socket("x", 1, 0.0)
    monkeypatch.setattr(sockets, "_addresses", lambda *unused: [])
    with pytest.raises(failures.ConnectError, match="no address"):
        sockets._open_socket("x", 1, FAR)


def test_a_connection_that_is_not_taken_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    class Slow(socket.socket):
        ending: BaseException = TimeoutError()

        def connect(self, address: Any) -> None:
            made.append(self)
            raise self.ending

    monkeypatch.setattr(sockets.socket, "socket", Slow)
    with pytest.raises(failures.ConnectTimeout):
        sockets._open_socket("127.0.0.1", 9, FAR)
    monkeypatch.setattr(Slow, "ending", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        sockets._open_socket("127.0.0.1", 9, FAR)
    assert all(one.fileno() == -1 for one in made)


TRANSPORTS: dict[str, Any] = {"sync": HttpTransport, "async": AsyncHttpTransport}


def finished(made: Any) -> Any:
    return asyncio.run(made) if asyncio.iscoroutine(made) else made


def exchange(transport: Any, request: TransportRequest) -> Any:
    return finished(transport.exchange(request, timeout=9, new_connection=False))


def test_who_refuses_a_request_before_its_end_is_heard(client_kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest cannot be written any more, but the answer is there; the request never counts as whole."""
    closed: list[str] = []

    class Refusing:
        deadline = 0.0

        def write(self, data: bytes, timeout: float) -> Any:
            raise failures.WriteError

        def read(self, timeout: float) -> Any:
            return b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"

        def close(self) -> None:
            closed.append(client_kind)

    class RefusingAsync(Refusing):
        async def read(self, timeout: float) -> bytes:
            return bytes(super().read(timeout))

        async def aclose(self) -> None:
            self.close()

    async def connect(*unused: Any) -> Any:
        return RefusingAsync()

    monkeypatch.setattr("jsmskit._http._sync.transport.connect", lambda *unused: Refusing())
    monkeypatch.setattr("jsmskit._http._async.transport.connect", connect)
    request = TransportRequest("POST", "http://127.0.0.1:9/v1", {}, b"x")
    assert exchange(TRANSPORTS[client_kind](settings(9)), request)[0] == 413
    assert closed == [client_kind], "the connection is given up, not kept"


def test_a_transport_keeps_to_its_origin(client_kind: str) -> None:
    """Whatever is built above it: keys never go to another host."""
    transport = TRANSPORTS[client_kind](settings(9))
    for url in ("http://127.0.0.1:1/v1/codes", "http://127.0.0.1:90/v1", "https://x/", "/v1"):
        with pytest.raises(failures.UnsupportedProtocol):
            exchange(transport, TransportRequest("GET", url, {}, b""))
    finished(transport.close() if client_kind == "sync" else transport.aclose())
    with pytest.raises(failures.ClosedError) as caught:
        exchange(transport, TransportRequest("GET", "http://127.0.0.1:9/v1", {}, b""))
    assert not caught.value.body_sent


def idle_connections(client: Any) -> Any:
    return client._transport.get()._pools[os.getpid()].idle


def test_idle_connections_beyond_the_one_in_use_are_closed_when_they_expire() -> None:
    """Ten at once, then one: the nine others do not stay open for ever."""
    with serving(answering()) as server, JsmsClient(*APP, base_url=f"http://127.0.0.1:{server.port}/v1") as client:
        threads = [threading.Thread(target=client.codes.send, args=("13800138000",)) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        idle = idle_connections(client)
        opened = len(idle)
        for connection in idle:
            connection.good_until = 0.0
        client.codes.send("13800138000")
        assert len(idle) == 1
        assert opened >= 1


def test_whether_a_socket_wait_ready_is_known_with_and_without_poll(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not every system has poll; a socket that is closed has its end to give."""
    descriptor = pair[0].fileno()
    for _ in range(2):
        assert not wait_ready(descriptor)
        pair[1].sendall(b"x")
        assert wait_ready(descriptor)
        assert pair[0].recv(1) == b"x"
        monkeypatch.delattr(select, "poll", raising=False)
    assert wait_ready(-1)


@pytest.mark.parametrize("kind", [JsmsClient, AsyncJsmsClient])
def test_two_threads_that_make_the_first_call_use_one_transport(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one comes while the first is making it; no lock could be left held by a fork."""
    lazy = kind(*APP, base_url="http://127.0.0.1:9/v1")._transport
    made: list[object] = []

    def make(config: Any) -> object:
        monkeypatch.undo()
        made.append(lazy.get())
        return object()

    for place in ("_sync.transport.HttpTransport", "_async.transport.AsyncHttpTransport"):
        monkeypatch.setattr(f"jsmskit._http.{place}", make)
    assert lazy.get() is made[0]
    assert lazy.get() is made[0]


def test_words_for_what_cannot_be_reached_come_from_this_machine_only() -> None:
    told = {
        "h:1: Connection refused": ConnectionRefusedError(111, "x"),
        "h: the name cannot be resolved": socket.gaierror(-2, "x"),
        "h:1: OSError": OSError("13800138000"),
    }
    for words, error in told.items():
        assert connect_failure("h", 1, error).detail == words
