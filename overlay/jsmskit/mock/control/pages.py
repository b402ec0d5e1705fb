"""Who may call, and what a browser shows: the guard, the inbox at /_mock/, the API page at /docs, and their files.

A page on the internet can make a browser post to a port of this machine, and can give itself a host name that points
here; so Host and Origin are checked, and no CORS header is sent.
"""

from __future__ import annotations

import gzip
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, cast

import orjson
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ..faults import MARK
from ..model.http import CONTROL_PREFIX
from .document import ControlProblem, document_bytes

if TYPE_CHECKING:
    from ..model.http import Scope

#: Names by which this machine calls itself; the last two are those of in-process clients of the ASGI app.
LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver", "mock"})


@dataclass(frozen=True, slots=True)
class Guard:
    """Decides who may call. Names of headers are in lower case.

    Attributes:
        token: what a control call must show; None where only this machine can reach the mock.
        hosts: names that Host may carry, without port. Not looked at where a token is asked for: a page that
            rebinds a name does not know it.
    """

    token: str | None = None
    hosts: frozenset[str] = LOCAL_HOSTS

    def check_host(self, headers: Mapping[str, str]) -> None:
        """Raise `ControlProblem` for a strange Host. A page and its files need no more: they hold no secret."""
        host = headers.get("host", "").lower()
        name = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
        if self.token is None and name not in self.hosts:
            raise ControlProblem(403, f"{host!r} is not this mock", "header/host", "call it as 127.0.0.1 or localhost")

    def check_page(self, headers: Mapping[str, str]) -> None:
        """Raise `ControlProblem` for a request of another site's page. The service has no guard but its pairs."""
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != headers.get("host", ""):
            raise ControlProblem(
                403, f"a page of {origin!r} may not call", "header/origin", "call from a program, not from a page"
            )
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise ControlProblem(
                403, "a page of another site may not call", "header/sec-fetch-site", "open the mock's own page"
            )

    def check_call(self, headers: Mapping[str, str]) -> None:
        """Raise `ControlProblem` unless a control call may pass."""
        self.check_page(headers)
        scheme, _, shown = headers.get("authorization", "").partition(" ")
        is_shown = hmac.compare_digest(shown.strip().encode("utf-8", "surrogateescape"), (self.token or "").encode())
        if self.token is not None and not (scheme.lower() == "bearer" and is_shown):
            raise ControlProblem(
                401,
                "the token is missing or wrong",
                "header/authorization",
                "send Authorization: Bearer with the token that the mock was started with",
            )


#: Where the files of the pages are, and the API page itself.
FILES_PATH: Final = f"{CONTROL_PREFIX}/page"
DOCS_PATH: Final = "/docs"

_PACKED: Final = ".gz"
#: Not left to the machine: some registries call scripts plain text, and then the browser runs none.
_KINDS: Final[Mapping[str, str]] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'{images}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: A message is hostile text. The browser itself refuses to make markup out of any text on this page.
_INBOX_POLICY: Final = _POLICY.format(images="") + "; require-trusted-types-for 'script'; trusted-types 'none'"
#: Swagger UI makes markup and carries its pictures inside its style sheet; no scripts in line either.
_DOCS_POLICY: Final = _POLICY.format(images=" data:")

_HEADERS: Final = {
    **MARK,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}


class PageFiles(StaticFiles):
    """The packaged files, with their policies. Some are compressed; they are sent so to clients that can read that."""

    def __init__(self) -> None:
        super().__init__(packages=[("jsmskit.mock.control", "static")])

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Find a file, or its compressed form."""
        found = super().lookup_path(path)
        return super().lookup_path(path + _PACKED) if found[1] is None else found

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Answer with a file."""
        name = os.fspath(full_path)
        plain = PurePath(name.removesuffix(_PACKED))
        headers = {
            **_HEADERS,
            "content-security-policy": _DOCS_POLICY if plain.name == "docs.html" else _INBOX_POLICY,
            "content-type": _KINDS.get(plain.suffix, "application/octet-stream"),
        }
        if name.endswith(_PACKED):
            headers["vary"] = "accept-encoding"
            if "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
                with gzip.open(name) as file:
                    return Response(file.read(), status_code, headers)
            headers["content-encoding"] = "gzip"
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(headers)
        return response


def page_routes() -> list[Route | Mount]:
    """Make the routes of the files and of the API page; the inbox itself is `show_inbox`."""

    async def docs(request: Request) -> Response:
        return await PageFiles().get_response("docs.html", request.scope)

    async def spec(request: Request) -> Response:
        return Response(_spec_of_here(), 200, _HEADERS, "application/json")

    async def control(request: Request) -> Response:
        return Response(document_bytes(), 200, _HEADERS, "application/json")

    return [
        Mount(FILES_PATH, PageFiles()),
        Route(DOCS_PATH, docs, methods=["GET"]),
        Route(DOCS_PATH + "/openapi.json", spec, methods=["GET"]),
        Route(DOCS_PATH + "/control.json", control, methods=["GET"]),
    ]


async def show_inbox(request: Request) -> Response:
    """Answer with the inbox page."""
    return await PageFiles().get_response("index.html", request.scope)


@cache
def _spec_of_here() -> bytes:
    """Return the spec with this mock as the only server, so that trying a call out reaches no one else."""
    spec = cast("dict[str, Any]", orjson.loads(resources.files("jsms_api").joinpath("openapi.json").read_bytes()))
    spec["servers"] = [{"url": "/v1", "description": "This mock. Nothing here reaches a phone."}]
    return orjson.dumps(spec)
