"""The mock against Prism, the mock server that people know for OpenAPI; batches, a reset, and the page.

Prism checks a request against the spec and answers an example; ours checks, applies every rule, and keeps what was
sent. Both are processes of their own on one core, asked by our client from the other; CPU time is read from the
kernel. Every answer must be a success, and what was sent must be there afterwards. Prism's log is off: with it, it
costs twice as much. Prism is installed by scripts/toolchains (tests/consumers/prism); ours runs from the development
environment, which has what the extra `mock` brings.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsmskit import APIConnectionError, AsyncJsmsClient, JsmsClient, RetryPolicy
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from jsmskit.mock import Settings as MockSettings

from benchmarks import peers
from benchmarks.contenders import KEY, SECRET
from benchmarks.harness import (
    CLIENT_CORE,
    Command,
    Curve,
    Measured,
    Row,
    Server,
    Settings,
    compare,
    on_core,
    take_turns,
)
from tools.spec_linters import SPEC, environment

PRISM = peers.ROOT / "tests" / "consumers" / "prism"
CONNECTIONS, BATCH = 16, 1000
#: What the seed's application owns is spent after a few thousand messages.
RICH = {
    "accounts": [{"dev_key": "d" * 24, "dev_secret": "e" * 24, "balances": {"balance": 10**9}}],
    "applications": [
        {"app_key": KEY, "master_secret": SECRET, "dev_key": "d" * 24,
         "balances": {"balance": 10**9},
         "signs": [{"sign_id": 1, "sign": "测试", "status": 1, "is_default": True}]},
    ],
}  # fmt: skip


@dataclass
class Mock:
    """A mock that is up, `prism` or ours. Each message goes to a number of its own: limits must not bite."""

    server: Server
    base_url: str
    sent: int = 0

    def send(self, calls: int) -> float:
        """Send so many messages, 16 at once; return the microseconds of the server's CPU for each."""
        before = self.server.cpu_seconds()
        asyncio.run(self._send(calls))
        return 1e6 * (self.server.cpu_seconds() - before) / calls

    async def _send(self, calls: int) -> None:
        numbers = iter(range(self.sent, self.sent + calls))
        self.sent += calls

        async def task() -> None:
            for number in numbers:
                await client.messages.send(f"139{number:08d}", 1, {"code": "123456"})

        async with AsyncJsmsClient(KEY, SECRET, base_url=self.base_url, max_connections=CONNECTIONS) as client:
            await asyncio.gather(*(task() for _ in range(CONNECTIONS)))

    def send_batches(self, batches: int) -> float:
        """Send batches of the largest size; return the microseconds of the server's CPU for each."""
        before = self.server.cpu_seconds()
        with JsmsClient(KEY, SECRET, base_url=self.base_url) as client:
            for _ in range(batches):
                phones = [(f"139{self.sent + each:08d}", {"code": "123456"}) for each in range(BATCH)]
                client.messages.send_batch(1, phones)
                self.sent += BATCH
        return 1e6 * (self.server.cpu_seconds() - before) / batches

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Make a control call of ours."""
        request = urllib.request.Request(
            self.base_url.replace("/v1", f"/_mock{path}"),
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return json.loads(answer.read())


@contextlib.contextmanager
def serving(name: str, *more: str, state: Any = RICH, under: Command = ()) -> Iterator[Mock]:
    """A mock that has answered a first send; ours has enough money for a benchmark then.

    under: a program that runs it, with its options.
    """
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    if name == "prism":
        script = PRISM / "node_modules" / ".bin" / "prism"
        if not script.exists():
            raise SystemExit("bench: Prism is not installed; run scripts/toolchains")
        command = ["node", script, "mock", SPEC, "--host", "127.0.0.1", "--port", port, "--verboseLevel", "silent"]
        variables, path = environment(), ""
    else:
        command = [sys.executable, "-m", "jsmskit", "mock", "serve", "--port", port, *more]
        variables, path = peers.environment(), "/v1"
    with Server([*under, *command], variables) as server:
        mock = Mock(server, f"http://127.0.0.1:{port}{path}")
        while True:
            if not server.is_running:
                raise SystemExit("bench: a server has ended before it answered")
            try:
                with JsmsClient(KEY, SECRET, base_url=mock.base_url, retry=RetryPolicy(max_attempts=1)) as client:
                    client.messages.send("13899999999", 1, {"code": "123456"})
            except APIConnectionError:
                time.sleep(0.005)
            else:
                break
        if name != "prism" and state:
            mock.control("PUT", "/state", state)
        yield mock


def measure(settings: Settings) -> Iterator[Measured]:
    """All but the page."""
    with on_core(CLIENT_CORE):
        yield from sends(settings)
        yield from starts(settings)
        yield from memory(settings)
        yield batches(settings)
        yield resets(settings)


def sends(settings: Settings) -> Iterator[Row]:
    """CPU per send, in memory and in a file, in turns with Prism."""
    calls = settings.calls(3000)
    with contextlib.ExitStack() as stack:
        file = Path(stack.enter_context(tempfile.TemporaryDirectory()), "mock.db")
        up = {
            "stored": stack.enter_context(serving("jsmskit")),
            "stored in a file": stack.enter_context(serving("jsmskit", "--db", str(file))),
            "prism": stack.enter_context(serving("prism")),
        }
        asked = {name: lambda mock=mock: mock.send(calls) for name, mock in up.items()}
        take_turns(asked, 1)  # warm up
        cost = take_turns(asked, settings.rounds(15))
        for name in ("stored", "stored in a file"):
            if len(up[name].control("GET", f"/messages?phone=139{up[name].sent - 1:08d}")["messages"]) != 1:
                raise SystemExit(f"bench: what was sent is not {name}")
    for name, goal in (("stored", 0.5), ("stored in a file", None)):
        yield compare(
            f"mock-send-{name}", f"validated and {name} send", "Prism, log off, which stores nothing", "us CPU/call",
            cost[name], cost["prism"], goal=goal, note=f"{CONNECTIONS} connections",
        )  # fmt: skip


def starts(settings: Settings) -> Iterator[Row]:
    """From the start of the process to its first 200: CPU, and by the clock."""

    def start(name: str) -> tuple[float, float]:
        begun = time.monotonic()
        with serving(name, state=None) as mock:
            return mock.server.cpu_seconds(), time.monotonic() - begun

    asked = {name: lambda name=name: start(name) for name in ("jsmskit", "prism")}
    said = take_turns(asked, settings.rounds(7))
    for place, unit in enumerate(("s CPU", "s")):
        mine, theirs = ([one[place] for one in said[name]] for name in asked)
        yield compare(
            f"mock-start-{unit}", "from the start to the first 200", "Prism, log off", unit, mine, theirs, goal=0.2
        )


def memory(settings: Settings) -> Iterator[Measured]:
    """Proportional set size after so many messages."""
    most = settings.calls(100_000)
    counts = [most // 100, *(most * fifth // 5 for fifth in range(1, 6))]
    lines: dict[str, list[tuple[float, float]]] = {"jsmskit": [], "prism": []}
    with contextlib.ExitStack() as stack:
        up = {name: stack.enter_context(serving(name)) for name in lines}
        for count in counts:
            for name, mock in up.items():
                mock.send(count - mock.sent)
                lines[name].append((count, mock.server.memory_megabytes()))
    ours, early, prism = ([lines["jsmskit"][-1][1]], [lines["jsmskit"][1][1]], [lines["prism"][-1][1]])
    work = f"memory after {most:,} messages"
    yield compare("mock-memory", work, "Prism, log off, which stores nothing", "MB", ours, prism, goal=1 / 3)
    yield compare("mock-memory-flat", work, f"its own after {counts[1]:,}", "MB", ours, early, goal=1.05)
    yield Curve("mock-memory-growth", "Memory of the mock", "messages", "MB", lines)


def batches(settings: Settings) -> Row:
    """CPU of one batch of 1000 recipients, against the same thousand sent one by one."""
    with serving("jsmskit") as mock:
        cost = take_turns(
            {"batch": lambda: mock.send_batches(10) / 1e3, "singles": lambda: mock.send(BATCH) * BATCH / 1e3},
            settings.rounds(11),
        )
    note = f"the goal is 60 ms a batch; the cheapest round took {min(cost['batch']):.1f}"
    work, against = f"a batch of {BATCH} recipients", f"{BATCH} single sends"
    return compare("mock-batch", work, against, "ms CPU", cost["batch"], cost["singles"], note=note)


_RESET = """
import json, time
from jsmskit.mock import JsmsMock
mock = JsmsMock()
costs = []
for turn in range(ROUNDS):
    mock.add_application(mock.state.seed.applications[0])
    before = time.process_time()
    mock.reset()
    between = time.process_time()
    JsmsMock().close()
    costs.append([1e3 * (between - before), 1e3 * (time.process_time() - between)])
print(json.dumps(costs))
"""


def resets(settings: Settings) -> Row:
    """CPU of a reset, against a mock made again: too short to be read from outside."""
    command = [sys.executable, "-c", _RESET.replace("ROUNDS", str(settings.rounds(200)))]
    said = subprocess.run(command, check=True, capture_output=True, env=peers.environment()).stdout
    reset, fresh = zip(*json.loads(said), strict=True)
    note = f"the goal is 1 ms; median {statistics.median(reset):.2f}"
    return compare("mock-reset", "reset", "a mock made again", "ms CPU", reset, fresh, note=note)


def page(settings: Settings) -> Iterator[Measured]:
    """The page over 1,000 to 100,000 messages, in a real browser: time to the first row, and to older rows."""
    from playwright.sync_api import sync_playwright

    from tests.inbox.conftest import FLAGS, found_browser

    browser = found_browser()
    if browser is None:
        raise SystemExit("bench: a browser is needed; run scripts/browser")
    lines: dict[str, list[tuple[float, float]]] = {"until the first row": [], "until the next older rows": []}
    with sync_playwright() as playwright:
        driven = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        for size in (1_000, 10_000, 100_000)[: 2 if settings.quick else None]:
            for line, milliseconds in zip(lines.values(), visit(driven, size, settings.rounds(5)), strict=True):
                line.append((size, milliseconds))
        driven.close()
    yield Curve("growth-inbox", "Messages in the inbox page", "messages", "ms", lines)


def visit(browser: Any, size: int, rounds: int) -> tuple[float, float]:
    """Return both times, medians of a few visits."""
    shown: list[float] = []
    turned: list[float] = []
    with JsmsMock(seed=1, settings=MockSettings(limits=False, keep_messages=size)) as mock:
        with JsmsClient(APP_KEY, MASTER_SECRET, transport=mock.transport) as client:
            for start in range(0, size, BATCH):
                phones = [(str(13_000_000_000 + start + one), {"code": str(start + one)}) for one in range(BATCH)]
                client.messages.send_batch(1, phones)
        with mock.serve() as server:
            for _ in range(rounds):
                page = browser.new_page()
                begun = time.perf_counter()
                page.goto(f"{server.origin}/_mock/")
                page.wait_for_selector("#list > li")
                shown.append(1e3 * (time.perf_counter() - begun))
                for _ in range(3):
                    last = page.text_content("#list > li:last-child")
                    begun = time.perf_counter()
                    page.click("#older")
                    page.wait_for_function(
                        "text => document.querySelector('#list > li:last-child').textContent !== text", arg=last
                    )
                    turned.append(1e3 * (time.perf_counter() - begun))
                page.close()
    return statistics.median(shown), statistics.median(turned)
