"""What a response says, in words of a fixed vocabulary: nothing that the other side wrote passes through."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast

from jsms_api.error_table import ERRORS

from .. import spec

NO_RESPONSE: Final = "no response"
UNREADABLE: Final = "unreadable"
_MEDIA_TYPES: Final = ("application/json", "application/json;charset=utf-8", "text/html", "text/plain")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
_CODES: Final = range(50_000, 60_000)
_LONGEST: Final = 20
"""Entries of an object that an example keeps."""
_DEEPEST: Final = 5


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """A response, or that there was none (status 0)."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        """The JSON of the body; None if it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def is_success(self) -> bool:
        """Whether the service says that it did what it was asked."""
        return 200 <= self.status < 300 and self.code is None

    @property
    def is_readable(self) -> bool:
        """Whether the body is a JSON object, or none."""
        return not self.body or isinstance(self.data, dict)

    @property
    def code(self) -> int | None:
        """The return code of a refusal."""
        code = _find(self.data, "error.code")
        return code if type(code) is int and code in _CODES else None

    @property
    def summary(self) -> str:
        """Status and code: `403 50010`, `200`."""
        if not self.status:
            return NO_RESPONSE
        if self.code is not None:
            return f"{self.status} {self.code}"
        return str(self.status) if self.is_success and self.is_readable else f"{self.status} {UNREADABLE}"

    def identity(self, name: str) -> str:
        """Return an id that was assigned; empty if there is none that a path may hold."""
        found = str(_find(self.data, name))
        return found if _ID.fullmatch(found) else ""

    def read(self, what: str, sent_time: object = None) -> str:
        """Say something about the answer.

        Args:
            what: `answer`, `code`, `status`, `content`, `limit header`, `media type`, `words`, or the place of a value
                in the JSON.
            sent_time: the `send_time` that was sent.
        """
        if what == "answer" or not self.status:
            return self.summary
        if what == "status":
            return str(self.status)
        if what == "code":
            return str(self.code) if self.code is not None else "none" if self.is_success else UNREADABLE
        if what == "content":
            return "none" if not self.body else "JSON" if self.data is not None else "other"
        if what == "limit header":
            return "present" if any("limit" in name or name == "retry-after" for name in self.headers) else "none"
        if what == "media type":
            named = self.headers.get("content-type", "").lower().replace(" ", "")
            return named if named in _MEDIA_TYPES else "another" if named else "none"
        if what == "words":
            return _words_of(self.code, _find(self.data, "error.message"))
        value = _find(self.data, what)
        if what == "send_time":
            return "as sent" if value == sent_time else "another"
        return _kind(value)


def _words_of(code: int | None, message: object) -> str:
    info = ERRORS.get(code or 0)
    if info is None or not isinstance(message, str):
        return "none"
    return "newest" if message == info.message else "older" if message in info.other_messages else "other"


class _Missing:
    """A place that the JSON does not have."""


def _find(data: object, place: str) -> object:
    for step in place.split("."):
        if isinstance(data, dict):
            data = cast("dict[str, object]", data).get(step, _Missing)
        elif isinstance(data, list) and step.isdigit() and int(step) < len(cast("list[object]", data)):
            data = cast("list[object]", data)[int(step)]
        else:
            return _Missing
    return data


def _kind(value: object) -> str:
    if value is _Missing:
        return "missing"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        if _UUID.fullmatch(value):
            return "a UUID"
        return "text of digits" if value.isascii() and value.isdigit() else "text"
    return "a list" if isinstance(value, list) else "an object"


@cache
def _names() -> frozenset[str]:
    """The names of fields that the contract knows."""
    schemas = spec.load()["components"]["schemas"].values()
    return frozenset(name for schema in schemas for name in schema.get("properties", ()))


def redact(value: object, key: str = "", depth: int = 0) -> Any:
    """Return the shape of a JSON value: names of the contract, codes, documented words, and kinds for the rest."""
    if depth > _DEEPEST:
        return "<deep>"
    if isinstance(value, dict):
        entries = list(cast("dict[str, object]", value).items())[:_LONGEST]
        return {name if name in _names() else "<name>": redact(one, name, depth + 1) for name, one in entries}
    if isinstance(value, list):
        return [redact(one, key, depth + 1) for one in cast("list[object]", value)[:2]]
    if value is None or isinstance(value, bool):
        return value
    if key in ("code", "error_code") and str(value) in map(str, map(int, ERRORS)):
        return value
    documented = (words for info in ERRORS.values() for words in (info.message, *info.other_messages))
    if key in ("message", "error_message") and str(value) in documented:
        return value
    return f"<{_kind(value)}>"
