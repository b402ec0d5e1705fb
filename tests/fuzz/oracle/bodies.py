"""What the spec says about bodies: which return code each defect of each field brings.

A reader and a validator of its own, with nothing but the standard library: the mock's are orjson, python-multipart and
jsonschema_rs, and sharing one would make both wrong together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from jsms_api import limits
from jsms_api.error_table import ErrorCode
from jsms_api.limits import REFUSALS
from jsms_api.operations import OPERATIONS

from tests.fuzz.oracle.exchange import SPEC

#: Stands for a field that is absent, null or empty.
MISSING: Final = object()
#: Text fields for which clients were seen to send JSON numbers.
_NUMBER_AS_TEXT: Final = frozenset({"mobile", "code"})
#: Deeper than any body of the service; beyond it a reader may refuse or not.
_DEEP: Final = 64
#: First bytes of a picture.
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
#: Pictures of forms that named no format (until 2025-09); the Java client calls all of them images.
_ANY_FORMAT: Final = frozenset({"image0", "image1", "image2", "image3", "images"})


class UnreadableError(ValueError):
    """The body is certainly not what it should be."""


@dataclass(slots=True)
class Faults:
    """What is wrong with a request.

    Attributes:
        certain: codes of defects that are surely there: the answer must be a refusal, with one of all codes.
        possible: codes of what may or may not count as a defect.
    """

    certain: set[int] = field(default_factory=set)
    possible: set[int] = field(default_factory=set)

    def add(self, *codes: int) -> None:
        """Note certain defects."""
        self.certain.update(codes)

    def doubt(self, *codes: int) -> None:
        """Note possible defects."""
        self.possible.update(codes)

    def merge(self, other: Faults) -> None:
        """Take over another's."""
        self.certain |= other.certain
        self.possible |= other.possible


@dataclass(slots=True)
class Entry:
    """One recipient of a batch: the number as it was sent and as it is understood, its values, what is wrong."""

    sent_mobile: str = ""
    mobile: str = ""
    params: Mapping[str, Any] | None = None
    faults: Faults = field(default_factory=Faults)


@dataclass(slots=True)
class Fields:
    """A body after reading: only fields that the operation knows, tolerated variants in their plain form."""

    values: dict[str, Any] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)

    def get(self, name: str) -> Any:
        return self.values.get(name)


# JSON.


def _no_constants(name: str) -> Any:
    raise UnreadableError(f"{name} is no JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise UnreadableError("a name stands twice in one object")
    return dict(pairs)


def _leaves(value: Any, depth: int = 1) -> Iterator[tuple[Any, int]]:
    """List names and single values with their depth; no deeper than a reader must go."""
    inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else None
    if inner is None or depth > _DEEP:
        yield None if inner else value, depth
        return
    yield None, depth
    for each in inner:
        yield from _leaves(each, depth + 1)


def read_json(body: bytes) -> tuple[Any, bool]:
    """Read a JSON body; tells too whether readers may refuse it for its depth or the size of a number.

    Raises:
        UnreadableError: it is not one JSON text in UTF-8 with unique names and whole characters, or far too deep.
    """
    try:
        found = json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constants)
        leaves = list(_leaves(found))
        for leaf, _ in leaves:
            if isinstance(leaf, str):
                leaf.encode("utf-8")  # half of a surrogate pair cannot
    except (ValueError, RecursionError) as error:
        raise UnreadableError(str(error)) from None
    huge = any(isinstance(leaf, int | float) and not -(2**63) <= leaf < 2**64 for leaf, _ in leaves)
    return found, huge or any(depth >= _DEEP for _, depth in leaves)


# The spec.


@cache
def schema(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = SPEC["components"]["schemas"][name]
    return found


def resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow the reference of a schema, if it is one."""
    reference = node.get("$ref")
    return schema(reference.rpartition("/")[2]) if reference else node


@cache
def request_schema(operation_id: str) -> Mapping[str, Any]:
    """Find the schema of an operation's request body."""
    info = OPERATIONS[operation_id]
    content = SPEC["paths"][info.path][info.method.lower()]["requestBody"]["content"]
    return resolved(content[info.content_type]["schema"])


def broken_keywords(rules: Mapping[str, Any], value: Any) -> list[str]:
    """List the JSON Schema keywords that a value breaks; only `type` if its type is wrong."""
    types = {"string": str, "integer": int, "object": dict, "array": list}
    if "type" in rules and (not isinstance(value, types[rules["type"]]) or isinstance(value, bool)):
        return ["type"]
    found = ["enum"] if "enum" in rules and value not in rules["enum"] else []
    measured: list[tuple[str, str, int]] = []
    if isinstance(value, str):
        measured.append(("minLength", "maxLength", len(value)))
        # The whole text: `$` would let a line break through.
        if "pattern" in rules and not re.fullmatch(rules["pattern"].removeprefix("^").removesuffix("$"), value):
            found.append("pattern")
    elif isinstance(value, list):
        measured.append(("minItems", "maxItems", len(value)))
    elif isinstance(value, int):
        measured.append(("minimum", "maximum", value))
    for low, high, size in measured:
        found += [low] if size < rules.get(low, size) else []
        found += [high] if size > rules.get(high, size) else []
    return found


def _codes(refusal: Mapping[str, int], keywords: Iterable[str]) -> set[int]:
    """Look up the codes that broken keywords bring."""
    return {refusal.get(keyword, refusal.get("invalid", 0)) for keyword in keywords} - {0}


def _tolerated(name: str, kind: str, value: Any) -> tuple[Any, bool]:
    """Bring a value into its plain form; tells also whether readers may differ about it.

    Digit text for numbers, numbers for `mobile` and `code`, the country's prefix (C33), null and empty text as
    absence: all seen from real clients.
    """
    if value is None or value == "":
        return MISSING, False
    if kind == "integer":
        if isinstance(value, float) and value.is_integer():
            return int(value), True
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,19}", value):
            return int(value), value != str(int(value))
        if isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9_]+\s*", value):
            return value, True
    if name in _NUMBER_AS_TEXT and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if name == "mobile" and isinstance(value, str):
        value = re.sub(r"^(\+86|86)(?=.{11}\Z)", "", value, flags=re.DOTALL)
    return value, False


def read_fields(operation_id: str, raw: Mapping[str, Any]) -> Fields:
    """Judge every field of a body by the spec; unknown fields are ignored."""
    found = Fields()
    for name, node in request_schema(operation_id)["properties"].items():
        own, refusal = resolved(node), REFUSALS[operation_id].get(name, {})
        kind = own.get("type", "string")
        value, grey = _tolerated(name, kind, raw.get(name))
        if value is MISSING:
            if raw.get(name) == "" and kind not in ("string", "integer"):
                # Empty text where an object or a list belongs: absent, or of the wrong type.
                found.faults.doubt(refusal.get("type", ErrorCode.INVALID_BODY))
            if "missing" in refusal:
                found.faults.add(refusal["missing"])
            continue
        if grey:
            found.faults.doubt(*_codes(refusal, ["type", "minimum"] if isinstance(value, str) else ["type"]))
            if isinstance(value, str):
                continue
        broken = broken_keywords(own, value)
        found.faults.add(*_codes(refusal, broken))
        if broken == ["type"]:
            continue
        found.values[name] = value
        if name == "recipients":
            found.entries = [_read_entry(operation_id, each, found.faults) for each in value if isinstance(each, dict)]
            if len(found.entries) < len(value):
                found.faults.add(ErrorCode.INVALID_BODY)
        elif name == "temp_para":
            _read_values(value, found.faults)
    return found


def _is_too_long(value: Any) -> bool:
    return isinstance(value, str) and len(value) > limits.TEMPLATE_PARAMETERS_VALUES_MAX_LENGTH


def _read_values(params: Mapping[str, Any], faults: Faults) -> None:
    """Judge the values of variables: text; numbers count as text; no source speaks of other JSON values."""
    for value in params.values():
        if isinstance(value, bool | list | dict):
            faults.doubt(ErrorCode.INVALID_BODY)
        elif _is_too_long(value):
            faults.doubt(ErrorCode.INVALID_BODY, ErrorCode.INVALID_CONTENT_LENGTH)


def _read_entry(operation_id: str, raw: Mapping[str, Any], faults: Faults) -> Entry:
    """Judge an entry of a batch; what no entry can say is a fault of the whole request."""
    entry, refusals = Entry(), REFUSALS[operation_id]
    refusal = refusals["recipients[].mobile"]
    value, _ = _tolerated("mobile", "string", raw.get("mobile"))
    broken = [] if value is MISSING else broken_keywords(schema("BatchRecipient")["properties"]["mobile"], value)
    if value is MISSING:
        entry.faults.add(refusal["missing"])
    elif broken == ["type"]:
        faults.add(refusal["type"])
    else:
        entry.sent_mobile, entry.mobile = str(raw["mobile"]), value
        entry.faults.add(*_codes(refusal, broken))
    params = raw.get("temp_para")
    if params == "":
        faults.doubt(ErrorCode.INVALID_BODY)
    elif params is not None and not isinstance(params, dict):
        faults.add(refusals["recipients[].temp_para"]["type"])
    elif params is not None:
        entry.params = params
        _read_values(params, faults)
        if any(map(_is_too_long, params.values())):
            # Fits no text. Timed calls cannot say so in an entry.
            if ErrorCode.INVALID_CONTENT_LENGTH in OPERATIONS[operation_id].entry_codes:
                entry.faults.add(ErrorCode.INVALID_CONTENT_LENGTH)
            else:
                faults.add(ErrorCode.INVALID_BODY)
    return entry


def suspect_fields(operation_id: str, body: Any, codes: set[int]) -> list[str]:
    """Name the fields that explain return codes: those with a defect that brings one, else all that can bring one."""
    broken, able = [], []
    for name, refusal in REFUSALS[operation_id].items():
        if codes & set(refusal.values()):
            able.append(name)
            if isinstance(body, dict) and name in body:
                rules = resolved(request_schema(operation_id)["properties"][name])
                keywords = broken_keywords(rules, body[name])
                broken += [f"{name} ({keyword})" for keyword in keywords if _codes(refusal, [keyword]) & codes]
    return broken or able


def path_faults(operation_id: str, path_id: str) -> Faults:
    """Judge the id in the path by the spec. An id that is not in form counts as unknown."""
    faults = Faults()
    info = OPERATIONS[operation_id]
    for node in SPEC["paths"][info.path][info.method.lower()].get("parameters", ()):
        parameter = SPEC["components"]["parameters"][node["$ref"].rpartition("/")[2]]
        rules = parameter["schema"]
        is_digits = re.fullmatch(r"[0-9]+", path_id) is not None
        value: object = int(path_id) if rules["type"] == "integer" and is_digits else path_id
        if broken_keywords(rules, value):
            faults.add(parameter["x-jsms-refusal"]["invalid"])
    return faults


# Forms.


def _parameters(value: str) -> dict[str, str]:
    pieces = (piece.partition("=") for piece in value.split(";")[1:])
    return {name.strip().lower(): text.strip().strip('"') for name, _, text in pieces}


def read_form(body: bytes, content_type: str) -> list[tuple[str, bytes]]:
    """Read a multipart form as RFC 7578 describes it: names and contents; empty parts are not sent.

    Raises:
        UnreadableError: no boundary, or the body does not consist of parts between it.
    """
    boundary = _parameters(content_type).get("boundary", "")
    chunks = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1", "replace"))
    if not boundary or len(chunks) < 2 or not chunks[-1].startswith(b"--") or chunks[0].strip():
        raise UnreadableError("no boundary, cut off, or not made of parts")
    parts: list[tuple[str, bytes]] = []
    for chunk in chunks[1:-1]:
        head, blank, content = chunk.partition(b"\r\n\r\n")
        headers = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n"))
        names = [
            _parameters(value).get("name")
            for name, _, value in headers
            if name.strip().lower() == "content-disposition"
        ]
        if not blank or not names or names[-1] is None:
            raise UnreadableError("a part without a name, or without an end of its header")
        parts.append((names[-1], content))
    return [part for part in parts if part[1]]


def read_sign(operation_id: str, parts: Iterable[tuple[str, bytes]]) -> Fields:
    """Judge the parts of a sign's form: texts as in JSON bodies, pictures by size and first bytes."""
    properties = request_schema(operation_id)["properties"]
    raw: dict[str, Any] = {}
    faults = Faults()
    for name, content in parts:
        rules = properties.get(name)
        if name in _ANY_FORMAT or (rules is not None and rules.get("format") == "binary"):
            known_format = name in _ANY_FORMAT or content.startswith(_PICTURES)
            if not known_format or len(content) > limits.SIGN_IMAGE_SIZE_BYTES:
                faults.add(ErrorCode.INVALID_IMAGE)
        elif rules is not None:
            if name in raw:
                faults.add(ErrorCode.INVALID_BODY)
            try:
                raw[name] = content.decode("utf-8")
            except UnicodeDecodeError:
                faults.add(ErrorCode.INVALID_BODY)
    fields = read_fields(operation_id, raw)
    fields.faults.merge(faults)
    return fields
