"""The control API's own OpenAPI document: the one place where its calls, fields and bounds are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, cast

import jsonschema_rs
import orjson

from ..model.http import CONTROL_PREFIX

#: Where the document is served; remedies point at it.
DOCUMENT_PATH: Final = f"{CONTROL_PREFIX}/openapi.json"

#: The media type of a snapshot.
SNAPSHOT: Final = "application/octet-stream"


class ControlProblem(Exception):  # noqa: N818  # a refusal, and the name of its schema
    """Why a control call is refused.

    Attributes:
        status: HTTP status.
        what: what is wrong.
        where: the field, parameter or header.
        remedy: what to do.
    """

    def __init__(self, status: int, what: str, where: str, remedy: str) -> None:
        super().__init__(f"{where}: {what}; {remedy}")
        self.status = status
        self.what = what
        self.where = where
        self.remedy = remedy

    def body(self) -> bytes:
        """Return the JSON that the caller gets."""
        return orjson.dumps({"error": {"what": self.what, "where": self.where, "remedy": self.remedy}})


@dataclass(frozen=True, slots=True)
class ControlCall:
    """One call of the control API.

    Attributes:
        method: in capitals.
        path: below the prefix, with parameters in braces.
        described: what the document says of it.
    """

    method: str
    path: str
    described: Mapping[str, Any]

    @property
    def operation_id(self) -> str:
        """Its name."""
        return str(self.described["operationId"])

    @property
    def status(self) -> int:
        """The status of an answer that is no refusal."""
        return int(min(self.described["responses"]))

    @property
    def answers(self) -> Mapping[str, Any]:
        """What it answers with, by media type."""
        content: Mapping[str, Any] = self.described["responses"][str(self.status)]["content"]
        return content

    @property
    def takes(self) -> Mapping[str, Any]:
        """What its body may be, by media type; empty if it has none."""
        content: Mapping[str, Any] = self.described.get("requestBody", {}).get("content", {})
        return content

    def read_parameters(self, query: Mapping[str, str], path: Mapping[str, str]) -> dict[str, Any]:
        """Check and convert the parameters, the id of a path as `identity`; one that is left out may have a default.

        Raises:
            ControlProblem: an unknown parameter, or a value against the document.
        """
        known = {(one["in"], one["name"]): one["schema"] for one in self.described.get("parameters", ())}
        values = {name: schema["default"] for (_, name), schema in known.items() if "default" in schema}
        for place, given in (("query", query), ("path", path)):
            for name, text in given.items():
                where = f"{place}/{name}"
                if (place, name) not in known:
                    names = ", ".join(other for its_place, other in known if its_place == place) or "none"
                    raise ControlProblem(400, "there is no such parameter", where, f"known are: {names}")
                values["identity" if place == "path" else name] = _converted(text, known[place, name], where)
        return values

    def read_body(self, content: bytes) -> dict[str, Any]:
        """Check a JSON body.

        Raises:
            ControlProblem: no JSON, or against the document.
        """
        schema = self.takes["application/json"]["schema"]["$ref"].rpartition("/")[2]
        remedy = f"see {schema} in {DOCUMENT_PATH}"
        try:
            body: object = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise ControlProblem(400, f"not JSON: {error}", "body", remedy) from None
        breach = first_breach(schema, body)
        if breach is not None:
            raise ControlProblem(400, breach[1], "/".join(filter(None, ("body", breach[0]))), remedy)
        return cast("dict[str, Any]", body)


@cache
def document() -> Mapping[str, Any]:
    """Read the document."""
    loaded: dict[str, Any] = orjson.loads(document_bytes())
    return loaded


@cache
def document_bytes() -> bytes:
    """Return the document as it is shipped."""
    return resources.files("jsmskit.mock.control").joinpath("control-openapi.json").read_bytes()


def calls() -> Iterator[ControlCall]:
    """List every call, in the document's order."""
    for path, methods in document()["paths"].items():
        for method, described in methods.items():
            yield ControlCall(method.upper(), path, described)


def first_breach(schema: str, value: object) -> tuple[str, str] | None:
    """Hold a JSON value against one of the document's schemas: where and what is wrong first, or None."""
    for error in _validator(schema).iter_errors(value):
        return "/".join(map(str, error.instance_path)), error.message
    return None


@cache
def _validator(schema: str) -> jsonschema_rs.Validator:
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": f"#/components/schemas/{schema}",
        "components": document()["components"],
    }
    return jsonschema_rs.validator_for(whole)


def _converted(text: str, schema: Mapping[str, Any], where: str) -> Any:
    kind = schema["type"]
    value: object = text
    if kind in ("integer", "number"):
        try:
            value = int(text) if kind == "integer" else float(text)
        except ValueError:
            raise ControlProblem(400, f"{text!r} is not a {kind}", where, "send digits") from None
    for error in jsonschema_rs.validator_for(dict(schema)).iter_errors(value):
        raise ControlProblem(400, error.message, where, f"see {DOCUMENT_PATH}")
    return value
