"""The seam: what the client asks of a transport, and the one exception by which ours tells of a failure.

Plain types only, so that anybody (the mock first) can stand here without importing this package. Knows
nothing of operations, credentials or retries, and imports no HTTP library.

Another transport may raise built-in exceptions instead: `ConnectionRefusedError` and `socket.gaierror` mean
that nothing was sent, any other `OSError` or `TimeoutError` that nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

__all__ = ["AsyncTransport", "SyncTransport", "TransportFailure", "names_of"]


class SyncTransport(Protocol):
    """Makes one exchange at a time for each caller; must be usable from several threads."""

    def exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeout: float, fresh: bool
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send one request and read its answer: status, headers (names in lower case) and the whole body.

        `timeout` is what is left of the deadline, in seconds: the exchange must end within it. `fresh` asks
        for a connection that carried nothing before. A transport never repeats a request and follows no
        redirect.
        """
        ...

    def close(self) -> None:
        """Give up all connections. An exchange after it fails."""
        ...


class AsyncTransport(Protocol):
    """The same for asyncio."""

    async def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        timeout: float,  # noqa: ASYNC109  # what is left of the deadline of a call that has many steps
        fresh: bool,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """As `SyncTransport.exchange`."""
        ...

    async def aclose(self) -> None:
        """As `SyncTransport.close`."""
        ...


class TransportFailure(Exception):  # noqa: N818  # it is evidence to judge; the error comes later
    """An exchange that brought no whole answer, with the evidence of how far the request came.

    Attributes:
        names: the cause's class name and those of its bases, nearest first; read by `_outcomes`.
        whole: False only if it is certain that the end of the request body was never written.
        status: the answer's status, if its head had come.
        detail: a few words that may be shown; they never come from the other side.
    """

    def __init__(
        self, names: tuple[str, ...], *, whole: bool, status: int | None = None, detail: str = ""
    ) -> None:
        super().__init__(names, whole, status, detail)
        self.names = names
        self.whole = whole
        self.status = status
        self.detail = detail


def names_of(error: BaseException) -> tuple[str, ...]:
    """The names that `TransportFailure.names` wants, of an exception of whatever library."""
    return tuple(kind.__name__ for kind in type(error).__mro__)
