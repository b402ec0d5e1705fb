"""asyncio connections for the async transport, whose every wait is cut to what is left of the call's deadline.

A wait that is ended by a deadline must not count as a cancelled one, and a connection that is given up must be
*aborted*: a polite close first writes out what is still buffered, so that a request could arrive that was
reported as not sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import time
from collections.abc import Hashable
from typing import Final, cast, final

from .config import connect_failure
from .errors import (
    CertificateRefusedError,
    ConnectError,
    ConnectTimeout,
    ReadError,
    ReadTimeout,
    TransportError,
    WriteError,
    WriteTimeout,
    failure_of,
)
from .http11 import OutgoingBytes
from .streams_threads import wait_ready

now = time.monotonic
_READ_AHEAD: Final = 256 * 1024
_PIECE: Final = 128 * 1024


def current_home() -> Hashable:
    """Connections belong to the process and the event loop that made them."""
    return os.getpid(), asyncio.get_running_loop()


def is_gone(home: Hashable) -> bool:
    """Whether connections of this home must not be touched any more."""
    process, loop = cast("tuple[int, asyncio.AbstractEventLoop]", home)
    return process != os.getpid() or loop.is_closed()


@final
class Lease:
    """A call's place in the line for connections."""

    __slots__ = ("_waiter",)

    def __init__(self) -> None:
        self._waiter: asyncio.Future[bool] | None = None

    async def wait(self, seconds: float) -> None:
        """Wait until woken, or so long."""
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        await _wait(loop, self._waiter, seconds)

    def wake(self) -> None:
        """End the wait. A call that does not wait is not disturbed."""
        _wake(self._waiter)


@final
class _StreamProtocol(asyncio.Protocol):
    """Collects what comes in and knows whether more may be written."""

    __slots__ = ("_reader", "_writer", "broken", "over", "paused", "received", "transport")

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.received = b""
        self.over = False
        self.broken: Exception | None = None
        self.paused = False
        self._reader: asyncio.Future[bool] | None = None
        self._writer: asyncio.Future[bool] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        # What has not been asked for yet is bounded, so adding up copies little.
        self.received = self.received + data if self.received else data
        if len(self.received) > _READ_AHEAD and self.transport is not None:
            self.transport.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> None:
        self.over = True
        _wake(self._reader)

    def connection_lost(self, exc: Exception | None) -> None:
        self.over = True
        self.broken = exc
        _wake(self._reader)
        _wake(self._writer)

    def pause_writing(self) -> None:
        self.paused = True

    def resume_writing(self) -> None:
        self.paused = False
        _wake(self._writer)

    async def until_readable(self, seconds: float) -> bool:
        loop = asyncio.get_running_loop()
        self._reader = loop.create_future()
        return await _wait(loop, self._reader, seconds)

    async def until_writable(self, seconds: float) -> bool:
        loop = asyncio.get_running_loop()
        self._writer = loop.create_future()
        return await _wait(loop, self._writer, seconds)


def _wake(waiter: asyncio.Future[bool] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(True)


def _expire(waiter: asyncio.Future[bool]) -> None:
    if not waiter.done():
        waiter.set_result(False)


async def _wait(loop: asyncio.AbstractEventLoop, waiter: asyncio.Future[bool], seconds: float) -> bool:
    """True if something happened, False if the time was over. No cancellation is involved."""
    alarm = loop.call_later(seconds, _expire, waiter)
    try:
        return await waiter
    finally:
        alarm.cancel()


@final
class Stream:
    """A connection. `deadline` bounds every step, `good_until` its reuse; both are times of the monotonic clock."""

    __slots__ = ("_ends", "_loop", "_transport", "deadline", "good_until")

    def __init__(self, transport: asyncio.Transport, ends: _StreamProtocol, deadline: float) -> None:
        self._transport = transport
        self._ends = ends
        self._loop = asyncio.get_running_loop()
        self.deadline = deadline
        self.good_until = 0.0

    def _allowed(self, timeout: float) -> float:
        return min(timeout, self.deadline - now())

    async def read(self, timeout: float) -> bytes:  # noqa: ASYNC109  # a part of the call's deadline
        """What has come, empty at the end of the stream. Raises `ReadTimeout` or `ReadError`."""
        ends = self._ends
        allowed = self._allowed(timeout)
        if allowed <= 0:
            raise ReadTimeout
        end = now() + allowed
        while not ends.received:
            if ends.over:
                if ends.broken is not None:
                    raise failure_of(ends.broken, ReadError)
                return b""
            if not await ends.until_readable(end - now()) and not ends.received:
                raise ReadTimeout
        data, ends.received = ends.received, b""
        if len(data) > _READ_AHEAD and not ends.over:
            self._transport.resume_reading()
        return data

    async def write(self, outgoing: OutgoingBytes, timeout: float) -> None:  # noqa: ASYNC109
        """Hand over all of it. Raises `WriteTimeout` or `WriteError` if its end certainly did not leave."""
        allowed = self._allowed(timeout)
        if allowed <= 0:
            raise WriteTimeout
        end = now() + allowed
        begun = False
        # Piece by piece: a transport takes everything at once and may then encrypt for half a second without
        # looking at any clock.
        while outgoing:
            if self._transport.is_closing():
                raise WriteError("closed")
            if begun and now() >= end:
                self._transport.abort()
                raise WriteTimeout
            begun = True
            piece = outgoing.next(_PIECE)
            self._transport.write(piece)
            outgoing.advance(len(piece))
            if self._ends.paused:
                await self._until_taken(end)
        # A connection that breaks from here on may have carried all of it.

    async def _until_taken(self, end: float) -> None:
        """Wait until the transport wants more. As long as it does not, it holds something that has not left."""
        while self._ends.paused:
            if self._transport.is_closing():
                raise WriteError("closed")
            left = end - now()
            if (left <= 0 or not await self._ends.until_writable(left)) and self._ends.paused:
                # What is still in the buffer must never leave, or "not sent" would be a lie.
                self._transport.abort()
                raise WriteTimeout

    async def aclose(self) -> None:
        """Give it up, with what is not yet written."""
        # Of an event loop that is closed nothing can be asked any more; its sockets go with the last reference.
        with contextlib.suppress(RuntimeError):
            if asyncio.get_running_loop() is self._loop:
                self._transport.abort()
            else:
                self._loop.call_soon_threadsafe(self._transport.abort)

    async def start_tls(self, context: ssl.SSLContext, host: str, timeout: float) -> None:  # noqa: ASYNC109
        """Shake hands. Raises `ConnectTimeout`, `ConnectError` or `CertificateRefusedError`, closed then."""
        allowed = self._allowed(timeout)
        try:
            async with asyncio.timeout(allowed):
                transport = await asyncio.get_running_loop().start_tls(
                    self._transport,
                    self._ends,
                    context,
                    server_hostname=host,
                    ssl_handshake_timeout=max(allowed, 0.001),
                )
            if transport is None:
                raise ConnectionAbortedError
        except ssl.SSLCertVerificationError as error:
            failure: TransportError = CertificateRefusedError(error.verify_message)
        except OSError as error:
            # asyncio turns its own handshake time-out into a ConnectionAbortedError.
            late = isinstance(error, TimeoutError) or self._allowed(timeout) <= 0
            failure = failure_of(error, ConnectTimeout if late else ConnectError)
        except BaseException:
            self._transport.abort()
            raise
        else:
            self._transport = self._ends.transport = transport
            return
        self._transport.abort()
        raise failure

    def is_readable(self) -> bool:
        """Whether there is anything to read, the other side's goodbye included, known to the loop or not yet."""
        if self._ends.over or self._ends.received or self._transport.is_closing():
            return True
        return wait_ready(self._transport.get_extra_info("socket").fileno())


async def open_stream(host: str, port: int, end: float) -> Stream:
    """Connect. Raises `ConnectError` or `ConnectTimeout`."""
    try:
        async with asyncio.timeout(end - now()):
            transport, ends = await asyncio.get_running_loop().create_connection(_StreamProtocol, host, port)
        return Stream(transport, ends, end)
    except (OSError, UnicodeError) as error:
        failure = connect_failure(host, port, error)
    raise failure
