"""Planning: who gets what, who gets nothing and why, and every wrong file as one clear line."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from campaign_scene import MARKETING, NOTICE, PLAIN, Clock
from campaign_service import numbers
from jsmskit import Recipient
from jsmskit.campaigns import (
    CampaignState,
    LedgerError,
    Mode,
    SourceChangedError,
    TemplateFacts,
    TemplateKind,
    open_ledger,
    plan,
)
from jsmskit.campaigns.ledger import Ledger
from jsmskit.campaigns.models import ValidRow
from jsmskit.campaigns.planning import check_source


def members(ledger: Ledger, campaign_id: int = 1) -> list[str]:
    return [one.phone for one in ledger.queries.recipients(campaign_id)]


def aside(ledger: Ledger, campaign_id: int = 1) -> list[tuple[int, str]]:
    return [(row, why) for row, _, why, _ in ledger.queries.set_aside(campaign_id)]


def test_units_are_counted_as_billed(ledger: Ledger) -> None:
    """Sign, text and value count; above 70 characters one unit for every 67. What needs two units of UTF-16 is two
    characters, in letters and in signs.
    """
    long = TemplateFacts(7, "{{name}}", TemplateKind.NOTICE, sign="测试")
    names = ["字" * 66, "字" * 67, "字" * 130, "字" * 131, "𠮷" * 33, "𠮷" * 34, "😀" * 34]
    people = [(phone, {"name": name}) for phone, name in zip(numbers(7), names, strict=True)]
    summary = plan(ledger, people, long)
    assert summary.units == 1 + 2 + 2 + 3 + 1 + 2 + 2
    assert summary.longest == 135
    for template in (long, 9):
        assert plan(ledger, [*people[:1], (numbers(2)[1], {"name": "😀" * 251})], template).set_aside == {"too_long": 1}


def test_any_iterable(ledger: Ledger) -> None:
    given: Iterator[object] = iter([("13800138000", {"name": "a"}), Recipient(13900139000, {"name": "b"}), "nobody"])
    summary = plan(ledger, given, NOTICE)  # type: ignore[arg-type]
    assert members(ledger) == ["13800138000", "13900139000"]
    assert summary.set_aside == {"invalid_phone": 1}


def test_a_number_that_stands_far_apart_in_the_list_is_found(either: Ledger) -> None:
    """By one sorting at the end: the first row stays, the others are set aside, and chunks, units and counts know."""
    people = numbers(4500)
    listed = [(phone, {"name": "字"}) for phone in [*people, *people[:15], people[1200], people[2499]]]
    summary = plan(either, listed, NOTICE)
    assert (summary.rows, summary.recipients, summary.units) == (4517, 4500, 4500)
    assert summary.set_aside == {"duplicate": 17}
    assert [row for row, _ in aside(either)] == list(range(4501, 4518))
    assert [chunk.size for chunk in either.queries.chunks(1)] == [10, 100, 1000, 1000, 1000, 1000, 390]
    assert members(either) == people


def test_a_chunk_of_nothing_but_repetitions_is_no_chunk(either: Ledger) -> None:
    """Nobody is asked to send an empty request."""
    people = numbers(4110)
    summary = plan(either, [*people, *people], PLAIN)
    assert (summary.recipients, summary.chunks) == (4110, 6)
    assert [chunk.size for chunk in either.queries.chunks(1)] == [10, 100, 1000, 1000, 1000, 1000]


def test_the_same_marketing_does_not_reach_a_person_twice_in_a_day(ledger: Ledger, clock: Clock) -> None:
    plan(ledger, numbers(3), MARKETING)
    with ledger.database.transaction() as tx:
        tx.execute("UPDATE recipient SET state='accepted', settled_at=?", (clock.now,))
    assert plan(ledger, numbers(5), MARKETING).set_aside == {"sent_recently": 3}
    assert plan(ledger, numbers(5), MARKETING, again=True).set_aside == {"sent_recently": 3}
    clock.now += 25 * 3600
    assert plan(ledger, numbers(6), MARKETING).set_aside == {}


def test_a_file_that_was_changed_is_refused_at_resume(ledger: Ledger, tmp_path: Path) -> None:
    """Told by its digest; without a file the list in the ledger is gone on with."""
    file = tmp_path / "people.csv"
    file.write_text("phone\n13800138000\n")
    plan(ledger, file, PLAIN)
    check_source(ledger, 1, file)
    file.write_text("phone\n13800138001\n")
    with pytest.raises(SourceChangedError, match="was changed"):
        check_source(ledger, 1, file)


def test_an_interrupted_plan_is_thrown_away_by_the_next(tmp_path: Path, ledger: Ledger) -> None:
    """It cannot be run, and planning the file again begins from nothing."""
    begun = ledger.plans.begin_plan(name="x", facts=PLAIN, sign_id=None, tag=None, mode=Mode.DIRECT, source="iterable")
    ledger.plans.add_to_plan(begun, [(1, [ValidRow(1, "13800138000", None, 1, 1)])], [])
    assert ledger.queries.campaign(begun).state is CampaignState.PLANNING
    plan(ledger, numbers(5), PLAIN)
    assert [one.state for one in ledger.queries.campaigns()] == [CampaignState.PLANNED]


def test_a_ledger_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """It holds phone numbers; new ones are made for this user alone."""
    place = tmp_path / "open.db"
    open_ledger(place).close()
    assert place.stat().st_mode & 0o777 == 0o600
    place.chmod(0o644)
    with pytest.raises(LedgerError, match="chmod 600"):
        open_ledger(place)
    with pytest.raises(LedgerError, match="cannot be opened"):
        open_ledger(tmp_path / "no" / "folder.db")


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """Told in words; what was planned before is still there, and planning goes on when there is room."""
    with open_ledger(tmp_path / "small.db") as ledger:
        with ledger.database.transaction() as tx:
            (pages,) = tx.fetchone("PRAGMA page_count") or (0,)
            tx.execute(f"PRAGMA max_page_count={pages + 12}")
        with pytest.raises(LedgerError, match=r"disk under the ledger .* is full"):
            plan(ledger, numbers(5000), PLAIN)
        with ledger.database.transaction() as tx:
            tx.fetchone("PRAGMA max_page_count=1000000")
        assert plan(ledger, numbers(5000), PLAIN).recipients == 5000


def test_very_many_bad_rows_need_no_memory(ledger: Ledger, tmp_path: Path) -> None:
    """Rows are written as they come; what is held is a few chunks, whatever the size of the file. A million are in
    experiments/figures/campaigns.json.
    """
    file = tmp_path / "bad.csv"
    with file.open("w") as out:
        out.write("phone\n13800138000\n")
        out.writelines(f"{index}\n" for index in range(10_000))
    tracemalloc.start()
    summary = plan(ledger, file, PLAIN)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert summary.set_aside == {"invalid_phone": 10_000}
    assert peak < 6 * 1024 * 1024
