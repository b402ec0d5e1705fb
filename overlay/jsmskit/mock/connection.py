"""One connection of the mock's server: deadlines, size limits, the short way, and the door for a fault's cut.

Knows the bytes of HTTP as uvicorn's httptools protocol sees them. Must not know operations, state or the
brain: what a refusal says and who answers at once is handed in. The times here guard the process (they are
real seconds, kept by the event loop); nothing that the twin simulates depends on them.
"""

from __future__ import annotations

import asyncio
import enum
import logging
import os
import socket
import struct
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .connection_limits import MAX_BODY_BYTES, ConnectionLimits
from .request_head import END, RequestHead, head_of, plain_head
from .short_way import AtOnce

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.server import ServerState

#: Key in an ASGI scope's extensions: a callable that cuts the connection the request came on.
DROP_EXTENSION = "jsmskit.drop"

logger = logging.getLogger("jsmskit.mock.server")


class _Phase(enum.Enum):
    """Which part of a request the connection waits for."""

    IDLE = enum.auto()
    HEADERS = enum.auto()
    BODY = enum.auto()


#: Makes the answer to a request that broke a limit: raw request target, HTTP status, what happened -> body.
Refusal = Callable[[bytes, HTTPStatus, str], tuple[int, bytes]]

#: Headers that ask for another protocol, which a server may ignore (RFC 9110, 7.8): Java's client asks for HTTP/2
#: so with its first request.
_UPGRADING: Final = frozenset({b"upgrade", b"connection", b"http2-settings"})


class GuardedConnection(HttpToolsProtocol):
    """uvicorn's httptools protocol with deadlines, limits and a short way; everything else is uvicorn's."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: ConnectionLimits,
        refusal: Refusal,
        at_once: AtOnce,
    ) -> None:
        super().__init__(config=config, server_state=server_state, app_state=app_state, _loop=_loop)
        self.logger = logger
        self.access_log = False
        self._limits = limits
        self._refusal = refusal
        self._at_once = at_once
        self._phase = _Phase.IDLE
        self._alarm: asyncio.TimerHandle | None = None
        self._due: float | None = None
        self._missed = ""
        self._was_asked = False  # until then there is no cycle
        self._whole: list[bytes] | None = None  # the body of a request that may go the short way
        self._upgrading = False
        self._header_bytes = 0
        self._discarded_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Start the clock for the first request: a connection that says nothing is closed."""
        super().connection_made(transport)
        self._expect(self._limits.header_seconds, "the headers did not arrive in time")

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline with the connection."""
        self._due = None
        if self._alarm is not None:
            self._alarm.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, and stop a request whose headers do not end."""
        if self.transport.is_closing():
            return
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
        if self._phase is _Phase.IDLE and self._is_free() and self._answer_plain(data):
            return
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._go_on_without_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self.send_400_response("")
            return
        if self._phase is _Phase.HEADERS:
            self._header_bytes += len(data)
            if self._header_bytes > self._limits.header_bytes:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are too long")

    def _go_on_without_upgrade(self, rest: bytes) -> None:
        """Read the request again as if it had not asked for another protocol; the parser has given its body up."""
        method, url, version = self.parser.get_method(), self.url, self.parser.get_http_version()
        if not self._upgrading:
            return  # CONNECT: it has its answer
        kept = [(name, value) for name, value in self.headers if name not in _UPGRADING]
        lines = [b"%b %b HTTP/%b" % (method, url, version.encode()), *(b"%b: %b" % each for each in kept)]
        self._upgrading = False
        self.parser = httptools.HttpRequestParser(self)
        self.data_received(b"\r\n".join([*lines, b"", rest]))

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
        if self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT":
            self._upgrading = True
        elif self._may_go_the_short_way():
            self._whole = []
        else:
            super().on_headers_complete()
            self._was_asked = True

    def on_body(self, body: bytes) -> None:
        """Hand the body on; of one that has its answer already, throw away only so much."""
        if self._whole is not None:
            self._whole.append(body)
        elif self.cycle.response_complete:
            self._discarded_bytes += len(body)
            if self._discarded_bytes > self._limits.discarded_bytes:
                self.transport.abort()
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole: no deadline until the next one."""
        self._phase, self._due = _Phase.IDLE, None
        if self._upgrading:
            return
        if self._whole is not None:
            body, self._whole = b"".join(self._whole), None
            method = self.parser.get_method().decode("ascii")
            if self._answer_at_once(head_of(method, self.url, self.headers, len(body)), body):
                return
            super().on_headers_complete()
            self._was_asked = True
            super().on_body(body)
        if self.cycle.response_complete and not self.transport.is_closing():
            # uvicorn armed its keep-alive timer when it answered and dropped it when more of the body came.
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
        super().on_message_complete()

    def _is_free(self) -> bool:
        """Say whether an answer can be written now: no other is under way, and the client reads."""
        return (not self._was_asked or self.cycle.response_complete) and not self.flow.write_paused

    def _answer_plain(self, data: bytes) -> bool:
        """Answer a plain request that came whole and alone, without the parser; say whether it was one."""
        end = data.find(END)
        head = plain_head(data[:end]) if end > 0 else None
        body = data[end + len(END) :]
        return (
            head is not None
            and head.length == len(body) <= MAX_BODY_BYTES
            and self._answer_at_once(head, body)
        )

    def _may_go_the_short_way(self) -> bool:
        """Say whether a request is plain, in its turn, and small enough to be waited for whole."""
        if (
            not self._is_free()
            or self.expect_100_continue
            or self.parser.get_http_version() != "1.1"
            or self.parser.get_method() == b"HEAD"
            or not self.parser.should_keep_alive()
        ):
            return False
        for name, value in self.headers:
            if name == b"transfer-encoding" or (name == b"content-length" and int(value) > MAX_BODY_BYTES):
                return False
        return True

    def _answer_at_once(self, head: RequestHead, body: bytes) -> bool:
        answer = self._at_once(head, body, "127.0.0.1" if self.client is None else self.client[0])
        if answer is None:
            return False
        self.transport.write(answer)
        self.server_state.total_requests += 1
        self._expect(self.timeout_keep_alive, "")
        return True

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP (called by uvicorn when the parser gives up)."""
        self._refuse(HTTPStatus.BAD_REQUEST, "the request is not valid HTTP")

    def cut(self) -> None:
        """Reset the connection without a word: what a fault that drops does."""
        self._due = None
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
        """Set the deadline. The alarm is left alone unless it would come too late: one serves many requests."""
        due = self.loop.time() + seconds
        self._due, self._missed = due, missed
        if self._alarm is None or self._alarm.when() > due:
            if self._alarm is not None:
                self._alarm.cancel()
            self._alarm = self.loop.call_at(due, self._ring)

    def _ring(self) -> None:
        """See whether the deadline has passed, or was put off since the alarm was set."""
        self._alarm = None
        if self._due is None:
            return
        if self._due > self.loop.time():
            self._alarm = self.loop.call_at(self._due, self._ring)
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, self._missed)

    def _refuse(self, status: HTTPStatus, what: str) -> None:
        """Answer once, in the raw, and close; without an answer where one would land between others."""
        self._due = None
        if self.transport.is_closing():
            return
        in_cycle = self._phase is _Phase.BODY and self._was_asked and self._whole is None
        free = not self.cycle.response_started if in_cycle else self._no_answer_is_due()
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


def guarded(limits: ConnectionLimits, refusal: Refusal, at_once: AtOnce) -> type[asyncio.Protocol]:
    """Make the protocol class that uvicorn's `Config(http=...)` wants, with its limits built in."""

    class Connection(GuardedConnection):
        def __init__(
            self,
            config: Config,
            server_state: ServerState,
            app_state: dict[str, Any],
            _loop: asyncio.AbstractEventLoop | None = None,
        ) -> None:
            super().__init__(
                config, server_state, app_state, _loop, limits=limits, refusal=refusal, at_once=at_once
            )

    return Connection
