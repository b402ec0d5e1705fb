"""A request that is ready to send: validated, encoded, with the way to read its response."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, ParamSpec, TypeVar

from jsms_api.operations import OPERATIONS, OperationInfo

from .._encoding import multipart, strict_json
from .._validation.invalid_argument import InvalidArgument, error_for_argument
from ..errors import InvalidRequestError, JsmsError, Outcome
from .responses import ParsedResponse

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
        raise ValueError(
            "An id in the path has characters other than letters, digits, - and _, or is too long."
        )
    content_type: str | None = None
    body = b""
    if "json" in built:
        content_type, body = "application/json", strict_json.encode(built["json"])
    elif "files" in built:
        content_type, body = multipart.encode(built["files"])
    return PreparedRequest(
        OPERATIONS[operation_id],
        target,
        content_type,
        body,
        parse,
        expected_codes,
        result,
        nothing_sent,
        parse_for,
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
    """Return the error of arguments that make no request."""
    return InvalidRequestError(reason, operation=operation_id, outcome=Outcome.NOT_SENT)
