"""Streams for the async transport: asyncio connections whose every wait is cut to the call's deadline.

Part of the transport seam. Knows asyncio's transports and TLS. Its twin for sockets has the same names.

A wait that is ended by a deadline must not count as a cancelled one, and a connection that is given up must be
*aborted*: a polite close first writes out what is still buffered, so that a request could arrive that was
reported as not sent.

Long, because protocol, stream and slots of asyncio belong together.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import time
from typing import TYPE_CHECKING, Final, cast, final

from ._transport_failures import (
    CertificateRefusedError,
    ConnectError,
    ConnectTimeout,
    PoolTimeout,
    ProxyError,
    ReadError,
    ReadTimeout,
    TransportError,
    WriteError,
    WriteTimeout,
    failure_of,
)
from ._transport_http11 import AnswerReader, Outgoing
from ._transport_wire import WireSettings, has_something, trust, why_unreachable

if TYPE_CHECKING:
    from ._transport_proxy import Proxy

__all__ = ["Slots", "Stream", "dial", "now"]

now = time.monotonic
_READ_AHEAD: Final = 256 * 1024
_PIECE: Final = 128 * 1024


@final
class _Ends(asyncio.Protocol):
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
        # What nobody has asked for yet is bounded, so adding up copies little.
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
        return await _woken(loop, self._reader, seconds)

    async def until_writable(self, seconds: float) -> bool:
        loop = asyncio.get_running_loop()
        self._writer = loop.create_future()
        return await _woken(loop, self._writer, seconds)


def _wake(waiter: asyncio.Future[bool] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(True)


def _expire(waiter: asyncio.Future[bool]) -> None:
    if not waiter.done():
        waiter.set_result(False)


async def _woken(loop: asyncio.AbstractEventLoop, waiter: asyncio.Future[bool], seconds: float) -> bool:
    """True if something happened, False if the time was over. No cancellation is involved."""
    alarm = loop.call_later(seconds, _expire, waiter)
    try:
        return await waiter
    finally:
        alarm.cancel()


@final
class Stream:
    """A connection. `deadline` (on the monotonic clock) bounds every step, whatever else is asked."""

    __slots__ = ("_ends", "_transport", "deadline")

    def __init__(self, transport: asyncio.Transport, ends: _Ends, deadline: float) -> None:
        self._transport = transport
        self._ends = ends
        self.deadline = deadline

    def _allowed(self, timeout: float) -> float:
        return min(timeout, self.deadline - now())

    async def read(self, timeout: float) -> bytes:  # noqa: ASYNC109  # a part of the call's deadline
        """What has come, empty at the end of the stream. Raises `ReadTimeout` or `ReadError`."""
        ends = self._ends
        allowed = self._allowed(timeout)
        if allowed <= 0:
            raise ReadTimeout
        while not ends.received:
            if ends.over:
                if ends.broken is not None:
                    raise ReadError(type(ends.broken).__name__)
                return b""
            if not await ends.until_readable(allowed) and not ends.received:
                raise ReadTimeout
        data, ends.received = ends.received, b""
        if len(data) > _READ_AHEAD and not ends.over:
            self._transport.resume_reading()
        return data

    async def write(self, outgoing: Outgoing, timeout: float) -> None:  # noqa: ASYNC109
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
        # Of an event loop that is closed nothing can be asked any more; its sockets go with the last
        # reference.
        with contextlib.suppress(RuntimeError):
            self._transport.abort()

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
        """Whether there is anything to read, the other side's goodbye included, known to the loop or not
        yet.
        """
        if self._ends.over or self._ends.received or self._transport.is_closing():
            return True
        return has_something(self._transport.get_extra_info("socket").fileno())


async def dial(settings: WireSettings, deadline: float) -> Stream:
    """Connect (through the proxy if there is one) and shake hands. Nothing of a request is sent.

    Raises ConnectError, ConnectTimeout, ProxyError or `CertificateRefusedError`.
    """
    proxy = settings.proxy
    end = min(deadline, now() + settings.connect_timeout)
    host, port = (settings.host, settings.port) if proxy is None else (proxy.host, proxy.port)
    stream = await _connected(host, port, end)
    try:
        if proxy is not None:
            await _tunnel(stream, settings, proxy)
        if settings.scheme == "https":
            await stream.start_tls(trust(settings.ca_file), settings.host, settings.connect_timeout)
    except BaseException:
        await stream.aclose()
        raise
    stream.deadline = deadline
    return stream


async def _connected(host: str, port: int, end: float) -> Stream:
    try:
        async with asyncio.timeout(end - now()):
            transport, ends = await asyncio.get_running_loop().create_connection(_Ends, host, port)
        return Stream(transport, ends, end)
    except (OSError, UnicodeError) as error:
        late = isinstance(error, TimeoutError)
        failure = failure_of(
            error, ConnectTimeout if late else ConnectError, why_unreachable(host, port, error)
        )
    raise failure


async def _tunnel(stream: Stream, settings: WireSettings, proxy: Proxy) -> None:
    reader = AnswerReader(settings.max_answer_bytes, of_connect=True)
    try:
        await stream.write(Outgoing(proxy.request(settings.host, settings.port)), settings.connect_timeout)
        while reader.status is None:
            reader.feed(await stream.read(settings.connect_timeout))
        refused = None if 200 <= reader.status <= 299 else f"status {reader.status}"
    except TransportError as error:  # whatever a proxy does, the service got nothing
        refused = type(error).__name__
    if refused is not None:
        raise ProxyError(refused)


@final
class Slots:
    """How many connections may be in use at once, and whether they still belong to this loop and process."""

    __slots__ = ("_free", "_home", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._free = asyncio.Semaphore(limit)
        self._home: tuple[int, asyncio.AbstractEventLoop] | None = None

    def moved(self) -> bool:
        """True once when another event loop or process has taken over: its predecessor's connections are of
        no use.
        """
        home = (os.getpid(), asyncio.get_running_loop())
        if self._home == home:
            return False
        first = self._home is None
        self._home = home
        if not first:
            self._free = asyncio.Semaphore(self._limit)
        return not first

    async def take(self, deadline: float) -> None:
        """Wait for a slot. Raises `PoolTimeout` when the deadline comes first."""
        if not self._free.locked():
            await self._free.acquire()
            return
        late = False
        try:
            async with asyncio.timeout(deadline - now()):
                await self._free.acquire()
        except TimeoutError:
            late = True
        if late:
            raise PoolTimeout

    def release(self) -> None:
        """Give the slot back."""
        self._free.release()
