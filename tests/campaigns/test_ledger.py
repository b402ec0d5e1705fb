"""The ledger's promises, held by SQLite and PostgreSQL alike: one suite for both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from campaign_scene import EASY, MARKETING, NOTICE, PLAIN, Clock, accepted, start, states, take
from campaign_service import numbers
from jsms_api.error_table import ErrorCode
from jsmskit.campaigns import (
    CampaignState,
    ChunkState,
    LedgerBusyError,
    Mode,
    PlanError,
    QuietHours,
    RecipientState,
    RunSettings,
    Target,
    TargetChangedError,
    open_ledger,
    plan,
)
from jsmskit.campaigns.decisions import ChunkDecision, RecipientUpdate, decide_not_sent, decide_response, decide_unknown
from jsmskit.campaigns.errors import CampaignExistsError, CampaignStateError, NoSuchCampaignError
from jsmskit.campaigns.ledger import Ledger, new_owner
from jsmskit.campaigns.models import Backoff, ChunkLease, Finished
from jsmskit.campaigns.planning import RowValidator
from jsmskit.campaigns.sources import Row
from jsmskit.results import AcceptedMessage, BatchResult, RejectedMessage


def test_a_claim_is_durable_before_anything_can_leave(either: Ledger, place: str, clock: Clock) -> None:
    """Another process sees the chunk in flight as soon as the claim has returned."""
    owner = start(either)
    order = take(either, owner)
    with open_ledger(place, clock=clock) as other:
        (chunk,) = other.queries.chunks(1, ChunkState.IN_FLIGHT)
    assert (chunk.number, chunk.owner, chunk.attempt) == (order.chunk, owner, 1)


def test_what_a_dead_owner_had_in_flight_becomes_unknown_and_never_pending(either: Ledger) -> None:
    """The double-send bug of most queues: a lease runs out. Here it runs out into a list for a person."""
    dead = start(either)
    order = take(either, dead)
    lost = either.start(1, new_owner(), EASY, resume=True)
    assert lost == [order.chunk]
    assert states(either) == {"unknown": len(order.members), "pending": 110}
    assert [(row[0], row[1]) for row in either.queries.unknown_chunks(1)] == [(order.chunk, len(order.members))]
    assert take(either, dead).chunk != order.chunk


def test_only_an_answer_moves_an_unknown_chunk_and_a_person_has_the_last_word(either: Ledger) -> None:
    """A frozen owner that wakes with an answer knows more than the list of unknowns; its memory of not having sent may
    be another owner's past. Once somebody said not-sent the recipients are elsewhere: the late answer is noted only.
    """
    frozen = start(either)
    first, second = take(either, frozen), take(either, frozen)
    either.start(1, new_owner(), EASY, resume=True)
    assert not either.settle(first, decide_not_sent("asleep"), EASY)
    assert either.queries.events(1)[-1].what == "late_verdict"
    assert either.settle(first, accepted(first), EASY)
    assert states(either) == {"accepted": 10, "unknown": 100, "pending": 10}
    assert either.resolve(1, sent=False, reason="console shows nothing") == 100
    assert not either.settle(second, accepted(second), EASY)
    assert states(either) == {"accepted": 10, "pending": 110}
    assert either.queries.events(1)[-1].what == "late_verdict"


def test_the_search_for_a_bad_row_costs_no_more_calls_than_allowed(either: Ledger) -> None:
    """A chunk in which every row is bad would cost twice its size in calls; the bound holds for the whole family."""
    settings = RunSettings(concurrency=8, canary=False, split_calls=12)
    owner = start(either, 10, settings)
    calls = 0
    while isinstance(order := either.claim(1, owner, settings), ChunkLease):
        calls += 1
        halve = len(order.members) > 1
        fates = () if halve else (RecipientUpdate(order.members[0].position, RecipientState.REJECTED, 50007),)
        either.settle(
            order, ChunkDecision(ChunkState.REJECTED, 50007, "bad", fates, split=halve, answered=True), settings
        )
    assert isinstance(order, Finished)
    assert calls <= 12
    assert states(either) == {"rejected": 10}


def test_somebody_who_unsubscribed_after_the_plan_gets_nothing(either: Ledger) -> None:
    owner = start(either, 10, facts=MARKETING)
    either.feedback.opt_out(numbers(2), "asked")
    assert [member.phone for member in take(either, owner).members] == numbers(8, 2)
    assert states(either)["skipped"] == 2


def test_opting_out_concerns_marketing_only(either: Ledger) -> None:
    either.feedback.opt_out(numbers(2), "asked")
    owner = start(either, 10)
    assert len(take(either, owner).members) == 10


def test_the_rate_is_shared_by_all_owners_and_campaigns(either: Ledger, clock: Clock) -> None:
    settings = RunSettings(concurrency=8, canary=False, rate=100.0)
    owners = {1: start(either, 210, settings)}
    second = plan(either, numbers(210, 5000), PLAIN).campaign_id
    owners[second] = new_owner()
    either.start(second, owners[second], settings, resume=False, hold=False)
    begin, sent = clock.now, 0
    while sent < 400:
        for campaign_id, owner in owners.items():
            step = either.claim(campaign_id, owner, settings)
            if isinstance(step, ChunkLease):
                sent += len(step.members)
                either.settle(step, accepted(step), settings)
        clock.now += 0.25
    assert (sent - 200) / 100.0 <= clock.now - begin <= sent / 100.0 + 1.0


def test_no_more_requests_are_in_flight_than_allowed(either: Ledger) -> None:
    settings = RunSettings(concurrency=2, canary=False)
    owner = start(either, 1110, settings)
    first = take(either, owner, settings)
    take(either, new_owner(), settings)
    assert isinstance(either.claim(1, owner, settings), Backoff)
    either.settle(first, accepted(first), settings)
    assert isinstance(either.claim(1, owner, settings), ChunkLease)


def test_the_canary_goes_alone(either: Ledger) -> None:
    """10, then 100, then the rest: each only after the one before has come back."""
    settings = RunSettings(concurrency=8)
    owner = start(either, 2110, settings)
    for size in (10, 100):
        order = take(either, owner, settings)
        assert len(order.members) == size
        assert isinstance(either.claim(1, owner, settings), Backoff)
        either.settle(order, accepted(order), settings)
    assert {len(take(either, owner, settings).members) for _ in range(2)} == {1000}


def test_only_one_run_at_a_time(either: Ledger, place: str, clock: Clock) -> None:
    """A second embedded run is refused with a line that says what to do; then it may begin."""
    owner = start(either)
    with open_ledger(place, clock=clock) as other:
        with pytest.raises(LedgerBusyError, match="another process"):
            other.start(1, new_owner(), EASY, resume=True)
        either.leave(owner)
        other.start(1, new_owner(), EASY, resume=True)


def test_the_same_list_is_not_planned_twice_by_mistake(either: Ledger) -> None:
    """The key is list, template, sign and tag; on purpose it goes with `again`."""
    plan(either, numbers(20), PLAIN)
    with pytest.raises(CampaignExistsError, match="campaign 1"):
        plan(either, numbers(20), PLAIN)
    assert plan(either, numbers(20), PLAIN, again=True).recipients == 20
    assert plan(either, numbers(20), PLAIN, tag="other").recipients == 20
    assert len(either.queries.campaigns()) == 3


def test_unknown_recipients_move_by_a_persons_word_only(either: Ledger) -> None:
    """`sent` closes them; `not-sent` alone sends again, in new chunks, and the reason is kept."""
    owner = start(either, 1110)
    orders = [take(either, owner) for _ in range(3)]
    for order in orders[:2]:
        either.settle(order, decide_unknown(order, "no answer"), EASY)
    either.settle(orders[2], accepted(orders[2]), EASY)
    assert isinstance(either.claim(1, owner, EASY), Finished)
    with pytest.raises(CampaignStateError, match="reason"):
        either.resolve(1, sent=False, reason=" ")
    assert either.resolve(1, sent=True, reason="seen in the console", chunks=[1]) == 10
    assert either.resolve(1, sent=False, reason="not in the console", chunks=[2]) == 100
    assert either.resolve(1, sent=False, reason="again") == 0
    either.start(1, owner, EASY, resume=True)
    again = take(either, owner)
    assert len(again.members) == 100
    assert again.after_unknown
    assert "not in the console" in either.queries.events(1)[-2].detail


def test_reports_find_their_recipients(either: Ledger) -> None:
    """Delivered and failed flow back; the same report twice does nothing. A report that overtook the answer of
    its request finds its recipient when that is settled, not with the next report.
    """
    owner = start(either, 10)
    order = take(either, owner)
    early = [("1-0", order.members[0].phone, 4001, 1.0)]
    assert either.feedback.record_reports(early) == (0, 0)  # a report may be faster than the answer
    either.settle(order, accepted(order), EASY)
    assert states(either) == {"accepted": 9, "delivered": 1}
    more = [("1-1", order.members[1].phone, 4003, 1.0), ("foreign", order.members[2].phone, 4001, 1.0)]
    assert either.feedback.record_reports(more + early) == (1, 0)
    assert either.feedback.record_reports(more) == (0, 0)
    assert states(either) == {"accepted": 8, "delivered": 1, "failed": 1}


def test_reports_prove_an_unknown_chunk(either: Ledger, clock: Clock) -> None:
    """Two recipients of the chunk with messages that are nobody else's: it was taken. One is too little,
    since another program may have written to that person; and reports from before the request prove nothing.
    """
    owner = start(either, 10)
    order = take(either, owner)
    either.settle(order, decide_unknown(order, "no answer"), EASY)
    one, two, three = (member.phone for member in order.members[:3])
    assert either.feedback.record_reports([("a", one, 4001, clock.now + 5)]) == (0, 0)
    assert either.feedback.record_reports([("b", two, 4001, clock.now - 60)]) == (0, 0)
    assert states(either) == {"unknown": 10}
    assert either.feedback.record_reports([("c", three, 4002, clock.now + 6)]) == (2, 1)
    assert states(either) == {"accepted": 8, "delivered": 1, "failed": 1}


def test_reports_that_overtook_an_answer_that_is_lost_prove_its_chunk(either: Ledger, clock: Clock) -> None:
    """No other report ever comes."""
    owner = start(either, 10)
    order = take(either, owner)
    either.feedback.record_reports([(f"m{one.position}", one.phone, 4001, clock.now) for one in order.members])
    either.settle(order, decide_unknown(order, "no answer"), EASY)
    assert states(either) == {"delivered": 10}


def test_values_are_dropped_once_settled(either: Ledger) -> None:
    """Variables may hold anything personal; an unknown recipient keeps them, a person may send again. Until then they
    are shown with the first message that is still to be sent.
    """
    plan(either, [(phone, {"name": "张三"}) for phone in numbers(110)], 7)
    owner = new_owner()
    settings = RunSettings(concurrency=8, canary=False, unknown_share=1.0, hours_override="test")
    either.start(1, owner, settings, resume=False)
    assert either.queries.first_pending(1) == (numbers(1)[0], '{"name":"张三"}')
    first, second = take(either, owner, settings), take(either, owner, settings)
    either.settle(first, accepted(first), settings)
    either.settle(second, decide_unknown(second, "?"), settings)
    assert either.queries.first_pending(1) is None
    with either.database.read() as tx:
        kept = tx.fetchone("SELECT count(params), count(*) FROM recipient")
    assert kept == (100, 110)


def test_a_campaign_goes_elsewhere_only_if_that_is_meant(either: Ledger) -> None:
    """Another address or application is refused; if it is meant, the audit log says who was left for whom."""
    here, there = Target("https://a.example/v1", "one"), Target("https://b.example/v1", "one")
    plan(either, numbers(5), replace(PLAIN, target=here))
    with pytest.raises(TargetChangedError, match="planned for"):
        either.plans.bind_target(1, there)
    assert either.queries.campaign(1).target == here
    either.plans.bind_target(1, there, retarget=True)
    assert either.queries.campaign(1).target == there
    assert either.queries.events(1)[-1].detail == f"from {here} to {there}"


def test_every_step_about_a_campaign_that_is_not_there_says_so(either: Ledger) -> None:
    owner = new_owner()
    for step in (
        lambda: either.queries.campaign(99),
        lambda: either.start(99, owner, EASY, resume=False),
        lambda: either.claim(99, owner, EASY),
        lambda: either.stop(99, "why"),
        lambda: either.resolve(99, sent=True, reason="seen"),
        lambda: either.purge(99),
        lambda: either.plans.bind_target(99, Target("x", "y")),
    ):
        with pytest.raises(NoSuchCampaignError, match="no campaign 99"):
            step()


def test_quiet_hours_are_kept_inside_the_claim(either: Ledger, clock: Clock) -> None:
    """Marketing goes out from 08:00 to 21:00 in the service's zone, the whole request included; a notice always."""
    owner = start(either, 10, facts=MARKETING)
    clock.now += 11 * 3600 - 30  # 20:59:30, and a request may take 60 seconds
    assert isinstance(either.claim(1, owner, EASY), Backoff)
    override = RunSettings(canary=False, hours_override="agreed with the customer")
    other = plan(either, numbers(10, 50), PLAIN).campaign_id
    either.start(other, owner, EASY, resume=False, hold=False)
    assert isinstance(either.claim(other, owner, EASY), ChunkLease)
    assert isinstance(either.claim(1, owner, override), ChunkLease)


def test_a_sweep_ends_a_campaign_whose_last_chunk_nobody_claims(either: Ledger) -> None:
    """With an engine the last worker may die in the last request: no claim is made after it."""
    dead = start(either, 10)
    order = take(either, dead)
    with either.database.transaction() as tx:
        tx.execute("DELETE FROM worker")
    assert either.recover_dead_workers(1, new_owner(), EASY) == [order.chunk]
    assert either.queries.campaign(1).state is CampaignState.FINISHED
    assert states(either) == {"unknown": 10}


def test_single_unknown_people_are_settled_by_their_numbers(either: Ledger) -> None:
    """Evidence about one is none about the others: they stay unknown, and so does their request until the last."""
    owner = start(either, 10)
    order = take(either, owner)
    either.settle(order, decide_unknown(order, "no answer"), EASY)
    one, *rest = numbers(10)
    assert either.resolve(1, sent=True, reason="told us", phones=[one, "13700000000"]) == 1
    assert either.queries.unknown_chunks(1)[0][:2] == (1, 9)
    assert [chunk.state for chunk in either.queries.chunks(1)] == [ChunkState.UNKNOWN]
    assert either.resolve(1, sent=True, reason="told us, too", phones=rest) == 9
    assert [chunk.state for chunk in either.queries.chunks(1)] == [ChunkState.ACCEPTED]
    assert either.queries.counts(1).accepted == 10


def test_an_answer_about_strangers_says_nothing_about_ours(ledger: Ledger) -> None:
    """Nobody who was not asked about is settled by it; who was not answered about is unknown."""
    order = take(ledger, start(ledger, 2))
    strangers = numbers(2, 500)
    result = BatchResult(
        (AcceptedMessage(order.members[0].phone, "1"), AcceptedMessage(strangers[0], "2")),
        (RejectedMessage(strangers[1], ErrorCode.INVALID_MOBILE),),
    )
    verdict = decide_response(order, result, EASY)
    assert dict(verdict.accepted) == {0: "1"}
    assert [(fate.position, fate.state) for fate in verdict.updates] == [(1, RecipientState.UNKNOWN)]


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
    order = take(ledger, start(ledger, 2))
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
    seen.append(decide_response(order, everybody, EASY))
    shown = repr(seen) + repr(RowValidator(NOTICE).validate(row)) + repr(list(ledger.queries.recipients(1)))
    assert "139" not in shown
    assert "张三" not in shown


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: RunSettings(concurrency=0), "1 to 64"),
        (lambda: RunSettings(concurrency=65), "1 to 64"),
        (lambda: RunSettings(rate=0.0), "rate must be above zero"),
        (lambda: RunSettings(rate=float("nan")), "rate must be above zero"),
        (lambda: RunSettings(mode=Mode.SCHEDULE), "a number of your own"),
        (lambda: QuietHours.parse("8", "21:00"), "must look like 08:00"),
        (lambda: QuietHours.parse("08:00", "24:00"), "must look like 08:00"),
        (lambda: QuietHours.parse("21:00", "08:00"), "end before they begin"),
        (lambda: QuietHours.parse("08:00", "08:00"), "end before they begin"),
    ],
)
def test_settings_that_make_no_sense_are_refused(make: Callable[[], object], what: str) -> None:
    with pytest.raises(PlanError, match=what) as caught:
        make()
    assert caught.value.remedy
