"""The ledger's promises, held by SQLite and PostgreSQL alike: one suite for both."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from campaign_scene import MARKETING, PLAIN, Clock
from campaign_service import numbers
from jsmskit.campaigns import CampaignState, ChunkState, LedgerBusyError, RecipientState, RunSettings, open_ledger, plan
from jsmskit.campaigns.decisions import ChunkDecision, RecipientUpdate, decide_not_sent, decide_unknown
from jsmskit.campaigns.errors import CampaignExistsError, CampaignStateError, NoSuchCampaignError
from jsmskit.campaigns.ledger import Ledger, new_owner
from jsmskit.campaigns.models import Backoff, ChunkLease, Finished
from jsmskit.campaigns.settings import TemplateFacts

EASY = RunSettings(concurrency=8, unknown_in_a_row=99, unknown_share=1.0, canary=False)


def planned(ledger: Ledger, people: Sequence[str], facts: TemplateFacts = PLAIN) -> int:
    return plan(ledger, people, facts).campaign_id


def started(
    ledger: Ledger, count: int = 3000, settings: RunSettings = EASY, facts: TemplateFacts = PLAIN
) -> tuple[int, str]:
    campaign_id = planned(ledger, numbers(count), facts)
    owner = new_owner()
    ledger.start(campaign_id, owner, settings, resume=False)
    return campaign_id, owner


def taken(ledger: Ledger, campaign_id: int, owner: str, settings: RunSettings = EASY) -> ChunkLease:
    order = ledger.claim(campaign_id, owner, settings)
    assert isinstance(order, ChunkLease), order
    return order


def accepted(order: ChunkLease) -> ChunkDecision:
    taken = {member.position: f"{order.chunk}-{member.position}" for member in order.members}
    return ChunkDecision(ChunkState.ACCEPTED, accepted=taken, answered=True)


def states(ledger: Ledger, campaign_id: int) -> dict[str, int]:
    return {str(state): count for state, count in ledger.queries.counts(campaign_id).recipients.items()}


def test_a_claim_is_durable_before_anything_can_leave(either: Ledger, place: str, clock: Clock) -> None:
    """Another process sees the chunk in flight as soon as the claim has returned."""
    campaign_id, owner = started(either)
    order = taken(either, campaign_id, owner)
    with open_ledger(place, clock=clock) as other:
        (chunk,) = other.queries.chunks(campaign_id, ChunkState.IN_FLIGHT)
    assert (chunk.number, chunk.owner, chunk.attempt) == (order.chunk, owner, 1)


def test_no_chunk_is_claimed_twice(either: Ledger) -> None:
    """Each claim gives another chunk, and after the last there is nothing but waiting for those in flight."""
    campaign_id, owner = started(either)
    orders = [taken(either, campaign_id, owner) for _ in range(5)]
    assert sorted(order.chunk for order in orders) == [1, 2, 3, 4, 5]
    assert [len(order.members) for order in orders] == [10, 100, 1000, 1000, 890]
    assert isinstance(either.claim(campaign_id, owner, EASY), Backoff)
    phones = [member.phone for order in orders for member in order.members]
    assert sorted(phones) == numbers(3000)


def test_what_a_dead_owner_had_in_flight_becomes_unknown_and_never_pending(either: Ledger) -> None:
    """The double-send bug of most queues: a lease runs out. Here it runs out into a list for a person."""
    campaign_id, dead = started(either)
    order = taken(either, campaign_id, dead)
    lost = either.start(campaign_id, new_owner(), EASY, resume=True)
    assert lost == [order.chunk]
    assert states(either, campaign_id) == {"unknown": len(order.members), "pending": 3000 - len(order.members)}
    assert [(row[0], row[1]) for row in either.queries.unknown_chunks(campaign_id)] == [
        (order.chunk, len(order.members))
    ]
    assert order.chunk not in {taken(either, campaign_id, dead).chunk for _ in range(4)}


def test_an_answer_that_comes_late_settles_an_unknown_chunk(either: Ledger) -> None:
    """A frozen owner that wakes with the answer in its workers knows more than the list of unknowns."""
    campaign_id, frozen = started(either)
    order = taken(either, campaign_id, frozen)
    either.start(campaign_id, new_owner(), EASY, resume=True)
    assert either.settle(order, accepted(order), EASY)
    assert states(either, campaign_id)["accepted"] == len(order.members)
    assert not either.queries.unknown_chunks(campaign_id)


def test_a_late_word_that_nothing_was_sent_does_not_free_an_unknown_chunk(either: Ledger) -> None:
    """Only an answer of the service moves it: a frozen owner's memory of not having sent may be another
    owner's past.
    """
    campaign_id, frozen = started(either)
    order = taken(either, campaign_id, frozen)
    either.start(campaign_id, new_owner(), EASY, resume=True)
    assert not either.settle(order, decide_not_sent("asleep"), EASY)
    assert states(either, campaign_id)["unknown"] == len(order.members)
    assert either.queries.events(campaign_id)[-1].what == "late_verdict"


def test_an_answer_after_a_person_decided_changes_nothing(either: Ledger) -> None:
    """Once somebody said not-sent, the recipients are elsewhere; the late answer is noted, not written over
    it.
    """
    campaign_id, frozen = started(either)
    order = taken(either, campaign_id, frozen)
    either.start(campaign_id, new_owner(), EASY, resume=True)
    assert either.resolve(campaign_id, sent=False, reason="console shows nothing") == len(order.members)
    assert not either.settle(order, accepted(order), EASY)
    assert states(either, campaign_id) == {"pending": 3000}
    assert either.queries.events(campaign_id)[-1].what == "late_verdict"


def test_a_verdict_counts_once(either: Ledger) -> None:
    """The same verdict written twice changes nothing the second time."""
    campaign_id, owner = started(either)
    order = taken(either, campaign_id, owner)
    assert either.settle(order, accepted(order), EASY)
    assert not either.settle(order, decide_unknown(order, "again"), EASY)
    assert states(either, campaign_id)["accepted"] == len(order.members)


def test_a_refused_chunk_is_halved_and_nobody_is_lost(either: Ledger) -> None:
    """Two smaller chunks take its place; together they have exactly its members."""
    campaign_id, owner = started(either, 1110)
    order = taken(either, campaign_id, owner)
    either.settle(order, ChunkDecision(ChunkState.REJECTED, 50007, "bad", split=True, answered=True), EASY)
    rest = [taken(either, campaign_id, owner) for _ in range(4)]
    halves = [one for one in rest if len(one.members) == 5]
    assert len(halves) == 2
    assert sorted(m.phone for half in halves for m in half.members) == [m.phone for m in order.members]


def test_the_search_for_a_bad_row_costs_no_more_calls_than_allowed(either: Ledger) -> None:
    """A chunk in which every row is bad would cost twice its size in calls; the bound holds for the whole
    family.
    """
    settings = RunSettings(concurrency=8, canary=False, split_calls=12)
    campaign_id, owner = started(either, 10, settings)
    calls = 0
    while isinstance(order := either.claim(campaign_id, owner, settings), ChunkLease):
        calls += 1
        halve = len(order.members) > 1
        fates = () if halve else (RecipientUpdate(order.members[0].position, RecipientState.REJECTED, 50007),)
        either.settle(
            order, ChunkDecision(ChunkState.REJECTED, 50007, "bad", fates, split=halve, answered=True), settings
        )
    assert isinstance(order, Finished)
    assert calls <= 12
    assert states(either, campaign_id) == {"rejected": 10}


def test_recipients_that_came_too_often_go_again_later(either: Ledger, clock: Clock) -> None:
    campaign_id, owner = started(either, 10)
    order = taken(either, campaign_id, owner)
    kept = tuple(fate for fate in accepted(order).updates if fate.position > 2)
    either.settle(
        order, ChunkDecision(ChunkState.ACCEPTED, updates=kept, requeue=(0, 1, 2), wait=600, answered=True), EASY
    )
    waiting = either.claim(campaign_id, owner, EASY)
    assert isinstance(waiting, Backoff)
    clock.now += 601
    again = taken(either, campaign_id, owner)
    assert [member.tries for member in again.members] == [1, 1, 1]
    assert [member.phone for member in again.members] == numbers(3)


def test_somebody_who_unsubscribed_after_the_plan_gets_nothing(either: Ledger) -> None:
    campaign_id, owner = started(either, 10, facts=MARKETING)
    either.feedback.opt_out(numbers(2), "asked")
    assert [member.phone for member in taken(either, campaign_id, owner).members] == numbers(8, 2)
    assert states(either, campaign_id)["skipped"] == 2


def test_a_chunk_whose_people_all_left_is_passed_over(either: Ledger) -> None:
    """An empty request is never made."""
    campaign_id, owner = started(either, 20, facts=MARKETING)
    either.feedback.opt_out(numbers(10), "asked")
    order = taken(either, campaign_id, owner)
    assert [member.phone for member in order.members] == numbers(10, 10)


def test_opting_out_concerns_marketing_only(either: Ledger) -> None:
    either.feedback.opt_out(numbers(2), "asked")
    campaign_id, owner = started(either, 10)
    assert len(taken(either, campaign_id, owner).members) == 10


def test_the_rate_is_shared_by_all_owners_and_campaigns(either: Ledger, clock: Clock) -> None:
    settings = RunSettings(concurrency=8, canary=False, rate=1000.0)
    first, owner = started(either, 2110, settings)
    second = planned(either, numbers(2110, 5000))
    other = new_owner()
    either.start(second, other, settings, resume=False, hold=False)
    begin, sent = clock.now, 0
    while sent < 4000:
        for campaign_id, who in ((first, owner), (second, other)):
            step = either.claim(campaign_id, who, settings)
            if isinstance(step, ChunkLease):
                sent += len(step.members)
                either.settle(step, accepted(step), settings)
        clock.now += 0.25
    assert clock.now - begin >= (sent - 2000) / 1000.0
    assert clock.now - begin <= sent / 1000.0 + 1.0


def test_no_more_requests_are_in_flight_than_allowed(either: Ledger) -> None:
    settings = RunSettings(concurrency=2, canary=False)
    campaign_id, owner = started(either, 3000, settings)
    first = taken(either, campaign_id, owner, settings)
    taken(either, campaign_id, new_owner(), settings)
    assert isinstance(either.claim(campaign_id, owner, settings), Backoff)
    either.settle(first, accepted(first), settings)
    assert isinstance(either.claim(campaign_id, owner, settings), ChunkLease)


def test_the_canary_goes_alone(either: Ledger) -> None:
    """10, then 100, then the rest: each only after the one before has come back."""
    settings = RunSettings(concurrency=8)
    campaign_id, owner = started(either, 3000, settings)
    for size in (10, 100):
        order = taken(either, campaign_id, owner, settings)
        assert len(order.members) == size
        assert isinstance(either.claim(campaign_id, owner, settings), Backoff)
        either.settle(order, accepted(order), settings)
    assert {len(taken(either, campaign_id, owner, settings).members) for _ in range(2)} == {1000}


def test_stop_is_seen_by_every_other_process(either: Ledger, place: str, clock: Clock) -> None:
    """Durable, from another terminal; what is in flight is still settled."""
    campaign_id, owner = started(either)
    order = taken(either, campaign_id, owner)
    with open_ledger(place, clock=clock) as terminal:
        assert terminal.stop(campaign_id, "enough")
        assert not terminal.stop(campaign_id, "again")
    done = either.claim(campaign_id, owner, EASY)
    assert done == Finished(CampaignState.STOPPED, "enough")
    assert either.settle(order, accepted(order), EASY)


def test_only_one_run_at_a_time(either: Ledger, place: str, clock: Clock) -> None:
    """A second embedded run is refused with a line that says what to do; then it may begin."""
    campaign_id, owner = started(either)
    with open_ledger(place, clock=clock) as other:
        with pytest.raises(LedgerBusyError, match="another process"):
            other.start(campaign_id, new_owner(), EASY, resume=True)
        either.leave(owner)
        other.start(campaign_id, new_owner(), EASY, resume=True)


def test_a_campaign_is_not_started_twice_by_mistake(either: Ledger) -> None:
    """`run` on a started one is refused and names `resume`; a finished one has nothing left."""
    campaign_id, owner = started(either, 10)
    with pytest.raises(CampaignStateError, match="started before"):
        either.start(campaign_id, owner, EASY, resume=False)
    order = taken(either, campaign_id, owner)
    either.settle(order, accepted(order), EASY)
    assert isinstance(either.claim(campaign_id, owner, EASY), Finished)
    with pytest.raises(CampaignStateError, match="nothing left"):
        either.start(campaign_id, owner, EASY, resume=True)


def test_the_same_list_is_not_planned_twice_by_mistake(either: Ledger) -> None:
    """The key is list, template, sign and tag; on purpose it goes with `again`."""
    planned(either, numbers(20))
    with pytest.raises(CampaignExistsError, match="campaign 1"):
        planned(either, numbers(20))
    assert plan(either, numbers(20), PLAIN, again=True).recipients == 20
    assert plan(either, numbers(20), PLAIN, tag="other").recipients == 20
    assert len(either.queries.campaigns()) == 3


def test_unknown_recipients_move_by_a_persons_word_only(either: Ledger) -> None:
    """`sent` closes them; `not-sent` alone sends again, in new chunks, and the reason is kept."""
    campaign_id, owner = started(either, 1110)
    orders = [taken(either, campaign_id, owner) for _ in range(3)]
    for order in orders[:2]:
        either.settle(order, decide_unknown(order, "no answer"), EASY)
    either.settle(orders[2], accepted(orders[2]), EASY)
    assert isinstance(either.claim(campaign_id, owner, EASY), Finished)
    with pytest.raises(CampaignStateError, match="reason"):
        either.resolve(campaign_id, sent=False, reason=" ")
    assert either.resolve(campaign_id, sent=True, reason="seen in the console", chunks=[1]) == 10
    assert either.resolve(campaign_id, sent=False, reason="not in the console", chunks=[2]) == 100
    assert either.resolve(campaign_id, sent=False, reason="again") == 0
    either.start(campaign_id, owner, EASY, resume=True)
    again = taken(either, campaign_id, owner)
    assert len(again.members) == 100
    assert again.after_unknown
    assert "not in the console" in either.queries.events(campaign_id)[-2].detail


def test_reports_find_their_recipients(either: Ledger) -> None:
    """Delivered and failed flow back; the same report twice does nothing. A report that overtook the answer of
    its request finds its recipient when that is settled, not with the next report.
    """
    campaign_id, owner = started(either, 10)
    order = taken(either, campaign_id, owner)
    early = [("1-0", order.members[0].phone, 4001, 1.0)]
    assert either.feedback.record_reports(early) == (0, 0)  # a report may be faster than the answer
    either.settle(order, accepted(order), EASY)
    assert states(either, campaign_id) == {"accepted": 9, "delivered": 1}
    more = [("1-1", order.members[1].phone, 4003, 1.0), ("foreign", order.members[2].phone, 4001, 1.0)]
    assert either.feedback.record_reports(more + early) == (1, 0)
    assert either.feedback.record_reports(more) == (0, 0)
    assert states(either, campaign_id) == {"accepted": 8, "delivered": 1, "failed": 1}


def test_reports_prove_an_unknown_chunk(either: Ledger, clock: Clock) -> None:
    """Two recipients of the chunk with messages that are nobody else's: it was taken. One is too little,
    since another program may have written to that person; and reports from before the request prove nothing.
    """
    campaign_id, owner = started(either, 10)
    order = taken(either, campaign_id, owner)
    either.settle(order, decide_unknown(order, "no answer"), EASY)
    one, two, three = (member.phone for member in order.members[:3])
    assert either.feedback.record_reports([("a", one, 4001, clock.now + 5)]) == (0, 0)
    assert either.feedback.record_reports([("b", two, 4001, clock.now - 60)]) == (0, 0)
    assert states(either, campaign_id) == {"unknown": 10}
    assert either.feedback.record_reports([("c", three, 4002, clock.now + 6)]) == (2, 1)
    assert states(either, campaign_id) == {"accepted": 8, "delivered": 1, "failed": 1}


def test_values_are_dropped_once_settled(either: Ledger) -> None:
    """Variables may hold anything personal; an unknown recipient keeps them, a person may send again."""
    campaign_id = plan(either, [(phone, {"name": "张三"}) for phone in numbers(110)], 7).campaign_id
    owner = new_owner()
    settings = RunSettings(concurrency=8, canary=False, unknown_share=1.0, hours_override="test")
    either.start(campaign_id, owner, settings, resume=False)
    first, second = taken(either, campaign_id, owner, settings), taken(either, campaign_id, owner, settings)
    either.settle(first, accepted(first), settings)
    either.settle(second, decide_unknown(second, "?"), settings)
    with either.database.read() as tx:
        kept = tx.fetchone("SELECT count(params), count(*) FROM recipient WHERE campaign_id=?", (campaign_id,))
    assert kept == (100, 110)


def test_purge_takes_the_numbers_away_for_good(either: Ledger) -> None:
    """Counts, digest and diary stay; numbers and values do not. A running campaign is refused."""
    campaign_id, owner = started(either, 10)
    order = taken(either, campaign_id, owner)
    either.settle(order, accepted(order), EASY)
    with pytest.raises(CampaignStateError, match="running"):
        either.purge(campaign_id)
    assert isinstance(either.claim(campaign_id, owner, EASY), Finished)
    assert either.purge() == []  # younger than the retention
    assert either.purge(campaign_id) == [campaign_id]
    assert list(either.queries.recipients(campaign_id)) == []
    assert either.queries.campaign(campaign_id).recipients == 10


def test_a_number_that_does_not_exist_is_told(either: Ledger) -> None:
    with pytest.raises(NoSuchCampaignError, match="no campaign 99"):
        either.queries.campaign(99)
    with pytest.raises(NoSuchCampaignError):
        either.claim(99, new_owner(), EASY)
    with pytest.raises(NoSuchCampaignError):
        either.stop(99, "why")


def test_quiet_hours_are_kept_inside_the_claim(either: Ledger, clock: Clock) -> None:
    """Marketing goes out from 08:00 to 21:00 in the service's zone, the whole request included; a notice at
    any time.
    """
    campaign_id, owner = started(either, 10, facts=MARKETING)
    clock.now += 11 * 3600 - 30  # 20:59:30, and a request may take 60 seconds
    assert isinstance(either.claim(campaign_id, owner, EASY), Backoff)
    override = RunSettings(canary=False, hours_override="agreed with the customer")
    other = planned(either, numbers(10, 50))
    either.start(other, owner, EASY, resume=False, hold=False)
    assert isinstance(either.claim(other, owner, EASY), ChunkLease)
    assert isinstance(either.claim(campaign_id, owner, override), ChunkLease)


def test_a_sweep_ends_a_campaign_whose_last_chunk_nobody_claims(either: Ledger) -> None:
    """With an engine the last worker may die in the last request: no claim is made after it."""
    campaign_id, dead = started(either, 10)
    order = taken(either, campaign_id, dead)
    with either.database.transaction() as tx:
        tx.execute("DELETE FROM worker")
    assert either.recover_dead_workers(campaign_id, new_owner(), EASY) == [order.chunk]
    assert either.queries.campaign(campaign_id).state is CampaignState.FINISHED
    assert states(either, campaign_id) == {"unknown": 10}
