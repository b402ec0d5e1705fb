"""Recipient files as people have them: the list is read as it was meant, or the row and the remedy are told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from campaign_scene import NOTICE, PLAIN
from campaign_service import numbers
from jsmskit.campaigns import CsvSource, PlanError, TemplateFacts, TemplateKind, open_source, plan, planning
from jsmskit.campaigns.ledger.ledger import Ledger
from jsmskit.campaigns.models import PlanSummary
from jsmskit.campaigns.sources import Row, WorkbookSource

FIELD = Path(__file__).parent / "field"
CODE = TemplateFacts(1, "验证码：{{code}}", TemplateKind.CODE)


class Planned(NamedTuple):
    """A plan: who gets which values, from which rows; and which rows get nothing."""

    summary: PlanSummary
    sent: dict[str, str]
    rows: list[int]
    aside: list[tuple[int, str]]


Plan = Callable[..., Planned]


@pytest.fixture
def planned(ledger: Ledger) -> Plan:
    """Plan a list. Values are joined by a stroke: the tests have one or two."""

    def make(given: Any, facts: TemplateFacts | int = CODE, **options: Any) -> Planned:
        summary = plan(ledger, given, facts, again=True, **options)
        number = summary.campaign_id
        with ledger.database.read() as tx:
            found = tx.fetchall(
                "SELECT phone, params, source_row FROM recipient WHERE campaign_id=? ORDER BY chunk, position",
                (number,),
            )
        sent = {phone: "|".join(json.loads(params or "{}").values()) for phone, params, _ in found}
        aside = [(row, reason) for row, _, reason, _ in ledger.queries.set_aside(number)]
        return Planned(summary, sent, [row for _, _, row in found], aside)

    return make


def listed(cells: Iterable[str], header: str = "phone,code") -> str:
    """A CSV file of these values, each for another number."""
    return "\n".join([header, *map(",".join, zip(numbers(20), cells, strict=False))]) + "\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


# The cases of the field, each named for its file.


@pytest.mark.parametrize("at", [10, 4980, 4998])
def test_a_stray_quote_refuses_the_file_naming_the_line(ledger: Ledger, file: Path, tmp_path: Path, at: int) -> None:
    """5,000 recipients and one quotation mark: it never ends."""
    lines = [f"138{n:08d}," + ('"' if n == at else "") + f"{n:06d}" for n in range(5000)]
    file.write_text("\n".join(["phone,code", *lines]) + "\n")
    with pytest.raises(PlanError, match=rf"row {at + 2}: .*quotation mark") as caught:
        plan(ledger, file, CODE, set_aside=tmp_path / "aside.csv")
    assert (caught.value.row, ledger.queries.campaigns()) == (at + 2, [])
    assert f"{at + 2}," in (tmp_path / "aside.csv").read_text(encoding="utf-8")


def test_null_and_empty_cells_are_no_values(planned: Plan) -> None:
    """The row is set aside, or filled by a value for everybody, and only such rows are."""
    null = planned(FIELD / "null.jsonl")
    assert null.sent == {"13800138036": "2468"}
    assert [row for row, _ in null.aside] == [1, 2, 3, 4, 5]
    assert "no value" in null.summary.first_set_aside["wrong_parameters"].detail
    filled = planned(FIELD / "null.jsonl", params={"code": "9999"})
    assert filled.sent == {"13800138031": "9999", "13800138035": "9999", "13800138036": "2468"}
    empty = planned(FIELD / "empty_cells.csv")
    assert (empty.sent, empty.summary.set_aside) == ({"13800138043": "1"}, {"wrong_parameters": 2})
    filled = planned(FIELD / "empty_cells.csv", params={"code": "9999"})
    assert filled.sent == {"13800138041": "9999", "13800138042": "9999", "13800138043": "1"}


def test_files_of_the_field_that_name_their_columns_oddly(planned: Plan) -> None:
    assert planned(FIELD / "zero_width_heading.csv").sent == {"13800138051": "1"}
    with pytest.raises(PlanError, match="no header"):
        planned(FIELD / "no_header.csv")
    found = planned(FIELD / "no_header.csv", header=False, columns={"code": "2"})
    assert found.sent == {"13800138001": "2468", "13800138002": "1357"}


# Columns.


def test_headings_of_phone_numbers(file: Path) -> None:
    """In simplified and traditional Chinese and in English, as people write them."""
    for given in (FIELD / "headings").iterdir():
        assert [row.phone for row in open_source(given).rows(["code"])] == ["13800138061"], given
    for heading in (FIELD / "phone_headings.txt").read_text(encoding="utf-8").splitlines():
        file.write_text(f"name,{heading},code\nA,13800138061,1\n", encoding="utf-8")
        assert list(open_source(file).rows(["code"])) == [Row(2, "13800138061", {"code": "1"})], heading


def test_other_headings_are_none(file: Path) -> None:
    """Nothing is guessed: the columns are told, in quotation marks, and the one that holds a number is proposed."""
    others = (FIELD / "other_headings.txt").read_text(encoding="utf-8").splitlines()
    for heading in [*others, "mobilephone" * 40 + "x"]:
        file.write_text(f"{heading},x\n13800138061,1\n", encoding="utf-8")
        with pytest.raises(PlanError, match="no heading says") as caught:
            list(open_source(file).rows([]))
        assert f'"{heading}"' in caught.value.message
        assert f'phone_column="{heading}"' in caught.value.remedy


READ: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "without a header": ("13800138001,2468\n", {"header": False, "columns": {"code": "2"}}, {"13800138001": "2468"}),
    "the number behind": ("2468,13800138000\n", {"header": False, "columns": {"code": "1"}}, {"13800138000": "2468"}),
    "one of two numbers": (
        "手机号,联系电话,code\n13800138061,13800138062,1\n",
        {"phone_column": "联系电话"},
        {"13800138062": "1"},
    ),
    "what is added to headings": ("\u200b手机号,*code（必填）,Code2\n13800138061,1,2\n", {}, {"13800138061": "1"}),
    "a value for everybody": ("phone,nick\n13800138000,x\n", {"params": {"code": "1"}}, {"13800138000": "1"}),
    "plain numbers": (
        "+86 138 0013 8000\n\n13800138001\n",
        {"params": {"code": "1"}},
        {"13800138000": "1", "13800138001": "1"},
    ),
    "every column of an unknown template": (
        "手机号;nick;city;;\n13800138000;小张;京;x;y\n",
        {"facts": 7, "columns": {"name": "nick"}},
        {"13800138000": "小张|京"},
    ),
    "keys of JSON": (
        '{"to": "13800138000", "pin": "1"}\n',
        {"phone_column": "to", "columns": {"code": "pin"}},
        {"13800138000": "1"},
    ),
}


@pytest.mark.parametrize("case", READ)
def test_columns_are_found_or_said(planned: Plan, file: Path, case: str) -> None:
    content, options, sent = READ[case]
    file.write_text(content, encoding="utf-8")
    assert planned(file, **options).sent == sent


ONE = "13800138000"
REFUSED: tuple[tuple[str, str | bytes, dict[str, Any], str, str], ...] = (
    # name, content, options, what is said, what to do
    ("empty.csv", "", {}, "is empty", ""),
    ("header.csv", "phone,code\n", {}, "no recipient in .* can be written to", ""),
    ("wrong.csv", "phone,code\n1,2\n", {}, "invalid phone x 1, first in row 2", ""),
    (
        "no_header.csv",
        f"{ONE},2468\n",
        {},
        "row 1: .*no header",
        'header=False, phone_column="1", columns={"VARIABLE": "2"}',
    ),
    ("other.csv", "phone,nick\n1,2\n", {}, r'row 1: .*no column "code" .columns: "phone", "nick"', 'columns={"code": '),
    ("other.csv", "phone,nick\n1,2\n", {}, 'no column "code"', 'params={"code": "VALUE"}'),
    ("other.csv", "phone,nick\n1,2\n", {"phone_column": "tel"}, 'no column "tel"', ""),
    ("none.csv", f"2468,{ONE}\n", {"header": False}, 'no column "code"', 'columns={"code": "COLUMN"}'),
    (
        "two.csv",
        "手机号,联系电话,code\n1,2,3\n",
        {},
        'row 1: .*"手机号", "联系电话" may all be',
        'phone_column="手机号"',
    ),
    ("two.csv", f"{ONE},{ONE}\n", {"header": False}, '"1", "2" may all be the phone numbers', 'phone_column="1"'),
    ("two.csv", "2,x\n", {"header": False}, "no column of the first row holds a phone number", ""),
    ("twice.csv", "phone,code,code\n1,2,3\n", {}, '"code", "code" may all be "code"', ""),
    ("mark.csv", '"phone"x,code\n1,2\n', {}, "row 1: .*the header cannot be read: text stands behind", ""),
    ("title.csv", "title\n" * 30 + "phone,code\n", {}, 'row 1: .*no heading says .*columns: "title"', ""),
    ("bytes.csv", b"\xef\xbb\xbfphone,code\n1,\xff\n", {}, "row 2: .*not utf-8", "Is it damaged"),
    ("nul.csv", f"phone,code\n{ONE},a\0b\n", {}, "row 2: .*NUL", ""),
    ("long.csv", "phone,code\n" + "x" * 70_000, {}, "row 2: .*longer than", ""),
    ("wide.csv", "phone," + "x," * 300 + "code\n", {}, "302 columns", ""),
    ("list.csv", f'[{{"phone": "{ONE}"}}]\n', {}, "one JSON document", "jq"),
    ("object.csv", "{\n  1\n}\n", {}, "one JSON document", "jq"),
    ("empty.jsonl", "\n", {}, "is empty", '{"phone":'),
    ("html.xls", "<html><table><tr><td>phone</table></html>", {}, "an HTML table, called .xls", "spreadsheet"),
    ("html.xls", b"\xef\xbb\xbf\r\n<!DOCTYPE html><table>", {}, "an HTML table", "spreadsheet"),
    ("html.xls", "<table>".encode("utf-16"), {}, "an HTML table", "spreadsheet"),
    ("xml.xls", '<?xml version="1.0"?><Workbook>', {}, "is XML", "spreadsheet"),
    ("pdf.csv", "%PDF-1.7", {}, "a PDF", "spreadsheet"),
    ("text.xlsx", "phone,code\n", {}, "called .xlsx and is no workbook", "spreadsheet"),
    ("broken.xlsx", b"PK\x03\x04 broken", {}, "cannot be read as a workbook", "spreadsheet"),
    ("text.csv", "phone,code\n", {"sheet": "x"}, "no workbook", ""),
    ("text.csv", "phone,code\n", {"columns": {"nick": "name"}}, 'no variable "nick"', ""),
    ("text.csv", "phone,code\n", {"params": {"nick": "x"}}, 'no variable "nick"', ""),
    ("text.csv", "phone,code\n", {"params": {"code": " "}}, "empty", ""),
    ("text.csv", "phone,code\n", {"params": {"code": "【"}}, "【", ""),
    ("text.csv", "phone,code\n", {"tag": "x" * 11}, "tag", ""),
    ("text.csv", "phone,code\n", {"facts": 0}, "template id", ""),
)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case[0])
def test_a_wrong_file_is_one_clear_line_and_no_campaign(
    planned: Plan, ledger: Ledger, tmp_path: Path, case: tuple[str, str | bytes, dict[str, Any], str, str]
) -> None:
    name, content, options, what, remedy = case
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(PlanError, match=what) as caught:
        planned(tmp_path / name, **options)
    assert caught.value.remedy
    assert remedy in caught.value.remedy
    assert "\n" not in str(caught.value)
    assert ledger.queries.campaigns() == []


def test_what_cannot_be_opened_is_told(planned: Plan, tmp_path: Path) -> None:
    for place in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(PlanError, match="cannot be read"):
            planned(place)


def test_a_delimiter_can_be_told(planned: Plan, file: Path) -> None:
    """Where the header alone would be taken for another kind of table."""
    file.write_text(f"phone|name, or nick\n{numbers(1)[0]}|a, b\n")
    source = CsvSource(file, delimiter="|", columns={"name": "name, or nick"})
    assert planned(source, NOTICE).sent == {numbers(1)[0]: "a, b"}


def test_a_line_for_spreadsheets_and_titles_above_the_header(planned: Plan, file: Path) -> None:
    """Skipped and counted; `sep=` says the delimiter."""
    file.write_text("sep=;\n2026 春节客户名单;;\n\n手机号;code\n13800138000;1\n", encoding="utf-8")
    found = planned(file)
    assert (found.sent, found.rows) == ({"13800138000": "1"}, [5])
    assert found.summary.ignored == {"sep= lines": 1, "rows above the header": 1, "empty rows": 1}


# Encodings.


def test_encodings_by_any_name(planned: Plan, file: Path) -> None:
    for name in ("gbk", "GB18030", "cp936", "gb2312", "UTF-8", "utf_8_sig", "Big5", "utf-16", "UTF-16LE"):
        file.write_bytes("手机,name\n13800138000,張三\n".encode("gbk" if name == "gb2312" else name))
        assert planned(file, NOTICE, encoding=name).sent == {"13800138000": "張三"}, name
    for name in ("utf-9", "base64", "rot13", "zip", "idna", "unicode_escape", ""):
        with pytest.raises(PlanError, match=r"encoding .* is not known"):
            CsvSource(file, encoding=name)


LIST = "手機號碼,name\n" + "".join(f"{phone},王小明先生您好\n" for phone in numbers(30))
SIMPLE = "手机号,name\n" + "".join(f"{phone},张三先生您好\n" for phone in numbers(30))


@pytest.mark.parametrize(
    ("text", "written", "guess", "right"),
    [
        (SIMPLE, "gb18030", "utf-8", "gb18030"),
        (SIMPLE.replace("手机号", "phone"), "gbk", "utf-8", "gb18030"),
        (LIST, "big5", "utf-8", "big5"),
        (LIST, "big5", "gbk", "big5"),
        (LIST.replace("手機號碼", "phone"), "big5", "utf-8", "big5"),
        (SIMPLE, "utf-8", "gbk", "utf-8"),
        (SIMPLE.replace("手机号", "phone"), "utf-8", "gb18030", "utf-8"),
        (SIMPLE.replace("手机号", "phone"), "utf-8-sig", "big5", "utf-8"),
        (SIMPLE, "utf-8", "latin-1", "utf-8"),
        (SIMPLE, "utf-16", "utf-8", "utf-16"),
        (SIMPLE, "utf-16-le", "utf-8", "utf-16-le"),
        (SIMPLE, "utf-16-be", "gbk", "utf-16-be"),
        (SIMPLE, "utf-8", "utf-16", "utf-8"),
    ],
    ids=lambda given: given if len(given) < 10 else given[:5].strip(","),
)
def test_a_wrong_guess_is_answered_with_the_encoding_that_reads_the_file(
    planned: Plan, file: Path, text: str, written: str, guess: str, right: str
) -> None:
    file.write_bytes(text.encode(written))
    with pytest.raises(PlanError) as caught:
        planned(file, NOTICE, encoding=guess)
    assert f'encoding="{right}"' in caught.value.remedy
    assert planned(file, NOTICE, encoding=right).summary.recipients == 30


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-le", "big5"])
def test_a_mark_of_byte_order_hides_no_column(planned: Plan, file: Path, encoding: str) -> None:
    """Under any encoding, in front of the phone's column; also that of UTF-8 in front of another encoding."""
    mark = b"\xef\xbb\xbf" if encoding == "big5" else "\ufeff".encode(encoding)
    file.write_bytes(mark + "手機,name\n13800138000,張\n".encode("utf-16-le" if encoding == "utf-16" else encoding))
    assert planned(file, NOTICE, encoding=encoding).sent == {"13800138000": "張"}


# Values.


def test_numbers_that_a_spreadsheet_has_damaged(planned: Plan, file: Path, tmp_path: Path) -> None:
    cells = ["1.38E+10", "1.38001E10", "1.38001e+10", "13800138000.0", "13800138000.00", "13800138000.", "'13800138000"]
    cells += ["’13800138000", '"=""13800138000"""', "=13800138000", "#N/A", "#REF!", "########", '"13,800,138,000"']
    file.write_text("phone,code\n13800138001,2\n" + "".join(f"{cell},1\n" for cell in cells), encoding="utf-8")
    found = planned(file, set_aside=tmp_path / "aside.csv")
    assert found.sent == {"13800138001": "2"}
    assert found.aside == [(row, "damaged_value") for row in range(3, 3 + len(cells))]
    assert "1.38001e+10" in (tmp_path / "aside.csv").read_text(encoding="utf-8")
    assert "format the column as Text" in found.summary.first_set_aside["damaged_value"].detail


def test_values_that_a_spreadsheet_has_damaged(planned: Plan, file: Path) -> None:
    """A code that reads 2468.0 is not sent; --as-typed says that it is meant."""
    cells = ["2468.0", "1.2E+05", "1.38001E10", "2E+15", "'0135", '"=""0135"""', "#N/A", "#####", "NaN"]
    file.write_text(listed([*cells, "2"]), encoding="utf-8")
    found = planned(file)
    assert list(found.sent.values()) == ["2"]
    assert {reason for _, reason in found.aside} == {"damaged_value"}
    assert '"code" is' in found.summary.first_set_aside["damaged_value"].detail
    assert planned(file, as_typed=True).summary.recipients == len(cells) + 1


def test_values_that_are_meant(planned: Plan, file: Path) -> None:
    """And what a JSON text has to escape."""
    cells = ["12.50", "12.00", "12E4", "1E5", "0135", "A1.0", "3.14", "-5", "'tis", "=)", "#1", "E+5", "a\\b", "张 三"]
    file.write_text(listed(cells), encoding="utf-8")
    assert list(planned(file).sent.values()) == cells


def test_blanks_around_values_are_cut_off_and_counted(planned: Plan, file: Path) -> None:
    file.write_text("phone,code\n13800138000, 1 2\u3000\n13800138001,\u200b3\u00a0\n13800138002,4\n", encoding="utf-8")
    found = planned(file)
    assert (list(found.sent.values()), found.summary.trimmed) == (["1 2", "3", "4"], 2)


# Rows.


def test_rows_are_normalised_and_set_aside_with_their_reasons(planned: Plan, file: Path) -> None:
    """Blanks, +86 and full-width digits are no mistake; everything else gets nothing, with its line and reason."""
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
    found = planned(file, NOTICE)
    assert found.sent == {"13800138000": "张三", "13900139000": "李四", "13600136000": 'a, "b"c'}
    reasons = ["invalid_phone", "missing_phone", "duplicate", "wrong_parameters", "too_long", "wrong_parameters"]
    assert found.aside == list(enumerate([*reasons, "unreadable_row"], 4))
    assert (found.summary.rows, found.summary.recipients, found.summary.chunks) == (10, 3, 1)


def test_a_file_is_the_same_however_it_falls_into_blocks(planned: Plan, file: Path) -> None:
    """Characters, quoted line feeds and the last line without an end, over several blocks of 64 KiB; rows are counted
    as lines of the file.
    """
    people = {phone: f"张\u2028三\n{'四' * (index % 40 + 1)}" for index, phone in enumerate(numbers(9000))}
    lines = [f'{phone},"{name}"' for phone, name in people.items()]
    file.write_text("\n".join(["phone,name", *lines]), encoding="utf-8")
    found = planned(file, NOTICE, multiline=True)
    assert found.sent == people
    assert found.rows == list(range(2, 2 + 2 * 9000, 2))


@pytest.mark.parametrize("damage", [b"\0", b"\xff", b"x" * 70_000], ids=["nul", "no UTF-8", "endless"])
def test_a_damage_far_inside_is_told_with_its_row(planned: Plan, file: Path, damage: bytes) -> None:
    """In the block in which it stands, and counted from the first line of the file."""
    good = [f"{phone},{'n' * 20}\n".encode() for phone in numbers(8000)]
    file.write_bytes(b"phone,name\n" + b"".join(good[:7000]) + b"139," + damage + b"\n" + b"".join(good[7000:]))
    with pytest.raises(PlanError, match="row 7002: "):
        planned(file, NOTICE)


def test_a_carriage_return_within_a_field_costs_its_row(planned: Plan, file: Path) -> None:
    """What the slow reader of the random files does not draw."""
    one, two = numbers(2)
    for cell in ("x\ry", '"x\ry"'):
        file.write_bytes(f"phone,name\n{one},{cell}\n{two},b\n".encode())
        found = planned(file, NOTICE)
        assert (found.sent, found.aside) == ({two: "b"}, [(2, "unreadable_row")])


@pytest.mark.parametrize("line", ["x\n", 'x","\n'])
def test_a_field_is_not_read_for_ever(ledger: Ledger, file: Path, line: str) -> None:
    """The file would be held in memory until the mark ends."""
    file.write_text('phone,name\n13800138000,x\n13800138001,"' + line * 70_000 + '"\n')
    with pytest.raises(PlanError, match=r"row 3: .*does not end"):
        plan(ledger, file, NOTICE, multiline=True)


def test_what_is_set_aside_is_written_whatever_becomes_of_the_plan(ledger: Ledger, file: Path, tmp_path: Path) -> None:
    """If nobody is left, or the same list was planned before; a place that cannot be written is told first."""
    aside = tmp_path / "aside.csv"
    file.write_text("phone,name\n13800138000\n13800138001\n")
    with pytest.raises(PlanError, match=r"of 2 rows all were set aside .unreadable row x 2, first in row 2"):
        plan(ledger, file, NOTICE, set_aside=aside)
    assert ledger.queries.campaigns() == []
    assert aside.read_text(encoding="utf-8").count("\n") == 3
    file.write_text("phone\n13800138000\nx\n")
    plan(ledger, file, PLAIN)
    with pytest.raises(Exception, match="already"):
        plan(ledger, file, PLAIN, set_aside=aside)
    assert "invalid_phone" in aside.read_text(encoding="utf-8")
    with pytest.raises(Exception, match="cannot be written"):
        plan(ledger, numbers(1), PLAIN, set_aside=tmp_path / "no" / "aside.csv")
    assert len(ledger.queries.campaigns()) == 1


# JSON lines.


def test_json_lines_of_several_shapes(planned: Plan, file: Path) -> None:
    """Flat or nested, with any usual key; everything that is no such object costs its line only."""
    one, two, three, four = numbers(4)
    lines: list[object] = [
        {"phone": one, "name": "a", "city": "京"},
        {"手机号": two, "params": {"name": "b"}},
        {"mobile": int(three), "name": "c", "other": {"deep": 1}},
        {"phone": four, "params": ["c"]},
        {"phone": four, "name": {"first": "x"}},
        {"phone": float(four), "name": "x"},
        {"phone": four, "mobile": one, "name": "x"},
        {"phone": True, "name": "x"},
        {"phone": four, "params": {"name": "x", "nick": "y"}},
        {"name": "x"},
        [four],
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    file.write_text(text + '{"phone": "1", "phone": "2"}\n{"phone": NaN}\n\n{"phone"\n')
    found = planned(file, NOTICE)
    assert (found.sent, found.rows) == ({one: "a", two: "b", three: "c"}, [1, 2, 3])
    assert found.summary.set_aside == {
        "unreadable_row": 6,
        "wrong_parameters": 2,
        "damaged_value": 1,
        "invalid_phone": 1,
        "missing_phone": 1,
    }


# Workbooks.


def workbook(path: Path, *table: Sequence[object], sheet: str = "Sheet1") -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = sheet
    for row in table:
        book.active.append(list(row))
    book.save(path)
    return path


def test_a_workbook_gives_what_was_typed(planned: Plan, tmp_path: Path) -> None:
    """Numbers without a point behind them, rows as the spreadsheet counts them, a title skipped; dates as text."""
    found = planned(
        workbook(
            tmp_path / "people.xlsx",
            ["2026 名单"],
            [],
            ["姓名", "手机号码", "code"],
            ["张", 13800138001, 2468],
            ["李", "13800138002", "0135"],
            ["王", 13800138003, 1.5],
            ["赵", 13800138004, None],
            ["钱", 13800138005, True],
            ["孙", 1380013800612345678, 1],
            ["周", 13800138007, date(2026, 2, 3)],
            ["吴", 13800138008, datetime.fromisoformat("2026-02-03 09:30")],
            ["郑", 13800138009, time(9, 30)],
        )
    )
    assert list(found.sent.values()) == ["2468", "0135", "1.5", "2026-02-03", "2026-02-03 09:30", "09:30"]
    assert [row for row, _ in found.aside] == [7, 8, 9]
    assert (found.rows[0], found.summary.ignored) == (4, {"empty rows": 1, "rows above the header": 1})


def test_the_old_format_and_a_wrong_ending_are_read(planned: Plan, file: Path) -> None:
    file.write_bytes((FIELD / "people.xls").read_bytes())
    assert planned(file).sent == {"13800138071": "2468", "13800138072": "0135"}


def test_a_sheet_by_its_name(planned: Plan, tmp_path: Path) -> None:
    """The first one if none is said; a wrong name is answered with those there are; a text file has none."""
    from openpyxl import load_workbook

    path = workbook(tmp_path / "p.xlsx", ["nothing"], sheet="说明")
    book = load_workbook(path)
    book.create_sheet("名单").append(["手机", "code"])
    book["名单"].append(["13800138000", "1"])
    book.save(path)
    with pytest.raises(PlanError, match='sheet "说明"'):
        planned(path)
    with pytest.raises(PlanError, match=r'no sheet "x" .sheets: "说明", "名单"') as caught:
        planned(path, sheet="x")
    assert 'sheet="说明"' in caught.value.remedy
    assert planned(path, sheet="名单").sent == {"13800138000": "1"}


def test_a_workbook_with_a_password(planned: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    import python_calamine as calamine

    class Locked:
        @staticmethod
        def from_filelike(file: object) -> None:
            raise calamine.PasswordError

    monkeypatch.setattr(calamine, "CalamineWorkbook", Locked)
    with pytest.raises(PlanError, match="has a password"):
        planned(FIELD / "people.xls")


def test_without_the_extra_one_line_says_how_to_save(planned: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    with pytest.raises(PlanError, match="not installed") as caught:
        planned(FIELD / "people.xls")
    assert "CSV UTF-8" in caught.value.remedy


# Sources of one's own.


def test_standard_input_is_a_file_too(planned: Plan, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read again where that is needed: to find its kind, and the encoding that it is in."""
    file.write_text(SIMPLE, encoding="gb18030")
    for encoding in ("utf-8", "gb18030"):
        with file.open() as typed:
            monkeypatch.setattr("sys.stdin", typed)
            if encoding == "utf-8":
                with pytest.raises(PlanError, match="standard input: the text is not utf-8") as caught:
                    planned("-", NOTICE, encoding=encoding)
                assert 'encoding="gb18030"' in caught.value.remedy
            else:
                assert planned("-", NOTICE, encoding=encoding).summary.recipients == 30


def test_a_source_can_be_read_row_by_row(file: Path) -> None:
    one, two = numbers(2)
    file.write_text(f"phone,name\n{one},a\n{two}\n{two},b\n")
    first, short, last = open_source(file).rows(["name"])
    assert (first, last) == (Row(2, one, {"name": "a"}), Row(4, two, {"name": "b"}))
    assert (short.number, short.problem) == (3, "1 fields, the header has 2")
    assert isinstance(open_source(FIELD / "people.xls"), WorkbookSource)


class FromElsewhere:
    """A source that somebody else wrote: rows, and a digest of them."""

    name = "table of customers"

    def rows(self, variables: Sequence[str] | None, constants: Sequence[str] = ()) -> Iterator[Row]:
        for number, phone in enumerate(numbers(2), 1):
            yield Row(number, phone, {name: f"{name} {number}" for name in variables or ()})

    def digest(self) -> str:
        return "d" * 64


def test_a_source_of_ones_own_is_as_good(planned: Plan, ledger: Ledger) -> None:
    assert list(planned(FromElsewhere(), NOTICE).sent.values()) == ["name 1", "name 2"]
    assert (ledger.queries.campaign(1).source, ledger.queries.campaign(1).digest[:4]) == ("table of customers", "dddd")


def test_a_list_without_an_end_is_given_up(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A generator that never ends would fill the disk; nothing of it is kept."""
    monkeypatch.setattr(planning, "_MOST_ROWS", 4)
    with pytest.raises(PlanError, match="more than 4 rows"):
        plan(ledger, numbers(5), PLAIN)
    assert ledger.queries.campaigns() == []
