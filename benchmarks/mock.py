"""The mock against Prism, the mock server that people know for OpenAPI: a send, the start, memory; batches and reset.

Prism checks a request against the spec and answers an example; ours checks, applies every rule, and keeps what was
sent. Both are processes of their own on one core, asked by one closed loop from the other; CPU time is read from the
kernel. Every answer must be a success, and what was sent must be there afterwards. Prism's log is off: with it, it
costs twice as much. Prism is installed by scripts/toolchains (tests/consumers/prism); ours runs from the development
environment, which has what the extra `mock` brings.
"""

from __future__ import annotations

import base64
import contextlib
import json
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

from benchmarks import peers
from benchmarks.closed_loop import ClosedLoop, post
from benchmarks.harness import Curve, Measured, Row, Settings, client_core, compare, stub_core
from benchmarks.pinned_process import PinnedProcess, free_port, on_core
from tools.spec_linters import SPEC, environment

PRISM = peers.ROOT / "tests" / "consumers" / "prism"
KEY, SECRET = "7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"
AUTHORIZATION = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
CONNECTIONS = 16
#: Read once, before this process is put on the other core.
SERVERS_CORE = stub_core()
BATCH = 1000
#: What the seed's application owns is spent after a few thousand messages.
RICH = {
    "accounts": [{"dev_key": "d" * 24, "dev_secret": "e" * 24, "balances": {"balance": 10**9}}],
    "applications": [
        {"app_key": KEY, "master_secret": SECRET, "dev_key": "d" * 24,
         "balances": {"balance": 10**9},
         "signs": [{"sign_id": 1, "sign": "测试", "status": 1, "is_default": True}]},
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Server:
    """A mock that is up."""

    process: PinnedProcess
    port: int
    path: str

    def send(self, first: int, count: int) -> None:
        """Send so many messages, each to a number of its own: limits must not bite."""
        requests = (
            post(self.path, f"127.0.0.1:{self.port}", AUTHORIZATION, message_to(first + number))
            for number in range(count)
        )
        _all_succeed(self.port, requests, CONNECTIONS)

    def send_batch(self, first: int) -> None:
        """Send one batch of the largest size."""
        request = post(f"{self.path}/batch", "127.0.0.1", AUTHORIZATION, batch_of(first))
        _all_succeed(self.port, [request], 1)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Make a control call of ours."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/_mock{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return json.loads(answer.read())


def message_to(number: int) -> bytes:
    """The body of a send to one of many numbers."""
    return b'{"mobile":"139%08d","temp_id":1,"temp_para":{"code":"123456"}}' % (number % 10**8)


def batch_of(first: int) -> bytes:
    """The body of a batch of the largest size, to numbers from one on."""
    recipients = ",".join(
        f'{{"mobile":"139{first + number:08d}","temp_para":{{"code":"123456"}}}}' for number in range(BATCH)
    )
    return f'{{"temp_id":1,"recipients":[{recipients}]}}'.encode()


def _all_succeed(port: int, requests: Any, connections: int) -> None:
    loop = ClosedLoop("127.0.0.1", port, connections)
    try:
        for answer in loop.answers(requests):
            if not answer.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"bench: a request was refused: {answer[-300:]!r}")
    finally:
        loop.close()


def prism_command(port: int) -> list[str]:
    """How Prism is started, its log off."""
    script = PRISM / "node_modules" / ".bin" / "prism"
    if not script.exists():
        raise SystemExit("bench: Prism is not installed; run scripts/toolchains")
    return ["node", str(script), "mock", str(SPEC), "--host", "127.0.0.1", "--port", str(port),
            "--verboseLevel", "silent"]  # fmt: skip


def our_command(port: int, *more: str) -> list[str]:
    """How ours is started, by the command that people use."""
    return [sys.executable, "-m", "jsmskit", "mock", "serve", "--port", str(port), *more]


@contextlib.contextmanager
def serving(name: str, *more: str) -> Iterator[Server]:
    """A mock that answers: `prism`, or ours."""
    port = free_port()
    is_prism = name == "prism"
    command = prism_command(port) if is_prism else our_command(port, *more)
    variables = environment() if is_prism else peers.environment()
    path = "/messages" if is_prism else "/v1/messages"
    with PinnedProcess(command, SERVERS_CORE, variables) as process:
        server = Server(process, port, path)
        _until_it_answers(server)
        if not is_prism:
            server.control("PUT", "/state", RICH)
        yield server


def _until_it_answers(server: Server) -> None:
    while True:
        if not server.process.is_running:
            raise SystemExit("bench: a server has ended before it answered")
        try:
            server.send(99_999_999, 1)
        except ConnectionRefusedError:
            time.sleep(0.005)
        else:
            return


def measure(settings: Settings) -> Iterator[Measured]:
    """All of it."""
    with on_core(client_core()):
        yield from sends(settings)
        yield from starts(settings)
        yield from memory(settings)
        yield batches(settings)
        yield resets(settings)


def sends(settings: Settings) -> Iterator[Row]:
    """CPU per send, in memory and in a file, in turns with Prism."""
    names = ("jsmskit", "jsmskit in a file", "prism")
    cost: dict[str, list[float]] = {name: [] for name in names}
    calls = settings.calls(3000)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        file = ("--db", str(Path(folder) / "mock.db"))
        up = {name: stack.enter_context(serving(name, *(file if "file" in name else ()))) for name in names}
        for server in up.values():
            server.send(0, calls)
        for turn in range(1, settings.rounds(15) + 1):
            for name in (*names[turn % 3 :], *names[: turn % 3]):
                before = up[name].process.cpu_seconds()
                up[name].send(turn * calls, calls)
                cost[name].append(1e6 * (up[name].process.cpu_seconds() - before) / calls)
        newest = message_to((settings.rounds(15) + 1) * calls - 1)
        phone = json.loads(newest)["mobile"]
        for name in names[:2]:
            if len(up[name].control("GET", f"/messages?phone={phone}")["messages"]) != 1:
                raise SystemExit(f"bench: {name} has not kept what was sent")
    for name in names[:2]:
        kept = "stored in a file" if "file" in name else "stored"
        yield Row(
            id="mock-send" if name == "jsmskit" else "mock-send-file",
            work=f"validated and {kept} send",
            against="Prism, log off, which stores nothing",
            unit="us CPU/call",
            goal=0.5 if name == "jsmskit" else None,
            note=f"{CONNECTIONS} connections, requests/s are the machine's",
            **compare({"jsmskit": cost[name], "prism": cost["prism"]}, against="prism"),
        )


def starts(settings: Settings) -> Iterator[Row]:
    """From the start of the process to its first 200: by the clock, and CPU."""
    wall: dict[str, list[float]] = {"jsmskit": [], "prism": []}
    cpu: dict[str, list[float]] = {"jsmskit": [], "prism": []}
    for _ in range(settings.rounds(7)):
        for name in wall:
            begun = time.monotonic()
            port = free_port()
            command = prism_command(port) if name == "prism" else our_command(port)
            variables = environment() if name == "prism" else peers.environment()
            path = "/messages" if name == "prism" else "/v1/messages"
            with PinnedProcess(command, SERVERS_CORE, variables) as process:
                _until_it_answers(Server(process, port, path))
                wall[name].append(time.monotonic() - begun)
                cpu[name].append(process.cpu_seconds())
    for told, unit in ((cpu, "s CPU"), (wall, "s")):
        yield Row(
            id=f"mock-start-{unit.replace(' ', '-').lower()}",
            work="from the start to the first 200",
            against="Prism, log off",
            unit=unit,
            goal=0.2,
            **compare(told, against="prism"),
        )


def memory(settings: Settings) -> Iterator[Measured]:
    """Proportional set size after so many messages."""
    most = settings.calls(100_000)
    counts = [most // 100, most // 5, 2 * most // 5, 3 * most // 5, 4 * most // 5, most]
    lines: dict[str, list[tuple[float, float]]] = {"jsmskit": [], "prism": []}
    with contextlib.ExitStack() as stack:
        up = {name: stack.enter_context(serving(name)) for name in lines}
        sent = 0
        for count in counts:
            for name, server in up.items():
                server.send(sent, count - sent)
                lines[name].append((count, server.process.memory_megabytes()))
            sent = count
    ends = {name: [points[-1][1]] for name, points in lines.items()}
    yield Row(
        id="mock-memory",
        work=f"memory after {most:,} messages",
        against="Prism, log off, which stores nothing",
        unit="MB",
        goal=1 / 3,
        **compare(ends, against="prism"),
    )
    flat = {"late": [lines["jsmskit"][-1][1]], "early": [lines["jsmskit"][1][1]]}
    yield Row(
        id="mock-memory-flat",
        work=f"memory after {most:,} messages",
        against=f"its own after {counts[1]:,}",
        unit="MB",
        goal=1.05,
        **compare(flat, subject="late", against="early"),
    )
    yield Curve("mock-memory-growth", "Memory of the mock", "messages", "MB", lines)


def batches(settings: Settings) -> Row:
    """CPU of one batch of 1000 recipients, against the same thousand sent one by one."""
    cost: dict[str, list[float]] = {"batch": [], "singles": []}
    with serving("jsmskit") as server:
        for turn in range(settings.rounds(11)):
            for name in cost:
                first = (2 * turn + (name == "singles")) * 10 * BATCH
                before = server.process.cpu_seconds()
                if name == "batch":
                    for number in range(10):
                        server.send_batch(first + number * BATCH)
                    cost[name].append(1e3 * (server.process.cpu_seconds() - before) / 10)
                else:
                    server.send(first, BATCH)
                    cost[name].append(1e3 * (server.process.cpu_seconds() - before))
    return Row(
        id="mock-batch",
        work=f"a batch of {BATCH} recipients",
        against=f"{BATCH} single sends",
        unit="ms CPU",
        note=f"the goal is 60 ms a batch; the cheapest round took {min(cost['batch']):.1f}",
        **compare(cost, subject="batch", against="singles"),
    )


_RESET = """
import json, time
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
mock = JsmsMock()
costs = []
for turn in range(ROUNDS):
    mock.add_application(mock.state.seed.applications[0])
    before = time.process_time()
    mock.reset()
    costs.append(1e3 * (time.process_time() - before))
fresh = []
for turn in range(ROUNDS):
    before = time.process_time()
    JsmsMock().close()
    fresh.append(1e3 * (time.process_time() - before))
print(json.dumps([costs, fresh]))
"""


def resets(settings: Settings) -> Row:
    """CPU of a reset, against a mock made again."""
    script = _RESET.replace("ROUNDS", str(settings.rounds(200)))
    # A reset is too short to be read from outside.
    command = [sys.executable, "-c", script]
    said = subprocess.run(command, check=True, capture_output=True, env=peers.environment()).stdout
    reset, fresh = json.loads(said)
    return Row(
        id="mock-reset",
        work="reset",
        against="a mock made again",
        unit="ms CPU",
        note=f"the goal is 1 ms; median {statistics.median(reset):.2f}",
        **compare({"reset": reset, "fresh": fresh}, subject="reset", against="fresh"),
    )
