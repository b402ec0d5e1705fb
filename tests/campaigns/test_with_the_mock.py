"""Whole campaigns against the mock, the independent twin of the service: in process under its clock, and served.

Its phones say who got what; what comes back (reports, replies, refusals) finds its way into the ledger.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from campaign_scene import MORNING
from campaign_service import numbers
from jsmskit import AsyncJsmsClient, JsmsClient
from jsmskit.campaigns import (
    AsyncCampaignRunner,
    CampaignRunner,
    CampaignState,
    Mode,
    RunSettings,
    TemplateKind,
    open_ledger,
    plan,
    pull_reports,
    read_template,
    read_template_async,
)
from jsmskit.campaigns.ledger import Ledger
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from jsmskit.mock.model.clock import Clock
from jsmskit.mock.model.records import Application, Balances, ReviewStatus, Template
from jsmskit.mock.model.settings import ApplicationSeed, Seed, sample_application

SALE, SALE_AGAIN, NOTICE = 90, 91, 92
PEOPLE = numbers(130)
NOBODY, LEFT = PEOPLE[120], PEOPLE[121]
"""A number that does not exist, and one of somebody who unsubscribed with the vendor before."""
TEXTS = {SALE: ("大减价。", 3), SALE_AGAIN: ("又减价。", 3), NOTICE: ("您好 {{name}}，请查收。", 2)}


def seed(market: int = 10_000) -> Seed:
    templates = tuple(
        Template(APP_KEY, number, text, kind, status=ReviewStatus.APPROVED) for number, (text, kind) in TEXTS.items()
    )
    balances = Balances(industry=10_000, market=market)
    sample = sample_application(APP_KEY, MASTER_SECRET)
    # Without an account of its own, so that nobody else pays when it has run dry.
    application = Application(APP_KEY, MASTER_SECRET, "", balances)
    return Seed(
        applications=(
            ApplicationSeed(
                application, templates, sample.signs, invalid_numbers=(NOBODY,), unsubscribed_numbers=(LEFT,)
            ),
        )
    )


@pytest.fixture
def mock() -> Iterator[JsmsMock]:
    with JsmsMock(seed=5, clock=Clock(MORNING), state=seed()) as made:
        yield made


@pytest.fixture
def client(mock: JsmsMock) -> Iterator[JsmsClient]:
    with JsmsClient(APP_KEY, MASTER_SECRET, transport=mock.transport, sleep=mock.advance_without_callbacks) as made:
        yield made


@pytest.fixture
def ledger(mock: JsmsMock, tmp_path: object) -> Iterator[Ledger]:
    with open_ledger(f"{tmp_path}/mock.db", clock=mock.clock.now) as made:
        yield made


def runner(
    ledger: Ledger, client: JsmsClient, mock: JsmsMock, sleep: Callable[[float], None] | None = None
) -> CampaignRunner:
    return CampaignRunner(
        ledger, client, RunSettings(), clock=mock.clock.now, sleep=sleep or mock.advance_without_callbacks
    )


def arrived(mock: JsmsMock) -> Counter[str]:
    return Counter(message.phone for message in mock.messages())


def test_from_the_list_to_the_reports(mock: JsmsMock, client: JsmsClient, ledger: Ledger) -> None:
    """Template read, planned, balance looked at, canary first, refusals kept apart, everybody's report beside them;
    who left by 50024 or by a reply is in no later plan.
    """
    facts = read_template(client, SALE)
    assert facts.kind is TemplateKind.MARKETING
    planned = plan(ledger, [*PEOPLE, PEOPLE[7]], facts)
    assert (planned.recipients, planned.set_aside) == (130, {"duplicate": 1})
    result = runner(ledger, client, mock).run(planned.campaign_id)
    assert result.finished
    assert [chunk.size for chunk in ledger.queries.chunks(planned.campaign_id)] == [10, 100, 20]
    assert ledger.queries.codes(planned.campaign_id) == [(50006, 1), (50024, 1)]
    reached = [phone for phone in PEOPLE if phone not in (NOBODY, LEFT)]
    assert arrived(mock) == Counter(reached)

    mock.advance(60)
    pulled = pull_reports(client, ledger, sleep=mock.advance_without_callbacks)
    assert (pulled.reports, pulled.matched) == (128, 128)
    people = {str(state): count for state, count in ledger.queries.counts(planned.campaign_id).recipients.items()}
    assert people == {"delivered": 128, "rejected": 2}

    mock.reply(PEOPLE[3], "TD")
    mock.reply(PEOPLE[4], "谢谢")
    mock.advance(5)  # between two pulls
    heard = pull_reports(client, ledger, sleep=mock.advance_without_callbacks)
    assert (heard.replies, heard.opted_out) == (2, 1)
    later = plan(ledger, PEOPLE, read_template(client, SALE_AGAIN))
    assert later.set_aside == {"opted_out": 2}
    assert {phone for _, phone, _, _ in ledger.queries.set_aside(later.campaign_id)} == {LEFT, PEOPLE[3]}


def test_money_that_runs_out_pauses_and_nobody_is_lost(client: JsmsClient, mock: JsmsMock, ledger: Ledger) -> None:
    """50014 for a part of a batch: those who were paid for have it, the rest wait until there is money again."""
    mock.load_seed(seed(market=50))
    people = PEOPLE[:115]
    planned = plan(ledger, people, read_template(client, SALE))
    result = runner(ledger, client, mock).run(planned.campaign_id, check_balance=False)
    assert result.campaign.state is CampaignState.PAUSED
    assert "50014" in result.campaign.why
    assert result.counts.accepted == 50
    assert result.counts.pending == 65
    before = arrived(mock)
    assert sum(before.values()) == 50

    mock.load_seed(seed(market=1000))
    mock.advance(3600)
    assert runner(ledger, client, mock).resume(planned.campaign_id).finished
    assert before + arrived(mock) == Counter(people)


def test_timed_tasks_with_asyncio(mock: JsmsMock, ledger: Ledger) -> None:
    """Reserved with a number of one's own, filled by a change, sent by the service when their time comes."""
    ours = "13612345678"

    async def pause(seconds: float) -> None:
        mock.advance_without_callbacks(seconds)
        await asyncio.sleep(0)

    async def main() -> None:
        async with AsyncJsmsClient(
            APP_KEY,
            MASTER_SECRET,
            transport=mock.async_transport,
            sleep=pause,
            now=lambda: datetime.fromtimestamp(mock.clock.now(), UTC),
        ) as client:
            facts = await read_template_async(client, SALE)
            planned = plan(ledger, PEOPLE[:110], facts, mode=Mode.SCHEDULE)
            settings = RunSettings(mode=Mode.SCHEDULE, schedule_canary_phone=ours)
            made = AsyncCampaignRunner(ledger, client, settings, clock=mock.clock.now, sleep=pause)
            assert (await made.run(planned.campaign_id)).finished
            made.close()

    asyncio.run(main())
    assert not arrived(mock)
    mock.advance(3600)
    assert arrived(mock) == Counter(PEOPLE[:110])
