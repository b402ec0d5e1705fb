"""Sending through timed tasks, with threads and with asyncio: whatever a call loses, the task itself is asked, and
nobody gets two messages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from campaign_runners import EitherRunner
from campaign_scene import MARKETING, PLAIN, Clock, states
from campaign_service import numbers
from campaign_timed import OURS, Step, TimedService, lost_answer, lost_request, refused
from jsms_api.error_table import ErrorCode
from jsmskit.campaigns import CampaignState, Mode, PlanError, RunSettings, plan
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
Run = Callable[..., EitherRunner]


@pytest.fixture
def timed() -> TimedService:
    return TimedService()


@pytest.fixture(params=["sync", "asyncio"])
def make(request: pytest.FixtureRequest, ledger: Ledger, timed: TimedService, clock: Clock) -> Run:
    """A runner sync or async that sends through timed tasks; ten people are planned."""
    plan(ledger, PEOPLE, PLAIN, mode=Mode.SCHEDULE)

    def made(**settings: Any) -> EitherRunner:
        chosen = RunSettings(**TIMED | settings)
        return EitherRunner(request.param, ledger, timed, clock, chosen)

    return made


def go(runner: EitherRunner, name: str = "run") -> CampaignState:
    state: CampaignState = getattr(runner, name)(check_balance=False).campaign.state
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
def test_no_lost_call_leaves_anybody_unknown(
    ledger: Ledger, timed: TimedService, make: Run, kind: str, step: Step
) -> None:
    """Reserved again, read, or put in again: putting twice is harmless, since it is one task."""
    timed.then(kind, step)
    timed.then("show", lost_request)
    assert go(make()) is CampaignState.FINISHED
    assert states(ledger) == {"accepted": 10}
    assert timed.went_out() == ONCE


@pytest.mark.parametrize("place", ["claim.committed", "schedule.posted", "schedule.reserved", "schedule.put"])
def test_a_run_that_was_taken_for_dead_leaves_its_chunk_to_the_next(
    ledger: Ledger, timed: TimedService, make: Run, clock: Clock, place: str
) -> None:
    """Frozen anywhere on the way, it finds that the chunk is not its own any more; the task is gone on with, and at
    worst the operator's own number gets a message.
    """
    naps = [place]

    def passing(here: str) -> None:
        if here in naps:
            naps.remove(here)
            ledger.start(1, new_owner(), RunSettings(**TIMED), resume=True, hold=False)

    with arm_failpoints(passing):
        assert go(make()) is CampaignState.FINISHED
    assert not naps
    assert states(ledger) == {"accepted": 10}
    assert timed.went_out() == ONCE


@pytest.mark.parametrize("cancelled", [True, False])
def test_a_refused_change_puts_nobody_in_and_takes_the_place_back(
    ledger: Ledger, timed: TimedService, make: Run, cancelled: bool
) -> None:
    """The chunk waits for money; the operator's number is taken out of the task if that is possible."""
    timed.then("put", refused(ErrorCode.NO_MONEY, 403))
    if not cancelled:
        timed.then("cancel", lost_request)
    assert go(make()) is CampaignState.PAUSED
    assert states(ledger) == {"pending": 10}
    assert timed.tasks == ({} if cancelled else {"task-1": [OURS]})
    assert go(make(), "resume") is CampaignState.FINISHED
    assert timed.went_out() == ONCE


def test_recipients_that_a_change_refuses_are_refused_with_their_codes(
    ledger: Ledger, timed: TimedService, make: Run
) -> None:
    """The others go out; who unsubscribed with the vendor gets no marketing from any later plan."""
    timed.refused = {PEOPLE[2]: ErrorCode.INVALID_MOBILE, PEOPLE[3]: ErrorCode.UNSUBSCRIBED_MOBILE}
    assert go(make()) is CampaignState.FINISHED
    assert ledger.queries.codes(1) == [(ErrorCode.INVALID_MOBILE, 1), (ErrorCode.UNSUBSCRIBED_MOBILE, 1)]
    assert timed.went_out() == ONCE - Counter(PEOPLE[2:4])
    assert plan(ledger, PEOPLE, MARKETING).set_aside == {"opted_out": 1}


def test_recipients_that_are_refused_in_silence_are_found_missing_in_the_task(
    ledger: Ledger, timed: TimedService, make: Run
) -> None:
    """The count says that somebody was refused, the list not who; the task shows everybody else."""
    timed.refused, timed.keeps_quiet = {PEOPLE[2]: ErrorCode.INVALID_MOBILE}, True
    assert go(make()) is CampaignState.FINISHED
    assert states(ledger) == {"accepted": 9, "rejected": 1}
    (nobody,) = [one for one in ledger.queries.recipients(1) if one.state == "rejected"]
    assert (nobody.phone, nobody.code) == (PEOPLE[2], None)
    assert "the reason was lost" in nobody.why


def test_a_task_that_is_shown_no_more_leaves_its_people_unknown(ledger: Ledger, timed: TimedService, make: Run) -> None:
    """It went out, or somebody deleted it: nothing tells, and nothing is sent again."""
    timed.then("put", lost_answer)
    timed.then("show", refused(ErrorCode.INVALID_SCHEDULE_ID))
    assert go(make()) is CampaignState.FINISHED
    assert states(ledger) == {"unknown": 10}
    assert timed.calls == ["create", "put", "show"]


def test_a_task_that_cannot_be_read_for_long_pauses_and_is_read_by_the_next_run(
    ledger: Ledger, timed: TimedService, make: Run
) -> None:
    """Eight tries; then a person looks at the network, and nothing is lost."""
    timed.then("put", lost_answer)
    timed.then("show", *[lost_request] * 8)
    assert go(make()) is CampaignState.PAUSED
    assert "could not be read" in ledger.queries.campaign(1).why
    assert timed.calls.count("show") == 8
    assert go(make(), "resume") is CampaignState.FINISHED
    assert timed.calls.count("put") == 1
    assert states(ledger) == {"accepted": 10}
    assert timed.went_out() == ONCE


def test_without_the_numbers_of_the_messages_an_accepted_change_stays_accepted(
    ledger: Ledger, timed: TimedService, make: Run
) -> None:
    """The answer of the change was read; only the ids, which reports are matched by, could not be."""
    timed.then("show", *[lost_request] * 8)
    assert go(make()) is CampaignState.FINISHED
    assert states(ledger) == {"accepted": 10}
    assert {one.msg_id for one in ledger.queries.recipients(1)} == {None}


def test_a_direct_run_finishes_what_a_timed_run_has_begun(ledger: Ledger, timed: TimedService, make: Run) -> None:
    """A filled timed task is never sent a second time directly, whatever the next run is told to do."""

    def broken_off(place: str) -> None:
        if place == "schedule.put":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), arm_failpoints(broken_off):
        go(make())
    assert go(make(mode=Mode.DIRECT), "resume") is CampaignState.FINISHED
    assert states(ledger) == {"accepted": 10}
    assert timed.went_out() == ONCE


def test_schedule_mode_needs_a_number_of_your_own() -> None:
    """Its message holds the place of each chunk until the recipients are put in."""
    with pytest.raises(PlanError, match="a number of your own"):
        RunSettings(mode=Mode.SCHEDULE)
