"""What each control call does: one function a call, each a few lines around a method of `JsmsMock`.

Knows how arguments become calls and results become plain JSON values. Must not know HTTP, and needs to check
nothing that the control document can say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from . import control_index
from .control_document import ControlProblem, document_bytes
from .events import tell_clock
from .faults import FaultError, fault_from_json
from .inbox import NoMessageError, bare
from .jsms_mock import UnknownApplicationError
from .postman import CallbackAddressError
from .records import CallbackType, Delivery
from .rules.table import TABLE
from .seed_document import SeedError, read_seed, write_state
from .seeds import Seed
from .settings import Audit
from .store.database import DatabaseError

if TYPE_CHECKING:
    from .jsms_mock import JsmsMock

JSON: Final = "application/json"
_SNAPSHOT: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Asked:
    """A control call with what it carries, checked against the document.

    Attributes:
        mock: that is asked.
        query: parameters, converted.
        body: fields of a JSON body.
        identity: the id in the path; 0 if there is none.
        raw: a body that is not JSON.
        accept: what the caller wants to read.
    """

    mock: JsmsMock
    query: dict[str, Any]
    body: dict[str, Any]
    identity: int
    raw: bytes
    accept: str


@dataclass(frozen=True, slots=True)
class Told:
    """The answer: something that becomes JSON, or bytes as they are."""

    content: Any
    status: int = 200
    media_type: str = JSON


Handler = Callable[[Asked], Awaitable[Told]]


async def show_index(asked: Asked) -> Told:
    return Told(control_index.as_json())


async def show_document(asked: Asked) -> Told:
    return Told(document_bytes())


async def wait_for_message(asked: Asked) -> Told:
    try:
        found = await asked.mock.inbox.wait_async(
            asked.query.get("phone"),
            app_key=asked.query.get("app_key"),
            after=asked.query.get("after"),
            code=asked.query.get("code") == "1",
            seconds=asked.query["seconds"],
        )
    except NoMessageError as error:
        raise ControlProblem(404, str(error), "query", "send first, or wait longer with seconds=") from None
    return Told(asdict(found))


async def reset(asked: Asked) -> Told:
    asked.mock.reset()
    return Told({"reset": True})


async def show_clock(asked: Asked) -> Told:
    return Told(tell_clock(asked.mock.clock))


async def set_clock(asked: Asked) -> Told:
    try:
        asked.mock.set_clock(asked.body.get("mode"), asked.body.get("now"))
    except ValueError as error:
        raise ControlProblem(400, str(error), "body/now", "send seconds since 1970") from None
    return Told(tell_clock(asked.mock.clock))


async def advance_clock(asked: Asked) -> Told:
    try:
        # In a thread: callbacks that fall due are delivered, and their receiver may call this very mock.
        done = await asyncio.to_thread(asked.mock.advance, asked.body["seconds"])
    except ValueError as error:
        raise ControlProblem(400, str(error), "body/seconds", "stay before the year 9999") from None
    return Told({"clock": tell_clock(asked.mock.clock), "done": done})


def _faults(mock: JsmsMock) -> dict[str, Any]:
    return {"faults": [standing.as_json() for standing in mock.faults.listed()]}


async def list_faults(asked: Asked) -> Told:
    return Told(_faults(asked.mock))


async def add_fault(asked: Asked) -> Told:
    try:
        standing = asked.mock.faults.add(fault_from_json(asked.body))
    except FaultError as error:
        field, _, what = str(error).partition(": ")
        raise ControlProblem(400, what, f"body/{field}", "see FaultOrder in the document") from None
    return Told(standing.as_json(), 201)


async def clear_faults(asked: Asked) -> Told:
    asked.mock.faults.clear()
    return Told(_faults(asked.mock))


async def remove_fault(asked: Asked) -> Told:
    if not asked.mock.faults.remove(asked.identity):
        raise ControlProblem(
            404, f"there is no fault {asked.identity}", "path/id", "GET /_mock/faults lists them"
        )
    return Told(_faults(asked.mock))


def _addresses(mock: JsmsMock, app_key: str | None) -> dict[str, str | None]:
    return {kind.value: url for kind, url in mock.callbacks.addresses(app_key).items()}


async def show_callbacks(asked: Asked) -> Told:
    with _found("query/app_key"):
        return Told(_addresses(asked.mock, asked.query.get("app_key")))


async def set_callbacks(asked: Asked) -> Told:
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
                asked.mock.callbacks.set_each, urls, app_key=app_key, check=body.get("check", True)
            )
        except CallbackAddressError as error:
            raise ControlProblem(400, str(error), "body", "give an address that echoes, or null") from None
        return Told(_addresses(asked.mock, app_key))


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {**asdict(delivery), "delivered": delivery.delivered}


async def list_deliveries(asked: Asked) -> Told:
    return Told(
        {
            "deliveries": [
                _delivery(one)
                for one in asked.mock.callbacks.deliveries(
                    asked.query.get("app_key"), limit=asked.query.get("limit")
                )
            ]
        }
    )


async def list_rules(asked: Asked) -> Told:
    return Told({"rules": [asdict(rule) for rule in TABLE.values()]})


async def show_settings(asked: Asked) -> Told:
    return Told(asdict(asked.mock.settings))


async def change_settings(asked: Asked) -> Told:
    changes = dict(asked.body)
    if "audit" in changes:
        changes["audit"] = Audit(changes["audit"])
    if "audit_refuses" in changes:
        changes["audit_refuses"] = tuple(changes["audit_refuses"])
    asked.mock.settings = asked.mock.settings.with_changes(**changes)
    return Told(asdict(asked.mock.settings))


async def show_state(asked: Asked) -> Told:
    if _SNAPSHOT in asked.accept:
        return Told(asked.mock.snapshot(), media_type=_SNAPSHOT)
    return Told(write_state(asked.mock.state))


async def put_state(asked: Asked) -> Told:
    if asked.raw:
        try:
            asked.mock.restore(asked.raw)
        except DatabaseError as error:
            raise ControlProblem(400, str(error), "body", "put back what GET /_mock/state gave") from None
    else:
        asked.mock.plant(_seed(asked.body))
    return Told(write_state(asked.mock.state))


async def add_applications(asked: Asked) -> Told:
    asked.mock.add(_seed(asked.body))
    return Told(write_state(asked.mock.state))


def _seed(body: dict[str, Any]) -> Seed:
    try:
        return read_seed(body)
    except SeedError as error:
        raise ControlProblem(400, str(error), "body", "GET /_mock/state shows the form") from None


async def audit_template(asked: Asked) -> Told:
    body = asked.body
    with _found("path/id"):
        found = asked.mock.audit_template(
            asked.identity, body["approve"], body.get("reason"), app_key=body.get("app_key")
        )
    return Told({"id": found.temp_id, "status": found.status, "refuse_reason": found.refuse_reason})


async def audit_sign(asked: Asked) -> Told:
    body = asked.body
    with _found("path/id"):
        found = asked.mock.audit_sign(
            asked.identity, body["approve"], body.get("reason"), app_key=body.get("app_key")
        )
    return Told({"id": found.sign_id, "status": found.status, "refuse_reason": found.refuse_reason})


async def add_reply(asked: Asked) -> Told:
    phone, content = asked.body["phone"], asked.body["content"]
    with _found("body/phone"):
        app_key = asked.mock.reply(phone, content, app_key=asked.body.get("app_key"))
    return Told({"app_key": app_key, "phone": bare(phone), "content": content}, 201)


@contextmanager
def _found(where: str) -> Generator[None]:
    """Turn what is not there into a refusal."""
    try:
        yield
    except UnknownApplicationError as error:
        raise ControlProblem(404, str(error), "app_key", "GET /_mock/state lists the applications") from None
    except LookupError as error:
        raise ControlProblem(404, str(error), where, "GET /_mock/state lists what there is") from None


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
    "auditTemplate": audit_template,
    "auditSign": audit_sign,
    "addReply": add_reply,
    "showCallbacks": show_callbacks,
    "setCallbacks": set_callbacks,
    "listDeliveries": list_deliveries,
}
