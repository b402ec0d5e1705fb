# Made from overlay/jsmskit/_async/_transport_http.py by tools/unasync.py. Do not edit: change that file and run the tool.
"""The default transport: one origin, HTTP/1.1, a small pool, and evidence of how far every request came.

Part of the transport seam. Knows connections and their reuse. Must not know operations, credentials or
outcomes, and never repeats a request, follows a redirect, or decodes a content encoding.

Why not the HTTP library's own pool: it looks through all its connections at each step (milliseconds of CPU
with many in flight), and cannot be told to use a fresh one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, final

import httpcore

from .._transport import TransportFailure, names_of
from .._transport_sockets import Slots, Stream, dial, now
from .._transport_wire import CertificateRefusedError, ClosedError, WireSettings

__all__ = ["HttpTransport", "Evidence"]

_WRITTEN: Final = "http11.send_request_body.complete"
_SHOWN_DETAILS: Final = (httpcore.ConnectError, httpcore.ProxyError, CertificateRefusedError)


@final
class Evidence:
    """Watches one exchange: was the end of the request's body handed over, has the head of an answer come?"""

    __slots__ = ("status", "whole")

    def __init__(self) -> None:
        self.whole = False
        self.status: int | None = None

    def watch(self, event: str, info: dict[str, Any]) -> None:
        """The HTTP library calls this at each step."""
        if event == _WRITTEN:
            self.whole = True


@final
class _Line:
    """A connection: the stream, and the HTTP conversation on it."""

    __slots__ = ("http", "stream")

    def __init__(self, http: httpcore.HTTP11Connection, stream: Stream) -> None:
        self.http = http
        self.stream = stream

    def is_clean(self) -> bool:
        """Whether nothing came after the answer. What did would be taken for the answer to the next request.

        The HTTP library looks at the socket before it reuses a connection, but not into its own buffer.
        """
        trailing, _ = self.http._h11_state.trailing_data  # pyright: ignore[reportPrivateUsage]
        return not trailing


class _AnswerTooLargeError(Exception):
    pass


@final
class HttpTransport:
    """Exchanges with one origin. Safe for many threads at once, and after a fork."""

    def __init__(self, settings: WireSettings) -> None:
        self._settings = settings
        self._origin_text = settings.origin
        self._origin = httpcore.Origin(settings.scheme.encode(), settings.host.encode("ascii"), settings.port)
        self._host_header = (b"Host", self._origin_text.partition("://")[2].encode("ascii"))
        self._timeouts = {"read": settings.read_timeout, "write": settings.read_timeout}
        self._slots = Slots(settings.max_connections)
        self._idle: deque[_Line] = deque()
        self._closed = False

    def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        timeout: float,  # noqa: ASYNC109  # what is left of the deadline of a call that has many steps
        fresh: bool,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send one request, read its answer. Raises `TransportFailure`, and nothing else but
        interruptions.
        """
        evidence = Evidence()
        try:
            return self._exchange(method, url, headers, body, now() + timeout, fresh, evidence)
        except _AnswerTooLargeError:
            failure = TransportFailure(
                ("AnswerTooLarge",),
                whole=True,
                status=evidence.status,
                detail=f"It has more than {self._settings.max_answer_bytes} bytes.",
            )
        except Exception as error:  # noqa: BLE001  # every failure leaves as evidence
            # Their texts may quote what the other side sent, so they are shown only where it has not spoken
            # yet.
            detail = str(error) if isinstance(error, _SHOWN_DETAILS) else ""
            failure = TransportFailure(
                names_of(error), whole=evidence.whole, status=evidence.status, detail=detail
            )
        # Outside of the handlers, so that no exception that carries the request hangs on ours as its context.
        raise failure

    def close(self) -> None:
        """Close the idle connections and refuse further exchanges; those under way come to their end."""
        self._closed = True
        while (line := _taken(self._idle.pop)) is not None:
            line.http.close()

    def _exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        deadline: float,
        fresh: bool,
        evidence: Evidence,
    ) -> tuple[int, Mapping[str, str], bytes]:
        if self._closed:
            raise ClosedError
        if not url.startswith(self._origin_text + "/"):
            raise httpcore.UnsupportedProtocol("the address leaves the origin")
        request = self._request(method, url[len(self._origin_text) :], headers, body, fresh, evidence)
        if self._slots.moved():
            # Not closed: they belong to another loop or process, whose sockets we must not touch.
            self._idle.clear()
        self._slots.take(deadline)
        try:
            line = None if fresh else self._idle_line()
            if line is None:
                stream = dial(self._settings, deadline)
                line = _Line(
                    httpcore.HTTP11Connection(self._origin, stream, self._settings.keepalive_seconds),
                    stream,
                )
            reusable = False
            try:
                line.stream.deadline = deadline
                line.stream.holds = True
                answer = line.http.handle_request(request)
                evidence.status = answer.status
                content = self._content(answer)
                reusable = not fresh and not self._closed and line.http.is_idle() and line.is_clean()
            finally:
                if reusable:
                    self._idle.append(line)
                else:
                    line.http.close()
        finally:
            self._slots.release()
        return answer.status, _readable(answer.headers), content

    def _request(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        fresh: bool,
        evidence: Evidence,
    ) -> httpcore.Request:
        sent = [self._host_header]
        sent += [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]
        if body or method not in ("GET", "DELETE"):
            sent.append((b"Content-Length", str(len(body)).encode("ascii")))
        if fresh:
            sent.append((b"Connection", b"close"))
        origin = self._origin
        url = httpcore.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=target)
        return httpcore.Request(
            method,
            url,
            headers=sent,
            content=body,
            extensions={"timeout": self._timeouts, "trace": evidence.watch},
        )

    def _idle_line(self) -> _Line | None:
        """The line that was used last and is still good. The others are closed as they are met."""
        # Taken out before it is looked at: another thread may do the same at the same time.
        while (oldest := _taken(self._idle.popleft)) is not None:
            if not oldest.http.has_expired():
                self._idle.appendleft(oldest)
                break
            oldest.http.close()
        while (newest := _taken(self._idle.pop)) is not None:
            if not newest.http.has_expired():
                return newest
            newest.http.close()
        return None

    def _content(self, answer: httpcore.Response) -> bytes:
        limit = self._settings.max_answer_bytes
        pieces: list[bytes] = []
        size = 0
        try:
            for piece in answer.iter_stream():
                size += len(piece)
                if size > limit:
                    raise _AnswerTooLargeError
                pieces.append(piece)
        finally:
            answer.close()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _taken(take: Callable[[], _Line]) -> _Line | None:
    try:
        return take()
    except IndexError:
        return None


def _readable(headers: list[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Headers by lower-case name; values of a name that comes twice are joined by a comma, as HTTP has it."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found
