"""Over real sockets: the mock's postman, which signs with code of its own, against our two applications."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import uvicorn
from jsmskit.callbacks import (
    AsgiCallbacks,
    CallbackEndpoint,
    CallbackEvent,
    CallbackVerifier,
    DeliveryReport,
    Reply,
    SignReview,
    TemplateReview,
    WsgiCallbacks,
)
from jsmskit.mock.callbacks.sender import CallbackSender, event_form

from tests.callbacks.signing import APP_KEY, MASTER_SECRET, REPLY, REPORT, SIGN, TEMPLATE, signed


class Quiet(WSGIRequestHandler):
    """The standard library's handler without its log on stderr."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name of the library
        """Say nothing."""


@contextmanager
def served_by_wsgiref(endpoint: CallbackEndpoint) -> Iterator[str]:
    """The WSGI application behind the standard library's server; gives its address."""
    with make_server("127.0.0.1", 0, WsgiCallbacks(endpoint), handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/jsms/secret"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def served_by_uvicorn(endpoint: CallbackEndpoint) -> Iterator[str]:
    """The ASGI application behind uvicorn, start and stop of its lifespan included; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:  # connections wait in its queue until uvicorn is up
        server = uvicorn.Server(uvicorn.Config(AsgiCallbacks(endpoint), lifespan="on", log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/jsms/secret"
        finally:
            server.should_exit = True
            thread.join()


@pytest.mark.parametrize("served", [served_by_wsgiref, served_by_uvicorn])
def test_what_the_mock_signs_and_sends_arrives(served: Any) -> None:
    """The address check, all four types, a negative nonce, a repeat after a failure, a forgery: as documented."""
    events: list[CallbackEvent] = []
    failures = [RuntimeError("not now")]

    def handle(event: CallbackEvent) -> None:
        if failures:
            raise failures.pop()
        events.append(event)

    def form(kind: str, data: object, nonce: int) -> bytes:
        text = signed(kind, data)["data"]
        moment = int(time.time() * 1000)
        return event_form(APP_KEY, MASTER_SECRET, nonce=nonce, timestamp=moment, kind=kind, data=text)

    postman = CallbackSender()
    with served(CallbackEndpoint(CallbackVerifier(APP_KEY, MASTER_SECRET), handle)) as url:
        postman.check_address(url, "a8Bc1234")
        report = form("SMS_REPORT", REPORT, -(2**63))
        assert [postman.send(url, report).status for _ in range(3)] == [503, 200, 200]
        for nonce, (kind, data) in enumerate((("SMS_REPLY", REPLY), ("SMS_TEMPLATE", TEMPLATE), ("SMS_SIGN", SIGN))):
            assert postman.send(url, form(kind, data, nonce)).delivered
        assert postman.send(url, report.replace(b"+4001%7D", b"+4002%7D")).status == 409
        assert postman.send(url, report.replace(b"signature=", b"signature=0")).status == 403
        assert postman.send(url, b"x" * 70_000).status == 413
    assert [type(event) for event in events] == [DeliveryReport, Reply, TemplateReview, SignReview]
