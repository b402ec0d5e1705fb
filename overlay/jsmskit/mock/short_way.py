"""The short way of a request of the service: a whole request in, the bytes of a whole answer out, no ASGI between.

Knows how an answer is written down in HTTP/1.1, and which requests have to go the long way (`app`). Must not
decide anything of the service. A test suite sends nearly all its requests this way, and it halves what the server
adds to the brain's own work; both ways give the same answer (a test compares them).
"""

from __future__ import annotations

from collections.abc import Callable
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Final, Protocol

from .clock import Clock
from .reception import MARK, Outcome
from .request_head import RequestHead
from .routes import PREFIX
from .wire import Reply, Request

_SERVICE: Final = f"{PREFIX}/"


class Answering(Protocol):
    """What the short way needs of the mock."""

    clock: Clock

    @property
    def has_faults(self) -> bool:
        """Whether a fault stands that may strike."""
        ...

    def receive(self, request: Request) -> Outcome:
        """Take one request through faults and brain."""
        ...


class Calendar:
    """Writes the Date header, from the mock's clock; once a second."""

    __slots__ = ("_clock", "_second", "_today")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._second = -1
        self._today = b""

    def today(self) -> bytes:
        """Give the value of the Date header."""
        second = int(self._clock.now())
        if second != self._second:
            self._second, self._today = second, formatdate(second, usegmt=True).encode()
        return self._today


#: Answers a whole request: head, body, address of the client. None: it has to go the long way.
AtOnce = Callable[[RequestHead, bytes, str], bytes | None]


class ShortWay:
    """Answers requests of the service at once, while no fault stands.

    Args:
        mock: takes the requests.
        calendar: for the Date header.
    """

    __slots__ = ("_calendar", "_mock")

    def __init__(self, mock: Answering, calendar: Calendar) -> None:
        self._mock = mock
        self._calendar = calendar

    def answer(self, head: RequestHead, body: bytes, client_ip: str) -> bytes | None:
        """Answer a whole request; None if it has to go the long way. As `AtOnce`."""
        method, path, query, headers, _ = head
        if not path.startswith(_SERVICE) or self._mock.has_faults:
            return None
        reply = self._mock.receive(Request(method, path, query, headers, body, client_ip)).reply
        return None if reply is None else self._written(reply)

    def _written(self, reply: Reply) -> bytes:
        head = _head(reply.status, tuple(reply.headers.items()))
        return b"%bdate: %b\r\ncontent-length: %d\r\n\r\n%b" % (
            head,
            self._calendar.today(),
            len(reply.body),
            reply.body,
        )


@lru_cache(maxsize=64)
def _head(status: int, headers: tuple[tuple[str, str], ...]) -> bytes:
    """Write what answers of a kind begin with, the mark included; there are only a few kinds."""
    told = {**dict(headers), **MARK}
    told.pop("content-length", None)
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        *(f"{name}: {told[name]}" for name in told),
        "",
    ]
    return "\r\n".join(lines).encode("latin-1")
