"""The async stream on its own: the corners that no server reaches on demand."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from jsmskit._http import errors as failures
from jsmskit._http import streams_asyncio as loops
from jsmskit._http.http11 import OutgoingBytes

FAR = time.monotonic() + 3600


def outgoing(data: bytes) -> OutgoingBytes:
    return OutgoingBytes(memoryview(data))


class Played:
    """An asyncio transport of which everything is known."""

    def __init__(self, ends: loops._StreamProtocol) -> None:
        self.ends = ends
        self.written: list[bytes] = []
        self.aborted = False
        self.closing = False
        self.reading = True
        self.on_write: Any = lambda: None
        ends.connection_made(self)  # type: ignore[arg-type]

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))
        self.on_write()

    def abort(self) -> None:
        self.aborted = self.closing = True

    def is_closing(self) -> bool:
        return self.closing

    def is_reading(self) -> bool:
        return self.reading

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


def in_a_loop(test: Callable[..., Any]) -> Callable[..., None]:
    @wraps(test)
    def run(*given: Any, **named: Any) -> None:
        asyncio.run(test(*given, **named))

    return run


def played(deadline: float = FAR) -> tuple[loops.Stream, Played]:
    ends = loops._StreamProtocol()
    transport = Played(ends)
    return loops.Stream(transport, ends, deadline), transport  # type: ignore[arg-type]


def _untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError("certificate verify failed")
    error.verify_message = "self-signed certificate"  # what OpenSSL says; only real ones have it
    return error


@in_a_loop
async def test_nothing_is_begun_after_the_deadline() -> None:
    stream, transport = played(deadline=0.0)
    with pytest.raises(failures.ReadTimeout):
        await stream.read(9)
    with pytest.raises(failures.WriteTimeout):
        await stream.write(outgoing(b"x"), 9)
    assert transport.written == []


@in_a_loop
async def test_a_write_that_is_given_up_is_aborted() -> None:
    """What is still buffered must never leave: the connection is cut, not closed."""
    stream, transport = played()
    transport.on_write = transport.ends.pause_writing
    with pytest.raises(failures.WriteTimeout):
        await stream.write(outgoing(b"x" * 10), 0.01)
    assert transport.aborted

    stream, transport = played()
    moments = iter([0.0, 0.0, 99.0])
    real, loops.now = loops.now, lambda: next(moments)  # type: ignore[assignment]
    try:
        with pytest.raises(failures.WriteTimeout):
            await stream.write(outgoing(b"x" * 1_000_000), 9)
    finally:
        loops.now = real  # type: ignore[assignment]
    assert transport.aborted
    assert sum(map(len, transport.written)) < 1_000_000


@pytest.mark.parametrize("when", ["before", "while waiting", "after"])
@in_a_loop
async def test_a_connection_that_breaks_is_an_error_of_a_write_that_certainly_did_not_leave(when: str) -> None:
    """What was handed over to its end may have arrived, whatever becomes of the connection."""
    stream, transport = played()

    def breaks() -> None:
        if when == "while waiting":
            transport.ends.pause_writing()
        transport.closing = True
        transport.ends.connection_lost(ConnectionResetError())

    transport.closing = when == "before"
    transport.on_write = breaks
    handed = outgoing(b"x")
    if when == "after":
        await stream.write(handed, 9)
        assert not handed
    else:
        with pytest.raises(failures.WriteError):
            await stream.write(handed, 9)


@in_a_loop
async def test_bytes_that_come_as_the_time_ends_are_read() -> None:
    """In the same turn of the loop; the alarm that follows them is not an error there."""
    loop = asyncio.get_running_loop()
    errors: list[object] = []
    loop.set_exception_handler(lambda _loop, context: errors.append(context))
    stream, transport = played()
    loop.call_soon(transport.ends.data_received, b"x")
    assert await stream.read(1e-9) == b"x"
    assert errors == []


@in_a_loop
async def test_reading_pauses_what_is_ahead_and_ends_with_the_reason() -> None:
    """A server that floods does not fill the memory; a break is told after what came before it."""
    stream, transport = played()
    transport.ends.data_received(b"x" * 300_000)
    assert not transport.reading
    assert len(await stream.read(9)) == 300_000
    assert transport.reading
    transport.ends.connection_lost(ConnectionResetError())
    with pytest.raises(failures.ReadError):
        await stream.read(9)
    transport.ends.broken = None
    assert await stream.read(9) == b""
    assert stream.is_readable()

    stream, transport = played()
    asyncio.get_running_loop().call_later(0.01, transport.ends.eof_received)
    assert await stream.read(9) == b""
    stream, transport = played()
    with pytest.raises(failures.ReadTimeout):
        await stream.read(0.01)


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        (None, failures.ConnectError),
        (_untrusted(), failures.CertificateRefusedError),
        (ConnectionAbortedError(), failures.ConnectError),
        (TimeoutError(), failures.ConnectTimeout),
        (asyncio.CancelledError(), asyncio.CancelledError),
    ],
    ids=str,
)
@in_a_loop
async def test_every_end_of_a_handshake(
    ending: BaseException | None, expected: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each aborts the connection, and none of them has sent anything of a request."""
    stream, transport = played()

    async def start_tls(*unused: Any, **also_unused: Any) -> None:
        if ending is not None:
            raise ending

    monkeypatch.setattr(asyncio.get_running_loop(), "start_tls", start_tls)
    with pytest.raises(expected):
        await stream.start_tls(ssl.create_default_context(), "localhost", 9)
    assert transport.aborted
