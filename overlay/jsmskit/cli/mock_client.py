"""Calls of the control API of a served mock, with the standard library.

Proxies are not used: a mock is on this machine, or beside it.
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
from .language import gettext as _
from .language import mark

_SECONDS: Final = 30.0
_SENT: Final = mark("No, this only talks to a mock.")


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
    """Make one control call and return its response.

    Args:
        method: of HTTP.
        path: below `/_mock`.
        url: address of the mock; None for the configured one.
        token: its token, if it was started with one.
        query: parameters; those that are None are left out.
        body: becomes JSON.
        seconds: how long the mock itself may take, in addition.

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
    status, answer = _exchange(origin, method, target, content, headers, _SECONDS + seconds)
    if status == 404 and method == "GET" and path == "/messages/wait":
        raise CommandError(
            f"{_what(answer)}.",
            sent=_SENT,
            remedy=_("Send first, or wait longer with --seconds."),
            code=ExitCode.NEGATIVE,
        )
    if status >= 300:
        problem = answer.get("error", {})
        raise CommandError(
            _("the mock refused it: {where}: {what}.").format(where=problem.get("where", ""), what=_what(answer)),
            sent=_SENT,
            remedy=str(problem.get("remedy") or _("See the control API: /_mock/openapi.json.")),
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
        connection.request("GET", "/_mock/events", headers={"authorization": f"Bearer {token}"} if token else {})
        with connection.getresponse() as response:
            for line in response:
                if line.startswith(b"event: "):
                    yield line.removeprefix(b"event: ").strip().decode()
    except (OSError, http.client.HTTPException) as error:
        raise _no_mock(origin, str(error) or type(error).__name__) from None
    finally:
        connection.close()


def _what(answer: Mapping[str, Any]) -> str:
    return str(answer.get("error", {}).get("what") or _("no reason was given"))


def _exchange(
    origin: str, method: str, target: str, content: bytes | None, headers: dict[str, str], seconds: float
) -> tuple[int, dict[str, Any]]:
    """Return status and JSON of one request. Raises `CommandError` where no mock answers."""
    why = ""
    try:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(_("it is not an http address"))
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname, parts.port, timeout=seconds)
        try:
            connection.request(method, parts.path.rstrip("/") + target, content, headers)
            response = connection.getresponse()
            # Checked before anything is believed: another server may listen on that port.
            if response.headers.get("x-mock") != "jsmskit":
                raise ValueError(_("another server answers there"))
            answer: Any = json.loads(response.read())
            return response.status, answer
        finally:
            connection.close()
    except OSError as error:
        why = error.strerror or type(error).__name__
    except (ValueError, http.client.HTTPException) as error:
        why = str(error) or type(error).__name__
    raise _no_mock(origin, why)


def _no_mock(origin: str, why: str) -> CommandError:
    return CommandError(
        _("no mock answers at {origin} ({why}).").format(origin=origin, why=why),
        sent=_SENT,
        remedy=_("Start one: {serve}. Or name its address: --url or JSMS_MOCK_URL.").format(
            serve=serve_command(origin)
        ),
        code=ExitCode.NOT_SENT,
    )
