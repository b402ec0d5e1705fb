"""Gives the client malformed answers and the receiver malformed callbacks, tens of thousands, and writes the figures.

    python -m tools.hostile_input                     all parts, benchmarks/hostile-input.json
    python -m tools.hostile_input --only callbacks    one part; the figures of the others stay as they were
    python -m tools.hostile_input --count 2000        so many of each kind
    python -m tools.hostile_input --seed 7 --out F    others, another file

Exit code 1 if anything but a result, an event or an error of ours came out, if a word on the outcome was wrong, or if
the memory grew by 32 MiB or more. Growth is what Python's own allocator counts, at its peak, without the input itself.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import gzip
import io
import json
import logging
import platform
import subprocess
import sys
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import HealthCheck
from hypothesis.strategies import SearchStrategy
from jsmskit import AsyncJsmsClient, JsmsClient
from jsmskit.callbacks import AsgiCallbacks, CallbackEndpoint, CallbackEvent, CallbackVerifier, WsgiCallbacks
from jsmskit.errors import CallbackError

from tests.callbacks.hostile_forms import BODIES, FORMS, QUERIES
from tests.callbacks.signing import APP_KEY, MASTER_SECRET, Clock
from tests.client.callers import APP, CLIENT_KINDS, DEV, AsyncScript, Caller, Script
from tests.client.faults.wire import Wire, serving
from tests.client.operations import CALLS, PHONE
from tests.fuzz.hostile_answers import QUIET, ask, judged, raw_answers, replies, told

ROOT = Path(__file__).resolve().parents[1]
MOST_GROWTH = 32 * 2**20
GIBIBYTE = 2**30
CHUNK = 2**20


class Seen:
    """What came out of one part, and how far the memory grew meanwhile."""

    def __init__(self) -> None:
        self.endings: Counter[str] = Counter()
        self.violations: list[str] = []
        self.peak = 0

    def note(self, given: object, judge: Callable[[], str]) -> None:
        """Judge one input. Whatever is raised there is a violation."""
        try:
            self.endings[judge()] += 1
        except Exception as error:  # noqa: BLE001  # strays are what is looked for
            self.violations.append(f"{type(error).__name__}: {error!s:.200} for {given!r:.300}")

    def __enter__(self) -> Seen:
        gc.collect()
        tracemalloc.start()
        return self

    def __exit__(self, *unused: object) -> None:
        self.peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    def figures(self) -> dict[str, Any]:
        """As they go to the file."""
        for violation in self.violations:
            print(f"VIOLATION {violation}", flush=True)
        return {
            "cases": sum(self.endings.values()) + len(self.violations),
            "violations": len(self.violations),
            "peak_growth_mib": round(self.peak / 2**20, 1),
            "endings": dict(sorted(self.endings.items())),
        }


def answers(client_kind: str, count: int, seed: int) -> dict[str, Any]:
    """Answers as a transport hands them over, to all operations."""
    given = list(replies(count, seed))
    with asyncio.Runner() as runner, Seen() as seen:
        for operation, reply in given:
            script = Script(reply)
            if client_kind == "sync":
                call = partial(CALLS[operation], JsmsClient(*APP, **DEV, transport=script, retry=QUIET))
            else:
                client = AsyncJsmsClient(*APP, **DEV, transport=AsyncScript(script), retry=QUIET)
                call = partial(ask, runner, client, operation)
            seen.note((operation, reply), lambda: judged(operation, reply, script, *told(call)))  # noqa: B023  # at once
    return seen.figures()


def wire(client_kind: str, count: int, seed: int) -> dict[str, Any]:
    """Whole HTTP answers over real sockets, their heads and framings broken."""
    given = list(raw_answers(count, seed))
    place = 0

    def act(connection: Wire) -> None:
        connection.read_body()
        connection.send(given[place])
        connection.close()

    with serving(act) as server, Seen() as seen:
        address = f"http://127.0.0.1:{server.port}/v1"
        with Caller(client_kind, base_url=address, retry=QUIET, deadline=5.0) as caller:
            for place in range(len(given)):
                seen.note(given[place], lambda: _sent_code(caller))
                server.brought.clear()
    return seen.figures()


def _sent_code(caller: Caller) -> str:
    result, error = told(lambda: caller(lambda client: client.codes.send(PHONE)))
    if error is None:
        assert result.msg_id
        return "result"
    assert error.outcome != "not_sent"
    assert error.__context__ is None
    return type(error).__name__


def callbacks(strategy: SearchStrategy[Any], judge: Callable[[Any], str], count: int, seed: int) -> dict[str, Any]:
    """Forms, bodies or queries, drawn first, so that the memory of drawing them does not count."""
    given: list[Any] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @hypothesis.given(strategy)
    def draw(one: Any) -> None:
        given.append(one)

    draw()
    with Seen() as seen:
        for one in given:
            seen.note(one, partial(judge, one))
    return seen.figures()


def _verifier() -> CallbackVerifier:
    return CallbackVerifier(APP_KEY, MASTER_SECRET, clock=Clock())


def _parsed(form: Any) -> str:
    try:
        event = _verifier().parse(form)
    except CallbackError as error:
        return type(error).__name__
    assert isinstance(event, CallbackEvent)
    assert event.identity
    assert not any(number in repr(event) for number in ("15822889320", "13720481024"))
    return type(event).__name__


def _answered(body: bytes) -> str:
    status = CallbackEndpoint(_verifier(), lambda event: None).respond("POST", "", {}, body).status
    assert status in {200, 400, 403}
    return str(status)


def _echoed(query: Any) -> str:
    try:
        echoed = _verifier().echo(query)
    except CallbackError as error:
        return type(error).__name__
    assert echoed.isalnum()
    assert len(echoed) <= 64
    return "echo"


def _bomb() -> Iterator[bytes]:
    """A gibibyte of nothing, compressed twice: some kilobytes."""
    inner = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(inner.compress(bytes(CHUNK)) for _ in range(GIBIBYTE // CHUNK)) + inner.flush()
    twice = gzip.compress(packed)
    yield f"Content-Length: {len(twice)}\r\nContent-Encoding: gzip, gzip\r\n\r\n".encode()
    yield twice


def _gibibyte() -> Iterator[bytes]:
    yield f"Content-Length: {GIBIBYTE}\r\n\r\n".encode()
    yield from (b" " * CHUNK for _ in range(GIBIBYTE // CHUNK))


def _gibibyte_in_chunks() -> Iterator[bytes]:
    yield b"Transfer-Encoding: chunked\r\n\r\n"
    yield from (b"%x\r\n%s\r\n" % (CHUNK, b" " * CHUNK) for _ in range(GIBIBYTE // CHUNK))


def _gibibyte_of_headers() -> Iterator[bytes]:
    yield from (b"X-More: " + b"a" * 1000 + b"\r\n" for _ in range(GIBIBYTE // 1010))


LARGE_ANSWERS: dict[str, Callable[[], Iterable[bytes]]] = {
    "compressed twice": _bomb,
    "1 GiB": _gibibyte,
    "1 GiB in chunks": _gibibyte_in_chunks,
    "1 GiB of headers": _gibibyte_of_headers,
}


def large_answer(client_kind: str, name: str) -> dict[str, Any]:
    """One answer over a real socket that wants more memory than there is to give."""
    pieces = list(LARGE_ANSWERS[name]()) if name == "compressed twice" else LARGE_ANSWERS[name]()

    def act(connection: Wire) -> None:
        connection.read_body()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
        for piece in pieces:
            connection.send(piece)

    with serving(act) as server, Seen() as seen:
        address = f"http://127.0.0.1:{server.port}/v1"
        with Caller(client_kind, base_url=address, retry=QUIET) as caller:
            seen.note(name, lambda: _sent_code(caller))
    return seen.figures()


class _Endless(io.RawIOBase):
    """A body of a gibibyte that is made as it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.left = GIBIBYTE

    def readable(self) -> bool:
        """See `io`."""
        return True

    def read(self, size: int = -1) -> bytes:
        """See `io`."""
        size = min(self.left, self.left if size < 0 else size)
        self.left -= size
        return b"a" * size


def large_callback(mouth: str) -> dict[str, Any]:
    """A callback of a gibibyte, through both mountable applications."""
    endpoint = CallbackEndpoint(_verifier(), lambda event: None)
    told_status: list[str] = []
    body = _Endless()

    def wsgi() -> str:
        environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(GIBIBYTE), "wsgi.input": body}
        WsgiCallbacks(endpoint)(environ, lambda status, headers: told_status.append(status[:3]))
        return told_status[0]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body.read(CHUNK), "more_body": body.left > 0}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told_status.append(str(message["status"]))

    def asgi() -> str:
        scope = {"type": "http", "method": "POST", "headers": [], "query_string": b""}
        asyncio.run(AsgiCallbacks(endpoint)(scope, receive, send))
        return told_status[0]

    with Seen() as seen:
        seen.note(mouth, wsgi if mouth == "wsgi" else asgi)
    if list(seen.endings) != ["413"]:
        seen.violations.append(f"answered {dict(seen.endings)}")
    return seen.figures()


PARTS = ("answers", "wire", "callbacks", "memory")


def run(part: str, count: int, seed: int) -> dict[str, Any]:
    """The figures of one part."""
    if part == "answers":
        return {f"answers, {client_kind}": answers(client_kind, count, seed) for client_kind in CLIENT_KINDS}
    if part == "wire":
        return {f"on the wire, {client_kind}": wire(client_kind, count // 4, seed) for client_kind in CLIENT_KINDS}
    if part == "callbacks":
        return {
            "callback forms": callbacks(FORMS, _parsed, count // 2, seed),
            "callback bodies": callbacks(BODIES, _answered, count // 4, seed),
            "address checks": callbacks(QUERIES, _echoed, count // 4, seed),
        }
    large = {
        f"{name}, {client_kind}": large_answer(client_kind, name)
        for name in LARGE_ANSWERS
        for client_kind in CLIENT_KINDS
    }
    return large | {f"callback of 1 GiB, {mouth}": large_callback(mouth) for mouth in ("wsgi", "asgi")}


def main() -> int:
    """Run, write, judge."""
    parser = argparse.ArgumentParser(description="Malformed answers and callbacks by the ten thousand.")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "hostile-input.json")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    known = json.loads(given.out.read_text(encoding="utf-8")) if given.out.exists() else {"parts": {}}
    parts: dict[str, Any] = known["parts"]
    for part in given.only:
        stamp = {"commit": commit.stdout.strip(), "seed": given.seed, "python": platform.python_version()}
        parts[part] = stamp | {"kinds": run(part, given.count, given.seed)}
        print(json.dumps({part: parts[part]}, indent=2), flush=True)
    kinds = [kind for part in parts.values() for kind in part["kinds"].values()]
    written = {
        "what": "malformed answers and callbacks: nothing comes out but results, events and errors of ours",
        "command": "python -m tools.hostile_input",
        "cases": sum(kind["cases"] for kind in kinds),
        "violations": sum(kind["violations"] for kind in kinds),
        "peak_growth_mib": max(kind["peak_growth_mib"] for kind in kinds),
        "parts": {part: parts[part] for part in PARTS if part in parts},
    }
    given.out.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    return 1 if written["violations"] or written["peak_growth_mib"] * 2**20 >= MOST_GROWTH else 0


if __name__ == "__main__":
    sys.exit(main())
