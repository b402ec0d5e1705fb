"""A transport over httpx or httpx2, for a house where everything is traced, recorded or routed by that library.

Copy this file into your program:

    client = JsmsClient(key, secret, transport=HttpxTransport())

It proves less than the transport of jsmskit itself:

- Only a connection that never came about counts as "not sent". Everything else counts as unknown, even if not one byte
  of the request had left: httpx does not tell how far a request came.
- No connection is kept. httpx takes whatever a server has sent behind a response for the response to the next request,
  so a wrong verification code could become valid. Every call pays for a connection and for TLS.
- httpx has a timeout for each step and none for all of them. Sync code therefore waits for a thread; a thread that is
  left behind ends when its connection does.

Proxies and certificates are yours to give, as keyword arguments of `httpx.Client`.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import httpx  # or: import httpx2 as httpx
from jsmskit import TransportRequest

Response = tuple[int, Mapping[str, str], bytes]

MAX_RESPONSE_BYTES = 4 * 1024 * 1024


def options(given: dict[str, Any]) -> dict[str, Any]:
    """No connection is kept, and nothing is taken from the environment, such as a password in `.netrc`."""
    return {"limits": httpx.Limits(max_keepalive_connections=0), "trust_env": False, **given}


def httpx_request(request: TransportRequest, timeout: float) -> httpx.Request:
    """Write the request in httpx's words."""
    return httpx.Request(
        request.method,
        request.url,
        headers={**request.headers, "Connection": "close"},
        content=request.body or None,
        extensions={"timeout": httpx.Timeout(timeout).as_dict()},
    )


@contextmanager
def builtin_exceptions() -> Iterator[None]:
    """Raise what the transport interface understands, without the request that httpx hangs on its exceptions."""
    try:
        yield
        return
    except (httpx.ConnectError, httpx.ConnectTimeout):
        failure: OSError = ConnectionRefusedError()
    except httpx.TimeoutException:
        failure = TimeoutError()
    except httpx.TransportError:
        failure = ConnectionError()
    raise failure


def add(body: bytearray, piece: bytes) -> None:
    """Keep a piece of a response."""
    body += piece
    if len(body) > MAX_RESPONSE_BYTES:
        raise ValueError("The response is too large.")


class HttpxTransport:
    """Exchanges for `JsmsClient`. Safe for many threads at once."""

    def __init__(self, **given: Any) -> None:
        self._client = httpx.Client(**options(given))

    def exchange(self, request: TransportRequest, *, timeout: float, new_connection: bool) -> Response:
        """Send one request in a thread of its own, and wait for it no longer than `timeout` seconds."""
        done: Future[Response] = Future()
        context = contextvars.copy_context()  # a trace goes on in the thread
        thread = threading.Thread(target=context.run, args=(self._exchange, request, timeout, done), daemon=True)
        thread.start()
        return done.result(timeout)

    def _exchange(self, request: TransportRequest, timeout: float, done: Future[Response]) -> None:
        try:
            with builtin_exceptions():
                response = self._client.send(httpx_request(request, timeout), stream=True, follow_redirects=False)
                try:
                    body = bytearray()
                    for piece in response.iter_raw():
                        add(body, piece)
                finally:
                    response.close()
            done.set_result((response.status_code, dict(response.headers), bytes(body)))
        except Exception as error:  # raised where the caller waits
            done.set_exception(error)

    def close(self) -> None:
        """Close what is open."""
        self._client.close()


class AsyncHttpxTransport:
    """Exchanges for `AsyncJsmsClient`. Safe for many tasks at once, in one event loop."""

    def __init__(self, **given: Any) -> None:
        self._client = httpx.AsyncClient(**options(given))

    async def exchange(self, request: TransportRequest, *, timeout: float, new_connection: bool) -> Response:
        """Send one request."""
        async with asyncio.timeout(timeout):
            with builtin_exceptions():
                response = await self._client.send(httpx_request(request, timeout), stream=True, follow_redirects=False)
                try:
                    body = bytearray()
                    async for piece in response.aiter_raw():
                        add(body, piece)
                finally:
                    await response.aclose()
        return response.status_code, dict(response.headers), bytes(body)

    async def aclose(self) -> None:
        """Close what is open."""
        await self._client.aclose()
