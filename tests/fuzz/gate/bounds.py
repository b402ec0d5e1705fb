"""Every bound of every field of every request: the value at the bound, and one beyond it, all else in order.

Written from the spec's own schemas, so a new bound is tested the day it is written. What must be answered is for the
oracle. Knows one good body for each call. Must not know answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsms_api.operations import OPERATIONS

from tests.fuzz.gate import stage
from tests.fuzz.gate.fields import request_schema, schema
from tests.fuzz.gate.scenes import call
from tests.fuzz.gate.seasoning import send_time
from tests.fuzz.gate.wire import Sent
from tests.fuzz.gate.world import World

_FILLERS: Final = ("字", "a", "0", "😀")


def _around(rules: Mapping[str, Any]) -> Iterator[Any]:
    """Give the values around the bounds of a field."""
    if "enum" in rules:
        yield from (*rules["enum"], min(rules["enum"]) - 1, max(rules["enum"]) + 1)
    for bound in ("minLength", "maxLength"):
        if bound in rules:
            for length in {max(0, rules[bound] + step) for step in (-1, 0, 1)}:
                yield from (filler * length for filler in _FILLERS)
    for bound in ("minimum", "maximum"):
        if bound in rules:
            yield from (rules[bound] + step for step in (-1, 0, 1))


def good_body(name: str, state: World, number: str) -> dict[str, Any]:
    """Give a body that is in order."""
    later = send_time(state.now + 3600)
    message = {"mobile": number, "temp_id": stage.NO_VARIABLES}
    batch = {"temp_id": stage.NO_VARIABLES, "recipients": [{"mobile": number}]}
    template = {"template": "您的{{code}}", "type": 1, "ttl": 60}
    bodies: dict[str, dict[str, Any]] = {
        "sendCode": {"mobile": number, "temp_id": stage.READY_MADE_ID},
        "sendVoiceCode": {"mobile": number},
        "verifyCode": {"code": "000000"},
        "sendMessage": message,
        "sendMessageBatch": batch,
        "createSchedule": {**message, "send_time": later},
        "updateSchedule": {**message, "send_time": later},
        "createScheduleBatch": {**batch, "send_time": later},
        "updateScheduleBatch": {**batch, "send_time": later},
        "createTemplate": template,
        "updateTemplate": template,
        "createSign": {"sign": "极光推送"},
        "updateSign": {"sign": "极光推送"},
    }
    return bodies[name]


def bounds(state: World, number_of: Iterator[str]) -> Iterator[Sent]:
    """Give a request for every value around every bound; changes are asked of something that can be changed."""
    app = state.apps[stage.MAIN.key]
    for name, info in OPERATIONS.items():
        if info.content_type is None:
            continue
        for field, node in request_schema(name)["properties"].items():
            rules = schema(node["$ref"].rpartition("/")[2]) if "$ref" in node else node
            for value in _around(rules):
                path_id: object = {
                    "verifyCode": next(iter(app.codes), "1"),
                    "updateSchedule": _task(state, batch=False),
                    "updateScheduleBatch": _task(state, batch=True),
                    "updateTemplate": stage.TURNED_DOWN,
                    "updateSign": stage.TURNED_DOWN_SIGN,
                }.get(name, "")
                yield call(name, {**good_body(name, state, next(number_of)), field: value}, path_id)


def _task(state: World, *, batch: bool) -> str:
    tasks = state.apps[stage.MAIN.key].tasks
    waiting = [task.schedule_id for task in tasks.values() if task.batch is batch and task.state == "waiting"]
    return waiting[-1] if waiting else "1"
