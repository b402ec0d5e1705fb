"""The mock as an ASGI application: the service for every path, the control API under /_mock/.

The service's part is plain ASGI without a framework, because every request of a test suite passes through it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from email.utils import formatdate
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from ..control.app import make_control
from ..control.document import ControlProblem
from ..control.pages import LOCAL_HOSTS, Guard
from ..faults import MARK, ConnectionEnd, FaultedResponse, read_phones
from ..model.clock import run_unless, wait_until, write_send_time
from ..model.http import CONTROL_PREFIX, Receive, Request, Response, Scope, Send, disconnected
from ..model.message_text import mask_phone

if TYPE_CHECKING:
    from ..jsms_mock import JsmsMock

#: Key in an ASGI scope's extensions: a callable that cuts the connection the request came on.
DROP_EXTENSION: Final = "jsmskit.drop"

#: What is not the service: the control API, the pages, and the way to them.
_ENTRANCES: Final = frozenset({"/", CONTROL_PREFIX, "/docs"})
_CONTROLLED: Final = (CONTROL_PREFIX + "/", "/docs/")


class MockApp:
    """The ASGI application. One instance serves one event loop at a time.

    Args:
        mock: what is served.
        token: what control calls must show; None: they must come to a name of this machine.
        host: a further name that Host may carry.
        log: called for each request of the service with what `describe_request` says of it.
    """

    def __init__(
        self,
        mock: JsmsMock,
        *,
        token: str | None = None,
        host: str | None = None,
        log: Callable[[dict[str, Any]], object] | None = None,
    ) -> None:
        hosts = LOCAL_HOSTS if host is None else LOCAL_HOSTS | {f"[{host}]" if ":" in host else host.lower()}
        self._mock = mock
        self._guard = Guard(token, hosts)
        self._control = make_control(mock, self._guard)
        self._log = log
        self._ending: asyncio.Event | None = None

    def open(self) -> None:
        """Serving starts: what falls due happens automatically, and `end` can end what waits."""
        self._ending = asyncio.Event()
        self._mock._begin()  # pyright: ignore[reportPrivateUsage]  # an application has no use for it

    async def end(self) -> None:
        """Serving stops: end every stream and wait."""
        if self._ending is not None:
            self._ending.set()
            self._ending = None
            await asyncio.to_thread(self._mock._finish)  # pyright: ignore[reportPrivateUsage]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        is_service = path not in _ENTRANCES and not path.startswith(_CONTROLLED)
        # Reversed, so that of a header sent twice the first one counts.
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}
        try:
            self._guard.check_host(headers)
            if is_service:
                self._guard.check_page(headers)
        except ControlProblem as problem:
            await self._answer(Response(problem.status, {"content-type": "application/json"}, problem.body()), send)
            return
        if not is_service:
            if await run_unless(self._control(scope, receive, send), *self._ends()) is None:
                await _cut(scope, receive)
            return
        started = asyncio.get_running_loop().time()
        request = await self._read(scope, headers, receive)
        if request is None:
            return
        outcome = self._mock._receive(request)  # pyright: ignore[reportPrivateUsage]
        is_faulted = bool(outcome.latency) or outcome.end is not ConnectionEnd.ANSWERED
        is_answered = not is_faulted or await self._strike(outcome, scope, receive)
        if is_answered and outcome.response is not None:
            await self._answer(outcome.response, send)
        if self._log is not None:
            milliseconds = 1000 * (asyncio.get_running_loop().time() - started)
            self._log(describe_request(request, outcome, self._mock.clock.now(), milliseconds))

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

    async def _read(self, scope: Scope, headers: Mapping[str, str], receive: Receive) -> Request | None:
        """Read a request; None if the client went away before it was whole."""
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        path = raw.decode("latin-1").partition("?")[0]
        message = await receive()
        body: bytes = message.get("body", b"")
        if message.get("more_body"):
            limit = self._mock._body_limit(scope["method"], path)  # pyright: ignore[reportPrivateUsage]
            parts, size = [body], len(body)
            # One byte too many is enough for a refusal; the server throws the rest away.
            while message.get("more_body") and size <= limit:
                message = await receive()
                parts.append(message.get("body", b""))
                size += len(parts[-1])
            body = b"".join(parts)
        if message["type"] == "http.disconnect":
            return None
        client_ip = scope["client"][0] if scope.get("client") else "127.0.0.1"
        return Request(scope["method"], path, scope["query_string"].decode("latin-1"), headers, body, client_ip)

    async def _strike(self, outcome: FaultedResponse, scope: Scope, receive: Receive) -> bool:
        """Carry out what a fault asks for; return whether there is still a response to send."""
        clock = self._mock.clock
        wait: Awaitable[object]
        if outcome.end is ConnectionEnd.TIMEOUT:
            wait = asyncio.get_running_loop().create_future()
        else:
            wait = wait_until(clock, clock.now() + outcome.latency)
        due = await run_unless(wait, disconnected(receive), *self._ends())
        if due is not None and outcome.end is ConnectionEnd.ANSWERED:
            return True
        if not await _cut(scope, receive) and due is not None:
            # No socket to cut: an in-process ASGI transport hands this on to its caller.
            refused = outcome.end is ConnectionEnd.REFUSED
            raise (ConnectionRefusedError if refused else ConnectionResetError)("a fault of the mock says so")
        return False

    def _ends(self) -> list[Awaitable[object]]:
        """What ends a wait while the mock is served: the end of serving."""
        return [] if self._ending is None else [self._ending.wait()]

    async def _answer(self, response: Response, send: Send) -> None:
        date = _date(int(self._mock.clock.now()))
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


async def _cut(scope: Scope, receive: Receive) -> bool:
    """Cut the connection, where the server lets us; return whether it did."""
    cut = scope.get("extensions", {}).get(DROP_EXTENSION, {}).get("cut")
    if cut is None:
        return False
    cut()
    await disconnected(receive)
    return True


def describe_request(request: Request, outcome: FaultedResponse, at: float, milliseconds: float) -> dict[str, Any]:
    """Describe a request for a log: without text, code and key, its number masked.

    Args:
        request: as it came.
        outcome: what became of it; what a fault did to the connection is in `fault`.
        at: the mock's clock.
        milliseconds: until the response was written.
    """
    response, phones = outcome.response, read_phones(request.body)
    recipient = mask_phone(phones[0]) if len(phones) == 1 else f"{len(phones)} recipients" if phones else None
    return {
        "time": write_send_time(at),
        "method": request.method,
        "path": request.path,
        "operation": None if response is None else response.operation,
        "status": None if response is None else response.status,
        "code": None if response is None else response.code,
        "milliseconds": round(milliseconds, 1),
        "recipient": recipient,
        "fault": None if outcome.end is ConnectionEnd.ANSWERED else outcome.end.name.lower(),
    }
