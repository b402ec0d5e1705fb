"""The plan of any generated operation: build, send, read, all by its own means."""

from __future__ import annotations

from typing import Any, TypeVar

from jsms_api.operations import OPERATIONS
from jsms_api.types import Operation

from .._answers import Answer
from .._drafts import Draft, draft
from .._hidden import Hidden
from .._problems import unsendable
from .._readings.deletions import no_content

__all__ = ["generated_call"]

T = TypeVar("T")


def generated_call(operation: Operation[Any, T], given: Hidden[tuple[Any, Any]]) -> Draft[T]:
    """Encode what the operation builds from these arguments."""
    try:
        return _drafted(operation, *given.value)
    except Exception as error:  # noqa: BLE001  # whatever the arguments are, no request was made
        # Its text may quote an argument, so only its kind is told.
        why = f"The arguments do not make a request ({type(error).__name__})."
    raise unsendable(getattr(operation, "operation_id", "call"), why)


def _drafted(operation: Operation[Any, T], args: Any, kwargs: Any) -> Draft[T]:
    info = OPERATIONS[operation.operation_id]

    def read(answer: Answer) -> T:
        if info.method == "DELETE":  # the generated reader does not look at a body that should be empty
            no_content(answer)
        return operation.read(answer.status, answer.data)

    return draft(
        info.operation_id,
        operation.build(*args, **kwargs),
        read,
        batch=bool(info.entry_codes),
    )
