"""The options of a client, validated when it is made, and what of them the environment holds."""

from __future__ import annotations

import ipaddress
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast, final
from urllib.parse import urlsplit

from jsms_api.operations import BASE_URL

from .._calls.classification import RetryPolicy
from .._privacy import Hidden, Secret
from ..errors import ConfigurationError
from .credentials import Credentials

if TYPE_CHECKING:
    from .._http.config import Proxy, TransportConfig
    from ..recipient_guard import RecipientGuard


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


T = TypeVar("T")

CALL_DEADLINE: Final = 20.0
"""Seconds that a call may take in all, retries included."""
BATCH_DEADLINE: Final = 60.0
"""The same for a batch of up to a thousand recipients."""
MAX_SECONDS: Final = 86_400.0
"""A day. A longer time counts as this long: system calls take at most 24.8 days, and overflow beyond."""


def unwrap(value: T | ConfigurationError) -> T:
    """Return a validated value, or raise the error that is there instead."""
    if isinstance(value, ConfigurationError):
        raise value
    return value


def validate_seconds(name: str, value: object) -> float:
    """Return a time in seconds, at most a day. Raises `ConfigurationError` unless it is positive and finite."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value <= 0:
        raise ConfigurationError(
            f"{name} must be a positive number of seconds.", field=name, remedy="Pass seconds, such as 20.0."
        )
    return min(float(value), MAX_SECONDS)


def validate_retry_policy(value: object) -> RetryPolicy:
    """Return a policy of this package; a number, for example, means something else. Raises `ConfigurationError`."""
    if not isinstance(value, RetryPolicy):
        raise ConfigurationError(
            f"retry is {type(value).__name__}, not a RetryPolicy.",
            field="retry",
            remedy="Pass RetryPolicy(max_attempts=1) for no retries, or leave it out.",
        )
    return value


def parse_proxy(url: object) -> Proxy | ConfigurationError | None:
    """Read the address of a proxy, if there is one. Return the error instead of raising it."""
    if url is None:
        return None
    from .._http.config import parse_proxy_url  # most clients have none, and do not pay for it

    return parse_proxy_url(url)


def reject_foreign_options(transport: object, *, proxy: object, ca_file: object) -> None:
    """Raise `ConfigurationError` for what cannot go together with a transport that was passed in."""
    if isinstance(transport, str):
        raise ConfigurationError(
            "transport is text, not a transport.",
            field="transport",
            remedy="Leave it out, or pass an object with exchange() and close().",
        )
    if proxy is not None or ca_file is not None:
        raise ConfigurationError(
            "proxy and ca_file belong to the transport of this package, but another one is given.",
            field="transport",
            remedy="Set them on the transport that you pass.",
        )


def transport_config(
    endpoint: Endpoint,
    *,
    connect_timeout: object,
    read_timeout: object,
    proxy: Proxy | None,
    ca_file: object,
    max_connections: object,
) -> TransportConfig:
    """Validate what only the transport understands. Raises `ConfigurationError`."""
    from .._http.config import TransportConfig, ssl_context  # a client with its own transport never loads it

    if isinstance(max_connections, bool) or not isinstance(max_connections, int) or max_connections < 1:
        raise ConfigurationError("max_connections must be a whole number from 1.", field="max_connections")
    if ca_file is not None and not isinstance(ca_file, (str, os.PathLike)):
        raise ConfigurationError("ca_file must be the path of a PEM file.", field="ca_file")
    authorities = None if ca_file is None else os.fspath(cast("str | os.PathLike[str]", ca_file))
    if authorities is not None:
        ssl_context(authorities)  # read now, so that a wrong path is found when the client is made
    return TransportConfig(
        scheme=endpoint.scheme,
        host=endpoint.host,
        port=endpoint.port,
        connect_timeout=validate_seconds("connect_timeout", connect_timeout),
        read_timeout=validate_seconds("timeout", read_timeout),
        ca_file=authorities,
        proxy=proxy,
        max_connections=max_connections,
    )


_VARIABLES: Final[Mapping[str, str]] = {
    "app_key": "JSMS_APP_KEY",
    "master_secret": "JSMS_MASTER_SECRET",
    "dev_key": "JSMS_DEV_KEY",
    "dev_secret": "JSMS_DEV_SECRET",
    "base_url": "JSMS_BASE_URL",
}


@final
class ClientArguments(Hidden):
    """Arguments of a client's constructor: they hold keys, and perhaps a proxy's password."""

    __slots__ = ("by_name",)

    def __init__(self, by_name: dict[str, Any]) -> None:
        self.by_name = by_name


def read_environment(variables: Mapping[str, str], options: Mapping[str, Any]) -> ClientArguments | ConfigurationError:
    """Return the arguments that the environment holds, and the options beside them, which win.

    Each variable may be given as `NAME` or as `NAME_FILE`, the path of a file with the value (line breaks at its end do
    not count). An empty variable counts as not set. The error, returned instead of raised, names the variable, never
    the value.
    """
    found: dict[str, Any] = {}
    for argument, variable in _VARIABLES.items():
        value = _look_up(variables, variable, argument)
        if isinstance(value, ConfigurationError):
            return value
        if value is not None:
            found[argument] = Secret(value) if argument.endswith("secret") else value
    missing = [_VARIABLES[name] for name in ("app_key", "master_secret") if name not in found]
    if missing:
        both = "JSMS_APP_KEY and JSMS_MASTER_SECRET are not set."
        return ConfigurationError(
            f"{missing[0]} is not set." if len(missing) == 1 else both,
            remedy="Set them to the keys of your application (console: application settings), or pass them.",
        )
    guard = read_guard(variables, options.get("recipients"), options.get("on_withheld", "raise"))
    if isinstance(guard, ConfigurationError):
        return guard
    return ClientArguments({**found, **options, **({"recipients": guard} if guard else {})})


_ONLY_TO: Final = "JSMS_ONLY_TO"
_REDIRECT_TO: Final = "JSMS_REDIRECT_TO"


def read_guard(
    variables: Mapping[str, str], recipients: object, on_withheld: object
) -> RecipientGuard | ConfigurationError | None:
    """Return the recipient guard of a client: the rule that was passed, and the one that the environment holds. None if
    there is no rule.

    Both count: the environment can be made stricter by an argument, and never switched off. Here a variable that is set
    and empty is an error: a list that got lost must not mean everyone.
    """
    if on_withheld not in ("raise", "return"):
        return ConfigurationError(
            'on_withheld is neither "raise" nor "return".', field="on_withheld", remedy='Leave it out for "raise".'
        )
    present = [name for name in (_ONLY_TO, _REDIRECT_TO) if name in variables or f"{name}_FILE" in variables]
    if recipients is None and not present:
        return None
    from ..recipient_guard import (  # most clients have no guard, and do not pay for it
        ARGUMENT,
        OnlyTo,
        RecipientGuard,
        RecipientRule,
        RedirectTo,
        read_rule,
    )

    if isinstance(recipients, RecipientGuard):
        rules = [*recipients.rules]
    elif recipients is None or isinstance(recipients, RecipientRule):
        rules = [] if recipients is None else [(ARGUMENT, recipients)]
    else:
        problem = f"recipients is {type(recipients).__name__}, neither OnlyTo nor RedirectTo."
        return ConfigurationError(problem, field=ARGUMENT, remedy="Pass OnlyTo(...), RedirectTo(...), or leave it out.")
    if len(present) > 1:
        return ConfigurationError(
            f"{' and '.join(present)} are both set.", field=ARGUMENT, remedy="Set one of the two."
        )
    for variable in present:
        text = _look_up(variables, variable, ARGUMENT)
        if isinstance(text, ConfigurationError):
            return text
        rule = read_rule(OnlyTo if variable == _ONLY_TO else RedirectTo, variable, text or "")
        if isinstance(rule, ConfigurationError):
            return rule
        if (variable, rule) not in rules:
            rules.append((variable, rule))
    return RecipientGuard(rules, on_withheld)


def _look_up(variables: Mapping[str, str], variable: str, field: str) -> str | ConfigurationError | None:
    """Return the value of a variable, or of the file that its `_FILE` form names."""
    direct, path = variables.get(variable, ""), variables.get(f"{variable}_FILE", "")
    if direct and path:
        problem = f"{variable} and {variable}_FILE are both set."
    elif not path:
        return direct or None
    else:
        try:
            return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, ValueError) as error:
            problem = f"The file that {variable}_FILE names cannot be read ({type(error).__name__})."
    remedy = f"Set one of the two, {variable} or {variable}_FILE."
    return ConfigurationError(problem, field=field, remedy=remedy)


def environment_proxy(endpoint: Endpoint) -> str | None:
    """Return the proxy that the process's environment names for this address; None for loopback and excepted hosts."""
    from urllib.request import getproxies_environment, proxy_bypass  # heavy, and seldom asked for

    if endpoint.is_loopback or proxy_bypass(endpoint.host):
        return None
    named = getproxies_environment()
    return named.get(endpoint.scheme) or named.get("all")
