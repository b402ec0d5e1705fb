"""What the mock says to a callback receiver, and how it judges the answer.

Signs with its own few lines: the overlay's verifier is judged by this code and must not share any
with it.

This is the mock's only way out. A mock that posts wherever it is told would be a tool against its own network, so
targets are loopback addresses unless the caller says otherwise; the address that was checked is the one that is
connected to; redirects are not followed, and no proxy of the environment is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, urlencode, urlsplit

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


def _addresses(target: Target, *, allow_remote: bool) -> list[tuple[socket.AddressFamily, tuple[object, ...]]]:
    host = target.parts.hostname or ""
    try:
        infos = socket.getaddrinfo(host, target.port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise OutgoingError(f"the host {host!r} has no address") from error
    if not allow_remote:
        for info in infos:
            if not ipaddress.ip_address(str(info[4][0]).partition("%")[0]).is_loopback:
                raise OutgoingError(f"the host {host!r} is not this machine, and remote targets are not allowed")
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


def _connected(addresses: list[tuple[socket.AddressFamily, tuple[object, ...]]], seconds: float) -> socket.socket:
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
    text = str(error) if isinstance(error, OSError) and error.errno is None else getattr(error, "strerror", None)
    return str(text or type(error).__name__)


#: Beside the documented form, so that a receiver can tell the mock from the service.
_MARK = {"X-Mock": "jsmskit", "User-Agent": "jsmskit-mock"}

#: The status that a receiver gives the echo with; not documented in so many words (callback page).
_ECHO_STATUS = 200


class CallbackAddressError(ValueError):
    """An address that cannot be used for callbacks. The text says why and what to do."""


class Exchange(Protocol):
    """How a request leaves: `http_client.exchange`, or a stand-in that needs no network."""

    def __call__(
        self,
        target: Target,
        method: str,
        *,
        query: str = "",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        allow_remote: bool = False,
    ) -> Answer:
        """Make one request; raises `OutgoingError` when no answer comes."""
        ...


def sign(app_key: str, master_secret: str, nonce: int, timestamp: int) -> str:
    """Sign a callback: SHA-1, lower-case hexadecimal, over the pair, the nonce and the time (7.4).

    The type and the data are not covered. That is the service's recipe, and a receiver must know it.
    """
    text = f"appKey={app_key}&appMasterSecret={master_secret}&nonce={nonce}&timestamp={timestamp}"
    return hashlib.sha1(text.encode()).hexdigest()  # noqa: S324  # the service's recipe


def event_form(app_key: str, master_secret: str, *, nonce: int, timestamp: int, kind: str, data: str) -> bytes:
    """Make the form body of an event, in the documented order of fields (7.3).

    Args:
        app_key: of the application that the event belongs to.
        master_secret: of the same application.
        nonce: a signed 64-bit integer.
        timestamp: milliseconds since 1970.
        kind: SMS_REPORT, SMS_REPLY, SMS_TEMPLATE or SMS_SIGN.
        data: the event as JSON text.
    """
    signature = sign(app_key, master_secret, nonce, timestamp)
    fields = {"nonce": nonce, "timestamp": timestamp, "signature": signature, "type": kind, "data": data}
    return urlencode(fields).encode("ascii")


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """What one attempt to deliver came to.

    Attributes:
        status: the receiver's HTTP status; None when none came.
        problem: why no status came, in a few words; None otherwise.
    """

    status: int | None
    problem: str | None = None

    @property
    def delivered(self) -> bool:
        """Any 2xx is success: what the vendor counts is not documented (gap G13)."""
        return self.status is not None and 200 <= self.status <= 299

    @property
    def detail(self) -> str:
        """A few words for the delivery log."""
        return self.problem or f"HTTP {self.status}"


@dataclass(frozen=True, slots=True)
class CallbackSender:
    """Carries callbacks to receivers over HTTP.

    Attributes:
        allow_remote: also to other machines. Off by default: a mock must not post into a network by mistake.
        exchange: makes the request.
    """

    allow_remote: bool = False
    exchange: Exchange = exchange

    def check_form(self, url: str) -> None:
        """Check the form of an address, without asking it anything.

        Raises:
            CallbackAddressError: the address cannot be.
        """
        try:
            parse_target(url)
        except TargetError as error:
            raise CallbackAddressError(str(error)) from None

    def check_address(self, url: str, echo: str) -> None:
        """Check an address as the console does: it must answer the text it was asked with (7.2).

        Raises:
            CallbackAddressError: the address cannot be, does not answer, or does not echo.
        """
        query = urlencode({"echostr": echo})
        try:
            answer = self.exchange(parse_target(url), "GET", query=query, headers=_MARK, allow_remote=self.allow_remote)
        except TargetError as error:
            raise CallbackAddressError(str(error)) from None
        except OutgoingError as error:
            raise CallbackAddressError(f"{url} was asked for its echo: {error}") from error
        if answer.status != _ECHO_STATUS or answer.body != echo.encode():
            got = answer.body[:40].decode("utf-8", "replace")
            raise CallbackAddressError(
                f"{url} must answer ?{query} with status {_ECHO_STATUS} and the body {echo!r};"
                f" it answered {answer.status} and {got!r}"
            )

    def send(self, url: str, form: bytes) -> AttemptResult:
        """Post one event and judge the answer."""
        headers = {**_MARK, "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        try:
            target = parse_target(url)
            answer = self.exchange(target, "POST", headers=headers, body=form, allow_remote=self.allow_remote)
        except (TargetError, OutgoingError) as error:
            return AttemptResult(None, str(error))
        return AttemptResult(answer.status)
