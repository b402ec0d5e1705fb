"""Planning: who gets what, who gets nothing and why, and every wrong file as one clear line."""

from __future__ import annotations

import json
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
    PlanError,
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


def values(ledger: Ledger) -> list[dict[str, str]]:
    with ledger.database.read() as tx:
        return [json.loads(row[0]) for row in tx.fetchall("SELECT params FROM recipient ORDER BY chunk, position")]


def test_rows_are_normalised_and_set_aside_with_their_reasons(ledger: Ledger, tmp_path: Path) -> None:
    """Blanks, +86 and full-width digits are no mistake; everything else gets nothing, with its line and
    reason.
    """
    file = tmp_path / "people.csv"
    file.write_text(
        "手机号,name,city\n"
        "+86 138-0013-8000,张三,京\n"
        "１３９００１３９０００,李四,沪\n"
        "12345,王五,京\n"
        ",赵六,京\n"
        "0086 13800138000,again,京\n"
        "13700137000,,京\n"
        f"13700137001,{'长' * 490},京\n"
        "13700137002,【x】,京\n"
        "13700137003\n"
        '13600136000,"a, ""b""c",京\n',
        encoding="utf-8",
    )
    summary = plan(ledger, file, NOTICE)
    assert members(ledger) == ["13800138000", "13900139000", "13600136000"]
    assert values(ledger)[2] == {"name": 'a, "b"c'}
    assert aside(ledger) == [
        (4, "invalid_phone"),
        (5, "missing_phone"),
        (6, "duplicate"),
        (7, "wrong_parameters"),
        (8, "too_long"),
        (9, "wrong_parameters"),
        (10, "unreadable_row"),
    ]
    assert (summary.rows, summary.recipients, summary.chunks) == (10, 3, 1)
    assert sum(summary.set_aside.values()) == 7


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
    people = numbers(2500)
    listed = [(phone, {"name": "字"}) for phone in [*people, *people[:15], people[1200], people[2499]]]
    summary = plan(either, listed, NOTICE)
    assert (summary.rows, summary.recipients, summary.units) == (2517, 2500, 2500)
    assert summary.set_aside == {"duplicate": 17}
    assert [row for row, _ in aside(either)] == list(range(2501, 2518))
    assert [chunk.size for chunk in either.queries.chunks(1)] == [10, 100, 1000, 1000, 390]
    assert members(either) == people


def test_a_chunk_of_nothing_but_repetitions_is_no_chunk(either: Ledger) -> None:
    """Nobody is asked to send an empty request."""
    people = numbers(1110)
    summary = plan(either, [*people, *people], PLAIN)
    assert (summary.recipients, summary.chunks) == (1110, 3)
    assert [chunk.size for chunk in either.queries.chunks(1)] == [10, 100, 1000]


def test_a_file_is_the_same_however_it_falls_into_blocks(ledger: Ledger, tmp_path: Path) -> None:
    """Characters, quoted line feeds and the last line without an end, over several blocks of 64 KiB; rows are counted
    as lines of the file.
    """
    file = tmp_path / "people.csv"
    people = numbers(9000)
    lines = [f'{phone},"张\u2028三\n{"四" * (index % 40 + 1)}"\n' for index, phone in enumerate(people)]
    file.write_text("phone,name\n" + "".join(lines).rstrip("\n"), encoding="utf-8")
    plan(ledger, file, NOTICE, multiline=True)
    assert members(ledger) == people
    wanted = [f"张\u2028三\n{'四' * (index % 40 + 1)}" for index in range(9000)]
    assert [one["name"] for one in values(ledger)] == wanted
    assert [one.row for one in ledger.queries.recipients(1)] == [2 + 2 * index for index in range(9000)]


@pytest.mark.parametrize("damage", [b"\0", b"\xff", b"x" * 70_000])
def test_a_damage_far_inside_is_told_with_its_row(ledger: Ledger, tmp_path: Path, damage: bytes) -> None:
    """In the block in which it stands, and counted from the first line of the file."""
    file = tmp_path / "people.csv"
    good = [f"{phone},{'n' * 20}\n".encode() for phone in numbers(8000)]
    file.write_bytes(b"phone,name\n" + b"".join(good[:7000]) + b"139," + damage + b"\n" + b"".join(good[7000:]))
    with pytest.raises(PlanError, match="row 7002: "):
        plan(ledger, file, NOTICE)


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
