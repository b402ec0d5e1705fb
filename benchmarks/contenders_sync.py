"""Who sends one code after the other: each function makes a client once and gives back `run(calls)`.

All send the same bytes to the same stub on one kept connection, and read `msg_id` out of the JSON of the answer. Only
ours also checks the arguments, keeps a deadline, and knows what an ending proves. Runs in the environment of the peers.
"""

from __future__ import annotations

import base64
import http.client
import importlib
import json
import socket
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

KEY, SECRET = "7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"
PHONE = "13800138000"
BODY = b'{"mobile":"13800138000","temp_id":1}'
HEADERS = {
    "Authorization": "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode(),
    "Content-Type": "application/json",
}
EXPECTED = "288193860302"
Run = Callable[[int], dict[str, Any] | None]
Settings = dict[str, Any]


def _verify(settings: Settings) -> Any:
    ca_file = settings.get("ca_file")
    return ssl.create_default_context(cafile=ca_file) if ca_file else True


def _repeat(call: Callable[[], str]) -> Run:
    def run(calls: int) -> None:
        for _ in range(calls):
            if call() != EXPECTED:
                raise SystemExit("another answer than the stub's")

    return run


def jsmskit(settings: Settings) -> Run:
    """Ours, as users call it."""
    from jsmskit import JsmsClient

    client = JsmsClient(KEY, SECRET, base_url=settings["base"] + "/v1", ca_file=settings.get("ca_file"))
    return _repeat(lambda: client.codes.send(PHONE, template_id=1).msg_id)


def _httpx(package: str, settings: Settings) -> Run:
    client = importlib.import_module(package).Client(headers=HEADERS, verify=_verify(settings))
    url = settings["base"] + "/v1/codes"
    return _repeat(lambda: client.post(url, content=BODY).json()["msg_id"])


def httpx_client(settings: Settings) -> Run:
    """Bare `httpx.Client.post`."""
    return _httpx("httpx", settings)


def httpx2_client(settings: Settings) -> Run:
    """Bare `httpx2.Client.post`."""
    return _httpx("httpx2", settings)


def vendor(settings: Settings) -> Run:
    """The vendor's client, `jsms` 0.0.4."""
    from jsms import Jsms

    client = Jsms(KEY, SECRET)
    client.BASE_URL = settings["base"] + "/v1/"
    if settings.get("ca_file"):
        client.session.verify = settings["ca_file"]
    return _repeat(lambda: client.send_code(PHONE, 1)["msg_id"])


def generated(settings: Settings) -> Run:
    """The generated client on its own, which stands on httpx."""
    from jsms_api.api.codes import send_code
    from jsms_api.client import AuthenticatedClient
    from jsms_api.models.send_code_request import SendCodeRequest

    client = AuthenticatedClient(
        base_url=settings["base"] + "/v1", token=HEADERS["Authorization"].partition(" ")[2], prefix="Basic"
    )

    def call() -> str:
        answer: Any = send_code.sync(client=client, body=SendCodeRequest(mobile=PHONE, temp_id=1))
        return str(answer.msg_id)

    return _repeat(call)


def requests_session(settings: Settings) -> Run:
    """`requests.Session.post`."""
    import requests

    session = requests.Session()
    session.headers.update(HEADERS)
    url = settings["base"] + "/v1/codes"
    return _repeat(lambda: session.post(url, data=BODY).json()["msg_id"])


def urllib3_pool(settings: Settings) -> Run:
    """`urllib3.PoolManager.request`."""
    import urllib3

    pool = urllib3.PoolManager(headers=HEADERS)
    url = settings["base"] + "/v1/codes"
    return _repeat(lambda: pool.request("POST", url, body=BODY).json()["msg_id"])


def pyqwest_client(settings: Settings) -> Run:
    """pyqwest, which is Rust below."""
    import pyqwest

    client = pyqwest.SyncClient(pyqwest.SyncHTTPTransport())
    url = settings["base"] + "/v1/codes"
    return _repeat(lambda: client.post(url, headers=HEADERS, content=BODY).json()["msg_id"])


def http_client(settings: Settings) -> Run:
    """The standard library's `http.client`."""
    place = urlsplit(settings["base"])
    connection = http.client.HTTPConnection(place.hostname or "", place.port)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call() -> str:
        connection.request("POST", "/v1/codes", BODY, HEADERS)
        return str(json.loads(connection.getresponse().read())["msg_id"])

    return _repeat(call)


def raw_socket(settings: Settings) -> Run:
    """The floor: bytes made beforehand, one send, one receive, the end of the answer guessed."""
    place = urlsplit(settings["base"])
    connected = socket.create_connection((place.hostname or "", place.port or 80))
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    lines = [f"POST /v1/codes HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: {len(BODY)}"]
    lines += [f"{name}: {value}" for name, value in HEADERS.items()]
    request = "\r\n".join(lines).encode() + b"\r\n\r\n" + BODY

    def call() -> str:
        connected.sendall(request)
        received = connected.recv(65536)
        return str(json.loads(received.partition(b"\r\n\r\n")[2])["msg_id"])

    return _repeat(call)


def jsmskit_batches(settings: Settings) -> Run:
    """Ours: one batch after the other, of `size` recipients."""
    from jsmskit import JsmsClient

    size = settings["size"]
    client = JsmsClient(KEY, SECRET, base_url=f"{settings['base']}/{size}/v1")
    phones = [str(13_800_000_000 + each) for each in range(size)]

    def run(calls: int) -> None:
        for _ in range(calls):
            if len(client.messages.send_batch(1, phones).accepted) != size:
                raise SystemExit("another answer than the stub's")

    return run
