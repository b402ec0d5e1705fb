"""Who sends a request twice, and what each calls a failure: asked of every client that could carry sends.

    python -m benchmarks.double_send          those that are installed in this Python, as JSON

One connection is warmed up with a call that is answered. Then the server reads the next request whole and closes
without an answer ("lost"): a send may have been carried out, so it must not be made again, and no word may say that
it was never sent. In the other scene the server closes the idle connection ("idle"): there the call should find
another connection. The stated truths are in tests/client/test_double_send.py.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmarks import peers
from benchmarks.contenders import ASYNC, EXPECTED, SYNC
from benchmarks.harness import Measured, Settings, count

CANDIDATES = {
    "jsmskit": "jsmskit",
    "jsmskit, async": "jsmskit",
    "http.client": "http.client",
    "httpx": "httpx",
    "httpx, retries=2": "httpx",
    "httpx over httpx-aiohttp": "httpx_aiohttp",
    "aiohttp": "aiohttp",
    "urllib3, retries=False": "urllib3",
    "urllib3": "urllib3",
    "requests": "requests",
    "pyqwest": "pyqwest",
    "pycurl": "pycurl",
}
"""Names of contenders, each with the module that it needs."""


@dataclass(frozen=True)
class Seen:
    """What became of one candidate: the POSTs of the second call alone, and the name of what it raised."""

    name: str
    lost_posts: int
    lost_name: str
    idle_posts: int
    idle_name: str


class Server(ThreadingHTTPServer):
    """Answers the first request of the first connection; what it does then is the scene."""

    def __init__(self, scene: str) -> None:
        self.scene = scene
        self.posts = 0
        self.gone = threading.Event()
        super().__init__(("127.0.0.1", 0), _Connection)
        self.base = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self.gone.set()

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts += 1
        is_second = self.server.posts > 1
        self.close_connection = is_second if self.server.scene == "lost" else not is_second
        if self.server.scene == "lost" and is_second:
            return
        body = json.dumps({"msg_id": EXPECTED}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def installed() -> list[str]:
    """The candidates whose library is there."""
    return [name for name, module in CANDIDATES.items() if importlib.util.find_spec(module)]


def look_at(name: str) -> Seen:
    """Play both scenes to a candidate."""
    found: dict[str, Any] = {}
    for scene in ("lost", "idle"):
        with closing(Server(scene)) as server, closing(asyncio.new_event_loop()) as loop:
            call = _call_of(name, {"base": server.base, "in_flight": 1}, loop)
            call()
            if scene == "idle":
                server.gone.wait(5)
            error = ""
            try:
                call()
            except Exception as raised:  # noqa: BLE001  # its name is what is asked for
                error = f"{type(raised).__name__} {getattr(raised, 'outcome', '')}".strip()
            found |= {f"{scene}_posts": server.posts - 1, f"{scene}_name": error}
    return Seen(name, **found)


def _call_of(name: str, settings: dict[str, Any], loop: asyncio.AbstractEventLoop) -> Callable[[], object]:
    if name in SYNC:
        return SYNC[name](settings)
    call = loop.run_until_complete(_made(ASYNC[name](settings)))
    return lambda: loop.run_until_complete(_made(call()))


async def _made(awaitable: Any) -> Any:
    return await awaitable


def measure(settings: Settings) -> Iterator[Measured]:
    """POSTs for one call whose request was read whole and not answered, in the environment of the peers."""
    del settings
    said = subprocess.run(
        [peers.PYTHON, "-W", "ignore", "-m", "benchmarks.double_send"],
        cwd=peers.ROOT, env=peers.environment(), check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for seen in json.loads(said):
        yield count(
            f"double-send-{seen['name']}",
            f"requests for one call that was read and not answered; it says {seen['lost_name']}",
            f"one. After an idle connection was closed: {seen['idle_name'] or 'another connection'}",
            "requests",
            [seen["lost_posts"]],
            1,
            subject=seen["name"],
        )


if __name__ == "__main__":
    print(json.dumps([asdict(look_at(name)) for name in installed()]))
