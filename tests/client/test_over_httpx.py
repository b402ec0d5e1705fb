"""`transport="httpx"`: the same client, its exchanges made by that library; over real sockets."""

from __future__ import annotations

import base64
import gc
import threading
import warnings
from typing import Any

import pytest
from jsmskit import (
    APIConnectionError,
    APITimeoutError,
    ConfigurationError,
    JsmsClient,
    Outcome,
    RetryPolicy,
    UnexpectedResponseError,
)

from tests.client import callers
from tests.client.callers import APP, Caller
from tests.client.faults.matrix import Certificates, closed_port
from tests.client.faults.wire import Wire, serving
from tests.client.operations import PHONE
from tests.client.servers import answering, next_request, url

ONCE = RetryPolicy(max_attempts=1)
LIVE = ("0123456789abcdefABCDEF00", "0123456789abcdefABCDEF01")


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


def send(client: Any) -> Any:
    return client.codes.send(PHONE)


def over_httpx(colour: str, **options: Any) -> Caller:
    return Caller(colour, transport="httpx", **options)


def test_single_calls_share_a_connection_and_batches_do_not(colour: str) -> None:
    """httpx can't be told to use a fresh one, so batches have a pool that keeps none."""
    batch = b'{"success_count": 0, "failure_count": 0, "recipients": []}'

    def act(wire: Wire) -> None:
        while True:
            request = next_request(wire)
            body = batch if b"/batch" in request else b'{"msg_id": "288193860302"}'
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    with serving(act) as server, over_httpx(colour, base_url=url(server)) as caller:
        for _ in range(3):
            assert caller(send).msg_id == "288193860302"
        assert len(server.brought) == 1
        for _ in range(2):
            caller(lambda client: client.messages.send_batch(7, [PHONE]))
        assert len(server.brought) == 3


def test_tls_is_verified_and_an_own_authority_can_be_trusted(colour: str, certificates: Certificates) -> None:
    """As with the default transport: nothing is sent to a stranger, and the error says what to do."""
    with serving(answering(), tls=certificates.good) as server:
        address = url(server, "https")
        with over_httpx(colour, base_url=address, ca_file=certificates.file, keys=LIVE) as caller:
            assert caller(send).msg_id == "288193860302"
        with over_httpx(colour, base_url=address, keys=LIVE) as caller:
            error = callers.failed(caller, send)
    assert (type(error), error.outcome, error.attempts) == (APIConnectionError, Outcome.NOT_SENT, 1)
    assert "ca_file" in error.remedy


def test_a_refused_connection_is_not_sent_and_named(colour: str) -> None:
    """The words come from this machine."""
    port = closed_port()
    with over_httpx(colour, base_url=f"http://127.0.0.1:{port}/v1", retry=ONCE) as caller:
        error = callers.failed(caller, send)
    assert error.outcome is Outcome.NOT_SENT
    assert f"127.0.0.1:{port}: Connection refused" in str(error)


def test_a_tunnel_is_asked_for_with_the_password_and_its_refusal_is_not_sent(colour: str) -> None:
    """The request for the tunnel is no request of ours: that it left proves nothing."""
    asked: list[bytes] = []

    def act(wire: Wire) -> None:
        asked.append(next_request(wire))
        wire.send(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    with serving(act) as server:
        proxy = f"http://me:pass%20word@127.0.0.1:{server.port}"
        options = {"base_url": "https://sms.example/v1", "proxy": proxy, "keys": LIVE, "retry": ONCE}
        with over_httpx(colour, **options) as caller:
            error = callers.failed(caller, send)
    assert asked[0].startswith(b"CONNECT sms.example:443 ")
    assert base64.b64encode(b"me:pass word") in asked[0]
    assert (type(error), error.outcome) == (APIConnectionError, Outcome.NOT_SENT)
    assert "pass word" not in str(error) + repr(error)
    assert "pass%20word" not in str(error) + repr(error)


def test_an_answer_that_does_not_end_is_cut_off(colour: str) -> None:
    """At four mebibytes; what the message became is unknown then."""

    def act(wire: Wire) -> None:
        next_request(wire)
        wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(100):
            wire.send(b"10000\r\n" + bytes(0x10000) + b"\r\n")

    with serving(act) as server, over_httpx(colour, base_url=url(server), retry=ONCE) as caller:
        error = callers.failed(caller, send)
    assert (type(error), error.outcome) == (UnexpectedResponseError, Outcome.UNKNOWN)


def test_a_call_that_never_got_a_connection_sends_nothing_later(colour: str) -> None:
    """The deadline passes while the handshake hangs: it is "not sent", and that stays true afterwards."""
    go_on = threading.Event()
    met: list[bytes] = []

    def act(wire: Wire) -> None:
        go_on.wait(5)
        met.append(wire.read(65_536))

    with serving(act) as server:
        options = {
            "base_url": f"https://127.0.0.1:{server.port}/v1",
            "keys": LIVE,
            "deadline": 0.2,
            "retry": ONCE,
        }
        with over_httpx(colour, connect_timeout=5.0, **options) as caller:
            error = callers.failed(caller, send)
            go_on.set()
    assert (type(error), error.outcome) == (APITimeoutError, Outcome.NOT_SENT)
    assert all(b"POST" not in piece for piece in met)
    with warnings.catch_warnings():  # httpx leaves what is cut off in a handshake to the collector
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def test_a_redirect_is_not_followed_and_no_cookie_is_kept(colour: str) -> None:
    """Neither is the service's way, and a key must not follow one to another place."""
    asked: list[bytes] = []

    def act(wire: Wire) -> None:
        while True:
            asked.append(next_request(wire))
            wire.send(
                b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\n"
                b"Set-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
            )

    with serving(act) as server, over_httpx(colour, base_url=url(server), retry=ONCE) as caller:
        for _ in range(2):
            assert isinstance(callers.failed(caller, send), UnexpectedResponseError)
    assert len(asked) == 2
    assert b"cookie" not in asked[1].lower()


def test_a_closed_transport_and_another_name_are_refused(colour: str) -> None:
    """In one clear line each."""
    with pytest.raises(ConfigurationError, match="transport is a name that is not known"):
        JsmsClient(*APP, transport="requests")  # type: ignore[arg-type]
    with serving(answering()) as server, over_httpx(colour, base_url=url(server)) as caller:
        assert caller(send).msg_id
        transport = caller.client._transport()
        caller(lambda client: transport.close() if colour == "sync" else transport.aclose())
        assert callers.failed(caller, send).outcome is Outcome.NOT_SENT
