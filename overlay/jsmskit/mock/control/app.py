"""The control API over HTTP: routes from the control document, the guard, answers and refusals."""

from __future__ import annotations

import re
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
from . import handlers
from .document import DOCUMENT_PATH, ControlCall, ControlProblem, calls
from .event_stream import EventFeed, EventStream
from .pages import Guard, page_routes, show_inbox

if TYPE_CHECKING:
    from ..engine import MockEngine
    from ..model.http import ASGIApp


Endpoint = Callable[[Request], Awaitable[Response]]

_JSON: Final = "application/json"

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

    async def events(request: Request) -> Response:
        guard.check(request.headers)
        return EventStream(feed, request.headers.get("last-event-id", ""), _HEADERS)

    endpoints = {call.operation_id: _endpoint(engine, guard, call) for call in calls() if call.operation_id != _EVENTS}
    as_json = endpoints["showIndex"]

    async def index(request: Request) -> Response:
        """Show the inbox to a browser, and the list of calls to a program."""
        is_browser = "text/html" in request.headers.get("accept", "")
        return await (show_inbox(guard, request) if is_browser else as_json(request))

    endpoints |= {"showIndex": index, _EVENTS: events}
    routes = [Route(call.path, endpoints[call.operation_id], methods=[call.method]) for call in calls()]
    elsewhere = [Route("/", _to_index), Route(CONTROL_PREFIX, _to_index), *page_routes(guard)]
    return Starlette(
        routes=[*elsewhere, Mount(CONTROL_PREFIX, routes=routes)],
        exception_handlers={ControlProblem: _refused, HTTPException: _not_routed, Exception: _failed},
    )


#: Has no handler: it answers without end.
_EVENTS: Final = "watchEvents"


def _endpoint(engine: MockEngine, guard: Guard, call: ControlCall) -> Endpoint:
    handler = getattr(handlers, re.sub("([A-Z])", r"_\1", call.operation_id).lower())

    async def answer(request: Request) -> Response:
        guard.check(request.headers)
        query = call.read_query(request.query_params)
        body: dict[str, Any] = {}
        snapshot = b""
        if call.takes_body:
            if request.headers.get("content-type", "").partition(";")[0].strip() == handlers.SNAPSHOT:
                snapshot = await request.body()
            else:
                body = call.read_body(await request.body())
        identity = call.read_id(request.path_params["id"]) if "id" in request.path_params else 0
        told = await handler(handlers.ControlRequest(engine, request, query, body, identity, snapshot))
        if not isinstance(told, Response):
            return Response(orjson.dumps(told), call.status, _HEADERS, _JSON)
        told.headers.update(_HEADERS)
        return told

    return answer


async def _to_index(request: Request) -> Response:
    return Response(None, 307, {**_HEADERS, "location": CONTROL_PREFIX + "/"})


async def _refused(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, ControlProblem)  # registered for nothing else
    return Response(problem.body(), problem.status, _HEADERS, _JSON)


async def _not_routed(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)  # registered for nothing else
    what = "there is no such control call" if problem.status_code == 404 else "the method is not allowed here"
    where = f"{request.method} {request.url.path}"
    answer = await _refused(request, ControlProblem(problem.status_code, what, where, f"see {DOCUMENT_PATH}"))
    if problem.headers and "Allow" in problem.headers:  # Starlette joins a set: any order
        answer.headers["allow"] = ", ".join(sorted(problem.headers["Allow"].split(", ")))
    return answer


async def _failed(request: Request, _: Exception) -> Response:
    """Answer a call on which the mock itself has failed; Starlette raises the reason again, for the server's log."""
    what = "the mock itself has failed on this call"
    remedy = "the reason is on the server's standard error; please report it"
    return await _refused(request, ControlProblem(500, what, f"{request.method} {request.url.path}", remedy))
