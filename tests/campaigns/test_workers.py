"""What workers ask of a ledger, and settings that they share through it: certain chunks, signs of life, progress."""

from __future__ import annotations

import json
from datetime import time
from pathlib import Path

import jsmskit.campaigns
import pytest
from campaign_runners import MakeEither
from campaign_scene import MARKETING, MORNING, NOTICE, PLAIN, Clock
from campaign_service import Service, numbers
from jsms_api.error_table import ErrorCode
from jsmskit.campaigns import (
    CampaignState,
    CampaignStateError,
    ChunkState,
    Mode,
    PlanError,
    QuietHours,
    RecipientState,
    RunSettings,
    plan,
)
from jsmskit.campaigns.decisions import ChunkDecision, RecipientUpdate, decide_not_sent, decide_response, decide_unknown
from jsmskit.campaigns.ledger import Ledger, new_owner
from jsmskit.campaigns.models import Backoff, ChunkLease, Finished
from jsmskit.campaigns.planning import RowValidator
from jsmskit.campaigns.running.session import WorkerSession
from jsmskit.campaigns.sources import Row
from jsmskit.results import AcceptedMessage, BatchResult, RejectedMessage

SETTINGS = RunSettings(concurrency=8, canary=False, unknown_share=1.0)


def started(ledger: Ledger, count: int = 120) -> str:
    plan(ledger, numbers(count), PLAIN)
    owner = new_owner()
    ledger.start(1, owner, SETTINGS, resume=False)
    return owner


def taken(ledger: Ledger, owner: str, only: int | None = None) -> ChunkLease:
    order = ledger.claim(1, owner, SETTINGS, only=only)
    assert isinstance(order, ChunkLease), order
    return order


def test_a_certain_chunk_is_given_to_one_worker_only(either: Ledger) -> None:
    """The job of a chunk that is settled, or with another worker, has nothing to do; one that has to wait does wait."""
    owner = started(either)
    assert taken(either, owner, only=2).chunk == 2
    done = either.claim(1, new_owner(), SETTINGS, only=2)
    assert done == Finished(CampaignState.RUNNING, "the chunk is settled, or with another worker")
    order = taken(either, owner, only=1)
    either.settle(order, ChunkDecision(ChunkState.PENDING, why="later", wait=60.0), SETTINGS)
    assert isinstance(either.claim(1, owner, SETTINGS, only=1), Backoff)


def test_who_left_before_a_chunk_was_given_back_is_not_in_it_the_next_time(either: Ledger) -> None:
    """Marketing: two unsubscribe, the chunk comes back unsent, a third unsubscribes; the others keep their places."""
    settings = RunSettings(canary=False, hours_override="test")
    plan(either, numbers(10), MARKETING)
    owner = new_owner()
    either.start(1, owner, settings, resume=False)
    for gone, left in ((numbers(2), numbers(8, 2)), (numbers(1, 5), [*numbers(3, 2), *numbers(4, 6)])):
        either.feedback.opt_out(gone, "asked")
        order = either.claim(1, owner, settings)
        assert isinstance(order, ChunkLease)
        assert [member.phone for member in order.members] == left
        either.settle(order, decide_not_sent("asleep"), settings)
    order = either.claim(1, owner, settings)
    assert isinstance(order, ChunkLease)
    ids = {member.position: f"9{member.position}" for member in order.members}
    either.settle(order, ChunkDecision(ChunkState.ACCEPTED, accepted=ids, answered=True), settings)
    listed = {one.phone: one.msg_id for one in either.queries.recipients(1, RecipientState.ACCEPTED)}
    assert listed == {member.phone: ids[member.position] for member in order.members}
    assert len(list(either.queries.recipients(1, RecipientState.SKIPPED))) == 3


@pytest.mark.parametrize(
    ("verdict", "states"),
    [
        (ChunkDecision(ChunkState.ACCEPTED, accepted={0: "90"}, answered=True), {"accepted": 1, "pending": 1}),
        (ChunkDecision(ChunkState.ACCEPTED, accepted={0: "9\n0", 1: "9\r1"}, answered=True), {"accepted": 2}),
        (
            ChunkDecision(
                ChunkState.ACCEPTED,
                updates=(RecipientUpdate(7, RecipientState.REJECTED),),
                accepted={0: "90", 1: "91"},
                answered=True,
            ),
            {"accepted": 2},
        ),
    ],
    ids=["somebody is left out", "ids of two lines", "nobody stands there"],
)
def test_a_verdict_moves_whom_it_names_and_nobody_else(
    either: Ledger, verdict: ChunkDecision, states: dict[str, int]
) -> None:
    """However odd it is: who is not named stays, and what is an id for somebody stays that id."""
    owner = started(either, 2)
    assert either.settle(taken(either, owner), verdict, SETTINGS)
    assert {str(state): count for state, count in either.queries.counts(1).recipients.items()} == states
    ids = {place: one.msg_id for place, one in enumerate(either.queries.recipients(1)) if one.msg_id}
    assert ids == dict(verdict.accepted)


def test_single_unknown_people_are_settled_by_their_numbers(either: Ledger) -> None:
    """Evidence about one is none about the others: they stay unknown, and so does their request until the last."""
    owner = started(either, 10)
    order = taken(either, owner)
    either.settle(order, decide_unknown(order, "no answer"), SETTINGS)
    one, *rest = numbers(10)
    assert either.resolve(1, sent=True, reason="told us", phones=[one, "13700000000"]) == 1
    assert either.queries.unknown_chunks(1)[0][:2] == (1, 9)
    assert [chunk.state for chunk in either.queries.chunks(1)] == [ChunkState.UNKNOWN]
    assert either.resolve(1, sent=True, reason="told us, too", phones=rest) == 9
    assert [chunk.state for chunk in either.queries.chunks(1)] == [ChunkState.ACCEPTED]
    assert either.queries.counts(1).accepted == 10


def test_progress_is_told_by_chunks(either: Ledger) -> None:
    """Recipients of chunks that are done, and of those that are not: in flight is not done."""
    owner = started(either)
    assert either.queries.progress(1) == (0, 120)
    first = taken(either, owner)
    taken(either, owner)
    fates = tuple(RecipientUpdate(one.position, RecipientState.ACCEPTED) for one in first.members)
    either.settle(first, ChunkDecision(ChunkState.ACCEPTED, updates=fates, answered=True), SETTINGS)
    assert either.queries.progress(1) == (10, 110)


def test_a_worker_that_waits_for_long_shows_now_and_then_that_it_lives(ledger: Ledger, clock: Clock) -> None:
    """At the session, every twenty seconds: a worker that is silent for minutes is taken for dead."""
    owner = started(ledger)
    taken(ledger, owner)
    session = WorkerSession(ledger, 1, owner, SETTINGS, clock=clock, monotonic=clock)

    def heard() -> float:
        with ledger.database.read() as tx:
            return float((tx.fetchone("SELECT heard_at FROM worker WHERE owner=?", (owner,)) or (0,))[0])

    clock.now += 19
    session.next_chunk()
    assert heard() == MORNING
    clock.now += 1
    session.next_chunk()
    assert heard() == MORNING + 20


def test_why_a_run_has_ended_is_not_overwritten(ledger: Ledger) -> None:
    """One worker sees the end, another fails at its last chunk: the end stays the end, and nobody gets more work."""
    owner = started(ledger, 10)
    session = WorkerSession(ledger, 1, owner, SETTINGS)
    order = session.next_chunk()
    assert isinstance(order, ChunkLease)
    session.record_unknown(order, "no answer")
    ended = session.next_chunk()
    session.stop()
    assert session.next_chunk() == ended == Finished(CampaignState.FINISHED, "")


def test_broken_off_is_the_end_for_this_run_only(ledger: Ledger) -> None:
    """The ledger says that the campaign runs; this session gives out nothing more."""
    session = WorkerSession(ledger, 1, started(ledger), SETTINGS)
    session.stop()
    assert session.next_chunk() == Finished(CampaignState.RUNNING, "broken off")
    assert ledger.queries.campaign(1).state is CampaignState.RUNNING


def test_an_interrupted_plan_cannot_be_run(ledger: Ledger, service: Service, either_runner: MakeEither) -> None:
    """It holds a part of the list; whatever the balance says, the plan is made again."""
    ledger.plans.begin_plan(name="x", facts=PLAIN, sign_id=None, tag=None, mode=Mode.DIRECT, source="list")
    with pytest.raises(CampaignStateError, match="was interrupted"):
        either_runner().run()
    assert not service.requests


def test_a_repetition_that_the_service_refuses_proves_the_first_one(
    ledger: Ledger, service: Service, either_runner: MakeEither
) -> None:
    """A person said that an unknown request was not sent; 50034 for it says that it was. Nobody got two."""
    plan(ledger, numbers(10), PLAIN)
    service.then(service.lost_answer)
    either_runner(unknown_share=1.0, canary=False).run()
    ledger.resolve(1, sent=False, reason="nothing in the console")
    service.codes = dict.fromkeys(numbers(10), int(ErrorCode.REPEAT_SEND))
    assert either_runner(unknown_share=1.0, canary=False).resume().finished
    assert ledger.queries.counts(1).accepted == 10
    assert {one.why for one in ledger.queries.recipients(1)} == {
        "refused as a repetition after an unknown request: the earlier one had been taken"
    }
    assert max(service.taken.values()) == 1


def test_an_answer_about_strangers_says_nothing_about_ours(ledger: Ledger) -> None:
    """Nobody who was not asked about is settled by it; who was not answered about is unknown."""
    order = taken(ledger, started(ledger, 2))
    strangers = numbers(2, 500)
    result = BatchResult(
        (AcceptedMessage(order.members[0].phone, "1"), AcceptedMessage(strangers[0], "2")),
        (RejectedMessage(strangers[1], ErrorCode.INVALID_MOBILE),),
    )
    verdict = decide_response(order, result, SETTINGS)
    assert dict(verdict.accepted) == {0: "1"}
    assert [(fate.position, fate.state) for fate in verdict.updates] == [(1, RecipientState.UNKNOWN)]


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"concurrency": 0}, "1 to 64"),
        ({"concurrency": 65}, "1 to 64"),
        ({"rate": 0.0}, "rate must be above zero"),
        ({"rate": float("nan")}, "rate must be above zero"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, float], what: str) -> None:
    with pytest.raises(PlanError, match=what) as caught:
        RunSettings(**settings)  # type: ignore[arg-type]
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("opens", "closes", "what"),
    [
        ("8", "21:00", "must look like 08:00"),
        ("08:00", "24:00", "must look like 08:00"),
        ("21:00", "08:00", "end before they begin"),
        ("08:00", "08:00", "end before they begin"),
    ],
)
def test_hours_are_two_times_of_one_day(opens: str, closes: str, what: str) -> None:
    with pytest.raises(PlanError, match=what):
        QuietHours.parse(opens, closes)
    assert QuietHours.parse("08:05", "21:00") == QuietHours(time(8, 5), time(21, 0))


def test_every_worker_runs_a_campaign_as_it_was_told_last(either: Ledger) -> None:
    """Settings travel through the ledger, whole; a campaign that nobody has started yet has the usual ones."""
    plan(either, numbers(2), MARKETING)
    assert either.settings_of(1) == RunSettings()
    told = RunSettings(
        concurrency=3,
        rate=12.5,
        hours=QuietHours.parse("09:30", "20:00"),
        hours_override="agreed",
        mode=Mode.SCHEDULE,
        schedule_canary_phone="13800138000",
    )
    either.start(1, new_owner(), told, resume=False)
    assert either.settings_of(1) == told
    assert "agreed" in [event.detail for event in either.queries.events(1)]


def test_nothing_that_is_looked_at_shows_a_number(ledger: Ledger) -> None:
    """Tracebacks and logs print values: members, orders, rows and what became of them."""
    order = taken(ledger, started(ledger, 2))
    row = Row(1, order.members[0].phone, {"name": "张三"})
    validator = RowValidator(PLAIN)
    seen = [
        order,
        order.members,
        order.members[0],
        row,
        validator.validate(Row(1, row.phone)),
        validator.validate(Row(2, row.phone + "5")),
    ]
    everybody = BatchResult(tuple(AcceptedMessage(one.phone, "9139") for one in order.members), ())
    seen.append(decide_response(order, everybody, SETTINGS))
    shown = repr(seen) + repr(RowValidator(NOTICE).validate(row)) + repr(list(ledger.queries.recipients(1)))
    assert "139" not in shown
    assert "张三" not in shown


def test_a_path_is_read_by_its_ending(ledger: Ledger, tmp_path: Path) -> None:
    for ending in ("jsonl", "NDJSON"):
        file = tmp_path / f"people.{ending}"
        file.write_text(json.dumps({"phone": numbers(1)[0]}) + "\n")
        assert plan(ledger, str(file), PLAIN, tag=ending).recipients == 1


def test_the_package_lists_its_names() -> None:
    assert set(jsmskit.campaigns.__all__) <= set(dir(jsmskit.campaigns))
