"""Streams for the sync transport: sockets whose every wait is cut to what is left of the call's deadline.

Part of the transport seam. Knows sockets and TLS. Must not know requests beyond the CONNECT of a proxy. Its
twin for asyncio has the same names.

The sockets do not block: a time-out of the standard library's would ask the kernel twice before every step.
"""

from __future__ import annotations

import os
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, final

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
from ._transport_wire import WireSettings, has_something, is_numeric, trust, why_unreachable

if TYPE_CHECKING:
    from ._transport_proxy import Proxy

__all__ = ["Slots", "Stream", "dial", "now"]

now = time.monotonic
_PIECE: Final = 256 * 1024
_MOST: Final = 64 * 1024
_MOST_CONNECTIONS: Final = 65_535
"""To one address there are no more, since each has a port of its own on this side."""
_LATER: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


@final
class Stream:
    """A connected socket. `deadline` (on the monotonic clock) bounds every step, whatever else is asked."""

    __slots__ = ("_secure", "_socket", "deadline")

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        connected.setblocking(False)
        self._socket = connected
        self._secure = False
        self.deadline = deadline

    def _allowed(self, timeout: float) -> float:
        return min(timeout, self.deadline - now())

    def read(self, timeout: float) -> bytes:
        """What has come, empty at the end of the stream. Raises `ReadTimeout` or `ReadError`."""
        allowed = self._allowed(timeout)
        if allowed <= 0:
            raise ReadTimeout
        end = now() + allowed
        try:
            # A plain socket is asked first, since an answer never lies there yet; TLS may hold some already.
            if not self._secure and not has_something(self._socket.fileno(), allowed):
                raise ReadTimeout
            while True:
                try:
                    return self._socket.recv(_MOST)
                except _LATER as later:
                    to_write = isinstance(later, ssl.SSLWantWriteError)
                if not has_something(self._socket.fileno(), max(0.0, end - now()), to_write=to_write):
                    raise ReadTimeout
        except (OSError, ValueError) as error:  # ValueError: a socket that another thread has closed
            failure = failure_of(error, ReadError)
        raise failure

    def write(self, outgoing: Outgoing, timeout: float) -> None:
        """Write all of it. Raises `WriteTimeout` or `WriteError`; then a part may have left."""
        allowed = self._allowed(timeout)
        if allowed <= 0:
            raise WriteTimeout
        end = now() + allowed
        try:
            while outgoing:
                # Looked at before each piece, so a peer that reads a little now and then gains no time by it.
                if now() >= end:
                    raise WriteTimeout
                try:
                    outgoing.advance(self._socket.send(outgoing.next(_PIECE)))
                except _LATER as later:
                    to_write = not isinstance(later, ssl.SSLWantReadError)
                    has_something(self._socket.fileno(), max(0.0, end - now()), to_write=to_write)
            return
        except (OSError, ValueError) as error:
            failure = failure_of(error, WriteError)
        raise failure

    def close(self) -> None:
        """Give it up."""
        self._socket.close()

    def start_tls(self, context: ssl.SSLContext, host: str, timeout: float) -> None:
        """Shake hands. Raises `ConnectTimeout`, `ConnectError` or `CertificateRefusedError`, closed then."""
        allowed = self._allowed(timeout)
        if allowed <= 0:
            self.close()
            raise ConnectTimeout
        try:
            wrapped = context.wrap_socket(self._socket, server_hostname=host, do_handshake_on_connect=False)
            self._socket = wrapped  # so that close() finds it if the handshake fails
            wrapped.settimeout(allowed)
            wrapped.do_handshake()
            wrapped.setblocking(False)
            self._secure = True
            return
        except ssl.SSLCertVerificationError as error:
            failure: TransportError = CertificateRefusedError(error.verify_message)
        except (OSError, ValueError) as error:
            failure = failure_of(error, ConnectTimeout if isinstance(error, TimeoutError) else ConnectError)
        self.close()
        raise failure

    def is_readable(self) -> bool:
        """Whether there is anything to read, the other side's goodbye included."""
        return has_something(self._socket.fileno())


def dial(settings: WireSettings, deadline: float) -> Stream:
    """Connect (through the proxy if there is one) and shake hands. Nothing of a request is sent.

    Raises ConnectError, ConnectTimeout, ProxyError or `CertificateRefusedError`.
    """
    proxy = settings.proxy
    end = min(deadline, now() + settings.connect_timeout)
    host, port = (settings.host, settings.port) if proxy is None else (proxy.host, proxy.port)
    stream = Stream(_connected(host, port, end), end)
    try:
        if proxy is not None:
            _tunnel(stream, settings, proxy)
        if settings.scheme == "https":
            stream.start_tls(trust(settings.ca_file), settings.host, settings.connect_timeout)
    except BaseException:
        stream.close()
        raise
    stream.deadline = deadline
    return stream


def _connected(host: str, port: int, end: float) -> socket.socket:
    failure: TransportError = ConnectError(f"{host}: no address")
    for family, kind, protocol, address in _addresses(host, port, end):
        left = end - now()
        if left <= 0:
            raise ConnectTimeout
        tried = socket.socket(family, kind, protocol)
        try:
            tried.settimeout(left)
            tried.connect(address)
            tried.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return tried
        except OSError as error:
            tried.close()
            late = isinstance(error, TimeoutError)
            failure = failure_of(
                error, ConnectTimeout if late else ConnectError, why_unreachable(host, port, error)
            )
        except BaseException:
            tried.close()
            raise
    raise failure


_Address = tuple[socket.AddressFamily, socket.SocketKind, int, Any]


def _addresses(host: str, port: int, end: float) -> Iterable[_Address]:
    """Look the host up. A name goes to a thread of its own, because a look-up cannot be cut off and may
    take minutes.
    """
    found: list[_Address] = []
    problems: list[Exception] = []

    def look_up() -> None:
        try:
            # As bytes: for a text the tables of international names would be loaded, also where it is plain.
            place = host.encode("ascii")
            for family, kind, protocol, _, address in socket.getaddrinfo(
                place, port, type=socket.SOCK_STREAM
            ):
                found.append((family, kind, protocol, address))
        except (OSError, UnicodeError) as error:
            problems.append(error)

    if is_numeric(host):
        look_up()
    else:
        thread = threading.Thread(target=look_up, name="jsmskit-look-up", daemon=True)
        thread.start()
        thread.join(max(0.0, end - now()))
        if thread.is_alive():
            raise ConnectTimeout
    if problems:
        raise ConnectError(f"{host}: the name cannot be resolved")
    return tuple(found)


def _tunnel(stream: Stream, settings: WireSettings, proxy: Proxy) -> None:
    reader = AnswerReader(settings.max_answer_bytes, of_connect=True)
    try:
        stream.write(Outgoing(proxy.request(settings.host, settings.port)), settings.connect_timeout)
        while reader.status is None:
            reader.feed(stream.read(settings.connect_timeout))
        refused = None if 200 <= reader.status <= 299 else f"status {reader.status}"
    except TransportError as error:  # whatever a proxy does, the service got nothing
        refused = type(error).__name__
    if refused is not None:
        raise ProxyError(refused)


@final
class Slots:
    """How many connections may be in use at once, and whether they still belong to this process.

    A queue of as many tokens: the standard library's semaphore is made of Python and costs twenty times as much.
    """

    __slots__ = ("_free", "_limit", "_process")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._free: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _ in range(min(self._limit, _MOST_CONNECTIONS)):
            self._free.put(None)

    def moved(self) -> bool:
        """True once after a fork: the parent's connections must not be used by the child, nor are they its own."""
        if self._process == os.getpid():
            return False
        self._begin()
        return True

    def take(self, deadline: float) -> None:
        """Wait for a slot. Raises `PoolTimeout` when the deadline comes first."""
        late = False
        try:
            self._free.get(timeout=max(0.0, deadline - now()))
        except queue.Empty:
            late = True
        if late:
            raise PoolTimeout

    def release(self) -> None:
        """Give the slot back."""
        self._free.put(None)
