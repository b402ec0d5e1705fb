"""What the control calls do that the inbox page needs: reads in pages, deletion, repeats.

Knows, as `control_calls` does, how arguments become calls and results become plain JSON values. Must not know
HTTP, and needs to check nothing that the control document can say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from .control_calls import Asked, Handler, Told
from .control_document import ControlProblem
from .due import Due
from .inbox import bare
from .records import AuditStatus, Balances
from .store.reading import Filter, Shown

if TYPE_CHECKING:
    from .jsms_mock import JsmsMock

#: Timed tasks that are done, and replies, that are shown.
_SHOWN_DONE: Final = 20
_SHOWN_REPLIES: Final = 200


def _filter(query: Mapping[str, Any]) -> Filter:
    return Filter(
        phone=bare(query.get("phone")),
        app_key=query.get("app_key"),
        after=query.get("after"),
        before=query.get("before"),
        text=query.get("text"),
        shown=Shown(query["shown"]) if "shown" in query else None,
    )


async def list_messages(asked: Asked) -> Told:
    asked.mock.inbox.settle()
    with asked.mock.state.database.lock:
        found = asked.mock.inbox.reader.messages(_filter(asked.query), limit=asked.query.get("limit"))
    return Told({"messages": found})


async def delete_message(asked: Asked) -> Told:
    deleted = asked.mock.inbox.delete([asked.identity])
    if not deleted:
        raise ControlProblem(
            404, f"there is no message {asked.identity}", "path/id", "GET /_mock/messages lists them"
        )
    return Told({"deleted": 1, "ids": deleted})


async def delete_messages(asked: Asked) -> Told:
    inbox = asked.mock.inbox
    with asked.mock.state.database.lock:
        deleted = inbox.delete(inbox.reader.ids(_filter(asked.query)))
    return Told({"deleted": len(deleted), "ids": deleted})


async def restore_messages(asked: Asked) -> Told:
    return Told({"restored": len(asked.mock.inbox.undelete(asked.body["ids"]))})


async def list_replies(asked: Asked) -> Told:
    phone = bare(asked.query.get("phone"))
    reader = asked.mock.inbox.reader
    with asked.mock.state.database.lock:
        unsubscribed = [] if phone is None else reader.unsubscribed_from(phone)
        return Told(
            {"replies": reader.replies(phone, limit=_SHOWN_REPLIES), "unsubscribed_from": unsubscribed}
        )


async def list_schedules(asked: Asked) -> Told:
    reader = asked.mock.inbox.reader
    asked.mock.inbox.settle()
    with asked.mock.state.database.lock:
        waiting = reader.schedules(waiting=True, limit=-1)
        done = reader.schedules(waiting=False, limit=_SHOWN_DONE)
    return Told({"waiting": waiting, "done": done})


async def list_audits(asked: Asked) -> Told:
    state = asked.mock.state
    asked.mock.inbox.settle()
    with state.database.lock:
        due = asked.mock.inbox.reader.next_audits()
        keys = state.accounts.application_keys()
        templates = [asdict(template) for key in keys for template in state.templates.of(key)]
        signs = [asdict(sign) for key in keys for sign in state.signs.of(key)]
    for kind, name, papers in (
        (Due.TEMPLATE_AUDIT, "temp_id", templates),
        (Due.SIGN_AUDIT, "sign_id", signs),
    ):
        for paper in papers:
            waits = paper["status"] == AuditStatus.AUDITING
            paper["due_at"] = due.get((kind.value, paper["app_key"], paper[name])) if waits else None
    return Told({"templates": templates, "signs": signs})


def _balances(mock: JsmsMock) -> dict[str, Any]:
    accounts = mock.state.accounts
    with mock.state.database.lock:
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


async def list_balances(asked: Asked) -> Told:
    return Told(_balances(asked.mock))


async def set_balances(asked: Asked) -> Told:
    body, state = asked.body, asked.mock.state
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
    return Told(_balances(asked.mock))


async def list_requests(asked: Asked) -> Told:
    query = asked.query
    with asked.mock.state.database.lock:
        found = asked.mock.requests.listed(refused=query["refused"] == "1", limit=query["limit"])
    return Told({"requests": found})


async def repeat_delivery(asked: Asked) -> Told:
    mock = asked.mock
    if mock.callbacks.repeat(asked.identity, mock.clock.now()) is None:
        raise ControlProblem(
            404,
            f"there is no delivery {asked.identity}",
            "path/id",
            "GET /_mock/callbacks/deliveries lists them",
        )
    # In a thread: the receiver may call this very mock while it is called.
    await asyncio.to_thread(mock.settle)
    return Told({"repeated": asked.identity})


HANDLERS: Final[Mapping[str, Handler]] = {
    "listMessages": list_messages,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "restoreMessages": restore_messages,
    "listReplies": list_replies,
    "listSchedules": list_schedules,
    "listAudits": list_audits,
    "listBalances": list_balances,
    "setBalances": set_balances,
    "listRequests": list_requests,
    "repeatDelivery": repeat_delivery,
}
