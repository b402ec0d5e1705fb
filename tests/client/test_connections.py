"""The default transport over real sockets: reuse, freshness, trust, proxies, limits, threads, loops and forks."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import threading
import time
import tracemalloc
import warnings
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from jsmskit import APIConnectionError, AsyncJsmsClient, JsmsClient, Outcome, RetryPolicy, UnexpectedResponseError
from jsmskit._http._async import transport as async_http
from jsmskit._http._sync import transport as sync_http

from tests.client.callers import APP, Caller, at_once, failed, send
from tests.client.faults.matrix import Certificates, closed_port
from tests.client.faults.wire import GoneError, Wire, serving
from tests.client.operations import PHONE
from tests.client.servers import GOOD, answering, next_request, url

ONCE = RetryPolicy(max_attempts=1)
BATCH = b'{"success_count": 0, "failure_count": 0, "recipients": []}'


def test_single_calls_share_a_connection_and_batches_do_not(client_kind: str) -> None:
    """Five codes on one connection; each batch on one of its own, which is closed after it."""

    def act(wire: Wire) -> None:
        while True:
            request = next_request(wire)
            batch = b"/messages/batch" in request
            assert (b"\r\nConnection: close\r\n" in request) == batch
            wire.answer("200 OK", BATCH if batch else GOOD)

    with serving(act) as server, Caller(client_kind, base_url=url(server)) as caller:
        for _ in range(5):
            caller(send)
        assert len(server.brought) == 1
        for _ in range(2):
            caller(lambda client: client.messages.send_batch(1, [PHONE]))
        assert len(server.brought) == 3
        caller(send)
        assert len(server.brought) == 3


def test_a_connection_that_has_idled_is_not_used_again(client_kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After three seconds; a server that closes it at that moment would leave an unknown outcome."""
    moved = [0.0]
    real = time.monotonic
    for module in (sync_http, async_http):
        monkeypatch.setattr(module, "now", lambda: real() + moved[0])
    with serving(answering()) as server, Caller(client_kind, base_url=url(server)) as caller:
        caller(send)
        moved[0] = 2.9
        caller(send)
        assert len(server.brought) == 1
        moved[0] = 6.0
        caller(send)
        assert len(server.brought) == 2


def test_a_connection_that_the_server_has_closed_is_not_used_again(client_kind: str) -> None:
    """The farewell lies in the socket; it is looked for before a request is written."""
    closed = threading.Event()

    def act(wire: Wire) -> None:
        next_request(wire)
        wire.answer("200 OK", GOOD)
        wire.close()
        closed.set()

    with serving(act) as server, Caller(client_kind, base_url=url(server)) as caller:
        for _ in range(3):
            closed.clear()
            caller(send)
            assert closed.wait(5)
        assert len(server.brought) == 3


def test_no_connection_is_used_again_after_an_error(client_kind: str) -> None:
    """Whatever was wrong with an answer, what follows on that connection is not trusted."""
    turns = iter([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", None])

    def act(wire: Wire) -> None:
        while True:
            next_request(wire)
            rubbish = next(turns, None)
            if rubbish:
                wire.send(rubbish)
            else:
                wire.answer("200 OK", GOOD)

    with serving(act) as server, Caller(client_kind, base_url=url(server), retry=ONCE) as caller:
        assert failed(caller).outcome is Outcome.UNKNOWN
        caller(send)
        assert len(server.brought) == 2


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed(client_kind: str, status: str) -> None:
    """Keys and numbers do not travel: the place it points to never hears of us."""
    with serving(answering()) as target:
        place = f"Location: {url(target)}/codes"
        with (
            serving(answering(b"", place, status=status)) as server,
            Caller(client_kind, base_url=url(server)) as caller,
        ):
            error = failed(caller)
            assert type(error) is UnexpectedResponseError
            assert "redirect" in error.message or error.outcome is Outcome.UNKNOWN
            assert "127.0.0.1" in error.message
        assert target.brought == []


def test_an_endless_answer_is_cut_at_its_limit(client_kind: str) -> None:
    """A gigabyte that is promised is not taken: 64 KiB are read (4 MiB of a list), then the connection is given up."""

    def act(wire: Wire) -> None:
        next_request(wire)
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
        while True:
            wire.send(b" " * 65536)

    with serving(act) as server, Caller(client_kind, base_url=url(server)) as caller:
        tracemalloc.start()
        try:
            error = failed(caller)
            grown = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert (error.presumed_outcome, error.http_status) == ("accepted", 200)
    assert "65536" in error.message
    assert grown < 32 * 1024 * 1024


def test_calls_beyond_the_limit_of_connections_wait_for_one(client_kind: str) -> None:
    """Two at a time, in threads or in tasks."""
    busy = threading.Semaphore(2)
    overlaps: list[bool] = []

    def act(wire: Wire) -> None:
        while True:
            next_request(wire)
            overlaps.append(busy.acquire(blocking=False))
            wire.pause(0.01)
            busy.release()
            wire.answer("200 OK", GOOD)

    with serving(act) as server:
        given = at_once(client_kind, [send] * 16, base_url=url(server), max_connections=2)
        assert {receipt.msg_id for receipt in given} == {"288193860302"}
    assert overlaps == [True] * 16


def test_those_who_wait_are_served_in_their_order(client_kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a connection is free, not when they happen to look again."""
    for module in (sync_http, async_http):
        monkeypatch.setattr(module, "_LOOK_AGAIN", 60.0)
    seen: list[bytes] = []

    def act(wire: Wire) -> None:
        while True:
            seen.append(next_request(wire).rpartition(b'"temp_id":')[2])
            wire.answer("200 OK", GOOD)

    asks = [partial(lambda number, client: client.messages.send(PHONE, number), number) for number in range(1, 21)]
    with serving(act) as server:
        at_once(client_kind, asks, base_url=url(server), max_connections=1)
    assert len(seen) == 20
    assert client_kind == "sync" or seen == [b"%d}" % number for number in range(1, 21)]  # threads begin in any order


def test_waiting_for_a_connection_ends_with_the_deadline(client_kind: str) -> None:
    """The second one's time is over before the first one's, which has the only connection."""
    asked = threading.Event()

    def act(wire: Wire) -> None:
        next_request(wire)
        asked.set()
        wire.wait()

    def hasty(client: Any) -> Any:
        assert client_kind == "async" or asked.wait(5)
        return send(client.with_options(deadline=0.2))

    with serving(act) as server:
        first, second = at_once(client_kind, [send, hasty], base_url=url(server), max_connections=1, deadline=0.8)
    assert (first.outcome, second.outcome) == (Outcome.UNKNOWN, Outcome.NOT_SENT)


def test_calls_that_wait_for_a_connection_end_in_time(client_kind: str) -> None:
    """80 calls over 4 connections to a server that is silent: one was 14.8 s late on a deadline of 0.3 s."""

    def act(wire: Wire) -> None:
        next_request(wire)
        wire.wait()

    with serving(act) as server:
        begun = time.monotonic()
        options: dict[str, Any] = {"base_url": url(server), "max_connections": 4, "deadline": 0.3, "retry": ONCE}
        ended = at_once(client_kind, [send] * 80, **options)
        lasted = time.monotonic() - begun
    assert {error.outcome for error in ended} <= {Outcome.NOT_SENT, Outcome.UNKNOWN}
    assert lasted < 5.0  # 0.2 past the deadline on a quiet machine; see experiments


def test_a_cancelled_task_gives_its_connection_back() -> None:
    silent = iter([True])

    def act(wire: Wire) -> None:
        next_request(wire)
        if next(silent, False):
            wire.wait()
        wire.answer("200 OK", GOOD)

    async def story(address: str) -> None:
        async with AsyncJsmsClient(*APP, base_url=address, max_connections=1) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await send(client)
            assert (await send(client)).msg_id == "288193860302"

    with serving(act) as server:
        asyncio.run(story(url(server)))
        assert len(server.brought) == 2


def test_event_loops_share_no_connection() -> None:
    """One after another, and several at once, as Django's `async_to_sync` has them; no "Event loop is closed"."""
    with serving(answering()) as server, warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # asyncio's word on what an old loop has left open
        client = AsyncJsmsClient(*APP, base_url=url(server), max_connections=3)

        async def several(client: AsyncJsmsClient) -> None:
            await asyncio.gather(*(send(client) for _ in range(12)))

        for _ in range(3):
            assert asyncio.run(send(client)).msg_id == "288193860302"
        assert len(server.brought) == 3
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(asyncio.run, [several(client) for _ in range(6)]))
        assert len(server.brought) <= 3 + 6 * 3
        asyncio.run(client.aclose())
        del client
        gc.collect()


def test_closing_ends_the_idle_connections(client_kind: str) -> None:
    ended = threading.Event()

    def act(wire: Wire) -> None:
        next_request(wire)
        wire.answer("200 OK", GOOD)
        if not wire.read(1):
            ended.set()

    with serving(act) as server:
        caller = Caller(client_kind, base_url=url(server))
        caller(send)
        caller.close()
        assert ended.wait(5)


def test_a_small_request_goes_out_with_its_length_and_host(client_kind: str) -> None:
    seen: list[bytes] = []

    def act(wire: Wire) -> None:
        seen.append(next_request(wire))
        wire.answer("200 OK", GOOD)

    with serving(act) as server, Caller(client_kind, base_url=url(server)) as caller:
        caller(send)
        host = f"127.0.0.1:{server.port}"
    head, _, body = seen[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /v1/codes HTTP/1.1"
    assert {line.partition(":")[0]: line.partition(": ")[2] for line in lines[1:]} == {
        "Host": host,
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "jsmskit/0.1.0",
        "Content-Type": "application/json",
        "Authorization": "Basic " + base64.b64encode(":".join(APP).encode()).decode(),
        "Content-Length": str(len(body)),
    }
    assert body == b'{"mobile":"13812345678","temp_id":1}'


def test_bytes_that_came_on_an_idle_connection_spoil_it(client_kind: str) -> None:
    """Also where the event loop has taken them from the socket already: they would be read as the next response."""
    planted = threading.Event()
    plant = threading.Event()

    def act(wire: Wire) -> None:
        while True:
            request = next_request(wire)
            if b"/valid" in request:
                wire.answer("200 OK", b'{"is_valid": false, "error": {"code": 50010, "message": "no"}}')
                continue
            wire.answer("200 OK", GOOD)
            assert plant.wait(5)
            wire.send(b'HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{"is_valid": true}')
            planted.set()

    def verify(client: Any) -> Any:
        return client.codes.verify("288193860302", "000000")

    with serving(act) as server:
        if client_kind == "sync":
            with JsmsClient(*APP, base_url=url(server), retry=ONCE) as client:
                send(client)
                plant.set()
                assert planted.wait(5)
                assert not verify(client)
        else:

            async def story() -> None:
                async with AsyncJsmsClient(*APP, base_url=url(server), retry=ONCE) as client:
                    await send(client)
                    (pool,) = client._transport.get()._pools.values()  # type: ignore[attr-defined]
                    plant.set()
                    async with asyncio.timeout(5):
                        while not pool.idle[-1]._ends.received:  # until the loop has taken them
                            await asyncio.sleep(0)
                    assert not await verify(client)

            asyncio.run(story())
        assert len(server.brought) == 2


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_connection_that_cannot_be_made_keeps_no_place(
    client_kind: str, scheme: str, certificates: Certificates
) -> None:
    """Refused or not trusted: after more failures than connections are allowed, the next call goes through."""
    with serving(answering(), tls=certificates.untrusted if scheme == "https" else None) as server:
        address = url(server, scheme) if scheme == "https" else f"http://127.0.0.1:{closed_port()}/v1"
        options: dict[str, Any] = {"max_connections": 1, "retry": ONCE, "deadline": 5.0}
        with Caller(client_kind, base_url=address, ca_file=certificates.file, **options) as caller:
            for _ in range(3):
                error = failed(caller)
                assert type(error) is APIConnectionError, error
                assert error.outcome is Outcome.NOT_SENT


def test_closing_reaches_the_connections_of_another_loop() -> None:
    ended = threading.Event()
    done = threading.Event()
    ready: Future[Any] = Future()

    def act(wire: Wire) -> None:
        next_request(wire)
        wire.answer("200 OK", GOOD)
        with contextlib.suppress(GoneError):
            wire.read(1)
        ended.set()

    async def elsewhere(client: AsyncJsmsClient) -> None:
        await send(client)
        ready.set_result(None)
        while not done.is_set():
            await asyncio.sleep(0.01)

    with serving(act) as server, ThreadPoolExecutor(1) as pool:
        client = AsyncJsmsClient(*APP, base_url=url(server))
        other = pool.submit(lambda: asyncio.run(elsewhere(client)))
        ready.result(5)
        asyncio.run(client.aclose())
        assert ended.wait(5)
        done.set()
        other.result(5)
