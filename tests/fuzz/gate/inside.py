"""The wire left out: requests' adapter for a mock in the same process.

Half of the cost of a case is HTTP on loopback, and nothing of it is judged twice. So one leg goes over the real
wire, and those that need many cases come in here: the same bytes of the body, the same header names and path.
Knows requests' adapters and the mock's door. Must not know schemathesis.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from jsmskit.mock import JsmsMock
from jsmskit.mock.model.http import Request
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

#: Resolved by nobody: every request to it ends in `InsideAdapter`.
URL: Final = "http://mock.invalid/v1"


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


class InsideAdapter(HTTPAdapter):
    """Hands every request to the mock, whatever host it names."""

    def __init__(self, mock: JsmsMock) -> None:
        super().__init__()
        self._mock = mock

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Answer one request."""
        parts = urlsplit(str(request.url))
        body: Any = request.body or b""
        reply = self._mock.handle(
            Request(
                str(request.method),
                parts.path,
                parts.query,
                {name.lower(): _text(value).strip() for name, value in request.headers.items()},
                body.encode() if isinstance(body, str) else bytes(body),
            )
        )
        raw = HTTPResponse(
            body=BytesIO(reply.body),
            headers=HTTPHeaderDict({**reply.headers, "content-length": str(len(reply.body))}),
            status=reply.status,
            version=11,
            preload_content=False,
        )
        return self.build_response(request, raw)


def take_over(mock: JsmsMock) -> str:
    """Let every session of this process end in the mock; gives the address to be used."""
    adapter = InsideAdapter(mock)

    def get_adapter(self: requests.Session, url: str) -> HTTPAdapter:
        return adapter

    def merge_environment_settings(self: requests.Session, *_: Any, **__: Any) -> dict[str, Any]:
        return {"proxies": {}, "stream": True, "verify": True, "cert": None}

    requests.Session.get_adapter = get_adapter  # type: ignore[method-assign]
    requests.Session.merge_environment_settings = merge_environment_settings  # type: ignore[method-assign]
    return URL
