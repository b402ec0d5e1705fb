"""A proxy to connect through: its address, and the request for a tunnel.

Part of the transport seam, loaded by those who have a proxy. Knows what such an address looks like. Must not know
sockets.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from ._hidden import Hidden
from .errors import ConfigurationError

__all__ = ["Proxy"]


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy that is asked to CONNECT. `authorization` is the whole header value, or empty."""

    host: str
    port: int
    authorization: str = field(default="", repr=False)

    def request(self, host: str, port: int) -> bytes:
        """The request for a tunnel to there."""
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
        if self.authorization:
            lines.append(f"Proxy-Authorization: {self.authorization}")
        return "\r\n".join([*lines, "", ""]).encode("ascii")

    @classmethod
    def from_url(cls, url: Hidden[str | None]) -> Proxy:
        """Read `http://[user:password@]host:port`.

        Raises `ConfigurationError` for anything else; its text does not show the address, which may hold a
        password.
        """
        proxy = _read_proxy(url.value)
        if proxy is None:
            raise ConfigurationError(
                "The proxy's address cannot be read.",
                field="proxy",
                remedy="Give it as http://host:port or http://user:password@host:port.",
            )
        return proxy


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
