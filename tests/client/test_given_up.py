"""`transport="httpx"` where nobody waits any more, and where nothing may be begun: what has not left does not leave."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from typing import NoReturn

import httpcore
import pytest
from jsmskit import AsyncJsmsClient, ConfigurationError, JsmsClient
from jsmskit._async._transport_httpx import AsyncHttpxTransport
from jsmskit._evidence_httpx import GivenUpError, Progress
from jsmskit._sync._transport_httpx import HttpxTransport
from jsmskit._transport import TransportFailure
from jsmskit._transport_wire import WireSettings
from jsmskit._within_threads import within

from tests.client.callers import APP
from tests.client.faults.wire import serving
from tests.client.servers import answering

BEGINNING = "http11.send_request_headers.started"
"""What the library tells before it writes the first byte of a request."""


def begin(progress: Progress, method: str = "POST") -> None:
    progress.note(BEGINNING, {"request": httpcore.Request(method, "https://api.example/v1/codes")})


def test_a_request_that_was_given_up_does_not_begin_to_leave() -> None:
    """The library would go on behind the caller's back. A tunnel alone carries nothing of ours yet."""
    progress = Progress()
    begin(progress, "CONNECT")
    assert not progress.give_up()
    begin(progress, "CONNECT")
    with pytest.raises(GivenUpError):
        begin(progress)
    assert not progress.whole


def test_a_request_that_has_begun_to_leave_may_have_arrived() -> None:
    """Giving it up then proves nothing."""
    progress = Progress()
    begin(progress)
    assert progress.give_up()


@pytest.mark.skipif(sys.platform == "win32", reason="signals reach no certain thread there")
def test_ctrl_c_gives_up_what_has_not_left() -> None:
    """The caller is gone at once, and the thread that is left behind sends nothing."""
    heard, gone, refused = threading.Event(), threading.Event(), threading.Event()
    progress = Progress()

    def handler(number: int, frame: object) -> NoReturn:
        heard.set()
        raise KeyboardInterrupt

    def work() -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        assert heard.wait(10)
        assert gone.wait(10)
        try:
            begin(progress)
        except GivenUpError:
            refused.set()

    before = signal.signal(signal.SIGINT, handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            within(work, 10, progress)
    finally:
        signal.signal(signal.SIGINT, before)
    gone.set()
    assert refused.wait(10)
    assert not progress.whole


def test_a_transport_over_httpx_keeps_to_its_origin() -> None:
    """Whatever is built above it: keys never go to another host."""
    with serving(answering()) as server:
        settings = WireSettings(
            scheme="http", host="127.0.0.1", port=server.port, connect_timeout=2, read_timeout=2
        )
        elsewhere = (f"http://127.0.0.1:{server.port}0/v1", "https://x/", "/v1")
        plain = HttpxTransport(settings)
        for url in elsewhere:
            with pytest.raises(TransportFailure) as caught:
                plain.exchange("GET", url, {}, b"", timeout=2, fresh=False)
            assert (caught.value.names[0], caught.value.whole) == ("UnsupportedProtocol", False)
        plain.close()

        async def main() -> None:
            awaited = AsyncHttpxTransport(settings)
            for url in elsewhere:
                with pytest.raises(TransportFailure) as caught:
                    await awaited.exchange("GET", url, {}, b"", timeout=2, fresh=False)
                assert (caught.value.names[0], caught.value.whole) == ("UnsupportedProtocol", False)
            await awaited.aclose()

        asyncio.run(main())
        assert not server.brought


@pytest.mark.parametrize("make", [JsmsClient, AsyncJsmsClient])
def test_a_transport_by_another_name_is_refused(make: type[JsmsClient | AsyncJsmsClient]) -> None:
    """With what may be given instead."""
    with pytest.raises(ConfigurationError, match=r'transport is a name that is not known.*"httpx"'):
        make(*APP, transport="requests")  # type: ignore[arg-type]
