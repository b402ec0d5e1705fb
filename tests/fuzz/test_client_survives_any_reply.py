"""Whatever a server answers, out comes a result or a `JsmsError`; nothing else, and never a wrong word on
the outcome.

Answers are made by a seeded generator that knows the good answers of the spec and how to spoil them. Every
one goes to an operation in both colours. `JSMS_FUZZ_ANSWERS` sets how many (2,000 unless said; the full run
has 20,000).
"""

from __future__ import annotations

import asyncio
import copy
import gzip
import json
import os
import random
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest
from jsms_api.error_table import ERRORS
from jsms_api.operations import OPERATIONS
from jsmskit import AsyncJsmsClient, JsmsClient, JsmsError, Outcome, RetryPolicy, spec

from tests.client.callers import APP, DEV, Answer, AsyncScript, Script
from tests.client.operations import CALLS

COUNT = int(os.environ.get("JSMS_FUZZ_ANSWERS", "2000"))
SEED = int(os.environ.get("JSMS_FUZZ_SEED", "20261122"))
EXAMPLES = spec.load(spec.Form.FIXTURES)["operations"]
MEMORY_LIMIT = 32 * 1024 * 1024

SCALARS: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**63,
    2**70,
    1.5,
    -0.0,
    "",
    "x",
    "0",
    "13800138000",
    "../..",
    "\u0000",
    "极光",
    "\U0001f4a9",
    "9" * 30,
    [],
    {},
    [[]],
    {"a": {"b": []}},
)
RAW: tuple[bytes, ...] = (
    b"",
    b" ",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"NaN",
    b"Infinity",
    b'{"a":1e999}',
    b'{"msg_id":1,"msg_id":2}',
    b'{"msg_id":"\\ud800"}',
    b'"\\udfff"',
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b"<html>502 Bad Gateway</html>",
    b"[" * 100_000,
    b"[" * 40 + b"]" * 40,
    b'{"a":' * 2000 + b"1" + b"}" * 2000,
    b"1" * 1_000_000,
    b'{"msg_id": ' + b"9" * 5000 + b"}",
    b"\x00" * 100,
    b'{"error": null}',
    b'{"error": {"code": null, "message": null}}',
    b'{"error": {"code": true}}',
    b'{"error": {"code": "50006", "message": 5}}',
    b'{"error": {"code": 1e2, "message": "x"}}',
    b'{"error": {"code": 99999, "message": "' + b"x" * 10_000 + b'"}}',
    b'{"error": [50006]}',
    b'{"is_valid": 1}',
    b'{"is_valid": "true"}',
    b'{"is_valid": true, "error": {"code": 50010, "message": "invalid code"}}',
    gzip.compress(b'{"msg_id":"1"}'),
)
TYPES = (
    "application/json",
    "application/json; charset=gb18030",
    "text/html",
    "",
    "x",
    "multipart/form-data",
    "\u00ff",
)


def replies(count: int, seed: int) -> Iterator[tuple[str, Answer]]:
    """Operations and answers to them, the same for the same seed."""
    source = random.Random(seed)
    names = sorted(CALLS)
    for _ in range(count):
        operation = source.choice(names)
        yield operation, _reply(source, operation)


def _reply(source: random.Random, operation: str) -> Answer:
    kind = source.random()
    if kind < 0.25:
        body = source.choice(RAW)
    elif kind < 0.35:
        body = source.randbytes(source.randrange(200))
    elif kind < 0.55:
        body = json.dumps(
            {"error": {"code": source.choice([*ERRORS, 0, -5, 5, 60000]), "message": "m"}}
        ).encode()
    else:
        body = _spoilt(source, operation)
    if source.random() < 0.15 and body:
        body = body[: source.randrange(len(body))]
    status = source.choice([200, 200, 200, 200, source.choice([400, 403, 500]), source.randrange(100, 1000)])
    headers = {"content-type": source.choice(TYPES)}
    if source.random() < 0.1:
        headers["content-encoding"] = source.choice(["gzip", "br", "identity", "x", "gzip, gzip"])
    if source.random() < 0.1:
        headers["retry-after"] = source.choice(["5", "-1", "x", "9" * 50, "Wed, 21 Oct 2026 07:28:00 GMT"])
    if source.random() < 0.1:
        headers["location"] = source.choice(
            ["https://evil.example/", "//x:y", "http://[", "\u0000", "/v1/codes"]
        )
    return status, headers, body


def _spoilt(source: random.Random, operation: str) -> bytes:
    answers = [
        example["value"]
        for status in EXAMPLES[operation]["answers"].values()
        for example in (status or {"": {"value": None}}).values()
    ]
    value = json.loads(json.dumps(source.choice(answers)))
    for _ in range(source.randrange(4)):
        value = _changed(source, value)
    text = json.dumps(value, ensure_ascii=source.random() < 0.5)
    return text.encode("utf-8", "surrogatepass")


def _changed(source: random.Random, value: Any) -> Any:
    """The value with one thing in it replaced, removed, added or doubled."""
    if isinstance(value, dict) and value and source.random() < 0.85:
        key = source.choice(sorted(value))
        what = source.random()
        if what < 0.2:
            del value[key]
        elif what < 0.3:
            value["surprise"] = copy.deepcopy(source.choice(SCALARS))
        else:
            value[key] = _changed(source, value[key])
        return value
    if isinstance(value, list) and value and source.random() < 0.85:
        place = source.randrange(len(value))
        if source.random() < 0.3:
            value.append(copy.deepcopy(value[place]))
        else:
            value[place] = _changed(source, value[place])
        return value
    return copy.deepcopy(source.choice(SCALARS))


def told(call: Callable[[], Any]) -> tuple[Any, JsmsError | None]:
    """The result of a call or its error. Any other exception ends the test."""
    try:
        return call(), None
    except JsmsError as error:
        return None, error


def judged(operation: str, reply: Answer, script: Script, result: Any, error: JsmsError | None) -> str:
    """What became of one call, after a look at whether it may be so."""
    status = reply[0]
    assert len(script.sent) == 1
    if error is None:
        assert repr(result)
        assert str(result)
        if operation == "verifyCode" and result:
            assert json.loads(reply[2].decode("utf-8-sig"))["is_valid"] is True
            assert 200 <= status <= 299
        return "result"
    assert (error.operation, error.attempts, error.__context__, error.__cause__) == (operation, 1, None, None)
    assert error.outcome is not Outcome.NOT_SENT
    assert error.outcome is Outcome.UNKNOWN or status < 500
    if 200 <= status <= 299 and error.code is None:
        assert (error.outcome, error.likely) == (Outcome.UNKNOWN, "accepted")
    assert all((str(error), repr(error), error.remedy, error.remedy_zh))
    return type(error).__name__


@pytest.fixture(scope="module")
def cases() -> list[tuple[str, Answer]]:
    return list(replies(COUNT, SEED))


QUIET = RetryPolicy(max_attempts=1)


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
    """Every answer, async."""
    seen: Counter[str] = Counter()
    with asyncio.Runner() as runner:
        for operation, reply in cases:
            script = Script(reply)
            client = AsyncJsmsClient(*APP, **DEV, transport=AsyncScript(script), retry=QUIET)
            seen[judged(operation, reply, script, *told(partial(ask, runner, client, operation)))] += 1
    check(seen)


def ask(runner: asyncio.Runner, client: AsyncJsmsClient, operation: str) -> Any:
    async def asked() -> Any:
        return await CALLS[operation](client)

    return runner.run(asked())


def check(seen: Mapping[str, int]) -> None:
    """A generator that makes nothing but rubbish would test nothing: results and many kinds of errors must
    occur.
    """
    print(f"{sum(seen.values())} answers: {dict(seen)}")
    assert sum(seen.values()) == COUNT
    assert seen["result"] > COUNT // 20
    assert len(seen) >= 8


def test_every_operation_is_reached_with_every_kind_of_status(cases: list[tuple[str, Answer]]) -> None:
    """The mixture is as wide as it is said to be."""
    assert {operation for operation, _ in cases} == set(OPERATIONS)
    assert len({reply[0] for _, reply in cases}) > min(300, COUNT // 20)


def test_a_compressed_bomb_is_not_unpacked() -> None:
    """300 kB on the wire would be 300 MB in memory; no encoding was asked for, so none is decoded."""
    bomb = gzip.compress(b"\x00" * 300_000_000, compresslevel=1)
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
    assert caught.value.likely == "accepted"
    assert grown < MEMORY_LIMIT
