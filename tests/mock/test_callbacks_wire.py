"""What goes over the wire to a callback receiver, and where it may go."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
import trustme
from jsmskit.mock.callbacks.sender import CallbackAddressError, CallbackSender, sign

from tests.mock.receiver import Receiver, receiving

KEY, SECRET = "7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    with receiving() as running:
        yield running


@pytest.mark.parametrize(
    ("key", "secret", "nonce", "signature"),
    [
        (KEY, SECRET, 7659972084945889195, "268d92c1b6358285a56e0ccdb0c39c72acebd81d"),
        (KEY, SECRET, -4611686018427387904, "3625365d418a8f25983e02133044d9d54223e586"),
        (
            "dev_sample_appKey",
            "dev_sample_appMasterSecret",
            7659972084945889195,
            "57858e063e5a802e09f7e87169b587701537d4d9",
        ),
    ],
)
def test_the_signature_is_the_documented_recipe(key: str, secret: str, nonce: int, signature: str) -> None:
    """Vectors computed from the recipe by hand; the vendor's printed sample fits no printed pair (C27)."""
    assert sign(key, secret, nonce, 1492150740274) == signature


@pytest.mark.parametrize("answer", [(200, "a1b2c3d4\n"), (200, ""), (200, "OK"), (404, "a1b2c3d4"), (302, "a1b2c3d4")])
def test_an_address_that_does_not_echo_is_refused_with_what_it_answered(
    receiver: Receiver, answer: tuple[int, str]
) -> None:
    """A wrong body, a wrong status and a redirect do not pass; the text says what came instead."""
    receiver.echo = lambda text: answer

    with pytest.raises(CallbackAddressError, match=f"it answered {answer[0]} and {answer[1]!r}".replace("\\", r"\\")):
        CallbackSender().check_address(receiver.url, "a1b2c3d4")


@pytest.mark.parametrize("status", [200, 299, 300, 302, 307, 400, 503])
def test_a_2xx_alone_is_taken_as_delivered_and_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    """What the vendor counts is not documented (G13). A signature must not travel to wherever a receiver points."""
    receiver.statuses = [status]

    result = CallbackSender().send(receiver.url, b"type=SMS_REPLY")

    assert (result.status, result.delivered, result.detail) == (status, status < 300, f"HTTP {status}")
    assert len(receiver.events) == 1


def test_a_callback_says_that_it_comes_from_a_mock(receiver: Receiver) -> None:
    """A receiver that also hears the real service can tell the twin by a header."""
    CallbackSender().send(receiver.url, b"type=SMS_REPLY")

    (headers,) = receiver.headers
    assert headers["x-mock"] == "jsmskit"
    assert headers["content-type"].startswith("application/x-www-form-urlencoded")


@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.1", "[2001:db8::1]", "0.0.0.0"])
def test_only_this_machine_is_called_unless_allowed(host: str) -> None:
    """A mock that posts wherever it is told would be a tool against its own network."""
    result = CallbackSender().send(f"http://{host}:9/callback", b"")

    assert not result.delivered
    assert "is not this machine" in result.problem


def test_another_machine_can_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    called = []

    def connect(address: tuple[str, int], timeout: float) -> NoReturn:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    assert not CallbackSender(allow_remote=True).send("http://192.0.2.1:9/callback", b"").delivered
    assert called == [("192.0.2.1", 9)]


def test_a_receiver_that_nobody_runs_is_a_failure_in_a_few_words(free_port: int) -> None:
    result = CallbackSender().send(f"http://127.0.0.1:{free_port}/", b"")

    assert (result.status, result.problem) == (None, "no connection (Connection refused)")


def test_a_receiver_that_drips_its_answer_is_given_up_in_time() -> None:
    stop = threading.Event()

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                try:
                    while not stop.wait(0.01):
                        connection.sendall(b"X: y\r\n")
                except OSError:
                    pass

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            result = CallbackSender(seconds=0.1).send(f"http://127.0.0.1:{listener.getsockname()[1]}/", b"")
            assert (result.status, result.detail) == (None, "no answer (in time)")
        finally:
            stop.set()
            thread.join()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "callback",
        "ftp://127.0.0.1/",
        "http://",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:99999/",
        "http://user:pass@127.0.0.1/",
        "http://127.0.0.1/#part",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/a\r\nX: y",
        "http://127.0.0.1/回",
        "http://[::1/",
    ],
)
def test_an_address_that_cannot_be_is_refused_before_anything_is_sent(url: str) -> None:
    """Also one that would smuggle a header into the request."""
    with pytest.raises(CallbackAddressError):
        CallbackSender(allow_remote=True).check_address(url, "a1b2c3d4")
    result = CallbackSender(allow_remote=True).send(url, b"")
    assert (result.status, result.delivered) == (None, False)


def test_the_address_that_was_given_keeps_its_own_query(receiver: Receiver) -> None:
    CallbackSender().check_address(receiver.url + "?k=v", "a1b2c3d4")
    assert (receiver.queries, receiver.echoes) == (["k=v&echostr=a1b2c3d4"], ["a1b2c3d4"])


def test_a_receiver_behind_tls_must_show_a_certificate_that_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trust comes from where Python looks for it, so a test's own authority can be named."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))

    with receiving(tls=context) as receiver:
        refused = CallbackSender().send(receiver.url, b"type=SMS_REPLY")
        assert not refused.delivered
        assert "certificate" in refused.problem.lower()

        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        assert CallbackSender().send(receiver.url, b"type=SMS_REPLY").delivered
