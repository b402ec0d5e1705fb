"""What each control call does: one function a call, each a few lines around a method of `JsmsMock`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from ..callbacks.sender import CallbackAddressError
from ..engine import UnknownApplicationError
from ..faults import FaultError, fault_from_json
from ..model.records import Balances, CallbackType, Delivery, ReviewStatus
from ..model.rule_catalog import TABLE
from ..model.settings import Reading, Review, Seed
from ..state.database import DatabaseError
from ..state.inbox import NoMessageError, without_country_code
from ..state.messages import Filter, Shown
from ..state.timers import TimerKind
from .document import ControlProblem, document_bytes, index
from .event_stream import clock_state
from .seed_json import SeedError, read_seed, write_state

if TYPE_CHECKING:
    from ..engine import MockEngine


JSON: Final = "application/json"
_SNAPSHOT: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class ControlRequest:
    """A control call with what it carries, checked against the document.

    Attributes:
        mock: that is asked.
        query: parameters, converted.
        body: fields of a JSON body.
        identity: the id in the path; 0 if there is none.
        raw: a body that is not JSON.
        accept: what the caller wants to read.
    """

    engine: MockEngine
    query: dict[str, Any]
    body: dict[str, Any]
    identity: int
    raw: bytes
    accept: str


@dataclass(frozen=True, slots=True)
class ControlResponse:
    """The answer: something that becomes JSON, or bytes as they are."""

    content: Any
    status: int = 200
    media_type: str = JSON


Handler = Callable[[ControlRequest], Awaitable[ControlResponse]]


async def show_index(asked: ControlRequest) -> ControlResponse:
    return ControlResponse(index())


async def show_document(asked: ControlRequest) -> ControlResponse:
    return ControlResponse(document_bytes())


async def wait_for_message(asked: ControlRequest) -> ControlResponse:
    try:
        found = await asked.engine.inbox.wait_async(
            asked.query.get("phone"),
            app_key=asked.query.get("app_key"),
            after=asked.query.get("after"),
            code=asked.query.get("code") == "1",
            seconds=asked.query["seconds"],
        )
    except NoMessageError as error:
        raise ControlProblem(404, str(error), "query", "send first, or wait longer with seconds=") from None
    return ControlResponse(asdict(found))


async def reset(asked: ControlRequest) -> ControlResponse:
    asked.engine.reset()
    return ControlResponse({"reset": True})


async def show_clock(asked: ControlRequest) -> ControlResponse:
    return ControlResponse(clock_state(asked.engine.clock))


async def set_clock(asked: ControlRequest) -> ControlResponse:
    try:
        asked.engine.set_clock(asked.body.get("mode"), asked.body.get("now"))
    except ValueError as error:
        raise ControlProblem(400, str(error), "body/now", "send seconds since 1970") from None
    return ControlResponse(clock_state(asked.engine.clock))


async def advance_clock(asked: ControlRequest) -> ControlResponse:
    try:
        # In a thread: callbacks that fall due are delivered, and their receiver may call this very mock.
        done = await asyncio.to_thread(asked.engine.advance, asked.body["seconds"])
    except ValueError as error:
        raise ControlProblem(400, str(error), "body/seconds", "stay before the year 9999") from None
    return ControlResponse({"clock": clock_state(asked.engine.clock), "done": done})


def _faults(engine: MockEngine) -> dict[str, Any]:
    return {"faults": [standing.as_json() for standing in engine.faults.listed()]}


async def list_faults(asked: ControlRequest) -> ControlResponse:
    return ControlResponse(_faults(asked.engine))


async def add_fault(asked: ControlRequest) -> ControlResponse:
    try:
        standing = asked.engine.faults.add(fault_from_json(asked.body))
    except FaultError as error:
        field, _, what = str(error).partition(": ")
        raise ControlProblem(400, what, f"body/{field}", "see FaultOrder in the document") from None
    return ControlResponse(standing.as_json(), 201)


async def clear_faults(asked: ControlRequest) -> ControlResponse:
    asked.engine.faults.clear()
    return ControlResponse(_faults(asked.engine))


async def remove_fault(asked: ControlRequest) -> ControlResponse:
    if not asked.engine.faults.remove(asked.identity):
        raise ControlProblem(404, f"there is no fault {asked.identity}", "path/id", "GET /_mock/faults lists them")
    return ControlResponse(_faults(asked.engine))


def _addresses(engine: MockEngine, app_key: str | None) -> dict[str, str | None]:
    return {kind.value: url for kind, url in engine.callbacks.addresses(app_key).items()}


async def show_callbacks(asked: ControlRequest) -> ControlResponse:
    with _found("query/app_key"):
        return ControlResponse(_addresses(asked.engine, asked.query.get("app_key")))


async def set_callbacks(asked: ControlRequest) -> ControlResponse:
    body = asked.body
    urls: dict[CallbackType, str | None] = {}
    for kind in CallbackType:
        if kind in body:
            urls[kind] = body[kind]
        elif "url" in body:
            urls[kind] = body["url"]
    app_key = body.get("app_key")
    with _found("body/app_key"):
        try:
            # In a thread: a receiver may call this very mock while it is asked for its echo.
            await asyncio.to_thread(
                asked.engine.callbacks.set_each, urls, app_key=app_key, check=body.get("check", True)
            )
        except CallbackAddressError as error:
            raise ControlProblem(400, str(error), "body", "give an address that echoes, or null") from None
        return ControlResponse(_addresses(asked.engine, app_key))


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {**asdict(delivery), "delivered": delivery.delivered}


async def list_deliveries(asked: ControlRequest) -> ControlResponse:
    return ControlResponse(
        {
            "deliveries": [
                _delivery(one)
                for one in asked.engine.callbacks.deliveries(asked.query.get("app_key"), limit=asked.query.get("limit"))
            ]
        }
    )


async def list_rules(asked: ControlRequest) -> ControlResponse:
    return ControlResponse({"rules": [asdict(rule) for rule in TABLE.values()]})


async def show_settings(asked: ControlRequest) -> ControlResponse:
    return ControlResponse(asdict(asked.engine.settings))


async def change_settings(asked: ControlRequest) -> ControlResponse:
    changes = dict(asked.body)
    if "review" in changes:
        changes["review"] = Review(changes["review"])
    if "review_refuses" in changes:
        changes["review_refuses"] = tuple(changes["review_refuses"])
    if "readings" in changes:
        changes["readings"] = tuple(map(Reading, changes["readings"]))
    asked.engine.settings = asked.engine.settings.with_changes(**changes)
    return ControlResponse(asdict(asked.engine.settings))


async def show_state(asked: ControlRequest) -> ControlResponse:
    if _SNAPSHOT in asked.accept:
        return ControlResponse(asked.engine.snapshot(), media_type=_SNAPSHOT)
    return ControlResponse(write_state(asked.engine.state))


async def put_state(asked: ControlRequest) -> ControlResponse:
    if asked.raw:
        try:
            asked.engine.restore(asked.raw)
        except DatabaseError as error:
            raise ControlProblem(400, str(error), "body", "put back what GET /_mock/state gave") from None
    else:
        asked.engine.load_seed(_seed(asked.body))
    return ControlResponse(write_state(asked.engine.state))


async def add_applications(asked: ControlRequest) -> ControlResponse:
    asked.engine.add(_seed(asked.body))
    return ControlResponse(write_state(asked.engine.state))


def _seed(body: dict[str, Any]) -> Seed:
    try:
        return read_seed(body)
    except SeedError as error:
        raise ControlProblem(400, str(error), "body", "GET /_mock/state shows the form") from None


async def review_template(asked: ControlRequest) -> ControlResponse:
    body = asked.body
    with _found("path/id"):
        found = asked.engine.review_template(
            asked.identity, body["approve"], body.get("reason"), app_key=body.get("app_key")
        )
    return ControlResponse({"id": found.temp_id, "status": found.status, "refuse_reason": found.refuse_reason})


async def review_sign(asked: ControlRequest) -> ControlResponse:
    body = asked.body
    with _found("path/id"):
        found = asked.engine.review_sign(
            asked.identity, body["approve"], body.get("reason"), app_key=body.get("app_key")
        )
    return ControlResponse({"id": found.sign_id, "status": found.status, "refuse_reason": found.refuse_reason})


async def add_reply(asked: ControlRequest) -> ControlResponse:
    phone, content = asked.body["phone"], asked.body["content"]
    with _found("body/phone"):
        app_key = asked.engine.reply(phone, content, app_key=asked.body.get("app_key"))
    return ControlResponse({"app_key": app_key, "phone": without_country_code(phone), "content": content}, 201)


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


def _filter(query: Mapping[str, Any]) -> Filter:
    return Filter(
        phone=without_country_code(query.get("phone")),
        app_key=query.get("app_key"),
        after=query.get("after"),
        before=query.get("before"),
        text=query.get("text"),
        shown=Shown(query["shown"]) if "shown" in query else None,
    )


async def list_messages(asked: ControlRequest) -> ControlResponse:
    asked.engine.inbox.run_due()
    with asked.engine.state.database.lock:
        found = asked.engine.inbox.reader.messages(_filter(asked.query), limit=asked.query.get("limit"))
        dropped = asked.engine.state.inbox.oldest_dropped()
    return ControlResponse({"messages": found, "dropped": dropped})


async def delete_message(asked: ControlRequest) -> ControlResponse:
    deleted = asked.engine.inbox.delete([asked.identity])
    if not deleted:
        raise ControlProblem(404, f"there is no message {asked.identity}", "path/id", "GET /_mock/messages lists them")
    return ControlResponse({"deleted": 1, "ids": deleted})


async def delete_messages(asked: ControlRequest) -> ControlResponse:
    inbox = asked.engine.inbox
    with asked.engine.state.database.lock:
        deleted = inbox.delete(inbox.reader.ids(_filter(asked.query)))
    return ControlResponse({"deleted": len(deleted), "ids": deleted})


async def restore_messages(asked: ControlRequest) -> ControlResponse:
    return ControlResponse({"restored": len(asked.engine.inbox.undelete(asked.body["ids"]))})


async def list_replies(asked: ControlRequest) -> ControlResponse:
    phone = without_country_code(asked.query.get("phone"))
    reader = asked.engine.inbox.reader
    with asked.engine.state.database.lock:
        unsubscribed = [] if phone is None else reader.unsubscribed_from(phone)
        return ControlResponse(
            {"replies": reader.replies(phone, limit=_SHOWN_REPLIES), "unsubscribed_from": unsubscribed}
        )


async def list_schedules(asked: ControlRequest) -> ControlResponse:
    reader = asked.engine.inbox.reader
    asked.engine.inbox.run_due()
    with asked.engine.state.database.lock:
        waiting = reader.schedules(waiting=True, limit=-1)
        done = reader.schedules(waiting=False, limit=_SHOWN_DONE)
    return ControlResponse({"waiting": waiting, "done": done})


async def list_reviews(asked: ControlRequest) -> ControlResponse:
    state = asked.engine.state
    asked.engine.inbox.run_due()
    with state.database.lock:
        due = asked.engine.inbox.reader.next_reviews()
        keys = state.accounts.application_keys()
        templates = [asdict(template) for key in keys for template in state.templates.of(key)]
        signs = [asdict(sign) for key in keys for sign in state.signs.of(key)]
    for kind, name, papers in (
        (TimerKind.TEMPLATE_REVIEW, "temp_id", templates),
        (TimerKind.SIGN_REVIEW, "sign_id", signs),
    ):
        for paper in papers:
            waits = paper["status"] == ReviewStatus.IN_REVIEW
            paper["due_at"] = due.get((kind.value, paper["app_key"], paper[name])) if waits else None
    return ControlResponse({"templates": templates, "signs": signs})


def _balances(engine: MockEngine) -> dict[str, Any]:
    accounts = engine.state.accounts
    with engine.state.database.lock:
        applications = [accounts.application(key) for key in accounts.application_keys()]
        return {
            "accounts": [
                {"dev_key": key, "balances": asdict(accounts.balances(dev_key=key))} for key in accounts.account_keys()
            ],
            "applications": [
                {
                    "app_key": one.app_key,
                    "dev_key": one.dev_key,
                    "balances": asdict(accounts.balances(app_key=one.app_key)),
                }
                for one in applications
                if one is not None
            ],
        }


async def list_balances(asked: ControlRequest) -> ControlResponse:
    return ControlResponse(_balances(asked.engine))


async def set_balances(asked: ControlRequest) -> ControlResponse:
    body, state = asked.body, asked.engine.state
    app_key, dev_key = body.get("app_key"), body.get("dev_key")
    with state.database:
        known = state.accounts.account_keys() if app_key is None else state.accounts.application_keys()
        if (dev_key if app_key is None else app_key) not in known:
            raise ControlProblem(
                404, "there is no such account or application", "body", "GET /_mock/balances lists them"
            )
        before = asdict(state.accounts.balances(app_key=app_key, dev_key=dev_key))
        after = Balances(**{**before, **body["balances"]})
        state.accounts.set_balances(after, app_key=app_key, dev_key=dev_key)
        state.tell("balance", app_key or dev_key or "")
    return ControlResponse(_balances(asked.engine))


async def list_requests(asked: ControlRequest) -> ControlResponse:
    query = asked.query
    with asked.engine.state.database.lock:
        msg_id = query.get("msg_id")
        made = [] if msg_id is None else [msg_id, *asked.engine.inbox.reader.schedules_of(msg_id)]
        found = asked.engine.requests.listed(refused=query["refused"] == "1", made=made, limit=query["limit"])
    return ControlResponse({"requests": found})


async def repeat_delivery(asked: ControlRequest) -> ControlResponse:
    engine = asked.engine
    if engine.callbacks.repeat(asked.identity, engine.clock.now()) is None:
        raise ControlProblem(
            404, f"there is no delivery {asked.identity}", "path/id", "GET /_mock/callbacks/deliveries lists them"
        )
    # In a thread: the receiver may call this very mock while it is called.
    await asyncio.to_thread(engine.run_due)
    return ControlResponse({"repeated": asked.identity})


HANDLERS: Final[Mapping[str, Handler]] = {
    "showIndex": show_index,
    "showDocument": show_document,
    "listRules": list_rules,
    "showSettings": show_settings,
    "changeSettings": change_settings,
    "waitForMessage": wait_for_message,
    "reset": reset,
    "showState": show_state,
    "putState": put_state,
    "addApplications": add_applications,
    "showClock": show_clock,
    "setClock": set_clock,
    "advanceClock": advance_clock,
    "listFaults": list_faults,
    "addFault": add_fault,
    "clearFaults": clear_faults,
    "removeFault": remove_fault,
    "reviewTemplate": review_template,
    "reviewSign": review_sign,
    "addReply": add_reply,
    "showCallbacks": show_callbacks,
    "setCallbacks": set_callbacks,
    "listDeliveries": list_deliveries,
    "listMessages": list_messages,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "restoreMessages": restore_messages,
    "listReplies": list_replies,
    "listSchedules": list_schedules,
    "listReviews": list_reviews,
    "listBalances": list_balances,
    "setBalances": set_balances,
    "listRequests": list_requests,
    "repeatDelivery": repeat_delivery,
}
