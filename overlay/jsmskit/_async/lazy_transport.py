"""The transport of a client, made when the first call needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from .._http.protocols import AsyncTransport
from ..errors import ConfigurationError

if TYPE_CHECKING:
    from .._http.config import TransportConfig


@final
class AsyncLazyTransport:
    """Holds a transport that was passed in, or makes one of the package: loading it costs more than making a client."""

    def __init__(self, config: TransportConfig | None, transport: AsyncTransport | None = None) -> None:
        self._config = config
        self._transport = transport
        self._made: dict[str, AsyncTransport] = {}
        self._closed = False

    def get(self) -> AsyncTransport:
        """Return the transport. Raises `ConfigurationError` after closing."""
        if self._closed:
            raise ConfigurationError(
                "The client is closed.", remedy="Make a new client, or close this one later."
            )
        if self._transport is None and self._config is not None:
            from .._http._async.transport import AsyncHttpTransport

            made = AsyncHttpTransport(self._config)
            # One step, so that two threads end with the same one. A lock could be left held by a fork.
            self._transport = self._made.setdefault("transport", made)
        assert self._transport is not None  # one of the two was passed in
        return self._transport

    async def aclose(self) -> None:
        """Close the transport, unless it was passed in: that one is its maker's. Closing twice does nothing."""
        if self._closed:
            return
        self._closed = True
        for transport in self._made.values():
            await transport.aclose()
