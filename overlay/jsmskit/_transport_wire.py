"""What both colours of the transport share: where to connect, how long each step may take, whom to trust.

Part of the transport seam. Knows addresses and TLS. Must not know operations, credentials or outcomes.
"""

from __future__ import annotations

import functools
import ipaddress
import math
import os
import select
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .errors import ConfigurationError

if TYPE_CHECKING:
    from ._transport_proxy import Proxy

__all__ = [
    "ALPN",
    "WireSettings",
    "has_something",
    "is_numeric",
    "trust",
    "why_unreachable",
]

ALPN: Final = ["http/1.1"]
"""HTTP/1.1 only: HTTP/2 has paths on which a library may repeat a request by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireSettings:
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
    max_answer_bytes: int = 4 * 1024 * 1024

    @property
    def origin(self) -> str:
        """Scheme, host and port as they stand in front of every address, `https://api.sms.jpush.cn`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = 443 if self.scheme == "https" else 80
        return f"{self.scheme}://{host}" if self.port == default else f"{self.scheme}://{host}:{self.port}"


@functools.lru_cache(maxsize=8)
def trust(ca_file: str | None) -> ssl.SSLContext:
    """The TLS context that trusts this file of certificates, or the public authorities. Verification has no
    off switch.

    One context serves all clients: making one costs as much CPU as fifty calls.
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
        context.set_alpn_protocols(ALPN)
        return context
    raise problem


def _public_authorities() -> str:
    # Imported here: it brings half of the resource machinery, which a client with a file of its own never needs.
    import certifi

    return certifi.where()


def has_something(descriptor: int, seconds: float = 0.0, *, to_write: bool = False) -> bool:
    """Whether a read on this socket (or a write) would return at once, or does so within this time.

    On an idle connection that means that the other side has closed it, or says what nobody asked for.
    """
    if descriptor < 0:
        return True
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT if to_write else select.POLLIN)
        return bool(poll.poll(math.ceil(seconds * 1000)))
    wanted = [descriptor]
    return any(select.select([] if to_write else wanted, wanted if to_write else [], [], seconds))


def why_unreachable(host: str, port: int, error: Exception) -> str:
    """Words for a connection that could not be made; they come from this machine only."""
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return f"{host}: the name cannot be resolved"
    return f"{host}:{port}: {os.strerror(number) if number and number > 0 else type(error).__name__}"


def is_numeric(host: str) -> bool:
    """Whether the host is an address that needs no look-up."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
