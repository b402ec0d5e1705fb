"""One HTTP exchange as the client sees it, and what can be read from its request line."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from jsms_api.operations import OPERATIONS, OperationInfo

#: The path that the documented base address ends with.
BASE_PATH: Final = "/v1"
#: The mock's own header: a code for calls that carry neither number nor id.
MAGIC_HEADER: Final = "x-mock-code"


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it went out; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def line(self) -> str:
        """Describe the request in one line, for a report of a failure."""
        shown = self.body if len(self.body) <= 600 else self.body[:600] + b"..."
        kind = self.headers.get("content-type", "none")
        who = {k: v for k, v in self.headers.items() if k in ("authorization", MAGIC_HEADER)}
        return f"{self.method} {self.target} type={kind} {who} body={shown!r}"

    def decoded(self) -> Any:
        """Decode the body as JSON; None if there is none or it is not JSON."""
        try:
            return json.loads(self.body) if self.body else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def line(self) -> str:
        """Describe the answer in one line."""
        return f"{self.status} {self.headers.get('content-type', 'none')} {self.body[:600]!r}"

    def decoded(self) -> Any:
        """Decode the body as JSON; None if there is none or it is not JSON."""
        try:
            return json.loads(self.body) if self.body else None
        except ValueError:
            return None

    @property
    def code(self) -> int | None:
        """The return code of the envelope, None on success or without a readable envelope."""
        told = self.decoded()
        error = told.get("error") if isinstance(told, dict) else None
        code = error.get("code") if isinstance(error, dict) else None
        return code if isinstance(code, int) and not isinstance(code, bool) else None


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes.

    Attributes:
        operations: of the path, by method; empty if the path is unknown.
        path_id: the decoded id in the path; empty if the path has none.
        doubtful: nobody says whether this is the path or an unknown one, such as with a slash at its end.
    """

    operations: Mapping[str, OperationInfo]
    path_id: str = ""
    doubtful: bool = False


def _match(template: str, segments: list[str]) -> str | None:
    wanted = template.strip("/").split("/")
    if len(wanted) != len(segments):
        return None
    found = ""
    for want, have in zip(wanted, segments, strict=True):
        if want.startswith("{"):
            found = unquote(have)
        elif want != have:
            return None
    return found


@lru_cache(maxsize=4096)
def resolve(target: str) -> Target:
    """Find the operations of a request target.

    Literal segments win over ids (`/schedule/batch` is no schedule named batch).
    """
    path = urlsplit(target).path
    if not path.startswith(BASE_PATH + "/"):
        return Target({})
    rest = path[len(BASE_PATH) + 1 :]
    doubtful = rest.endswith("/") or "%2f" in rest.lower() or "%00" in rest
    segments = rest.rstrip("/").split("/") if rest.rstrip("/") else [""]
    by_rank: dict[int, tuple[str, dict[str, OperationInfo]]] = {}
    for info in OPERATIONS.values():
        path_id = _match(info.path, segments)
        if path_id is not None:
            rank = info.path.count("{")
            by_rank.setdefault(rank, (path_id, {}))[1][info.method] = info
    if not by_rank:
        return Target({})
    path_id, operations = by_rank[min(by_rank)]
    has_id = any("{" in info.path for info in operations.values())
    if has_id and not path_id:
        return Target({})
    return Target(operations, path_id, doubtful)


def build_credentials(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """Read key and secret of an Authorization header; None if it holds no Basic pair."""
    scheme, _, encoded = headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    key, colon, secret = text.partition(":")
    return (key, secret) if colon else None


def basic(key: str, secret: str) -> str:
    """Write the Authorization header of a pair."""
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()
