"""A callback receiver for tests: echoes, records, answers what it is told, on a loopback port of its own."""

from __future__ import annotations

import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit


@dataclass
class Receiver:
    """What came in, and what is answered.

    Attributes:
        url: the address to set.
        events: the fields of every POST, in order.
        headers: the headers of every POST, names in lower case.
        echoes: the text of every echo check.
        queries: the query of every echo check.
        statuses: what the next POSTs are answered with; 200 when it is empty.
        echo: makes the answer to an echo check.
        meanwhile: called while a POST is being answered.
    """

    url: str = ""
    events: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    echoes: list[str] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    echo: Callable[[str], tuple[int, str]] = lambda text: (200, text)
    meanwhile: Callable[[], Any] = lambda: None


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Be silent about callers that were killed in the middle of a word; print what else goes wrong."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def receiving(path: str = "/callback", *, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver while the context is open; over TLS if a context is given."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = urlsplit(self.path).query
            receiver.queries.append(query)
            text = parse_qs(query)["echostr"][0]
            receiver.echoes.append(text)
            self.tell(*receiver.echo(text))

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:  # the caller was killed between two writes; what it meant is not told
                self.close_connection = True
                return
            receiver.headers.append({name.lower(): value for name, value in self.headers.items()})
            receiver.meanwhile()
            receiver.events.append(dict(parse_qsl(body.decode(), strict_parsing=True, keep_blank_values=True)))
            self.tell(receiver.statuses.pop(0) if receiver.statuses else 200, "OK")

        def tell(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            if 300 <= status <= 399:
                self.send_header("location", receiver.url + "/elsewhere")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
            """Say nothing."""

    with _Server(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        scheme = "http" if tls is None else "https"
        receiver.url = f"{scheme}://127.0.0.1:{server.server_address[1]}{path}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
