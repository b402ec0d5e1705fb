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
from collections.abc import Generator
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlencode, urlsplit

#: Seconds that a receiver has to answer. The service's own are not documented (gap G13).
ANSWER_SECONDS: Final = 5.0

#: Bytes of an answer that are read; what a receiver says beyond its status means nothing.
MAX_ANSWER_BYTES: Final = 64 * 1024

#: Beside the documented form, so that a receiver can tell the mock from the service.
_MARK: Final = {"X-Mock": "jsmskit", "User-Agent": "jsmskit-mock"}

#: The status that a receiver gives the echo with; not documented in so many words (callback page).
_ECHO_STATUS: Final = 200


class CallbackAddressError(ValueError):
    """An address that cannot be used for callbacks. The text says why and what to do."""


@dataclass(frozen=True, slots=True)
class CallbackResult:
    """What one request to a receiver came to.

    Attributes:
        status: the receiver's HTTP status; None when none came.
        body: the beginning of its answer.
        problem: why no status came, in a few words; empty otherwise.
    """

    status: int | None = None
    body: bytes = b""
    problem: str = ""

    @property
    def delivered(self) -> bool:
        """Any 2xx is success: what the vendor counts is not documented (gap G13)."""
        return self.status is not None and 200 <= self.status <= 299

    @property
    def detail(self) -> str:
        """A few words for the delivery log."""
        return self.problem or f"HTTP {self.status}"


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


def split_address(url: str) -> SplitResult:
    """Check the form of a receiver's address, without asking it anything.

    The service demands http or https and allows no port of one's own (C25); ports are allowed here, because
    a receiver under test listens on one.

    Raises:
        CallbackAddressError: not an http or https address, or one with credentials or a fragment.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise CallbackAddressError(f"{url!r} is not an address ({error})") from None
    if parts.scheme not in ("http", "https"):
        raise CallbackAddressError(f"{url!r} must begin with http:// or https://")
    if not parts.hostname or port == 0:
        raise CallbackAddressError(f"{url!r} names no host")
    if parts.username is not None or parts.fragment:
        raise CallbackAddressError(f"{url!r} must carry neither credentials nor a fragment")
    if not url.isascii() or any(character <= " " for character in url):
        raise CallbackAddressError(f"{url!r} holds characters that must be percent-encoded")
    return parts


@dataclass(frozen=True, slots=True)
class CallbackSender:
    """Carries callbacks to receivers over HTTP.

    Attributes:
        allow_remote: also to other machines. Off by default: a mock must not post into a network by mistake.
        seconds: that a receiver has for its whole answer.
    """

    allow_remote: bool = False
    seconds: float = ANSWER_SECONDS

    def check_address(self, url: str, echo: str) -> None:
        """Check an address as the console does: it must answer the text it was asked with (7.2).

        Raises:
            CallbackAddressError: the address cannot be, does not answer, or does not echo.
        """
        parts = split_address(url)
        query = urlencode({"echostr": echo})
        with_echo = parts._replace(query="&".join(filter(None, (parts.query, query))))
        answer = self._ask(with_echo, "GET", {}, None)
        if answer.problem:
            raise CallbackAddressError(f"{url} was asked for its echo: {answer.problem}")
        if answer.status != _ECHO_STATUS or answer.body != echo.encode():
            got = answer.body[:40].decode("utf-8", "replace")
            raise CallbackAddressError(
                f"{url} must answer ?{query} with status {_ECHO_STATUS} and the body {echo!r};"
                f" it answered {answer.status} and {got!r}"
            )

    def send(self, url: str, form: bytes) -> CallbackResult:
        """Post one event and judge the answer."""
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        try:
            return self._ask(split_address(url), "POST", headers, form)
        except CallbackAddressError as error:
            return CallbackResult(problem=str(error))

    def _ask(self, parts: SplitResult, method: str, headers: dict[str, str], body: bytes | None) -> CallbackResult:
        """Make one request and read the beginning of the answer. Blocks; never follows a redirect."""
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            addresses = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (socket.gaierror, UnicodeError):
            return CallbackResult(problem=f"the host {host!r} has no address")
        if not self.allow_remote and not all(map(_is_loopback, addresses)):
            problem = f"the host {host!r} is not this machine, and remote targets are not allowed"
            return CallbackResult(problem=problem)
        try:
            sock = self._connect(addresses, port)
        except OSError as error:
            return CallbackResult(problem=f"no connection ({_reason(error)})")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            if parts.scheme == "https":
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
            with _deadline(sock, self.seconds):
                connection = http.client.HTTPConnection(host, port)
                connection.sock = sock
                fixed = {**_MARK, "Host": parts.netloc, "Connection": "close"}
                connection.request(method, path, body, {**fixed, **headers})
                with connection.getresponse() as response:
                    return CallbackResult(response.status, response.read(MAX_ANSWER_BYTES))
        except (OSError, http.client.HTTPException) as error:
            return CallbackResult(problem=f"no answer ({_reason(error)})")
        finally:
            sock.close()

    def _connect(self, addresses: list[str], port: int) -> socket.socket:
        """Connect to the first address that takes the connection."""
        for address in addresses[:-1]:
            with contextlib.suppress(OSError):
                return socket.create_connection((address, port), self.seconds)
        return socket.create_connection((addresses[-1], port), self.seconds)


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


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
    except (OSError, http.client.HTTPException):  # the receiver may answer the end with a reset
        if not expired:
            raise
    finally:
        timer.cancel()
    if expired:  # what was read until then may look like a whole answer
        raise TimeoutError


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "in time"
    text = str(error) if isinstance(error, OSError) and error.errno is None else getattr(error, "strerror", None)
    return str(text or type(error).__name__)
