"""What the control calls do that the inbox page needs: reads in pages, deletion, repeats."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from ..model.records import Balances, ReviewStatus
from ..state.inbox import without_country_code
from ..state.messages import Filter, Shown
from ..state.timers import TimerKind
from .document import ControlProblem
from .handlers import ControlRequest, ControlResponse, Handler

if TYPE_CHECKING:
    from ..engine import MockEngine

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
        raise ControlProblem(
            404, f"there is no message {asked.identity}", "path/id", "GET /_mock/messages lists them"
        )
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
                {"dev_key": key, "balances": asdict(accounts.balances(dev_key=key))}
                for key in accounts.account_keys()
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
            404,
            f"there is no delivery {asked.identity}",
            "path/id",
            "GET /_mock/callbacks/deliveries lists them",
        )
    # In a thread: the receiver may call this very mock while it is called.
    await asyncio.to_thread(engine.run_due)
    return ControlResponse({"repeated": asked.identity})


HANDLERS: Final[Mapping[str, Handler]] = {
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
