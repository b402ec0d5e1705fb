"""The mock over real sockets on loopback: what a server owes its clients, and how it stops."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
from jsms_api.error_table import ERRORS, ErrorCode
from jsmskit.mock import APP_KEY, MASTER_SECRET, Fault, FaultKind, JsmsMock, ServeError
from jsmskit.mock.model.settings import DEFAULT_SETTINGS
from jsmskit.mock.server.uvicorn_server import ServerThread

from tests.mock.bench import PHONE
from tests.mock.conftest import CODE, PAIR

ENVELOPE = {"error": {"code": int(ErrorCode.INVALID_BODY), "message": ERRORS[ErrorCode.INVALID_BODY].message}}


@pytest.fixture
def server(mock: JsmsMock) -> Iterator[ServerThread]:
    with mock.serve() as running:
        yield running


@pytest.fixture
def client(server: ServerThread) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.origin, auth=PAIR, timeout=30) as running:
        yield running


def raw(server: ServerThread, *parts: bytes) -> bytes:
    """Send bytes as they are and read until the server closes."""
    host, port = server.origin.removeprefix("http://").split(":")
    received = b""
    with socket.create_connection((host, int(port)), timeout=30) as sock, contextlib.suppress(ConnectionResetError):
        for part in parts:
            sock.sendall(part)
        while got := sock.recv(65536):
            received += got
    return received


def test_a_code_is_sent_arrives_and_is_verified_over_http(client: httpx.Client) -> None:
    """Each answer carries the mark and the date of the mock's clock."""
    answer = client.post("/v1/codes", json=CODE)
    assert (answer.headers["x-mock"], answer.headers["content-type"]) == ("jsmskit", "application/json")
    assert parsedate_to_datetime(answer.headers["date"]).timestamp() == 1_700_000_000
    msg_id = answer.json()["msg_id"]
    (message,) = client.get("/_mock/messages", params={"phone": PHONE}).json()["messages"]

    assert message["msg_id"] == msg_id
    assert client.post(f"/v1/codes/{msg_id}/valid", json={"code": message["code"]}).json() == {"is_valid": True}


def test_one_mock_is_served_twice_and_again_and_afterwards_nothing_listens(mock: JsmsMock) -> None:
    """Port 0 takes a free one; `url` is what a client's base_url wants."""
    with mock.serve() as one, mock.serve() as two:
        assert (one.url, one.control_url) == (f"{one.origin}/v1", f"{one.origin}/_mock")
        httpx.post(f"{one.url}/codes", json=CODE, auth=PAIR)
        assert len(httpx.get(f"{two.control_url}/messages").json()["messages"]) == 1
    with mock.serve() as three:
        assert len(httpx.get(f"{three.control_url}/messages").json()["messages"]) == 1
    for server in (one, two, three):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(server.origin.rpartition(":")[2])), timeout=30)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "mock.example"])
def test_other_machines_are_let_in_with_a_token_only(mock: JsmsMock, host: str) -> None:
    with pytest.raises(ServeError, match="token"):
        mock.serve(host)


def test_with_a_token_control_calls_must_show_it(mock: JsmsMock) -> None:
    """The service itself needs none: its own credentials are in every call."""
    with mock.serve("0.0.0.0", token="t0ken") as server:
        assert server.origin.startswith("http://127.0.0.1:")
        reset = f"{server.control_url}/reset"
        assert httpx.post(reset).status_code == 401
        assert httpx.post(reset, headers={"authorization": "Bearer t0ke"}).status_code == 401
        refused = httpx.post(reset, headers={"authorization": "Bearer t\xf6ken".encode("latin-1")})
        assert refused.json()["error"]["where"] == "header/authorization"
        assert httpx.post(reset, headers={"authorization": "Bearer t0ken"}).status_code == 200
        assert httpx.post(reset, headers={"authorization": "bearer t0ken", "host": "box:1"}).status_code == 200
        assert httpx.get(f"{server.url}/accounts/app", auth=PAIR).status_code == 200


# Faults over a socket.


@pytest.mark.parametrize(("kind", "arrives"), [(FaultKind.REFUSE, False), (FaultKind.DROP, True)])
def test_a_cut_connection_is_really_cut(
    mock: JsmsMock, server: ServerThread, client: httpx.Client, kind: FaultKind, arrives: bool
) -> None:
    """The peer sees a reset and not one byte; whether the mock took the request is the fault's business."""
    mock.faults.add(Fault(kind, operation="sendCode", times=2))

    with pytest.raises(httpx.ReadError):
        client.post("/v1/codes", json=CODE)
    body = json.dumps(CODE).encode()
    assert (
        raw(server, b"POST /v1/codes HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        == b""
    )

    assert len(mock.messages(PHONE)) == arrives
    assert client.post("/v1/codes", json=CODE).status_code == 200


def test_a_slow_answer_blocks_nobody_and_comes_with_the_clock(mock: JsmsMock, client: httpx.Client) -> None:
    """An hour of latency on a frozen clock passes when the clock is advanced; fifty others pass meanwhile."""
    mock.faults.add(Fault(FaultKind.LATENCY, seconds=3600, operation="sendCode"))

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(client.post, "/v1/codes", json=CODE)
        mock.wait_for_message(PHONE)
        assert {client.get("/v1/accounts/app").status_code for _ in range(50)} == {200}
        mock.advance(3599)
        assert not slow.done()
        mock.advance(1)
        assert slow.result(timeout=30).status_code == 200


def test_a_message_is_not_handed_out_to_somebody_who_has_left(mock: JsmsMock, server: ServerThread) -> None:
    """A wait that its caller gave up takes nothing from the next one."""
    host, port = server.origin.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as sock:
        sock.sendall(b"GET /_mock/messages/wait?seconds=300 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while mock.state.changes.listeners == 0:
            os.sched_yield()
    while mock.state.changes.listeners:
        os.sched_yield()
    httpx.post(f"{server.url}/codes", json=CODE, auth=PAIR)

    assert httpx.get(f"{server.control_url}/messages/wait?seconds=0").json()["phone"] == PHONE


# Stopping.


def test_stopping_ends_waits_slow_answers_and_open_connections_at_once(mock: JsmsMock) -> None:
    """An open page must not keep a server from stopping: every kind of open request is cut."""
    mock.faults.add(Fault(FaultKind.LATENCY, seconds=3600, operation="sendCode"))
    mock.faults.add(Fault(FaultKind.HANG, operation="getAppBalance"))
    server = mock.serve().start()
    idle = httpx.Client(base_url=server.origin)
    idle.get("/_mock/clock")

    with ThreadPoolExecutor(3) as pool:
        asked = [
            pool.submit(httpx.post, f"{server.url}/codes", json=CODE, auth=PAIR, timeout=None),
            pool.submit(httpx.get, f"{server.url}/accounts/app", auth=PAIR, timeout=None),
            pool.submit(httpx.get, f"{server.control_url}/messages/wait?seconds=300&after=9", timeout=None),
        ]
        mock.wait_for_message(PHONE, 30)
        while mock.faults.listed()[1].struck == 0 or mock.state.changes.listeners == 0:
            os.sched_yield()
        server.stop()
        failures = [type(one.exception(timeout=30)) for one in asked]

    assert all(failure in (httpx.ReadError, httpx.RemoteProtocolError) for failure in failures), failures
    with pytest.raises(httpx.TransportError):
        idle.get("/_mock/clock")
    idle.close()


# Bad HTTP.


def test_a_body_over_the_limit_gets_its_answer_and_the_connection_lives(client: httpx.Client) -> None:
    """The rest is read and thrown away, so that the client sees the refusal instead of a reset."""
    start = json.dumps({**CODE, "x": ""})[:-2]
    longest = start + "y" * (DEFAULT_SETTINGS.max_body_bytes - len(start) - 2) + '"}'
    assert client.post("/v1/codes", content=longest).status_code == 200
    for content in (longest + " ", b"x" * 5_000_000, iter([b"x" * 1_000_000] * 5)):
        answer = client.post("/v1/codes", content=content)
        assert (answer.status_code, answer.json()) == (403, ENVELOPE)
    form = client.post("/v1/sign", data={"sign": "新签名"}, files={"x": bytes(2 * DEFAULT_SETTINGS.max_body_bytes)})
    assert form.status_code == 200
    assert client.get("/v1/accounts/app").status_code == 200


@pytest.mark.parametrize("sent", [b"POST /v1/codes HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"])
def test_what_is_not_http_is_refused(mock: JsmsMock, server: ServerThread, sent: bytes) -> None:
    assert raw(server, sent).startswith(b"HTTP/1.1 400 ")
    assert mock.messages() == []


# The protocol.


def post(path: str, body: bytes, *headers: str) -> bytes:
    pair = base64.b64encode(f"{APP_KEY}:{MASTER_SECRET}".encode()).decode()
    told = [f"POST {path} HTTP/1.1", "Host: mock", f"Authorization: Basic {pair}", *headers]
    return "\r\n".join([*told, f"Content-Length: {len(body)}", "", ""]).encode() + body


JSON_TYPE = "Content-Type: application/json"


@pytest.mark.parametrize("cut_at", [None, "headers", "body"])
def test_a_wish_for_another_protocol_is_ignored(server: ServerThread, cut_at: str | None) -> None:
    """Java's client asks for HTTP/2 with its first request: the request counts, body and all, the wish does not."""
    body = b'{"mobile":"13800138000","temp_id":1}'
    wish = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABk")
    first = post("/v1/codes", body, JSON_TYPE, *wish)
    at = {None: len(first), "headers": 60, "body": len(first) - 10}[cut_at]
    second = post("/v1/codes", body, JSON_TYPE, "Connection: close")
    received = raw(server, first[:at], first[at:], second)
    assert received.count(b"HTTP/1.1 200 ") == 2
    assert received.count(b'{"msg_id":') == 2


def test_requests_sent_at_once_are_answered_in_order(server: ServerThread) -> None:
    """The service's, a control call that takes its time, the service's again: one after the other."""
    control = b"GET /_mock/clock HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    wanted = post("/v1/codes", b'{"mobile":"13800138000","temp_id":1}', JSON_TYPE)
    received = raw(server, wanted + control + wanted + post("/v1/", b"", "Connection: close"))
    order = [received.find(text) for text in (b'{"msg_id"', b'"frozen"')]
    assert -1 < order[0] < order[1] < received.rfind(b'{"msg_id"') < received.rfind(b"404")


def test_a_served_response_has_no_reason_phrase(mock: JsmsMock) -> None:
    """As the service answered on 2017-08-09 (tests/contract/captures, R1a); a charset on errors only."""
    with mock.serve() as server, httpx.Client(base_url=server.url, auth=PAIR) as client:
        sent = client.post("/codes", json={"mobile": "13800138000", "temp_id": 1})
        refused = client.post("/codes", json={"mobile": "1", "temp_id": 1})
    assert (sent.status_code, sent.reason_phrase, sent.headers["content-type"]) == (200, "", "application/json")
    assert (refused.status_code, refused.reason_phrase) == (403, "")
    assert refused.headers["content-type"] == "application/json;charset=UTF-8"


# On a server that is not ours.


def test_the_application_starts_and_stops_by_the_lifespan_protocol(mock: JsmsMock) -> None:

    async def go() -> list[str]:
        told: list[str] = []
        messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

        async def receive() -> Any:
            return next(messages)

        async def send(message: Any) -> None:
            told.append(message["type"])

        await mock.asgi({"type": "lifespan"}, receive, send)
        return told

    assert asyncio.run(go()) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
