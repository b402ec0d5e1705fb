"""What the service reads of the head of a request; and the quick way to read one.

Knows HTTP/1.1 as clients of the service write it. Must not know connections, deadlines or operations. A client's
heads repeat, so a plain one is read once and then known by its bytes; `plain_head` reads less than a parser and
never something else (a test holds it against httptools with random damage).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from . import magic

#: Ends a head.
END: Final = b"\r\n\r\n"

#: What the brain reads of a request's headers; the others are not worth decoding.
_READ: Final[Mapping[bytes, str]] = {
    name.encode(): name for name in ("authorization", "content-type", magic.HEADER)
}

_PLAIN: Final = re.compile(
    rb"(GET|POST|PUT|DELETE) (/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*) HTTP/1\.1"
    rb"((?:\r\n[A-Za-z0-9!#$%&'*+.^_`|~-]+:[ \t]*(?:[!-~](?:[ -~]*[!-~])?)?)+)"
)
_LENGTH: Final = re.compile(rb"[0-9]{1,9}")
#: Headers that change how a request is read or answered; heads with one are left to the parser.
_SPECIAL: Final = frozenset(
    {b"transfer-encoding", b"upgrade", b"expect", b"http2-settings", b"proxy-connection", b"te", b"trailer"}
)
#: Longer heads are left to the parser, so that what is remembered stays small.
_LONGEST: Final = 4096


class RequestHead(NamedTuple):
    """The head of a request, as far as the service reads it.

    Attributes:
        method: in capitals.
        path: as on the wire.
        query: without the question mark.
        headers: those that the service reads, names in lower case; of one sent twice the first counts.
        length: bytes of the body that follows.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    length: int


def head_of(method: str, target: bytes, headers: Iterable[tuple[bytes, bytes]], length: int) -> RequestHead:
    """Make the head of a request that a parser has read; names of headers are in lower case."""
    path, _, query = target.decode("latin-1").partition("?")
    read: dict[str, str] = {}
    for name, value in headers:
        known = _READ.get(name)
        if known is not None and known not in read:
            read[known] = value.decode("latin-1")
    return RequestHead(method, path, query, read, length)


@lru_cache(maxsize=256)
def plain_head(data: bytes) -> RequestHead | None:
    """Read a head, without the empty line behind it; None if it is not plain: ask a parser."""
    found = _PLAIN.fullmatch(data) if len(data) <= _LONGEST else None
    if found is None:
        return None
    method, target, lines = found.groups()
    headers: list[tuple[bytes, bytes]] = []
    length = b""
    for line in lines.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        name, value = name.lower(), value.lstrip(b" \t")
        if name in _SPECIAL or (name == b"connection" and value.lower() != b"keep-alive"):
            return None
        if name == b"content-length":
            if length or not _LENGTH.fullmatch(value):
                return None
            length = value
        headers.append((name, value))
    return head_of(method.decode(), target, headers, int(length or 0))
