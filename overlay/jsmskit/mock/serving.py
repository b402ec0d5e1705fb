"""Puts the mock, its control API and a server together.

Imported when first used, so that the engine and the in-process transports work without a server.
"""

from __future__ import annotations

import gc
import socket
from collections.abc import Callable
from typing import Final

from .control.access import LOCAL_HOSTS, Guard
from .control.app import make_control
from .engine import MockEngine, served
from .server.asgi import MockApp
from .server.uvicorn_server import (
    RequestLine,
    ServeError,
    ServerThread,
    is_loopback,
    listen,
    make_server,
    origin_of,
    run,
)

#: Of the interpreter's youngest generation, in a process that only serves. Its own default is a few hundred.
_VALUES_BETWEEN_COLLECTIONS: Final = 20_000


def make_app(
    engine: MockEngine,
    *,
    token: str | None = None,
    host: str | None = None,
    log: Callable[[RequestLine], object] | None = None,
) -> MockApp:
    """Make the ASGI application of a mock.

    Args:
        mock: to be served.
        token: what control calls must show; None: they must come to a name of this machine.
        host: a further name that Host may carry.
        log: called with a line for each request of the service.
    """
    hosts = LOCAL_HOSTS if host is None else LOCAL_HOSTS | {f"[{host}]" if ":" in host else host.lower()}
    guard = Guard(token, hosts)
    return MockApp(served(engine), make_control(engine, guard), guard, log)


def reserve(host: str, port: int, token: str | None) -> socket.socket:
    """Take the port, before anything else is begun.

    Raises:
        ServeError: the port is taken, or the host would let other machines in without a token.
    """
    if not is_loopback(host) and not token:
        raise ServeError(
            f"host {host} lets other machines in, and they could change everything; give a token with --token"
        )
    return listen(host, port)


def serve_in_thread(engine: MockEngine, host: str, port: int, *, token: str | None) -> ServerThread:
    """Bind now, serve when entered; as `JsmsMock.serve`."""
    sock = reserve(host, port, token)
    return ServerThread(make_app(engine, token=token, host=host), sock)


def serve_here(
    engine: MockEngine,
    sock: socket.socket,
    host: str,
    *,
    token: str | None,
    ready: Callable[[str], object] | None,
    log: Callable[[RequestLine], object] | None = None,
) -> None:
    """Serve on a port that was reserved, in this thread, until a signal; as `JsmsMock.serve_forever`."""
    origin = origin_of(sock)

    def announce() -> None:
        if ready is not None:
            ready(origin)

    app = make_app(engine, token=token, host=host, log=log)

    async def serve() -> None:
        server = make_server(app, ready=announce)
        await server.serve(sockets=[sock])

    # What the start has made stays as long as the process, and next to nothing that requests make is in a circle:
    # no need to look through all of it every few hundred values.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_VALUES_BETWEEN_COLLECTIONS, 10, 10)
    with sock:
        run(serve)
