"""Whatever a server answers, out comes a result or a `JsmsError`; nothing else, and never a wrong word on
the outcome.

Answers are made by a seeded generator that knows the good answers of the spec and how to spoil them. Every
one goes to an operation sync and async: 800 here, 20,000 and more by `python -m experiments.hostile_input`.
"""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
from collections import Counter
from collections.abc import Mapping
from functools import partial

import pytest
from jsms_api.operations import OPERATIONS
from jsmskit import AsyncJsmsClient, JsmsClient, JsmsError

from tests.client.callers import APP, DEV, Answer, AsyncScript, Caller, Script
from tests.client.faults.wire import Wire, serving
from tests.client.operations import PHONE
from tests.fuzz.hostile_answers import CALLS, QUIET, ask, judged, raw_answers, replies, told

COUNT = 800
SEED = 20261122
MEMORY_LIMIT = 32 * 1024 * 1024


@pytest.fixture(scope="module")
def cases() -> list[tuple[str, Answer]]:
    return list(replies(COUNT, SEED))


def test_sync(cases: list[tuple[str, Answer]]) -> None:
    """Every answer, sync; and whatever they promise, the memory does not grow with them."""
    seen: Counter[str] = Counter()
    tracemalloc.start()
    try:
        for operation, reply in cases:
            script = Script(reply)
            client = JsmsClient(*APP, **DEV, transport=script, retry=QUIET)
            seen[judged(operation, reply, script, *told(partial(CALLS[operation], client)))] += 1
        grown = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    print(f"peak growth {grown / 2**20:.1f} MiB")
    assert grown < MEMORY_LIMIT
    check(seen)


def test_async(cases: list[tuple[str, Answer]]) -> None:
    seen: Counter[str] = Counter()
    with asyncio.Runner() as runner:
        for operation, reply in cases:
            script = Script(reply)
            client = AsyncJsmsClient(*APP, **DEV, transport=AsyncScript(script), retry=QUIET)
            seen[judged(operation, reply, script, *told(partial(ask, runner, client, operation)))] += 1
    check(seen)


def check(seen: Mapping[str, int]) -> None:
    """A generator that makes nothing but rubbish would test nothing: results and many kinds of errors must
    occur.
    """
    print(f"{sum(seen.values())} answers: {dict(seen)}")
    assert sum(seen.values()) == COUNT
    assert seen["result"] > COUNT // 40  # few: a deletion succeeds only if its body says nothing else
    assert len(seen) >= 8


def test_every_operation_is_reached_with_every_kind_of_status(cases: list[tuple[str, Answer]]) -> None:
    assert {operation for operation, _ in cases} == set(OPERATIONS)
    assert len({reply[0] for _, reply in cases}) > min(300, COUNT // 20)


@pytest.mark.parametrize("client_kind", ["sync", "async"])
def test_broken_answers_on_the_wire(client_kind: str) -> None:
    """Status lines, headers and framings that are none: a result or a `JsmsError`, and never "not sent"."""
    answers = list(raw_answers(100, SEED))
    place = [0]

    def act(wire: Wire) -> None:
        wire.read_body()
        wire.send(answers[place[0]])
        wire.close()

    seen: Counter[str] = Counter()
    with serving(act) as server:
        address = f"http://127.0.0.1:{server.port}/v1"
        with Caller(client_kind, base_url=address, retry=QUIET, deadline=5.0) as caller:
            for place[0] in range(len(answers)):
                result, error = told(lambda: caller(lambda client: client.codes.send(PHONE)))
                assert error is None or error.outcome != "not_sent", answers[place[0]]
                assert error is not None or result.msg_id, answers[place[0]]
                seen["result" if error is None else type(error).__name__] += 1
    print(dict(seen))
    assert len(seen) >= 4


def test_a_compressed_bomb_is_not_unpacked() -> None:
    """50 kB on the wire would be 50 MB in memory; no encoding was asked for, so none is decoded."""
    bomb = gzip.compress(b"\x00" * 50_000_000, compresslevel=1)
    reply = (200, {"content-encoding": "gzip", "content-type": "application/json"}, bomb)
    client = JsmsClient(*APP, transport=Script(reply))
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        with pytest.raises(JsmsError, match="encoded") as caught:
            client.codes.send("13800138000")
        grown = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert caught.value.presumed_outcome == "accepted"
    assert grown < MEMORY_LIMIT
