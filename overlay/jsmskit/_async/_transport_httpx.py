"""The fallback: the same exchanges made by httpx, for whoever trusts a well-known library more than our bytes.

Part of the transport seam. Knows httpx, and where its trace tells that a request begins to leave. Must not know
operations, credentials or outcomes. A call costs several times the CPU of one over the default transport.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, final

import httpx

from .._evidence_httpx import Progress, certificate_refused, proxy_of, unreachable
from .._transport import TransportFailure, names_of
from .._transport_failures import AnswerTooLarge, ClosedError, UnsupportedProtocol
from .._transport_wire import WireSettings, trust
from .._within_asyncio import within

__all__ = ["AsyncHttpxTransport"]

_NO_BODY: Final = ("GET", "DELETE")


@final
class AsyncHttpxTransport:
    """Exchanges with one origin over httpx. Safe for many tasks at once, in one event loop."""

    def __init__(self, settings: WireSettings) -> None:
        self._settings = settings
        self._prefix = settings.origin + "/"
        # Two pools, each as large as asked for: httpx can't be told to use a fresh connection, so the second one keeps
        # none.
        self._kept = self._client(settings.max_connections)
        self._fresh = self._client(0)
        self._closed = False

    def _client(self, kept: int) -> httpx.AsyncClient:
        settings = self._settings
        return httpx.AsyncClient(
            verify=trust(settings.ca_file),
            proxy=None if settings.proxy is None else proxy_of(settings.proxy),
            limits=httpx.Limits(
                max_connections=settings.max_connections,
                max_keepalive_connections=kept,
                keepalive_expiry=settings.keepalive_seconds,
            ),
            trust_env=False,
        )

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
        """Send one request, read its answer. Raises `TransportFailure`, and nothing else but
        interruptions.
        """
        progress = Progress()
        detail = ""
        try:
            return await within(
                lambda: self._exchange(method, url, headers, body, timeout, fresh, progress),
                timeout,
                progress,
            )
        except Exception as error:  # noqa: BLE001  # every failure leaves as evidence
            names = names_of(error)
            if isinstance(error, AnswerTooLarge):
                detail = f"It has more than {self._settings.max_answer_bytes} bytes."
            elif certificate_refused(error):
                names = ("CertificateRefusedError",)
            elif isinstance(error, httpx.ConnectError):
                detail = unreachable(self._settings, error)
            failure = TransportFailure(names, whole=progress.whole, status=progress.status, detail=detail)
        # Outside of the handler, so that no exception that carries the request hangs on ours as its context.
        raise failure

    async def aclose(self) -> None:
        """Close the connections and refuse further exchanges."""
        self._closed = True
        await self._kept.aclose()
        await self._fresh.aclose()

    async def _exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        seconds: float,
        fresh: bool,
        progress: Progress,
    ) -> tuple[int, Mapping[str, str], bytes]:
        if self._closed:
            raise ClosedError
        if not url.startswith(self._prefix):
            raise UnsupportedProtocol

        async def trace(event: str, info: Mapping[str, Any]) -> None:
            progress.note(event, info)

        step = min(self._settings.read_timeout, seconds)
        request = httpx.Request(
            method,
            url,
            headers=dict(headers),
            content=body if body or method not in _NO_BODY else None,
            extensions={
                "trace": trace,
                "timeout": {
                    "connect": min(self._settings.connect_timeout, seconds),
                    "read": step,
                    "write": step,
                    "pool": seconds,
                },
            },
        )
        client = self._fresh if fresh else self._kept
        response = await client.send(request, stream=True, auth=None, follow_redirects=False)
        try:
            progress.status = response.status_code
            held = bytearray()
            async for piece in response.aiter_raw():
                held += piece
                if len(held) > self._settings.max_answer_bytes:
                    raise AnswerTooLarge
            return response.status_code, dict(response.headers), bytes(held)
        finally:
            await response.aclose()
