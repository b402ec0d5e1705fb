"""A closed loop of HTTP requests over a few kept connections: the load on a server that is measured.

Knows just enough HTTP/1.1 to find the end of an answer with a Content-Length. Each
connection asks, waits for the whole answer, and asks again; nothing is pipelined, no one is asked twice.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterable, Iterator

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"


class BrokenAnswerError(Exception):
    """The server closed a connection, or answered in a form that this loop cannot read."""


class ClosedLoop:
    """Connections to one server.

    Args:
        host: address.
        port: of the server.
        connections: how many requests are under way at once.
    """

    def __init__(self, host: str, port: int, connections: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._sockets = [socket.create_connection((host, port)) for _ in range(connections)]
        for sock in self._sockets:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(sock, selectors.EVENT_READ)

    def answers(self, requests: Iterable[bytes]) -> Iterator[bytes]:
        """Send all requests; give each answer's bytes, in the order in which they are whole.

        Raises:
            BrokenAnswerError: an answer does not come whole.
        """
        waiting, partial = iter(requests), dict.fromkeys(self._sockets, b"")
        under_way = 0
        for sock in self._sockets:
            under_way += self._ask(sock, waiting)
        while under_way:
            for key, _ in self._selector.select():
                sock: socket.socket = key.fileobj  # type: ignore[assignment]  # only sockets are registered
                piece = sock.recv(1 << 18)
                if not piece:
                    raise BrokenAnswerError(f"the connection was closed after {partial[sock]!r}")
                partial[sock] += piece
                if is_whole(partial[sock]):
                    yield partial[sock]
                    partial[sock] = b""
                    under_way += self._ask(sock, waiting) - 1

    def _ask(self, sock: socket.socket, waiting: Iterator[bytes]) -> int:
        request = next(waiting, None)
        if request is None:
            return 0
        sock.sendall(request)
        return 1

    def close(self) -> None:
        """Close all connections."""
        self._selector.close()
        for sock in self._sockets:
            sock.close()


def is_whole(answer: bytes) -> bool:
    """Say whether an answer is complete.

    Raises:
        BrokenAnswerError: its head names no length.
    """
    end = answer.find(_END_OF_HEAD)
    if end < 0:
        return False
    head = answer[:end].lower()
    at = head.find(_LENGTH)
    if at < 0:
        raise BrokenAnswerError(f"an answer without Content-Length: {head!r}")
    length = int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0])
    return len(answer) >= end + len(_END_OF_HEAD) + length


def post(path: str, host: str, authorization: str, body: bytes) -> bytes:
    """Write a POST of JSON, byte for byte."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {authorization}\r\nAccept: application/json\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
