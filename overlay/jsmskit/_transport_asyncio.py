"""Streams for the async transport: asyncio connections whose every wait is cut to the call's deadline.

Part of the transport seam. Knows asyncio's transports, TLS and the HTTP library's stream interface. Its
twin for sockets has the same names.

Two reasons against the HTTP library's own backend: a wait that is ended by a deadline must not count as a
cancelled one, and a connection that is given up must be *aborted*: a polite close first writes out what is
still buffered, so that a request could arrive that was reported as not sent.

Long, because protocol, stream and slots of asyncio belong together.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import time
from typing import Any, Final, cast, final

import httpcore

from ._transport_wire import (
    CertificateRefusedError,
    Proxy,
    WireSettings,
    has_something,
    trust,
    why_unreachable,
)

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
        self.received = bytearray()
        self.over = False
        self.broken: Exception | None = None
        self.paused = False
        self._reader: asyncio.Future[bool] | None = None
        self._writer: asyncio.Future[bool] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.received += data
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
        self._reader = asyncio.get_running_loop().create_future()
        return await _woken(self._reader, seconds)

    async def until_writable(self, seconds: float) -> bool:
        self._writer = asyncio.get_running_loop().create_future()
        return await _woken(self._writer, seconds)


def _wake(waiter: asyncio.Future[bool] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(True)


def _expire(waiter: asyncio.Future[bool]) -> None:
    if not waiter.done():
        waiter.set_result(False)


async def _woken(waiter: asyncio.Future[bool], seconds: float) -> bool:
    """True if something happened, False if the time was over. No cancellation is involved."""
    alarm = asyncio.get_running_loop().call_later(seconds, _expire, waiter)
    try:
        return await waiter
    finally:
        alarm.cancel()


@final
class Stream(httpcore.AsyncNetworkStream):
    """A connection. `deadline` (on the monotonic clock) bounds every read and write, whatever else is
    asked.
    """

    __slots__ = ("_ends", "_held", "_transport", "deadline", "holds")

    def __init__(self, transport: asyncio.Transport, ends: _Ends, deadline: float) -> None:
        self._transport = transport
        self._ends = ends
        self._held = b""
        self.deadline = deadline
        self.holds = False
        """Keep the next write until the one after it, so that headers and body leave as one packet."""

    def _allowed(self, timeout: float | None) -> float:
        left = self.deadline - now()
        return left if timeout is None else min(timeout, left)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # the library's interface
        if self._held:
            await self.write(b"", timeout)
        ends = self._ends
        allowed = self._allowed(timeout)
        if allowed <= 0:
            raise httpcore.ReadTimeout
        while not ends.received:
            if ends.over:
                if ends.broken is not None:
                    raise httpcore.ReadError(type(ends.broken).__name__)
                return b""
            if not await ends.until_readable(allowed) and not ends.received:
                raise httpcore.ReadTimeout
        data = bytes(ends.received[:max_bytes])
        del ends.received[:max_bytes]
        if not ends.over and len(ends.received) <= _READ_AHEAD and not self._transport.is_reading():
            self._transport.resume_reading()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        if self.holds:
            self._held, self.holds = buffer, False
            return
        view = memoryview(self._held + buffer if self._held else buffer)
        self._held = b""
        if not view:
            return
        ends = self._ends
        allowed = self._allowed(timeout)
        if allowed <= 0:
            raise httpcore.WriteTimeout
        end = now() + allowed
        # Piece by piece: a transport takes everything at once and may then encrypt for half a second without
        # looking at any clock.
        while view:
            if self._transport.is_closing():
                raise httpcore.WriteError("closed")
            if now() >= end:
                self._transport.abort()
                raise httpcore.WriteTimeout
            self._transport.write(view[:_PIECE])
            view = view[_PIECE:]
            await self._until_taken(end)
        if ends.broken is not None:
            raise httpcore.WriteError(type(ends.broken).__name__)

    async def _until_taken(self, end: float) -> None:
        """Wait until the transport wants more."""
        while self._ends.paused:
            if self._transport.is_closing():
                raise httpcore.WriteError("closed")
            left = end - now()
            if (left <= 0 or not await self._ends.until_writable(left)) and self._ends.paused:
                # What is still in the buffer must never leave, or "not sent" would be a lie.
                self._transport.abort()
                raise httpcore.WriteTimeout

    async def aclose(self) -> None:
        # Of an event loop that is closed nothing can be asked any more; its sockets go with the last
        # reference.
        with contextlib.suppress(RuntimeError):
            self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> Stream:
        allowed = self._allowed(timeout)
        failure: Exception
        try:
            async with asyncio.timeout(allowed):
                transport = await asyncio.get_running_loop().start_tls(
                    self._transport,
                    self._ends,
                    ssl_context,
                    server_hostname=server_hostname,
                    ssl_handshake_timeout=max(allowed, 0.001),
                )
            if transport is None:
                raise ConnectionAbortedError
        except TimeoutError:
            failure = httpcore.ConnectTimeout()
        except ssl.SSLCertVerificationError as error:
            failure = CertificateRefusedError(error.verify_message)
        except OSError as error:
            # asyncio turns its own handshake time-out into a ConnectionAbortedError.
            late = self._allowed(timeout) <= 0
            failure = httpcore.ConnectTimeout() if late else httpcore.ConnectError(type(error).__name__)
        except BaseException:
            self._transport.abort()
            raise
        else:
            self._transport = self._ends.transport = transport
            return self
        self._transport.abort()
        raise failure

    def get_extra_info(self, info: str) -> Any:
        return self._is_readable() if info == "is_readable" else None

    def _is_readable(self) -> bool:
        """Whether there is anything to read, the other side's goodbye included, known to the loop or not
        yet.
        """
        if self._ends.over or self._ends.received or self._transport.is_closing():
            return True
        return has_something(self._transport.get_extra_info("socket").fileno())


async def dial(settings: WireSettings, deadline: float) -> Stream:
    """Connect (through the proxy if there is one) and shake hands. Nothing of a request is sent.

    Raises the HTTP library's ConnectError, ConnectTimeout or ProxyError, or `CertificateRefusedError`.
    """
    proxy = settings.proxy
    end = min(deadline, now() + settings.connect_timeout)
    host, port = (settings.host, settings.port) if proxy is None else (proxy.host, proxy.port)
    stream = await _connected(host, port, end)
    try:
        if proxy is not None:
            await _tunnel(stream, settings, proxy)
        if settings.scheme == "https":
            await stream.start_tls(trust(settings.ca_file), settings.host)
    except BaseException:
        await stream.aclose()
        raise
    stream.deadline = deadline
    return stream


async def _connected(host: str, port: int, end: float) -> Stream:
    failure: Exception
    try:
        async with asyncio.timeout(end - now()):
            transport, ends = await asyncio.get_running_loop().create_connection(_Ends, host, port)
        return Stream(transport, ends, end)
    except TimeoutError:
        failure = httpcore.ConnectTimeout()
    except (OSError, UnicodeError) as error:
        failure = httpcore.ConnectError(why_unreachable(host, port, error))
    raise failure


async def _tunnel(stream: Stream, settings: WireSettings, proxy: Proxy) -> None:
    where = f"{settings.host}:{settings.port}"
    headers = [("Host", where)]
    if proxy.authorization:
        headers.append(("Proxy-Authorization", proxy.authorization))
    connection = httpcore.AsyncHTTP11Connection(
        origin=httpcore.Origin(b"http", proxy.host.encode("ascii"), proxy.port), stream=stream
    )
    url = httpcore.URL(scheme=b"http", host=proxy.host, port=proxy.port, target=where)
    try:
        answer = await connection.handle_async_request(httpcore.Request("CONNECT", url, headers=headers))
        refused = None if 200 <= answer.status <= 299 else f"status {answer.status}"
    except Exception as error:  # noqa: BLE001  # whatever a proxy does, the service got nothing
        refused = type(error).__name__
    if refused is not None:
        raise httpcore.ProxyError(refused)


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
        """Wait for a slot. Raises the HTTP library's PoolTimeout when the deadline comes first."""
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
            raise httpcore.PoolTimeout

    def release(self) -> None:
        """Give the slot back."""
        self._free.release()
