"""The mock as an ASGI application: the service for every path, the control API under /_mock/.

The service's part is plain
ASGI without a framework, because every request of a test suite passes through it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from email.utils import formatdate
from functools import lru_cache
from typing import Any, Final

from ..control.access import Guard
from ..control.document import ControlProblem
from ..engine import Served
from ..faults import MARK, ConnectionEnd, FaultedResponse
from ..model.clock import wait_until
from ..model.http import CONTROL_PREFIX, ASGIApp, Receive, Request, Response, Scope, Send
from .uvicorn_server import DROP_EXTENSION, RequestLine, describe

#: What is not the service: the control API, the pages, and the way to them.
_ENTRANCES: Final = frozenset({"/", CONTROL_PREFIX, "/docs"})
_CONTROLLED: Final = (CONTROL_PREFIX + "/", "/docs/")


class _Gone(Exception):  # noqa: N818  # not an error: the client left
    """The client went away before its request was whole."""


class MockApp:
    """The ASGI application. One instance serves one event loop at a time."""

    def __init__(
        self, served: Served, control: ASGIApp, guard: Guard, log: Callable[[RequestLine], object] | None = None
    ) -> None:
        self._served = served
        self._log = log
        self._control = control
        self._guard = guard
        self._ending: asyncio.Event | None = None

    def open(self) -> None:
        """Serving starts: what falls due happens automatically, and `end` can end what waits."""
        self._ending = asyncio.Event()
        self._served.begin()

    async def end(self) -> None:
        """Serving stops: end every stream and wait."""
        if self._ending is not None:
            self._ending.set()
            self._ending = None
            await asyncio.to_thread(self._served.finish)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if path in _ENTRANCES or path.startswith(_CONTROLLED):
            if not await self._until_end(self._control(scope, receive, send)):
                await _cut(scope, receive)
            return
        started = asyncio.get_running_loop().time()
        try:
            request = await self._read(scope, receive)
        except _Gone:
            return
        try:
            self._guard.check_page(request.headers)
        except ControlProblem as problem:
            headers = {"content-type": "application/json"}
            await self._answer(Response(problem.status, headers, problem.body()), send)
            return
        outcome = self._served.receive(request)
        is_faulted = bool(outcome.latency) or outcome.end is not ConnectionEnd.ANSWERED
        is_answered = not is_faulted or await self._strike(outcome, scope, receive)
        if is_answered and outcome.response is not None:
            await self._answer(outcome.response, send)
        if self._log is not None:
            milliseconds = 1000 * (asyncio.get_running_loop().time() - started)
            self._log(describe(request, outcome, self._served.clock.now(), milliseconds))

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start and stop with a server that is not ours."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.open()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.end()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _read(self, scope: Scope, receive: Receive) -> Request:
        # Reversed, so that of a header sent twice the first one counts.
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        path = raw.decode("latin-1").partition("?")[0]
        message = await receive()
        body: bytes = message.get("body", b"")
        if message.get("more_body"):
            limit = self._served.body_limit(scope["method"], path)
            parts, size = [body], len(body)
            # One byte too many is enough for a refusal; the server throws the rest away.
            while message.get("more_body") and size <= limit:
                message = await receive()
                parts.append(message.get("body", b""))
                size += len(parts[-1])
            body = b"".join(parts)
        if message["type"] == "http.disconnect":
            raise _Gone
        client = scope.get("client")
        return Request(
            scope["method"],
            path,
            scope["query_string"].decode("latin-1"),
            headers,
            body,
            client[0] if client else "127.0.0.1",
        )

    async def _strike(self, outcome: FaultedResponse, scope: Scope, receive: Receive) -> bool:
        """Carry out what a fault asks for; tell whether there is still an answer to send."""
        hung = outcome.end is ConnectionEnd.TIMEOUT
        if outcome.latency or hung:
            instant = None if hung else self._served.clock.now() + outcome.latency
            if not await self._hold(instant, receive):
                await _cut(scope, receive)
                return False
        if outcome.end is ConnectionEnd.ANSWERED:
            return True
        if not await _cut(scope, receive):
            # No socket to cut: an in-process ASGI transport hands this on to its caller.
            refused = outcome.end is ConnectionEnd.REFUSED
            raise (ConnectionRefusedError if refused else ConnectionResetError)("a fault of the mock says so")
        return False

    async def _hold(self, instant: float | None, receive: Receive) -> bool:
        """Wait for an instant of the mock's clock (None: for ever); False if a side goes first."""
        gone = asyncio.ensure_future(_disconnected(receive))
        waits: set[asyncio.Future[Any]] = {gone}
        if self._ending is not None:
            waits.add(asyncio.ensure_future(self._ending.wait()))
        due: asyncio.Future[None] | None = None
        if instant is not None:
            due = asyncio.ensure_future(wait_until(self._served.clock, self._served.clock_changes, instant))
            waits.add(due)
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            return due in done
        finally:
            await _cancel(waits)

    async def _until_end(self, work: Awaitable[None]) -> bool:
        """Let a control call run, but no longer than the server does; tell whether it came to its own end."""
        if self._ending is None:
            await work
            return True
        task = asyncio.ensure_future(work)
        ending = asyncio.ensure_future(self._ending.wait())
        try:
            await asyncio.wait({task, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                return False
            task.result()
            return True
        finally:
            await _cancel({task, ending})

    async def _answer(self, response: Response, send: Send) -> None:
        date = _date(int(self._served.clock.now()))
        headers = [*_encoded(tuple(response.headers.items())), (b"date", date)]
        if "content-length" not in response.headers:
            headers.append((b"content-length", b"%d" % len(response.body)))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})


@lru_cache(maxsize=64)
def _encoded(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[bytes, bytes], ...]:
    """Write headers as ASGI wants them, the mark included; there are only a few different ones."""
    marked = (*headers, *MARK.items())
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in marked)


@lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    """Write the Date header."""
    return formatdate(second, usegmt=True).encode()


async def _disconnected(receive: Receive) -> None:
    """Wait for the client to go. What is left of a body that was too long comes first, and is thrown away."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cut(scope: Scope, receive: Receive) -> bool:
    """Cut the connection, where the server lets us; tell whether it did."""
    cut = scope.get("extensions", {}).get(DROP_EXTENSION, {}).get("cut")
    if cut is None:
        return False
    cut()
    await _disconnected(receive)
    return True


async def _cancel(waits: Iterable[asyncio.Future[Any]]) -> None:
    pending = [wait for wait in waits if not wait.done()]
    for wait in pending:
        wait.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
