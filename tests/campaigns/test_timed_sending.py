"""Sending through timed tasks, with threads and with asyncio: whatever a call loses, the task itself is asked, and
nobody gets two messages.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from campaign_runners import SYNC_AND_ASYNC, EitherRunner
from campaign_scene import MARKETING, PLAIN, Clock
from campaign_service import numbers
from campaign_timed import OURS, Step, TimedService, lost_answer, lost_request, refused
from jsms_api.error_table import ErrorCode
from jsmskit.campaigns import CampaignState, Mode, RunSettings, plan
from jsmskit.campaigns.ledger import Ledger, new_owner
from jsmskit.campaigns.ledger.failpoints import arm_failpoints

PEOPLE = numbers(10)
ONCE = Counter(PEOPLE)
TIMED: dict[str, Any] = {
    "mode": Mode.SCHEDULE,
    "schedule_canary_phone": OURS,
    "unknown_share": 1.0,
    "unknown_in_a_row": 99,
}


@pytest.fixture(params=SYNC_AND_ASYNC)
def timed(request: pytest.FixtureRequest, ledger: Ledger, clock: Clock) -> EitherRunner:
    """A runner sync or async that sends through timed tasks; ten people are planned."""
    plan(ledger, PEOPLE, PLAIN, mode=Mode.SCHEDULE)
    return EitherRunner(request.param, ledger, TimedService(), clock, RunSettings(**TIMED))


def go(timed: EitherRunner, name: str = "run") -> CampaignState:
    state: CampaignState = getattr(timed, name)(check_balance=False).campaign.state
    return state


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        ("create", lost_request),
        ("create", lost_answer),
        ("create", refused(ErrorCode.OUT_OF_FREQ, 403)),
        ("put", lost_request),
        ("put", lost_answer),
        ("put", refused(ErrorCode.WRONG_SCHEDULE_STATUS)),
        ("show", lost_request),
        ("show", lost_answer),
    ],
    ids=lambda given: given if isinstance(given, str) else given.__name__,
)
def test_no_lost_call_leaves_anybody_unknown(timed: EitherRunner, kind: str, step: Step) -> None:
    """Reserved again, read, or put in again: putting twice is harmless, since it is one task."""
    timed.service.then(kind, step)
    timed.service.then("show", lost_request)
    assert go(timed) is CampaignState.FINISHED
    assert timed.states() == {"accepted": 10}
    assert timed.service.went_out() == ONCE


@pytest.mark.parametrize("place", ["claim.committed", "schedule.posted", "schedule.reserved", "schedule.put"])
def test_a_run_that_was_taken_for_dead_leaves_its_chunk_to_the_next(timed: EitherRunner, place: str) -> None:
    """Frozen anywhere on the way, it finds that the chunk is not its own any more; the task is gone on with, and at
    worst the operator's own number gets a message.
    """
    naps = [place]

    def passing(here: str) -> None:
        if here in naps:
            naps.remove(here)
            timed.ledger.start(1, new_owner(), RunSettings(**TIMED), resume=True, hold=False)

    with arm_failpoints(passing):
        assert go(timed) is CampaignState.FINISHED
    assert not naps
    assert timed.states() == {"accepted": 10}
    assert timed.service.went_out() == ONCE


@pytest.mark.parametrize("cancelled", [True, False])
def test_a_refused_change_puts_nobody_in_and_takes_the_place_back(timed: EitherRunner, cancelled: bool) -> None:
    """The chunk waits for money; the operator's number is taken out of the task if that is possible."""
    timed.service.then("put", refused(ErrorCode.NO_MONEY, 403))
    if not cancelled:
        timed.service.then("cancel", lost_request)
    assert go(timed) is CampaignState.PAUSED
    assert timed.states() == {"pending": 10}
    assert timed.service.tasks == ({} if cancelled else {"task-1": [OURS]})
    assert go(timed, "resume") is CampaignState.FINISHED
    assert timed.service.went_out() == ONCE


def test_recipients_that_a_change_refuses_are_refused_with_their_codes(timed: EitherRunner) -> None:
    """The others go out; who unsubscribed with the vendor gets no marketing from any later plan."""
    timed.service.refused = {PEOPLE[2]: ErrorCode.INVALID_MOBILE, PEOPLE[3]: ErrorCode.UNSUBSCRIBED_MOBILE}
    assert go(timed) is CampaignState.FINISHED
    assert timed.ledger.queries.codes(1) == [(ErrorCode.INVALID_MOBILE, 1), (ErrorCode.UNSUBSCRIBED_MOBILE, 1)]
    assert timed.service.went_out() == ONCE - Counter(PEOPLE[2:4])
    assert plan(timed.ledger, PEOPLE, MARKETING).set_aside == {"opted_out": 1}


def test_recipients_that_are_refused_in_silence_are_found_missing_in_the_task(timed: EitherRunner) -> None:
    """The count says that somebody was refused, the list not who; the task shows everybody else."""
    timed.service.refused, timed.service.keeps_quiet = {PEOPLE[2]: ErrorCode.INVALID_MOBILE}, True
    assert go(timed) is CampaignState.FINISHED
    assert timed.states() == {"accepted": 9, "rejected": 1}
    (nobody,) = [one for one in timed.ledger.queries.recipients(1) if one.state == "rejected"]
    assert (nobody.phone, nobody.code) == (PEOPLE[2], None)
    assert "the reason was lost" in nobody.why


def test_a_task_that_is_shown_no_more_leaves_its_people_unknown(timed: EitherRunner) -> None:
    """It went out, or somebody deleted it: nothing tells, and nothing is sent again."""
    timed.service.then("put", lost_answer)
    timed.service.then("show", refused(ErrorCode.INVALID_SCHEDULE_ID))
    assert go(timed) is CampaignState.FINISHED
    assert timed.states() == {"unknown": 10}
    assert timed.service.calls == ["create", "put", "show"]


def test_a_task_that_cannot_be_read_for_long_pauses_and_is_read_by_the_next_run(timed: EitherRunner) -> None:
    """Eight tries; then a person looks at the network, and nothing is lost."""
    timed.service.then("put", lost_answer)
    timed.service.then("show", *[lost_request] * 8)
    assert go(timed) is CampaignState.PAUSED
    assert "could not be read" in timed.ledger.queries.campaign(1).why
    assert timed.service.calls.count("show") == 8
    assert go(timed, "resume") is CampaignState.FINISHED
    assert timed.service.calls.count("put") == 1
    assert timed.states() == {"accepted": 10}
    assert timed.service.went_out() == ONCE


def test_without_the_numbers_of_the_messages_an_accepted_change_stays_accepted(timed: EitherRunner) -> None:
    """The answer of the change was read; only the ids, which reports are matched by, could not be."""
    timed.service.then("show", *[lost_request] * 8)
    assert go(timed) is CampaignState.FINISHED
    assert timed.states() == {"accepted": 10}
    assert {one.msg_id for one in timed.ledger.queries.recipients(1)} == {None}


def test_a_direct_run_finishes_what_a_timed_run_has_begun(timed: EitherRunner) -> None:
    """A filled timed task is never sent a second time directly, whatever the next run is told to do."""

    def broken_off(place: str) -> None:
        if place == "schedule.put":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), arm_failpoints(broken_off):
        go(timed)
    assert timed.resume(check_balance=False, mode=Mode.DIRECT).finished
    assert timed.states() == {"accepted": 10}
    assert timed.service.went_out() == ONCE
