"""One connection of the mock's server: deadlines, size limits, and the door through which a fault cuts it.

Knows the bytes of HTTP as uvicorn's httptools protocol sees them. Must not know operations, state or the
brain: what a refusal says is handed in. The times here guard the process (they are real seconds, kept by
the event loop); nothing that the twin simulates depends on them.
"""

from __future__ import annotations

import asyncio
import enum
import logging
import os
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.server import ServerState

#: Key in an ASGI scope's extensions: a callable that cuts the connection the request came on.
DROP_EXTENSION = "jsmskit.drop"

#: Largest body that the mock reads. The service documents no limit (gap G18); a full batch stays far below.
MAX_BODY_BYTES = 1024 * 1024

logger = logging.getLogger("jsmskit.mock.server")


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """What one connection may cost.

    header_seconds: from the first byte of a request (or from connecting) to the end of its headers.
    body_seconds: from the end of the headers to the end of the body.
    header_bytes: request line and headers together.
    discarded_bytes: of a body that was refused for its size; read and thrown away, so that the client gets
        its answer instead of a reset, up to this amount.
    """

    header_seconds: float = 10.0
    body_seconds: float = 30.0
    header_bytes: int = 64 * 1024
    discarded_bytes: int = 16 * 1024 * 1024


class _Phase(enum.Enum):
    """Which part of a request the connection waits for."""

    IDLE = enum.auto()
    HEADERS = enum.auto()
    BODY = enum.auto()


#: Makes the answer to a request that broke a limit: raw request target, HTTP status, what happened -> body.
Refusal = Callable[[bytes, HTTPStatus, str], tuple[int, bytes]]


class GuardedConnection(HttpToolsProtocol):
    """uvicorn's httptools protocol with deadlines and limits; everything else is uvicorn's."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: ConnectionLimits,
        refusal: Refusal,
    ) -> None:
        super().__init__(config=config, server_state=server_state, app_state=app_state, _loop=_loop)
        self.logger = logger
        self.access_log = False
        self._limits = limits
        self._refusal = refusal
        self._phase = _Phase.IDLE
        self._deadline: asyncio.TimerHandle | None = None
        self._was_asked = False  # until then there is no cycle
        self._header_bytes = 0
        self._discarded_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Start the clock for the first request: a connection that says nothing is closed."""
        super().connection_made(transport)
        self._expect(self._limits.header_seconds, "the headers did not arrive in time")

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline with the connection."""
        self._clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, and stop a request whose headers do not end."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self._phase is _Phase.HEADERS:
            self._header_bytes += len(data)
            if self._header_bytes > self._limits.header_bytes:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are too long")

    def on_message_begin(self) -> None:
        """A request starts: from here its headers have their time."""
        super().on_message_begin()
        extensions: dict[str, dict[object, object]] = {DROP_EXTENSION: {"cut": self.cut}}
        self.scope["extensions"] = extensions
        self._phase, self._header_bytes, self._discarded_bytes = _Phase.HEADERS, 0, 0
        self._expect(self._limits.header_seconds, "the headers did not arrive in time")

    def on_headers_complete(self) -> None:
        """The headers are whole: from here the body has its time."""
        self._phase = _Phase.BODY
        self._expect(self._limits.body_seconds, "the body did not arrive in time")
        super().on_headers_complete()
        self._was_asked = True

    def on_body(self, body: bytes) -> None:
        """Hand the body on; of one that has its answer already, throw away only so much."""
        if self.cycle.response_complete:
            self._discarded_bytes += len(body)
            if self._discarded_bytes > self._limits.discarded_bytes:
                self.transport.abort()
            return
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole: no deadline until the next one."""
        self._phase = _Phase.IDLE
        self._clear()
        if self.cycle.response_complete and not self.transport.is_closing():
            # uvicorn armed its keep-alive timer when it answered and dropped it when more of the body came.
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP (called by uvicorn when the parser gives up)."""
        self._refuse(HTTPStatus.BAD_REQUEST, "the request is not valid HTTP")

    def cut(self) -> None:
        """Reset the connection without a word: what a fault that drops does."""
        self._clear()
        if self.transport.is_closing():  # the peer went first
            return
        sock = self.transport.get_extra_info("socket")
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            # Linger of zero: the peer sees a reset, not an orderly end.
            form = "hh" if os.name == "nt" else "ii"
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(form, 1, 0))
        self.transport.abort()

    def _no_answer_is_due(self) -> bool:
        return not self._was_asked or self.cycle.response_complete

    def _expect(self, seconds: float, missed: str) -> None:
        self._clear()
        self._deadline = self.loop.call_later(seconds, self._refuse, HTTPStatus.REQUEST_TIMEOUT, missed)

    def _clear(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: HTTPStatus, what: str) -> None:
        """Answer once, in the raw, and close; without an answer where one would land between others."""
        self._clear()
        if self.transport.is_closing():
            return
        in_body = self._phase is _Phase.BODY and self._was_asked
        free = not self.cycle.response_started if in_body else self._no_answer_is_due()
        silent = self._phase is _Phase.IDLE and status is HTTPStatus.REQUEST_TIMEOUT
        if free and not silent:
            target = b"" if self._phase is _Phase.IDLE else self.url
            code, body = self._refusal(target, status, what)
            head = (
                f"HTTP/1.1 {code} {HTTPStatus(code).phrase}\r\ncontent-type: application/json\r\n"
                f"content-length: {len(body)}\r\nx-mock: jsmskit\r\nconnection: close\r\n\r\n"
            )
            self.transport.write(head.encode("ascii") + body)
        self.transport.close()


def guarded(limits: ConnectionLimits, refusal: Refusal) -> type[asyncio.Protocol]:
    """Make the protocol class that uvicorn's `Config(http=...)` wants, with its limits built in."""

    class Connection(GuardedConnection):
        def __init__(
            self,
            config: Config,
            server_state: ServerState,
            app_state: dict[str, Any],
            _loop: asyncio.AbstractEventLoop | None = None,
        ) -> None:
            super().__init__(config, server_state, app_state, _loop, limits=limits, refusal=refusal)

    return Connection
