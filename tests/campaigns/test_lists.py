"""Lists as people have them: odd lines, odd headers, JSON of several shapes; each row keeps its number."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from campaign_scene import NOTICE, PLAIN
from campaign_service import numbers
from jsmskit.campaigns import CsvSource, JsonLinesSource, PlanError, plan, planning
from jsmskit.campaigns.ledger import Ledger, new_owner
from jsmskit.campaigns.settings import RunSettings
from jsmskit.campaigns.sources import Row
from jsmskit.campaigns.values import Order


def aside(ledger: Ledger) -> list[tuple[int, str]]:
    return [(row, why) for row, _, why, _ in ledger.set_aside(1)]


def rows(ledger: Ledger) -> list[tuple[int, str]]:
    return [(one.row, one.phone) for one in ledger.recipients(1)]


def values(ledger: Ledger) -> list[dict[str, str]]:
    """What would go out with the first request."""
    settings = RunSettings(hours_override="test")
    ledger.start(1, new_owner(), settings, resume=False)
    order = ledger.claim(1, new_owner(), settings)
    assert isinstance(order, Order)
    return [dict(member.params) for member in order.members]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


def test_empty_lines_are_nobody_and_still_count_as_lines(ledger: Ledger, file: Path) -> None:
    """Spreadsheets leave them behind; the numbers of the other rows are those of the file."""
    one, two, three = numbers(3)
    file.write_text(f"phone,name\n\n{one},a\n\n\n{two},b\n,\n{three},c\n")
    summary = plan(ledger, file, NOTICE)
    assert rows(ledger) == [(3, one), (6, two), (8, three)]
    assert aside(ledger) == [(7, "missing_phone")]
    assert summary.rows == 4


def test_a_line_that_is_broken_inside_costs_that_line_only(ledger: Ledger, file: Path) -> None:
    """A carriage return in the middle of a field; whoever stands behind it is read, with the right number."""
    one, two, three = numbers(3)
    file.write_bytes(f'phone,name\n{one},"a\nb"\n{two},x\ry\n{three},c\n'.encode())
    plan(ledger, file, NOTICE)
    assert rows(ledger) == [(3, one), (5, three)]
    assert aside(ledger) == [(4, "unreadable_row")]


def test_a_list_of_nothing_but_broken_lines_is_told_with_its_reasons(ledger: Ledger, file: Path) -> None:
    """Too few fields in every line: another delimiter, most likely. No campaign is made of it."""
    file.write_text("phone,name\n13800138000\n13800138001\n")
    with pytest.raises(PlanError, match=r"of 2 rows all were set aside .unreadable_row x 2"):
        plan(ledger, file, NOTICE)
    assert ledger.campaigns() == []


def test_a_file_can_be_read_row_by_row(file: Path) -> None:
    """For programs that look at a list before they plan it: the same rows, in the same order."""
    one, two = numbers(2)
    file.write_text(f"phone,name\n{one},a\n{two}\n{two},b\n")
    first, short, last = CsvSource(file).rows(["name"])
    assert (first, last) == (Row(2, one, {"name": "a"}), Row(4, two, {"name": "b"}))
    assert (short.number, short.problem) == (3, "1 fields, the header has 2")


def test_a_header_that_cannot_be_read_is_told_as_such(ledger: Ledger, file: Path) -> None:
    """The first line is no line of a table."""
    file.write_bytes(b"phone,na\rme\n13800138000,x\n")
    with pytest.raises(PlanError, match=r"row 1: .*header cannot be read"):
        plan(ledger, file, NOTICE)


def test_without_the_text_of_the_template_every_other_column_is_a_value(ledger: Ledger, file: Path) -> None:
    """Columns without a name are nobody's; one that is mapped does not go out under its own name as well."""
    file.write_text(f"手机号;nick;city;;\n{numbers(1)[0]};小张;京;x;y\n", encoding="utf-8")
    plan(ledger, CsvSource(file, columns={"name": "nick"}), 7)
    assert values(ledger) == [{"name": "小张", "city": "京"}]


def test_a_delimiter_can_be_told(ledger: Ledger, file: Path) -> None:
    """Where the header alone would be taken for another kind of table."""
    file.write_text(f"phone|name, or nick\n{numbers(1)[0]}|a, b\n")
    plan(ledger, CsvSource(file, delimiter="|", columns={"name": "name, or nick"}), NOTICE)
    assert values(ledger) == [{"name": "a, b"}]


def test_an_empty_file_of_json_lines_says_how_one_looks(ledger: Ledger, file: Path) -> None:
    """The remedy shows a line."""
    file.write_text("")
    with pytest.raises(PlanError, match="is empty") as caught:
        plan(ledger, JsonLinesSource(file), PLAIN)
    assert '{"phone":' in caught.value.remedy


def test_json_lines_without_a_known_template_bring_all_their_values(ledger: Ledger, file: Path) -> None:
    """Flat or nested; values that are no object are a line that cannot be read."""
    one, two, three = numbers(3)
    lines = [
        {"phone": one, "name": "a", "city": "京"},
        {"mobile": two, "params": {"name": "b"}},
        {"phone": three, "params": ["c"]},
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    plan(ledger, JsonLinesSource(file), 7)
    assert values(ledger) == [{"name": "a", "city": "京"}, {"name": "b"}]
    assert aside(ledger) == [(3, "unreadable_row")]


class FromElsewhere:
    """A source that somebody else wrote: rows, and a digest of them."""

    name = "table of customers"

    def __init__(self, people: Sequence[str]) -> None:
        self._people = people

    def rows(self, variables: Sequence[str] | None) -> Iterator[Row]:
        for number, phone in enumerate(self._people, 1):
            yield Row(number, phone, {name: f"{name} {number}" for name in variables or ()})

    def digest(self) -> str:
        return "d" * 64


def test_a_source_of_ones_own_is_as_good(ledger: Ledger) -> None:
    """What is asked of it is small: a name, rows, a digest."""
    plan(ledger, FromElsewhere(numbers(2)), NOTICE)
    assert (ledger.campaign(1).source, ledger.campaign(1).digest[:4]) == ("table of customers", "dddd")
    assert values(ledger) == [{"name": "name 1"}, {"name": "name 2"}]


def test_a_list_without_an_end_is_given_up(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A generator that never ends would fill the disk; nothing of it is kept."""
    monkeypatch.setattr(planning, "_MOST_ROWS", 4)
    with pytest.raises(PlanError, match="more than 4 rows"):
        plan(ledger, numbers(5), PLAIN)
    assert ledger.campaigns() == []
