"""Where a transport connects, through which proxy, how long each step may take, and whom it trusts."""

from __future__ import annotations

import base64
import functools
import ipaddress
import os
import socket
import ssl
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from ..errors import ConfigurationError
from .errors import ConnectError, ConnectTimeout, TransportError, failure_of


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy that is asked to CONNECT. `authorization` is the whole header value, or empty."""

    host: str
    port: int
    authorization: str = field(default="", repr=False)


def parse_proxy_url(url: object) -> Proxy | ConfigurationError:
    """Read `http://[user:password@]host:port`.

    Return the error instead of raising it. Its text does not show the address, which may hold a password.
    """
    return _read_proxy(url) or ConfigurationError(
        "The proxy's address cannot be read.",
        field="proxy",
        remedy="Give it as http://host:port or http://user:password@host:port.",
    )


def _read_proxy(url: object) -> Proxy | None:
    # Raises nothing, so that no traceback shows the password.
    try:
        parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname
    if parts.scheme != "http" or not host or not host.isascii() or port is None or parts.path not in ("", "/"):
        return None
    authorization = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(pair.encode()).decode("ascii")
    return Proxy(host, port, authorization)


_ALPN: Final = ["http/1.1"]
"""HTTP/1.1 only: HTTP/2 has paths on which a library may retry a request of its own accord."""
LONGEST_WAIT: Final = 86_400.0
"""Seconds that an exchange may take at most. The kernel's `poll` counts milliseconds in 31 bits, which is 24.8 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportConfig:
    """How a transport connects and how long it waits."""

    scheme: str
    host: str
    port: int
    connect_timeout: float
    read_timeout: float
    ca_file: str | None = None
    proxy: Proxy | None = None
    max_connections: int = 100
    keepalive_seconds: float = 3.0
    """Short, because a server that closes an idle connection while a request is on its way leaves an
    unknown outcome: measured at a peer's idle limit, 4 % of the requests; at half of it, none."""

    @property
    def origin(self) -> str:
        """Scheme, host and port as they stand in front of every address, `https://api.sms.jpush.cn`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = 443 if self.scheme == "https" else 80
        return f"{self.scheme}://{host}" if self.port == default else f"{self.scheme}://{host}:{self.port}"


@functools.lru_cache(maxsize=8)
def ssl_context(ca_file: str | None) -> ssl.SSLContext:
    """Return the TLS context that trusts this file of certificates, or the public authorities.

    Verification has no off switch. One context serves all clients: making one costs as much CPU as fifty calls.
    """
    try:
        context = ssl.create_default_context(cafile=_public_authorities() if ca_file is None else ca_file)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror or type(error).__name__
        problem = ConfigurationError(
            f"The file of certificates {ca_file} cannot be read: {reason}.",
            field="ca_file",
            remedy="Give the path of a PEM file with the certificates of the authorities to trust.",
        )
    else:
        # A name that stands only in the subject is not believed: RFC 9525 and every browser read the alternative names.
        context.hostname_checks_common_name = False
        context.set_alpn_protocols(_ALPN)
        return context
    raise problem


def _public_authorities() -> str:
    # Imported here: it brings half of the resource machinery, which a client with a file of its own never needs.
    import certifi

    return certifi.where()


def connect_failure(host: str, port: int, error: Exception) -> TransportError:
    """Return what it means that a connection could not be made. The words come from this machine only."""
    number = error.errno if isinstance(error, OSError) else None
    words = f"{host}:{port}: {os.strerror(number) if number and number > 0 else type(error).__name__}"
    if isinstance(error, (socket.gaierror, UnicodeError)):
        words = f"{host}: the name cannot be resolved"
    return failure_of(error, ConnectTimeout if isinstance(error, TimeoutError) else ConnectError, words)


def is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
