"""A proxy to connect through: its address, and the request for a tunnel. Loaded only by clients that have one."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from ..errors import ConfigurationError
from .http11 import OutgoingBytes


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy that is asked to CONNECT. `authorization` is the whole header value, or empty."""

    host: str
    port: int
    authorization: str = field(default="", repr=False)

    def tunnel_request(self, host: str, port: int) -> OutgoingBytes:
        """Return the request for a tunnel to there."""
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return OutgoingBytes(
            memoryview(
                (
                    f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n"
                    + (f"Proxy-Authorization: {self.authorization}\r\n" if self.authorization else "")
                    + "\r\n"
                ).encode("ascii")
            )
        )


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
    if (
        parts.scheme != "http"
        or not host
        or not host.isascii()
        or port is None
        or parts.path not in ("", "/")
    ):
        return None
    authorization = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(pair.encode()).decode("ascii")
    return Proxy(host, port, authorization)
