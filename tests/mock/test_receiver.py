"""The receiver that other tests rest on: what it never got whole, it never got."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.mock.receiver import receiving


@pytest.mark.parametrize("said", ["", "type=SMS_REPORT&data", "type=SMS_REPORT&dat%"])
def test_a_caller_that_is_killed_before_its_body_is_out_has_told_nothing(said: str) -> None:
    """`kill -9` falls between the head and the body of a callback, or into the body."""
    with receiving() as receiver:
        place = urlsplit(receiver.url)
        assert place.hostname is not None
        with socket.create_connection((place.hostname, place.port or 80), timeout=20) as caller:
            head = f"POST {place.path} HTTP/1.1\r\nhost: {place.netloc}\r\ncontent-length: 100\r\n\r\n"
            caller.sendall(head.encode() + said.encode())
            caller.shutdown(socket.SHUT_WR)
            assert caller.recv(100) == b""
        assert receiver.events == receiver.headers == []
        assert httpx.post(receiver.url, data={"type": "SMS_REPORT", "data": "{}"}, trust_env=False).text == "OK"
        assert receiver.events == [{"type": "SMS_REPORT", "data": "{}"}]
