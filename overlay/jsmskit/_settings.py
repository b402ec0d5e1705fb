"""Where the service is, how long a call may take, what the environment says: judged when a client is made.

Knows the rules for addresses and times, and the names of the environment's variables. Must not know
transports or operations. Reads nothing by itself: the environment comes in as an argument (files that it
names are read).
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from jsms_api.operations import BASE_URL

from ._hidden import Hidden
from ._retries import RetryPolicy
from .credentials import Credentials, KeyPair
from .errors import ConfigurationError

__all__ = [
    "BATCH_DEADLINE",
    "CALL_DEADLINE",
    "Endpoint",
    "checked_policy",
    "checked_seconds",
    "credentials_of",
    "endpoint_of",
    "environment_proxy",
    "read_environment",
    "refuse_sample_keys",
]

CALL_DEADLINE: Final = 20.0
"""Seconds that a call may take in all, repeats included."""
BATCH_DEADLINE: Final = 60.0
"""The same for a batch of up to a thousand recipients."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A base address that may be used."""

    scheme: str
    host: str
    port: int
    base: str
    """As it stands in front of every path, without a slash at the end."""

    @property
    def is_loopback(self) -> bool:
        """Whether requests stay on this machine."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """`localhost` and the addresses that never leave the machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def endpoint_of(address: Hidden[object]) -> Endpoint:
    """Judge a base address. Plain http is for loopback only: the keys would travel in the clear.

    Raises `ConfigurationError`. Its text does not show the address, which may hold a password by mistake.
    """
    problem = _address_problem(address.value)
    if problem:
        raise ConfigurationError(
            f"base_url {problem}",
            field="base_url",
            remedy=f"Leave it out for the service ({BASE_URL}), or pass what the mock prints.",
        )
    parts = urlsplit(str(address.value))
    host = parts.hostname or ""
    default = 443 if parts.scheme == "https" else 80
    port = parts.port or default
    shown = f"[{host}]" if ":" in host else host
    place = shown if port == default else f"{shown}:{port}"
    return Endpoint(parts.scheme, host, port, f"{parts.scheme}://{place}{parts.path.rstrip('/')}")


_PATH_MARKS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_")


def _address_problem(base_url: object) -> str:
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
    if parts.scheme == "http" and not is_loopback(host):
        return (
            "must begin with https://: over plain http the keys could be read. Only loopback may do without."
        )
    return ""


def checked_seconds(name: str, value: object) -> float:
    """A time in seconds: positive and finite."""
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not math.isfinite(value)
        or value <= 0
    ):
        raise ConfigurationError(
            f"{name} must be a positive number of seconds.", field=name, remedy="Pass seconds, such as 20.0."
        )
    return float(value)


def checked_policy(value: object) -> RetryPolicy:
    """A policy of this package; whoever passes a number meant something else."""
    if not isinstance(value, RetryPolicy):
        raise ConfigurationError(
            f"retry is {type(value).__name__}, not a RetryPolicy.",
            field="retry",
            remedy="Pass RetryPolicy(max_attempts=1) for no repeats, or leave it out.",
        )
    return value


_NAMES: Final = ("app_key", "master_secret", "dev_key", "dev_secret")


def credentials_of(given: tuple[Hidden[object], ...]) -> Credentials:
    """Judge the four values app_key, master_secret, dev_key, dev_secret; the last two may both be None."""
    app_key, master_secret, dev_key, dev_secret = given
    app = KeyPair(app_key, master_secret, names=_NAMES[:2])
    if dev_key.value is None and dev_secret.value is None:
        return Credentials(app)
    if dev_key.value is None or dev_secret.value is None:
        missing = "dev_key" if dev_key.value is None else "dev_secret"
        raise ConfigurationError(
            f"{missing} is missing: dev_key and dev_secret belong together.",
            field=missing,
            remedy="Pass both or neither. Only account_balance needs them.",
        )
    return Credentials(app, KeyPair(dev_key, dev_secret, names=_NAMES[2:]))


def refuse_sample_keys(credentials: Credentials, endpoint: Endpoint) -> None:
    """Keys that the vendor prints in its documentation are good for the mock, never for the service."""
    if credentials.any_sample and not endpoint.is_loopback:
        raise ConfigurationError(
            "These keys are a sample from the vendor's documentation; the service does not know them.",
            field="app_key",
            remedy="Use the keys of your own application; the samples work with the mock on loopback.",
        )


def environment_proxy(endpoint: Endpoint) -> str | None:
    """The proxy that the process's environment names for this address; None for loopback and excepted
    hosts.
    """
    from urllib.request import getproxies_environment, proxy_bypass  # heavy, and seldom asked for

    if endpoint.is_loopback or proxy_bypass(endpoint.host):
        return None
    named = getproxies_environment()
    return named.get(endpoint.scheme) or named.get("all")


_VARIABLES: Final[Mapping[str, str]] = {
    "app_key": "JSMS_APP_KEY",
    "master_secret": "JSMS_MASTER_SECRET",
    "dev_key": "JSMS_DEV_KEY",
    "dev_secret": "JSMS_DEV_SECRET",
    "base_url": "JSMS_BASE_URL",
}


def _read_file(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


def read_environment(
    variables: Hidden[Mapping[str, str]], *, read_file: Callable[[str], str] = _read_file
) -> dict[str, Hidden[str]]:
    """The settings that the environment holds, by the constructor's names.

    Each variable may be given as `NAME` or as `NAME_FILE`, the path of a file with the value (line breaks at
    its end do not count). An empty variable counts as not set. Raises `ConfigurationError` naming the
    variable, never the value.
    """
    found: dict[str, Hidden[str]] = {}
    for argument, variable in _VARIABLES.items():
        value, problem = _look_up(variables.value, variable, read_file)
        if problem:
            remedy = f"Set one of the two, {variable} or {variable}_FILE."
            raise ConfigurationError(problem, field=argument, remedy=remedy)
        if value is not None:
            found[argument] = value
    missing = [_VARIABLES[name] for name in _NAMES[:2] if name not in found]
    if missing:
        raise ConfigurationError(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set.",
            remedy="Set them to the keys of your application (console: application settings), or pass them.",
        )
    return found


def _look_up(
    environ: Mapping[str, str], variable: str, read_file: Callable[[str], str]
) -> tuple[Hidden[str] | None, str]:
    """The value of a variable or of the file that its twin names, and what is wrong. Raises nothing."""
    direct, path = environ.get(variable, ""), environ.get(f"{variable}_FILE", "")
    if direct and path:
        return None, f"{variable} and {variable}_FILE are both set."
    if direct:
        return Hidden(direct), ""
    if not path:
        return None, ""
    try:
        return Hidden(read_file(path).rstrip("\r\n")), ""
    except (OSError, ValueError) as error:
        return None, f"The file that {variable}_FILE names cannot be read ({type(error).__name__})."
