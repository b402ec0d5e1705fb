"""Reports and replies are handed out once: the interval is kept, and no record is thrown away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from jsmskit import RateLimitError, ServerError

from tests.client.callers import Caller, FakeClock, answer, refusal, sent
from tests.client.operations import PHONE

Calling = Callable[..., Caller]


def test_pulling_respects_the_interval_without_waiting_for_it_here(calling: Calling, clock: FakeClock) -> None:
    """Two pages, then an empty one: a wait of 5 seconds before each pull but the first."""
    report = {"msgId": "1", "phone": PHONE, "receiveTime": 1575015093000, "status": 4001}
    reply = {"phone": PHONE, "replyTime": 1492150740292, "content": "TD"}
    caller = calling(answer(200, [report, report]), answer(200, [report]), answer(200, []), clock=clock)
    assert [found.msg_id for found in caller(lambda c: c.reports.iterate())] == ["1", "1", "1"]
    assert clock.slept == [5.0, 5.0]
    assert caller(lambda c: c.reports.iterate()) == []
    assert clock.slept == [5.0, 5.0, 5.0]

    clock.time += 100
    assert caller(lambda c: c.reports.iterate()) == []
    assert clock.slept == [5.0, 5.0, 5.0]

    caller = calling(answer(200, [reply, {"phone": PHONE}]), answer(200, []), clock=clock)
    assert [found.content for found in caller(lambda c: c.replies.iterate())] == ["TD"]


def test_a_record_that_cannot_be_read_does_not_cost_the_others(calling: Calling, clock: FakeClock, caplog: Any) -> None:
    """The service hands each out once: the good ones are given, the others kept as they came and counted."""
    good = {"msgId": 1, "phone": int(PHONE), "receiveTime": "1575015093000", "status": 4999}
    bad = [{**good, "status": None}, {**good, "receiveTime": "soon"}, 5, None]
    page = calling(answer(200, [*bad, good]))(lambda c: c.reports.fetch())
    assert (len(page), page.unreadable, page.records[0].status) == (1, tuple(bad), 4999)
    assert (page.records[0].delivered, page.records[0].info, page.records[0].phone) == (False, None, PHONE)
    assert calling(answer(200, bad), answer(200, []), clock=clock)(lambda c: c.reports.iterate()) == []
    assert "4 records could not be read" in caplog.text


def test_following_goes_on_after_an_empty_page(calling: Calling, clock: FakeClock) -> None:
    """Until the caller stops, or the service refuses."""
    reply = {"phone": PHONE, "replyTime": 1492150740292, "content": "TD"}
    caller = calling(answer(200, []), answer(200, []), answer(200, [reply]), refusal(403, 50009), clock=clock)
    with pytest.raises(RateLimitError):
        caller(lambda c: c.replies.iterate(follow=True))
    assert len(sent(caller)) == 4
    caller = calling(answer(200, []), refusal(500, 50019), clock=clock)
    with pytest.raises(ServerError) as caught:
        caller(lambda c: c.reports.iterate(follow=True))
    assert caught.value.records_at_risk == 500


def test_a_pull_that_failed_counts_for_the_interval(calling: Calling, clock: FakeClock) -> None:
    """It may have reached the service, which refuses the next one before five seconds are over."""
    caller = calling(refusal(500, 50019), answer(200, []), clock=clock)
    with pytest.raises(ServerError):
        caller(lambda c: c.reports.fetch())
    assert caller(lambda c: c.reports.iterate()) == []
    assert clock.slept == [5.0]
