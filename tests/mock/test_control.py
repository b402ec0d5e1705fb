"""The control API: every call, what it refuses, who may call, and that its document tells the truth."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import Any

import httpx
import jsonschema
import pytest
from jsms_api.error_table import ErrorCode
from jsmskit.mock import APP_KEY, DEV_KEY, SECOND_APP_KEY, SECOND_MASTER_SECRET, JsmsMock, Message, Settings
from jsmskit.mock.control.document import calls, document
from jsmskit.mock.model.records import Delivery
from jsmskit.mock.model.rule_catalog import TABLE

from tests.mock.bench import PHONE
from tests.mock.conftest import CODE, PAIR, START
from tests.mock.receiver import receiving

SNAPSHOT = {"content-type": "application/octet-stream"}
#: Calls that answer without end; tests/inbox has them.
STREAMS = {"watchEvents"}


class Caller:
    """Calls the ASGI application, and holds every control answer against the document.

    Attributes:
        mock: that is called.
        reached: (operationId, status) of every control call.
    """

    def __init__(self, mock: JsmsMock) -> None:
        self.mock = mock
        self.reached: set[tuple[str, int]] = set()

    def __call__(self, method: str, path: str, **request: Any) -> httpx.Response:
        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.mock.asgi)
            async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
                return await client.request(method, path, **request)

        answer = asyncio.run(go())
        assert answer.headers["x-mock"] == "jsmskit"
        self.check(method, path, answer)
        return answer

    def send_code(self, pair: tuple[str, str] = PAIR, phone: str = PHONE) -> str:
        """Send a code and give its msg_id."""
        answer = self("POST", "/v1/codes", json={**CODE, "mobile": phone}, auth=pair)
        assert answer.status_code == 200, answer.text
        msg_id: str = answer.json()["msg_id"]
        return msg_id

    def check(self, method: str, path: str, answer: httpx.Response) -> None:
        """Hold a control answer against the document, by a validator that the mock does not use."""
        plain = path.partition("?")[0].removeprefix("/_mock")
        for call in calls():
            parts = zip(call.path.split("/"), plain.split("/"), strict=False)
            if (
                path.startswith("/_mock/")
                and call.method == method
                and call.path.count("/") == plain.count("/")
                and all(want == have or want.startswith("{") for want, have in parts)
            ):
                self.reached.add((call.operation_id, answer.status_code))
                described = call.described["responses"][str(answer.status_code)]
                if "$ref" in described:
                    described = document()["components"]["responses"][described["$ref"].rpartition("/")[2]]
                media = described["content"][answer.headers["content-type"].partition(";")[0]]
                if answer.headers["content-type"] == "application/json":
                    schema = {**media["schema"], "components": document()["components"]}
                    jsonschema.Draft202012Validator(schema).validate(answer.json())


@pytest.fixture
def call(mock: JsmsMock) -> Caller:
    return Caller(mock)


# The document.


def test_the_document_describes_messages_deliveries_and_settings_field_by_field() -> None:
    """What the Python classes hold is what the document says, so neither can grow alone."""
    schemas = document()["components"]["schemas"]

    def fields(of: type) -> set[str]:
        return {field.name for field in dataclasses.fields(of)}

    assert set(schemas["Message"]["properties"]) == fields(Message) == set(schemas["Message"]["required"])
    assert set(schemas["Delivery"]["properties"]) == fields(Delivery) | {"delivered"}
    assert set(schemas["Settings"]["properties"]) == fields(Settings)


def test_no_schema_of_the_document_is_without_a_use_or_a_description() -> None:
    text = json.dumps(document())
    for name, schema in document()["components"]["schemas"].items():
        assert f'"#/components/schemas/{name}"' in text, name
        assert schema["description"], name


def test_the_index_lists_every_call_for_programs_and_for_people(call: Caller) -> None:
    """JSON by default, the inbox page for a browser; the root leads there."""
    listed = call("GET", "/_mock/").json()
    page = call("GET", "/_mock/", headers={"accept": "text/html,*/*"})

    assert len(listed["calls"]) == len(list(calls()))
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for path in ("/", "/_mock"):
        assert call("GET", path).headers["location"] == "/_mock/"


# Messages.


def test_messages_are_listed_and_narrowed(call: Caller) -> None:
    """By number (with a prefix too), by application, and after one that is known."""
    call.send_code()
    call.send_code((SECOND_APP_KEY, SECOND_MASTER_SECRET))
    call.send_code(phone="13900139000")

    def phones(query: str) -> list[tuple[str, str]]:
        found = call("GET", f"/_mock/messages{query}").json()["messages"]
        return [(message["app_key"], message["phone"]) for message in found]

    everything = [(APP_KEY, PHONE), (SECOND_APP_KEY, PHONE), (APP_KEY, "13900139000")]
    assert phones("") == everything
    assert phones(f"?phone={PHONE}") == phones(f"?phone=%2B86{PHONE}") == everything[:2]
    assert phones(f"?app_key={SECOND_APP_KEY}") == everything[1:2]
    assert phones("?after=2") == everything[2:]
    assert phones("?phone=15000000000") == []
    assert call("GET", "/_mock/messages").json()["dropped"] is False
    call("PUT", "/_mock/settings", json={"keep_messages": 2})
    call.send_code(phone="13900139001")
    assert call("GET", "/_mock/messages?phone=15000000000").json()["dropped"] is True


def test_only_what_is_chosen_is_deleted_and_it_can_be_put_back(call: Caller) -> None:
    """A search shows one of many: deleting takes that one. The service goes on knowing it."""
    call.send_code()
    call.send_code(phone="13900139000")
    code = call.mock.messages()[0]

    deleted = call("DELETE", f"/_mock/messages?text={PHONE[3:]}").json()
    assert deleted == {"deleted": 1, "ids": [code.id]}
    assert [message.phone for message in call.mock.messages()] == ["13900139000"]
    valid = call("POST", f"/v1/codes/{code.msg_id}/valid", json={"code": code.code}, auth=PAIR)
    assert valid.json() == {"is_valid": True}
    assert call("POST", "/_mock/messages/restore", json={"ids": [1, 2, 99]}).json() == {"restored": 1}
    assert [message.id for message in call.mock.messages()] == [1, 2]
    assert call("DELETE", "/_mock/messages").json()["deleted"] == 2


def test_waiting_gives_what_is_there_once(call: Caller) -> None:
    """A test gets each code once, and never an old one."""
    call.send_code()
    call.send_code()
    (first, second) = call.mock.messages(PHONE)
    wait = f"/_mock/messages/wait?phone={PHONE}&code=1&seconds=0"

    assert call("GET", wait).json()["code"] == second.code
    assert call("GET", wait).status_code == 404
    assert call("GET", wait + "&after=0").json()["id"] == second.id
    assert call("GET", f"/_mock/messages/wait?phone={PHONE}&seconds=0").status_code == 404
    assert call("GET", "/_mock/messages/wait?seconds=0").json()["id"] == first.id
    call.send_code()
    assert call("GET", wait).json()["id"] == 3


def test_a_wait_ends_when_the_message_comes(mock: JsmsMock) -> None:

    async def go() -> tuple[int, str]:
        transport = httpx.ASGITransport(app=mock.asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            waiting = asyncio.ensure_future(client.get(f"/_mock/messages/wait?phone={PHONE}&code=1&seconds=60"))
            await client.post("/v1/codes", json={**CODE, "mobile": "13900139000"}, auth=PAIR)
            assert not waiting.done()
            await client.post("/v1/codes", json=CODE, auth=PAIR)
            answer = await waiting
            return answer.status_code, answer.json()["phone"]

    assert asyncio.run(go()) == (200, PHONE)


# The clock.


def test_the_clock_is_shown_set_frozen_released_and_advanced(call: Caller) -> None:
    """One clock, in seconds and in the service's own form (UTC+8)."""
    shown = call("GET", "/_mock/clock").json()
    assert shown == {"mode": "frozen", "now": START, "send_time": "2023-11-15 06:13:20", "moves": 0}

    assert call("PUT", "/_mock/clock", json={"now": START + 60}).json()["now"] == START + 60
    advanced = call("POST", "/_mock/clock/advance", json={"seconds": 1.5}).json()
    assert advanced == {
        "clock": {**shown, "now": START + 61.5, "send_time": "2023-11-15 06:14:21", "moves": 2},
        "done": 0,
    }
    running = call("PUT", "/_mock/clock", json={"mode": "shifted"}).json()
    assert (running["mode"], running["now"] - START < 3600) == ("shifted", True)
    assert call("PUT", "/_mock/clock", json={"mode": "shifted", "now": 5}).json()["now"] < 3600
    assert call("PUT", "/_mock/clock", json={"mode": "real"}).json()["mode"] == "real"
    assert call("PUT", "/_mock/clock", json={"mode": "frozen"}).json()["mode"] == "frozen"


# The state.


def test_reset_brings_back_the_beginning(call: Caller) -> None:
    first = call.send_code()
    call("PUT", "/_mock/settings", json={"limits": False})
    call("POST", "/_mock/faults", json={"kind": "drop"})
    call("POST", "/_mock/clock/advance", json={"seconds": 10})

    assert call("POST", "/_mock/reset").json() == {"reset": True}

    assert call("GET", "/_mock/messages").json() == {"messages": [], "dropped": False}
    assert call("GET", "/_mock/faults").json() == {"faults": []}
    assert call("GET", "/_mock/settings").json()["limits"] is True
    assert call("GET", "/_mock/clock").json()["now"] == START + 10
    assert call.send_code() == first
    assert call("GET", "/_mock/messages/wait?seconds=0").status_code == 200


def test_the_state_that_is_shown_can_be_the_next_beginning(call: Caller) -> None:
    call.send_code()
    shown = call("GET", "/_mock/state").json()
    taken = call("PUT", "/_mock/state", json=shown).json()

    assert taken == shown
    assert call("GET", "/_mock/messages").json() == {"messages": [], "dropped": False}
    balance = next(app for app in shown["applications"] if app["app_key"] == APP_KEY)["balances"]
    call.send_code()
    call("POST", "/_mock/reset")
    after = call("GET", "/_mock/state").json()
    assert next(app for app in after["applications"] if app["app_key"] == APP_KEY)["balances"] == balance


def test_a_snapshot_brings_back_everything(call: Caller) -> None:
    """Messages and codes included, and the ids go on where they stood."""
    msg_id = call.send_code()
    snapshot = call("GET", "/_mock/state", headers={"accept": "application/octet-stream"})
    assert snapshot.headers["content-type"] == "application/octet-stream"
    next_id = call.send_code()
    call("POST", "/_mock/reset")

    assert call("PUT", "/_mock/state", content=snapshot.content, headers=SNAPSHOT).status_code == 200

    (message,) = call.mock.messages()
    answer = call("POST", f"/v1/codes/{msg_id}/valid", json={"code": message.code}, auth=PAIR)
    assert answer.json() == {"is_valid": True}
    assert call.send_code() == next_id


def test_a_worker_adds_an_application_of_its_own(call: Caller) -> None:
    """Its balance, inbox and faults are its own; what others have stays."""
    pair = ("worker1worker1worker1wor", "secret1secret1secret1sec")
    worker = {
        "app_key": pair[0],
        "master_secret": pair[1],
        "balances": {"balance": 1},
        "signs": [{"sign_id": 5, "sign": "测试", "is_default": True}],
        "templates": [{"temp_id": 9, "template": "工位{{n}}", "type": 2}],
        "fixed_codes": {PHONE: "123456"},
        "invalid_numbers": ["13900139000"],
        "black_words": ["坏词"],
    }
    account = {"dev_key": "d" * 24, "dev_secret": "e" * 24, "balances": {"balance": 3}}
    call.send_code()
    shown = call("POST", "/_mock/applications", json={"accounts": [account], "applications": [worker]}).json()

    assert pair[0] in {app["app_key"] for app in shown["applications"]}
    call.send_code(pair)
    (message,) = call("GET", f"/_mock/messages?app_key={pair[0]}").json()["messages"]
    assert (message["code"], message["text"][:4]) == ("123456", "【测试】")
    for body, code in (
        ({**CODE, "temp_para": {"code": "1"}}, ErrorCode.NO_MONEY),
        ({**CODE, "mobile": "13900139000", "temp_para": {"code": "1"}}, ErrorCode.INVALID_MOBILE),
        ({**CODE, "temp_id": 9, "temp_para": {"n": "坏词"}}, ErrorCode.HAS_BLACK_WORD),
    ):
        assert call("POST", "/v1/messages", json=body, auth=pair).json()["error"]["code"] == code
    assert call("GET", "/v1/accounts/dev", auth=("d" * 24, "e" * 24)).json()["dev_balance"] == 3
    call.send_code(phone="13900139000")
    call("POST", "/_mock/faults", json={"kind": "code", "code": 50019, "app_key": pair[0]})
    assert call("GET", "/v1/accounts/app", auth=pair).status_code == 500
    assert call("GET", "/v1/accounts/app", auth=PAIR).status_code == 200


def test_the_rules_are_told_with_how_sure_they_are(call: Caller) -> None:
    rules = call("GET", "/_mock/rules").json()["rules"]

    assert [rule["id"] for rule in rules] == list(TABLE)
    assert {rule["confidence"] for rule in rules} == {"documented", "observed", "inferred", "assumed"}


# Faults.


def test_a_fault_is_told_listed_counted_and_taken_back(call: Caller) -> None:
    told = {"kind": "code", "code": 50014, "times": 1, "operation": "sendCode"}
    added = call("POST", "/_mock/faults", json=told)
    assert (added.status_code, added.json()["id"], added.json()["remaining"]) == (201, 1, 1)

    refused = call("POST", "/v1/codes", json=CODE, auth=PAIR)

    assert refused.json() == {"error": {"code": 50014, "message": "no money"}}
    (fault,) = call("GET", "/_mock/faults").json()["faults"]
    assert (fault["seen"], fault["struck"], fault["remaining"]) == (1, 1, 0)
    assert call("DELETE", "/_mock/faults/1").json() == {"faults": []}
    assert call("DELETE", "/_mock/faults/1").status_code == 404
    call("POST", "/_mock/faults", json={"kind": "latency", "seconds": 1, "probability": 0.5, "seed": 3})
    assert call("DELETE", "/_mock/faults").json() == {"faults": []}


def test_a_code_on_verification_says_that_the_code_is_not_valid(call: Caller) -> None:
    """The envelope is that of the call it strikes: verification puts is_valid beside the error."""
    call("POST", "/_mock/faults", json={"kind": "code", "code": int(ErrorCode.EXPIRED_CODE)})

    answer = call("POST", "/v1/codes/1/valid", json={"code": "1"}, auth=PAIR)

    assert answer.json()["is_valid"] is False
    call("POST", "/_mock/faults", json={"kind": "code", "code": int(ErrorCode.REQUEST_METHOD_NOT_SUPPORT)})
    call("DELETE", "/_mock/faults/1")
    assert call("POST", "/v1/codes/1/valid", auth=PAIR).headers["allow"] == "POST"


# Callbacks.


def test_receivers_are_set_after_an_echo_and_shown(call: Caller) -> None:
    none = dict.fromkeys(("SMS_REPORT", "SMS_REPLY", "SMS_TEMPLATE", "SMS_SIGN"))
    assert call("GET", "/_mock/callbacks").json() == none
    with receiving() as receiver:
        shown = call("PUT", "/_mock/callbacks", json={"url": receiver.url, "SMS_SIGN": None}).json()
        assert shown == {**dict.fromkeys(none, receiver.url), "SMS_SIGN": None}
        assert len(receiver.echoes) == 1
        assert len(receiver.echoes[0]) == 8
        assert call("PUT", "/_mock/callbacks", json={"SMS_REPLY": None}).json()["SMS_REPORT"] == receiver.url
    assert call("PUT", "/_mock/callbacks", json={"url": None}).json() == none
    assert call("GET", f"/_mock/callbacks?app_key={SECOND_APP_KEY}").json() == none


def test_an_address_that_does_not_echo_changes_nothing(call: Caller) -> None:
    """All or none; and the check can be left out, which the service never does."""
    with receiving() as receiver:
        receiver.echo = lambda text: (200, "no")
        answer = call("PUT", "/_mock/callbacks", json={"url": receiver.url})
        assert answer.status_code == 400
        assert "must answer" in answer.json()["error"]["what"]
        assert set(call("GET", "/_mock/callbacks").json().values()) == {None}
        unchecked = {"url": receiver.url, "check": False}
        assert set(call("PUT", "/_mock/callbacks", json=unchecked).json().values()) == {receiver.url}


# Refusals.


@pytest.mark.parametrize(
    ("method", "path", "request_parts", "where"),
    [
        ("GET", "/_mock/messages?colour=red", {}, "query/colour"),
        ("GET", "/_mock/messages?after=soon", {}, "query/after"),
        ("GET", "/_mock/messages/wait?seconds=301", {}, "query/seconds"),
        ("POST", "/_mock/clock/advance", {"json": {}}, "body"),
        ("POST", "/_mock/clock/advance", {"json": {"seconds": -1}}, "body/seconds"),
        ("POST", "/_mock/clock/advance", {"json": {"seconds": 1e18}}, "body/seconds"),
        ("POST", "/_mock/clock/advance", {"content": b"{"}, "body"),
        ("POST", "/_mock/clock/advance", {"content": b'{"seconds": NaN}'}, "body"),
        ("PUT", "/_mock/clock", {"json": {"mode": "backwards"}}, "body/mode"),
        ("PUT", "/_mock/clock", {"json": {"mode": "real", "now": 1}}, "body/now"),
        ("PUT", "/_mock/clock", {"json": {"now": 1e18}}, "body/now"),
        ("PUT", "/_mock/clock", {"json": {}}, "body"),
        ("PUT", "/_mock/settings", {"json": {"colour": "red"}}, "body"),
        ("PUT", "/_mock/settings", {"json": []}, "body"),
        ("POST", "/_mock/applications", {"content": b"SQLite", "headers": SNAPSHOT}, "body"),
        *(
            ("POST", "/_mock/faults", {"json": fault}, where)
            for fault, where in (
                ({}, "body"),
                ({"kind": "explode"}, "body/kind"),
                ({"kind": "drop", "times": 0}, "body/times"),
                ({"kind": "drop", "probability": 1.5}, "body/probability"),
                ({"kind": "drop", "operation": "sendPigeon"}, "body/operation"),
                ({"kind": "drop", "code": 50014}, "body/code"),
                ({"kind": "drop", "body": "x"}, "body/body"),
                ({"kind": "drop", "accepted": True}, "body/accepted"),
                ({"kind": "code"}, "body/code"),
                ({"kind": "code", "code": 1}, "body/code"),
                ({"kind": "latency"}, "body/seconds"),
                ({"kind": "latency", "seconds": -1}, "body/seconds"),
                ({"kind": "status", "status": 100}, "body/status"),
                ({"kind": "malformed", "status": 200}, "body/status"),
            )
        ),
        ("DELETE", "/_mock/faults/first", {}, "path/id"),
        ("DELETE", "/_mock/faults/0", {}, "path/id"),
        ("PUT", "/_mock/state", {"json": {"applications": [{"app_key": 1, "master_secret": ""}]}}, "body"),
        ("PUT", "/_mock/callbacks", {"json": {"url": "ftp://x"}}, "body"),
        ("PUT", "/_mock/callbacks", {"json": {"url": "http://192.0.2.1/"}}, "body"),
        ("POST", "/_mock/replies", {"json": {"phone": PHONE}}, "body"),
    ],
)
def test_what_cannot_be_is_refused_by_what_where_and_remedy(
    call: Caller, method: str, path: str, request_parts: dict[str, Any], where: str
) -> None:
    """400 in JSON, and nothing has changed."""

    def everything() -> tuple[object, ...]:
        mock = call.mock
        dump = list(mock.state.database.connection.iterdump())
        return dump, mock.settings, mock.clock.now(), mock.clock.mode, mock.faults.listed()

    before = everything()
    answer = call(method, path, **request_parts)

    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["where"].startswith(where)
    assert error["what"]
    assert error["remedy"]
    assert everything() == before


def test_unknown_calls_and_methods_are_refused_in_json(call: Caller) -> None:
    """404 and 405 in the control API's own form, never HTML."""
    assert call("GET", "/_mock/nothing").json()["error"]["what"] == "there is no such control call"
    wrong = call("PUT", "/_mock/messages")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD")


# Who may call.


STRANGE = [
    *({"host": host} for host in ("evil.example:5767", "127.0.0.1.evil.example", "", "10.0.0.1")),
    *({"origin": origin} for origin in ("https://evil.example", "null", "http://mock.evil.example")),
    *({"sec-fetch-site": site} for site in ("cross-site", "same-site")),
]


@pytest.mark.parametrize("headers", STRANGE, ids=str)
def test_a_page_of_another_site_reaches_neither_service_nor_control(call: Caller, headers: dict[str, str]) -> None:
    """A page can make a browser post here, and can give itself a name that points here."""
    (name,) = headers
    for method, path in (("POST", "/_mock/reset"), ("POST", "/v1/codes"), ("GET", "/_mock/events")):
        refused = call(method, path, json=CODE, auth=PAIR, headers=headers)
        assert (refused.status_code, refused.json()["error"]["where"]) == (403, f"header/{name}")
    assert call.mock.messages() == []
    for path in ("/_mock/", "/docs", "/docs/openapi.json", "/docs/control.json", "/_mock/page/main.js"):
        asked = call("GET", path, headers={**headers, "accept": "text/html"})
        assert asked.status_code == (403 if name == "host" else 200), "a link from elsewhere opens a page"


@pytest.mark.parametrize(
    "headers",
    [
        *({"host": host} for host in ("localhost", "LOCALHOST:1", "127.0.0.1:5767", "[::1]:5767")),
        {"origin": "http://mock", "sec-fetch-site": "same-origin"},
    ],
    ids=str,
)
def test_this_machines_names_and_the_mocks_own_page_pass(call: Caller, headers: dict[str, str]) -> None:
    answer = call("POST", "/_mock/reset", headers=headers)
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_every_call_was_reached_with_success(call: Caller) -> None:
    """The whole API in one pass: a call that was never made is not tested."""
    call.send_code()
    for described in calls():
        if described.method == "GET" and "{" not in described.path and described.operation_id not in STREAMS:
            call("GET", f"/_mock{described.path}")
    sign_id = call("GET", "/_mock/state").json()["applications"][0]["signs"][0]["sign_id"]
    for method, path, body in (
        ("PUT", "settings", {}),
        ("PUT", "clock", {"now": START}),
        ("POST", "clock/advance", {"seconds": 0}),
        ("POST", "faults", {"kind": "drop"}),
        ("DELETE", "faults/1", None),
        ("DELETE", "faults", None),
        ("POST", "replies", {"phone": PHONE, "content": "T"}),
        ("POST", "templates/1/review", {"approve": True}),
        ("POST", f"signs/{sign_id}/review", {"approve": True}),
        ("PUT", "balances", {"app_key": APP_KEY, "balances": {"voice": 1}}),
        ("DELETE", "messages/1", None),
        ("DELETE", "messages", None),
        ("POST", "messages/restore", {"ids": [1]}),
        # Nothing listens there: the delivery fails, and can be repeated.
        ("PUT", "callbacks", {"url": "http://127.0.0.1:1/", "check": False}),
        ("POST", "replies", {"phone": PHONE, "content": "hello"}),
        ("POST", "callbacks/deliveries/1/repeat", None),
        ("POST", "applications", {"accounts": [{"dev_key": DEV_KEY, "dev_secret": "s"}]}),
        ("PUT", "state", {}),
        ("POST", "reset", None),
    ):
        call(method, f"/_mock/{path}", json=body)

    successes = {operation for operation, status in call.reached if status < 300}
    assert successes == {described.operation_id for described in calls()} - STREAMS
