"""The fault points: where and how a connection can break, from the first packet to the last byte of an
answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.client.faults.wire import GoneError, Wire

GOOD = b'{"msg_id": 288193860302, "schedule_id": "1a886e7c", "success_count": 0, "failure_count": 0, "recipients": []}'


@dataclass(frozen=True)
class Fault:
    """One way to break a connection. `tls_only` ones need a handshake to break; `before_tls` act instead of
    it.
    """

    name: str
    act: Callable[[Wire], None]
    tls_only: bool = False
    before_tls: bool = False
    stalls: bool = False
    narrow: bool = False
    """A small receive buffer, so that a request of some size cannot fit into the kernels' buffers."""


def _head(*lines: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", *lines, "", "")).encode()


def _nothing_read(wire: Wire) -> None:
    wire.wait()
    wire.drain()


def _after_bytes(count: int, end: Callable[[Wire], None]) -> Callable[[Wire], None]:
    def act(wire: Wire) -> None:
        wire.read_bytes(count)
        end(wire)

    return act


def _after_head(end: Callable[[Wire], None]) -> Callable[[Wire], None]:
    def act(wire: Wire) -> None:
        wire.read_head()
        end(wire)

    return act


def _in_body(end: Callable[[Wire], None]) -> Callable[[Wire], None]:
    def act(wire: Wire) -> None:
        wire.read_body(0.5)
        end(wire)

    return act


def _after_whole(end: Callable[[Wire], None]) -> Callable[[Wire], None]:
    def act(wire: Wire) -> None:
        wire.read_body()
        end(wire)

    return act


def _early(status: str, end: Callable[[Wire], None]) -> Callable[[Wire], None]:
    def act(wire: Wire) -> None:
        wire.read_head()
        wire.answer(status, b"{}")
        end(wire)

    return act


def _sends(data: bytes, end: Callable[[Wire], None]) -> Callable[[Wire], None]:
    def act(wire: Wire) -> None:
        wire.read_body()
        wire.send(data)
        end(wire)

    return act


def _stall(wire: Wire) -> None:
    wire.wait()
    wire.drain()


def _close(wire: Wire) -> None:
    wire.close()


def _reset(wire: Wire) -> None:
    wire.reset()


def _slow_reader(wire: Wire) -> None:
    try:
        while wire.pause(0.02):
            if not wire.read(64):
                return
    except GoneError:
        return
    wire.drain()


def _garbage(wire: Wire) -> None:
    wire.read_bytes(10)
    wire.send(b"HTTP/1.1 400 This port does not speak TLS\r\n\r\n")
    wire.close()


def drip_for(seconds: float) -> Callable[[Wire], None]:
    """An answer whose body comes byte by byte for so long."""

    def act(wire: Wire) -> None:
        wire.read_body()
        count = int(seconds / 0.05)
        wire.send(_head(f"Content-Length: {count}"))
        wire.drip(b" " * count, 0.05)

    return act


def _drip_head(wire: Wire) -> None:
    wire.read_body()
    wire.drip(b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 200, 0.05)


def _flood(wire: Wire) -> None:
    wire.read_body()
    while wire.pause(0.01):
        wire.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 50)


def _endless(wire: Wire) -> None:
    wire.read_body()
    wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while wire.pause(0):
        wire.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")


FAULTS: tuple[Fault, ...] = (
    # Before anything is read.
    Fault("accept_reset", _reset),
    Fault("accept_close", _close),
    Fault("accept_stall", _nothing_read, stalls=True),
    Fault("accept_stall_narrow", _nothing_read, stalls=True, narrow=True),
    Fault("slow_reader", _slow_reader, stalls=True, narrow=True),
    # In the TLS handshake.
    Fault("tls_reset", _after_bytes(10, _reset), tls_only=True, before_tls=True),
    Fault("tls_close", _after_bytes(10, _close), tls_only=True, before_tls=True),
    Fault("tls_stall", _after_bytes(10, _stall), tls_only=True, before_tls=True, stalls=True),
    Fault("tls_garbage", _garbage, tls_only=True, before_tls=True),
    # In the headers.
    Fault("headers_reset", _after_bytes(20, _reset)),
    Fault("headers_close", _after_bytes(20, _close)),
    Fault("headers_stall", _after_bytes(20, _stall), stalls=True),
    # Between headers and body.
    Fault("before_body_reset", _after_head(_reset)),
    Fault("before_body_close", _after_head(_close)),
    Fault("before_body_stall", _after_head(_stall), stalls=True),
    # In the body.
    Fault("body_reset", _in_body(_reset)),
    Fault("body_close", _in_body(_close)),
    Fault("body_stall", _in_body(_stall), stalls=True, narrow=True),
    # After the whole request, before an answer.
    Fault("after_reset", _after_whole(_reset)),
    Fault("after_close", _after_whole(_close)),
    Fault("after_stall", _after_whole(_stall), stalls=True),
    # Answers before the request is whole.
    Fault("early_413_close", _early("413 Too Large", _close)),
    Fault("early_413_reset", _early("413 Too Large", _reset)),
    Fault("early_413_stall", _early("413 Too Large", _stall), stalls=True),
    Fault("early_200_close", _early("200 OK", _close)),
    # In the head of an answer.
    Fault("status_cut", _sends(b"HTTP/1.1 20", _close)),
    Fault("status_cut_reset", _sends(b"HTTP/1.1 20", _reset)),
    Fault("garbage", _sends(b"\x00\xff not HTTP at all\r\n\r\n", _close)),
    Fault("two_lengths", _sends(_head("Content-Length: 5", "Content-Length: 50") + GOOD, _close)),
    Fault("bad_length", _sends(_head("Content-Length: -1") + GOOD, _close)),
    Fault("huge_header", _sends(_head("X-Huge: " + "a" * 200_000) + GOOD, _close)),
    Fault("head_stall", _sends(b"HTTP/1.1 200 OK\r\nContent-", _stall), stalls=True),
    Fault("head_drip", _drip_head, stalls=True),
    Fault("flood_of_1xx", _flood, stalls=True),
    # In the body of an answer.
    Fault("answer_cut", _sends(_head(f"Content-Length: {len(GOOD)}") + GOOD[:20], _close)),
    Fault("answer_cut_reset", _sends(_head(f"Content-Length: {len(GOOD)}") + GOOD[:20], _reset)),
    Fault("answer_stall", _sends(_head("Content-Length: 100") + GOOD[:20], _stall), stalls=True),
    Fault("answer_drip", drip_for(5.0), stalls=True),
    Fault("answer_endless", _endless),
    Fault("bad_chunk", _sends(_head("Transfer-Encoding: chunked") + b"zz\r\n{}\r\n", _close)),
    Fault("answer_encoded", _sends(_head("Content-Encoding: gzip", f"Content-Length: {len(GOOD)}") + GOOD, _close)),
    # Whole answers that mean trouble.
    Fault("failed", _after_whole(lambda wire: wire.answer("500 Oops", b'{"error": {"code": 50019}}'))),
    Fault("redirected", _after_whole(lambda wire: wire.answer("307 Over there", b"", "Location: /elsewhere"))),
    Fault("refused", _after_whole(lambda wire: wire.answer("403 No", b'{"error": {"code": 50008}}'))),
    # Controls: nothing is wrong.
    Fault("good", _after_whole(lambda wire: wire.answer("200 OK", GOOD))),
    Fault("good_until_close", _sends(_head("Connection: close") + GOOD, _close)),
)
