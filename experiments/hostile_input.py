"""Give the client malformed answers and the receiver malformed callbacks, tens of thousands of each.

    python -m experiments.hostile_input                 writes figures
    python -m experiments.hostile_input --count 2000    so many of each kind; writes nothing

Exit code 1 if anything but a result, an event or an error of ours came out, if a word on the outcome was wrong, or if
the memory grew by 32 MiB or more. Growth is what Python's own allocator counts, at its peak, without the input itself.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import gzip
import io
import logging
import sys
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import hypothesis
from hypothesis import HealthCheck
from hypothesis.strategies import SearchStrategy
from jsmskit import AsyncJsmsClient, JsmsClient
from jsmskit.callbacks import AsgiCallbacks, CallbackEndpoint, WsgiCallbacks

from experiments import figures_files
from tests.callbacks.hostile_forms import BODIES, FORMS, QUERIES, judge_body, judge_form, judge_query, verifier
from tests.client.callers import APP, CLIENT_KINDS, DEV, AsyncScript, Caller, Script
from tests.client.faults.wire import Wire, serving
from tests.client.operations import CALLS, PHONE
from tests.fuzz.hostile_answers import QUIET, ask, judged, raw_answers, replies, told

MOST_GROWTH_MIB = 32
GIBIBYTE = 2**30
CHUNK = 2**20


def judge_all(given: Iterable[Any], judge: Callable[[Any], str]) -> dict[str, Any]:
    """Judge each input and return the figures. Whatever is raised there is a violation."""
    endings: Counter[str] = Counter()
    violations = 0
    gc.collect()
    tracemalloc.start()
    for one in given:
        try:
            endings[judge(one)] += 1
        except Exception as error:  # noqa: BLE001  # strays are what is looked for
            violations += 1
            print(f"VIOLATION {type(error).__name__}: {error!s:.200} for {one!r:.300}", flush=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {
        "cases": sum(endings.values()) + violations,
        "violations": violations,
        "peak_growth_mib": round(peak / 2**20, 1),
        "endings": dict(sorted(endings.items())),
    }


def answers(client_kind: str, count: int, seed: int) -> dict[str, Any]:
    """Answers as a transport hands them over, to all operations."""
    with asyncio.Runner() as runner:

        def judge(given: Any) -> str:
            operation, reply = given
            script = Script(reply)
            if client_kind == "sync":
                call = partial(CALLS[operation], JsmsClient(*APP, **DEV, transport=script, retry=QUIET))
            else:
                client = AsyncJsmsClient(*APP, **DEV, transport=AsyncScript(script), retry=QUIET)
                call = partial(ask, runner, client, operation)
            return judged(operation, reply, script, *told(call))

        return judge_all(list(replies(count, seed)), judge)


def over_sockets(client_kind: str, given: list[Any], send: Callable[[Wire, Any], None]) -> dict[str, Any]:
    """Answer calls over real sockets with whatever `send` makes of each input."""
    current: Any = None

    def act(connection: Wire) -> None:
        connection.read_body()
        send(connection, current)

    with serving(act) as server:
        address = f"http://127.0.0.1:{server.port}/v1"
        with Caller(client_kind, base_url=address, retry=QUIET, deadline=30.0) as caller:

            def judge(one: Any) -> str:
                nonlocal current
                current = one
                server.brought.clear()
                result, error = told(lambda: caller(lambda client: client.codes.send(PHONE)))
                if error is None:
                    assert result.msg_id
                    return "result"
                assert error.outcome != "not_sent"
                assert error.__context__ is None
                return type(error).__name__

            return judge_all(given, judge)


def send_raw(connection: Wire, answer: bytes) -> None:
    """Send a whole HTTP answer whose head or framing may be broken."""
    connection.send(answer)
    connection.close()


def drawn(strategy: SearchStrategy[Any], count: int, seed: int) -> list[Any]:
    """Draw the inputs first, so that the memory of drawing them does not count."""
    given: list[Any] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @hypothesis.given(strategy)
    def draw(one: Any) -> None:
        given.append(one)

    draw()
    return given


def _compressed_twice() -> list[bytes]:
    """A gibibyte of nothing, compressed twice: some kilobytes."""
    inner = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(inner.compress(bytes(CHUNK)) for _ in range(GIBIBYTE // CHUNK)) + inner.flush()
    twice = gzip.compress(packed)
    return [f"Content-Length: {len(twice)}\r\nContent-Encoding: gzip, gzip\r\n\r\n".encode(), twice]


def _gibibyte() -> Iterator[bytes]:
    yield f"Content-Length: {GIBIBYTE}\r\n\r\n".encode()
    yield from (b" " * CHUNK for _ in range(GIBIBYTE // CHUNK))


def _gibibyte_in_chunks() -> Iterator[bytes]:
    yield b"Transfer-Encoding: chunked\r\n\r\n"
    yield from (b"%x\r\n%s\r\n" % (CHUNK, b" " * CHUNK) for _ in range(GIBIBYTE // CHUNK))


def _gibibyte_of_headers() -> Iterator[bytes]:
    yield from (b"X-More: " + b"a" * 1000 + b"\r\n" for _ in range(GIBIBYTE // 1010))


def send_large(connection: Wire, make: Callable[[], Iterable[bytes]]) -> None:
    """Send an answer that wants more memory than there is to give."""
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    for piece in make():
        connection.send(piece)


class _Endless(io.RawIOBase):
    """A body of a gibibyte that is made as it is read."""

    left = GIBIBYTE

    def read(self, size: int = -1) -> bytes:
        size = min(self.left, self.left if size < 0 else size)
        self.left -= size
        return b"a" * size


def large_callback(interface: str) -> str:
    """Post a gibibyte to a mounted application; its status must be 413."""
    endpoint, body, statuses = CallbackEndpoint(verifier(), lambda event: None), _Endless(), []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body.read(CHUNK), "more_body": body.left > 0}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(str(message["status"]))

    if interface == "wsgi":
        environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(GIBIBYTE), "wsgi.input": body}
        WsgiCallbacks(endpoint)(environ, lambda status, headers: statuses.append(status[:3]))
    else:
        scope = {"type": "http", "method": "POST", "headers": [], "query_string": b""}
        asyncio.run(AsgiCallbacks(endpoint)(scope, receive, send))
    assert statuses == ["413"]
    return statuses[0]


def run(count: int, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the figures of each kind of input."""
    packed = _compressed_twice()
    large = [lambda: packed, _gibibyte, _gibibyte_in_chunks, _gibibyte_of_headers]
    for kind in CLIENT_KINDS:
        yield f"answers, {kind}", answers(kind, count, seed)
        yield f"on the wire, {kind}", over_sockets(kind, list(raw_answers(count // 4, seed)), send_raw)
        yield f"answers of 1 GiB, {kind}", over_sockets(kind, large, send_large)
    yield "callback forms", judge_all(drawn(FORMS, count // 2, seed), judge_form)
    yield "callback bodies", judge_all(drawn(BODIES, count // 4, seed), judge_body)
    yield "address checks", judge_all(drawn(QUERIES, count // 4, seed), judge_query)
    yield "callbacks of 1 GiB", judge_all(["wsgi", "asgi"], large_callback)


def main() -> int:
    """Run, write, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    kinds = dict(run(given.count or 20_000, given.seed))
    figures = {
        "command": "python -m experiments.hostile_input",
        "seed": given.seed,
        "cases": sum(kind["cases"] for kind in kinds.values()),
        "violations": sum(kind["violations"] for kind in kinds.values()),
        "peak_growth_mib": max(kind["peak_growth_mib"] for kind in kinds.values()),
        "kinds": kinds,
    }
    figures_files.write("hostile_input", figures, keep=given.count is None)
    return int(bool(figures["violations"] or figures["peak_growth_mib"] >= MOST_GROWTH_MIB))


if __name__ == "__main__":
    sys.exit(main())
