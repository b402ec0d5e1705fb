"""Any generated operation, with its own means: it builds the request and reads the response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from jsms_api.operations import OPERATIONS
from jsms_api.types import Operation

from .._calls import responses
from .._calls.request import PreparedRequest, RefusedRequest, invalid_request_error, prepare
from .._calls.responses import ParsedResponse

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
