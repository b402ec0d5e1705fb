"""Every bound of every field of every request: the values at and around it, all else in order.

Made from the spec's schemas, so a new bound is tested the day it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsms_api.operations import OPERATIONS

from tests.fuzz.oracle.bodies import request_schema, schema
from tests.fuzz.oracle.exchange import Sent
from tests.fuzz.oracle.initial_state import MAIN, TURNED_DOWN, TURNED_DOWN_SIGN
from tests.fuzz.oracle.world import World
from tests.fuzz.requests.calls import call, good_body, waiting_task

_FILLERS: Final = ("字", "a", "0", "😀")


def _around(rules: Mapping[str, Any]) -> Iterator[Any]:
    if "enum" in rules:
        yield from (*rules["enum"], min(rules["enum"]) - 1, max(rules["enum"]) + 1)
    for bound in ("minLength", "maxLength"):
        if bound in rules:
            for length in {max(0, rules[bound] + step) for step in (-1, 0, 1)}:
                yield from (filler * length for filler in _FILLERS)
    for bound in ("minimum", "maximum"):
        if bound in rules:
            yield from (rules[bound] + step for step in (-1, 0, 1))


def bounds(state: World, number_of: Iterator[str]) -> Iterator[Sent]:
    """Give a request for every value around every bound; changes are asked of something that can be changed."""
    app = state.apps[MAIN]
    for name, info in OPERATIONS.items():
        if info.content_type is None:
            continue
        for field, node in request_schema(name)["properties"].items():
            rules = schema(node["$ref"].rpartition("/")[2]) if "$ref" in node else node
            for value in _around(rules):
                path_id: object = {
                    "verifyCode": next(iter(app.codes), "1"),
                    "updateSchedule": waiting_task(app, is_batch=False),
                    "updateScheduleBatch": waiting_task(app, is_batch=True),
                    "updateTemplate": TURNED_DOWN,
                    "updateSign": TURNED_DOWN_SIGN,
                }.get(name, "")
                yield call(name, {**good_body(name, state, next(number_of)), field: value}, path_id)
