"""The plan of any generated operation: build, send, read, all by its own means."""

from __future__ import annotations

from typing import Any, TypeVar

from jsms_api.operations import OPERATIONS
from jsms_api.types import Operation

from .._answers import Answer
from .._drafts import Draft, draft
from .._hidden import Hidden
from .._problems import unsendable
from ..errors import JsmsError

__all__ = ["generated_call"]

T = TypeVar("T")


def generated_call(operation: Operation[Any, T], given: Hidden[tuple[Any, Any]]) -> Draft[T]:
    """Encode what the operation builds from these arguments."""
    problem: JsmsError
    try:
        info = OPERATIONS[operation.operation_id]
        args, kwargs = given.value
        built = operation.build(*args, **kwargs)

        def read(answer: Answer) -> T:
            return operation.read(answer.status, answer.data)

        return draft(
            info.operation_id,
            built,
            read,
            batch=bool(info.entry_codes),
            empty_answer=info.method == "DELETE",
        )
    except Exception as error:  # noqa: BLE001  # whatever the arguments are, no request was made
        # Its text may quote an argument, so only its kind is told.
        problem = unsendable(
            getattr(operation, "operation_id", "call"),
            f"The arguments do not make a request ({type(error).__name__}).",
        )
    raise problem
