"""A request that is ready to leave: checked, encoded, with the way to read its answer.

Knows how the output of a generated operation becomes bytes. Must not know which arguments an operation has
(`_plans`), nor credentials, addresses or time.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Generic, ParamSpec, TypeVar

from jsms_api.operations import OPERATIONS, OperationInfo

from . import _multipart
from ._answers import Answer
from ._json_text import encode, encode_plain
from ._problems import unsendable
from ._refusal import InputRefusedError, error_for_argument
from .errors import JsmsError

__all__ = ["Draft", "draft", "planned"]

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)  # nobody compares two, and every first call makes the class
class Draft(Generic[R]):
    """One request. Its `repr` shows no body and no ids."""

    info: OperationInfo = field(repr=False)
    target: str = field(repr=False)
    """Path below the base address."""
    content_type: str | None
    body: bytes = field(repr=False)
    read: Callable[[Answer], R] = field(repr=False)
    """Makes the result; raises ValueError, KeyError or TypeError if the answer has another shape."""
    values: frozenset[int] = frozenset()
    """Codes that are an answer to this question, not an error."""
    batch: bool = False
    """Many recipients: more time, and a connection of its own."""
    skim: Callable[[bytes], object | None] | None = field(default=None, repr=False)
    """Finds what `read` wants in the text of a plain answer, without reading it as JSON; None if it is not plain."""
    settled: R | None = field(default=None, repr=False)
    """The result, where the arguments alone decide it; then nothing is sent."""


# Every segment, not only the ids: nothing that a generated operation builds may climb or leave the base
# address.
_SAFE_TARGET: Final = re.compile(r"(?:/[0-9A-Za-z_-]{1,64})+")


def draft(
    operation_id: str,
    built: dict[str, Any],
    read: Callable[[Answer], R],
    *,
    values: frozenset[int] = frozenset(),
    batch: bool = False,
    skim: Callable[[bytes], object | None] | None = None,
    settled: R | None = None,
    plain: bool = False,
    entries: str | None = None,
) -> Draft[R]:
    """Encode what a generated operation built. Raises ValueError for what cannot be put on the wire.

    plain: it holds nothing but checked texts, whole numbers, lists and objects, and may be large.

    entries: JSON that was encoded before, to stand where the request has an empty list of recipients.
    """
    info = OPERATIONS[operation_id]
    target = built["url"]
    if not _SAFE_TARGET.fullmatch(target):
        raise ValueError(
            "An id in the path has characters other than letters, digits, - and _, or is too long."
        )
    if "json" in built:
        content_type: str | None = "application/json"
        body = (encode_plain if plain else encode)(built["json"])
        if entries is not None:
            # Inside of a text the quotes would be escaped, so this can stand nowhere else.
            body = body.replace(b'"recipients":[]', b'"recipients":' + entries.encode("utf-8"), 1)
    elif "files" in built:
        content_type, body = _multipart.encode(built["files"])
    else:
        content_type, body = None, b""
    return Draft(info, target, content_type, body, read, values, batch, skim, settled)


def planned(operation_id: str) -> Callable[[Callable[P, Draft[R]]], Callable[P, Draft[R]]]:
    """Let a plan's refusals leave as errors of the client, and nothing of its frames with them."""

    def wrap(plan: Callable[P, Draft[R]]) -> Callable[P, Draft[R]]:
        @functools.wraps(plan)
        def made(*args: P.args, **kwargs: P.kwargs) -> Draft[R]:
            problem: JsmsError
            try:
                return plan(*args, **kwargs)
            except InputRefusedError as refused:
                problem = error_for_argument(operation_id, refused)
            except ValueError as error:  # what the checks have overlooked; its text may quote an argument
                why = f"The arguments cannot be put on the wire ({type(error).__name__})."
                problem = unsendable(operation_id, why)
            # Raised here, outside of the handlers: the frames below hold phone numbers, codes and values.
            raise problem

        return made

    return wrap
