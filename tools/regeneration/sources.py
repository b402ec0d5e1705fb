"""Reading the two files of spec/, strictly.

YAML is read as its version 1.2 has it and as every JSON tool will see it: `no` and `2018-11-14` are text,
keys are text, and a key that stands twice is an error. A plain YAML 1.1 reader takes the last of two equal
keys without a word.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from tools.regeneration.problem import Finding, problem

Location = tuple[str | int, ...]

_LIBYAML_MISSING = not hasattr(yaml, "CSafeLoader")
_BaseLoader: Any = yaml.SafeLoader if _LIBYAML_MISSING else yaml.CSafeLoader


class _StrictLoader(_BaseLoader):  # type: ignore[misc]  # the fast loader exists only where libyaml does
    """YAML 1.2 core schema, with every mapping key unique and a string."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return the mapping; raise at the line of a key that stands twice or is no text."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag != "tag:yaml.org,2002:str":
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value} is no text, quote it", key.start_mark
                )
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value} stands here twice", key.start_mark
                )
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
        """Return the 1-based line of the deepest part of `location` that exists."""
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
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
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
