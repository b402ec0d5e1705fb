"""One HTTP exchange as the client sees it, what its request line says, and the mock's codes on demand."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, timezone
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from jsms_api.error_table import REPORT_STATUSES
from jsms_api.operations import OPERATIONS, OperationInfo

SPEC: Final[Mapping[str, Any]] = json.loads(files("jsms_api").joinpath("openapi.json").read_text("utf-8"))
CHINA: Final = timezone(timedelta(hours=8))
#: The path that the documented base address ends with.
BASE_PATH: Final = "/v1"
#: The mock's own header: a code for calls that carry neither number nor id.
MAGIC_HEADER: Final = "x-mock-code"
#: In front of a code in five digits, it makes a number or an id that is answered with that code.
MAGIC_PREFIX: Final = "154000"


def links() -> list[tuple[str, str, dict[str, Any]]]:
    """List the links of the spec: the operation whose answer has it, its name, itself."""
    return [
        (operation["operationId"], name, link)
        for path in SPEC["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict) and "operationId" in operation
        for response in operation["responses"].values()
        for name, link in response.get("links", {}).items()
    ]


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


def _shown(body: bytes) -> str:
    return repr(body if len(body) <= 600 else body[:600] + b"...")


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it went out; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def line(self) -> str:
        """Describe the request in one line, for a report of a failure."""
        kind = self.headers.get("content-type", "none")
        who = {name: value for name, value in self.headers.items() if name in ("authorization", MAGIC_HEADER)}
        return f"{self.method} {self.target} type={kind} {who} body={_shown(self.body)}"

    def decoded(self) -> Any:
        """Decode the body as JSON; None if there is none or it is not JSON."""
        return _decoded(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as it came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def line(self) -> str:
        """Describe the response in one line."""
        return f"{self.status} {self.headers.get('content-type', 'none')} {_shown(self.body)}"

    def decoded(self) -> Any:
        """Decode the body as JSON; None if there is none or it is not JSON."""
        return _decoded(self.body)

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
        doubtful: no source says whether this is the path or an unknown one, such as with a slash at its end.
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
    """Find the operations of a request target; literal segments go before ids (`/schedule/batch`)."""
    path = urlsplit(target).path
    if not path.startswith(BASE_PATH + "/"):
        return Target({})
    rest = path[len(BASE_PATH) + 1 :]
    segments = rest.rstrip("/").split("/")
    for has_id in (False, True):
        infos = [info for info in OPERATIONS.values() if ("{" in info.path) is has_id]
        matches = [(info, _match(info.path, segments)) for info in infos]
        found = [(info, path_id) for info, path_id in matches if path_id is not None]
        if found:
            path_id = found[0][1]
            doubtful = rest.endswith("/") or "%2f" in rest.lower() or "%00" in rest
            operations = {info.method: info for info, _ in found} if path_id or not has_id else {}
            return Target(operations, path_id, doubtful)
    return Target({})


def operation_of(sent: Sent) -> OperationInfo | None:
    """Find the operation that a request addresses, None for unknown paths and methods."""
    return resolve(sent.target).operations.get(sent.method)


def read_credentials(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """Read key and secret of an Authorization header; None if it holds no Basic pair."""
    scheme, _, encoded = headers.get("authorization", "").strip().partition(" ")
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except ValueError:
        return None
    key, colon, secret = text.partition(":")
    return (key, secret) if colon and scheme.lower() == "basic" else None


def basic(key: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


# Codes on demand.


def _carried(text: str) -> int:
    """Read what a number or id carries, 0 if nothing; hyphens and zeros in front do not count."""
    plain = text.replace("-", "").lstrip("0")
    tail = plain.removeprefix(MAGIC_PREFIX)
    return int(tail) if tail != plain and len(tail) == 5 and tail.isascii() and tail.isdigit() else 0


def demanded(info: OperationInfo, text: str) -> int | None:
    """Read the code that a number or id demands of a whole request."""
    code = _carried(text)
    return code if any(code in codes for codes in info.codes.values()) else None


def demanded_of_entry(info: OperationInfo, phone: str) -> int | None:
    """Read the code that a number demands of its entry in a batch."""
    code = _carried(phone)
    return code if code in info.entry_codes else None


def demanded_by_header(info: OperationInfo, headers: Mapping[str, str]) -> int | None:
    """Read the code that the header demands of an operation."""
    value = headers.get(MAGIC_HEADER, "").strip()
    return demanded(info, MAGIC_PREFIX + value) if len(value) == 5 else None


def status_of(phone: str) -> int:
    """Return the delivery status that a message to a number is reported with."""
    status = _carried(phone)
    return status if status in REPORT_STATUSES else 4001


def phone_for(code: int) -> str:
    """Make the number that carries a code or status."""
    return f"{MAGIC_PREFIX}{code:05d}"


def declared(info: OperationInfo) -> set[int]:
    """List every code that an operation can answer, whole or for an entry."""
    return {code for codes in info.codes.values() for code in codes} | set(info.entry_codes)
