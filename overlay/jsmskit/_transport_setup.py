"""From the settings of a client to those of its transport.

Part of the transport seam. Knows both sides' names. Must not know requests.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ._hidden import Hidden
from ._settings import Endpoint
from ._transport_wire import WireSettings, trust
from .errors import ConfigurationError

if TYPE_CHECKING:
    from ._transport_proxy import Proxy

__all__ = ["wire_settings"]


def wire_settings(
    endpoint: Endpoint,
    *,
    connect_timeout: float,
    read_timeout: float,
    proxy: Hidden[str | None],
    ca_file: str | os.PathLike[str] | None,
    max_connections: int,
) -> WireSettings:
    """Judge what only the transport understands. Raises `ConfigurationError`."""
    if isinstance(max_connections, bool) or not isinstance(max_connections, int) or max_connections < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError("max_connections must be a whole number from 1.", field="max_connections")
    authorities = None if ca_file is None else os.fspath(ca_file)
    if authorities is not None:
        trust(authorities)  # read now, so that a wrong path is found when the client is made
    return WireSettings(
        scheme=endpoint.scheme,
        host=endpoint.host,
        port=endpoint.port,
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        ca_file=authorities,
        proxy=None if proxy.value is None else _read(proxy),
        max_connections=max_connections,
    )


def _read(proxy: Hidden[str | None]) -> Proxy:
    from ._transport_proxy import Proxy  # most clients have none, and do not pay for it

    return Proxy.from_url(proxy)
