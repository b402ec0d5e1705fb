"""The mock's only way out: one HTTP request to a callback receiver.

A mock
that posts wherever it is told would be a tool against its own network, so targets are loopback addresses
unless the caller says otherwise; the address that was checked is the one that is connected to; redirects
are not followed, and no proxy of the environment is used.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

#: Seconds that a receiver has to answer. The service's own are not documented (gap G13).
ANSWER_SECONDS = 5.0

#: Bytes of an answer that are read; what a receiver says beyond its status means nothing.
MAX_ANSWER_BYTES = 64 * 1024


class OutgoingError(Exception):
    """The request could not be made or was not answered. The text says why in a few words."""


class TargetError(ValueError):
    """An address that cannot be a target. The text says what is wrong with it and the remedy."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered: its HTTP status and the beginning of its body."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Target:
    """A receiver's address, split and checked for form.

    Attributes:
        url: as it was given.
        parts: the same, split.
    """

    url: str
    parts: SplitResult

    @property
    def port(self) -> int:
        """The port, the scheme's own where none is named."""
        return self.parts.port or (443 if self.parts.scheme == "https" else 80)


def parse_target(url: str) -> Target:
    """Check the form of a receiver's address.

    The service demands http or https and allows no port of one's own (C25); ports are allowed here, because
    a receiver under test listens on one.

    Raises:
        TargetError: not an http or https address, or one with credentials or a fragment.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise TargetError(f"{url!r} is not an address ({error})") from None
    if parts.scheme not in ("http", "https"):
        raise TargetError(f"{url!r} must begin with http:// or https://")
    if not parts.hostname or port == 0:
        raise TargetError(f"{url!r} names no host")
    if parts.username is not None or parts.fragment:
        raise TargetError(f"{url!r} must carry neither credentials nor a fragment")
    if not url.isascii() or any(character <= " " for character in url):
        raise TargetError(f"{url!r} holds characters that must be percent-encoded")
    return Target(url, parts)


def _addresses(
    target: Target, *, allow_remote: bool
) -> list[tuple[socket.AddressFamily, tuple[object, ...]]]:
    host = target.parts.hostname or ""
    try:
        infos = socket.getaddrinfo(host, target.port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise OutgoingError(f"the host {host!r} has no address") from error
    if not allow_remote:
        for info in infos:
            if not ipaddress.ip_address(str(info[4][0]).partition("%")[0]).is_loopback:
                raise OutgoingError(
                    f"the host {host!r} is not this machine, and remote targets are not allowed"
                )
    return [(info[0], info[4]) for info in infos]


class _OpenConnection(http.client.HTTPConnection):
    """A connection over a socket that is open already, to an address that was checked."""

    def __init__(self, host: str, port: int, sock: socket.socket) -> None:
        super().__init__(host, port)
        self.sock = sock


@contextlib.contextmanager
def _deadline(sock: socket.socket, seconds: float) -> Generator[None]:
    """Bound the whole exchange: a socket's own timeout starts again with every byte."""
    expired = False

    def end() -> None:
        nonlocal expired
        expired = True
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if expired:  # what was read until then may look like a whole answer
        raise TimeoutError


def exchange(
    target: Target,
    method: str,
    *,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    allow_remote: bool = False,
    seconds: float = ANSWER_SECONDS,
) -> Answer:
    """Make one request and read the beginning of the answer. Blocks; never follows a redirect.

    Args:
        target: the receiver.
        method: GET or POST.
        query: added to the address's own query.
        headers: beside Host and Content-Length.
        body: the bytes to post.
        allow_remote: also connect to hosts other than this machine.
        seconds: for the whole exchange.

    Raises:
        OutgoingError: no address, not loopback, no connection, no answer in time, or no HTTP.
    """
    sock = _connected(_addresses(target, allow_remote=allow_remote), seconds)
    parts = target.parts
    queries = "&".join(filter(None, (parts.query, query)))
    path = (parts.path or "/") + (f"?{queries}" if queries else "")
    try:
        if parts.scheme == "https":
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=parts.hostname)
        with _deadline(sock, seconds):
            connection = _OpenConnection(parts.hostname or "", target.port, sock)
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", parts.netloc)
            connection.putheader("Connection", "close")
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            with connection.getresponse() as response:
                return Answer(response.status, response.read(MAX_ANSWER_BYTES))
    except (OSError, http.client.HTTPException) as error:
        raise OutgoingError(f"no answer ({_reason(error)})") from error
    finally:
        sock.close()


def _connected(
    addresses: list[tuple[socket.AddressFamily, tuple[object, ...]]], seconds: float
) -> socket.socket:
    """Connect to the first address that takes the connection."""
    problem: OSError | None = None
    for family, address in addresses:
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.settimeout(seconds)
        try:
            sock.connect(address)
        except OSError as error:
            sock.close()
            problem = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise OutgoingError(f"no connection ({_reason(problem)})") from problem


def _reason(error: Exception | None) -> str:
    if isinstance(error, TimeoutError):
        return "in time"
    text = (
        str(error) if isinstance(error, OSError) and error.errno is None else getattr(error, "strerror", None)
    )
    return str(text or type(error).__name__)
