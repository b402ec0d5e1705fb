"""What each control call does: one function a call, by its operationId, a few lines around a method of the mock.

It returns what becomes the JSON of the answer, or a response.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from ..callbacks.sender import CallbackAddressError
from ..engine import UnknownApplicationError
from ..faults import Fault, FaultError, FaultKind
from ..model.clock import run_unless
from ..model.http import disconnected
from ..model.records import CallbackType, ReviewStatus, Schedule, ScheduleState, TimerKind
from ..model.rule_catalog import TABLE
from ..model.settings import Seed
from ..state.database import DatabaseError
from ..state.inbox import NoMessageError, without_country_code
from ..state.messages import Filter, Shown
from ..state.table import Table
from .document import ControlProblem, document_bytes, index
from .event_stream import clock_state
from .seed_json import SeedError, read_seed, write_state

if TYPE_CHECKING:
    from ..engine import MockEngine


_T = TypeVar("_T")

#: The media type of a snapshot.
SNAPSHOT: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class ControlRequest:
    """A control call with what it carries, checked against the document.

    Attributes:
        engine: the mock that is asked.
        request: the HTTP request.
        query: parameters, converted.
        body: fields of a JSON body.
        identity: the id in the path; 0 if there is none.
        snapshot: a body that is not JSON.
    """

    engine: MockEngine
    request: Request
    query: dict[str, Any]
    body: dict[str, Any]
    identity: int
    snapshot: bytes


async def show_index(asked: ControlRequest) -> Any:
    return index()


async def show_document(asked: ControlRequest) -> Any:
    return Response(document_bytes(), media_type="application/json")


async def wait_for_message(asked: ControlRequest) -> Any:
    message = asked.engine.inbox.wait_async(
        asked.query.get("phone"),
        app_key=asked.query.get("app_key"),
        after=asked.query.get("after"),
        code=asked.query.get("code") == "1",
        seconds=asked.query["seconds"],
    )
    try:  # no longer than its caller waits: a message is not handed out to a caller who has left
        found = await run_unless(message, disconnected(asked.request.receive))
    except NoMessageError as error:
        raise ControlProblem(404, str(error), "query", "send first, or wait longer with seconds=") from None
    return None if found is None else asdict(found.result())


async def reset(asked: ControlRequest) -> Any:
    asked.engine.reset()
    return {"reset": True}


async def show_clock(asked: ControlRequest) -> Any:
    return clock_state(asked.engine.clock)


async def set_clock(asked: ControlRequest) -> Any:
    try:
        asked.engine.set_clock(asked.body.get("mode"), asked.body.get("now"))
    except ValueError as error:
        raise ControlProblem(400, str(error), "body/now", "send seconds since 1970") from None
    return clock_state(asked.engine.clock)


async def advance_clock(asked: ControlRequest) -> Any:
    try:
        # In a thread: callbacks that fall due are delivered, and their receiver may call this very mock.
        done = await asyncio.to_thread(asked.engine.advance, asked.body["seconds"])
    except ValueError as error:
        raise ControlProblem(400, str(error), "body/seconds", "stay before the year 9999") from None
    return {"clock": clock_state(asked.engine.clock), "done": done}


def _faults(engine: MockEngine) -> dict[str, Any]:
    return {"faults": [standing.as_json() for standing in engine.faults.listed()]}


async def list_faults(asked: ControlRequest) -> Any:
    return _faults(asked.engine)


async def add_fault(asked: ControlRequest) -> Any:
    try:
        told: dict[str, Any] = {**asked.body, "kind": FaultKind(asked.body["kind"])}
        fault = Fault(**told)
    except FaultError as error:
        field, _, what = str(error).partition(": ")
        raise ControlProblem(400, what, f"body/{field}", "see FaultOrder in the document") from None
    return asked.engine.faults.add(fault).as_json()


async def clear_faults(asked: ControlRequest) -> Any:
    asked.engine.faults.clear()
    return _faults(asked.engine)


async def remove_fault(asked: ControlRequest) -> Any:
    if not asked.engine.faults.remove(asked.identity):
        raise ControlProblem(404, f"there is no fault {asked.identity}", "path/id", "GET /_mock/faults lists them")
    return _faults(asked.engine)


def _addresses(engine: MockEngine, app_key: str | None) -> dict[str, str | None]:
    return {kind.value: url for kind, url in engine.callbacks.addresses(app_key).items()}


async def show_callbacks(asked: ControlRequest) -> Any:
    with _found("query/app_key"):
        return _addresses(asked.engine, asked.query.get("app_key"))


async def set_callbacks(asked: ControlRequest) -> Any:
    body = asked.body
    urls = {kind: body.get(kind, body.get("url")) for kind in CallbackType if kind in body or "url" in body}
    app_key = body.get("app_key")
    with _found("body/app_key"):
        try:
            # In a thread: a receiver may call this very mock while it is asked for its echo.
            await asyncio.to_thread(
                asked.engine.callbacks.set_each, urls, app_key=app_key, check=body.get("check", True)
            )
        except CallbackAddressError as error:
            raise ControlProblem(400, str(error), "body", "give an address that echoes, or null") from None
        return _addresses(asked.engine, app_key)


async def list_deliveries(asked: ControlRequest) -> Any:
    kept = asked.engine.callbacks.deliveries(asked.query.get("app_key"), limit=asked.query.get("limit"))
    return {"deliveries": [{**asdict(one), "delivered": one.delivered} for one in kept]}


async def list_rules(asked: ControlRequest) -> Any:
    return {"rules": [asdict(rule) for rule in TABLE.values()]}


async def show_settings(asked: ControlRequest) -> Any:
    return asdict(asked.engine.settings)


async def change_settings(asked: ControlRequest) -> Any:
    asked.engine.settings = asked.engine.settings.with_changes(**asked.body)
    return asdict(asked.engine.settings)


async def show_state(asked: ControlRequest) -> Any:
    if SNAPSHOT in asked.request.headers.get("accept", ""):
        return Response(asked.engine.snapshot(), media_type=SNAPSHOT)
    return write_state(asked.engine.state)


async def put_state(asked: ControlRequest) -> Any:
    if asked.snapshot:
        try:
            asked.engine.restore(asked.snapshot)
        except DatabaseError as error:
            raise ControlProblem(400, str(error), "body", "put back what GET /_mock/state gave") from None
    else:
        asked.engine.load_seed(_seed(asked.body))
    return write_state(asked.engine.state)


async def add_applications(asked: ControlRequest) -> Any:
    asked.engine.add(_seed(asked.body))
    return write_state(asked.engine.state)


def _seed(body: dict[str, Any]) -> Seed:
    try:
        return read_seed(body)
    except SeedError as error:
        raise ControlProblem(400, str(error), "body", "GET /_mock/state shows the form") from None


async def review_template(asked: ControlRequest) -> Any:
    found = _review(asked, asked.engine.review_template)
    return {"id": found.temp_id, "status": found.status, "refuse_reason": found.refuse_reason}


async def review_sign(asked: ControlRequest) -> Any:
    found = _review(asked, asked.engine.review_sign)
    return {"id": found.sign_id, "status": found.status, "refuse_reason": found.refuse_reason}


def _review(asked: ControlRequest, review: Callable[..., _T]) -> _T:
    body = asked.body
    with _found("path/id"):
        return review(asked.identity, body["approve"], body.get("reason"), app_key=body.get("app_key"))


async def add_reply(asked: ControlRequest) -> Any:
    phone, content = asked.body["phone"], asked.body["content"]
    with _found("body/phone"):
        app_key = asked.engine.reply(phone, content, app_key=asked.body.get("app_key"))
    return {"app_key": app_key, "phone": without_country_code(phone), "content": content}


@contextmanager
def _found(where: str) -> Generator[None]:
    """Turn what is not there into a refusal."""
    try:
        yield
    except UnknownApplicationError as error:
        raise ControlProblem(404, str(error), "app_key", "GET /_mock/state lists the applications") from None
    except LookupError as error:
        raise ControlProblem(404, str(error), where, "GET /_mock/state lists what there is") from None


#: Timed tasks that are done, and replies, that are shown.
_SHOWN_DONE: Final = 20
_SHOWN_REPLIES: Final = 200
#: Recipients of a task that are shown; the rest is counted.
_SHOWN_RECIPIENTS: Final = 5
_SCHEDULE_FIELDS: Final = ("app_key", "schedule_id", "batch", "send_time", "at", "temp_id", "type", "tag", "state")


def _filter(query: Mapping[str, Any]) -> Filter:
    return Filter(
        phone=without_country_code(query.get("phone")),
        app_key=query.get("app_key"),
        after=query.get("after"),
        before=query.get("before"),
        text=query.get("text"),
        shown=Shown(query["shown"]) if "shown" in query else None,
    )


async def list_messages(asked: ControlRequest) -> Any:
    asked.engine.inbox.run_due()
    with asked.engine.state.database.lock:
        found = asked.engine.state.inbox.shown(_filter(asked.query), limit=asked.query.get("limit"))
        dropped = asked.engine.state.inbox.oldest_dropped()
    return {"messages": found, "dropped": dropped}


async def delete_message(asked: ControlRequest) -> Any:
    deleted = asked.engine.inbox.delete([asked.identity])
    if not deleted:
        raise ControlProblem(404, f"there is no message {asked.identity}", "path/id", "GET /_mock/messages lists them")
    return {"deleted": 1, "ids": deleted}


async def delete_messages(asked: ControlRequest) -> Any:
    inbox = asked.engine.inbox
    with asked.engine.state.database.lock:
        deleted = inbox.delete(asked.engine.state.inbox.ids(_filter(asked.query)))
    return {"deleted": len(deleted), "ids": deleted}


async def restore_messages(asked: ControlRequest) -> Any:
    return {"restored": len(asked.engine.inbox.undelete(asked.body["ids"]))}


async def list_replies(asked: ControlRequest) -> Any:
    phone, state = without_country_code(asked.query.get("phone")), asked.engine.state
    with state.database.lock:
        newest = state.replies.find("phone = coalesce(?, phone) ORDER BY id DESC LIMIT ?", phone, _SHOWN_REPLIES)
        unsubscribed = [
            each.app_key for each in state.lists.find("TRUE ORDER BY app_key") if phone in each.unsubscribed
        ]
    replies = [_fields(reply, ("id", "app_key", "phone", "content", "at")) for reply in reversed(newest)]
    return {"replies": replies, "unsubscribed_from": unsubscribed}


async def list_schedules(asked: ControlRequest) -> Any:
    schedules = asked.engine.state.schedules
    asked.engine.inbox.run_due()
    with asked.engine.state.database.lock:
        waiting = schedules.find("state = ? ORDER BY at, schedule_id", ScheduleState.WAITING)
        done = schedules.find("state != ? ORDER BY at DESC, schedule_id LIMIT ?", ScheduleState.WAITING, _SHOWN_DONE)
    return {"waiting": [_schedule(each) for each in waiting], "done": [_schedule(each) for each in done]}


def _schedule(schedule: Schedule) -> dict[str, Any]:
    return {
        **_fields(schedule, _SCHEDULE_FIELDS),
        "recipients": len(schedule.recipients),
        "messages": [_fields(each, ("phone", "text")) for each in schedule.recipients[:_SHOWN_RECIPIENTS]],
    }


def _fields(record: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


async def list_reviews(asked: ControlRequest) -> Any:
    state = asked.engine.state
    asked.engine.inbox.run_due()
    with state.database.lock:
        due = state.timers.times(TimerKind.TEMPLATE_REVIEW), state.timers.times(TimerKind.SIGN_REVIEW)
        templates = [asdict(template) for template in state.templates.find("TRUE ORDER BY app_key, temp_id")]
        signs = [asdict(sign) for sign in state.signs.find("TRUE ORDER BY app_key, sign_id")]
    for times, name, papers in zip(due, ("temp_id", "sign_id"), (templates, signs), strict=True):
        for paper in papers:
            waits = paper["status"] == ReviewStatus.IN_REVIEW
            paper["due_at"] = times.get(f"{paper['app_key']} {paper[name]}") if waits else None
    return {"templates": templates, "signs": signs}


def _balances(engine: MockEngine) -> dict[str, Any]:
    state = engine.state
    with state.database.lock:
        return {
            "accounts": [
                {"dev_key": one.dev_key, "balances": asdict(one.balances)}
                for one in state.accounts.find("TRUE ORDER BY dev_key")
            ],
            "applications": [
                {"app_key": one.app_key, "dev_key": one.dev_key, "balances": asdict(one.balances)}
                for one in state.applications.find("TRUE ORDER BY app_key")
            ],
        }


async def list_balances(asked: ControlRequest) -> Any:
    return _balances(asked.engine)


async def set_balances(asked: ControlRequest) -> Any:
    body, state = asked.body, asked.engine.state
    is_application = "app_key" in body
    table: Table[Any] = state.applications if is_application else state.accounts
    key: str = body["app_key"] if is_application else body.get("dev_key", "")
    with state.database:
        owner = table.get(key)
        if owner is None:
            raise ControlProblem(
                404, "there is no such account or application", "body", "GET /_mock/balances lists them"
            )
        table.put(replace(owner, balances=replace(owner.balances, **body["balances"])))
        state.tell("balance", key)
    return _balances(asked.engine)


async def list_requests(asked: ControlRequest) -> Any:
    query = asked.query
    with asked.engine.state.database.lock:
        msg_id = query.get("msg_id")
        made = [] if msg_id is None else [msg_id, *_schedules_of(asked.engine, msg_id)]
        found = asked.engine.requests.listed(refused=query["refused"] == "1", made=made, limit=query["limit"])
    return {"requests": found}


def _schedules_of(engine: MockEngine, msg_id: str) -> list[str]:
    """List the ids of the timed tasks that hold a message."""
    holds = "EXISTS (SELECT 1 FROM json_each(recipients) WHERE json_extract(value, '$.msg_id') = CAST(? AS INTEGER))"
    return [schedule.schedule_id for schedule in engine.state.schedules.find(holds, msg_id)]


async def repeat_delivery(asked: ControlRequest) -> Any:
    engine = asked.engine
    if engine.callbacks.repeat(asked.identity, engine.clock.now()) is None:
        raise ControlProblem(
            404, f"there is no delivery {asked.identity}", "path/id", "GET /_mock/callbacks/deliveries lists them"
        )
    # In a thread: the receiver may call this very mock while it is called.
    await asyncio.to_thread(engine.run_due)
    return {"repeated": asked.identity}
