"""HTTP/1.1: requests written, responses read as they come in. httptools (llhttp, the parser of Node) reads the bytes.

Requests hold credentials, numbers and codes, and a wait for the network can be interrupted at any moment. So their
bytes live in objects whose `repr` shows nothing, and never in a local variable: tracebacks show those.

The reader adds what a client needs that asks one thing at a time: the end of a response without a length, a bound on
everything that is not body, and whether another request may follow on the connection.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Final, NoReturn, final

from httptools import HttpParserCallbackError, HttpParserError, HttpParserUpgrade, HttpResponseParser

from .config import Proxy
from .errors import LocalProtocolError, RemoteProtocolError, ResponseTooLarge, TransportError
from .protocols import TransportRequest

_TARGET: Final = re.compile(r"[!-~]+")
_HEADERS: Final = re.compile(rb"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [ -~]*\r\n)*")
_ONE_PACKET: Final = 16 * 1024
"""Up to this size head and body are one piece of bytes, which leaves as one packet."""


@final
class OutgoingBytes:
    """What has not been written yet."""

    __slots__ = ("_pieces",)

    def __init__(self, *pieces: memoryview) -> None:
        self._pieces = list(reversed(pieces))

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def next(self, size: int) -> memoryview:
        """Return what comes next, at most so many bytes."""
        return self._pieces[-1][:size]

    def advance(self, count: int) -> None:
        """Take note that so many bytes of `next` were written."""
        self._pieces[-1] = self._pieces[-1][count:]
        if not self._pieces[-1]:
            self._pieces.pop()


@final
class RequestHeaders:
    """The headers of a request as bytes, `Host` first. Most requests of a client have the same."""

    __slots__ = ("_of", "written")

    def __init__(self, host: str, headers: Mapping[str, str]) -> None:
        """Raises `LocalProtocolError` for what would be two headers, or none."""
        try:
            self.written = "".join((f"Host: {host}\r\n", *map("%s: %s\r\n".__mod__, headers.items()))).encode("ascii")
        except UnicodeEncodeError:
            self.written = b"?"
        if not _HEADERS.fullmatch(self.written) or self.written.count(b"\n") != len(headers) + 1:
            raise LocalProtocolError("a header that cannot be written")
        self._of = dict(headers)

    def are_of(self, request: TransportRequest) -> bool:
        """Return whether they can be used for this request."""
        return self._of == request.headers


def write_request(
    request: TransportRequest, headers: RequestHeaders, start: int, *, new_connection: bool
) -> OutgoingBytes:
    """Put a request together. Its target starts at this place of its address.

    Raises `LocalProtocolError` if the first line would end early.
    """
    if not _TARGET.fullmatch(request.url, start) or not (request.method.isascii() and request.method.isalpha()):
        raise LocalProtocolError("an address that cannot be written")
    small = len(request.body) <= _ONE_PACKET
    return OutgoingBytes(
        memoryview(
            b"".join(
                (
                    f"{request.method} {request.url[start:]} HTTP/1.1\r\n".encode("ascii"),
                    headers.written,
                    b"Content-Length: %d\r\n" % len(request.body)
                    if request.body or request.method not in ("GET", "DELETE")
                    else b"",
                    b"Connection: close\r\n\r\n" if new_connection else b"\r\n",
                    request.body if small else b"",
                )
            )
        ),
        *(() if small else (memoryview(request.body),)),
    )


def write_tunnel_request(proxy: Proxy, host: str, port: int) -> OutgoingBytes:
    """Put together what asks a proxy for a tunnel to there."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return OutgoingBytes(
        memoryview(
            (
                f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n"
                + (f"Proxy-Authorization: {proxy.authorization}\r\n" if proxy.authorization else "")
                + "\r\n"
            ).encode("ascii")
        )
    )


_MAX_OVERHEAD_BYTES: Final = 64 * 1024
"""Most bytes that are not body: heads (informational ones too), sizes of chunks, trailers. The service's have 200."""
_MAX_OVERHEAD_PER_BODY_BYTE: Final = 8
"""A body of one-byte chunks has five for each."""
_NO_BODY: Final = frozenset({204, 304})


@final
class ResponseParser:
    """Feed it what comes in; it says when that was all.

    Attributes:
        status: of the final response, once its head is there; None before. Informational ones are passed over.
        headers: by lower-case name; values of a name that comes twice are joined by a comma, as HTTP has it.
        reusable: whether another request may follow on the connection; meaningful once the response is complete.
    """

    __slots__ = (
        "_body",
        "_complete",
        "_fields",
        "_limit",
        "_parser",
        "_received",
        "_refusal",
        "_until_end_of_stream",
        "headers",
        "on_body",
        "reusable",
        "status",
    )

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._body = bytearray()
        self.on_body = self._body.extend
        self._received = 0
        self._refusal: TransportError | None = None
        self._complete = self._until_end_of_stream = False
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self._fields: dict[str, list[str]] = {}
        self.reusable = False
        # Both know each other. The circle is cut at the end of a response, so that no call leaves garbage behind.
        self._parser: HttpResponseParser | None = HttpResponseParser(self)

    @property
    def content(self) -> bytes:
        return bytes(self._body)

    def feed(self, data: bytes) -> bool:
        """Take what came in, b"" for the end of the stream. Return whether the response is complete.

        Raises `RemoteProtocolError` for what is no response, `ResponseTooLarge` for a body above the limit.
        """
        if self._parser is None:
            raise RemoteProtocolError("bytes after the response")
        if not data:
            if not self._until_end_of_stream:
                raise RemoteProtocolError("the connection ended before the response did")
            return self._end()
        if not self._received and not data.startswith(b"H"):
            raise RemoteProtocolError("not HTTP")  # llhttp also reads RTSP and ICE
        self._received += len(data)
        failure: BaseException | None = None
        handled = sys.exception()
        try:
            self._parser.feed_data(data)
        except HttpParserCallbackError as error:
            failure = self._refusal
            if failure is None:
                # A signal handler of the application came in between, and httptools hangs its exception on its own. If
                # the call is made while another exception is handled, Python has put that one there instead.
                interruption = error.__context__
                failure = RemoteProtocolError("interrupted") if interruption is handled else interruption
        except (HttpParserError, HttpParserUpgrade):
            failure = RemoteProtocolError("a malformed response")
        if self._complete and isinstance(failure, RemoteProtocolError):
            self.reusable = False  # only what came behind the response is wrong
        elif failure is not None:
            raise failure
        if len(self._body) > self._limit:
            raise self._too_large()
        if self._received - len(self._body) > _MAX_OVERHEAD_BYTES + _MAX_OVERHEAD_PER_BODY_BYTE * len(self._body):
            raise RemoteProtocolError("more headers than are taken")
        return self._end() if self._complete else False

    def _end(self) -> bool:
        self._parser = None
        return True

    def _too_large(self) -> ResponseTooLarge:
        return ResponseTooLarge(f"It has more than {self._limit} bytes.")

    def _refuse(self, why: TransportError) -> NoReturn:
        self._refusal = why  # for `feed`: what leaves a method below, httptools turns into an exception of its own
        raise why

    # What httptools calls. `on_body` is a method of the body: no frame of ours ever holds a part of it.

    def on_message_begin(self) -> None:
        """What follows a response would be taken for the response to the next request."""
        if self._complete:
            self._refuse(RemoteProtocolError("bytes after the response"))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header. Those after the body are read over."""
        if self.status is None:
            self._fields.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1").strip(" \t"))

    def on_headers_complete(self) -> None:
        """Look at the head: which status, and how does the body end."""
        parser = self._parser
        assert parser is not None  # it is the one that calls
        version, status = parser.get_http_version(), parser.get_status_code()
        if version not in ("1.0", "1.1") or status < 100 or status == 101:
            self._refuse(RemoteProtocolError("a version, a status or a protocol that was not asked for"))
        if status < 200:
            self._fields.clear()
            return
        self.headers = {name: ", ".join(values) for name, values in self._fields.items()}
        self.status = status
        coding, length = self.headers.get("transfer-encoding"), self.headers.get("content-length")
        if status in _NO_BODY:
            pass
        elif coding is not None:
            if coding.lower() != "chunked":
                self._refuse(RemoteProtocolError("a transfer coding that was not asked for"))
        elif length is None:
            self._until_end_of_stream = True
        elif int(length) > self._limit:
            self._refuse(self._too_large())
        # HTTP/1.0 closes; its "keep-alive" is not taken up.
        self.reusable = version == "1.1" and not self._until_end_of_stream and parser.should_keep_alive()

    def on_message_complete(self) -> None:
        """The response is over, unless it was an informational one."""
        if self.status is not None:
            self._complete = True
