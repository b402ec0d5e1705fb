"""The control API over HTTP: routes from the control document, the guard, answers and refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from ..faults import MARK
from ..model.http import CONTROL_PREFIX
from .access import Guard
from .document import DOCUMENT_PATH, ControlCall, ControlProblem, calls
from .event_stream import EventFeed, EventStream
from .handlers import HANDLERS, JSON, ControlRequest, ControlResponse
from .pages import inbox, page_routes

if TYPE_CHECKING:
    from ..engine import MockEngine
    from ..model.http import ASGIApp


#: Largest body of a control call, snapshots included.
MAX_CONTROL_BYTES: Final = 256 * 1024 * 1024

Endpoint = Callable[[Request], Awaitable[Response]]

#: The call that may take long without a body.
_WAITS: Final = "waitForMessage"

_SNAPSHOT: Final = "application/octet-stream"

#: Nothing of ours loads anything from elsewhere; a message is hostile text and must never become a script.
_HEADERS: Final = {
    **MARK,
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def make_control(engine: MockEngine, guard: Guard) -> ASGIApp:
    """Make the ASGI application of the control API, for every path under the prefix and for /."""
    feed = EventFeed(engine)
    special = {"showIndex": _index(engine, guard), "watchEvents": _events(feed, guard)}
    routes = [
        Route(
            call.path,
            special.get(call.operation_id) or _endpoint(engine, guard, call),
            methods=[call.method],
            name=call.operation_id,
        )
        for call in calls()
    ]
    elsewhere = [Route("/", _to_index), Route(CONTROL_PREFIX, _to_index), *page_routes(guard)]
    return Starlette(
        routes=[*elsewhere, Mount(CONTROL_PREFIX, routes=routes)],
        exception_handlers={ControlProblem: _refused, HTTPException: _not_routed, Exception: _failed},
    )


def _index(engine: MockEngine, guard: Guard) -> Endpoint:
    """Show the inbox to a browser, and the list of calls to a program."""
    (call,) = (call for call in calls() if call.operation_id == "showIndex")
    as_json, page = _endpoint(engine, guard, call), inbox(guard)

    async def answer(request: Request) -> Response:
        if "text/html" not in request.headers.get("accept", ""):
            return await as_json(request)
        return await page(request)

    return answer


def _events(feed: EventFeed, guard: Guard) -> Endpoint:
    """Stream what happens; Starlette hands the bare request on."""

    async def answer(request: Request) -> Response:
        guard.check(dict(request.headers))
        return EventStream(feed, request.headers.get("last-event-id", ""), _HEADERS)

    return answer


def _endpoint(engine: MockEngine, guard: Guard, call: ControlCall) -> Endpoint:
    handler = HANDLERS[call.operation_id]

    async def answer(request: Request) -> Response:
        headers = dict(request.headers)
        guard.check(headers)
        query = call.read_query(request.query_params)
        body: dict[str, Any] = {}
        raw = b""
        if call.takes_body:
            raw = await _whole(request)
            if headers.get("content-type", "").partition(";")[0].strip() != _SNAPSHOT:
                body, raw = call.read_body(raw), b""
        identity = call.read_id(request.path_params["id"]) if "id" in request.path_params else 0
        work = handler(ControlRequest(engine, query, body, identity, raw, headers.get("accept", "")))
        told = await (_while_wanted(request, work) if call.operation_id == _WAITS else work)
        if told is None:
            return Response()  # the caller has left
        content = told.content if isinstance(told.content, bytes) else orjson.dumps(told.content)
        return Response(content, told.status, _HEADERS, told.media_type)

    return answer


async def _while_wanted(request: Request, work: Awaitable[ControlResponse]) -> ControlResponse | None:
    """Let a call wait as long as its caller does: a message is not handed out to a caller who has left."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for one in (task, gone):
            one.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(request: Request) -> None:
    """Wait for the caller to leave; the request's own (empty) body comes first."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _whole(request: Request) -> bytes:
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MAX_CONTROL_BYTES:
            raise ControlProblem(413, "the body is too long", "body", f"send at most {MAX_CONTROL_BYTES} bytes")
    return bytes(content)


async def _to_index(request: Request) -> Response:
    return Response(None, 307, {**_HEADERS, "location": CONTROL_PREFIX + "/"})


async def _refused(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, ControlProblem)  # registered for nothing else
    return Response(problem.body(), problem.status, _HEADERS, JSON)


async def _not_routed(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)  # registered for nothing else
    what = "there is no such control call" if problem.status_code == 404 else "the method is not allowed here"
    refusal = ControlProblem(problem.status_code, what, f"{request.method} {request.url.path}", f"see {DOCUMENT_PATH}")
    headers = dict(_HEADERS)
    if problem.headers and "Allow" in problem.headers:  # Starlette joins a set: any order
        headers["allow"] = ", ".join(sorted(problem.headers["Allow"].split(", ")))
    return Response(refusal.body(), refusal.status, headers, JSON)


async def _failed(request: Request, _: Exception) -> Response:
    """Answer a call on which the mock itself has failed; Starlette raises the reason again, for the server's log."""
    what = "the mock itself has failed on this call"
    remedy = "the reason is on the server's standard error; please report it"
    return Response(
        ControlProblem(500, what, f"{request.method} {request.url.path}", remedy).body(), 500, _HEADERS, JSON
    )
