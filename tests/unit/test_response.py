"""What came back, whichever operation it answers: envelope, encoding, limits, what may be shown of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from jsmskit._calls.responses import (
    ContradictoryResponse,
    InvalidResponse,
    ParsedResponse,
    as_code,
    flag,
    no_content,
    parse_response,
    safe_excerpt,
    text_or_number,
)


def parse(status: Any, headers: dict[str, str], body: Any) -> ParsedResponse:
    return parse_response(status, headers, body, large=True)


def envelope(error: Any) -> bytes:
    return json.dumps({"error": error}).encode()


def test_an_answer_is_its_json() -> None:
    assert parse(200, {}, b'{"msg_id": "1"}') == ParsedResponse(200, {"msg_id": "1"})
    assert parse(200, {}, b"[1]") == ParsedResponse(200, [1])
    assert parse(204, {}, b"") == ParsedResponse(204)
    assert ParsedResponse(204).readable


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        ({"code": 50006, "message": "invalid mobile"}, 50006, "invalid mobile"),
        ({"code": "50006", "message": ""}, 50006, ""),
        ({"code": 50006}, 50006, ""),
        ({"code": 50006, "message": 7}, 50006, ""),
        ({"message": "x"}, None, "x"),
        ({"code": True, "message": "x"}, None, "x"),
        ({"code": 50006.0}, None, ""),
        ({}, None, ""),
        ("text", None, ""),
        ([50006], None, ""),
        (None, None, ""),
    ],
)
def test_the_envelope_is_read_as_far_as_it_is_one(error: Any, code: int | None, message: str) -> None:
    """Whatever else stands there is no code; the answer stays readable."""
    answer = parse(403, {}, envelope(error))
    assert (answer.code, answer.message, answer.readable, answer.reason) == (code, message, True, "")
    assert answer.data == {"error": error}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1, 1),
        (999_999_999, 999_999_999),
        (1_000_000_000, None),
        (0, None),
        (-50006, None),
        ("0", 0),
        ("50006", 50006),
        ("999999999", 999_999_999),
        ("1234567890", None),
        ("", None),
        ("5e4", None),
        ([], None),
        ("٥٠", None),
        (False, None),
        (None, None),
        (1.0, None),
    ],
)
def test_a_code_is_a_positive_number_or_up_to_nine_digits(value: object, code: int | None) -> None:
    """Batches carry codes as text. No length of digits can make an integer that is slow to print."""
    assert as_code(value) == code


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "br", "identity, gzip", "x"])
def test_an_encoded_answer_is_not_unpacked(encoding: str) -> None:
    """A few hundred bytes can unpack to gigabytes, and nobody asked for an encoding."""
    given = {"content-encoding": encoding, "retry-after": "7", "location": "https://there.example/"}
    answer = parse(503, given, b"{}")
    assert (answer.data, answer.readable) == (None, False)
    assert answer.reason == "It is encoded, although no encoding was asked for."
    assert (answer.retry_after, answer.location) == (7.0, "there.example")


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_no_encoding_has_two_names(encoding: str) -> None:
    assert parse(200, {"content-encoding": encoding}, b"{}").data == {}


def test_what_is_no_json_is_unreadable_and_says_why() -> None:
    """In words of the reader, without a word of the document; waits and redirects are told all the same."""
    headers = {"retry-after": "7", "location": "https://there.example/"}
    answer = parse(502, headers, b"<html>13800138000")
    assert (answer.data, answer.readable, answer.code) == (None, False, None)
    assert answer.reason == "It is not the JSON that was expected: not JSON: Expecting value at character 0."
    assert (answer.retry_after, answer.location) == (7.0, "there.example")
    empty = parse(502, headers, b"")
    assert (empty.readable, empty.retry_after, empty.location) == (True, 7.0, "there.example")
    whole = parse(403, headers, envelope({"code": 50009, "message": "often"}))
    assert whole == ParsedResponse(403, whole.data, True, "", 50009, "often", 7.0, "there.example")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        (" 30 ", 30.0),
        ("3600", 3600.0),
        ("3601", 3600.0),
        ("950400", 3600.0),
        ("9" * 20, 3600.0),
        ("9" * 21, None),
        ("1.5", None),
        ("-1", None),
        ("", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_the_wait_that_an_answer_asks_for_is_in_seconds(text: str, seconds: float | None) -> None:
    """At most an hour: a gateway could hold a campaign for days. A date is not read: the service sends none."""
    assert parse(429, {"retry-after": text}, b"").retry_after == seconds


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("https://there.example/v1?key=secret", "there.example"),
        ("http://user:password@there.example:8080/", "there.example"),
        ("https://[::1]:8/", "::1"),
        ("/elsewhere", ""),
        ("", ""),
        ("http://[", ""),
        ("https://13800138000 is my number/", ""),
        ("https://" + "a" * 100 + "/", "a" * 100),
        ("https://" + "a" * 101 + "/", ""),
    ],
)
def test_of_a_redirect_only_the_host_is_told(location: str, host: str) -> None:
    assert parse(301, {"location": location}, b"").location == host


@pytest.mark.parametrize(
    ("status", "body"), [("200", b""), (True, b""), (200.0, b""), (200, "text"), (200, bytearray())]
)
def test_what_is_no_answer_at_all_is_a_type_error(status: Any, body: Any) -> None:
    """Only another transport can do that."""
    with pytest.raises(TypeError, match=r"^a transport returns a status, headers and bytes$"):
        parse(status, {}, body)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("invalid mobile", "invalid mobile"),
        ("code 123456 for 13800138000 abc123", "code ... for ... ..."),
        ("多了 something", "... something"),
        ("it's (not_so) bad, see: a/b; ok.", "it's (not_so) bad, see: a/b; ok."),
        ("a" * 30, "a" * 30),
        ("a" * 31, "..."),
        ("word " * 100, ("word " * 24)[:120]),
        ("", ""),
        ("9" * 10**6, "..."),
        (" " * 479 + "word", "w"),
        (" " * 480 + "word", ""),
    ],
)
def test_of_a_text_of_the_server_only_words_are_safe_excerpt(message: str, told: str) -> None:
    """A stranger could put a code, a number or a key into it."""
    assert safe_excerpt(message) == told


def test_an_answer_that_is_logged_shows_nothing_of_its_content() -> None:
    """It may hold whole numbers, and what the server says may be an echo of them."""
    answer = parse(403, {}, envelope({"code": 50006, "message": "13800138000"}))
    assert "13800138000" not in repr(answer)
    assert "code=50006" in repr(answer)


@pytest.mark.parametrize("body", [b"[" + b"1," * 1000 + b"1]", b'"' + b"x" * 65_536 + b'"'], ids=len)
def test_a_response_about_one_thing_is_small(body: bytes) -> None:
    """64 KiB and 1,000 values; a list may have more. What is larger is not read."""
    assert parse_response(200, {}, body, large=True).readable
    refused = parse_response(200, {}, body, large=False)
    assert (refused.readable, refused.data) == (False, None)
    assert "at most 65536" in refused.reason or "more than 1000 values" in refused.reason


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        (None, False),
        ({}, False),
        ([], False),
        ({"deleted": [1, "fine", {"left": None}]}, False),
        ("Error 50013", True),
        ({"last_error": 0}, True),
        ([1, {"message": ["an ERROR"]}], True),
    ],
)
def test_a_body_that_should_be_empty_may_not_speak_of_an_error(value: object, refused: bool) -> None:
    response = parse_response(200, {}, json.dumps(value).encode(), large=False)
    with pytest.raises(ContradictoryResponse) if refused else nullcontext():
        no_content(response)


@pytest.mark.parametrize(
    ("read", "value", "found"),
    [
        *((flag, value, True) for value in (True, 1, "1")),
        *((flag, value, False) for value in (False, 0, "0", 2, -1, None)),
        *((flag, value, None) for value in ("yes", [], 0.5)),
        *((text_or_number, value, str(value)) for value in (5, -5, "5", "five", "")),
        *((text_or_number, value, None) for value in (True, 0.5, None, [])),
    ],
)
def test_a_field_is_read_as_all_that_was_seen_for_it(read: Callable[..., object], value: object, found: object) -> None:
    """Anything else is an answer that cannot be understood."""
    if found is None:
        with pytest.raises(InvalidResponse, match="field is missing or not"):
            read({"field": value}, "field")
    else:
        assert read({"field": value}, "field") == found
