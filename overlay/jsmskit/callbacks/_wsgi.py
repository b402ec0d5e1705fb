"""The endpoint as a WSGI application: mount it in Flask, or serve it with any WSGI server."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from ..errors import ConfigurationError
from ._endpoint import CallbackEndpoint, CallbackRequest, plain_response
from ._form import MAX_BODY_BYTES

_StartResponse: TypeAlias = Callable[..., Any]


class WsgiCallbacks:
    """A WSGI application over an endpoint with a plain handler; coroutine functions raise
    `ConfigurationError`.

    At most 64 KiB of a body are read. The server limits slow bodies. Every path below the mount point is
    answered, so the secret belongs in the mount point.
    """

    def __init__(self, endpoint: CallbackEndpoint) -> None:
        if endpoint.is_async:
            raise ConfigurationError(
                "WSGI cannot wait for a coroutine function: use a plain handler, or AsgiCallbacks."
            )
        self._endpoint: Final = endpoint

    def __call__(self, environ: dict[str, Any], start_response: _StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        request = _request(environ)
        response = plain_response(400, "malformed callback")
        if request is not None:
            response = self._endpoint.respond(request.method, request.query, request.headers, request.body)
        phrase = HTTPStatus(response.status).phrase
        start_response(f"{response.status} {phrase}", list(response.headers.items()))
        return [response.body]


def _request(environ: dict[str, Any]) -> CallbackRequest | None:
    """Read the request; None if its body does not arrive as announced."""
    body = _body(environ)
    if body is None:
        return None
    headers = {"content-encoding": environ.get("HTTP_CONTENT_ENCODING", "identity")}
    return CallbackRequest(environ["REQUEST_METHOD"], environ.get("QUERY_STRING", ""), headers, body)


def _body(environ: dict[str, Any]) -> bytes | None:
    """Return the body, or one byte more than is allowed of it; None if it does not arrive as announced."""
    announced = environ.get("CONTENT_LENGTH") or ""
    limit = MAX_BODY_BYTES + 1
    if not announced:
        # Without a length, reading would wait for ever, unless the server ends the stream.
        terminated = environ.get("wsgi.input_terminated", False)
        return _read(environ, limit) if terminated else b""
    if not (announced.isascii() and announced.isdigit()):
        return None
    wanted = min(int(announced[:20]), limit)
    body = _read(environ, wanted)
    return body if body is not None and len(body) == wanted else None


def _read(environ: dict[str, Any], size: int) -> bytes | None:
    # One read may give less than it was asked for, with a socket behind it.
    read = bytearray()
    try:
        while len(read) < size and (chunk := environ["wsgi.input"].read(size - len(read))):
            read += chunk
    except OSError:
        return None
    return bytes(read)
