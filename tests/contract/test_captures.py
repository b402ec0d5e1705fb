"""Responses that the service really gave are read as what they say: over a socket, by both clients."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsmskit import APIError, Outcome

from tests.client.callers import CLIENT_KINDS, Caller
from tests.client.faults.wire import Wire, serving
from tests.client.servers import url

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


@pytest.mark.parametrize("client_kind", CLIENT_KINDS)
@pytest.mark.parametrize("name", list(CAPTURES))
def test_a_captured_response_is_read_as_what_it_says(name: str, client_kind: str) -> None:
    """A number or a text as `msg_id`, 403 or 200 for a wrong code, a charset, no reason phrase."""
    capture, expected = CAPTURES[name], EXPECTED[name]

    def answer(wire: Wire) -> None:
        wire.read_body()
        wire.send(capture["raw"].encode())

    with serving(answer) as server, Caller(client_kind, base_url=url(server)) as caller:
        try:
            result = caller(CALLS[capture["op"]])
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
