"""HTTP/1.1 as bytes: how a request is written, and an answer read as it comes in.

Part of the transport seam. Knows RFC 9112: status lines, fields, and the three ways in which a body ends. Must not
know sockets, clocks, operations or outcomes. Nothing is decoded, no redirect followed, no cookie kept.

Written here because a library that does it was more than half of a call (docs/performance.md).
It takes less than the standard allows, never more: whatever is doubtful is a `RemoteProtocolError`, and a connection
is used again only if its last answer was plain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, final

from ._transport_failures import AnswerTooLarge, LocalProtocolError, RemoteProtocolError

__all__ = ["AnswerReader", "Head", "Outgoing", "request_line"]

MAX_HEAD_BYTES: Final = 64 * 1024
"""Status line and fields together. The service's have 200 bytes."""
_MAX_CHUNK_LINE_BYTES: Final = 1024

_TOKEN: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # noqa: S105  # the standard's word for a name
_TARGET: Final = re.compile(r"[!-~]+")
_FIELDS_OUT: Final = re.compile(rf"(?:{_TOKEN}: [ -~]*\r\n)*")
_HEAD_END: Final = re.compile(rb"\n\r?\n")
_FOLD: Final = re.compile(r"[ \t]*\r?\n[ \t]+")
# The value of a field: what can be seen, blanks and tabs. A lone CR or a NUL in it would be read otherwise elsewhere.
_HEAD: Final = re.compile(
    r"HTTP/1\.([0-9]) ([1-9][0-9]{2})(?: [\t -~\x80-\xff]*)?"
    rf"((?:\r?\n{_TOKEN}:[\t -~\x80-\xff]*)*)\r?"
)
_LENGTH: Final = re.compile("[0-9]{1,15}")
_CHUNK_LINE: Final = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*(?:;[\t -~\x80-\xff]*)?\r")
_NO_BODY: Final = frozenset({204, 304})
_SWITCHING: Final = 101
_SIZE, _AFTER_CHUNK, _TRAILER = range(3)
"""Which line of a chunked body is awaited."""


@final
class Head:
    """What every request to one origin has in common, made once for each set of headers."""

    __slots__ = ("_given", "_host", "_written")

    def __init__(self, host: str) -> None:
        self._host = host
        self._given: tuple[tuple[str, str], ...] | None = None
        self._written = b""

    def fields(self, headers: Mapping[str, str]) -> bytes:
        """The header fields as bytes, `Host` first. The last ones are kept, since most calls have the same.

        Raises `LocalProtocolError` for what would be two fields, or none: nothing of it is in the text.
        """
        given = tuple(headers.items())
        if given == self._given:
            return self._written
        text = "".join([f"{name}: {value}\r\n" for name, value in (("Host", self._host), *given)])
        if not _FIELDS_OUT.fullmatch(text) or text.count("\n") != len(given) + 1:
            raise LocalProtocolError("a header that cannot be written")
        written = text.encode("ascii")
        self._given, self._written = given, written
        return written


def request_line(method: str, target: str) -> bytes:
    """The first line. Raises `LocalProtocolError` if the target would end it."""
    if not _TARGET.fullmatch(target) or not method.isalpha():
        raise LocalProtocolError("an address that cannot be written")
    return f"{method} {target} HTTP/1.1\r\n".encode("ascii")


_ONE_PACKET: Final = 16 * 1024
"""Up to this size head and body are one piece of bytes, which leaves as one packet."""


@final
class Outgoing:
    """The bytes of one request that have not been written yet.

    An object, so that no frame that waits for the network holds them in a variable: tracebacks show only its name.
    """

    __slots__ = ("_pieces",)

    def __init__(self, head: bytes, body: bytes = b"") -> None:
        # The last one first; a large body is not copied behind its head.
        pieces = [head + body] if len(body) <= _ONE_PACKET else [body, head]
        self._pieces = [memoryview(piece) for piece in pieces]

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
class AnswerReader:
    """Reads one answer. Feed it what comes in; it says when that was all.

    Attributes:
        status: of the final answer, once its head is there; None before. Informational answers are passed over.
        headers: by lower-case name; values of a name that comes twice are joined by a comma, as HTTP has it.
        reusable: whether another request may follow on the connection; meaningful once the answer is whole.
    """

    __slots__ = (
        "_awaits",
        "_body",
        "_buffer",
        "_left",
        "_limit",
        "_of_connect",
        "_read_on",
        "_trailer_bytes",
        "headers",
        "reusable",
        "status",
    )

    def __init__(self, limit: int, *, of_connect: bool = False) -> None:
        self._limit = limit
        self._of_connect = of_connect
        self._buffer = b""
        self._body: bytes | bytearray = b""
        self._left = 0
        self._awaits = _SIZE
        self._trailer_bytes = 0
        # A function, not a method of this object: that would be a cycle, left to the garbage collector at every call.
        self._read_on: Callable[[AnswerReader, bytes], bool] = AnswerReader._head
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.reusable = False

    @property
    def content(self) -> bytes:
        """The body."""
        return bytes(self._body)

    def feed(self, data: bytes) -> bool:
        """Take what came in, b"" for the end of the stream. True once the answer is whole.

        Raises `RemoteProtocolError` for what is no answer, `AnswerTooLarge` for a body above the limit.
        """
        if not data:
            return self._ended()
        return self._read_on(self, data)

    def _ended(self) -> bool:
        if self._read_on is AnswerReader._until_the_end:
            return True
        raise RemoteProtocolError(
            "the connection ended within the answer" if self.status else "no answer came"
        )

    def _head(self, data: bytes) -> bool:
        seen = len(self._buffer)
        if seen:
            data = self._buffer + data
        while True:
            end = _HEAD_END.search(data, max(0, seen - 2))
            if end is None:
                # Not HTTP at all: said at once, not after waiting for a line that never ends.
                if data[:5] != b"HTTP/"[: len(data)] or len(data) > MAX_HEAD_BYTES:
                    raise RemoteProtocolError("what came is no answer")
                self._buffer = data
                return False
            if end.start() > MAX_HEAD_BYTES:
                raise RemoteProtocolError("a head that has no end")
            status = self._understand(data[: end.start()].decode("latin-1"))
            data, seen = data[end.end() :], 0
            if status >= 200:
                break
            if status == _SWITCHING:
                raise RemoteProtocolError("another protocol, which nobody asked for")
        self._buffer = b""
        self.status = status
        return self._begin_body(data)

    def _understand(self, head: str) -> int:
        if "\n " in head or "\n\t" in head:
            if head[head.index("\n") + 1] in " \t":
                raise RemoteProtocolError("a field that goes on, but none has begun")
            head = _FOLD.sub(" ", head)
        found = _HEAD.fullmatch(head)
        if found is None:
            raise RemoteProtocolError("a head that is no HTTP/1.1")
        minor, status, fields = found.groups()
        headers: dict[str, str] = {}
        for line in fields.split("\n")[1:]:
            name, _, value = line.partition(":")
            name, value = name.lower(), value.strip(" \t\r")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        self.headers = headers
        # Who speaks 1.0 closes; "keep-alive" of that time is not taken up.
        self.reusable = minor != "0" and "close" not in headers.get("connection", "").lower()
        return int(status)

    def _begin_body(self, rest: bytes) -> bool:
        headers = self.headers
        if self.status in _NO_BODY or (self._of_connect and self.status is not None and self.status <= 299):
            return self._whole(rest)
        coding = headers.get("transfer-encoding")
        length = headers.get("content-length")
        if coding is not None:
            if coding.lower() != "chunked":
                raise RemoteProtocolError("a transfer coding that nobody asked for")
            if length is not None:
                self.reusable = False  # two lengths: somebody between may have believed the other one
            self._body = bytearray()
            self._read_on = AnswerReader._chunked
        elif length is not None:
            self._left = self._checked_length(length)
            if not self._left:
                return self._whole(rest)
            self._read_on = AnswerReader._counted
        else:
            self.reusable = False
            self._body = bytearray()
            self._read_on = AnswerReader._until_the_end
        return self._read_on(self, rest) if rest else False

    def _checked_length(self, text: str) -> int:
        if "," in text:  # twice the same is one
            values = {value.strip() for value in text.split(",")}
            text = values.pop() if len(values) == 1 else ""
        if not _LENGTH.fullmatch(text):
            raise RemoteProtocolError("a length that is none")
        length = int(text)
        if length > self._limit:
            raise AnswerTooLarge(f"It has more than {self._limit} bytes.")
        return length

    def _whole(self, rest: bytes) -> bool:
        # What comes after an answer would be taken for the answer to the next request.
        if rest:
            self.reusable = False
        return True

    def _counted(self, data: bytes) -> bool:
        more = len(data) - self._left
        if more >= 0:
            last = data[: self._left] if more else data
            # Most answers come in one piece, which is then their body without a copy.
            self._body = self._body + last if self._body else last
            return self._whole(data[self._left :])
        self._left = -more
        if not self._body:
            self._body = bytearray()
        self._body += data
        return False

    def _until_the_end(self, data: bytes) -> bool:
        self._body += data
        if len(self._body) > self._limit:
            raise AnswerTooLarge(f"It has more than {self._limit} bytes.")
        return False

    def _chunked(self, data: bytes) -> bool:
        """Chunks of any size and number; a place in what came in moves on, so that tiny ones cost no copies."""
        if self._buffer:
            data, self._buffer = self._buffer + data, b""
        at = 0
        while True:
            if self._left:
                piece = data[at : at + self._left]
                at += len(piece)
                self._left -= len(piece)
                self._body += piece
                if len(self._body) > self._limit:
                    raise AnswerTooLarge(f"It has more than {self._limit} bytes.")
                if self._left:
                    return False
                self._awaits = _AFTER_CHUNK
            end = data.find(b"\n", at)
            if end < 0:
                self._buffer = data[at:]
                if len(self._buffer) > _MAX_CHUNK_LINE_BYTES:
                    raise RemoteProtocolError("a line that has no end")
                return False
            line = data[at:end]
            at = end + 1
            if self._awaits == _TRAILER:
                if line == b"\r":
                    return self._whole(data[at:])
                self._trailer_bytes += len(line) + 1
                if self._trailer_bytes > MAX_HEAD_BYTES:
                    raise RemoteProtocolError("a trailer that has no end")
            elif self._awaits == _AFTER_CHUNK:
                if line != b"\r":
                    raise RemoteProtocolError("a chunk of another size than it says")
                self._awaits = _SIZE
            else:
                found = _CHUNK_LINE.fullmatch(line)
                if found is None:
                    raise RemoteProtocolError("a chunk without a size")
                self._left = int(found[1], 16)
                if not self._left:
                    self._awaits = _TRAILER
