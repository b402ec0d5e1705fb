"""Sockets for the sync transport, whose every wait is cut to what is left of the call's deadline.

The sockets do not block: a timeout of the standard library's would ask the kernel twice before every step."""

from __future__ import annotations

import contextlib
import math
import os
import select
import socket
import ssl
import threading
import time
from collections.abc import Hashable, Iterable
from typing import Any, Final, final

from .config import connect_failure, is_ip_address
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


def wait_ready(descriptor: int, seconds: float = 0.0, *, to_write: bool = False) -> bool:
    """Return whether a read on this socket (or a write) would return at once, or does so within this time.

    On an idle connection that means that the other side has closed it, or says what was not asked for.
    """
    if descriptor < 0:
        return True
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT if to_write else select.POLLIN)
        return bool(poll.poll(math.ceil(seconds * 1000)))
    wanted = [descriptor]
    return any(select.select([] if to_write else wanted, wanted if to_write else [], [], seconds))


now = time.monotonic
_PIECE: Final = 256 * 1024
_MOST: Final = 64 * 1024
_LATER: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


def current_home() -> Hashable:
    """Connections belong to the process that made them: after a fork the child makes its own."""
    return os.getpid()


def is_gone(home: Hashable) -> bool:
    """Whether connections of this home must not be touched any more."""
    return home != os.getpid()


@final
class Lease:
    """A call's place in the line for connections."""

    __slots__ = ("_gate",)

    def __init__(self) -> None:
        self._gate: threading.Lock | None = None

    def wait(self, seconds: float) -> None:
        """Wait until woken, or so long. The first time it returns at once: only from then on it can be woken."""
        if self._gate is None:
            gate = threading.Lock()
            gate.acquire()
            self._gate = gate
        else:
            self._gate.acquire(timeout=seconds)

    def wake(self) -> None:
        """End the wait. A call that does not wait is not disturbed."""
        gate = self._gate
        if gate is not None and gate.locked():
            with contextlib.suppress(RuntimeError):  # another thread was faster
                gate.release()


@final
class Stream:
    """A connected socket. `deadline` bounds every step, `good_until` its reuse; both are monotonic times."""

    __slots__ = ("_secure", "_socket", "deadline", "good_until")

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        connected.setblocking(False)
        self._socket = connected
        self._secure = False
        self.deadline = deadline
        self.good_until = 0.0

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
            if not self._secure and not wait_ready(self._socket.fileno(), allowed):
                raise ReadTimeout
            while True:
                try:
                    return self._socket.recv(_MOST)
                except _LATER as later:
                    to_write = isinstance(later, ssl.SSLWantWriteError)
                if not wait_ready(self._socket.fileno(), max(0.0, end - now()), to_write=to_write):
                    raise ReadTimeout
        except (OSError, ValueError) as error:  # ValueError: a socket that another thread has closed
            failure = failure_of(error, ReadError)
        raise failure

    def write(self, outgoing: OutgoingBytes, timeout: float) -> None:
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
                    wait_ready(self._socket.fileno(), max(0.0, end - now()), to_write=to_write)
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
        return wait_ready(self._socket.fileno())


def open_stream(host: str, port: int, end: float) -> Stream:
    """Connect. Raises `ConnectError` or `ConnectTimeout`."""
    return Stream(_open_socket(host, port, end), end)


def _open_socket(host: str, port: int, end: float) -> socket.socket:
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
            failure = connect_failure(host, port, error)
        except BaseException:
            tried.close()
            raise
    raise failure


_Address = tuple[socket.AddressFamily, socket.SocketKind, int, Any]


def _addresses(host: str, port: int, end: float) -> Iterable[_Address]:
    """Look the host up: a name in a thread of its own, because a look-up cannot be cut off and may take minutes."""
    found: list[_Address] = []
    problems: list[Exception] = []

    def look_up() -> None:
        try:
            # As bytes: for a text the tables of international names would be loaded, also where it is plain.
            place = host.encode("ascii")
            for family, kind, protocol, _, address in socket.getaddrinfo(place, port, type=socket.SOCK_STREAM):
                found.append((family, kind, protocol, address))
        except (OSError, UnicodeError) as error:
            problems.append(error)

    if is_ip_address(host):
        look_up()
    else:
        thread = threading.Thread(target=look_up, name="jsmskit-look-up", daemon=True)
        thread.start()
        thread.join(max(0.0, end - now()))
        if thread.is_alive():
            raise ConnectTimeout
    if problems:
        raise connect_failure(host, port, problems[0])
    return tuple(found)
