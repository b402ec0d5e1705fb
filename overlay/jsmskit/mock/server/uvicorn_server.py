"""Serves the mock over HTTP: in the foreground for the command line, in a thread for tests.

Loopback unless told otherwise; everything that can go wrong before the
first request is one `ServeError` whose text a person can act on.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import os
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Generator
from functools import partial
from types import FrameType, TracebackType
from typing import Any, Protocol, Self

import uvicorn

from .connection import MockConnection

#: Seconds that answers under way are given after a stop; streams and waits are ended first.
STOP_GRACE_SECONDS = 1


class ServeError(Exception):
    """The mock cannot be served. The text is one line: what, where, and the remedy."""


class ServedApp(Protocol):
    """What is served: an ASGI application that can be told to end its streams and waits."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        ...

    def open(self) -> None:
        """Serving starts on the running loop."""
        ...

    async def end(self) -> None:
        """Serving stops: end every stream and wait, so that no open page keeps the server from stopping."""
        ...


def is_loopback(host: str) -> bool:
    """Tell whether binding to `host` is reachable from this machine only. Does not ask a name server."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """Bind and listen. Port 0 takes any free one.

    Raises:
        ServeError: the port is taken or not allowed, or the host is not an address of this machine.
    """
    where = f"port {port} on {host}"
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = infos[0]
    except (socket.gaierror, UnicodeError, OverflowError) as error:
        raise ServeError(f"host {host!r} is not an address of this machine; use --host 127.0.0.1") from error
    sock = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            # Lets a restart reuse a port whose old connections linger; elsewhere two servers could share it.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(2048)
        sock.setblocking(False)
    except (OSError, OverflowError) as error:
        sock.close()
        number = error.errno if isinstance(error, OSError) else None
        if number == errno.EADDRINUSE:
            raise ServeError(
                f"{where} is taken; stop what listens there, or choose another with --port (0: any)"
            ) from error
        if number == errno.EACCES:
            raise ServeError(f"{where} needs rights that you do not have; choose one above 1023") from error
        if number == errno.EADDRNOTAVAIL:
            raise ServeError(
                f"host {host!r} is not an address of this machine; use --host 127.0.0.1"
            ) from error
        raise ServeError(f"{where} cannot be used ({error}); choose another with --port") from error
    return sock


class StoppableServer(uvicorn.Server):
    """uvicorn's server without its clock tick: it waits for the word to stop, and then stops at once."""

    def __init__(self, config: uvicorn.Config, application: ServedApp, ready: Callable[[], None]) -> None:
        super().__init__(config)
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

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Take over the stop signals while serving in the main thread."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        wanted = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in wanted}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def make_server(application: ServedApp, *, ready: Callable[[], None]) -> StoppableServer:
    """Configure a server for the application; nothing is bound yet."""
    config = uvicorn.Config(
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
    return StoppableServer(config, application, ready)


def run(main: Callable[[], Awaitable[None]]) -> None:
    """Run on uvloop where the platform has it, else on asyncio's own loop."""
    factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    with contextlib.suppress(ImportError):
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:

        async def entry() -> None:
            await main()

        runner.run(entry())


def origin_of(sock: socket.socket) -> str:
    """Return the address that a client on this machine uses to reach the socket, such as http://127.0.0.1:5767."""
    host, port = sock.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104  # compared, not bound
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class ServerThread:
    """A mock served from a thread of its own, for tests: a context manager, ready when entered.

    Attributes:
        origin: scheme, host and port, such as http://127.0.0.1:49152.
        url: base address of the service, for a client's `base_url`.
        control_url: base address of the control API.
    """

    def __init__(self, application: ServedApp, sock: socket.socket) -> None:
        self.origin = origin_of(sock)
        self.url = f"{self.origin}/v1"
        self.control_url = f"{self.origin}/_mock"
        self._sock = sock
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._server: StoppableServer | None = None
        self._make: Callable[[], StoppableServer] = partial(make_server, application, ready=self._ready.set)
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
        if self._server is not None:
            self._server.stop()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        async def serve() -> None:
            self._server = self._make()
            await self._server.serve(sockets=[self._sock])

        try:
            run(serve)
        except BaseException as failure:  # noqa: BLE001  # handed to the thread that waits in start()
            self._failure = failure
        finally:
            self._sock.close()
            self._ready.set()

    def __enter__(self) -> Self:
        return self if self._thread.is_alive() else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
