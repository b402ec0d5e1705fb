"""A server that breaks connections on purpose, and knows what it had received before it did.

One listener for one fault. Every connection gets the same treatment; what each of them brought is written
down, so that a test can compare the client's word with the truth.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

PATIENCE = 10.0
"""Seconds after which a stuck thread of the server gives up."""


@dataclass
class Brought:
    begun: float
    received: bytearray = field(default_factory=bytearray)
    whole_at: float | None = None

    @property
    def whole(self) -> bool:
        return self.whole_at is not None


class GoneError(Exception):
    """The other side went away while something was still to be done."""


class Wire:
    """The server's end of one connection, as a fault uses it."""

    def __init__(self, connected: socket.socket, brought: Brought, released: threading.Event, done: threading.Event):
        self.socket = connected
        self.brought = brought
        self._released = released
        self._done = done

    def wait(self, seconds: float = PATIENCE) -> None:
        """Do nothing until the client's call is over."""
        self._released.wait(seconds)

    def pause(self, seconds: float) -> bool:
        """Wait; False if the client's call has ended meanwhile."""
        return not self._released.wait(seconds)

    def read(self, most: int) -> bytes:
        """What has come, at most so much; empty at the end."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                data = self.socket.recv(most)
                break
            except ssl.SSLWantReadError:
                data = b""
            except (TimeoutError, BlockingIOError):
                data = b""
            except OSError as error:
                raise GoneError from error
            if self._done.is_set() or time.monotonic() > deadline:
                raise GoneError
        self.brought.received += data
        if self.brought.whole_at is None and complete(self.brought.received):
            self.brought.whole_at = time.monotonic()
        return data

    def read_bytes(self, count: int) -> None:
        """Read exactly so many bytes of the request, as far as they come."""
        while len(self.brought.received) < count and self.read(count - len(self.brought.received)):
            pass

    def read_head(self) -> int:
        """Read to the end of the headers, byte for byte; the length of the body."""
        while b"\r\n\r\n" not in self.brought.received:
            if not self.read(1):
                raise GoneError
        return body_length(self.brought.received)

    def read_body(self, share: float = 1.0) -> None:
        """Read a share of the body."""
        length = self.read_head()
        head = self.brought.received.index(b"\r\n\r\n") + 4
        wanted = head + int(length * share)
        while len(self.brought.received) < wanted:
            if not self.read(min(65536, wanted - len(self.brought.received))):
                raise GoneError

    def drain(self) -> None:
        """Find out what had come without being read: it is what a slow server would still get."""
        deadline = time.monotonic() + 0.5
        with contextlib.suppress(GoneError, OSError, ValueError):
            while time.monotonic() < deadline and not self.brought.whole:
                ready, _, _ = select.select([self.socket], [], [], 0.05)
                pending = isinstance(self.socket, ssl.SSLSocket) and self.socket.pending()
                if not ready and not pending:
                    if self._done.is_set():
                        return
                    continue
                if not self.read(65536):
                    return

    def send(self, data: bytes) -> None:
        try:
            self.socket.settimeout(PATIENCE)
            self.socket.sendall(data)
        except OSError as error:
            raise GoneError from error
        finally:
            with contextlib.suppress(OSError):
                self.socket.settimeout(0.05)

    def answer(self, status: str, body: bytes, *headers: str) -> None:
        """Send a proper answer."""
        lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def drip(self, data: bytes, seconds: float) -> None:
        """Send byte by byte until the client's call is over."""
        for place in range(len(data)):
            if not self.pause(seconds):
                return
            self.send(data[place : place + 1])

    def reset(self) -> None:
        """Break the connection with a RST."""
        with contextlib.suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.close()


def complete(request: bytes | bytearray) -> bool:
    """Whether a request has come with the whole of its body."""
    head, blank, _ = bytes(request[:65536]).partition(b"\r\n\r\n")
    return bool(blank) and len(request) - len(head) - 4 >= body_length(request)


def body_length(request: bytes | bytearray) -> int:
    head = bytes(request[:65536]).partition(b"\r\n\r\n")[0].lower()
    return int(head.partition(b"content-length:")[2].split(b"\r\n")[0] or 0)


class FaultServer:
    """Listens on loopback and treats every connection alike."""

    def __init__(
        self,
        act: Callable[[Wire], None],
        *,
        tls: ssl.SSLContext | None = None,
        before_tls: bool = False,
        receive_buffer: int | None = None,
    ) -> None:
        self._act = act
        self._tls = None if before_tls else tls
        self.brought: list[Brought] = []
        self._released = threading.Event()
        self._done = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.socket()
        if receive_buffer is not None:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(64)
        self._listener.settimeout(0.02)
        self.port: int = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def _accept(self) -> None:
        while not self._done.is_set():
            try:
                connected, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            brought = Brought(time.monotonic())
            self.brought.append(brought)
            thread = threading.Thread(target=self._serve, args=(connected, brought), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _serve(self, connected: socket.socket, brought: Brought) -> None:
        wire = Wire(connected, brought, self._released, self._done)
        try:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                connected.settimeout(PATIENCE)
                wire.socket = self._tls.wrap_socket(connected, server_side=True)
            wire.socket.settimeout(0.05)
            self._act(wire)
        except (GoneError, OSError, ValueError):
            pass
        finally:
            wire.close()
            with contextlib.suppress(OSError):
                connected.close()

    def release(self) -> None:
        """The client's call is over: stalled connections look at what they have, and end."""
        self._released.set()

    def close(self) -> None:
        self.release()
        for thread in list(self._threads):
            thread.join(2)
        self._done.set()
        self._acceptor.join(2)
        self._listener.close()
        for thread in list(self._threads):
            thread.join(PATIENCE)


@contextlib.contextmanager
def serving(act: Callable[[Wire], None], **options: object) -> Iterator[FaultServer]:
    server = FaultServer(act, **options)  # type: ignore[arg-type]
    try:
        yield server
    finally:
        server.close()
