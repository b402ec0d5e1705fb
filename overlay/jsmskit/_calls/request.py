"""A request that is ready to send: validated, encoded, with the way to read its response."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, ParamSpec, TypeVar

from jsms_api.operations import OPERATIONS, OperationInfo
from jsms_api.types import Operation

from .._validation.fields import InvalidArgument, error_for_argument
from ..errors import InvalidRequestError, JsmsError, Outcome
from . import responses, strict_json
from .responses import ParsedResponse

_NAME: Final = re.compile(r"[0-9A-Za-z_.-]{1,64}")
_MEDIA_TYPE: Final = re.compile(r"[a-z]{1,20}/[0-9A-Za-z.+-]{1,80}")


def encode_form(parts: Sequence[tuple[str, Any]]) -> tuple[str, bytes]:
    """Write a form with files as bytes: return the content type (with its boundary) and the body.

    A file name with a quote or line break, or a file that contains the boundary, could forge fields.
    `httpx.Request(files=...)` writes the same, but importing httpx for the first form costs 0.2 s of CPU and 165
    modules (`python -X importtime -c "import httpx"` on 2 GHz), and nothing else of the client needs it.

    A part is a name and a tuple of file name (None for a text), content (bytes or an open file) and media type. Raises
    ValueError for a name or media type that could break out of its header.
    """
    from secrets import token_hex  # few requests are forms, and it loads a library of hashes

    read = [
        (name, file_name, content.read() if hasattr(content, "read") else content, media_type)
        for name, (file_name, content, media_type, *_) in parts
    ]
    if not all(isinstance(content, bytes) for _, _, content, _ in read):
        raise ValueError("The content of a file is bytes.")
    boundary = token_hex(16)
    while any(boundary.encode("ascii") in content for _, _, content, _ in read):  # as likely as never
        boundary = token_hex(16)
    lines: list[bytes] = []
    for name, file_name, content, media_type in read:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_checked(name)}"'
        if file_name is not None:
            head += f'; filename="{_checked(file_name)}"'
        if media_type is not None and file_name is not None:
            if not _MEDIA_TYPE.fullmatch(media_type):
                raise ValueError("The media type of a file is not a plain type/subtype.")
            head += f"\r\nContent-Type: {media_type}"
        lines += (head.encode("ascii"), b"\r\n\r\n", content, b"\r\n")
    lines.append(f"--{boundary}--\r\n".encode("ascii"))
    return f"multipart/form-data; boundary={boundary}", b"".join(lines)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("A name in a form has letters, digits, dots, - and _ only.")
    return name


P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PreparedRequest(Generic[R]):
    """One request.

    Attributes:
        info: the operation's row of the spec's table.
        target: path below the base address.
        content_type: None without a body.
        parse: makes the result; raises ValueError, KeyError or TypeError if the response has another shape.
        expected_codes: return codes that are an answer to the question, not an error.
        result: where the arguments alone decide it; then nothing is sent.
        nothing_sent: of an operation that sends, the result if the recipient guard withholds all of it.
        parse_for: of a batch, makes `parse` for other recipients: for those that the guard leaves.
    """

    info: OperationInfo
    target: str
    content_type: str | None
    body: bytes
    parse: Callable[[ParsedResponse], R]
    expected_codes: frozenset[int] = frozenset()
    result: R | None = None
    nothing_sent: R | None = None
    parse_for: Callable[[Sequence[str]], Callable[[ParsedResponse], R]] | None = None

    @property
    def is_batch(self) -> bool:
        """Whether it is about many recipients: it gets more time, and a connection of its own."""
        return bool(self.info.entry_codes)

    @property
    def has_large_response(self) -> bool:
        """Whether the response may list many things."""
        return self.is_batch or self.info.operation_id in _LISTS

    def __repr__(self) -> str:
        return f"PreparedRequest({self.info.operation_id})"


_LISTS: Final = frozenset({"getSchedule", "pullReplies", "pullReports"})


@dataclass(frozen=True, slots=True)
class RefusedRequest:
    """Arguments that make no request, as a value: raised where no frame holds them any more."""

    error: JsmsError


# Every segment, not only the ids: nothing that a generated operation builds may climb or leave the base address.
_SAFE_TARGET: Final = re.compile(r"(?:/[0-9A-Za-z_-]{1,64})+")


def prepare(
    operation_id: str,
    built: dict[str, Any],
    parse: Callable[[ParsedResponse], R],
    *,
    expected_codes: frozenset[int] = frozenset(),
    result: R | None = None,
    nothing_sent: R | None = None,
    parse_for: Callable[[Sequence[str]], Callable[[ParsedResponse], R]] | None = None,
) -> PreparedRequest[R]:
    """Encode what a generated operation built. Raises ValueError for what cannot be put on the wire."""
    target = built["url"]
    if not _SAFE_TARGET.fullmatch(target):
        raise ValueError("An id in the path has characters other than letters, digits, - and _, or is too long.")
    content_type: str | None = None
    body = b""
    if "json" in built:
        content_type, body = "application/json", strict_json.encode(built["json"])
    elif "files" in built:
        content_type, body = encode_form(built["files"])
    return PreparedRequest(
        OPERATIONS[operation_id], target, content_type, body, parse, expected_codes, result, nothing_sent, parse_for
    )


def refusals_as_values(
    operation_id: str,
) -> Callable[[Callable[P, PreparedRequest[R]]], Callable[P, PreparedRequest[R] | RefusedRequest]]:
    """Return what a function refuses instead of raising it: its frames hold phone numbers, codes and values."""

    def wrap(function: Callable[P, PreparedRequest[R]]) -> Callable[P, PreparedRequest[R] | RefusedRequest]:
        @functools.wraps(function)
        def made(*args: P.args, **kwargs: P.kwargs) -> PreparedRequest[R] | RefusedRequest:
            try:
                return function(*args, **kwargs)
            except InvalidArgument as refused:
                return RefusedRequest(error_for_argument(operation_id, refused))
            except ValueError as error:  # what the validation has overlooked; its text may quote an argument
                reason = f"The arguments cannot be put on the wire ({type(error).__name__})."
                return RefusedRequest(invalid_request_error(operation_id, reason))

        return made

    return wrap


def invalid_request_error(operation_id: str, reason: str) -> InvalidRequestError:
    return InvalidRequestError(reason, operation=operation_id, outcome=Outcome.NOT_SENT)


T = TypeVar("T")


def raw_request(
    operation: Operation[Any, T], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> PreparedRequest[T] | RefusedRequest:
    """Encode what the operation builds from these arguments. Nothing is validated beyond what it checks itself."""
    try:
        info = OPERATIONS[operation.operation_id]

        def parse(response: ParsedResponse) -> T:
            if info.method == "DELETE":  # the generated reader does not look at a body that should be empty
                responses.no_content(response)
            return operation.read(response.status, response.data)

        return prepare(info.operation_id, operation.build(*args, **kwargs), parse)
    except Exception as error:  # noqa: BLE001  # whatever the arguments are, there is no request
        # Its text may quote an argument, so only its class is told.
        reason = f"The arguments do not make a request ({type(error).__name__})."
        return RefusedRequest(invalid_request_error(getattr(operation, "operation_id", "call"), reason))
