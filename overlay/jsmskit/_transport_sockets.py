"""Streams for the sync transport: sockets whose every wait is cut to what is left of the call's deadline.

Part of the transport seam. Knows sockets, TLS and the HTTP library's stream interface. Must not know
requests beyond the CONNECT of a proxy. Its twin for asyncio has the same names.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any, Final, final

import httpcore

from ._transport_wire import (
    CertificateRefusedError,
    Proxy,
    WireSettings,
    has_something,
    is_numeric,
    trust,
    why_unreachable,
)

__all__ = ["Slots", "Stream", "dial", "now"]

now = time.monotonic
_PIECE: Final = 256 * 1024


@final
class Stream(httpcore.NetworkStream):
    """A connected socket. `deadline` (on the monotonic clock) bounds every read and write, whatever else is
    asked.
    """

    __slots__ = ("_held", "_socket", "deadline", "holds")

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._socket = connected
        self._held = b""
        self.deadline = deadline
        self.holds = False
        """Keep the next write until the one after it, so that headers and body leave as one packet."""

    def _allowed(self, timeout: float | None) -> float:
        left = self.deadline - now()
        return left if timeout is None else min(timeout, left)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._held:
            self.write(b"", timeout)
        allowed = self._allowed(timeout)
        if allowed <= 0:
            raise httpcore.ReadTimeout
        try:
            self._socket.settimeout(allowed)
            return self._socket.recv(max_bytes)
        except TimeoutError:
            failure: Exception = httpcore.ReadTimeout()
        except (OSError, ValueError) as error:  # ValueError: a TLS socket that another thread has closed
            failure = httpcore.ReadError(type(error).__name__)
        raise failure

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self.holds:
            self._held, self.holds = buffer, False
            return
        view = memoryview(self._held + buffer if self._held else buffer)
        self._held = b""
        # The wait before each piece is cut anew, so a peer that reads a little now and then gains no time
        # by it.
        end = now() + self._allowed(timeout)
        while view:
            left = end - now()
            if left <= 0:
                raise httpcore.WriteTimeout
            try:
                self._socket.settimeout(left)
                view = view[self._socket.send(view[:_PIECE]) :]
            except TimeoutError:
                failure: Exception = httpcore.WriteTimeout()
            except (OSError, ValueError) as error:
                failure = httpcore.WriteError(type(error).__name__)
            else:
                continue
            raise failure

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Stream:
        allowed = self._allowed(timeout)
        failure: Exception
        try:
            if allowed <= 0:
                raise TimeoutError
            wrapped = ssl_context.wrap_socket(
                self._socket, server_hostname=server_hostname, do_handshake_on_connect=False
            )
            self._socket = wrapped  # so that close() finds it if the handshake fails
            wrapped.settimeout(allowed)
            wrapped.do_handshake()
            return self
        except TimeoutError:
            failure = httpcore.ConnectTimeout()
        except ssl.SSLCertVerificationError as error:
            failure = CertificateRefusedError(error.verify_message)
        except (OSError, ValueError) as error:
            failure = httpcore.ConnectError(type(error).__name__)
        self.close()
        raise failure

    def get_extra_info(self, info: str) -> Any:
        return has_something(self._socket.fileno()) if info == "is_readable" else None


def dial(settings: WireSettings, deadline: float) -> Stream:
    """Connect (through the proxy if there is one) and shake hands. Nothing of a request is sent.

    Raises the HTTP library's ConnectError, ConnectTimeout or ProxyError, or `CertificateRefusedError`.
    """
    proxy = settings.proxy
    end = min(deadline, now() + settings.connect_timeout)
    host, port = (settings.host, settings.port) if proxy is None else (proxy.host, proxy.port)
    stream = Stream(_connected(host, port, end), end)
    if proxy is not None:
        try:
            _tunnel(stream, settings, proxy)
        except BaseException:
            stream.close()
            raise
    if settings.scheme == "https":
        stream.start_tls(trust(settings.ca_file), settings.host)
    stream.deadline = deadline
    return stream


def _connected(host: str, port: int, end: float) -> socket.socket:
    failure: Exception = httpcore.ConnectError(f"{host}: no address")
    for family, kind, protocol, address in _addresses(host, port, end):
        left = end - now()
        if left <= 0:
            raise httpcore.ConnectTimeout
        tried = socket.socket(family, kind, protocol)
        try:
            tried.settimeout(left)
            tried.connect(address)
            tried.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return tried
        except TimeoutError:
            failure = httpcore.ConnectTimeout()
        except OSError as error:
            failure = httpcore.ConnectError(why_unreachable(host, port, error))
        except BaseException:
            tried.close()
            raise
        tried.close()
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
            for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
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
            raise httpcore.ConnectTimeout
    if problems:
        raise httpcore.ConnectError(f"{host}: the name cannot be resolved")
    return tuple(found)


def _tunnel(stream: Stream, settings: WireSettings, proxy: Proxy) -> None:
    where = f"{settings.host}:{settings.port}"
    headers = [("Host", where)]
    if proxy.authorization:
        headers.append(("Proxy-Authorization", proxy.authorization))
    connection = httpcore.HTTP11Connection(
        origin=httpcore.Origin(b"http", proxy.host.encode("ascii"), proxy.port), stream=stream
    )
    url = httpcore.URL(scheme=b"http", host=proxy.host, port=proxy.port, target=where)
    try:
        answer = connection.handle_request(httpcore.Request("CONNECT", url, headers=headers))
        refused = None if 200 <= answer.status <= 299 else f"status {answer.status}"
    except Exception as error:  # noqa: BLE001  # whatever a proxy does, the service got nothing
        refused = type(error).__name__
    if refused is not None:
        raise httpcore.ProxyError(refused)


@final
class Slots:
    """How many connections may be in use at once, and whether they still belong to this process."""

    __slots__ = ("_free", "_process")

    def __init__(self, limit: int) -> None:
        self._free = threading.BoundedSemaphore(limit)
        self._process = os.getpid()

    def moved(self) -> bool:
        """True once after a fork: the parent's connections must not be used by the child."""
        if self._process == os.getpid():
            return False
        self._process = os.getpid()
        return True

    def take(self, deadline: float) -> None:
        """Wait for a slot. Raises the HTTP library's PoolTimeout when the deadline comes first."""
        if not self._free.acquire(timeout=max(0.0, deadline - now())):
            raise httpcore.PoolTimeout

    def release(self) -> None:
        """Give the slot back."""
        self._free.release()
