"""The files of spec/: read strictly, walked, and spoken of in findings with their lines.

YAML is read as its version 1.2 has it and as every JSON tool will see it: `no` and `2018-11-14` are text, keys are
text, and a key that stands twice is an error. A plain YAML 1.1 reader takes the last of two equal keys without a word.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

Location = tuple[str | int, ...]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: `where` (a file, with a line if it is known), `what`, and the `remedy`."""

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        """Return one line; validators like to quote the whole document, so it is cut."""
        what = self.what if len(self.what) <= _LONGEST else self.what[:_LONGEST] + "..."
        return " ".join(f"{self.where}: {what} - {self.remedy}".split())


class RegenerationError(Exception):
    """Regeneration cannot go on; the tree was not touched."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = tuple(findings)


def problem(where: str, what: str, remedy: str) -> RegenerationError:
    """Return the error made of a single finding."""
    return RegenerationError([Finding(where, what, remedy)])


_BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the fast one exists only where libyaml does


class _StrictLoader(_BaseLoader):  # type: ignore[misc]  # either of the two
    """YAML 1.2 core schema, with every mapping key unique and a string."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return the mapping; raise at the line of a key that stands twice or is no text."""
        seen: set[str] = set()
        for key, _ in node.value:
            is_text = key.tag == "tag:yaml.org,2002:str"
            if not is_text or key.value in seen:
                what = f"the key {key.value} {'stands here twice' if is_text else 'is no text, quote it'}"
                raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)  # type: ignore[no-any-return]


# Numbers as JSON writes them; PyYAML's patterns know octals, base 60, dates, and `no` as a truth value.
_StrictLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)", "-0123456789"),
):
    _StrictLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), [*_first, ""] if _tag == "null" else list(_first)
    )


@dataclass(frozen=True, slots=True)
class Source:
    """One file of spec/: its name for messages, its bytes and what they say."""

    name: str
    raw: bytes
    document: dict[str, Any]

    @property
    def sha256(self) -> str:
        """Return the hash that stands in the stamp."""
        return hashlib.sha256(self.raw).hexdigest()

    def line_of(self, location: Location) -> int:
        """Return the 1-based line of the deepest part of `location` that exists. Indices may be text."""
        node = _composed(self.raw)
        line = 1
        for step in location:
            child = _child(node, step)
            if child is None:
                break
            line, node = child
        return line

    def finding(self, location: Location, what: str, remedy: str) -> Finding:
        """Return a finding about the place `location` of this file, with line and path."""
        path = ".".join(str(step) for step in location) or "the document"
        return Finding(f"{self.name}:{self.line_of(location)}", f"{path}: {what}", remedy)


@lru_cache(maxsize=2)  # the spec and what it is compared with; slow, and asked for once a finding
def _composed(raw: bytes) -> yaml.Node | None:
    node: yaml.Node | None = yaml.compose(raw.decode(), Loader=_BaseLoader)
    return node


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and str(step).isdigit() and int(step) < len(node.value):
        return node.value[int(step)].start_mark.line + 1, node.value[int(step)]
    return None


def read_source(path: Path, name: str) -> Source:
    """Read one YAML file that must hold a mapping. `name` is how messages call it.

    Raises RegenerationError if it is missing, no UTF-8, no YAML, or not the strict subset described above.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise problem(
            name,
            f"cannot be read ({error.strerror})",
            "restore it from version control, or name its folder with --spec",
        ) from None
    try:
        document = yaml.load(raw.decode(), Loader=_StrictLoader)  # noqa: S506 - a subclass of the safe loader
    except UnicodeDecodeError as error:
        raise problem(name, f"is not UTF-8 (byte {error.start})", "save it as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise problem(f"{name}:{line}", f"cannot be read as YAML: {error.problem}", "correct this line") from None
    except yaml.YAMLError as error:
        raise problem(name, f"cannot be read as YAML: {error}", "correct it") from None
    if not isinstance(document, dict):
        raise problem(name, "holds no mapping", "restore it from version control")
    return Source(name, raw, document)


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


def steps_of(pointer: str) -> Location:
    """Return the location that a JSON pointer names."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("#/").split("/"))


def resolve(document: dict[str, Any], data: dict[str, Any], location: Location) -> tuple[dict[str, Any], Location]:
    """Follow `$ref` until something stands there itself; return it with its location. The document is valid."""
    while "$ref" in data:
        location = steps_of(data["$ref"])
        found: Any = document
        for part in location:
            found = found[part]
        data = found
    return data, location


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
    """Yield every property of a request body with its name on the wire: of list entries as `recipients[].mobile`."""
    for name, data in schema.get("properties", {}).items():
        here = (*location, "properties", name)
        yield prefix + name, data, here
        whole, _ = resolve(document, data, here)
        if whole.get("type") == "array":
            items, where = resolve(document, whole.get("items", {}), (*here, "items"))
            yield from request_properties(document, items, where, f"{prefix}{name}[].")
