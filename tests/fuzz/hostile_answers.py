"""Answers that no service should give, made from a seed; and what may become of a call that gets one."""

from __future__ import annotations

import asyncio
import copy
import gzip
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from jsms_api.error_table import ERRORS
from jsmskit import AsyncJsmsClient, JsmsError, Outcome, RetryPolicy, spec

from tests.client.callers import Answer, Script
from tests.client.operations import CALLS

QUIET = RetryPolicy(max_attempts=1)
EXAMPLES = spec.load(spec.Form.FIXTURES)["operations"]

SCALARS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**70, 1.5, -0.0, "", "x", "0", "13800138000", "../..", "\u0000", "极光",
    "\U0001f4a9", "9" * 30, [], {}, [[]], {"a": {"b": []}},
)  # fmt: skip
RAW: tuple[bytes, ...] = (
    b"", b" ", b"null", b"true", b"[]", b"{}", b"NaN", b"Infinity", b'{"a":1e999}', b'{"msg_id":1,"msg_id":2}',
    b'{"msg_id":"\\ud800"}', b'"\\udfff"', b"\xff\xfe", b"\xef\xbb\xbf{}", b"<html>502 Bad Gateway</html>",
    b"[" * 100_000, b"[" * 40 + b"]" * 40, b'{"a":' * 2000 + b"1" + b"}" * 2000, b"1" * 1_000_000,
    b'{"msg_id": ' + b"9" * 5000 + b"}", b"\x00" * 100, b'{"error": null}',
    b'{"error": {"code": null, "message": null}}', b'{"error": {"code": true}}',
    b'{"error": {"code": "50006", "message": 5}}', b'{"error": {"code": 1e2, "message": "x"}}',
    b'{"error": {"code": 99999, "message": "' + b"x" * 10_000 + b'"}}', b'{"error": [50006]}', b'{"is_valid": 1}',
    b'{"is_valid": "true"}', b'{"is_valid": true, "error": {"code": 50010, "message": "invalid code"}}',
    gzip.compress(b'{"msg_id":"1"}'),
)  # fmt: skip
TYPES = ("application/json", "application/json; charset=gb18030", "text/html", "", "x", "multipart/form-data", "\u00ff")


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
        body = json.dumps({"error": {"code": source.choice([*ERRORS, 0, -5, 5, 60000]), "message": "m"}}).encode()
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
        headers["location"] = source.choice(["https://evil.example/", "//x:y", "http://[", "\u0000", "/v1/codes"])
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
        assert error.outcome is Outcome.UNKNOWN
        # The body of a deletion should be empty: one that speaks of an error contradicts the status.
        assert error.presumed_outcome == "accepted" or operation.startswith("delete")
    assert all((str(error), repr(error), error.remedy, error.remedy_zh))
    return type(error).__name__


def ask(runner: asyncio.Runner, client: AsyncJsmsClient, operation: str) -> Any:
    async def asked() -> Any:
        return await CALLS[operation](client)

    return runner.run(asked())


_WIRE_PIECES = (
    b"", b"\r\n", b"\n", b"\x00", b"\xff", b" ", b":", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/9.9 2000 X\r\n", b"Content-Length: 1\r\n", b"Content-Length: 99999999999999999999\r\n",
    b"Content-Length: -1\r\n", b"Content-Length: x\r\n", b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n", b"Connection: upgrade\r\nUpgrade: h2c\r\n", b"Content-Encoding: gzip\r\n",
    b"Retry-After: 5\r\n", b"X" * 70_000 + b": y\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n",
    b"ffffffffffffffffffff\r\n",
)  # fmt: skip


def raw_answers(count: int, seed: int) -> Iterator[bytes]:
    """Whole HTTP answers with pieces put in, cut out or doubled; the same for the same seed."""
    source = random.Random(seed)
    for _ in range(count):
        body = b'{"msg_id": "288193860302"}'
        framing = source.choice(
            [
                b"Content-Length: %d\r\n\r\n%s" % (len(body), body),
                b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body),
                b"Connection: close\r\n\r\n" + body,
            ]
        )
        status = source.choice([b"200 OK", b"403 Forbidden", b"500 Oops", b"204 None", b"101 Switch", b"302 There"])
        data = b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\n" + framing
        for _ in range(source.randrange(4)):
            place, length = source.randrange(len(data)), source.randrange(12)
            piece = source.choice([*_WIRE_PIECES, source.randbytes(4), data[place : place + length]])
            data = data[:place] + piece + data[place + length * source.randrange(2) :]
        yield data
