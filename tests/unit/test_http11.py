"""HTTP/1.1 as bytes: what is written, what is read, and what is refused; h11 is the second opinion."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsmskit._http.errors import LocalProtocolError, RemoteProtocolError, ResponseTooLarge
from jsmskit._http.http11 import RequestHeaders, ResponseParser, write_request
from jsmskit._http.protocols import TransportRequest

OK = b"HTTP/1.1 200 OK\r\n"
LIMIT = 10_000


MOST = 64 * 1024
"""Bytes that are no body: so many are taken."""


def read(answer: bytes, step: int = 0, limit: int = LIMIT, *, ended: bool = False) -> ResponseParser:
    """All of an answer, in pieces of so many bytes; `ended` says that the connection ends after it."""
    reader = ResponseParser(limit)
    pieces = [answer[at : at + step] for at in range(0, len(answer), step)] if step else [answer]
    for place, piece in enumerate(pieces):
        if reader.feed(piece):
            assert place == len(pieces) - 1, "it was over before its end"
            return reader
    assert reader.feed(b"") if ended else not "whole"
    return reader


WHOLE = {
    "counted": (OK + b"Content-Length: 5\r\n\r\nhello", b"hello", True),
    "empty": (OK + b"Content-Length: 0\r\n\r\n", b"", True),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", b"hi", True),
    "an empty reason": (b"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nhi", b"hi", True),
    "after 100 and 103": (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + OK
                          + b"Content-Length: 2\r\n\r\nhi", b"hi", True),
    "close": (OK + b"Connection: close\r\nContent-Length: 2\r\n\r\nhi", b"hi", False),
    "close among others": (OK + b"Connection: x, Close\r\nContent-Length: 2\r\n\r\nhi", b"hi", False),
    "of 1.0": (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi", b"hi", False),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", b"", True),
    "304 with a length": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", b"", True),
    "chunked": (OK + b"Transfer-Encoding: Chunked\r\n\r\n3\r\nhel\r\n002;x=y\r\nlo\r\n0\r\n\r\n", b"hello", True),
    "chunked, with a trailer": (OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n", b"a", True),
}  # fmt: skip


@pytest.mark.parametrize("step", [0, 1, 3])
@pytest.mark.parametrize("name", WHOLE)
def test_every_form_of_an_answer_is_read_in_whatever_pieces_it_comes(name: str, step: int) -> None:
    """Body and whether the connection may be used again do not depend on where the network cuts."""
    answer, body, reusable = WHOLE[name]
    reader = read(answer, step)
    assert (reader.content, reader.reusable) == (body, reusable)
    assert reader.status == int(name[:3] if name[:3].isdigit() else 200)


def test_an_answer_without_a_length_ends_with_its_connection() -> None:
    for step in (0, 1):
        reader = read(OK + b"\r\nhello", step, ended=True)
        assert (reader.content, reader.reusable) == (b"hello", False)
    assert read(OK + b"\r\n", ended=True).content == b""


def test_what_comes_after_an_answer_spoils_the_connection() -> None:
    """It would be read as the answer to the next request."""
    for name in ("counted", "empty", "204", "chunked", "chunked, with a trailer"):
        for planted in (b"H", b"\x00", WHOLE["counted"][0], WHOLE["counted"][0] * 2):
            reader = read(WHOLE[name][0] + planted)
            assert (reader.content, reader.reusable) == (WHOLE[name][1], False), name


def test_nothing_is_read_behind_a_response() -> None:
    """A parser is for one response; what comes later is not taken for a part of it."""
    reader = read(WHOLE["counted"][0])
    with pytest.raises(RemoteProtocolError):
        reader.feed(b"H")
    assert reader.content == b"hello"


REFUSED = {
    "not HTTP": b"SSH-2.0-x\r\n",
    "RTSP": b"RTSP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "the same length twice": OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
    "the same length twice in one": OK + b"Content-Length: 2, 2\r\n\r\nhi",
    "line feeds alone": b"HTTP/1.1 200 OK\nContent-Length: 2\n\nhi",
    "folded": OK + b"X: a\r\n b\r\nContent-Length: 2\r\n\r\nhi",
    "chunked and counted": OK + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    "101 without a protocol": b"HTTP/1.1 101 X\r\n\r\n",
    "a blank first": b"\r\nHTTP/1.1 200 OK\r\n\r\n",
    "HTTP/2": b"HTTP/2 200\r\n\r\n",
    "a status of two digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "a status of four digits": b"HTTP/1.1 2000 OK\r\n\r\n",
    "status 0xx": b"HTTP/1.1 099 OK\r\n\r\n",
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    "a field without a colon": OK + b"Content-Length 2\r\n\r\nhi",
    "a field without a name": OK + b": 2\r\n\r\nhi",
    "a first field that goes on": OK + b" folded\r\nContent-Length: 0\r\n\r\n",
    "a blank before the colon": OK + b"Content-Length : 2\r\n\r\nhi",
    "a NUL in a value": OK + b"X: a\x00b\r\nContent-Length: 0\r\n\r\n",
    "a CR in a value": OK + b"X: a\rb\r\nContent-Length: 0\r\n\r\n",
    "two lengths": OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "two lengths in one": OK + b"Content-Length: 5, 6\r\n\r\nhello!",
    "a length below zero": OK + b"Content-Length: -1\r\n\r\n",
    "a length with a plus": OK + b"Content-Length: +1\r\n\r\nx",
    "a length of Arabic digits": OK + "Content-Length: ١\r\n\r\nx".encode(),
    "an empty length": OK + b"Content-Length:\r\n\r\n",
    "another coding": OK + b"Transfer-Encoding: gzip\r\n\r\n",
    "two codings": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked twice": OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk without a size": OK + b"Transfer-Encoding: chunked\r\n\r\n\r\nhello",
    "a size that is none": OK + b"Transfer-Encoding: chunked\r\n\r\n0x2\r\nhi\r\n0\r\n\r\n",
    "a size after a line feed alone": OK + b"Transfer-Encoding: chunked\r\n\r\n2\nhi\r\n0\r\n\r\n",
    "a chunk longer than its size": OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhix\r\n0\r\n\r\n",
    "a chunk that ends in a line feed alone": OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\n0\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("step", [0, 1])
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_doubtful_is_refused(name: str, step: int) -> None:
    """Nobody between us and the service may understand an answer otherwise than we do."""
    with pytest.raises(RemoteProtocolError):
        read(REFUSED[name], step)


@pytest.mark.parametrize("name", sorted(set(WHOLE) - {"304 with a length"}))
def test_an_answer_that_ends_too_early_is_no_answer(name: str) -> None:
    """After every single byte: never a result."""
    answer = WHOLE[name][0]
    for end in range(len(answer)):
        reader = ResponseParser(LIMIT)
        assert not (end and reader.feed(answer[:end]))
        with pytest.raises(RemoteProtocolError, match="before the response did"):
            reader.feed(b"")


ENDLESS = {
    "headers": (OK, b"X: y\r\n"),
    "one header": (OK + b"X: ", b"y"),
    "blank lines in front": (b"H", b"\r\n"),
    "informational responses": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "zeros of a chunk's size": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "an extension of a chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"x"),
    "extensions of chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1;" + b"x" * 90 + b"\r\na\r\n"),
    "trailers": (OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n", b"X: y\r\n"),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_everything_that_could_go_on_for_ever_has_an_end(name: str) -> None:
    begun, more = ENDLESS[name]
    reader = ResponseParser(10**9)
    if begun:
        reader.feed(begun)
    with pytest.raises(RemoteProtocolError):
        deque((reader.feed(more * (1000 // len(more))) for _ in range(4 * MOST // 500)), maxlen=0)


def test_a_head_in_one_piece_is_bounded_as_well() -> None:
    with pytest.raises(RemoteProtocolError):
        ResponseParser(LIMIT).feed(OK + b"X: " + b"y" * MOST + b"\r\nContent-Length: 0\r\n\r\n")


def cpu_seconds(make: Callable[[int], bytes], size: int) -> float:
    """The least of several runs, since other programs only ever add to it."""
    data = make(size)
    spent = []
    for _ in range(3):
        reader = ResponseParser(10**9)
        begun = time.process_time()
        with contextlib.suppress(RemoteProtocolError):
            reader.feed(data)
        spent.append(time.process_time() - begun)
    return min(spent)


@pytest.mark.parametrize(
    "make",
    [
        lambda size: OK + b"X: a" + b"\r\n b" * (size // 4),
        lambda size: OK + b"X: a" + b"\r\n\t" * (size // 3),
        lambda size: OK + b"X:" + b" " * size,
        lambda size: OK + b"X:" + b" \t" * (size // 2) + b"\r\n\r\n",
        lambda size: OK + b"X: y\r\n" * (size // 6) + b"\r\n",
        lambda size: OK + b"".join(b"X%d: y\r\n" % number for number in range(size // 10)) + b"\r\n",
        lambda size: b"HTTP/1.1 100 Continue\r\n\r\n" * (size // 25),
        lambda size: OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * (size // 6),
    ],
    ids=["folded", "folded by tabs", "blanks", "blanks and tabs", "one name", "names", "informational", "chunks"],
)
def test_what_a_stranger_sends_costs_no_more_than_in_proportion(make: Callable[[int], bytes]) -> None:
    """A head of 64 KiB with a folded header once froze the process for 47 seconds. Growth is measured, not seconds."""
    small, large = 25_000, 200_000
    assert cpu_seconds(make, large) < 8 * 3 * cpu_seconds(make, small)


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Content-Length: 6\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n6\r\nhello!\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 6,
        OK + b"\r\nhello!",
    ],
)
def test_an_answer_above_the_limit_is_refused(answer: bytes) -> None:
    with pytest.raises(ResponseTooLarge):
        read(answer, limit=5)
    reader = ResponseParser(6)
    reader.feed(answer)
    assert reader.status == 200


@pytest.mark.parametrize("name", ["not HTTP", "two lengths", "a chunk without a size", "too large"])
def test_a_refusal_is_the_same_while_another_exception_is_handled(name: str) -> None:
    """A call may be made in an `except` block; its exception must not come out of the parser."""
    answer = REFUSED.get(name, OK + b"Content-Length: 99999\r\n\r\n")
    try:
        raise KeyError("of the application")
    except KeyError:
        with pytest.raises((RemoteProtocolError, ResponseTooLarge)):
            read(answer)


def test_an_interruption_within_the_parser_comes_out() -> None:
    """Ctrl-C, or the time limit of a task queue, while a header is being read."""

    class LimitError(Exception):
        pass

    for error in (KeyboardInterrupt(), LimitError(), TimeoutError()):

        class Interrupted(ResponseParser):  # type: ignore[misc]
            def on_header(self, name: bytes, value: bytes) -> None:
                raise error  # noqa: B023

        with pytest.raises(type(error)) as caught:
            Interrupted(LIMIT).feed(WHOLE["counted"][0])
        assert caught.value is error


def test_headers_are_by_lower_case_name_and_joined() -> None:
    reader = read(OK + b"X-Twice:  a \r\nx-twice:\tb\r\nEmpty:\r\nContent-Length: 0\r\n\r\n")
    assert reader.headers == {"x-twice": "a, b", "empty": "", "content-length": "0"}


def written(method: str = "GET", target: str = "/y", headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    request = TransportRequest(method, f"https://api.example{target}", headers or {}, body)
    known = RequestHeaders("api.example", request.headers)
    assert known.are_of(request)
    assert not known.are_of(TransportRequest("GET", "", {"Other": "1"}, b""))
    return bytes(write_request(request, known, len("https://api.example"), new_connection=False).next(1_000_000))


def test_a_request_is_written_as_it_is_asked_for() -> None:
    """Host first; a length where there is a body, or could be one."""
    assert written(headers={"A": "1"}) == b"GET /y HTTP/1.1\r\nHost: api.example\r\nA: 1\r\n\r\n"
    assert written("POST") == b"POST /y HTTP/1.1\r\nHost: api.example\r\nContent-Length: 0\r\n\r\n"
    assert written("DELETE", body=b"x").endswith(b"Content-Length: 1\r\n\r\nx")


@pytest.mark.parametrize(
    "headers", [{"A": "1\r\nB: 2"}, {"A": "1\n"}, {"A\r\nB": "1"}, {"A B": "1"}, {"": "1"}, {"A": "é"}, {"A": "\x00"}]
)
def test_a_header_cannot_become_two(headers: dict[str, str]) -> None:
    """Nothing is written, and the text of the error shows nothing of it."""
    with pytest.raises(LocalProtocolError) as caught:
        written(headers=headers)
    assert str(caught.value) == "a header that cannot be written"


def test_a_request_shows_nothing_of_itself() -> None:
    request = TransportRequest("POST", "https://x/13800138000", {"Authorization": "Basic x"}, b"13800138000")
    assert f"{request} {request!r}" == "TransportRequest(hidden) TransportRequest(hidden)"


@pytest.mark.parametrize("target", ["/a b", "/a\r\nX: y", "", "/é", "/a\n"])
def test_an_address_cannot_end_the_line(target: str) -> None:
    with pytest.raises(LocalProtocolError):
        written(target=target)
    for method in ("GET /x", "GÉT", ""):
        with pytest.raises(LocalProtocolError):
            written(method)


def by_h11(answer: bytes) -> tuple[int, bytes] | None:
    """Status and body as h11 reads them; None if it refuses or wants more."""
    connection = h11.Connection(our_role=h11.CLIENT)
    connection.send(h11.Request(method="POST", target="/", headers=[("Host", "x"), ("Content-Length", "0")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(answer)
    connection.receive_data(b"")
    status, body = 0, b""
    try:
        while True:
            event: Any = connection.next_event()
            if isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return status, body
            elif event is h11.NEED_DATA or event is h11.PAUSED:
                return None
    except h11.RemoteProtocolError:
        return None


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """An answer of some form, with some bytes changed, put in or taken away."""
    answer = bytearray(draw(st.sampled_from(sorted({*(one[0] for one in WHOLE.values()), *REFUSED.values()}))))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(answer) - 1))
        piece = draw(
            st.sampled_from([b"", b"\r", b"\n", b"\r\n", b" ", b"\t", b"0", b"1", b":", b",", b"\x00", b"\xff", b"a"])
        )
        answer[at : at + draw(st.integers(0, 2))] = piece
    return bytes(answer)


@settings(max_examples=300, deadline=None)
@given(answer=spoilt(), step=st.integers(0, 7))
def test_what_is_taken_means_the_same_to_another_reader(answer: bytes, step: int) -> None:
    """Where we see an answer, h11 sees the same status and body: less may be taken, never something else."""
    reader = ResponseParser(LIMIT)
    pieces = [answer[at : at + step] for at in range(0, len(answer), step)] if step else [answer]
    whole = False
    try:
        for piece in (*filter(None, pieces), b""):
            whole = reader.feed(piece)
            if whole:
                break
    except (RemoteProtocolError, ResponseTooLarge):
        return
    assert whole
    assert by_h11(answer) == (reader.status, reader.content)
