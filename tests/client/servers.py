"""Servers that answer properly, for tests of connections."""

from __future__ import annotations

from collections.abc import Callable

from tests.client.faults.wire import FaultServer, Wire

GOOD = b'{"msg_id": "288193860302"}'


def next_request(wire: Wire) -> bytes:
    """Read one request of a connection that may carry several."""
    wire.brought.received.clear()
    wire.read_body()
    return bytes(wire.brought.received)


def answering(body: bytes = GOOD, *headers: str, status: str = "200 OK") -> Callable[[Wire], None]:
    def act(wire: Wire) -> None:
        while True:
            next_request(wire)
            wire.answer(status, body, *headers)

    return act


def url(server: FaultServer, scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{server.port}/v1"
