"""The control API's own OpenAPI document: the one place where its calls, fields and bounds are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, cast

import jsonschema_rs
import orjson

from ..model.http import CONTROL_PREFIX

#: Where the document is served; remedies point at it.
DOCUMENT_PATH: Final = f"{CONTROL_PREFIX}/openapi.json"

_METHODS: Final = ("get", "put", "post", "delete")


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
    """One call of the control API, as the document describes it.

    Attributes:
        operation_id: names it.
        method: in capitals.
        path: below the prefix, with parameters in braces.
        summary: one line.
        described: its whole description.
    """

    operation_id: str
    method: str
    path: str
    summary: str
    described: Mapping[str, Any]

    @property
    def status(self) -> int:
        """The status of an answer that is no refusal."""
        return int(min(self.described["responses"]))

    @property
    def takes_body(self) -> bool:
        """Whether the call carries a body."""
        return "requestBody" in self.described

    def read_query(self, given: Mapping[str, str]) -> dict[str, Any]:
        """Check and convert the query; what is left out and has no default is left out.

        Raises:
            ControlProblem: an unknown parameter, or a value against the document.
        """
        known = {entry["name"]: entry for entry in self.described.get("parameters", ()) if entry["in"] == "query"}
        for name in given:
            if name not in known:
                names = ", ".join(known) or "none"
                raise ControlProblem(400, "there is no such parameter", f"query/{name}", f"known are: {names}")
        values = {name: entry["schema"]["default"] for name, entry in known.items() if "default" in entry["schema"]}
        for name, text in given.items():
            values[name] = _converted(text, known[name]["schema"], f"query/{name}")
        return values

    def read_id(self, text: str) -> int:
        """Check and convert the id in the path.

        Raises:
            ControlProblem: not a positive integer.
        """
        return int(_converted(text, {"type": "integer", "minimum": 1}, "path/id"))

    def read_body(self, content: bytes) -> dict[str, Any]:
        """Check a JSON body.

        Raises:
            ControlProblem: no JSON, or against the document.
        """
        reference: str = self.described["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        schema = reference.rpartition("/")[2]
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
    for path, item in document()["paths"].items():
        for method in _METHODS:
            if method in item:
                described = item[method]
                yield ControlCall(described["operationId"], method.upper(), path, described["summary"], described)


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


def index() -> dict[str, Any]:
    """Return the list of calls, for programs."""
    return {
        "mock": "jsmskit",
        "version": _version(),
        "service": "/v1",
        "document": DOCUMENT_PATH,
        "calls": [
            {"method": call.method, "path": CONTROL_PREFIX + call.path, "summary": call.summary} for call in calls()
        ],
    }


def _version() -> str:
    try:
        return version("jsmskit")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"
