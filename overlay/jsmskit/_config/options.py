"""Times, retry policy and transport options of a client, validated when it is made."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Final, TypeVar, cast

from .._calls.retry import RetryPolicy
from ..errors import ConfigurationError
from .endpoint import Endpoint

if TYPE_CHECKING:
    from .._http.config import Proxy, TransportConfig

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
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not math.isfinite(value)
        or value <= 0
    ):
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
