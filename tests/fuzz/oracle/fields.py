"""What the spec says about the fields of a body: which return code each defect of each field brings.

A validator of its own, so that a slip in the mock's does not go unseen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jsms_api.error_table import ErrorCode
from jsms_api.limits import REFUSALS
from jsms_api.operations import OPERATIONS

SPEC: Final[Mapping[str, Any]] = json.loads(files("jsms_api").joinpath("openapi.json").read_text("utf-8"))
#: Stands for a field that is absent, null or empty.
MISSING: Final = object()

#: Text fields for which clients were seen to send JSON numbers.
_NUMBER_AS_TEXT: Final = frozenset({"mobile", "code"})


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

    @property
    def allowed(self) -> set[int]:
        """Every code that may answer."""
        return self.certain | self.possible


@dataclass(slots=True)
class Entry:
    """One recipient of a batch as it was sent: number and values, and what is wrong with them."""

    sent_mobile: str
    mobile: str
    params: Mapping[str, Any] | None
    faults: Faults = field(default_factory=Faults)


@dataclass(slots=True)
class Fields:
    """A body after reading: only fields that the operation knows, tolerated variants in their plain form."""

    values: dict[str, Any] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)

    def get(self, name: str) -> Any:
        """Give a field, None where it is missing."""
        return self.values.get(name)


@cache
def schema(name: str) -> Mapping[str, Any]:
    """Find a schema of the spec by name."""
    found: Mapping[str, Any] = SPEC["components"]["schemas"][name]
    return found


def _resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = node.get("$ref")
    return schema(reference.rpartition("/")[2]) if reference else node


@cache
def request_schema(operation_id: str) -> Mapping[str, Any]:
    """Find the schema of an operation's request body."""
    info = OPERATIONS[operation_id]
    content = SPEC["paths"][info.path][info.method.lower()]["requestBody"]["content"]
    return _resolved(content[info.content_type]["schema"])


@cache
def _whole(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of the spec so that `$` does not let a line break through."""
    return re.compile(pattern.removeprefix("^").removesuffix("$"))


def broken_keywords(rules: Mapping[str, Any], value: Any) -> list[str]:
    """List the JSON Schema keywords that a value breaks; only `type` if its type is wrong."""
    kind = rules.get("type")
    right = {
        "string": isinstance(value, str),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "object": isinstance(value, dict),
        "array": isinstance(value, list),
    }
    if kind is not None and not right[kind]:
        return ["type"]
    found = []
    if "enum" in rules and value not in rules["enum"]:
        found.append("enum")
    if isinstance(value, str | list):
        low, high = ("minLength", "maxLength") if isinstance(value, str) else ("minItems", "maxItems")
        if len(value) < rules.get(low, 0):
            found.append(low)
        if len(value) > rules.get(high, len(value)):
            found.append(high)
    if isinstance(value, str) and "pattern" in rules and not _whole(rules["pattern"]).fullmatch(value):
        found.append("pattern")
    if isinstance(value, int):
        if value < rules.get("minimum", value):
            found.append("minimum")
        if value > rules.get("maximum", value):
            found.append("maximum")
    return found


def _codes(refusal: Mapping[str, int], keywords: Iterable[str]) -> set[int]:
    found = set()
    for keyword in keywords:
        code = refusal.get(keyword, refusal.get("invalid"))
        if code is not None:
            found.add(code)
    return found


def bare_number(text: str) -> str:
    """Take the country's prefix off a number (C33)."""
    for prefix in ("+86", "86"):
        if text.startswith(prefix) and len(text) == len(prefix) + 11:
            return text[len(prefix) :]
    return text


def tolerated(name: str, kind: str, value: Any) -> tuple[Any, bool]:
    """Bring a value into its plain form; tells also whether readers may differ about it.

    Digit text for numbers, numbers for `mobile` and `code`, the country's prefix, null and empty text as
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
    if kind == "string" and name in _NUMBER_AS_TEXT and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if name == "mobile" and isinstance(value, str):
        return bare_number(value), False
    return value, False


def read_fields(operation_id: str, raw: Mapping[str, Any]) -> Fields:
    """Judge every field of a body by the spec; unknown fields are ignored."""
    found = Fields()
    rules = request_schema(operation_id)
    refusals = REFUSALS[operation_id]
    for name, node in rules["properties"].items():
        own = _resolved(node)
        refusal = refusals.get(name, {})
        kind = own.get("type", "string")
        value, grey = tolerated(name, kind, raw.get(name, MISSING) if name in raw else None)
        if value is MISSING:
            if name in raw and raw[name] == "" and kind not in ("string", "integer"):
                # Empty text where an object or a list belongs: absent, or of the wrong type.
                found.faults.doubt(refusal.get("type", ErrorCode.INVALID_BODY))
            if "missing" in refusal:
                found.faults.add(refusal["missing"])
            continue
        if grey:
            found.faults.doubt(*_codes(refusal, ["type"]))
            if isinstance(value, str):
                found.faults.doubt(*_codes(refusal, ["minimum"]))
                continue
        broken = broken_keywords(own, value)
        found.faults.add(*_codes(refusal, broken))
        if broken == ["type"]:
            continue
        found.values[name] = value
        if name == "recipients":
            _read_entries(operation_id, value, found)
        elif name == "temp_para":
            _read_values(value, found.faults)
    return found


def suspect_fields(operation_id: str, body: Any, codes: set[int]) -> list[str]:
    """Name the fields that explain return codes: those with a defect that brings one, else all that can bring one."""
    broken, able = [], []
    for name, refusal in REFUSALS[operation_id].items():
        if not codes & set(refusal.values()):
            continue
        able.append(name)
        if isinstance(body, dict) and name in body:
            rules = _resolved(request_schema(operation_id)["properties"][name])
            broken += [
                f"{name} ({keyword})"
                for keyword in broken_keywords(rules, body[name])
                if _codes(refusal, [keyword]) & codes
            ]
    return broken or able


def _read_values(params: Mapping[str, Any], faults: Faults) -> None:
    """Judge the values of variables: text; numbers count as text; nothing is said of other JSON values."""
    for value in params.values():
        if isinstance(value, bool | list | dict):
            faults.doubt(ErrorCode.INVALID_BODY)
        elif isinstance(value, str) and len(value) > 500:
            faults.doubt(ErrorCode.INVALID_BODY, ErrorCode.INVALID_CONTENT_LENGTH)


def _read_entries(operation_id: str, entries: list[Any], found: Fields) -> None:
    refusals = REFUSALS[operation_id]
    rules = schema("BatchRecipient")["properties"]
    for raw in entries:
        if not isinstance(raw, dict):
            found.faults.add(ErrorCode.INVALID_BODY)
            continue
        refusal = refusals["recipients[].mobile"]
        value, _ = tolerated("mobile", "string", raw.get("mobile"))
        entry = Entry("", "", None)
        if value is MISSING:
            entry.faults.add(refusal["missing"])
        else:
            broken = broken_keywords(rules["mobile"], value)
            if broken == ["type"]:
                found.faults.add(refusal["type"])  # no entry can carry 50007, so the whole request is refused
            else:
                entry.sent_mobile, entry.mobile = str(raw["mobile"]), value
                entry.faults.add(*_codes(refusal, broken))
        params = raw.get("temp_para")
        if params == "":
            found.faults.doubt(ErrorCode.INVALID_BODY)
        elif params is not None and not isinstance(params, dict):
            found.faults.add(refusals["recipients[].temp_para"]["type"])
        elif params is not None:
            _read_values(params, found.faults)
            if any(isinstance(value, str) and len(value) > 500 for value in params.values()):
                # Fits no text. Timed calls cannot say so in an entry.
                fits = ErrorCode.INVALID_CONTENT_LENGTH in OPERATIONS[operation_id].entry_codes
                (entry.faults if fits else found.faults).add(
                    ErrorCode.INVALID_CONTENT_LENGTH if fits else ErrorCode.INVALID_BODY
                )
            entry.params = params
        found.entries.append(entry)


def path_faults(operation_id: str, path_id: str) -> Faults:
    """Judge the id in the path by the spec. An id that is not in form counts as unknown."""
    faults = Faults()
    info = OPERATIONS[operation_id]
    for node in SPEC["paths"][info.path][info.method.lower()].get("parameters", ()):
        parameter = SPEC["components"]["parameters"][node["$ref"].rpartition("/")[2]]
        rules, code = parameter["schema"], parameter["x-jsms-refusal"]["invalid"]
        if rules["type"] == "integer":
            if not re.fullmatch(r"[0-9]+", path_id) or broken_keywords(rules, int(path_id)):
                faults.add(code)
        elif broken_keywords(rules, path_id):
            faults.add(code)
    return faults
