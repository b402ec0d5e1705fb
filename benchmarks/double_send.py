"""Who sends a request twice, and what each calls a failure: asked of every client that could carry sends.

    python -m benchmarks.double_send          those that are installed in this Python, as JSON

One connection is warmed up with a call that is answered. Then the server reads the next request whole and closes
without an answer ("lost"): a send may have been carried out, so it must not be made again, and no word may say that
it was never sent. In the other scene the server closes the idle connection ("idle"): there the call should find
another connection. Knows the candidates and the server; the stated truths are in tests/client/test_double_send.py.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.contenders_sync import BODY, HEADERS, KEY, PHONE, SECRET

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n{"msg_id":"288193860302"}'
Call = Callable[[], object]
Maker = Callable[[str, ExitStack], Call]


@dataclass(frozen=True)
class Seen:
    """What became of one candidate: the POSTs of the second call alone, and the name of what it raised."""

    name: str
    lost_posts: int
    lost_name: str
    idle_posts: int
    idle_name: str


class Server:
    """Answers the first request of the first connection; what it does then is the scene."""

    def __init__(self, scene: str) -> None:
        self._scene = scene
        self.posts = 0
        self.gone = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connected, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connected,), daemon=True).start()

    def _talk(self, connected: socket.socket) -> None:
        with connected:
            while self._whole_request(connected):
                self.posts += 1
                if self._scene == "lost" and self.posts > 1:
                    break
                connected.sendall(ANSWER)
                if self._scene == "idle" and self.posts == 1:
                    break
        self.gone.set()

    def _whole_request(self, connected: socket.socket) -> bool:
        received = b""
        while not received.endswith(BODY):
            try:
                more = connected.recv(65536)
            except OSError:
                return False
            if not more:
                return False
            received += more
        return True

    def close(self) -> None:
        self._listener.close()


def _loop(stack: ExitStack) -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    stack.callback(loop.close)
    return loop


def _ours(base: str, stack: ExitStack) -> Call:
    from jsmskit import JsmsClient

    client = stack.enter_context(JsmsClient(KEY, SECRET, base_url=base + "/v1"))
    return lambda: client.codes.send(PHONE, template_id=1)


def _ours_async(base: str, stack: ExitStack) -> Call:
    from jsmskit import AsyncJsmsClient

    loop = _loop(stack)
    client = AsyncJsmsClient(KEY, SECRET, base_url=base + "/v1")
    stack.callback(lambda: loop.run_until_complete(client.aclose()))
    return lambda: loop.run_until_complete(client.codes.send(PHONE, template_id=1))


def _httpx(base: str, stack: ExitStack) -> Call:
    import httpx

    client = stack.enter_context(httpx.Client(headers=HEADERS, trust_env=False))
    return lambda: client.post(base + "/v1/codes", content=BODY)


def _httpx_retries(base: str, stack: ExitStack) -> Call:
    import httpx

    client = stack.enter_context(httpx.Client(headers=HEADERS, transport=httpx.HTTPTransport(retries=2)))
    return lambda: client.post(base + "/v1/codes", content=BODY)


def _httpx_aiohttp(base: str, stack: ExitStack) -> Call:
    import httpx
    from httpx_aiohttp import AiohttpTransport

    loop = _loop(stack)
    client = httpx.AsyncClient(headers=HEADERS, transport=AiohttpTransport())
    stack.callback(lambda: loop.run_until_complete(client.aclose()))
    return lambda: loop.run_until_complete(client.post(base + "/v1/codes", content=BODY))


def _aiohttp(base: str, stack: ExitStack) -> Call:
    import aiohttp

    loop = _loop(stack)

    async def make() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(headers=HEADERS)

    session = loop.run_until_complete(make())
    stack.callback(lambda: loop.run_until_complete(session.close()))

    async def call() -> bytes:
        async with session.post(base + "/v1/codes", data=BODY) as answer:
            return bytes(await answer.read())

    return lambda: loop.run_until_complete(call())


def _urllib3(base: str, stack: ExitStack) -> Call:
    import urllib3

    pool = stack.enter_context(urllib3.PoolManager(headers=HEADERS))
    return lambda: pool.request("POST", base + "/v1/codes", body=BODY, retries=False)


def _urllib3_defaults(base: str, stack: ExitStack) -> Call:
    import urllib3

    pool = stack.enter_context(urllib3.PoolManager(headers=HEADERS))
    return lambda: pool.request("POST", base + "/v1/codes", body=BODY)


def _requests(base: str, stack: ExitStack) -> Call:
    import requests

    session = stack.enter_context(requests.Session())
    session.trust_env = False
    session.headers.update(HEADERS)
    return lambda: session.post(base + "/v1/codes", data=BODY)


def _pyqwest(base: str, stack: ExitStack) -> Call:
    import pyqwest

    client = pyqwest.SyncClient(pyqwest.SyncHTTPTransport())
    return lambda: client.post(base + "/v1/codes", headers=HEADERS, content=BODY)


def _http_client(base: str, stack: ExitStack) -> Call:
    import http.client

    connection = http.client.HTTPConnection(base.partition("://")[2])
    stack.callback(connection.close)

    def call() -> bytes:
        connection.request("POST", "/v1/codes", BODY, HEADERS)
        return connection.getresponse().read()

    return call


def _pycurl(base: str, stack: ExitStack) -> Call:
    import pycurl

    curl = pycurl.Curl()
    stack.callback(curl.close)
    curl.setopt(pycurl.URL, base + "/v1/codes")
    curl.setopt(pycurl.POSTFIELDS, BODY)
    curl.setopt(pycurl.PROXY, "")
    curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in HEADERS.items()])
    curl.setopt(pycurl.WRITEFUNCTION, len)
    return curl.perform  # type: ignore[no-any-return]  # pycurl has no types


CANDIDATES: dict[str, tuple[str, Maker]] = {
    "jsmskit": ("jsmskit", _ours),
    "jsmskit, async": ("jsmskit", _ours_async),
    "http.client": ("http.client", _http_client),
    "httpx": ("httpx", _httpx),
    "httpx, retries=2": ("httpx", _httpx_retries),
    "httpx over httpx-aiohttp": ("httpx_aiohttp", _httpx_aiohttp),
    "aiohttp": ("aiohttp", _aiohttp),
    "urllib3, retries=False": ("urllib3", _urllib3),
    "urllib3": ("urllib3", _urllib3_defaults),
    "requests": ("requests", _requests),
    "pyqwest": ("pyqwest", _pyqwest),
    "pycurl": ("pycurl", _pycurl),
}


def installed() -> list[str]:
    """The candidates whose library is there."""
    return [name for name, (module, _) in CANDIDATES.items() if importlib.util.find_spec(module)]


def look_at(name: str) -> Seen:
    """Play both scenes to a candidate."""
    found: dict[str, Any] = {}
    for scene in ("lost", "idle"):
        server = Server(scene)
        with ExitStack() as stack:
            stack.callback(server.close)
            call = CANDIDATES[name][1](server.base, stack)
            call()
            if scene == "idle":
                server.gone.wait(5)
            error = ""
            try:
                call()
            except Exception as raised:  # noqa: BLE001  # its name is what is asked for
                error = type(raised).__name__
                if name.startswith("jsmskit"):
                    error += f" {raised.outcome}"  # type: ignore[attr-defined]  # asked for just above
            found |= {f"{scene}_posts": server.posts - 1, f"{scene}_name": error}
    return Seen(name, **found)


if __name__ == "__main__":
    print(json.dumps([asdict(look_at(name)) for name in installed()]))
