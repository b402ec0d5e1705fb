"""The control API over HTTP: routes from the control document, responses and refusals."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from ..callbacks.sender import CallbackAddressError
from ..faults import MARK
from ..model.clock import run_unless
from ..model.http import CONTROL_PREFIX, ASGIApp, disconnected
from ..service.reviews import UnknownSubjectError
from ..state.applications import UnknownApplicationError
from ..state.database import DatabaseError
from ..state.inbox import NoMessageError
from . import handlers
from .document import DOCUMENT_PATH, SNAPSHOT, ControlCall, ControlProblem, calls
from .event_stream import EventFeed, EventStream
from .pages import Guard, page_routes, show_inbox
from .seed_json import SeedError

if TYPE_CHECKING:
    from ..jsms_mock import JsmsMock

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

#: Errors of the mock that are refusals: status, where, remedy.
_REFUSALS: Final[Mapping[type[Exception], tuple[int, str, str]]] = {
    CallbackAddressError: (400, "body", "give an address that echoes, or null"),
    DatabaseError: (400, "body", "put back what GET /_mock/state gave"),
    NoMessageError: (404, "query", "send first, or wait longer with seconds="),
    SeedError: (400, "body", "GET /_mock/state shows the form"),
    UnknownApplicationError: (404, "app_key", "GET /_mock/state lists the applications"),
    UnknownSubjectError: (404, "path/id", "GET /_mock/state lists what there is"),
}

#: Has no handler: it answers without end.
_EVENTS: Final = "watchEvents"


def make_control(mock: JsmsMock, guard: Guard) -> ASGIApp:
    """Make the ASGI application of the control API, for every path under the prefix and for /."""
    feed = EventFeed(mock)

    async def events(request: Request) -> Response:
        guard.check_call(request.headers)
        return EventStream(feed, request.headers.get("last-event-id", ""), _HEADERS)

    endpoints = {call.operation_id: _endpoint(mock, guard, call) for call in calls() if call.operation_id != _EVENTS}
    as_json = endpoints["showIndex"]

    async def index(request: Request) -> Response:
        """Show the inbox to a browser, and the list of calls to a program."""
        is_browser = "text/html" in request.headers.get("accept", "")
        return await (show_inbox(request) if is_browser else as_json(request))

    endpoints |= {"showIndex": index, _EVENTS: events}
    routes = [Route(call.path, endpoints[call.operation_id], methods=[call.method]) for call in calls()]
    elsewhere = [Route("/", _to_index), Route(CONTROL_PREFIX, _to_index), *page_routes()]
    refusals = dict.fromkeys((ControlProblem, *_REFUSALS), _refused)
    return Starlette(
        routes=[*elsewhere, Mount(CONTROL_PREFIX, routes=routes)],
        exception_handlers={**refusals, HTTPException: _not_routed, Exception: _failed},
    )


def _endpoint(mock: JsmsMock, guard: Guard, call: ControlCall) -> Endpoint:
    handler: Callable[..., Any] = getattr(handlers, re.sub("([A-Z])", r"_\1", call.operation_id).lower())

    async def answer(request: Request) -> Response:
        guard.check_call(request.headers)
        fields = call.read_parameters(request.query_params, request.path_params)
        if SNAPSHOT in call.answers:
            fields["snapshot"] = SNAPSHOT in request.headers.get("accept", "")
        media_type = request.headers.get("content-type", "").partition(";")[0].strip()
        if media_type == SNAPSHOT and SNAPSHOT in call.takes:
            fields["snapshot"] = await request.body()
        elif call.takes:
            fields |= call.read_body(await request.body())
        told = handler(mock, **fields)
        if isawaitable(told):  # no longer than the caller waits: a message is not handed out to one who has left
            finished = await run_unless(told, disconnected(request.receive))
            told = None if finished is None else finished.result()
        if not isinstance(told, Response):
            body = orjson.dumps(told, option=orjson.OPT_NON_STR_KEYS)
            return Response(body, call.status, _HEADERS, _JSON)
        told.headers.update(_HEADERS)
        return told

    return answer


async def _to_index(request: Request) -> Response:
    return Response(None, 307, {**_HEADERS, "location": CONTROL_PREFIX + "/"})


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, ControlProblem):
        status, where, remedy = _REFUSALS[type(error)]
        error = ControlProblem(status, str(error), where, remedy)
    return Response(error.body(), error.status, _HEADERS, _JSON)


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
