"""Who makes calls: each function makes a client once and returns a call, which says whether it went as expected.

    python -m benchmarks.contenders CONTENDER '{"base": ..., ...}'

makes calls when it is told to, and says what they cost. Orders come line by line: a number of calls. An asyncio
contender has `in_flight` tasks take turns at them.

All send the same bytes to the same address on kept connections, and read `msg_id` out of the JSON of the response. Only
ours also checks the arguments, keeps a deadline, and knows what an ending proves. `settings` has `base`; some look at
`ca_file`, `in_flight`, `size` and `redis`. Runs in the environment of the peers.
"""

from __future__ import annotations

import asyncio
import base64
import http.client
import importlib
import itertools
import json
import os
import socket
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

KEY, SECRET = "7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"
PHONE, EXPECTED = "13800138000", "288193860302"
BODY = b'{"mobile":"13800138000","temp_id":1}'
HEADERS = {
    "Authorization": "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode(),
    "Content-Type": "application/json",
}
Settings = dict[str, Any]
Call = Callable[[], bool]
AsyncCall = Callable[[], Awaitable[bool]]


def url_of(settings: Settings) -> str:
    return str(settings["base"]) + "/v1/codes"


def trust_of(settings: Settings) -> Any:
    ca_file = settings.get("ca_file")
    return ssl.create_default_context(cafile=ca_file) if ca_file else True


def is_expected(content: str | bytes) -> bool:
    return bool(json.loads(content)["msg_id"] == EXPECTED)


def request_bytes(settings: Settings) -> bytes:
    """The request as the floors send it, made beforehand."""
    lines = [f"POST /v1/codes HTTP/1.1\r\nHost: {urlsplit(settings['base']).netloc}\r\nContent-Length: {len(BODY)}"]
    lines += [f"{name}: {value}" for name, value in HEADERS.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + BODY


def our_client(settings: Settings, name: str = "JsmsClient", path: str = "/v1") -> Any:
    made = getattr(importlib.import_module("jsmskit"), name)
    return made(KEY, SECRET, base_url=settings["base"] + path, ca_file=settings.get("ca_file"))


def jsmskit(settings: Settings) -> Call:
    client = our_client(settings)
    return lambda: client.codes.send(PHONE, template_id=1).msg_id == EXPECTED


def httpx_client(settings: Settings, package: str = "httpx", **options: Any) -> Call:
    library = importlib.import_module(package)
    client = library.Client(headers=HEADERS, verify=trust_of(settings), trust_env=False, **options)
    url = url_of(settings)
    return lambda: is_expected(client.post(url, content=BODY).content)


def httpx_retries(settings: Settings) -> Call:
    return httpx_client(settings, transport=importlib.import_module("httpx").HTTPTransport(retries=2))


def vendor(settings: Settings) -> Call:
    client = importlib.import_module("jsms").Jsms(KEY, SECRET)
    client.BASE_URL = settings["base"] + "/v1/"
    if settings.get("ca_file"):
        client.session.verify = settings["ca_file"]
    return lambda: client.send_code(PHONE, 1)["msg_id"] == EXPECTED


def generated(settings: Settings) -> Call:
    """The generated client on its own, which stands on httpx."""
    from jsms_api.api.codes import send_code
    from jsms_api.client import AuthenticatedClient
    from jsms_api.models.send_code_request import SendCodeRequest

    token = HEADERS["Authorization"].partition(" ")[2]
    client = AuthenticatedClient(base_url=settings["base"] + "/v1", token=token, prefix="Basic")

    def call() -> bool:
        sent: Any = send_code.sync(client=client, body=SendCodeRequest(mobile=PHONE, temp_id=1))
        return bool(sent.msg_id == EXPECTED)

    return call


def requests_session(settings: Settings) -> Call:
    session = importlib.import_module("requests").Session()
    session.trust_env = False
    session.headers.update(HEADERS)
    url = url_of(settings)
    return lambda: is_expected(session.post(url, data=BODY).content)


def urllib3_pool(settings: Settings, **options: Any) -> Call:
    pool = importlib.import_module("urllib3").PoolManager(headers=HEADERS)
    url = url_of(settings)
    return lambda: is_expected(pool.request("POST", url, body=BODY, **options).data)


def pyqwest_client(settings: Settings) -> Call:
    """Rust below."""
    library = importlib.import_module("pyqwest")
    client = library.SyncClient(library.SyncHTTPTransport())
    url = url_of(settings)
    return lambda: is_expected(client.post(url, headers=HEADERS, content=BODY).content)


def http_client(settings: Settings) -> Call:
    """The standard library's."""
    place = urlsplit(settings["base"])
    connection = http.client.HTTPConnection(place.hostname or "", place.port)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call() -> bool:
        connection.request("POST", "/v1/codes", BODY, HEADERS)
        return is_expected(connection.getresponse().read())

    return call


def pycurl_handle(settings: Settings) -> Call:
    pycurl = importlib.import_module("pycurl")
    curl, received = pycurl.Curl(), [b""]
    for option, value in (
        (pycurl.URL, url_of(settings)), (pycurl.POSTFIELDS, BODY), (pycurl.PROXY, ""),
        (pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in HEADERS.items()]),
        (pycurl.WRITEFUNCTION, lambda part: received.__setitem__(0, part)),
    ):  # fmt: skip
        curl.setopt(option, value)

    def call() -> bool:
        curl.perform()
        return is_expected(received[0])

    return call


def raw_socket(settings: Settings) -> Call:
    """The floor: bytes made beforehand, one send, one receive, the end of the response guessed."""
    place = urlsplit(settings["base"])
    connected = socket.create_connection((place.hostname or "", place.port or 80))
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    request = request_bytes(settings)

    def call() -> bool:
        connected.sendall(request)
        return is_expected(connected.recv(65536).partition(b"\r\n\r\n")[2])

    return call


def jsmskit_batch(settings: Settings) -> Call:
    """A batch of `size` recipients."""
    size = settings["size"]
    client = our_client(settings, path=f"/{size}/v1")
    phones = [str(13_800_000_000 + each) for each in range(size)]
    return lambda: len(client.messages.send_batch(1, phones).accepted) == size


# A login by SMS, and what it is compared with, each call for another number.


def our_verifications(settings: Settings) -> Any:
    from jsmskit.verification import PhoneVerification, Policy, RedisStore

    store = RedisStore(settings["redis"], pepper="a pepper of sixteen and more")
    policy = Policy(per_purpose_hour=None, budget_hour=10**8, budget_day=10**8)
    return PhoneVerification(our_client(settings), store=store, policy=policy)


def phones_from(first: int) -> Callable[[], str]:
    numbers = itertools.count(first)
    return lambda: str(next(numbers))


def start(settings: Settings) -> Call:
    verifications, phone = our_verifications(settings), phones_from(13_100_000_000)
    return lambda: bool(verifications.start(phone(), purpose="login"))


def send(settings: Settings) -> Call:
    client, phone = our_client(settings), phones_from(13_200_000_000)
    return lambda: bool(client.codes.send(phone()).msg_id)


def send_and_two_trips(settings: Settings) -> Call:
    """A send between two scripts in Redis that do nothing."""
    store = importlib.import_module("redis").Redis.from_url(settings["redis"])
    script, filler, inner = store.script_load("return 1"), "x" * 500, send(settings)

    def call() -> bool:
        store.evalsha(script, 1, "key", filler)
        sent = inner()
        store.evalsha(script, 1, "key", filler)
        return sent

    return call


def start_and_check(settings: Settings) -> Call:
    verifications, phones = our_verifications(settings), phones_from(13_300_000_000)

    def call() -> bool:
        phone = phones()
        started = verifications.start(phone, purpose="login")
        return bool(started) and bool(verifications.check(phone, "123456", purpose="login"))

    return call


def send_and_verify(settings: Settings) -> Call:
    client, phone = our_client(settings), phones_from(13_400_000_000)
    return lambda: bool(client.codes.verify(client.codes.send(phone()).msg_id, "123456").ok)


# For asyncio.


async def jsmskit_async(settings: Settings) -> AsyncCall:
    client = our_client(settings, "AsyncJsmsClient")

    async def call() -> bool:
        return bool((await client.codes.send(PHONE, template_id=1)).msg_id == EXPECTED)

    return call


async def httpx_async(settings: Settings, package: str = "httpx", **options: Any) -> AsyncCall:
    library = importlib.import_module(package)
    if not options:  # a pool as large as the load
        count = settings["in_flight"]
        limits = library.Limits(max_connections=count, max_keepalive_connections=count)
        options = {"limits": limits, "verify": trust_of(settings)}
    client = library.AsyncClient(headers=HEADERS, timeout=60, **options)
    url = url_of(settings)

    async def call() -> bool:
        return is_expected((await client.post(url, content=BODY)).content)

    return call


async def httpx_over_aiohttp(settings: Settings) -> AsyncCall:
    return await httpx_async(settings, transport=importlib.import_module("httpx_aiohttp").AiohttpTransport())


async def aiohttp_session(settings: Settings) -> AsyncCall:
    """With its own JSON, and as many connections as are in flight."""
    library = importlib.import_module("aiohttp")
    connector = library.TCPConnector(limit=settings["in_flight"], ssl=trust_of(settings))
    session = library.ClientSession(connector=connector, headers=HEADERS)
    url, value = url_of(settings), json.loads(BODY)

    async def call() -> bool:
        async with session.post(url, json=value) as response:
            return bool((await response.json())["msg_id"] == EXPECTED)

    return call


async def pyqwest_async(settings: Settings) -> AsyncCall:
    library = importlib.import_module("pyqwest")
    client = library.Client(library.HTTPTransport())
    url = url_of(settings)

    async def call() -> bool:
        return is_expected((await client.post(url, headers=HEADERS, content=BODY)).content)

    return call


class _Floor(asyncio.Protocol):
    waiter: asyncio.Future[bytes]
    transport: Any

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiter.set_result(data)


async def protocol_floor(settings: Settings) -> AsyncCall:
    """The floor: an asyncio protocol, bytes made beforehand, the end of a response guessed."""
    loop, place = asyncio.get_running_loop(), urlsplit(settings["base"])
    request = request_bytes(settings)
    idle: list[_Floor] = []

    async def call() -> bool:
        line = idle.pop() if idle else (await loop.create_connection(_Floor, place.hostname, place.port))[1]
        line.waiter = loop.create_future()
        line.transport.write(request)
        received = await line.waiter
        idle.append(line)
        return is_expected(received.partition(b"\r\n\r\n")[2])

    return call


SYNC: dict[str, Callable[[Settings], Call]] = {
    "jsmskit": jsmskit,
    "httpx": httpx_client,
    "httpx2": partial(httpx_client, package="httpx2"),
    "httpx, retries=2": httpx_retries,
    "vendor": vendor,
    "generated": generated,
    "requests": requests_session,
    "urllib3": urllib3_pool,
    "urllib3, retries=False": partial(urllib3_pool, retries=False),
    "pyqwest": pyqwest_client,
    "http.client": http_client,
    "pycurl": pycurl_handle,
    "socket": raw_socket,
    "batch": jsmskit_batch,
    "start": start,
    "send": send,
    "send and two trips": send_and_two_trips,
    "start and check": start_and_check,
    "send and verify": send_and_verify,
}
ASYNC: dict[str, Callable[[Settings], Awaitable[AsyncCall]]] = {
    "jsmskit, async": jsmskit_async,
    "httpx, async": httpx_async,
    "httpx2, async": partial(httpx_async, package="httpx2"),
    "httpx over httpx-aiohttp": httpx_over_aiohttp,
    "aiohttp": aiohttp_session,
    "pyqwest, async": pyqwest_async,
    "protocol": protocol_floor,
}


def run_sync(call: Call, calls: int) -> dict[str, float]:
    for _ in range(calls):
        if not call():
            raise SystemExit("another answer than was expected")
    return {}


async def run_async(call: AsyncCall, calls: int, in_flight: int) -> dict[str, float]:
    left = calls
    taken: list[float] = []

    async def task() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            begun = time.perf_counter()
            if not await call():
                raise SystemExit("another answer than was expected")
            taken.append(time.perf_counter() - begun)

    await asyncio.gather(*(task() for _ in range(in_flight)))
    taken.sort()
    return {"p50": 1e3 * taken[len(taken) // 2], "p99": 1e3 * taken[int(len(taken) * 0.99)]}


def main() -> None:
    name, text = sys.argv[1:]
    settings: Settings = json.loads(text)
    os.sched_setaffinity(0, {settings["core"]})
    answers, sys.stdout = sys.stdout, sys.stderr
    loop = asyncio.new_event_loop()
    if name in SYNC:
        call: Any = SYNC[name](settings)
    else:
        call = loop.run_until_complete(ASYNC[name](settings))
    for line in sys.stdin:
        calls = int(line)
        begun = time.process_time()
        if name in SYNC:
            said = run_sync(call, calls)
        else:
            said = loop.run_until_complete(run_async(call, calls, settings["in_flight"]))
        cost = {"cpu": 1e6 * (time.process_time() - begun) / calls}
        print(json.dumps({**cost, **said}), file=answers, flush=True)


if __name__ == "__main__":
    main()
