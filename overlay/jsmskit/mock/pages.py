"""The pages for people: the inbox at /_mock/, the API page at /docs, and the files that they load.

Knows files, their kinds and the content policy of each page. Must not know what the pages do. Every file
comes from the package, by a name that is listed at the start: no path of a request ever reaches the disk.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final, cast

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .control_document import CONTROL_PREFIX, ControlProblem
from .guard import Guard
from .reception import MARK

#: Where the files of the pages are, and the API page itself.
FILES_PATH: Final = f"{CONTROL_PREFIX}/page"
DOCS_PATH: Final = "/docs"

_PACKED: Final = ".gz"
_KINDS: Final[Mapping[str, str]] = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'{images}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: A message is hostile text. The browser itself refuses to make markup out of any text on this page.
_INBOX_POLICY: Final = (
    _POLICY.format(images="") + "; require-trusted-types-for 'script'; trusted-types 'none'"
)
#: Swagger UI makes markup and carries its pictures inside its style sheet; no scripts in line either.
_DOCS_POLICY: Final = _POLICY.format(images=" data:")

_HEADERS: Final = {
    **MARK,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of a page.

    Attributes:
        kind: media type.
        content: bytes as packaged.
        is_packed: compressed with gzip in the package; served as it is to whoever can read that.
        tag: changes with the content.
    """

    kind: str
    content: bytes
    is_packed: bool
    tag: str


@cache
def page_files() -> Mapping[str, PageFile]:
    """Read every file of the pages, by the name under which it is served."""
    found: dict[str, PageFile] = {}
    folder = resources.files("jsmskit.mock") / "page"
    _read_folder(folder, "", found)
    return found


def _read_folder(folder: Traversable, prefix: str, found: dict[str, PageFile]) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            _read_folder(entry, f"{prefix}{entry.name}/", found)
            continue
        name = prefix + entry.name.removesuffix(_PACKED)
        kind = _KINDS.get(name.rpartition(".")[2])
        if kind is not None:
            content = entry.read_bytes()
            tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
            found[name] = PageFile(kind, content, entry.name.endswith(_PACKED), tag)


def page_routes(guard: Guard) -> list[Route]:
    """Make the routes of the files and of the API page; the inbox itself is `inbox`."""
    return [
        Route(FILES_PATH + "/{name:path}", _guarded(guard, _file), methods=["GET"]),
        Route(DOCS_PATH, _guarded(guard, _docs), methods=["GET"]),
        Route(DOCS_PATH + "/openapi.json", _guarded(guard, _spec), methods=["GET"]),
    ]


def inbox(request: Request) -> Response:
    """Give the inbox page."""
    return _answer(request, "index.html", _INBOX_POLICY)


def _guarded(guard: Guard, page: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        guard.check_host(dict(request.headers))
        return page(request)

    return answer


def _file(request: Request) -> Response:
    name: str = request.path_params["name"]
    if name not in page_files():
        raise ControlProblem(404, "there is no such file", f"path/{name[:80]}", "see /_mock/")
    return _answer(request, name, _INBOX_POLICY)


def _docs(request: Request) -> Response:
    return _answer(request, "docs.html", _DOCS_POLICY)


def _spec(request: Request) -> Response:
    return Response(_spec_of_here(), 200, _HEADERS, "application/json")


@cache
def _spec_of_here() -> bytes:
    """Give the spec with this mock as the only server, so that trying a call out reaches no one else."""
    spec = cast(
        "dict[str, Any]", orjson.loads(resources.files("jsms_api").joinpath("openapi.json").read_bytes())
    )
    spec["servers"] = [{"url": "/v1", "description": "This mock. Nothing here reaches a phone."}]
    return orjson.dumps(spec)


def _answer(request: Request, name: str, policy: str) -> Response:
    page = page_files()[name]
    headers = {**_HEADERS, "content-security-policy": policy, "etag": page.tag}
    if request.headers.get("if-none-match") == page.tag:
        return Response(None, 304, headers)
    content = page.content
    if page.is_packed:
        headers["vary"] = "accept-encoding"
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
        else:
            content = gzip.decompress(content)
    return Response(content, 200, headers, page.kind)
