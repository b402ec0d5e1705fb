"""How far an exchange over httpx came, read from its trace, and what its failures mean.

Part of the transport seam, loaded by those who ask for httpx. Knows the names of the trace's events and the chain of
an exception. Must not know outcomes.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Mapping
from typing import Any, final

import httpx

from ._transport_proxy import Proxy
from ._transport_wire import WireSettings, why_unreachable

__all__ = ["GivenUpError", "Progress", "certificate_refused", "proxy_of", "unreachable"]


class GivenUpError(Exception):
    """The deadline passed before the first byte left, so it must not leave any more."""


@final
class Progress:
    """What is known of one exchange.

    Attributes:
        whole: False only if it is certain that the end of the request was never written: here, if not one byte of it
            has left. A library may still write, while it closes, what it had taken over.
        status: of the answer, if its head has come.
    """

    __slots__ = ("_given_up", "_lock", "status", "whole")

    def __init__(self) -> None:
        self.whole = False
        self.status: int | None = None
        self._given_up = False
        self._lock = threading.Lock()

    def note(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of an event of the trace. Raises `GivenUpError` where the request must not leave any more."""
        # The request for a tunnel, which goes before, is not ours.
        if event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
            with self._lock:
                if self._given_up:
                    raise GivenUpError
                self.whole = True

    def give_up(self) -> bool:
        """The caller waits no longer. Tells whether bytes have left: then nobody knows how it goes on."""
        with self._lock:
            self._given_up = True
            return self.whole


def proxy_of(proxy: Proxy) -> httpx.Proxy:
    """The proxy in httpx's words."""
    host = f"[{proxy.host}]" if ":" in proxy.host else proxy.host
    headers = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else None
    return httpx.Proxy(f"http://{host}:{proxy.port}", headers=headers)


def certificate_refused(error: BaseException) -> bool:
    """Whether it was we who did not trust the other side."""
    return any(isinstance(one, ssl.SSLCertVerificationError) for one in _chain(error))


def unreachable(settings: WireSettings, error: BaseException) -> str:
    """Words for a connection that could not be made; they come from this machine only."""
    causes = [one for one in _chain(error) if isinstance(one, OSError)]
    # The first one: the others tell that all tries have failed.
    return why_unreachable(settings.host, settings.port, causes[-1]) if causes else ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
