"""uvicorn's HTTP connection, with the two things that the mock needs of it: a fault's cut, and ignored upgrades."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import struct
from typing import Any, Final, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: Key in an ASGI scope's extensions: a callable that cuts the connection the request came on.
DROP_EXTENSION: Final = "jsmskit.drop"

_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[01] [2-5][0-9][0-9] (?P<reason>[^\r\n]*)(?=\r\n)")

#: Headers that ask for another protocol, which a server may ignore (RFC 9110, 7.8). Java's client asks for HTTP/2
#: with its first request; uvicorn with httptools then loses the body.
_UPGRADE_HEADERS: Final = frozenset({b"upgrade", b"connection", b"http2-settings"})


class _WithoutReason:
    """A transport that sends `HTTP/1.1 403 ` as the service did on 2017-08-09 (G14), where uvicorn names the status."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """uvicorn writes a head in one piece, and a body never begins with a status line."""
        if (line := _STATUS_LINE.match(data)) is not None:
            data = data[: line.start("reason")] + data[line.end() :]
        self._transport.write(data)


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
