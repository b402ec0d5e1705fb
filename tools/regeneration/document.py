"""Walking a valid OpenAPI document: its operations, schemas and references."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tools.regeneration.sources import Location

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True, slots=True)
class SpecOperation:
    """One operation as the document has it, and where it stands."""

    location: Location
    path: str
    method: str
    data: dict[str, Any]

    @property
    def operation_id(self) -> str:
        """Return the operationId, empty if there is none."""
        return str(self.data.get("operationId", ""))


def operations(document: dict[str, Any], section: str = "paths") -> Iterator[SpecOperation]:
    """Yield the operations below `paths` (or `webhooks`), in the order of the document."""
    for path, item in document.get(section, {}).items():
        for method, data in item.items():
            if method in METHODS:
                yield SpecOperation((section, path, method), path, method, data)


def resolve(document: dict[str, Any], data: dict[str, Any], location: Location) -> tuple[dict[str, Any], Location]:
    """Follow `$ref` until something stands there itself; return it with its location. The document is known
    to be valid.
    """
    while "$ref" in data:
        location = tuple(
            part.replace("~1", "/").replace("~0", "~") for part in data["$ref"].removeprefix("#/").split("/")
        )
        found: Any = document
        for part in location:
            found = found[part]
        data = found
    return data, location


def reference_name(data: dict[str, Any]) -> str | None:
    """Return the last part of a `$ref`, which is the name of what it points to."""
    reference = data.get("$ref")
    return reference.rsplit("/", 1)[-1] if isinstance(reference, str) else None


def responses(document: dict[str, Any], operation: SpecOperation) -> Iterator[tuple[str, dict[str, Any], Location]]:
    """Yield status, response and location for each answer of an operation, shared answers resolved."""
    for status, data in operation.data.get("responses", {}).items():
        response, location = resolve(document, data, (*operation.location, "responses", status))
        yield status, response, location


def parameters(document: dict[str, Any], operation: SpecOperation) -> Iterator[tuple[dict[str, Any], Location]]:
    """Yield the parameters of an operation and of its path, with their locations, shared ones resolved."""
    path_item = document[str(operation.location[0])][operation.path]
    for holder, location in ((operation.data, operation.location), (path_item, operation.location[:2])):
        for index, data in enumerate(holder.get("parameters", [])):
            yield resolve(document, data, (*location, "parameters", index))


def request_schema(document: dict[str, Any], operation: SpecOperation) -> tuple[str | None, dict[str, Any], Location]:
    """Return media type, schema and its location for the body of a request; (None, {}, ()) without a body."""
    if "requestBody" not in operation.data:
        return None, {}, ()
    body, location = resolve(document, operation.data["requestBody"], (*operation.location, "requestBody"))
    media_type, content = next(iter(body["content"].items()))
    schema, location = resolve(document, content.get("schema", {}), (*location, "content", media_type, "schema"))
    return media_type, schema, location


def request_properties(
    document: dict[str, Any], schema: dict[str, Any], location: Location, prefix: str = ""
) -> Iterator[tuple[str, dict[str, Any], Location]]:
    """Yield every property of a request body with its name on the wire; those of list entries as
    `recipients[].mobile`.
    """
    for name, data in schema.get("properties", {}).items():
        here = (*location, "properties", name)
        yield prefix + name, data, here
        whole, _ = resolve(document, data, here)
        if whole.get("type") == "array":
            items, where = resolve(document, whole.get("items", {}), (*here, "items"))
            yield from request_properties(document, items, where, f"{prefix}{name}[].")
