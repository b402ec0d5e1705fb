"""The stream of events without a browser: nothing is lost, nobody is held up, and it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import httpx
import pytest
from jsmskit import TransportRequest
from jsmskit.mock import Fault, FaultKind, JsmsMock
from jsmskit.mock.control import event_stream
from jsmskit.mock.model.http import Request
from jsmskit.mock.server.uvicorn_server import ServerThread

from tests.mock.bench import PHONE, ask_for_code


class Stream:
    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.iter_lines()
        self.last_id = ""

    def next(self) -> tuple[str, dict[str, Any]]:
        """Wait for the next event: its name and what it tells."""
        fields: dict[str, str] = {}
        for line in self._lines:
            if not line:
                break
            name, _, value = line.partition(": ")
            fields[name] = value
        self.last_id = fields["id"]
        return fields["event"], json.loads(fields["data"])

    def until(self, key: str) -> dict[str, Any]:
        """Wait for the next change that tells something."""
        while True:
            _, told = self.next()
            if key in told:
                return told


@contextmanager
def streaming(server: ServerThread, last_id: str = "") -> Iterator[Stream]:
    headers = {"last-event-id": last_id} if last_id else {}
    with (
        httpx.Client(trust_env=False, timeout=20, verify=False) as client,
        client.stream("GET", f"{server.control_url}/events", headers=headers) as answer,
    ):
        assert answer.status_code == 200
        yield Stream(answer)


@pytest.fixture
def mock() -> Iterator[JsmsMock]:
    """A mock without the documented limits, so that one number may get many codes."""
    with JsmsMock(seed=5) as running:
        running.settings = running.settings.with_changes(limits=False)
        yield running


def test_a_stream_says_hello_and_then_tells_every_message_as_it_is_listed(mock: JsmsMock) -> None:
    """A page needs no second call to show a message; the fields are those of the record."""
    with mock.serve() as server, streaming(server) as stream:
        assert stream.answer.headers["content-type"].startswith("text/event-stream")
        kind, hello = stream.next()
        assert (kind, hello["fresh"], hello["clock"]["mode"]) == ("hello", True, "real")

        ask_for_code(mock)
        told = stream.until("messages")

        assert told["messages"] == [json.loads(json.dumps(asdict(message))) for message in mock.messages()]
        assert (told["arrived"], told["missed"]) == (1, 0)


def test_a_stream_stays_open_and_tells_reports_verifications_replies_deletions_clock_and_reset(mock: JsmsMock) -> None:
    with mock.serve() as server, streaming(server) as stream:
        stream.next()
        ask_for_code(mock)
        stream.until("messages")

        mock.advance(10)
        assert stream.until("messages")["messages"][0]["status"] == 4001
        mock.reply(PHONE, "T")
        assert "replies" in stream.until("changed")["changed"]
        mock.fail_next(50014)
        assert "faults" in stream.until("changed")["changed"]
        mock.settings = mock.settings.with_changes(limits=True)
        assert "settings" in stream.until("changed")["changed"]
        mock.set_clock("frozen")
        assert stream.next()[1]["clock"]["mode"] == "frozen"
        mock.inbox.set_deleted([1], deleted=True)
        assert stream.until("deleted")["deleted"] == [1]
        mock.reset()
        assert stream.until("reset")["reset"] is True


def test_a_page_that_comes_back_gets_what_it_missed_as_long_as_somebody_listened(mock: JsmsMock) -> None:
    with mock.serve() as server, streaming(server) as listener:
        listener.next()
        with streaming(server) as page:
            page.next()
            ask_for_code(mock, "13800138001")
            page.until("messages")
            seen = page.last_id
        ask_for_code(mock, "13800138002")
        listener.until("messages")
        listener.until("messages")

        with streaming(server, seen) as page:
            assert page.next()[1]["fresh"] is False
            assert [message["phone"] for message in page.until("messages")["messages"]] == ["13800138002"]


@pytest.mark.parametrize("last_id", ["0-0", "nonsense", "1-" + "9" * 5000, "-"])
def test_an_id_that_is_not_known_any_more_means_read_everything_anew(mock: JsmsMock, last_id: str) -> None:
    """Ids of an earlier server never name something of this one, so no page waits for what never comes."""
    with mock.serve() as server, streaming(server, last_id) as page:
        assert page.next()[1]["fresh"] is True


def test_a_page_that_reads_slowly_is_told_to_read_anew_and_holds_nobody_up(
    mock: JsmsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it missed is dropped, not kept for ever: 70 events fit into no memory of 64."""
    for name in ("GATHER_SECONDS", "GATHER_SECONDS_PER_PAGE"):
        monkeypatch.setattr(event_stream, name, 0.0)
    with mock.serve() as server, streaming(server) as quick:
        quick.next()
        with streaming(server) as slow:
            slow.next()
            seen = slow.last_id
        for _ in range(70):
            mock.fail_next(50014)
            quick.until("changed")  # one event each, because it is waited for
        with streaming(server, seen) as back:
            assert back.next()[1]["fresh"] is True


def test_the_request_log_names_rule_sureness_and_documents_and_keeps_no_credentials(mock: JsmsMock) -> None:
    """What a developer asks after a refusal; and what a fault did is said to be a fault."""
    headers = {"authorization": "Basic c2VjcmV0OnNlY3JldA==", "content-type": "application/json"}
    mock.handle(Request("POST", "/v1/codes", "", headers, b'{"mobile":"13800138000","temp_id":1}'))
    mock.faults.add(Fault(FaultKind.DROP, times=1))
    dropped_request = TransportRequest("GET", "https://api.sms.jpush.cn/v1/accounts/app", headers, b"")
    with pytest.raises(ConnectionError):
        mock.transport.exchange(dropped_request, timeout=5, new_connection=False)

    dropped, refused = mock.requests.listed()
    assert (refused["code"], refused["why"]["rule"]["id"]) == (50002, "auth.failed")
    assert refused["why"]["rule"]["confidence"] == "documented"
    assert "24 letters and digits" in refused["why"]["documents"]["remedy_en"]
    assert (dropped["end"], dropped["fault"]) == ("reset", True)
    assert "c2VjcmV0" not in json.dumps(mock.requests.listed())
    mock.reset()
    assert mock.requests.listed() == []
