"""From one HTTP request to one HTTP response: the part of a callback receiver that decides.

Frames that can be part of an interruption (Ctrl-C, a worker's time limit) hold requests as `CallbackRequest`,
whose repr hides them.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, cast

from .._privacy import mask_phones_in
from ..errors import (
    CallbackError,
    ConfigurationError,
    InvalidCallbackSignatureError,
    MalformedCallbackError,
    ReplayedCallbackError,
    StaleCallbackError,
)
from ._events import MAX_BODY_BYTES, CallbackEvent, UnknownEvent
from ._verifier import CallbackVerifier

_log: Final = logging.getLogger("jsmskit.callbacks")

_MALFORMED: Final = (400, "malformed callback")
_REFUSALS: Final[Mapping[type[CallbackError], tuple[int, str]]] = {
    MalformedCallbackError: _MALFORMED,
    InvalidCallbackSignatureError: (403, "invalid signature"),
    StaleCallbackError: (403, "outside of the time window"),
    ReplayedCallbackError: (409, "nonce used before"),
}


@dataclass(frozen=True, slots=True, repr=False)
class CallbackRequest:
    """One request: its method, the query string, the headers and the body. The repr shows none of them."""

    method: str
    query: str | bytes
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return "CallbackRequest(hidden)"


class CallbackResponse(NamedTuple):
    """The response to send."""

    status: int
    headers: dict[str, str]
    body: bytes


def plain_response(status: int, text: str, **headers: str) -> CallbackResponse:
    """Return a response in plain text, which no browser takes for anything else and no cache keeps."""
    body = text.encode("utf-8")
    return CallbackResponse(
        status,
        {
            "content-type": "text/plain; charset=utf-8",
            "content-length": str(len(body)),
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        }
        | headers,
        body,
    )


class CallbackEndpoint:
    """Responds to the requests of one callback address.

    `handler` gets each event that is not a duplicate, and returns when the event is safe (committed to a
    table, say); only then does the service get 200. If it raises, the response is 503, the service calls
    again later (after 3 minutes, 1 hour and 12 hours), and the handler gets the event again, even if the
    process died in between. So a handler may see an event twice; compare `event.identity`. It should return
    within a few seconds: how long the service waits is not documented.

    `pass_duplicates=True` passes duplicates on, too, with `event.duplicate` true.

    Responses: 200 event handled, or echo of the address check; 400 malformed; 403 bad signature or too old;
    405 other methods than GET and POST; 409 a nonce with another payload (logged as an error: one of the two
    is forged); 413 more than 64 KiB; 503 handler or store failed. Refusals, failures and unknown events are
    logged under `jsmskit.callbacks`, numbers masked.
    """

    def __init__(
        self,
        verifier: CallbackVerifier,
        handler: Callable[[CallbackEvent], Awaitable[object] | object],
        *,
        pass_duplicates: bool = False,
    ) -> None:
        self._verifier: Final = verifier
        self._handler: Final = handler
        self._pass_duplicates: Final = pass_duplicates
        self.is_async: Final = inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(
            getattr(handler, "__call__", None)  # noqa: B004  # an object with an async __call__
        )
        """Whether the handler is a coroutine function; then only `respond_async` will do."""

    def respond(
        self, method: str, query: str | bytes, headers: Mapping[str, str], body: bytes
    ) -> CallbackResponse:
        """Return the response to one request. The case of header names does not matter; `query` is the part
        after the `?`. Raises `ConfigurationError` if the handler is a coroutine function.
        """
        request = CallbackRequest(method, query, headers, body)
        del method, query, headers, body
        if self.is_async:
            raise ConfigurationError(
                "The handler of the callbacks is a coroutine function: use respond_async."
            )
        received = self._receive(request)
        if isinstance(received, CallbackResponse):
            return received
        try:
            result = self._handler(received)
            if inspect.isawaitable(result):
                # Not awaited it would never run, and the event would be lost with an answer of 200.
                if inspect.iscoroutine(result):
                    result.close()
                raise ConfigurationError(
                    "The handler of the callbacks returned an awaitable: use respond_async."
                )
        except Exception as error:  # noqa: BLE001  # whatever goes wrong, the service is to call again
            return self._failed(received, error)
        return self._handled(received)

    async def respond_async(
        self, method: str, query: str | bytes, headers: Mapping[str, str], body: bytes
    ) -> CallbackResponse:
        """As `respond`, for asyncio. A plain handler, and the store, run in a thread, so that they never block
        the loop.
        """
        request = CallbackRequest(method, query, headers, body)
        del method, query, headers, body
        received = await asyncio.to_thread(self._receive, request)
        if isinstance(received, CallbackResponse):
            return received
        try:
            if self.is_async:
                await cast("Awaitable[object]", self._handler(received))
            else:
                result = await asyncio.to_thread(self._handler, received)
                if inspect.isawaitable(result):
                    await result
        except Exception as error:  # noqa: BLE001  # whatever goes wrong, the service is to call again
            return self._failed(received, error)
        return await asyncio.to_thread(self._handled, received)

    def _receive(self, request: CallbackRequest) -> CallbackResponse | CallbackEvent:
        if request.method not in ("GET", "POST"):
            return plain_response(405, "method not allowed", allow="GET, POST")
        if len(request.body) > MAX_BODY_BYTES:
            return plain_response(413, "body too large")
        try:
            if request.method == "GET":
                return plain_response(200, self._verifier.echo(request.query).decode("ascii"))
            event = self._parse(request)
        except CallbackError as refused:
            status, text = _REFUSALS.get(type(refused), _MALFORMED)
            level = logging.ERROR if status == 409 else logging.WARNING
            _log.log(level, "callback refused: %s", refused.message)
            return plain_response(status, text)
        except Exception as error:  # noqa: BLE001  # the store failed: the service is to call again
            return _unavailable("callback not read, the nonce store failed", error)
        if event.duplicate and not self._pass_duplicates:
            _log.info("duplicate callback ignored: %r", event)
            return plain_response(200, "duplicate")
        if isinstance(event, UnknownEvent):
            _log.warning("callback passed on unread: %r", event)
        return event

    def _parse(self, request: CallbackRequest) -> CallbackEvent:
        for name, value in request.headers.items():
            if name.lower() == "content-encoding" and value.lower() != "identity":
                raise MalformedCallbackError("The body is compressed, which no documented callback is.")
        return self._verifier.parse(request.body, mark_handled=False)

    def _handled(self, event: CallbackEvent) -> CallbackResponse:
        try:
            self._verifier.mark_handled(event)
        except Exception as error:  # noqa: BLE001  # the work is done: calling again would only do it twice
            _unavailable("callback handled, but the nonce store failed", error)
        _log.debug("callback handled: %r", event)
        return plain_response(200, "ok")

    def _failed(self, event: CallbackEvent, error: Exception) -> CallbackResponse:
        return _unavailable(f"callback not handled, the service will call again: {event!r}", error)


def _unavailable(what: str, error: Exception) -> CallbackResponse:
    # The traceback of a handler may quote a number; logging it as exc_info would show that.
    _log.error("%s\n%s", what, mask_phones_in("".join(traceback.format_exception(error)).rstrip()))
    return plain_response(503, "try again later")
