"""The default transport: one origin, HTTP/1.1, a small pool, and evidence of how far every request came.

Part of the transport seam. Knows connections and their reuse. Must not know operations, credentials or
outcomes, and never repeats a request, follows a redirect, or decodes a content encoding.

Why not an HTTP library's pool: the best-known one looks through all its connections at each step (milliseconds
of CPU with many in flight), and none can be told to use a fresh one, or tells how far a request has come.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import final

from .._transport import TransportRequest
from .._transport_asyncio import Slots, Stream, dial, now
from .._transport_failures import (
    ClosedError,
    TransportError,
    UnsupportedProtocol,
    WriteError,
)
from .._transport_http11 import AnswerReader, Head, Outgoing, request_line
from .._transport_wire import WireSettings

__all__ = ["AsyncHttpTransport", "Evidence"]


@final
class Evidence:
    """How far one exchange came: was the end of the request handed over, has the head of an answer come?"""

    __slots__ = ("answer", "whole")

    def __init__(self, answer: AnswerReader) -> None:
        self.answer = answer
        self.whole = False

    def written(self) -> None:
        """The last byte of the request was handed over."""
        self.whole = True


@final
class _Line:
    """A connection, and until when it may be used again."""

    __slots__ = ("good_until", "stream")

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.good_until = 0.0

    def is_over(self, moment: float) -> bool:
        """Whether it has idled too long, or the other side has said something: its goodbye, most likely."""
        return moment > self.good_until or self.stream.is_readable()


@final
class AsyncHttpTransport:
    """Exchanges with one origin. Safe for many tasks at once; it follows its caller into a new event loop."""

    def __init__(self, settings: WireSettings) -> None:
        self._settings = settings
        self._origin_text = settings.origin
        self._prefix = self._origin_text + "/"
        self._head = Head(self._origin_text.partition("://")[2])
        self._slots = Slots(settings.max_connections)
        self._idle: deque[_Line] = deque()
        self._closed = False

    async def exchange(
        self,
        request: TransportRequest,
        *,
        timeout: float,  # noqa: ASYNC109  # what is left of the deadline of a call that has many steps
        new_connection: bool,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send one request, read its response. Raises `TransportError`, and nothing else but interruptions."""
        answer = AnswerReader(self._settings.max_answer_bytes)
        evidence = Evidence(answer)
        try:
            await self._exchange(request, now() + timeout, new_connection, evidence)
            return answer.status or 0, answer.headers, answer.content
        except TransportError as error:
            failure = error
        failure.body_sent, failure.status = evidence.whole, answer.status
        # Outside of the handler, without the frames in which it began.
        raise failure.with_traceback(None)

    async def aclose(self) -> None:
        """Close the idle connections and refuse further exchanges; those under way come to their end."""
        self._closed = True
        while (line := _taken(self._idle.pop)) is not None:
            await line.stream.aclose()

    async def _exchange(
        self, request: TransportRequest, deadline: float, new_connection: bool, evidence: Evidence
    ) -> None:
        if self._closed:
            raise ClosedError
        if not request.url.startswith(self._prefix):
            raise UnsupportedProtocol
        outgoing = Outgoing(self._request_head(request, new_connection), request.body)
        if self._slots.moved():
            # Not closed: they belong to another loop or process, whose sockets we must not touch.
            self._idle.clear()
        await self._slots.take(deadline)
        try:
            line = None if new_connection or not self._idle else await self._idle_line()
            if line is None:
                line = _Line(await dial(self._settings, deadline))
            reusable = False
            try:
                line.stream.deadline = deadline
                await self._talk(line.stream, outgoing, evidence)
                reusable = (
                    evidence.whole and evidence.answer.reusable and not new_connection and not self._closed
                )
            finally:
                if reusable:
                    line.good_until = now() + self._settings.keepalive_seconds
                    self._idle.append(line)
                else:
                    await line.stream.aclose()
        finally:
            self._slots.release()

    async def _talk(self, stream: Stream, outgoing: Outgoing, evidence: Evidence) -> None:
        step = self._settings.read_timeout
        try:
            await stream.write(outgoing, step)
            evidence.written()
        except WriteError:
            # A server that refuses a request before its end responds, then closes: the response is still to be had.
            pass
        answer = evidence.answer
        while not answer.feed(await stream.read(step)):
            pass

    def _request_head(self, request: TransportRequest, new_connection: bool) -> bytes:
        return b"".join(
            (
                request_line(request.method, request.url[len(self._prefix) - 1 :]),
                self._head.fields(request.headers),
                b"Content-Length: %d\r\n" % len(request.body)
                if request.body or request.method not in ("GET", "DELETE")
                else b"",
                b"Connection: close\r\n\r\n" if new_connection else b"\r\n",
            )
        )

    async def _idle_line(self) -> _Line | None:
        """The line that was used last and is still good. The others are closed as they are met."""
        moment = now()
        # Taken out before it is looked at: another thread may do the same at the same time.
        while (oldest := _taken(self._idle.popleft)) is not None:
            if moment <= oldest.good_until:
                self._idle.appendleft(oldest)
                break
            await oldest.stream.aclose()
        while (newest := _taken(self._idle.pop)) is not None:
            if not newest.is_over(moment):
                return newest
            await newest.stream.aclose()
        return None


def _taken(take: Callable[[], _Line]) -> _Line | None:
    try:
        return take()
    except IndexError:
        return None
