"""What each control call does: one function a call, by its operationId, a few lines around a method of the mock.

Each takes the fields of query, path and body by name, as the document allows them, and returns what becomes the JSON of
the response, or a response. One that waits is a coroutine. Which errors of the mock are refusals says `app.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from ..._version import VERSION
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

if TYPE_CHECKING:
    from ..jsms_mock import JsmsMock


def show_index(mock: JsmsMock) -> Any:
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


def show_document(mock: JsmsMock) -> Any:
    return Response(document_bytes(), media_type="application/json")


def list_rules(mock: JsmsMock) -> Any:
    return {"rules": [asdict(rule) for rule in TABLE.values()]}


def show_settings(mock: JsmsMock) -> Any:
    return asdict(mock.settings)


def change_settings(mock: JsmsMock, **changes: Any) -> Any:
    mock.settings = mock.settings.with_changes(**changes)
    return asdict(mock.settings)


def reset(mock: JsmsMock) -> Any:
    mock.reset()
    return {"reset": True}


# The clock.


def show_clock(mock: JsmsMock) -> Any:
    return clock_state(mock.clock)


def set_clock(mock: JsmsMock, *, mode: str | None = None, now: float | None = None) -> Any:
    try:
        mock.set_clock(mode, now)
    except ValueError as error:
        raise ControlProblem(400, str(error), "body/now", "send seconds since 1970") from None
    return clock_state(mock.clock)


async def advance_clock(mock: JsmsMock, *, seconds: float) -> Any:
    try:
        # In a thread: callbacks that fall due are delivered, and their receiver may call this very mock.
        done = await asyncio.to_thread(mock.advance, seconds)
    except ValueError as error:
        raise ControlProblem(400, str(error), "body/seconds", "stay before the year 9999") from None
    return {"clock": clock_state(mock.clock), "done": done}


# Faults.


def list_faults(mock: JsmsMock) -> Any:
    return {"faults": [fault.as_json() for fault in mock.faults.listed()]}


def add_fault(mock: JsmsMock, *, kind: str, **narrow: Any) -> Any:
    try:
        return mock.faults.add(Fault(FaultKind(kind), **narrow)).as_json()
    except FaultError as error:
        field, _, what = str(error).partition(": ")
        raise ControlProblem(400, what, f"body/{field}", "see FaultOrder in the document") from None


def clear_faults(mock: JsmsMock) -> Any:
    mock.faults.clear()
    return list_faults(mock)


def remove_fault(mock: JsmsMock, *, identity: int) -> Any:
    if not mock.faults.remove(identity):
        raise ControlProblem(404, f"there is no fault {identity}", "path/id", "GET /_mock/faults lists them")
    return list_faults(mock)


# Callbacks.


def show_callbacks(mock: JsmsMock, *, app_key: str | None = None) -> Any:
    return mock.callbacks.addresses(app_key)


async def set_callbacks(mock: JsmsMock, *, app_key: str | None = None, check: bool = True, **urls: str | None) -> Any:
    by_type = {kind: urls.get(kind, urls.get("url")) for kind in CallbackType if kind in urls or "url" in urls}
    # In a thread: a receiver may call this very mock while it is asked for its echo.
    await asyncio.to_thread(mock.callbacks.set_each, by_type, app_key=app_key, check=check)
    return mock.callbacks.addresses(app_key)


def list_deliveries(mock: JsmsMock, *, app_key: str | None = None, limit: int | None = None) -> Any:
    kept = mock.callbacks.deliveries(app_key, limit=limit)
    return {"deliveries": [{**asdict(one), "delivered": one.delivered} for one in kept]}


async def repeat_delivery(mock: JsmsMock, *, identity: int) -> Any:
    if mock.callbacks.repeat(identity, mock.clock.now()) is None:
        remedy = "GET /_mock/callbacks/deliveries lists them"
        raise ControlProblem(404, f"there is no delivery {identity}", "path/id", remedy)
    # In a thread: the receiver may call this very mock while it is called.
    await asyncio.to_thread(mock.run_due)
    return {"repeated": identity}


# The state as a whole.


def show_state(mock: JsmsMock, *, snapshot: bool) -> Any:
    if snapshot:
        return Response(mock.snapshot(), media_type=SNAPSHOT)
    return write_state(mock.state)


def put_state(mock: JsmsMock, *, snapshot: bytes | None = None, **document: Any) -> Any:
    if snapshot is None:
        mock.load_seed(read_seed(document))
    else:
        mock.restore(snapshot)
    return write_state(mock.state)


def add_applications(mock: JsmsMock, **document: Any) -> Any:
    mock.add(read_seed(document))
    return write_state(mock.state)


# Reviews and replies.


def list_reviews(mock: JsmsMock) -> Any:
    state = mock.state
    mock.inbox.run_due()
    with state.database.lock:
        due = state.timers.times(TimerKind.TEMPLATE_REVIEW), state.timers.times(TimerKind.SIGN_REVIEW)
        templates = [asdict(template) for template in state.templates.find("TRUE ORDER BY app_key, temp_id")]
        signs = [asdict(sign) for sign in state.signs.find("TRUE ORDER BY app_key, sign_id")]
    for times, name, papers in zip(due, ("temp_id", "sign_id"), (templates, signs), strict=True):
        for paper in papers:
            waits = paper["status"] == ReviewStatus.IN_REVIEW
            paper["due_at"] = times.get(f"{paper['app_key']} {paper[name]}") if waits else None
    return {"templates": templates, "signs": signs}


def review_template(mock: JsmsMock, *, identity: int, **decision: Any) -> Any:
    found = mock.review_template(identity, **decision)
    return {"id": found.temp_id, "status": found.status, "refuse_reason": found.refuse_reason}


def review_sign(mock: JsmsMock, *, identity: int, **decision: Any) -> Any:
    found = mock.review_sign(identity, **decision)
    return {"id": found.sign_id, "status": found.status, "refuse_reason": found.refuse_reason}


def add_reply(mock: JsmsMock, *, phone: str, content: str, app_key: str | None = None) -> Any:
    try:
        receiver = mock.reply(phone, content, app_key=app_key)
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


def list_messages(mock: JsmsMock, *, limit: int | None = None, **narrow: Any) -> Any:
    mock.inbox.run_due()
    with mock.state.database.lock:
        found = mock.state.messages.shown(_filter(**narrow), limit=limit)
        return {"messages": found, "dropped": mock.state.messages.oldest_dropped()}


async def wait_for_message(mock: JsmsMock, *, code: str = "0", **wanted: Any) -> Any:
    return asdict(await mock.inbox.wait_async(code=code == "1", **wanted))


def delete_message(mock: JsmsMock, *, identity: int) -> Any:
    deleted = mock.inbox.set_deleted([identity], deleted=True)
    if not deleted:
        raise ControlProblem(404, f"there is no message {identity}", "path/id", "GET /_mock/messages lists them")
    return {"deleted": 1, "ids": deleted}


def delete_messages(mock: JsmsMock, **narrow: Any) -> Any:
    with mock.state.database.lock:
        deleted = mock.inbox.set_deleted(mock.state.messages.ids(_filter(**narrow)), deleted=True)
    return {"deleted": len(deleted), "ids": deleted}


def restore_messages(mock: JsmsMock, *, ids: list[int]) -> Any:
    return {"restored": len(mock.inbox.set_deleted(ids, deleted=False))}


def list_replies(mock: JsmsMock, *, phone: str | None = None) -> Any:
    number, state = without_country_code(phone), mock.state
    with state.database.lock:
        newest = state.replies.find("phone = coalesce(?, phone) ORDER BY id DESC LIMIT ?", number, _SHOWN_REPLIES)
        lists = state.lists.find("TRUE ORDER BY app_key")
    return {
        "replies": [_fields(reply, _REPLY_FIELDS) for reply in reversed(newest)],
        "unsubscribed_from": [each.app_key for each in lists if number in each.unsubscribed],
    }


def list_schedules(mock: JsmsMock) -> Any:
    schedules, waits = mock.state.schedules, ScheduleState.WAITING
    mock.inbox.run_due()
    with mock.state.database.lock:
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


def list_requests(mock: JsmsMock, *, refused: str, limit: int, msg_id: str | None = None) -> Any:
    made: list[str] = []
    with mock.state.database.lock:
        if msg_id is not None:
            msg_ids = "SELECT json_extract(value, '$.msg_id') FROM json_each(recipients)"
            tasks = mock.state.schedules.find(f"CAST(? AS INTEGER) IN ({msg_ids})", msg_id)
            made = [msg_id, *(task.schedule_id for task in tasks)]
        return {"requests": mock.requests.listed(refused=refused == "1", made=made, limit=limit)}


# Balances.


def list_balances(mock: JsmsMock) -> Any:
    with mock.state.database.lock:
        accounts = mock.state.accounts.find("TRUE ORDER BY dev_key")
        applications = mock.state.applications.find("TRUE ORDER BY app_key")
    return {
        "accounts": [{"dev_key": one.dev_key, "balances": asdict(one.balances)} for one in accounts],
        "applications": [
            {"app_key": one.app_key, "dev_key": one.dev_key, "balances": asdict(one.balances)} for one in applications
        ],
    }


def set_balances(
    mock: JsmsMock, *, balances: dict[str, int | None], app_key: str | None = None, dev_key: str | None = None
) -> Any:
    table: Table[Any] = mock.state.accounts if app_key is None else mock.state.applications
    key = app_key or dev_key or ""
    with mock.state.database:
        owner = table.get(key)
        if owner is None:
            what = "there is no such account or application"
            raise ControlProblem(404, what, "body", "GET /_mock/balances lists them")
        table.put(replace(owner, balances=replace(owner.balances, **balances)))
        mock.state.tell("balance", key)
    return list_balances(mock)
