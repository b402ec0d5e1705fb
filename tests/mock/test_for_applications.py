"""What tests of applications use: assertions, `activate`, the log of a served mock, and the word on a missing extra."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsms_api.error_table import ErrorCode
from jsmskit import AsyncJsmsClient, JsmsClient
from jsmskit.mock import APP_KEY, INSTALL, MASTER_SECRET, Fault, FaultKind, JsmsMock, activate
from jsmskit.mock.server.asgi import MockApp
from jsmskit.mock.server.uvicorn_server import ServerThread, listen

PHONE, OTHER = "13800138000", "13900139000"


@pytest.fixture
def mock() -> Iterator[JsmsMock]:
    """A mock that has sent a code to one number."""
    with JsmsMock() as made, JsmsClient(APP_KEY, MASTER_SECRET, transport=made.transport) as client:
        client.codes.send(PHONE, template_id=1)
        yield made


def test_what_was_sent_is_asserted_and_returned(mock: JsmsMock) -> None:
    (message,) = mock.assert_sent(PHONE, template=1, contains="验证码", count=1, app_key=APP_KEY)
    assert message.phone == PHONE
    mock.assert_sent()
    mock.assert_sent(OTHER, count=0)
    mock.assert_not_sent(OTHER)
    mock.assert_not_sent(PHONE, contains="no such text")
    mock.assert_not_sent(PHONE, template=2)


@pytest.mark.parametrize(
    "wrong",
    [{"phone": OTHER}, {"template": 2}, {"contains": "no such text"}, {"count": 2}, {"count": 0}, {"app_key": "x"}],
)
def test_a_failure_shows_what_was_sent_instead(mock: JsmsMock, wrong: dict[str, object]) -> None:
    """Masked, unless asked: the output of tests ends in logs of others."""
    code = mock.messages()[0].code
    assert code is not None
    with pytest.raises(AssertionError) as caught:
        mock.assert_sent(**wrong)  # type: ignore[arg-type]
    assert "138****8000, template 1: 【极光推送】" in str(caught.value)
    assert PHONE not in str(caught.value)
    assert code not in str(caught.value)
    with pytest.raises(AssertionError, match=f"{PHONE}, template 1: .*{code}"):
        mock.assert_sent(**wrong, masked=False)  # type: ignore[arg-type]


def test_what_was_sent_cannot_be_asserted_not_sent(mock: JsmsMock) -> None:
    with JsmsClient(APP_KEY, MASTER_SECRET, transport=mock.transport) as client:
        for number in range(25):
            client.codes.send(f"1380013{number:04}", template_id=1)
    with pytest.raises(AssertionError, match=r"found 1; sent \(the newest 20 of 26\)"):
        mock.assert_not_sent(PHONE)
    with JsmsMock() as empty, pytest.raises(AssertionError, match="sent:\n  nothing"):
        empty.assert_sent()


def application() -> None:
    """Code of an application that knows no mock."""
    with JsmsClient.from_env() as client:
        client.codes.send(PHONE, template_id=1)


def test_an_application_talks_to_the_mock_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says, also with its keys in files; afterwards it is as before."""
    monkeypatch.setenv("JSMS_APP_KEY_FILE", "/run/secrets/key")
    monkeypatch.setenv("JSMS_BASE_URL", "https://elsewhere.example/v1")
    before = dict(os.environ)
    with activate() as mock:
        application()
        mock.assert_sent(PHONE, count=1)
    assert dict(os.environ) == before
    with pytest.raises(ZeroDivisionError), activate():
        raise ZeroDivisionError
    assert dict(os.environ) == before


def test_a_mock_of_ones_own_is_used_and_left_open() -> None:
    with JsmsMock(seed=5) as mine:
        with activate(mine) as outer, activate(mine) as inner:
            assert outer is inner is mine
            application()
        assert len(mine.messages()) == 1


def test_functions_and_coroutine_functions_are_decorated() -> None:

    @activate()
    def plain(number: int) -> int:
        application()
        return number

    @activate()
    async def in_async() -> str:
        async with AsyncJsmsClient.from_env() as client:
            return (await client.codes.send(PHONE, template_id=1)).msg_id

    assert (plain.__name__, plain(7), plain(number=8)) == ("plain", 7, 8)
    assert asyncio.run(in_async()).isdigit()
    assert "JSMS_BASE_URL" not in os.environ


def test_a_served_mock_logs_a_line_a_request() -> None:
    """Operation, status, code, masked number, what a fault did; no text, no code, no key."""
    lines: list[dict[str, Any]] = []
    with JsmsMock() as mock:
        server = ServerThread(MockApp(mock, log=lines.append), listen("127.0.0.1", 0, None))
        with server, httpx.Client(base_url=server.url, auth=(APP_KEY, MASTER_SECRET)) as client:
            client.post("/codes", json={"mobile": PHONE, "temp_id": 1})
            client.post("/messages/batch", json={"temp_id": 1, "recipients": [{"mobile": PHONE}] * 3})
            client.post("/codes", json={"mobile": "x", "temp_id": 1})
            client.get("/nothing")
            mock.faults.add(Fault(FaultKind.HANG))
            with pytest.raises(httpx.ReadTimeout):
                client.post("/codes", json={"mobile": PHONE, "temp_id": 1}, timeout=0.05)
            client.get(f"{server.control_url}/clock")
            while len(lines) < 5:
                os.sched_yield()
    names = ("operation", "status", "code", "recipient", "fault")
    assert [tuple(line[name] for name in names) for line in lines] == [
        ("sendCode", 200, None, "138****8000", None),
        ("sendMessageBatch", 200, None, "3 recipients", None),
        ("sendCode", 403, ErrorCode.INVALID_MOBILE, "****", None),
        (None, 404, ErrorCode.API_NOT_FOUND, None, None),
        (None, None, None, "138****8000", "timeout"),
    ]


@pytest.mark.parametrize("module", ["orjson", "jsonschema_rs"])
def test_a_missing_extra_is_one_line_that_says_what_to_install(module: str) -> None:
    hidden = f"import sys; sys.modules[{module!r}] = None\n"
    for code in (
        "from jsmskit.mock import JsmsMock",
        "import jsmskit.pytest_plugin as p; next(p.jsms_mock.__wrapped__())",
    ):
        done = subprocess.run([sys.executable, "-c", hidden + code], capture_output=True, text=True, check=False)
        last = done.stderr.strip().splitlines()[-1]
        assert last == (f"ModuleNotFoundError: jsmskit.mock needs {module}; install it with: {INSTALL}")
