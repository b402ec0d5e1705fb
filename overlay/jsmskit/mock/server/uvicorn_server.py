"""Serves the mock over HTTP: in the foreground for the command line, in a thread for tests.

Loopback unless told otherwise; everything that can go wrong before the first request is one `ServeError` that says what
to do.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import ipaddress
import os
import re
import socket
import struct
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Final, Self, cast

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .asgi import DROP_EXTENSION, MockApp

#: Of the interpreter's youngest generation, in a process that only serves. Its own default is a few hundred.
_VALUES_BETWEEN_COLLECTIONS: Final = 20_000

_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[01] [2-5][0-9][0-9] (?P<reason>[^\r\n]*)(?=\r\n)")

#: Headers that ask for another protocol, which a server may ignore (RFC 9110, 7.8). Java's client asks for HTTP/2
#: with its first request; uvicorn with httptools then loses the body.
_UPGRADE_HEADERS: Final = frozenset({b"upgrade", b"connection", b"http2-settings"})


class _WithoutReason:
    """A transport that sends `HTTP/1.1 403 ` as the service did on 2017-08-09 (G14), where uvicorn names the status.

    uvicorn writes a head in one piece, and a body never begins with a status line. A head waits for its body, or for
    the next turn of the loop if none comes: each write is a call of the system, a tenth of what a request costs.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write a body behind its head; keep a head."""
        line = _STATUS_LINE.match(data)
        if line is None:
            data, self._head = self._head + data, b""
            self._transport.write(data)
        else:
            self._write_head()
            self._head = data[: line.start("reason")] + data[line.end() :]
            self._loop.call_soon(self._write_head)

    def close(self) -> None:
        """Close after what was written."""
        self._write_head()
        self._transport.close()

    def _write_head(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)


class MockConnection(HttpToolsProtocol):
    """One connection. Everything but `cut` and ignored upgrades is uvicorn's."""

    _ignores_upgrade = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Write through a transport that leaves the reason phrase empty."""
        super().connection_made(transport)
        self.transport = cast("asyncio.Transport", _WithoutReason(transport))

    def data_received(self, data: bytes) -> None:
        """Parse what came; read a request that asks for another protocol once more, without that wish."""
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._ignores_upgrade:
                self._read_without_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self.send_400_response("the request is not valid HTTP")

    def on_message_begin(self) -> None:
        """Offer the cut to the application."""
        super().on_message_begin()
        extensions: dict[str, dict[object, object]] = {DROP_EXTENSION: {"cut": self.cut}}
        self.scope["extensions"] = extensions

    def on_headers_complete(self) -> None:
        """Start the request, unless it has to be read once more."""
        self._ignores_upgrade = self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"
        if not self._ignores_upgrade:
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is complete."""
        if not self._ignores_upgrade:
            super().on_message_complete()

    def _read_without_upgrade(self, rest: bytes) -> None:
        method, version = self.parser.get_method(), self.parser.get_http_version()
        kept = [b"%b: %b" % header for header in self.headers if header[0] not in _UPGRADE_HEADERS]
        head = [b"%b %b HTTP/%b" % (method, self.url, version.encode()), *kept, b"", rest]
        self._ignores_upgrade = False
        self.parser = httptools.HttpRequestParser(self)
        self.data_received(b"\r\n".join(head))

    def cut(self) -> None:
        """Reset the connection without a response."""
        if self.transport.is_closing():  # the peer went first
            return
        sock = self.transport.get_extra_info("socket")
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            # Linger of zero: the peer sees a reset, not an orderly end.
            form = "hh" if os.name == "nt" else "ii"
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(form, 1, 0))
        self.transport.abort()


#: Seconds that answers under way are given after a stop; streams and waits are ended first.
STOP_GRACE_SECONDS = 1


class ServeError(Exception):
    """The mock cannot be served. The text is one line: what, where, and the remedy."""


def is_loopback(host: str) -> bool:
    """Tell whether binding to `host` is reachable from this machine only. Does not ask a name server."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int, token: str | None) -> socket.socket:
    """Bind and listen. Port 0 takes any free one.

    Raises:
        ServeError: the port is taken or not allowed, the host is not an address of this machine, or it would let
            other machines in without a token.
    """
    if not is_loopback(host) and not token:
        raise ServeError(
            f"host {host} lets other machines in, and they could change everything; give a token with --token"
        )
    where = f"port {port} on {host}"
    no_address = f"host {host!r} is not an address of this machine; use --host 127.0.0.1"
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        both = family == socket.AF_INET6 and socket.has_dualstack_ipv6()
        sock = socket.create_server((host, port), family=family, backlog=2048, dualstack_ipv6=both)
    except (socket.gaierror, UnicodeError) as error:
        raise ServeError(no_address) from error
    except (OSError, OverflowError) as error:
        problems = {
            errno.EADDRINUSE: f"{where} is taken; stop what listens there, or choose another with --port (0: any)",
            errno.EACCES: f"{where} needs rights that you do not have; choose one above 1023",
            errno.EADDRNOTAVAIL: no_address,
        }
        other = f"{where} cannot be used ({error}); choose another with --port"
        raise ServeError(problems.get(getattr(error, "errno", None) or 0, other)) from error
    sock.setblocking(False)
    return sock


class StoppableServer(uvicorn.Server):
    """uvicorn's server without its clock tick: it waits for the word to stop, and then stops at once."""

    def __init__(self, application: MockApp, ready: Callable[[], object]) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                http=MockConnection,
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=STOP_GRACE_SECONDS,
                proxy_headers=False,
                server_header=False,
                date_header=False,  # the application sends the date of the mock's clock
            )
        )
        self._application = application
        self._ready = ready
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the application, listen, and say so."""
        self._loop = asyncio.get_running_loop()
        self._application.open()
        await super().startup(sockets)
        self._ready()

    async def main_loop(self) -> None:
        """Serve until told to stop."""
        await self._stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End streams and waits, so that no open page keeps the server from stopping; the rest is uvicorn's."""
        for server in self.servers:
            server.close()
        await self._application.end()
        await asyncio.sleep(0)  # connections that were cut learn of it in the next turn of the loop
        await super().shutdown(sockets)

    def stop(self) -> None:
        """Ask the server to stop. Safe from any thread and from a signal handler."""
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._stop.set)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop on a signal. Unlike uvicorn, do not raise it again: stopping when asked is success."""
        self.stop()

    def serve_on(self, sock: socket.socket) -> None:
        """Serve in this thread until told to stop: on uvloop where the platform has it, else on asyncio's own loop."""
        factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
        with contextlib.suppress(ImportError):
            import uvloop

            factory = uvloop.new_event_loop
        with sock, asyncio.Runner(loop_factory=factory) as runner:
            runner.run(self.serve(sockets=[sock]))


def origin_of(sock: socket.socket) -> str:
    """Return the address that a client on this machine uses to reach the socket, such as http://127.0.0.1:5767."""
    host, port = sock.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104  # compared, not bound
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve_here(application: MockApp, sock: socket.socket, ready: Callable[[str], object]) -> None:
    """Serve in this thread until SIGINT or SIGTERM; call `ready` with scheme, host and port once it answers."""
    server = StoppableServer(application, lambda: ready(origin_of(sock)))
    # What the start has made stays as long as the process, and next to nothing that requests make is in a circle:
    # no need to look through all of it every few hundred values.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_VALUES_BETWEEN_COLLECTIONS, 10, 10)
    server.serve_on(sock)


class ServerThread:
    """A mock served from a thread of its own, for tests: a context manager, ready when entered.

    Attributes:
        origin: scheme, host and port, such as http://127.0.0.1:49152.
        url: base address of the service, for a client's `base_url`.
        control_url: base address of the control API.
    """

    def __init__(self, application: MockApp, sock: socket.socket) -> None:
        self.origin = origin_of(sock)
        self.url = f"{self.origin}/v1"
        self.control_url = f"{self.origin}/_mock"
        self._sock = sock
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._server = StoppableServer(application, self._ready.set)
        self._thread = threading.Thread(target=self._run, name="jsms-mock", daemon=True)

    def start(self) -> Self:
        """Start serving and return when requests are answered.

        Raises:
            ServeError: the server ended before it was ready.
        """
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise ServeError(f"the mock's server did not start: {self._failure}") from self._failure
        return self

    def stop(self) -> None:
        """Stop serving; open streams and waits are ended. Returns when the thread is gone."""
        self._server.stop()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        try:
            self._server.serve_on(self._sock)
        except BaseException as failure:  # noqa: BLE001  # handed to the thread that waits in start()
            self._failure = failure
        finally:
            self._ready.set()

    def __enter__(self) -> Self:
        return self if self._thread.is_alive() else self.start()

    def __exit__(self, *raised: object) -> None:
        self.stop()
