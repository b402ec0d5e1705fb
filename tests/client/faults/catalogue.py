"""The fault points: where and how a connection can break, from the first packet to the last byte of an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.client.faults.wire import GoneError, Wire

GOOD = b'{"msg_id": 288193860302, "schedule_id": "1a886e7c", "success_count": 0, "failure_count": 0, "recipients": []}'


Act = Callable[[Wire], object]


@dataclass(frozen=True)
class Fault:
    """One way to break a connection. `before_tls` ones act instead of the handshake."""

    name: str
    act: Act
    before_tls: bool = False
    narrow: bool = False
    """A small receive buffer, so that a request of some size cannot fit into the kernels' buffers."""


def _head(*lines: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", *lines, "", "")).encode()


def _stall(wire: Wire) -> None:
    wire.wait()
    wire.drain()


def _then(*steps: Act) -> Act:
    def act(wire: Wire) -> None:
        for step in steps:
            step(wire)

    return act


def _reads(count: int) -> Act:
    return lambda wire: wire.read_bytes(count)


def _sends(data: bytes, end: Act) -> Act:
    return _then(Wire.read_body, lambda wire: wire.send(data), end)


def _early(status: str, end: Act) -> Act:
    return _then(Wire.read_head, lambda wire: wire.answer(status, b"{}"), end)


def _answers(status: str, body: bytes, *headers: str) -> Act:
    return _then(Wire.read_body, lambda wire: wire.answer(status, body, *headers))


def _slow_reader(wire: Wire) -> None:
    try:
        while wire.pause(0.02):
            if not wire.read(64):
                return
    except GoneError:
        return
    wire.drain()


def drip_for(seconds: float) -> Act:
    """An answer whose body comes byte by byte for so long."""
    count = int(seconds / 0.05)
    return _sends(_head(f"Content-Length: {count}"), lambda wire: wire.drip(b" " * count, 0.05))


def _flood(wire: Wire) -> None:
    while wire.pause(0.01):
        wire.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 50)


def _endless(wire: Wire) -> None:
    while wire.pause(0):
        wire.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")


_LONG_HEAD = b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 200
_CUT = _head(f"Content-Length: {len(GOOD)}") + GOOD[:20]
_NO_TLS = b"HTTP/1.1 400 This port does not speak TLS\r\n\r\n"
#: How far the request is read, and how the connection ends then.
_PLACES: dict[str, Act] = {
    "headers": _reads(20),
    "before_body": Wire.read_head,
    "body": lambda wire: wire.read_body(0.5),
    "after": Wire.read_body,
}
_ENDS: dict[str, Act] = {"reset": Wire.reset, "close": Wire.close, "stall": _stall}

FAULTS: tuple[Fault, ...] = (
    # Before anything is read.
    *(Fault(f"accept_{how}", end) for how, end in _ENDS.items()),
    Fault("accept_stall_narrow", _stall, narrow=True),
    Fault("slow_reader", _slow_reader, narrow=True),
    # In the TLS handshake.
    *(Fault(f"tls_{how}", _then(_reads(10), end), before_tls=True) for how, end in _ENDS.items()),
    Fault("tls_garbage", _then(_reads(10), lambda wire: wire.send(_NO_TLS), Wire.close), before_tls=True),
    # In the headers, between them and the body, in the body, after the whole request.
    *(
        Fault(f"{place}_{how}", _then(read, end), narrow=(place, how) == ("body", "stall"))
        for place, read in _PLACES.items()
        for how, end in _ENDS.items()
    ),
    # Answers before the request is whole.
    *(Fault(f"early_413_{how}", _early("413 Too Large", end)) for how, end in _ENDS.items()),
    Fault("early_200_close", _early("200 OK", Wire.close)),
    # In the head of an answer.
    Fault("status_cut", _sends(b"HTTP/1.1 20", Wire.close)),
    Fault("status_cut_reset", _sends(b"HTTP/1.1 20", Wire.reset)),
    Fault("garbage", _sends(b"\x00\xff not HTTP at all\r\n\r\n", Wire.close)),
    Fault("two_lengths", _sends(_head("Content-Length: 5", "Content-Length: 50") + GOOD, Wire.close)),
    Fault("bad_length", _sends(_head("Content-Length: -1") + GOOD, Wire.close)),
    Fault("huge_header", _sends(_head("X-Huge: " + "a" * 200_000) + GOOD, Wire.close)),
    Fault("head_stall", _sends(b"HTTP/1.1 200 OK\r\nContent-", _stall)),
    Fault("head_drip", _then(Wire.read_body, lambda wire: wire.drip(_LONG_HEAD, 0.05))),
    Fault("flood_of_1xx", _then(Wire.read_body, _flood)),
    # In the body of an answer.
    Fault("answer_cut", _sends(_CUT, Wire.close)),
    Fault("answer_cut_reset", _sends(_CUT, Wire.reset)),
    Fault("answer_stall", _sends(_head("Content-Length: 100") + GOOD[:20], _stall)),
    Fault("answer_drip", drip_for(5.0)),
    Fault("answer_endless", _sends(_head("Transfer-Encoding: chunked"), _endless)),
    Fault("bad_chunk", _sends(_head("Transfer-Encoding: chunked") + b"zz\r\n{}\r\n", Wire.close)),
    Fault("answer_encoded", _sends(_head("Content-Encoding: gzip", f"Content-Length: {len(GOOD)}") + GOOD, Wire.close)),
    # Whole answers that mean trouble.
    Fault("failed", _answers("500 Oops", b'{"error": {"code": 50019}}')),
    Fault("redirected", _answers("307 Over there", b"", "Location: /elsewhere")),
    Fault("refused", _answers("403 No", b'{"error": {"code": 50008}}')),
    # Controls: nothing is wrong.
    Fault("good", _answers("200 OK", GOOD)),
    Fault("good_until_close", _sends(_head("Connection: close") + GOOD, Wire.close)),
)
