"""Write HTTP/1.1 requests.

They hold credentials, numbers and codes, and a wait for the network can be interrupted at any moment. So their bytes
live in objects whose `repr` shows nothing, and never in a local variable: tracebacks show those.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, final

from .errors import LocalProtocolError
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
        """Whether there is anything left."""
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
            self.written = "".join((f"Host: {host}\r\n", *map("%s: %s\r\n".__mod__, headers.items()))).encode(
                "ascii"
            )
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
    if not _TARGET.fullmatch(request.url, start) or not (
        request.method.isascii() and request.method.isalpha()
    ):
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
