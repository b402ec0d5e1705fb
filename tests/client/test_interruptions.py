"""What interrupts a call (Ctrl-C, a signal handler, a fork) takes nothing with it and is not swallowed."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType, FunctionType, MethodType, ModuleType
from typing import Any, NoReturn

import pytest
from jsmskit import JsmsClient, RetryPolicy, TransportRequest
from jsmskit._http import errors as failures
from jsmskit._http import streams_asyncio as loops
from jsmskit._http._sync import transport as sync_transport
from jsmskit._http._sync.transport import HttpTransport
from jsmskit._http.config import TransportConfig

from tests.client.callers import APP, Caller, send
from tests.client.faults.matrix import Certificates
from tests.client.faults.wire import Wire, serving
from tests.client.servers import answering, next_request, url
from tests.interrupt_at import interrupted_everywhere

ONCE = RetryPolicy(max_attempts=1)
PLAIN = TransportConfig(scheme="http", host="x", port=80, connect_timeout=9, read_timeout=9, max_connections=2)

signals_only = pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals reach no certain thread there")
forks_only = pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork has no such danger")


class SoftTimeLimitError(Exception):
    """As Celery's: an ordinary exception, raised by a handler."""


def raising(error: Exception, shape: str = "function") -> Callable[..., Any]:
    """A handler as applications write it: Celery's is a function, rq's a method."""

    def function(number: int, frame: FrameType | None) -> NoReturn:
        raise error

    def method(self: object, number: int, frame: FrameType | None) -> NoReturn:
        raise error

    def without_names(*unused: object) -> NoReturn:
        raise error

    def deeper(number: int, frame: FrameType | None) -> NoReturn:
        function(number, frame)

    shapes = {"method": MethodType(method, error), "without names": without_names, "deeper": deeper}
    return shapes.get(shape, function)


@contextmanager
def handling(handler: Callable[..., Any]) -> Iterator[None]:
    """Have a handler called when the server says so, in the midst of a block."""
    before = signal.signal(signal.SIGALRM, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)


def _interrupt(wire: Wire) -> None:
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)
    wire.wait()


def _silent(wire: Wire) -> None:
    next_request(wire)
    wire.wait()


def _after_the_request(wire: Wire) -> None:
    next_request(wire)
    _interrupt(wire)


def _within_the_response(wire: Wire) -> None:
    next_request(wire)
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    wire.drip(b" " * 10, 0)
    _interrupt(wire)


def _at_the_first_bytes(wire: Wire) -> None:
    wire.read_bytes(20)
    _interrupt(wire)


PLACES = {
    "response": _after_the_request,
    "body": _within_the_response,
    "handshake": _at_the_first_bytes,
    "written": _at_the_first_bytes,
}


@signals_only
@pytest.mark.parametrize(
    ("place", "kind", "shape"),
    [
        *((place, kind, "function") for place in PLACES for kind in (SoftTimeLimitError, TimeoutError, OSError)),
        *(("response", TimeoutError, shape) for shape in ("method", "without names", "deeper")),
    ],
)
def test_what_a_signal_handler_raises_comes_out(
    place: str, kind: type[Exception], shape: str, certificates: Certificates
) -> None:
    """It was raised for the caller, and proves nothing: it must not become "unknown", nor be retried."""
    error = kind("time is up")
    with serving(PLACES[place], receive_buffer=4096) as server:
        config = TransportConfig(
            scheme="https" if place == "handshake" else "http",
            host="127.0.0.1",
            port=server.port,
            connect_timeout=9,
            read_timeout=9,
            ca_file=str(certificates.file),
        )
        body = b"1" * (8_000_000 if place == "written" else 6)
        request = TransportRequest("POST", f"{config.origin}/v1", {}, body)
        with handling(raising(error, shape)), pytest.raises(kind) as caught:
            HttpTransport(config).exchange(request, timeout=9, new_connection=False)
    assert caught.value is error
    assert len(server.brought) == 1


@signals_only
def test_what_asyncio_hands_over_as_the_end_of_a_connection_comes_out() -> None:
    """A handler that is called in the midst of asyncio's own code: it ends the connection with the exception."""
    error = TimeoutError("of the application")
    with handling(raising(error)), pytest.raises(TimeoutError):
        signal.raise_signal(signal.SIGALRM)

    async def story() -> None:
        protocol = loops._StreamProtocol()
        protocol.connection_lost(error)
        await loops.Stream(None, protocol, time.monotonic() + 9).read(9)  # type: ignore[arg-type]

    with pytest.raises(TimeoutError) as caught:
        asyncio.run(story())
    assert caught.value is error


@forks_only
def test_the_soft_limit_of_a_celery_worker_comes_out(tmp_path: Path) -> None:
    """A real one, with processes: the task is told, with a note, and the request is not sent again."""
    os.mkfifo(tmp_path / "told")
    told = os.open(tmp_path / "told", os.O_RDONLY | os.O_NONBLOCK)
    program = Path(__file__).with_name("celery_worker.py")
    with (
        serving(_silent) as server,
        open(told, "rb") as pipe,
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, program, tmp_path, url(server)], stdout=log, stderr=log, cwd=tmp_path
        ) as worker,
    ):
        try:
            assert select.select([pipe], [], [], 60)[0], (tmp_path / "log").read_text()
            error, notes = json.loads(pipe.read())
        finally:
            worker.terminate()
    assert error == "SoftTimeLimitExceeded"
    assert notes == ["jsmskit: sendCode was under way; it may have been carried out."]
    assert len(server.brought) == 1


@signals_only
def test_a_handler_of_a_call_over_another_transport_comes_out_too(calling: Callable[..., Caller]) -> None:
    error = SoftTimeLimitError()
    caller = calling(lambda request: signal.raise_signal(signal.SIGALRM))
    with handling(raising(error)), pytest.raises(SoftTimeLimitError) as caught:
        caller(send)
    assert caught.value is error


def test_an_ordinary_exception_is_not_taken_for_a_handler_s() -> None:
    """Frames and tracebacks of any depth; only a frame that was given the interrupted one counts."""

    def inner(given: object) -> NoReturn:
        raise OSError(given)

    def outer(given: object) -> NoReturn:
        inner(given)

    for given in (1, "x", None, sys._getframe().f_back, (1, 2)):
        with pytest.raises(OSError) as caught:
            outer(given)
        assert not failures.comes_from_signal_handler(caught.value)
    assert not failures.comes_from_signal_handler(OSError())


class Answering:
    """A stream that answers at once."""

    opened = 0
    closed = 0

    def __init__(self) -> None:
        type(self).opened += 1
        self.deadline = 0.0

    def write(self, outgoing: Any, timeout: float) -> None:
        while outgoing:
            outgoing.advance(len(outgoing.next(1_000_000)))

    def read(self, timeout: float) -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

    def is_readable(self) -> bool:
        return False

    def close(self) -> None:
        type(self).closed += 1


@pytest.mark.parametrize("new_connection", [False, True])
@pytest.mark.parametrize("ending", ["answers", "cannot connect", "breaks"])
def test_an_interruption_anywhere_leaves_no_connection_in_use(
    new_connection: bool, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every place where Python may call the handler of Ctrl-C: 3 of 17,700 interruptions lost a slot for ever."""

    def connect(*unused: Any) -> Any:
        if ending == "cannot connect":
            raise failures.ConnectError
        stream = Answering()
        if ending == "breaks":
            monkeypatch.setattr(stream, "read", lambda timeout: b"", raising=False)
        return stream

    monkeypatch.setattr(sync_transport, "connect", connect)
    transport = HttpTransport(PLAIN)
    request = TransportRequest("GET", "http://x/v1", {}, b"")

    def exchange() -> None:
        with suppress(failures.TransportError):
            transport.exchange(request, timeout=9, new_connection=new_connection)

    def look(place: int) -> None:
        for used in transport._pools.values():
            assert used.limiter.line == {}, place

    with ThreadPoolExecutor(1) as pool:
        everywhere = pool.submit(interrupted_everywhere, exchange, look, sync_transport)
        assert everywhere.result() > 20


@pytest.mark.parametrize("option", ["timeout", "connect_timeout", "deadline"])
def test_a_very_long_time_is_a_long_time(client_kind: str, option: str) -> None:
    """From 24.8 days on every message that was sent was called unknown: the kernel counts in 31 bits."""
    with serving(answering()) as server:
        for seconds in (24.8 * 86_400, 30 * 86_400, 1e9, 1e15):
            with Caller(client_kind, base_url=url(server), **{option: seconds}) as caller:
                assert caller(send).msg_id == "288193860302"


def reachable_from(owner: Any) -> Iterator[Any]:
    """Everything that an object and its class hold, other than through modules, other classes and functions."""
    seen: set[int] = set()
    waiting = [owner, *vars(type(owner)).values()]  # `functools.cached_property` of Python 3.11 has a lock in the class
    while waiting:
        one = waiting.pop()
        if id(one) not in seen and not isinstance(one, (type, ModuleType, FunctionType, FrameType)):
            seen.add(id(one))
            yield one
            waiting += gc.get_referents(one)


def status_of_a_child(act: Callable[[], object]) -> int:
    """Do something in a forked child; 0 if it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(10)
            act()
            os._exit(0)
        except BaseException:  # noqa: BLE001  # the child must end here, whatever happens
            os._exit(2)
    return os.waitpid(child, 0)[1]


@forks_only
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_that_closes_the_client_leaves_the_parent_its_connections(client_kind: str) -> None:
    """An event loop would take them from the selector that both processes share."""
    with serving(answering()) as server, Caller(client_kind, base_url=url(server)) as caller:
        caller(send)
        assert status_of_a_child(caller.close_client) == 0
        caller(send)
        assert len(server.brought) == 1


@forks_only
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_lock_that_is_held_at_a_fork_does_not_hang_the_child() -> None:
    """Another thread of the parent may be anywhere; in the child it never comes back to release anything."""
    with serving(answering()) as server, JsmsClient(*APP, base_url=url(server), max_connections=1) as client:
        send(client)
        (pool,) = (one for one in reachable_from(client) if isinstance(one, sync_transport._Pool))
        pool.limiter.line[sync_transport.Lease()] = None  # a thread of the parent has the only connection
        kinds = (type(threading.Lock()), type(threading.RLock()))
        held = [one for one in reachable_from(client) if isinstance(one, kinds)]
        for lock in held:
            lock.acquire()
        assert status_of_a_child(lambda: send(client)) == 0
        for lock in held:
            lock.release()
        pool.limiter.line.clear()
        send(client)
        assert len(server.brought) == 2, "two processes on one connection would get each other's answers"
