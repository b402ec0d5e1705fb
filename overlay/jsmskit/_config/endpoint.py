"""The base URL: where the service, or a mock, is."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from jsms_api.operations import BASE_URL

from ..errors import ConfigurationError
from .credentials import Credentials

#: The vendor's domains, services and mirrors below them included.
_VENDOR: Final = (".jpush.cn", ".jiguang.cn")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A base URL that may be used."""

    scheme: str
    host: str
    port: int
    base: str
    """As it stands in front of every path, without a slash at the end."""

    @property
    def is_loopback(self) -> bool:
        """Whether requests stay on this machine."""
        return is_loopback(self.host)

    @property
    def is_vendor(self) -> bool:
        """Whether requests go to the vendor."""
        return f".{self.host.rstrip('.').lower()}".endswith(_VENDOR)


def is_loopback(host: str) -> bool:
    """Return whether this is `localhost` or an address that never leaves the machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse_base_url(base_url: object) -> Endpoint | ConfigurationError:
    """Validate a base URL; `reject_plain_http` decides whether its scheme may be used.

    Return the error instead of raising it. Its text does not show the address, which may hold a password by mistake.
    """
    problem = _problem(base_url)
    if problem:
        return ConfigurationError(
            f"base_url {problem}",
            field="base_url",
            remedy=f"Leave it out for the service ({BASE_URL}), or pass what the mock prints.",
        )
    parts = urlsplit(str(base_url))
    host = parts.hostname or ""
    default = 443 if parts.scheme == "https" else 80
    port = parts.port or default
    shown = f"[{host}]" if ":" in host else host
    place = shown if port == default else f"{shown}:{port}"
    return Endpoint(parts.scheme, host, port, f"{parts.scheme}://{place}{parts.path.rstrip('/')}")


_PATH_MARKS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_")


def _problem(base_url: object) -> str:
    if not isinstance(base_url, str):
        return f"is {type(base_url).__name__}, not text."
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        return "cannot be read as an address."
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        return "must begin with https:// and a host."
    if not base_url.isascii() or not base_url.isprintable() or " " in base_url or "%" in parts.netloc:
        return "has characters that no address has; write a Chinese host name in its xn-- form."
    if parts.username is not None or parts.password is not None:
        return "must not hold a user name or password; keys are arguments of their own."
    if parts.query or parts.fragment or "?" in base_url or "#" in base_url:
        return "must not have a query or fragment."
    if not set(parts.path) <= _PATH_MARKS or "//" in parts.path:
        return "has a path with other characters than letters, digits, - and _."
    if port == 0:
        return "names port 0."
    return ""


def reject_plain_http(credentials: Credentials, endpoint: Endpoint) -> None:
    """Raise `ConfigurationError` if keys would travel in the clear. The vendor's sample keys protect nothing: with them
    a mock on another machine is reached over plain http.
    """
    if endpoint.scheme == "http" and not endpoint.is_loopback:
        if credentials.only_samples and not endpoint.is_vendor:
            return
        raise ConfigurationError(
            "base_url must begin with https://: over plain http the keys could be read.",
            field="base_url",
            remedy="Use https, or the mock's sample keys: with them plain http is allowed, except to the vendor.",
        )


def reject_sample_keys(credentials: Credentials, endpoint: Endpoint) -> None:
    """Raise `ConfigurationError` for keys that the vendor prints in its documentation, if they go to the vendor."""
    if credentials.any_sample and endpoint.is_vendor:
        raise ConfigurationError(
            "These keys are a sample from the vendor's documentation; the service does not know them.",
            field="app_key",
            remedy="Use the keys of your own application; the samples work with the mock.",
        )
