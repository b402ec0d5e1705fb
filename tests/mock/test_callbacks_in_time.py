"""CallbackQueue as the brain sees them: what is told when, repeated when, given up when."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from jsms_api import limits
from jsms_api.error_table import ReportStatus
from jsmskit.mock.model.clock import Clock, milliseconds
from jsmskit.mock.model.random_ids import RandomIds
from jsmskit.mock.model.records import CallbackAttempt, CallbackType
from jsmskit.mock.service.dispatcher import Dispatcher
from jsmskit.mock.service.operations.reviews import SIGNS, TEMPLATES
from jsmskit.mock.state.state import State

from tests.mock.bench import NOON, PHONE, Bench

URL = "http://127.0.0.1:9/callback"


@dataclass
class Receiver:
    """A sink that keeps what it is given, and answers what a test says."""

    answer: bool | None = True
    attempts: list[CallbackAttempt] = field(default_factory=list)

    def attempt(self, attempt: CallbackAttempt) -> bool | None:
        self.attempts.append(attempt)
        return self.answer

    def told(self, kind: CallbackType) -> list[dict[str, Any]]:
        return [json.loads(attempt.data) for attempt in self.attempts if attempt.type is kind]


@pytest.fixture
def receiver(bench: Bench) -> Receiver:
    receiver = Receiver()
    bench.dispatcher.callbacks.sink = receiver
    for kind in CallbackType:
        bench.state.callbacks.set_address(bench.app_key, kind, URL)
    return receiver


def test_reports_replies_and_reviews_are_told(bench: Bench, receiver: Receiver) -> None:
    """With the fields of the documentation, at the instants at which they happened."""
    msg_id = bench.notice().json["msg_id"]
    bench.dispatcher.reply(PHONE, "TD")
    temp_id, sign_id = bench.template(), bench.sign()
    bench.dispatcher.review(TEMPLATES, bench.app_key, temp_id, approved=True)
    bench.dispatcher.review(SIGNS, bench.app_key, sign_id, approved=False, reason="证件照片不清晰")
    bench.clock.advance(60)
    assert receiver.told(CallbackType.REPORT) == [
        {"msgId": str(msg_id), "status": ReportStatus.DELIVERED, "receiveTime": milliseconds(NOON + 5), "phone": PHONE}
    ]
    assert receiver.told(CallbackType.REPLY) == [{"phone": PHONE, "replyTime": milliseconds(NOON), "content": "TD"}]
    assert receiver.told(CallbackType.TEMPLATE) == [{"tempId": temp_id, "status": 1, "refuseReason": None}]
    assert receiver.told(CallbackType.SIGN) == [{"signId": sign_id, "status": 2, "refuseReason": "证件照片不清晰"}]
    assert {attempt.at for attempt in receiver.attempts} == {NOON, NOON + 5}
    assert all((attempt.number, attempt.url) == (1, URL) for attempt in receiver.attempts)


def test_an_review_by_the_clock_is_told_too(bench: Bench, receiver: Receiver) -> None:
    bench.template()
    bench.clock.advance(86_400)
    (attempt,) = receiver.attempts
    assert attempt.at == NOON + 3 * 3600


def test_a_failed_callback_is_repeated_after_3_minutes_1_hour_and_12_hours_and_given_up(
    bench: Bench, receiver: Receiver
) -> None:
    """Each delay counts from the try before it (G13); the log has all four."""
    receiver.answer = False
    bench.dispatcher.reply(PHONE, "hi", bench.app_key)
    instants = [NOON]
    for delay in limits.CALLBACK_REPEAT_DELAYS_SECONDS:
        bench.clock.advance(delay - 1)
        assert [attempt.at for attempt in receiver.attempts] == instants
        bench.clock.advance(1)
        instants.append(instants[-1] + delay)
    bench.clock.advance(30 * 86_400)
    assert [attempt.at for attempt in receiver.attempts] == instants
    assert [attempt.number for attempt in receiver.attempts] == [1, 2, 3, 4]
    (delivery,) = bench.state.callbacks.log(bench.app_key)
    assert not delivery.delivered
    assert delivery.next_at is None
    assert [(attempt.at, attempt.ok) for attempt in delivery.attempts] == [(at, False) for at in instants]


def test_one_long_step_gives_the_same_tries_as_many_short_ones(bench: Bench, receiver: Receiver) -> None:
    receiver.answer = False
    bench.dispatcher.reply(PHONE, "hi", bench.app_key)
    bench.schedule(send_time="2024-05-06 12:30:00")
    bench.clock.advance(86_400)
    kinds = [(attempt.type, attempt.number) for attempt in receiver.attempts]
    reply, report = CallbackType.REPLY, CallbackType.REPORT
    assert kinds == [(reply, 1), (reply, 2), (report, 1), (report, 2), (reply, 3), (report, 3), (reply, 4), (report, 4)]
    assert [attempt.at for attempt in receiver.attempts] == sorted(attempt.at for attempt in receiver.attempts)


def test_a_try_that_ends_later_is_settled_from_outside(bench: Bench, receiver: Receiver) -> None:
    """A sink that cannot answer at once; telling twice changes nothing."""
    receiver.answer = None
    bench.dispatcher.reply(PHONE, "hi", bench.app_key)
    (attempt,) = receiver.attempts
    callbacks = bench.dispatcher.callbacks
    (delivery,) = bench.state.callbacks.log()
    assert (delivery.attempts[0].ok, delivery.next_at) == (None, None)
    bench.clock.advance(86_400)
    assert len(receiver.attempts) == 1
    next_at = callbacks.record(attempt.delivery_id, ok=False, detail="HTTP 500", now=NOON + 1)
    assert next_at == NOON + 180
    assert callbacks.record(attempt.delivery_id, ok=True, detail="again", now=NOON + 1) == next_at
    receiver.answer = True
    bench.clock.advance(0)
    (delivery,) = bench.state.callbacks.log()
    assert [(each.ok, each.detail) for each in delivery.attempts] == [(False, "HTTP 500"), (True, "delivered")]
    assert callbacks.record(999, ok=True, detail="", now=NOON) is None


def test_without_a_sender_every_try_fails(bench: Bench) -> None:
    bench.state.callbacks.set_address(bench.app_key, CallbackType.REPLY, URL)
    bench.dispatcher.reply(PHONE, "hi", bench.app_key)
    (delivery,) = bench.state.callbacks.log()
    assert delivery.attempts[0].detail == "no callbacks are delivered here"


def test_without_an_address_nothing_is_delivered_and_records_wait_to_be_pulled(
    bench: Bench, receiver: Receiver
) -> None:
    bench.state.callbacks.set_address(bench.app_key, CallbackType.REPLY, None)
    bench.notice()
    bench.dispatcher.reply(PHONE, "hi")
    bench.clock.advance(5)
    assert len(receiver.told(CallbackType.REPORT)) == 1
    assert receiver.told(CallbackType.REPLY) == []
    assert len(bench.get("/reply").json) == 1


def test_a_try_that_was_under_way_when_the_mock_died_is_made_again(tmp_path: Path) -> None:
    """Under its old number, after the file is opened again; so are the repeats that were due meanwhile."""
    path = tmp_path / "mock.db"
    random_ids = RandomIds()
    state = State(random_ids, path=path)
    exchange = Dispatcher(state, Clock(frozen_at=NOON), random_ids)
    exchange.callbacks.sink = Receiver(answer=None)
    (app_key, _) = state.accounts.application_keys()
    state.callbacks.set_address(app_key, CallbackType.REPLY, URL)
    exchange.reply(PHONE, "hi", app_key)
    state.close()

    random_ids = RandomIds()
    again = State(random_ids, path=path)
    exchange = Dispatcher(again, Clock(frozen_at=NOON + 60), random_ids)
    receiver = exchange.callbacks.sink = Receiver(answer=True)
    exchange.run_until(NOON + 60)
    assert [(attempt.number, attempt.at) for attempt in receiver.attempts] == [(1, NOON)]
    (delivery,) = again.callbacks.log()
    assert delivery.delivered
    again.close()


def test_the_log_keeps_the_newest_deliveries_and_all_that_wait(bench: Bench, receiver: Receiver) -> None:
    bench.dispatcher.callbacks._keep = 10
    receiver.answer = False
    bench.dispatcher.reply(PHONE, "waits", bench.app_key)
    receiver.answer = True
    for i in range(256):
        bench.dispatcher.reply(PHONE, str(i), bench.app_key)
    log = bench.state.callbacks.log()
    assert len(log) <= 12
    assert json.loads(log[0].data)["content"] == "waits"
    assert len(bench.state.callbacks.log(limit=2)) == 2
