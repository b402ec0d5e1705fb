"""The service over ASGI, without a socket: what every path answers, whatever is sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsms_api.error_table import ERRORS, ErrorCode
from jsms_api.operations import OPERATIONS
from jsmskit.mock import APP_KEY, MASTER_SECRET, Fault, FaultKind, JsmsMock
from jsmskit.mock.model.settings import DEFAULT_SETTINGS

PHONE = "13800138000"
START = 1_700_000_000.0
PAIR = (APP_KEY, MASTER_SECRET)


def call(mock: JsmsMock, method: str, path: str, **request: Any) -> httpx.Response:
    """Make one request to the ASGI application."""

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app=mock.asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            return await client.request(method, path, **request)

    return asyncio.run(go())


def code_of(answer: httpx.Response) -> int:
    """The return code of an envelope, checked against the table."""
    error = answer.json()["error"]
    assert error["message"] == ERRORS[error["code"]].message
    assert answer.status_code == ERRORS[error["code"]].http_status
    code: int = error["code"]
    return code


def test_the_service_answers_and_says_that_it_is_a_mock(mock: JsmsMock) -> None:
    """A code goes out, its text is there to read, and the answer carries the mark and the mock's date."""
    answer = call(mock, "POST", "/v1/codes", json={"mobile": PHONE, "temp_id": 1}, auth=PAIR)

    (message,) = mock.messages(PHONE)
    assert (answer.status_code, answer.json()) == (200, {"msg_id": message.msg_id})
    assert message.code is not None
    assert message.code in message.text
    assert answer.headers["x-mock"] == "jsmskit"
    assert answer.headers["content-type"] == "application/json"
    assert parsedate_to_datetime(answer.headers["date"]).timestamp() == START


@pytest.mark.parametrize(
    ("method", "path", "request_parts", "code"),
    [
        ("POST", "/v1/codes", {"json": {}}, ErrorCode.MISSING_AUTH),
        ("POST", "/v1/codes", {"json": {}, "auth": (APP_KEY, "wrong")}, ErrorCode.AUTH_FAILED),
        ("POST", "/v1/nothing", {"auth": PAIR}, ErrorCode.API_NOT_FOUND),
        ("POST", "/codes", {"auth": PAIR}, ErrorCode.API_NOT_FOUND),
        ("POST", "/_mockery", {"auth": PAIR}, ErrorCode.API_NOT_FOUND),
        ("DELETE", "/v1/codes", {"auth": PAIR}, ErrorCode.REQUEST_METHOD_NOT_SUPPORT),
        ("PATCH", "/v1/codes", {"auth": PAIR}, ErrorCode.REQUEST_METHOD_NOT_SUPPORT),
        ("POST", "/v1/codes", {"auth": PAIR, "files": {"a": b"b"}}, ErrorCode.MEDIA_NOT_SUPPORTED),
        ("POST", "/v1/codes", {"auth": PAIR}, ErrorCode.MISSING_BODY),
        ("POST", "/v1/codes", {"auth": PAIR, "content": b"{"}, ErrorCode.INVALID_BODY),
    ],
)
def test_each_way_to_go_wrong_has_its_documented_envelope(
    mock: JsmsMock, method: str, path: str, request_parts: dict[str, Any], code: int
) -> None:
    answer = call(mock, method, path, **request_parts)

    assert code_of(answer) == code
    assert answer.headers["x-mock"] == "jsmskit"


def test_a_wrong_method_is_told_which_ones_are_right(mock: JsmsMock) -> None:
    """405 without Allow would not be HTTP."""
    assert call(mock, "PUT", "/v1/codes", auth=PAIR).headers["allow"] == "POST"


@pytest.mark.parametrize("how", ["in one piece", "in pieces", "without a length"])
def test_a_body_over_the_limit_is_refused_and_nothing_happens(mock: JsmsMock, how: str) -> None:
    body = json.dumps({"mobile": PHONE, "temp_id": 1, "x": "y" * DEFAULT_SETTINGS.max_body_bytes}).encode()
    read = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal read
        for at in range(0, len(body) * 3, 65_536):
            read = at
            yield body[at : at + 65_536] or b" " * 65_536

    content = {"in one piece": body, "in pieces": pieces(), "without a length": pieces()}[how]
    headers = {"content-length": str(len(body) * 3)} if how == "in pieces" else {}
    answer = call(mock, "POST", "/v1/codes", content=content, headers=headers, auth=PAIR)

    assert code_of(answer) == ErrorCode.INVALID_BODY
    assert mock.messages() == []


def test_a_body_of_exactly_the_limit_is_read(mock: JsmsMock) -> None:
    start = json.dumps({"mobile": PHONE, "temp_id": 1, "x": ""})[:-2]
    body = start + "y" * (DEFAULT_SETTINGS.max_body_bytes - len(start) - 2) + '"}'
    assert len(body) == DEFAULT_SETTINGS.max_body_bytes

    assert call(mock, "POST", "/v1/codes", content=body, auth=PAIR).status_code == 200
    assert code_of(call(mock, "POST", "/v1/codes", content=body + " ", auth=PAIR)) == ErrorCode.INVALID_BODY


#: For the test below: a new mock for each of its examples would only cost time.
SHARED = JsmsMock()

ANYTHING = st.one_of(
    st.binary(max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
)


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(OPERATIONS)),
    ANYTHING,
    st.sampled_from([None, "application/json", "text/plain", "multipart/form-data", "application/xml", "\x80"]),
    st.sampled_from(["1", "%", "%00", "%ff", "..", "a/b", "%2e%2e", "9" * 400, "短信"]),
)
def test_whatever_is_sent_the_answer_is_a_documented_one(
    operation: str, body: bytes, media_type: str | None, path_id: str
) -> None:
    """Never HTML, never a 500 that nobody asked for, never an exception."""
    info = OPERATIONS[operation]
    path = "/v1" + info.path.replace("{", "").replace("}", "")
    for name in ("msg_id", "schedule_id", "temp_id", "sign_id"):
        path = path.replace(name, path_id)
    headers = {} if media_type is None else {"content-type": media_type.encode("latin-1")}
    answer = call(SHARED, info.method, path, content=body, headers=headers, auth=PAIR)

    charset = "" if answer.status_code == 200 else ";charset=UTF-8"
    assert answer.headers["content-type"] == "application/json" + charset
    if answer.status_code != 200:
        assert code_of(answer) != ErrorCode.SERVER_ERROR


@pytest.mark.parametrize(
    ("kind", "error"), [(FaultKind.REFUSE, ConnectionRefusedError), (FaultKind.DROP, ConnectionResetError)]
)
def test_without_a_socket_to_cut_the_caller_gets_the_exception(
    mock: JsmsMock, kind: FaultKind, error: type[Exception]
) -> None:
    mock.faults.add(Fault(kind))

    with pytest.raises(error):
        call(mock, "POST", "/v1/codes", json={"mobile": PHONE, "temp_id": 1}, auth=PAIR)
    assert len(mock.messages()) == (kind is FaultKind.DROP)


def test_a_slow_answer_waits_for_the_mocks_clock_and_blocks_nobody(mock: JsmsMock) -> None:
    """Thirty seconds of latency on a frozen clock end when the clock is advanced; others pass meanwhile."""
    mock.faults.add(Fault(FaultKind.LATENCY, seconds=30, times=1))

    async def go() -> list[int]:
        transport = httpx.ASGITransport(app=mock.asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock", auth=PAIR) as client:
            slow = asyncio.ensure_future(client.get("/v1/accounts/app"))
            while not mock.faults.listed()[0].struck:
                await asyncio.sleep(0)
            quick = await client.get("/v1/accounts/app")
            await client.post("/_mock/clock/advance", json={"seconds": 29.5})
            assert not slow.done()
            await client.post("/_mock/clock/advance", json={"seconds": 0.5})
            return [quick.status_code, (await slow).status_code]

    assert asyncio.run(go()) == [200, 200]


def test_the_application_starts_and_stops_with_a_server_that_is_not_ours(mock: JsmsMock) -> None:
    """The lifespan protocol is spoken, and callbacks go out by themselves in between."""

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
