"""The quick ways of large campaigns: whatever comes, they give what the slow ways give."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

import pytest
from campaign_scene import PLAIN
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsmskit.campaigns import CsvSource, RunSettings, TemplateFacts, TemplateKind, _csv, _lines
from jsmskit.campaigns._columns import Columns, Row, columns_of
from jsmskit.campaigns.decisions import judge_answer
from jsmskit.campaigns.sifting import SetAside, Sieve, Sifted
from jsmskit.campaigns.values import Member, Members, Order
from jsmskit.results import AcceptedMessage, BatchResult

TWO_VALUES = TemplateFacts(7, "{{a}} 100% {{b}}{{a}}", TemplateKind.NOTICE, sign="测试")
TEXTS = st.text(
    st.sampled_from('ab字 \u3000"\\%\n\r\t【】😀\u2028\x85\ud800\ufffe'), max_size=6
) | st.sampled_from(["字" * 240, "字" * 241, "x" * 70])
PHONES = st.sampled_from(
    ["13800138000", "13900139000", "+8613700137000", "1380013800", "13800138000\n", "", "２３"]
)
CELLS = st.text(st.sampled_from('1a字,;"\n\r '), max_size=4)


def _reference(content: str) -> list[Row]:
    """The rows of a CSV file, one by one, as the standard library reads them."""
    text = io.StringIO(content, newline="\n")
    width = len(next(csv.reader([next(text)])))
    reader = csv.reader(text)
    rows: list[Row] = []
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return rows
        except csv.Error as error:
            rows.append(Row(reader.line_num + 1, None, problem=str(error)))
            continue
        if len(record) >= width:
            rows.append(Row(reader.line_num + 1, record[0], {"name": record[1]}))
        elif record:
            told = f"{len(record)} fields, the header has {width}"
            rows.append(Row(reader.line_num + 1, None, problem=told))


@given(
    st.lists(st.lists(CELLS, max_size=3).map(",".join), max_size=12),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.sampled_from([8, 24, 65536]),
    st.sampled_from([2, 1000]),
)
@example(['1,"a', 'b"', "2,c"], "\n", True, 8, 1000)
@example(["1,a", "", "2,b"], "\r\n", False, 65536, 2)
@example(["1,a,b", "2"], "\n", False, 65536, 2)
@settings(max_examples=400)
def test_a_file_is_split_as_the_standard_library_reads_it(
    lines: list[str], end: str, ended: bool, block: int, part: int
) -> None:
    """Line feeds between quotation marks, over the end of a block; rows of any width; rows of the file counted."""
    content = end.join(["phone,name", *lines]) + (end if ended else "")
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        # Blocks end with a line: lines of this test are longer than a block, at times.
        patch.setattr(_lines, "_BLOCK", block)
        patch.setattr(_csv, "CHUNK_SIZE", part)
        file = Path(folder, "people.csv")
        file.write_bytes(content.encode())
        assert list(CsvSource(file).rows(["name"])) == _reference(content)


def test_a_plain_file_is_not_read_record_by_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The quick way is taken, also with the line ends of Windows and without the last one."""
    file = tmp_path / "people.csv"
    file.write_bytes("phone;city;name\r\n13800138000;京;张三\r\n13900139000;沪;李四".encode())
    source = CsvSource(file)
    monkeypatch.delattr(_csv._Table, "_read_records")
    (part,) = source.columns(["name"])
    assert part == Columns(range(2, 4), ["13800138000", "13900139000"], {"name": ["张三", "李四"]})


def test_a_list_of_numbers_alone_may_have_empty_lines(tmp_path: Path) -> None:
    """They are no rows, and count as lines."""
    file = tmp_path / "people.csv"
    file.write_text("phone\n13800138000\n\n13900139000\n")
    assert [(row.number, row.phone) for row in CsvSource(file).rows([])] == [
        (2, "13800138000"),
        (4, "13900139000"),
    ]


@given(
    st.lists(
        st.builds(
            Row,
            st.just(0),
            PHONES | st.sampled_from([13800138000, None]),
            st.fixed_dictionaries({}, optional={"a": TEXTS, "b": TEXTS | st.just(5), "c": TEXTS}),
            st.sampled_from(["", "", "", "torn"]),
        ),
        max_size=6,
    ),
    st.sampled_from([TWO_VALUES, PLAIN, TemplateFacts(3), TemplateFacts(4, "{{b}}"), TemplateFacts(5, "")]),
)
@settings(max_examples=400)
def test_people_are_judged_together_as_one_by_one(rows: list[Row], facts: TemplateFacts) -> None:
    """Numbers, values, lengths, and the words for those who are set aside, in the order of the rows."""
    listed = [row._replace(number=place + 2) for place, row in enumerate(rows)]
    sieve = Sieve(facts)
    planned, aside = sieve.sift_columns(columns_of(listed, sieve.variables or ()))
    one_by_one = [sieve.sift(row) for row in listed]
    assert aside == [one for one in one_by_one if isinstance(one, SetAside)]
    fit = [one for one in one_by_one if isinstance(one, Sifted)]
    assert planned.rows == [one.row for one in fit]
    assert planned.phones == [one.phone for one in fit]
    assert planned.lengths == [one.length for one in fit]
    by_row = {row.number: row for row in listed}
    texts = [""] * len(fit) if planned.frame is None else (planned.framed() or "").split("\n")
    if fit:
        assert [json.loads(text) if text else {} for text in texts] == [by_row[one.row].params for one in fit]


PEOPLE = [f"1380013800{place}" for place in range(6)]


@given(
    st.lists(st.sampled_from(PEOPLE), unique=True, max_size=6),
    st.lists(st.sampled_from(["1", "2-a"]), min_size=6, max_size=6),
    st.booleans(),
)
def test_an_answer_in_the_order_of_the_question_is_judged_as_in_any_other(
    accepted: list[str], ids: list[str], sort: bool
) -> None:
    """Everybody has the msg_id that stands beside the number, and who is not mentioned is unknown."""
    told = sorted(accepted) if sort else accepted
    members = Members([3 * place for place in range(6)], PEOPLE)
    order = Order(1, 1, 1, "me", 2, False, 0.0, 7, None, None, members)
    by_phone = dict(zip(told, ids, strict=False))
    result = BatchResult(tuple(AcceptedMessage(*pair) for pair in by_phone.items()), ())
    verdict = judge_answer(order, result, RunSettings())
    assert dict(verdict.taken) == {3 * PEOPLE.index(phone): msg_id for phone, msg_id in by_phone.items()}
    unknown = [fate.position for fate in verdict.fates]
    assert unknown == [3 * place for place, phone in enumerate(PEOPLE) if phone not in by_phone]


def test_members_are_a_sequence_of_people() -> None:
    """Made of columns or of people, whole or in part, they show the same, and nothing of it in their `repr`."""
    people = [Member(0, PEOPLE[0], '{"a":"b"}', 1), Member(4, PEOPLE[1], None, 0)]
    made = Members.of(people)
    assert (list(made), made[-1], made[1:], len(made)) == (people, people[1], (people[1],), 2)
    assert list(Members([0, 4], PEOPLE[:2])) == [one._replace(values=None, tries=0) for one in people]
    assert repr(made) == "<2 members>"
    assert [one.params for one in made] == [{"a": "b"}, {}]
