"""What each control call does: one function a call, by its operationId, a few lines around a method of the mock.

Each takes the fields of query, path and body by name, as the document allows them, and returns what becomes the JSON of
the response, or a response. One that waits is a coroutine. Which errors of the mock are refusals says `app.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any, Final

from starlette.responses import Response

from ..._version import VERSION
from ..engine import MockEngine
from ..faults import Fault, FaultError, FaultKind
from ..model.http import CONTROL_PREFIX
from ..model.records import CallbackType, ReviewStatus, Schedule, ScheduleState, TimerKind
from ..model.rule_catalog import TABLE
from ..service.reviews import UnknownSubjectError
from ..state.inbox import without_country_code
from ..state.messages import Filter, Shown
from ..state.table import Table
from .document import DOCUMENT_PATH, SNAPSHOT, ControlProblem, calls, document_bytes
from .event_stream import clock_state
from .seed_json import read_seed, write_state


def show_index(engine: MockEngine) -> Any:
    return {
        "mock": "jsmskit",
        "version": VERSION,
        "service": "/v1",
        "document": DOCUMENT_PATH,
        "calls": [
            {"method": call.method, "path": CONTROL_PREFIX + call.path, "summary": call.described["summary"]}
            for call in calls()
        ],
    }


def show_document(engine: MockEngine) -> Any:
    return Response(document_bytes(), media_type="application/json")


def list_rules(engine: MockEngine) -> Any:
    return {"rules": [asdict(rule) for rule in TABLE.values()]}


def show_settings(engine: MockEngine) -> Any:
    return asdict(engine.settings)


def change_settings(engine: MockEngine, **changes: Any) -> Any:
    engine.settings = engine.settings.with_changes(**changes)
    return asdict(engine.settings)


def reset(engine: MockEngine) -> Any:
    engine.reset()
    return {"reset": True}


# The clock.


def show_clock(engine: MockEngine) -> Any:
    return clock_state(engine.clock)


def set_clock(engine: MockEngine, *, mode: str | None = None, now: float | None = None) -> Any:
    try:
        engine.set_clock(mode, now)
    except ValueError as error:
        raise ControlProblem(400, str(error), "body/now", "send seconds since 1970") from None
    return clock_state(engine.clock)


async def advance_clock(engine: MockEngine, *, seconds: float) -> Any:
    try:
        # In a thread: callbacks that fall due are delivered, and their receiver may call this very mock.
        done = await asyncio.to_thread(engine.advance, seconds)
    except ValueError as error:
        raise ControlProblem(400, str(error), "body/seconds", "stay before the year 9999") from None
    return {"clock": clock_state(engine.clock), "done": done}


# Faults.


def list_faults(engine: MockEngine) -> Any:
    return {"faults": [standing.as_json() for standing in engine.faults.listed()]}


def add_fault(engine: MockEngine, *, kind: str, **narrow: Any) -> Any:
    try:
        return engine.faults.add(Fault(FaultKind(kind), **narrow)).as_json()
    except FaultError as error:
        field, _, what = str(error).partition(": ")
        raise ControlProblem(400, what, f"body/{field}", "see FaultOrder in the document") from None


def clear_faults(engine: MockEngine) -> Any:
    engine.faults.clear()
    return list_faults(engine)


def remove_fault(engine: MockEngine, *, identity: int) -> Any:
    if not engine.faults.remove(identity):
        raise ControlProblem(404, f"there is no fault {identity}", "path/id", "GET /_mock/faults lists them")
    return list_faults(engine)


# Callbacks.


def show_callbacks(engine: MockEngine, *, app_key: str | None = None) -> Any:
    return engine.callbacks.addresses(app_key)


async def set_callbacks(
    engine: MockEngine, *, app_key: str | None = None, check: bool = True, **urls: str | None
) -> Any:
    by_type = {kind: urls.get(kind, urls.get("url")) for kind in CallbackType if kind in urls or "url" in urls}
    # In a thread: a receiver may call this very mock while it is asked for its echo.
    await asyncio.to_thread(engine.callbacks.set_each, by_type, app_key=app_key, check=check)
    return engine.callbacks.addresses(app_key)


def list_deliveries(engine: MockEngine, *, app_key: str | None = None, limit: int | None = None) -> Any:
    kept = engine.callbacks.deliveries(app_key, limit=limit)
    return {"deliveries": [{**asdict(one), "delivered": one.delivered} for one in kept]}


async def repeat_delivery(engine: MockEngine, *, identity: int) -> Any:
    if engine.callbacks.repeat(identity, engine.clock.now()) is None:
        remedy = "GET /_mock/callbacks/deliveries lists them"
        raise ControlProblem(404, f"there is no delivery {identity}", "path/id", remedy)
    # In a thread: the receiver may call this very mock while it is called.
    await asyncio.to_thread(engine.run_due)
    return {"repeated": identity}


# The state as a whole.


def show_state(engine: MockEngine, *, snapshot: bool) -> Any:
    if snapshot:
        return Response(engine.snapshot(), media_type=SNAPSHOT)
    return write_state(engine.state)


def put_state(engine: MockEngine, *, snapshot: bytes | None = None, **told: Any) -> Any:
    if snapshot is None:
        engine.load_seed(read_seed(told))
    else:
        engine.restore(snapshot)
    return write_state(engine.state)


def add_applications(engine: MockEngine, **told: Any) -> Any:
    engine.add(read_seed(told))
    return write_state(engine.state)


# Reviews and replies.


def list_reviews(engine: MockEngine) -> Any:
    state = engine.state
    engine.inbox.run_due()
    with state.database.lock:
        due = state.timers.times(TimerKind.TEMPLATE_REVIEW), state.timers.times(TimerKind.SIGN_REVIEW)
        templates = [asdict(template) for template in state.templates.find("TRUE ORDER BY app_key, temp_id")]
        signs = [asdict(sign) for sign in state.signs.find("TRUE ORDER BY app_key, sign_id")]
    for times, name, papers in zip(due, ("temp_id", "sign_id"), (templates, signs), strict=True):
        for paper in papers:
            waits = paper["status"] == ReviewStatus.IN_REVIEW
            paper["due_at"] = times.get(f"{paper['app_key']} {paper[name]}") if waits else None
    return {"templates": templates, "signs": signs}


def review_template(engine: MockEngine, *, identity: int, **decision: Any) -> Any:
    found = engine.review_template(identity, **decision)
    return {"id": found.temp_id, "status": found.status, "refuse_reason": found.refuse_reason}


def review_sign(engine: MockEngine, *, identity: int, **decision: Any) -> Any:
    found = engine.review_sign(identity, **decision)
    return {"id": found.sign_id, "status": found.status, "refuse_reason": found.refuse_reason}


def add_reply(engine: MockEngine, *, phone: str, content: str, app_key: str | None = None) -> Any:
    try:
        receiver = engine.reply(phone, content, app_key=app_key)
    except UnknownSubjectError as error:
        raise ControlProblem(404, str(error), "body/phone", "GET /_mock/state lists what there is") from None
    return {"app_key": receiver, "phone": without_country_code(phone), "content": content}


# The inbox.

#: Timed tasks that are done, and replies, that are shown.
_SHOWN_DONE: Final = 20
_SHOWN_REPLIES: Final = 200
#: Recipients of a task that are shown; the rest is counted.
_SHOWN_RECIPIENTS: Final = 5
_REPLY_FIELDS: Final = ("id", "app_key", "phone", "content", "at")
_SCHEDULE_FIELDS: Final = ("app_key", "schedule_id", "batch", "send_time", "at", "temp_id", "type", "tag", "state")


def _filter(phone: str | None = None, shown: str | None = None, **narrow: Any) -> Filter:
    return Filter(without_country_code(phone), shown=None if shown is None else Shown(shown), **narrow)


def list_messages(engine: MockEngine, *, limit: int | None = None, **narrow: Any) -> Any:
    engine.inbox.run_due()
    with engine.state.database.lock:
        found = engine.state.inbox.shown(_filter(**narrow), limit=limit)
        return {"messages": found, "dropped": engine.state.inbox.oldest_dropped()}


async def wait_for_message(engine: MockEngine, *, code: str = "0", **wanted: Any) -> Any:
    return asdict(await engine.inbox.wait_async(code=code == "1", **wanted))


def delete_message(engine: MockEngine, *, identity: int) -> Any:
    deleted = engine.inbox.delete([identity])
    if not deleted:
        raise ControlProblem(404, f"there is no message {identity}", "path/id", "GET /_mock/messages lists them")
    return {"deleted": 1, "ids": deleted}


def delete_messages(engine: MockEngine, **narrow: Any) -> Any:
    with engine.state.database.lock:
        deleted = engine.inbox.delete(engine.state.inbox.ids(_filter(**narrow)))
    return {"deleted": len(deleted), "ids": deleted}


def restore_messages(engine: MockEngine, *, ids: list[int]) -> Any:
    return {"restored": len(engine.inbox.undelete(ids))}


def list_replies(engine: MockEngine, *, phone: str | None = None) -> Any:
    number, state = without_country_code(phone), engine.state
    with state.database.lock:
        newest = state.replies.find("phone = coalesce(?, phone) ORDER BY id DESC LIMIT ?", number, _SHOWN_REPLIES)
        lists = state.lists.find("TRUE ORDER BY app_key")
    return {
        "replies": [_fields(reply, _REPLY_FIELDS) for reply in reversed(newest)],
        "unsubscribed_from": [each.app_key for each in lists if number in each.unsubscribed],
    }


def list_schedules(engine: MockEngine) -> Any:
    schedules, waits = engine.state.schedules, ScheduleState.WAITING
    engine.inbox.run_due()
    with engine.state.database.lock:
        waiting = schedules.find("state = ? ORDER BY at, schedule_id", waits)
        done = schedules.find("state != ? ORDER BY at DESC, schedule_id LIMIT ?", waits, _SHOWN_DONE)
    return {"waiting": [_schedule(each) for each in waiting], "done": [_schedule(each) for each in done]}


def _schedule(schedule: Schedule) -> dict[str, Any]:
    return {
        **_fields(schedule, _SCHEDULE_FIELDS),
        "recipients": len(schedule.recipients),
        "messages": [_fields(each, ("phone", "text")) for each in schedule.recipients[:_SHOWN_RECIPIENTS]],
    }


def _fields(record: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def list_requests(engine: MockEngine, *, refused: str, limit: int, msg_id: str | None = None) -> Any:
    made: list[str] = []
    with engine.state.database.lock:
        if msg_id is not None:
            msg_ids = "SELECT json_extract(value, '$.msg_id') FROM json_each(recipients)"
            tasks = engine.state.schedules.find(f"CAST(? AS INTEGER) IN ({msg_ids})", msg_id)
            made = [msg_id, *(task.schedule_id for task in tasks)]
        return {"requests": engine.requests.listed(refused=refused == "1", made=made, limit=limit)}


# Balances.


def list_balances(engine: MockEngine) -> Any:
    with engine.state.database.lock:
        accounts = engine.state.accounts.find("TRUE ORDER BY dev_key")
        applications = engine.state.applications.find("TRUE ORDER BY app_key")
    return {
        "accounts": [{"dev_key": one.dev_key, "balances": asdict(one.balances)} for one in accounts],
        "applications": [
            {"app_key": one.app_key, "dev_key": one.dev_key, "balances": asdict(one.balances)} for one in applications
        ],
    }


def set_balances(
    engine: MockEngine, *, balances: dict[str, int | None], app_key: str | None = None, dev_key: str | None = None
) -> Any:
    table: Table[Any] = engine.state.accounts if app_key is None else engine.state.applications
    key = app_key or dev_key or ""
    with engine.state.database:
        owner = table.get(key)
        if owner is None:
            what = "there is no such account or application"
            raise ControlProblem(404, what, "body", "GET /_mock/balances lists them")
        table.put(replace(owner, balances=replace(owner.balances, **balances)))
        engine.state.tell("balance", key)
    return list_balances(engine)
