"""Callbacks: from the message to the receiver, repeated on the mock's clock, logged, and kept."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsmskit.mock import CallbackType, Clock, Delivery, JsmsMock
from jsmskit.mock.model.settings import SAMPLE_SIGN_ID, SECOND_APP_KEY

from tests.mock.bench import PHONE
from tests.mock.conftest import CODE, PAIR, START
from tests.mock.receiver import Receiver, receiving

MINUTE, HOUR = 60, 3600


@pytest.fixture
def receiver(mock: JsmsMock) -> Iterator[Receiver]:
    """A receiver of everything that the sample application is told."""
    with receiving() as running:
        mock.callbacks.set(running.url)
        yield running


def post(mock: JsmsMock, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Make one call of the service in process."""
    with httpx.Client(transport=mock.httpx_transport, base_url="http://mock/v1", auth=PAIR) as client:
        answer = client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def only(mock: JsmsMock) -> Delivery:
    (delivery,) = mock.callbacks.deliveries()
    return delivery


def test_a_report_reaches_the_receiver(mock: JsmsMock, receiver: Receiver) -> None:
    """Message id, status, time in milliseconds, number; the time stamp is the mock's clock."""
    msg_id = post(mock, "/codes", CODE)["msg_id"]
    assert receiver.events == []

    assert mock.advance(5) >= 1

    (event,) = receiver.events
    assert (event["type"], event["timestamp"]) == ("SMS_REPORT", str(int((START + 5) * 1000)))
    assert json.loads(event["data"]) == {
        "msgId": msg_id,
        "status": 4001,
        "receiveTime": int((START + 5) * 1000),
        "phone": PHONE,
    }


def test_replies_and_reviews_reach_the_receiver(mock: JsmsMock, receiver: Receiver) -> None:
    """All four types, each with its documented data."""
    post(mock, "/codes", CODE)
    mock.reply(PHONE, "TD")
    temp_id = post(mock, "/templates", {"template": "您的订单{{id}}已发货", "type": 2})["temp_id"]
    mock.review_template(temp_id, approve=False, reason="内容违规")
    mock.review_sign(SAMPLE_SIGN_ID, approve=True)
    mock.run_due()
    assert {event["timestamp"] for event in receiver.events} == {str(int(START * 1000))}

    events = {event["type"]: json.loads(event["data"]) for event in receiver.events}
    assert events == {
        "SMS_REPLY": {"phone": PHONE, "replyTime": int(START * 1000), "content": "TD"},
        "SMS_TEMPLATE": {"tempId": temp_id, "status": 2, "refuseReason": "内容违规"},
        "SMS_SIGN": {"signId": SAMPLE_SIGN_ID, "status": 1, "refuseReason": None},
    }


def test_a_review_by_the_clock_is_told_at_its_own_instant(mock: JsmsMock, receiver: Receiver) -> None:
    post(mock, "/templates", {"template": "您的订单{{id}}已发货", "type": 2})
    mock.advance(24 * HOUR)
    (event,) = receiver.events
    assert event["timestamp"] == str(int((START + 3 * HOUR) * 1000))


def test_a_failed_callback_is_repeated_after_three_minutes_an_hour_and_twelve_hours(
    mock: JsmsMock, receiver: Receiver
) -> None:
    """Three repeats, then it is given up; one call of the clock plays fifteen hours."""
    receiver.statuses = [500, 503, 404, 500]
    post(mock, "/codes", CODE)

    mock.advance(24 * HOUR)

    delivery = only(mock)
    first = START + 5
    times = [first, first + 3 * MINUTE, first + 3 * MINUTE + HOUR, first + 3 * MINUTE + 13 * HOUR]
    assert [attempt.at for attempt in delivery.attempts] == times
    assert [attempt.detail for attempt in delivery.attempts] == ["HTTP 500", "HTTP 503", "HTTP 404", "HTTP 500"]
    assert (delivery.delivered, delivery.next_at) == (False, None)
    assert [event["timestamp"] for event in receiver.events] == [str(int(at * 1000)) for at in times]
    assert len({event["data"] for event in receiver.events}) == 1
    assert len({event["nonce"] for event in receiver.events}) == 4


def test_many_short_steps_give_what_one_long_step_gives(mock: JsmsMock) -> None:

    def play(steps: list[float]) -> list[tuple[str, str]]:
        mock.reset()
        mock.clock.set(START)
        with receiving() as receiver:
            mock.callbacks.set(receiver.url, check=False)
            receiver.statuses = [500, 500, 200, 500, 200, 500]
            post(mock, "/codes", CODE)
            mock.clock.advance(100)
            post(mock, "/codes", {**CODE, "mobile": "13900139000"})
            for step in steps:
                mock.advance(step)
            return [(event["timestamp"], event["data"]) for event in receiver.events]

    assert play([24 * HOUR]) == play([7.0] * 20 + [HOUR / 2] * 48)


def test_a_receiver_may_call_the_mock_while_it_is_called(mock: JsmsMock, receiver: Receiver) -> None:
    """Nothing is locked meanwhile: it can send, and the clock shows the instant of the try."""
    seen: list[float] = []

    def meanwhile() -> None:
        seen.append(mock.clock.now())
        if len(seen) == 1:
            post(mock, "/codes", {**CODE, "mobile": "13900139000"})

    receiver.meanwhile = meanwhile
    post(mock, "/codes", CODE)

    mock.advance(HOUR)

    assert seen == [START + 5, START + 10]
    assert mock.clock.now() == START + HOUR


@pytest.mark.parametrize(("clock", "delay"), [("frozen", 0), ("real", 0.01)])
def test_a_served_mock_delivers_by_itself(mock: JsmsMock, clock: str, delay: float) -> None:
    """While it is served nobody has to settle anything; a running clock wakes it up for what is due."""
    arrived = threading.Event()
    if clock == "real":
        mock.set_clock("real")
    mock.settings = mock.settings.with_changes(report_delay_seconds=delay)
    with receiving() as receiver, mock.serve() as server:
        receiver.meanwhile = arrived.set
        mock.callbacks.set(receiver.url)
        httpx.post(f"{server.url}/codes", json=CODE, auth=PAIR)
        assert arrived.wait(30)


def test_resetting_forgets_what_is_on_its_way(mock: JsmsMock, receiver: Receiver) -> None:
    """A try whose state is gone is not told to the new one, though it has the same number."""

    def meanwhile() -> None:
        receiver.meanwhile = lambda: None
        mock.reset()
        mock.callbacks.set(receiver.url, check=False)
        post(mock, "/codes", CODE)
        mock.clock.advance(5)

    receiver.meanwhile = meanwhile
    receiver.statuses = [500]
    post(mock, "/codes", CODE)
    mock.advance(HOUR)

    assert [attempt.ok for attempt in only(mock).attempts] == [True]
    assert len(receiver.events) == 2


def test_pulling_is_off_while_a_receiver_is_set(mock: JsmsMock, receiver: Receiver) -> None:
    """Reports and replies go one way or the other."""

    def pull(path: str) -> int:
        with httpx.Client(transport=mock.httpx_transport, base_url="http://mock/v1", auth=PAIR) as client:
            answer = client.get(path)
        mock.advance(10)
        return answer.status_code

    assert pull("/report") == pull("/reply") == 403
    mock.callbacks.set(None, [CallbackType.REPORT])
    assert (pull("/report"), pull("/reply")) == (200, 403)
    mock.callbacks.set(None)
    assert (pull("/report"), pull("/reply")) == (200, 200)


def test_only_the_application_itself_is_told(mock: JsmsMock, receiver: Receiver) -> None:
    """Applications never hear of each other's messages."""
    assert set(mock.callbacks.addresses(SECOND_APP_KEY).values()) == {None}
    mock.reply(PHONE, "hello", app_key=SECOND_APP_KEY)
    mock.run_due()

    assert receiver.events == []


def test_repeats_survive_a_restart(tmp_path: Any) -> None:
    with receiving() as receiver:
        receiver.statuses = [500]
        with JsmsMock(clock=Clock(frozen_at=START), db=tmp_path / "mock.db") as mock:
            mock.callbacks.set(receiver.url)
            post(mock, "/codes", CODE)
            mock.advance(5)
            assert only(mock).next_at == START + 5 + 3 * MINUTE
        with JsmsMock(clock=Clock(frozen_at=START + HOUR), db=tmp_path / "mock.db") as mock:
            assert mock.callbacks.addresses()[CallbackType.REPORT] == receiver.url
            mock.advance(24 * HOUR)
            assert [attempt.ok for attempt in only(mock).attempts] == [False, True]


def test_a_callback_that_waits_when_serving_begins_goes_out(mock: JsmsMock) -> None:
    mock.settings = mock.settings.with_changes(report_delay_seconds=0)
    arrived = threading.Event()
    with receiving() as receiver:
        receiver.meanwhile = arrived.set
        mock.callbacks.set(receiver.url)
        post(mock, "/codes", CODE)
        mock.advance_without_callbacks(1)
        assert receiver.events == []
        with mock.serve():
            assert arrived.wait(30)


def test_what_a_receiver_causes_goes_out_too(mock: JsmsMock) -> None:
    """Nothing is lost that happens while the thread of a served mock is busy with a callback."""
    mock.settings = mock.settings.with_changes(report_delay_seconds=0)
    phones = [PHONE, "13900139000", "13700137000"]
    last = threading.Event()
    with receiving() as receiver, mock.serve() as server:

        def meanwhile() -> None:
            done = len(receiver.events) + 1
            if done == len(phones):
                last.set()
            else:
                httpx.post(f"{server.url}/codes", json={**CODE, "mobile": phones[done]}, auth=PAIR)

        receiver.meanwhile = meanwhile
        mock.callbacks.set(receiver.url)
        httpx.post(f"{server.url}/codes", json=CODE, auth=PAIR)
        assert last.wait(30)


def test_stopping_does_not_wait_for_a_receiver_that_does(tmp_path: Path) -> None:
    """A hanging receiver keeps neither the server nor the mock from ending; its try is made again under its number."""
    called, over = threading.Event(), threading.Event()

    def meanwhile() -> None:
        called.set()
        over.wait(30)

    with receiving() as receiver:
        with JsmsMock(clock=Clock(frozen_at=START), db=tmp_path / "mock.db") as mock:
            mock.settings = mock.settings.with_changes(report_delay_seconds=0)
            receiver.meanwhile = meanwhile
            mock.callbacks.set(receiver.url)
            with mock.serve() as server:
                httpx.post(f"{server.url}/codes", json=CODE, auth=PAIR)
                assert called.wait(30)
            assert [attempt.ok for attempt in only(mock).attempts] == [None]
        over.set()
        with JsmsMock(clock=Clock(frozen_at=START + MINUTE), db=tmp_path / "mock.db") as mock:
            mock.run_due()
            (attempt,) = only(mock).attempts
    assert (attempt.number, attempt.at, attempt.ok) == (1, START, True)
