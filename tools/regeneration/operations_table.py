"""Writes jsms_api/operations.py: what each call is, which credential it takes, what it does and which codes
it can answer.
"""

from __future__ import annotations

from typing import Any

from tools.regeneration.document import SpecOperation, operations, request_schema, responses
from tools.regeneration.python_text import MADE, call, docstring, literal, str_enum
from tools.regeneration.sources import Source
from tools.regeneration.spec_checks import CREDENTIALS, EFFECTS

_HEAD = f'''{MADE}
"""The operations of the service as data: for dispatch, routes and documentation. It cannot call them."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple
'''

_EFFECT = (
    "What a call does, which decides whether it may be repeated when its answer got lost. destructive-read "
    "hands out every record once; send reaches a person and costs money."
)

_ROW = '''
class OperationInfo(NamedTuple):
    """One operation."""

    operation_id: str
    method: str
    """In capitals."""
    path: str
    """Below BASE_URL, with path parameters in braces."""
    credential: Credential
    effect: Effect
    tag: str
    summary: str
    content_type: str | None
    """The media type of the request, None if it has no body."""
    codes: Mapping[int, tuple[int, ...]]
    """By HTTP status, the documented return codes that an answer with this status can carry."""
    entry_codes: tuple[int, ...]
    """The codes that single entries of a batch can carry inside an answer with status 200."""
    doubts: tuple[str, ...]
'''


def write_operations(source: Source) -> str:
    """Return the source of the module, to be formatted."""
    document = source.document
    return "\n".join(
        [
            _HEAD,
            str_enum(
                "Credential",
                "Which of the two key pairs a call takes: of the application, or of the developer account.",
                CREDENTIALS,
            ),
            str_enum("Effect", _EFFECT, EFFECTS),
            _ROW,
            f"BASE_URL: Final = {literal(document['servers'][0]['url'])}",
            docstring("The address of the service, without a slash at the end."),
            f"SPEC_VERSION: Final = {literal(document['info']['version'])}",
            docstring("The version that the spec gives itself."),
            f"SPEC_SHA256: Final = {literal(source.sha256)}",
            docstring("The hash of spec/openapi.yaml, from which this package was made."),
            "OPERATIONS: Final[Mapping[str, OperationInfo]] = MappingProxyType({",
            *(f"{literal(item.operation_id)}: {_row(document, item)}," for item in operations(document)),
            "})",
            docstring("All operations, by operationId."),
        ]
    )


def _row(document: dict[str, Any], operation: SpecOperation) -> str:
    answers = [(int(status), response) for status, response, _ in responses(document, operation) if status.isdigit()]
    media_type, _, _ = request_schema(document, operation)
    entry_codes = {code for _, response in answers for code in response.get("x-jsms-entry-codes", [])}
    data = operation.data
    return call(
        "OperationInfo",
        {
            "operation_id": literal(operation.operation_id),
            "method": literal(operation.method.upper()),
            "path": literal(operation.path),
            "credential": f"Credential.{data['x-jsms-credential'].upper()}",
            "effect": f"Effect.{data['x-jsms-effect'].upper().replace('-', '_')}",
            "tag": literal(data["tags"][0]),
            "summary": literal(data.get("summary", "")),
            "content_type": literal(media_type),
            "codes": literal(
                {
                    status: sorted(response["x-error-codes"])
                    for status, response in answers
                    if "x-error-codes" in response
                }
            ),
            "entry_codes": literal(sorted(entry_codes)),
            "doubts": literal(data.get("x-jsms-doubt", [])),
        },
    )
