"""Whom the default transport trusts, through whom it goes, and how names are looked up; over real sockets."""

from __future__ import annotations

import base64
import socket
import threading
import time
from typing import Any

import pytest
from jsmskit import (
    APIConnectionError,
    APITimeoutError,
    AsyncJsmsClient,
    ConfigurationError,
    JsmsClient,
    Outcome,
    RetryPolicy,
)
from jsmskit._http.config import ssl_context

from tests.client.callers import Caller, failed, send
from tests.client.faults.matrix import Certificates
from tests.client.faults.wire import FaultServer, GoneError, Wire, serving
from tests.client.operations import PHONE
from tests.client.servers import answering, url

ONCE = RetryPolicy(max_attempts=1)


def test_tls_is_verified_and_an_own_authority_can_be_trusted(client_kind: str, certificates: Certificates) -> None:
    """With it the call goes through; without it nothing is sent, and the error says what to do."""
    with serving(answering(), tls=certificates.good) as server:
        with Caller(client_kind, base_url=url(server, "https"), ca_file=certificates.file, keys=LIVE) as caller:
            assert caller(send).msg_id == "288193860302"
            caller(send)
            assert len(server.brought) == 1
        with Caller(client_kind, base_url=url(server, "https"), keys=LIVE) as caller:
            error = failed(caller)
    assert (type(error), error.outcome, error.attempts) == (APIConnectionError, Outcome.NOT_SENT, 1)
    assert "ca_file" in error.remedy


LIVE = ("0123456789abcdefABCDEF00", "0123456789abcdefABCDEF01")


@pytest.mark.parametrize(
    ("certificate", "host"),
    [("other_host", "127.0.0.1"), ("other_host", "localhost"), ("common_name_only", "localhost")],
)
def test_a_certificate_must_name_the_host(
    client_kind: str, certificate: str, host: str, certificates: Certificates
) -> None:
    """Of a trusted authority, but for another host; or with the name only where nobody reads it any more."""
    with serving(answering(), tls=getattr(certificates, certificate)) as server:
        address = f"https://{host}:{server.port}/v1"
        with Caller(client_kind, base_url=address, ca_file=certificates.file, keys=LIVE) as caller:
            error = failed(caller)
    assert (type(error), error.outcome, error.attempts) == (APIConnectionError, Outcome.NOT_SENT, 1)
    assert "certificate" in error.message
    assert not any(b"POST" in one.received for one in server.brought)


def test_a_file_of_authorities_that_cannot_be_read_is_found_at_once(tmp_path: Any) -> None:
    """When the client is made, not when the first message is to go out."""
    for content in (None, b"", b"no certificate"):
        path = tmp_path / f"authorities{content}"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ConfigurationError, match="certificates"):
            JsmsClient(*LIVE, ca_file=path)
    assert ssl_context(None) is ssl_context(None)


class Tunnel:
    """A proxy that lets CONNECT through to one server, or refuses it."""

    def __init__(self, target: FaultServer, refuse: bytes | None = None, *, goes_on: bool = False) -> None:
        self.asked: list[bytes] = []
        self._goes_on = goes_on
        self._target = target
        self._refuse = refuse

    def __call__(self, wire: Wire) -> None:
        while b"\r\n\r\n" not in wire.brought.received:
            wire.read(1)
        self.asked.append(bytes(wire.brought.received))
        if self._refuse is not None:
            wire.send(self._refuse)
            if not self._goes_on:
                return
        with socket.create_connection(("127.0.0.1", self._target.port)) as onward:
            if self._refuse is None:
                wire.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            pump = threading.Thread(target=_pump, args=(onward, wire), daemon=True)
            pump.start()
            try:
                while data := wire.read(65536):
                    onward.sendall(data)
            except GoneError:
                pass
            onward.shutdown(socket.SHUT_RDWR)
            pump.join(5)


def _pump(onward: Any, wire: Wire) -> None:
    try:
        while data := onward.recv(65536):
            wire.send(data)
    except (OSError, GoneError):
        pass


def test_a_proxy_is_asked_to_connect_and_sees_no_keys(client_kind: str, certificates: Certificates) -> None:
    """The tunnel is asked for with the proxy's own name and password; what goes through it is encrypted."""
    with serving(answering(), tls=certificates.good) as server:
        tunnel = Tunnel(server)
        with serving(tunnel) as proxy:
            address = f"http://me:pass%20word@127.0.0.1:{proxy.port}"
            with Caller(
                client_kind, base_url=url(server, "https"), proxy=address, ca_file=certificates.file, keys=LIVE
            ) as caller:
                assert caller(send).msg_id == "288193860302"
            received = bytes(proxy.brought[0].received)
    head = tunnel.asked[0].decode()
    assert head.startswith(f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\r\n")
    assert f"Proxy-Authorization: Basic {base64.b64encode(b'me:pass word').decode()}" in head
    assert base64.b64encode(":".join(LIVE).encode()) not in received
    assert PHONE.encode() not in received


@pytest.mark.parametrize(
    "refuse",
    [
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n\x15\x03\x03",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"rubbish\r\n\r\n",
        b"",
    ],
)
def test_a_proxy_that_refuses_has_sent_nothing(client_kind: str, certificates: Certificates, refuse: bytes) -> None:
    """Tried twice, and told as not sent: the service has heard nothing."""
    with serving(answering(), tls=certificates.good) as server, serving(Tunnel(server, refuse)) as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        policy = RetryPolicy(base_delay=0.0)
        with Caller(
            client_kind,
            base_url=url(server, "https"),
            proxy=address,
            ca_file=certificates.file,
            keys=LIVE,
            retry=policy,
        ) as caller:
            error = failed(caller)
        assert (error.outcome, error.attempts, server.brought) == (Outcome.NOT_SENT, 2, [])
    assert "proxy" in error.message


@pytest.mark.parametrize("status", ["300 Multiple Choices", "399 X", "500 Oops"])
def test_a_tunnel_that_was_refused_is_not_used_though_it_is_open(
    client_kind: str, certificates: Certificates, status: str
) -> None:
    """A proxy that says no and connects all the same: its word counts."""
    refuse = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()
    with serving(answering(), tls=certificates.good) as server, serving(Tunnel(server, refuse, goes_on=True)) as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        options: dict[str, Any] = {"ca_file": certificates.file, "keys": LIVE, "retry": ONCE}
        with Caller(client_kind, base_url=url(server, "https"), proxy=address, **options) as caller:
            assert failed(caller).outcome is Outcome.NOT_SENT
    assert not any(one.received for one in server.brought)


@pytest.mark.parametrize("kind", [JsmsClient, AsyncJsmsClient])
def test_the_environment_s_proxy_is_used_only_if_asked_for(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """And never for loopback or for a host that NO_PROXY names."""
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    assert kind(*LIVE)._transport._config.proxy is None
    found = kind(*LIVE, trust_env=True)._transport._config.proxy
    assert found is not None
    assert (found.host, found.port) == ("proxy.example", 3128)
    assert kind(*LIVE, trust_env=True, base_url="https://127.0.0.1:9/v1")._transport._config.proxy is None
    monkeypatch.setenv("no_proxy", "api.sms.jpush.cn")
    assert kind(*LIVE, trust_env=True)._transport._config.proxy is None


def test_a_name_that_cannot_be_resolved_is_not_sent(client_kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tried again, since name servers fail for moments; the error names the host."""

    def unknown(*unused: Any, **also_unused: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    policy = RetryPolicy(base_delay=0.0)
    with Caller(client_kind, base_url="https://nowhere.example/v1", keys=LIVE, retry=policy) as caller:
        error = failed(caller)
    assert (error.outcome, error.attempts) == (Outcome.NOT_SENT, 3)
    assert "nowhere.example" in error.message


def test_a_slow_look_up_is_held_to_the_time_for_connecting(client_kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's look-up cannot be cut off; it is left behind."""
    release = threading.Event()

    def slow(*unused: Any, **also_unused: Any) -> Any:
        release.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with Caller(client_kind, base_url="https://slow.example/v1", keys=LIVE, retry=ONCE, connect_timeout=0.1) as caller:
        begun = time.monotonic()
        error = failed(caller)
        lasted = time.monotonic() - begun
        release.set()
    assert (type(error), error.outcome) == (APITimeoutError, Outcome.NOT_SENT)
    assert lasted < 2
