"""Who sends many codes at once: each function makes a client once and gives back `run(calls)`.

`settings["in_flight"]` tasks take turns at the calls. Reported are the median and the 99th percentile of the time of a
call, beside what the worker measures. The same bytes as in `contenders_sync`. Runs in the environment of the peers.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import ssl
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from benchmarks.contenders_sync import BODY, EXPECTED, HEADERS, KEY, PHONE, SECRET, Run, Settings


def _verify(settings: Settings) -> Any:
    ca_file = settings.get("ca_file")
    return ssl.create_default_context(cafile=ca_file) if ca_file else True


def _repeat(settings: Settings, call: Callable[[], Awaitable[str]], loop: asyncio.AbstractEventLoop) -> Run:
    in_flight = settings["in_flight"]

    async def all_of(calls: int) -> list[float]:
        left = calls
        taken: list[float] = []

        async def task() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                begun = time.perf_counter()
                if await call() != EXPECTED:
                    raise SystemExit("another answer than the stub's")
                taken.append(time.perf_counter() - begun)

        await asyncio.gather(*(task() for _ in range(in_flight)))
        return taken

    def run(calls: int) -> dict[str, Any]:
        taken = sorted(loop.run_until_complete(all_of(calls)))
        return {"p50": taken[len(taken) // 2], "p99": taken[int(len(taken) * 0.99)], "longest": taken[-1]}

    return run


def jsmskit(settings: Settings) -> Run:
    """Ours, with the settings it comes with."""
    from jsmskit import AsyncJsmsClient

    loop = asyncio.new_event_loop()
    client = AsyncJsmsClient(KEY, SECRET, base_url=settings["base"] + "/v1", ca_file=settings.get("ca_file"))

    async def call() -> str:
        return (await client.codes.send(PHONE, template_id=1)).msg_id

    return _repeat(settings, call, loop)


def _httpx(package: str, settings: Settings, **options: Any) -> Run:
    client = importlib.import_module(package).AsyncClient(headers=HEADERS, timeout=60, **options)
    url = settings["base"] + "/v1/codes"

    async def call() -> str:
        return str((await client.post(url, content=BODY)).json()["msg_id"])

    return _repeat(settings, call, asyncio.new_event_loop())


def _large_pool(package: str, settings: Settings) -> Run:
    count = settings["in_flight"]
    pool = importlib.import_module(package).Limits(max_connections=count, max_keepalive_connections=count)
    return _httpx(package, settings, limits=pool, verify=_verify(settings))


def httpx_client(settings: Settings) -> Run:
    """Bare `httpx.AsyncClient.post`, with a pool as large as the number in flight."""
    return _large_pool("httpx", settings)


def httpx2_client(settings: Settings) -> Run:
    """The same with `httpx2`."""
    return _large_pool("httpx2", settings)


def httpx_over_aiohttp(settings: Settings) -> Run:
    """httpx with the transport of httpx-aiohttp."""
    from httpx_aiohttp import AiohttpTransport

    return _httpx("httpx", settings, transport=AiohttpTransport())


def aiohttp_session(settings: Settings) -> Run:
    """Bare `aiohttp.ClientSession.post` with its own JSON, and as many connections as are in flight."""
    import aiohttp

    loop = asyncio.new_event_loop()
    url = settings["base"] + "/v1/codes"
    trust: Any = _verify(settings)

    async def make() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=settings["in_flight"], ssl=trust)
        return aiohttp.ClientSession(connector=connector, headers=HEADERS)

    session = loop.run_until_complete(make())
    value = json.loads(BODY)

    async def call() -> str:
        async with session.post(url, json=value) as answer:
            return str((await answer.json())["msg_id"])

    return _repeat(settings, call, loop)


def pyqwest_client(settings: Settings) -> Run:
    """pyqwest, which is Rust below."""
    import pyqwest

    loop = asyncio.new_event_loop()
    url = settings["base"] + "/v1/codes"

    async def make() -> pyqwest.Client:
        return pyqwest.Client(pyqwest.HTTPTransport())

    client = loop.run_until_complete(make())

    async def call() -> str:
        answer = await client.post(url, headers=HEADERS, content=BODY)
        return str(answer.json()["msg_id"])

    return _repeat(settings, call, loop)


class _Floor(asyncio.Protocol):
    def __init__(self) -> None:
        self.waiter: asyncio.Future[bytes] | None = None
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if self.waiter is not None:
            self.waiter.set_result(data)


def protocol_floor(settings: Settings) -> Run:
    """The floor: an asyncio protocol, bytes made beforehand, the end of an answer guessed."""
    loop = asyncio.new_event_loop()
    place = urlsplit(settings["base"])
    lines = [f"POST /v1/codes HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: {len(BODY)}"]
    lines += [f"{name}: {value}" for name, value in HEADERS.items()]
    request = "\r\n".join(lines).encode() + b"\r\n\r\n" + BODY
    idle: list[_Floor] = []

    async def call() -> str:
        if idle:
            line = idle.pop()
        else:
            _, line = await loop.create_connection(_Floor, place.hostname, place.port)
        line.waiter = loop.create_future()
        line.transport.write(request)
        received = await line.waiter
        idle.append(line)
        return str(json.loads(received.partition(b"\r\n\r\n")[2])["msg_id"])

    return _repeat(settings, call, loop)
