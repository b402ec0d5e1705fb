"""Calls of a served mock's control API.

Knows HTTP by the standard library, and how a refusal of the control API reads. Must not know which calls there
are. Proxies are not used: a mock is on this machine, or beside it.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from .connection import mock_origin, serve_command
from .errors import CommandError
from .exit_codes import ExitCode

__all__ = ["call", "follow"]

_SECONDS: Final = 30.0
_SENT: Final = "No, this talks to a mock only."


def call(
    method: str,
    path: str,
    *,
    url: str | None,
    token: str | None,
    query: Mapping[str, object] | None = None,
    body: object = None,
    seconds: float = 0.0,
) -> Any:
    """Make one control call and give what it answers.

    Args:
        method: of HTTP.
        path: below `/_mock`.
        url: where the mock is; None for the configured place.
        token: what it asks for, if it does.
        query: parameters; those that are None are left out.
        body: becomes JSON.
        seconds: how long the call itself may take, beside the usual.

    Raises:
        CommandError: there is no mock, or it refuses.
    """
    origin = mock_origin()[0] if url is None else url.rstrip("/").removesuffix("/v1")
    asked = urlencode({name: value for name, value in (query or {}).items() if value is not None})
    target = f"/_mock{path}" + (f"?{asked}" if asked else "")
    headers = {"accept": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    content = None if body is None else json.dumps(body).encode()
    if content is not None:
        headers["content-type"] = "application/json"
    status, answer = _exchanged(origin, method, target, content, headers, _SECONDS + seconds)
    if status == 404 and method == "GET" and path == "/messages/wait":
        raise CommandError(
            f"{_what(answer)}.",
            sent=_SENT,
            remedy="Send first, or wait longer with --seconds.",
            code=ExitCode.NEGATIVE,
        )
    if status >= 300:
        problem = answer.get("error", {})
        raise CommandError(
            f"the mock refuses: {problem.get('where', '')}: {_what(answer)}.",
            sent=_SENT,
            remedy=f"{problem.get('remedy', 'see the control document')}.",
            code=ExitCode.CREDENTIALS if status in (401, 403) else ExitCode.REFUSED,
        )
    return answer


def follow(*, url: str | None, token: str | None) -> Iterator[str]:
    """Follow what happens on a mock: the name of each event as it comes. Ends when the mock does.

    Raises:
        CommandError: there is no mock, or it refuses.
    """
    origin = mock_origin()[0] if url is None else url.rstrip("/").removesuffix("/v1")
    parts = urlsplit(origin)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port)
    try:
        connection.request(
            "GET", "/_mock/events", headers={"authorization": f"Bearer {token}"} if token else {}
        )
        with connection.getresponse() as response:
            for line in response:
                if line.startswith(b"event: "):
                    yield line.removeprefix(b"event: ").strip().decode()
    except (OSError, http.client.HTTPException) as error:
        raise CommandError(
            f"no mock answers at {origin} ({error or type(error).__name__}).",
            sent=_SENT,
            remedy=f"Start one with: {serve_command(origin)}; or say where it is: --url, JSMS_MOCK_URL.",
            code=ExitCode.NOT_SENT,
        ) from None
    finally:
        connection.close()


def _what(answer: Mapping[str, Any]) -> str:
    return str(answer.get("error", {}).get("what", "no reason was given"))


def _exchanged(
    origin: str, method: str, target: str, content: bytes | None, headers: dict[str, str], seconds: float
) -> tuple[int, dict[str, Any]]:
    """Status and JSON of one exchange. Raises `CommandError` where no mock answers."""
    why = ""
    try:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("it is no http address")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname, parts.port, timeout=seconds)
        try:
            connection.request(method, parts.path.rstrip("/") + target, content, headers)
            response = connection.getresponse()
            # Checked before anything is believed: another server on that port is no mock.
            if response.headers.get("x-mock") != "jsmskit":
                raise ValueError("what answers there is no mock of JSMS")
            answer: Any = json.loads(response.read())
            return response.status, answer
        finally:
            connection.close()
    except OSError as error:
        why = error.strerror or type(error).__name__
    except (ValueError, http.client.HTTPException) as error:
        why = str(error) or type(error).__name__
    raise CommandError(
        f"no mock answers at {origin} ({why}).",
        sent=_SENT,
        remedy=f"Start one with: {serve_command(origin)}; or say where it is: --url, JSMS_MOCK_URL.",
        code=ExitCode.NOT_SENT,
    )
