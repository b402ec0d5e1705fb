"""A mock without transports, on a frozen clock, and calls as short as a test wants them.

Every refusal is held against the table of codes; tests/fuzz judges everything else of a response.
"""

from __future__ import annotations

import base64
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import httpx
import orjson
from jsms_api.error_table import ERRORS
from jsms_api.operations import OPERATIONS
from jsmskit.mock import JsmsMock
from jsmskit.mock.model import settings as seeds
from jsmskit.mock.model.clock import Clock, read_send_time
from jsmskit.mock.model.http import Response
from jsmskit.mock.model.random_ids import RandomIds
from jsmskit.mock.model.records import (
    Account,
    Balances,
    Message,
    NumberLists,
    ReviewStatus,
    Sign,
    Template,
    TemplateType,
)
from jsmskit.mock.model.settings import DEFAULT_SETTINGS, Settings
from jsmskit.mock.service.dispatcher import Dispatcher, Request
from jsmskit.mock.state.state import State

NOON = read_send_time("2024-05-06 12:00:00")
PHONE = "13800138000"
SAMPLE = (seeds.APP_KEY, seeds.MASTER_SECRET)

#: Templates that a bench holds beside the ready-made one.
NOTICE, MARKETING, REFUSED = 101, 102, 105
#: A sign that a bench holds beside the default one.
OTHER_SIGN = 201

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


class Answer(Response):
    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


APP = basic(seeds.APP_KEY, seeds.MASTER_SECRET)
SECOND_APP = basic(seeds.SECOND_APP_KEY, seeds.SECOND_MASTER_SECRET)
DEV = basic(seeds.DEV_KEY, seeds.DEV_SECRET)


class Bench:
    """One mock, called by short names."""

    def __init__(
        self,
        *,
        path: Path | None = None,
        settings: Settings = DEFAULT_SETTINGS,
        seed: seeds.Seed = seeds.DEFAULT_SEED,
        clock: Clock | None = None,
    ) -> None:
        self.clock = clock if clock is not None else Clock(frozen_at=NOON)
        self.random_ids = RandomIds()
        self.state = State(self.random_ids, seed, path)
        self.dispatcher = Dispatcher(self.state, self.clock, self.random_ids, settings)
        self.app_key = seeds.APP_KEY
        self.furnish()

    def furnish(self) -> None:
        """Put templates and signs of every kind in."""
        approved, put = ReviewStatus.APPROVED, self.state.templates.put
        key = self.app_key
        put(Template(key, NOTICE, "您的取件码是{{number}}", TemplateType.NOTICE, status=approved))
        put(Template(key, MARKETING, "新品到店{{what}}", TemplateType.MARKETING, status=approved))
        put(Template(key, REFUSED, "被拒{{a}}", TemplateType.NOTICE, status=ReviewStatus.REFUSED))
        self.state.signs.put(Sign(key, OTHER_SIGN, "另一个", status=approved))

    def set_balances(self, app: Balances, account: Balances | None = None) -> None:
        """Set what the application and its account hold."""
        found = self.state.applications.get(self.app_key)
        assert found is not None
        self.state.applications.put(replace(found, balances=app))
        self.state.accounts.put(Account(found.dev_key, "", account or Balances()))

    def change_lists(self, **lists: Any) -> None:
        """Set what is special about numbers and words for the application."""
        self.state.lists.put(NumberLists(self.app_key, **lists))

    @property
    def settings(self) -> Settings:
        return self.dispatcher.settings

    def change(self, **switches: Any) -> None:
        self.dispatcher.settings = self.dispatcher.settings.with_changes(**switches)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        auth: str | None = APP,
        content_type: str | None = "application/json",
        client_ip: str = "127.0.0.1",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Make a call; the body as JSON, or as bytes."""
        sent = dict(headers or {})
        if auth is not None:
            sent["authorization"] = auth
        if content_type is not None:
            sent["content-type"] = content_type
        data = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        request = Request(method, f"/v1{path}", "", sent, data, client_ip)
        reply = self.dispatcher.handle(request)
        check_refusal(reply)
        return Answer(**asdict(reply))

    def post(self, path: str, body: Any = None, **more: Any) -> Answer:
        return self.call("POST", path, body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> Answer:
        return self.call("PUT", path, body, **more)

    def get(self, path: str, **more: Any) -> Answer:
        return self.call("GET", path, **more)

    def delete(self, path: str, **more: Any) -> Answer:
        return self.call("DELETE", path, **more)

    def form(self, path: str, parts: dict[str, str | bytes], **more: Any) -> Answer:
        """Post a form; texts as text parts, bytes as files."""
        return self.post(path, form_body(parts), content_type="multipart/form-data; boundary=xyz", **more)

    # Things that many tests do first.

    def send_code(self, phone: str = PHONE, **fields: Any) -> str:
        """Send a text code; gives its msg_id."""
        answer = self.post("/codes", {"mobile": phone, "temp_id": 1, **fields})
        assert answer.status == 200, answer
        return str(answer.json["msg_id"])

    def notice(self, phone: str = PHONE, number: str = "1", **fields: Any) -> Answer:
        body = {"mobile": phone, "temp_id": NOTICE, "temp_para": {"number": number}, **fields}
        return self.post("/messages", body)

    def batch(self, *entries: Any, **fields: Any) -> Answer:
        """Send notices to many; an entry that is a text is a number."""
        recipients = [notice_entry(entry) if isinstance(entry, str) else entry for entry in entries]
        return self.post("/messages/batch", {"temp_id": NOTICE, "recipients": recipients, **fields})

    def schedule(self, **fields: Any) -> str:
        """Make a timed notice for tomorrow; gives its id."""
        answer = self.post("/schedule", single_task(**fields))
        assert answer.status == 200, answer
        return str(answer.json["schedule_id"])

    def schedule_batch(self, *entries: Any, **fields: Any) -> str:
        """Make a timed batch for tomorrow; gives its id."""
        answer = self.post("/schedule/batch", batch_task(*entries, **fields))
        assert answer.status == 200, answer
        return str(answer.json["schedule_id"])

    def template(self, **fields: Any) -> int:
        """Hand in a template; gives its id."""
        answer = self.post("/templates", {"template": "您好{{name}}", "type": 2, **fields})
        assert answer.status == 200, answer
        return int(answer.json["temp_id"])

    def dump(self) -> list[str]:
        """Write down everything that is stored, to see whether a call changed anything."""
        return list(self.state.database.connection.iterdump())

    def messages(self, phone: str | None = None) -> list[Message]:
        return self.state.messages.find(phone)


def ask_for_code(mock: JsmsMock, phone: str = PHONE, pair: tuple[str, str] = SAMPLE) -> httpx.Response:
    """Ask a mock as users make it for a code, in process."""
    with httpx.Client(transport=mock.httpx_transport, base_url="http://mock/v1", auth=pair) as client:
        return client.post("/codes", json={"mobile": phone, "temp_id": 1})


def check_refusal(reply: Response) -> None:
    """Fail unless a refusal is a documented one of its operation."""
    if reply.status == 200:
        return
    told = orjson.loads(reply.body)
    row = ERRORS[told["error"]["code"]]
    assert (reply.status, reply.code, told["error"]["message"]) == (row.http_status, row.code, row.message)
    assert reply.rule is not None
    assert reply.operation is None or reply.code in OPERATIONS[reply.operation].codes[reply.status]


def notice_entry(phone: str, number: str = "1") -> dict[str, Any]:
    return {"mobile": phone, "temp_para": {"number": number}}


def single_task(**fields: Any) -> dict[str, Any]:
    body = {"send_time": "2024-05-07 09:00:00", "mobile": PHONE, "temp_id": NOTICE}
    return {**body, "temp_para": {"number": "1"}, **fields}


def batch_task(*entries: Any, **fields: Any) -> dict[str, Any]:
    recipients = [notice_entry(entry) if isinstance(entry, str) else entry for entry in entries or (PHONE,)]
    return {"send_time": "2024-05-07 09:00:00", "temp_id": NOTICE, "recipients": recipients, **fields}


def form_body(parts: dict[str, str | bytes], boundary: str = "xyz") -> bytes:
    """Write a form as most clients do."""
    lines = bytearray()
    for name, value in parts.items():
        lines += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'.encode()
        if isinstance(value, bytes):
            lines += f'; filename="{name}.png"\r\nContent-Type: image/png'.encode()
        lines += b"\r\n\r\n" + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
    return bytes(lines) + f"--{boundary}--\r\n".encode()
