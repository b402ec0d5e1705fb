"""Responses that the service really gave are read as what they say: over a socket, by both clients."""

from __future__ import annotations

import asyncio
import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jsmskit import APIError, AsyncJsmsClient, JsmsClient, Outcome

KEYS = ("0" * 24, "1" * 24)
CAPTURES = {
    one["id"]: one
    for one in json.loads(Path(__file__).with_name("captures").joinpath("captures.json").read_text("utf-8"))
}
CALLS: dict[str, Callable[[Any], Any]] = {
    "messages.send": lambda client: client.messages.send("13800138000", template_id=1),
    "codes.send": lambda client: client.codes.send("13800138000", template_id=1),
    "codes.verify": lambda client: client.codes.verify("288193860302", "123456"),
    "schedules.cancel": lambda client: client.schedules.cancel("1a886e7c-a267-49e6-9970-0d396ca5bb1e"),
}
#: What each of them says: an id that was assigned, a code on the code that was typed, or a refusal.
EXPECTED: dict[str, Any] = {
    "R1a": {"status": 403, "code": 50006},
    "R1b": "303799781775",
    "R2": 50010,
    "R3": 50011,
    "R4": 50012,
    "R5a": "f847dabd-48c1-4f9f-809f-ac3bfd86f57f",
    "R5b": {"status": 403, "code": 50013},
    "R6": 50026,
    "V1": 50010,
    "V2": None,
}


@contextmanager
def serve(raw: bytes) -> Iterator[str]:
    """Answer every request with these bytes; the base URL."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while (head := self.rfile.readline()) not in (b"", b"\r\n"):
                if head.lower().startswith(b"content-length:"):
                    size = int(head.partition(b":")[2])
                    self.server.size = size  # type: ignore[attr-defined]
            self.rfile.read(getattr(self.server, "size", 0))
            self.wfile.write(raw)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()


async def call_async(url: str, call: Callable[[Any], Any]) -> Any:
    """Make one call with the async client."""
    async with AsyncJsmsClient(*KEYS, base_url=url) as client:
        return await call(client)


def call_sync(url: str, call: Callable[[Any], Any]) -> Any:
    """Make one call with the sync client."""
    with JsmsClient(*KEYS, base_url=url) as client:
        return call(client)


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("name", list(CAPTURES))
def test_a_captured_response_is_read_as_what_it_says(name: str, asynchronous: bool) -> None:
    """A number or a text as `msg_id`, 403 or 200 for a wrong code, a charset, no reason phrase."""
    capture = CAPTURES[name]
    call = CALLS[capture["op"]]
    expected = EXPECTED[name]

    with serve(capture["raw"].encode()) as url:
        try:
            result = asyncio.run(call_async(url, call)) if asynchronous else call_sync(url, call)
        except APIError as error:
            result = error

    if isinstance(result, APIError):
        assert {"status": result.http_status, "code": result.code} == expected
        assert result.outcome is Outcome.REJECTED
    elif capture["op"] == "codes.verify":
        assert (bool(result), result.error_code) == (False, expected)
    else:
        assert getattr(result, "msg_id", None) == expected


def test_every_capture_says_where_it_was_found() -> None:
    assert CAPTURES.keys() == EXPECTED.keys()
    assert all(one["source"] for one in CAPTURES.values())
