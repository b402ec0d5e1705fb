"""The applications at work in Starlette, FastAPI, Flask and Django, through each one's own client; and the examples."""

from __future__ import annotations

import asyncio
import importlib.util
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from jsmskit.callbacks import AsgiCallbacks, CallbackEndpoint, CallbackEvent, CallbackVerifier, Reply
from jsmskit.errors import MalformedCallbackError
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from tests.callbacks.signing import APP_KEY, MASTER_SECRET, REPLY, REPORT, body, signed

ADDRESS = "/jsms/c2VjcmV0"


def form(kind: str = "SMS_REPORT", data: object = REPORT, nonce: int = 1) -> dict[str, str]:
    """A callback that was signed now: these applications run on the machine's clock."""
    return signed(kind, data, nonce=nonce, timestamp=int(time.time() * 1000))


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings that the examples read, and the file that they write."""
    monkeypatch.setenv("JSMS_APP_KEY", APP_KEY)
    monkeypatch.setenv("JSMS_MASTER_SECRET", MASTER_SECRET)
    monkeypatch.setenv("CALLBACK_SECRET", "c2VjcmV0")
    monkeypatch.setenv("CALLBACK_DATABASE", str(tmp_path / "callbacks.db"))
    return tmp_path / "callbacks.db"


def example(root: Path, name: str) -> ModuleType:
    """The example as it stands in the docs; skipped where its framework is not installed."""
    pytest.importorskip(name)
    path = root / "docs" / "examples" / f"callbacks_{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def kept(database: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute("SELECT identity, raw FROM inbox ORDER BY identity").fetchall()
    finally:
        connection.close()


def ask(app: Any, method: str, url: str, **request: Any) -> httpx.Response:
    """One request to an ASGI application, in a loop of its own; redirects are not followed."""

    async def exchange() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            return await client.request(method, url, **request)

    return asyncio.run(exchange())


def check(get: Callable[[str], tuple[int, bytes]], post: Callable[[str, dict[str, str]], int], database: Path) -> None:
    """What a service and a stranger do: check the address, call, repeat, forge, guess."""
    assert get(f"{ADDRESS}?echostr=a8Bc1234") == (200, b"a8Bc1234")
    report, reply = form(), form("SMS_REPLY", REPLY, nonce=2)
    assert [post(ADDRESS, report), post(ADDRESS, reply)] == [200, 200]
    assert post(ADDRESS, report) == 200
    assert post(ADDRESS, report | {"data": reply["data"], "type": "SMS_REPLY"}) == 409
    assert post(ADDRESS, report | {"signature": "0" * 40}) == 403
    assert post(ADDRESS, {"nonce": "1"}) == 400
    assert post("/jsms/guessed", report) == 404
    assert [raw for _, raw in kept(database)] == [reply["data"], report["data"]]


@pytest.mark.parametrize(("routes", "address"), [([Route], ADDRESS), ([Mount], ADDRESS + "/")], ids=["route", "mount"])
def test_serves_callbacks(routes: list[Any], address: str) -> None:
    """A coroutine function as handler, in the loop of the application; no redirect on the way."""
    events: list[CallbackEvent] = []

    async def handle(event: CallbackEvent) -> None:
        events.append(event)

    app = AsgiCallbacks(CallbackEndpoint(CallbackVerifier(APP_KEY, MASTER_SECRET), handle))
    site = Starlette(routes=[routes[0](ADDRESS, app)])
    assert ask(site, "GET", address, params={"echostr": "a8Bc1234"}).text == "a8Bc1234"
    assert ask(site, "POST", address, data=form("SMS_REPLY", REPLY)).status_code == 200
    assert ask(site, "PUT", address).status_code == 405
    assert ask(site, "POST", address, content=b"x" * 70_000).status_code == 413
    assert [type(event) for event in events] == [Reply]


def test_fastapi(root: Path, database: Path) -> None:
    app = example(root, "fastapi").create_app()

    def get(url: str) -> tuple[int, bytes]:
        answer = ask(app, "GET", url)
        return answer.status_code, answer.content

    check(get, lambda url, data: ask(app, "POST", url, data=data).status_code, database)


def test_flask(root: Path, database: Path) -> None:
    client = example(root, "flask").create_app().test_client()

    def get(url: str) -> tuple[int, bytes]:
        answer = client.get(url)
        return answer.status_code, answer.data

    check(get, lambda url, data: client.post(url, data=data).status_code, database)


def test_django(root: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A view over the endpoint; also Django's own mapping of a form is read."""
    module = example(root, "django")
    monkeypatch.setitem(sys.modules, module.__name__, module)  # Django imports its URLs by name
    module.create_app()
    from django.http import QueryDict
    from django.test import Client

    client = Client(enforce_csrf_checks=True)

    def get(url: str) -> tuple[int, bytes]:
        answer = client.get(url)
        return answer.status_code, answer.content

    def post(url: str, data: dict[str, str]) -> int:
        # The form as the service writes it; the client's default would be multipart.
        return client.post(url, urlencode(data), content_type="application/x-www-form-urlencoded").status_code

    check(get, post, database)
    verifier = CallbackVerifier(APP_KEY, MASTER_SECRET)
    encoded = body(timestamp=int(time.time() * 1000))
    assert verifier.parse(QueryDict(encoded)).raw
    with pytest.raises(MalformedCallbackError, match="nonce occurs 2 times"):
        verifier.parse(QueryDict(encoded + b"&nonce=1"))
