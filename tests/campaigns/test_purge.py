"""After `purge` no number of a campaign is left: not in a table, not in a freed page, not in the log."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from campaign_scene import NOTICE, PLAIN, Clock
from campaign_service import Service, numbers
from jsmskit import JsmsClient
from jsmskit.campaigns import CampaignRunner, CampaignState, CampaignStateError, RunSettings, open_ledger, plan
from jsmskit.campaigns.ledger import Ledger, new_owner

MINE = numbers(150)
SHARED = numbers(5, 5000)
OTHERS = numbers(40, 7000)
ASIDE = "139123"
SETTINGS = RunSettings(canary=False, unknown_share=1.0, unknown_in_a_row=99)


def _content(place: str) -> str:
    """All that a search of the ledger's files, or of the server's tables, can find."""
    if not place.startswith("postgresql://"):
        files = [path for path in Path(place).parent.iterdir() if path.name.startswith(Path(place).name)]
        return "\n".join(path.read_bytes().decode("latin-1") for path in files)
    with psycopg.connect(place) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema='jsms_campaigns'"
        ).fetchall()
        rows = [
            row[0]
            for (table,) in tables
            for row in connection.execute(f"SELECT t::text FROM jsms_campaigns.{table} t".encode()).fetchall()
        ]
    return "\n".join(rows)


def _fill(ledger: Ledger, client: JsmsClient, service: Service, clock: Clock) -> None:
    """Two campaigns with some numbers in common: accepted, refused and unknown ones, rows set aside; reports that found
    somebody and reports that did not, pages and callbacks as they came, replies.
    """
    values = [(phone, {"name": f"private{place}"}) for place, phone in enumerate(MINE + SHARED)]
    plan(ledger, [*values, (ASIDE, {"name": "x"}), (MINE[0], {"name": "again"})], NOTICE)
    plan(ledger, SHARED + OTHERS, PLAIN)
    service.codes[MINE[7]] = 50017
    service.then(lambda phones: None, service.lost_answer)
    for number in (1, 2):
        CampaignRunner(ledger, client, SETTINGS, clock=clock, sleep=clock.sleep).run(number)
    found = {one.phone: one.msg_id for one in ledger.queries.recipients(1)}
    reports = [(found[phone] or f"x{phone}", phone, 4001, clock.now) for phone in MINE[:120]]
    theirs = {one.phone: one.msg_id for one in ledger.queries.recipients(2)}
    reports += [(theirs[phone] or "", phone, 4001, clock.now) for phone in [*SHARED, *OTHERS]]
    reports += [("unmatched", MINE[3], 4014, clock.now)]
    ledger.feedback.store_raw("reports", json.dumps([{"msgId": one[0], "phone": one[1]} for one in reports]))
    ledger.feedback.record_reports(reports)
    ledger.feedback.store_raw("SMS_REPLY", json.dumps({"phone": f"86{MINE[9]}", "content": "secret reply"}))
    ledger.feedback.store_raw("SMS_REPLY", json.dumps({"phone": OTHERS[0], "content": "their reply"}))


def test_nothing_that_names_a_recipient_is_left(place: str, client: JsmsClient, service: Service, clock: Clock) -> None:
    """Receipts, kept pages and callbacks, rows that were set aside. The other campaign keeps what is its own."""
    with open_ledger(place, clock=clock) as ledger:
        _fill(ledger, client, service, clock)
        before = _content(place)
        assert all(phone in before for phone in [*MINE, ASIDE, "secret reply"])
        ledger.purge(1)
        during = _content(place)
    for content in (during, _content(place)):
        assert not [phone for phone in MINE if phone in content]
        assert not [word for word in (ASIDE, "private", "secret reply") if word in content]
        assert all(phone in content for phone in [*SHARED, *OTHERS, "their reply"])
    with open_ledger(place, clock=clock) as ledger:
        assert ledger.queries.campaign(1).recipients == 155
        assert ledger.queries.counts(1).total == 0
        assert ledger.queries.counts(2).total == 45


def test_by_age_the_rest_of_the_pages_goes_too(place: str, client: JsmsClient, service: Service, clock: Clock) -> None:
    """All finished campaigns older than so many seconds; one that is younger stays."""
    with open_ledger(place, clock=clock) as ledger:
        _fill(ledger, client, service, clock)
        clock.now += 1000
        plan(ledger, numbers(3, 9000), PLAIN)
        assert ledger.purge(older_than_seconds=500) == [1, 2]
        assert ledger.purge(older_than_seconds=500) == []
    content = _content(place)
    assert not [phone for phone in MINE + SHARED + OTHERS if phone in content]
    assert all(phone in content for phone in numbers(3, 9000))


def test_a_campaign_that_runs_is_not_purged(either: Ledger) -> None:
    plan(either, numbers(3), PLAIN)
    either.start(1, new_owner(), SETTINGS, resume=False)
    with pytest.raises(CampaignStateError, match="is running") as caught:
        either.purge(1)
    assert (caught.value.hint, caught.value.campaign_id) == ("stop", 1)
    assert either.queries.counts(1).pending == 3
    assert either.queries.campaign(1).state is CampaignState.RUNNING
