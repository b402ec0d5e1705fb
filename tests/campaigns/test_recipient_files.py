"""Recipient files as people have them: the list is read as it was meant, or the row and the remedy are told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from campaign_scene import NOTICE, PLAIN
from campaign_service import numbers
from jsmskit.campaigns import CsvSource, PlanError, TemplateFacts, TemplateKind, open_source, plan, planning
from jsmskit.campaigns.ledger.ledger import Ledger, new_owner
from jsmskit.campaigns.models import ChunkLease, PlanSummary
from jsmskit.campaigns.settings import RunSettings
from jsmskit.campaigns.sources import Row, WorkbookSource

FIELD = Path(__file__).parent / "field"
CODE = TemplateFacts(1, "验证码：{{code}}", TemplateKind.CODE)


def aside(ledger: Ledger) -> list[tuple[int, str]]:
    return [(row, reason) for row, _, reason, _ in ledger.queries.set_aside(1)]


def rows(ledger: Ledger) -> list[tuple[int, str]]:
    return [(one.row, one.phone) for one in ledger.queries.recipients(1)]


def values(ledger: Ledger) -> list[dict[str, str]]:
    """What would go out with the first request."""
    settings = RunSettings(hours_override="test")
    ledger.start(1, new_owner(), settings, resume=False)
    order = ledger.claim(1, new_owner(), settings)
    assert isinstance(order, ChunkLease)
    return [dict(member.params) for member in order.members]


def planned(ledger: Ledger, file: Path, **options: Any) -> tuple[PlanSummary, dict[str, str]]:
    """Plan a list of codes: the summary, and who gets which code."""
    summary = plan(ledger, file, CODE, **options)
    phones = [phone for _, phone in rows(ledger)]
    return summary, dict(zip(phones, [one["code"] for one in values(ledger)], strict=False))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


# The cases of the field, each named for its file.


def test_stray_quote_one_refuses_the_file_naming_the_line(ledger: Ledger, file: Path, tmp_path: Path) -> None:
    """5,000 recipients and one quotation mark in line 12: it never ends."""
    file.write_text(stray({10}))
    with pytest.raises(PlanError, match=r"row 12: .*quotation mark") as caught:
        plan(ledger, file, CODE, set_aside=tmp_path / "aside.csv")
    assert (caught.value.row, ledger.queries.campaigns()) == (12, [])
    assert "12," in (tmp_path / "aside.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("at", [{4998}, {4980}], ids=["last", "last 20"])
def test_stray_quote_near_the_end_refuses_the_file(ledger: Ledger, file: Path, at: set[int]) -> None:
    file.write_text(stray(at))
    with pytest.raises(PlanError) as caught:
        plan(ledger, file, CODE)
    assert caught.value.row == min(at) + 2


@pytest.mark.parametrize("at", [{10, 14}, {10, 3000}], ids=["two near", "two far"])
def test_stray_quotes_set_aside_every_row_between_them(ledger: Ledger, file: Path, at: set[int]) -> None:
    file.write_text(stray(at))
    summary = plan(ledger, file, CODE)
    lost = range(min(at), max(at) + 1)
    assert aside(ledger) == [(n + 2, "unreadable_row") for n in lost]
    assert [phone for _, phone, _, _ in ledger.queries.set_aside(1)] == [f"138{n:08d}" for n in lost]
    assert rows(ledger) == [(n + 2, f"138{n:08d}") for n in range(5000) if n not in lost]
    assert summary.first_set_aside["unreadable_row"].row == min(at) + 2


def stray(at: set[int]) -> str:
    lines = ["phone,code"]
    lines += [f"138{n:08d}," + ('"' if n in at else "") + f"{n:06d}" for n in range(5000)]
    return "\n".join(lines) + "\n"


def test_null_jsonl(ledger: Ledger) -> None:
    summary, sent = planned(ledger, FIELD / "null.jsonl")
    assert sent == {"13800138036": "2468"}
    assert [row for row, _ in aside(ledger)] == [1, 2, 3, 4, 5]
    assert "no value" in summary.first_set_aside["wrong_parameters"].detail


def test_null_jsonl_is_filled_where_there_is_no_value(ledger: Ledger) -> None:
    _, sent = planned(ledger, FIELD / "null.jsonl", params={"code": "9999"})
    assert sent == {"13800138031": "9999", "13800138035": "9999", "13800138036": "2468"}


def test_empty_cells(ledger: Ledger) -> None:
    summary, sent = planned(ledger, FIELD / "empty_cells.csv")
    assert sent == {"13800138043": "1"}
    assert summary.set_aside == {"wrong_parameters": 2}


def test_empty_cells_are_filled_by_a_value_for_everybody(ledger: Ledger) -> None:
    """And only they."""
    _, sent = planned(ledger, FIELD / "empty_cells.csv", params={"code": "9999"})
    assert sent == {"13800138041": "9999", "13800138042": "9999", "13800138043": "1"}


def test_zero_width_heading(ledger: Ledger) -> None:
    assert planned(ledger, FIELD / "zero_width_heading.csv")[1] == {"13800138051": "1"}


def test_no_header(ledger: Ledger) -> None:
    """Told as that, with what to type; and then the first recipient is there."""
    file = FIELD / "no_header.csv"
    with pytest.raises(PlanError, match="no header") as caught:
        plan(ledger, file, CODE)
    assert 'header=False, phone_column="1", columns={"VARIABLE": "2"}' in caught.value.remedy
    _, sent = planned(ledger, file, header=False, phone_column="1", columns={"code": "2"})
    assert sent == {"13800138001": "2468", "13800138002": "1357"}


def test_spreadsheet_numbers(ledger: Ledger, tmp_path: Path) -> None:
    """The row, the value, the cause and what to do; and the file of what was set aside."""
    summary, sent = planned(ledger, FIELD / "spreadsheet_numbers.csv", set_aside=tmp_path / "aside.csv")
    assert sent == {"13800138003": "3"}
    assert summary.set_aside == {"damaged_value": 2}
    first = summary.first_set_aside["damaged_value"]
    assert first.row == 2
    assert "1.38001E+10" in first.detail
    assert "spreadsheet" in first.detail
    assert "13800138002.0" in (tmp_path / "aside.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [path.name for path in sorted((FIELD / "headings").iterdir())])
def test_headings(ledger: Ledger, name: str) -> None:
    assert planned(ledger, FIELD / "headings" / name)[1] == {"13800138061": "1"}


def test_blank_rows(ledger: Ledger) -> None:
    summary, sent = planned(ledger, FIELD / "blank_rows.csv")
    assert sent == {"13800138001": "1", "13800138002": "2"}
    assert (summary.rows, summary.set_aside, summary.ignored) == (2, {}, {"empty rows": 3})
    assert rows(ledger) == [(2, "13800138001"), (6, "13800138002")]


# Kinds.


@pytest.mark.parametrize(
    "heading",
    [
        *["Phone", "PHONE NUMBER", "phone_no", "Phone No.", "phone-number", "PhoneNum", "mobile", "mobileNo"],
        *["Mobile No.", "Mobile Phone", "mobile_phone_number", "Cell", "cell phone", "Tel", "Tel.", "telephone"],
        *["Telephone Number", "recipient", "Recipient", "recipients", "contact number", "Customer Phone"],
        *["user_mobile", "phones", "msisdn", "Phone:", "phone *", "* Phone (required)", "phone #", "Tel No"],
        *["手机", "手机号", "手机号码", "手机号码（必填）", "*手机号码", "联系电话", "联系方式", "电话", "电话号码"],
        *["移动电话", "客户手机号", "收件人", "收件人手机", "收件人手机号", "收货人电话", "接收号码", "会员手机"],
        *["手機", "手機號", "手機號碼", "手機號碼（必填）", "電話", "聯絡電話", "聯繫電話", "行動電話", "收件人電話"],
        *["手机号(Phone)", "手机/Phone", "电话：", " 手 机 号 ", "手机号\u200b", "\u00a0phone\u00a0", "ｐｈｏｎｅ"],
        *["\ufeffphone", "\u2060手机号", "手机号【必填】", "Phone\u00a0Number", "本人手机", "预留手机号"],
    ],
)
def test_headings_of_phone_numbers(file: Path, heading: str) -> None:
    """In simplified and traditional Chinese and in English, as people write them."""
    file.write_text(f"name,{heading},code\nA,13800138061,1\n", encoding="utf-8")
    assert list(open_source(file).rows(["code"])) == [Row(2, "13800138061", {"code": "1"})]


@pytest.mark.parametrize(
    "heading",
    [
        "name",
        "code",
        "phone type",
        "phone model",
        "hotel",
        "电话区号",
        "手机型号",
        "手机品牌",
        "收件人姓名",
        "收件人地址",
        "备注",
        "no.",
        "number",
        "excellent",
        "telegram",
        "recipient name",
        "mobile app",
        "联系人",
        "手机验证码",
    ],
)
def test_other_headings_are_none(file: Path, heading: str) -> None:
    """Nothing is guessed: the columns are told, in quotation marks, and the one that holds a number is proposed."""
    file.write_text(f"{heading},x\n13800138061,1\n", encoding="utf-8")
    with pytest.raises(PlanError, match="no heading says") as caught:
        list(open_source(file).rows([]))
    assert f'"{heading}"' in caught.value.message
    assert f'phone_column="{heading}"' in caught.value.remedy


def test_two_candidates_are_a_question(ledger: Ledger, file: Path) -> None:
    """Not a guess."""
    file.write_text("手机号,联系电话,code\n13800138061,13800138062,1\n", encoding="utf-8")
    with pytest.raises(PlanError, match=r'row 1: .*"手机号", "联系电话" may all be') as caught:
        plan(ledger, file, CODE)
    assert 'phone_column="手机号"' in caught.value.remedy
    assert planned(ledger, file, phone_column="联系电话")[1] == {"13800138062": "1"}


def test_columns_are_found_in_spite_of_what_is_added_to_them(ledger: Ledger, file: Path) -> None:
    """Invisible characters, an asterisk and a remark; the exact name goes first."""
    file.write_text("手机号,*code（必填）,Code2\n13800138061,1,2\n", encoding="utf-8")
    assert planned(ledger, file)[1] == {"13800138061": "1"}


@pytest.mark.parametrize(
    "name", ["gbk", "GB18030", "cp936", "gb2312", "UTF-8", "utf_8_sig", "Big5", "utf-16", "UTF-16LE"]
)
def test_encodings_by_any_name(ledger: Ledger, file: Path, name: str) -> None:
    codec = "gb18030" if name == "gb2312" else name
    file.write_bytes("手机,name\n13800138000,張三\n".encode(codec if name != "gb2312" else "gbk"))
    plan(ledger, file, NOTICE, encoding=name)
    assert values(ledger) == [{"name": "張三"}]


@pytest.mark.parametrize("name", ["utf-9", "base64", "rot13", "zip", "idna", "unicode_escape", ""])
def test_what_is_no_encoding_of_a_file(file: Path, name: str) -> None:
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
    ledger: Ledger, file: Path, text: str, written: str, guess: str, right: str
) -> None:
    file.write_bytes(text.encode(written))
    with pytest.raises(PlanError) as caught:
        plan(ledger, file, NOTICE, encoding=guess)
    assert f'encoding="{right}"' in caught.value.remedy
    assert ledger.queries.campaigns() == []
    assert plan(ledger, file, NOTICE, encoding=right).recipients == 30


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-le", "big5"])
def test_a_mark_of_byte_order_hides_no_column(ledger: Ledger, file: Path, encoding: str) -> None:
    """Under any encoding, in front of the phone's column; also that of UTF-8 in front of another encoding."""
    mark = b"\xef\xbb\xbf" if encoding == "big5" else "\ufeff".encode(encoding)
    file.write_bytes(mark + "手機,name\n13800138000,張\n".encode("utf-16-le" if encoding == "utf-16" else encoding))
    plan(ledger, file, NOTICE, encoding=encoding)
    assert values(ledger) == [{"name": "張"}]


DAMAGED_PHONES = ["1.38E+10", "1.38001E10", "1.38001e+10", "13800138000.0", "13800138000.00"]
DAMAGED_PHONES += ["13800138000.", "'13800138000", "’13800138000", '"=""13800138000"""', "=13800138000"]
DAMAGED_PHONES += ["#N/A", "#REF!", "########", '"13,800,138,000"', "1.38E10"]


@pytest.mark.parametrize("cell", DAMAGED_PHONES)
def test_numbers_that_a_spreadsheet_has_damaged(ledger: Ledger, file: Path, cell: str) -> None:
    file.write_text(f"phone,code\n{cell},1\n13800138001,2\n", encoding="utf-8")
    summary, sent = planned(ledger, file)
    assert sent == {"13800138001": "2"}
    assert summary.set_aside == {"damaged_value": 1}
    assert summary.first_set_aside["damaged_value"].row == 2
    assert "format the column as Text" in summary.first_set_aside["damaged_value"].detail


@pytest.mark.parametrize(
    "cell", ["2468.0", "1.2E+05", "1.38001E10", "2E+15", "'0135", '"=""0135"""', "#N/A", "#####", "NaN"]
)
def test_values_that_a_spreadsheet_has_damaged(ledger: Ledger, file: Path, cell: str) -> None:
    """A code that reads 2468.0 is not sent; --as-typed says that it is meant."""
    file.write_text(f"phone,code\n13800138000,{cell}\n13800138001,2\n", encoding="utf-8")
    summary, sent = planned(ledger, file)
    assert sent == {"13800138001": "2"}
    assert "code" in summary.first_set_aside["damaged_value"].detail
    assert plan(ledger, file, CODE, as_typed=True, again=True).recipients == 2


@pytest.mark.parametrize(
    "cell", ["12.50", "12.00", "12E4", "1E5", "0135", "A1.0", "3.14", "-5", "'tis", "=)", "#1", "E+5"]
)
def test_values_that_are_meant(ledger: Ledger, file: Path, cell: str) -> None:
    file.write_text(f"phone,code\n13800138000,{cell}\n", encoding="utf-8")
    assert planned(ledger, file)[1] == {"13800138000": cell}


def test_blanks_around_values_are_cut_off_and_counted(ledger: Ledger, file: Path) -> None:
    file.write_text("phone,code\n13800138000, 1 2\u3000\n13800138001,\u200b3\u00a0\n13800138002,4\n", encoding="utf-8")
    summary, sent = planned(ledger, file)
    assert list(sent.values()) == ["1 2", "3", "4"]
    assert summary.trimmed == 2


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_quotation_marks_with_every_delimiter(ledger: Ledger, file: Path, mark: str) -> None:
    """In the middle of a plain field a mark is that character; around a field it holds delimiters and doubled marks."""
    one, two, three, four = numbers(4)
    lines = ["phone,code", f'{one},5" x', f'{two},"a{mark} ""b"""', f'"{three}","c"', f'{four},"d"e']
    file.write_text("\n".join(lines).replace(",", mark) + "\n")
    _, sent = planned(ledger, file)
    assert sent == {one: '5" x', two: f'a{mark} "b"', three: "c"}
    assert aside(ledger) == [(5, "unreadable_row")]


def test_a_field_over_a_line_break_sets_its_row_aside(ledger: Ledger, file: Path) -> None:
    one, two, three = numbers(3)
    file.write_bytes(f'phone,name\n{one},"a\nb"\n{two},"x\r\ny"\r\n{three},c\n'.encode())
    summary = plan(ledger, file, NOTICE)
    assert (rows(ledger), aside(ledger)) == ([(6, three)], [(2, "unreadable_row"), (4, "unreadable_row")])
    assert "quotation mark" in summary.first_set_aside["unreadable_row"].detail


def test_a_field_over_a_line_break_is_taken_if_that_is_said(ledger: Ledger, file: Path) -> None:
    one, two = numbers(2)
    file.write_bytes(f'phone,name\r\n{one},"a ""b""\r\nc"\r\n{two},d\r\n'.encode())
    plan(ledger, file, NOTICE, multiline=True)
    assert rows(ledger) == [(2, one), (4, two)]
    assert values(ledger) == [{"name": 'a "b"\nc'}, {"name": "d"}]


def test_a_field_that_never_ends_refuses_the_file_also_then(ledger: Ledger, file: Path) -> None:
    file.write_text('phone,name\n13800138000,"a\n13800138001,b\n')
    with pytest.raises(PlanError, match="row 2: "):
        plan(ledger, file, NOTICE, multiline=True)


def test_a_carriage_return_within_a_field_costs_that_row(ledger: Ledger, file: Path) -> None:
    one, two, three = numbers(3)
    file.write_bytes(f'phone,name\n{one},x\ry\n{two},"x\ry"\n{three},c\n'.encode())
    plan(ledger, file, NOTICE)
    assert (rows(ledger), aside(ledger)) == ([(4, three)], [(2, "unreadable_row"), (3, "unreadable_row")])


def test_lines_of_an_old_mac(ledger: Ledger, file: Path) -> None:
    """That end with a carriage return alone."""
    one, two = numbers(2)
    file.write_bytes(f"phone,name\r{one},a\r{two},b\r".encode())
    plan(ledger, file, NOTICE)
    assert rows(ledger) == [(2, one), (3, two)]


def test_rows_of_another_width(ledger: Ledger, file: Path) -> None:
    """Empty fields too many are nothing; others are not cut off in silence; too few are told."""
    one, two, three = numbers(3)
    file.write_text(f"phone,name\n{one},a,,\n{two},Smith, John\n{three}\n")
    summary = plan(ledger, file, NOTICE)
    assert (rows(ledger), aside(ledger)) == ([(2, one)], [(3, "unreadable_row"), (4, "unreadable_row")])
    assert summary.first_set_aside["unreadable_row"].detail == "3 fields, the header has 2"


def test_a_line_for_spreadsheets_and_titles_above_the_header(ledger: Ledger, file: Path) -> None:
    """Skipped and counted; `sep=` says the delimiter."""
    file.write_text("sep=;\n2026 春节客户名单;;\n\n手机号;code\n13800138000;1\n", encoding="utf-8")
    summary, sent = planned(ledger, file)
    assert sent == {"13800138000": "1"}
    assert summary.ignored == {"sep= lines": 1, "rows above the header": 1, "empty rows": 1}
    assert rows(ledger) == [(5, "13800138000")]


def test_plain_numbers_need_no_header(ledger: Ledger, file: Path) -> None:
    file.write_text("+86 138 0013 8000\n\n13800138001\n12345\n")
    summary = plan(ledger, file, CODE, params={"code": "1"})
    assert rows(ledger) == [(1, "13800138000"), (3, "13800138001")]
    assert summary.set_aside == {"invalid_phone": 1}


def test_no_header_needs_to_know_the_columns(ledger: Ledger, file: Path) -> None:
    """The phone's is found if it is the only one; that of a variable is said."""
    file.write_text("2468,13800138000\n")
    with pytest.raises(PlanError, match='no column is said to hold "code"') as caught:
        plan(ledger, file, CODE, header=False)
    assert 'columns={"code": "2"}' in caught.value.remedy
    assert planned(ledger, file, header=False, columns={"code": "1"})[1] == {"13800138000": "2468"}


def test_a_wrong_name_of_a_column(ledger: Ledger, file: Path) -> None:
    """The columns that are there stand in quotation marks; all ways out are told."""
    file.write_text("phone,nick name\n13800138000,x\n")
    with pytest.raises(PlanError, match=r'row 1: .*no column "code" \(columns: "phone", "nick name"\)') as caught:
        plan(ledger, file, CODE)
    assert 'columns={"code": "COLUMN"}' in caught.value.remedy
    assert 'params={"code": "VALUE"}' in caught.value.remedy
    with pytest.raises(PlanError, match='no column "tel"'):
        plan(ledger, file, CODE, phone_column="tel")
    assert plan(ledger, file, CODE, params={"code": "1"}).recipients == 1


def test_a_value_for_everybody_must_be_one(ledger: Ledger) -> None:
    for params, what in (({"nick": "x"}, 'no variable "nick"'), ({"code": " "}, "empty"), ({"code": "【"}, "【")):
        with pytest.raises(PlanError, match=what):
            plan(ledger, numbers(1), CODE, params=params)
    assert ledger.queries.campaigns() == []


def test_a_list_of_nothing_but_broken_lines_is_told_with_its_reasons(
    ledger: Ledger, file: Path, tmp_path: Path
) -> None:
    """Too few fields in every line; no campaign is made of it, and the file of what was set aside is there."""
    file.write_text("phone,name\n13800138000\n13800138001\n")
    with pytest.raises(PlanError, match=r"of 2 rows all were set aside .unreadable row x 2, first in row 2"):
        plan(ledger, file, NOTICE, set_aside=tmp_path / "aside.csv")
    assert ledger.queries.campaigns() == []
    assert (tmp_path / "aside.csv").read_text(encoding="utf-8").count("\n") == 3


def test_what_is_set_aside_is_written_before_the_campaign_is_dropped(
    ledger: Ledger, file: Path, tmp_path: Path
) -> None:
    """Also if the same list was planned before; a place that cannot be written is told first."""
    file.write_text("phone\n13800138000\nx\n")
    plan(ledger, file, PLAIN)
    with pytest.raises(Exception, match="already"):
        plan(ledger, file, PLAIN, set_aside=tmp_path / "aside.csv")
    assert "invalid_phone" in (tmp_path / "aside.csv").read_text(encoding="utf-8")
    with pytest.raises(Exception, match="cannot be written"):
        plan(ledger, numbers(1), PLAIN, set_aside=tmp_path / "no" / "aside.csv")
    assert len(ledger.queries.campaigns()) == 1


def test_json_lines_of_several_shapes(ledger: Ledger, file: Path) -> None:
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
        {"name": "x"},
        [four],
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    file.write_text(text + '{"phone": "1", "phone": "2"}\n{"phone": NaN}\n{"phone"\n')
    summary = plan(ledger, file, NOTICE)
    assert rows(ledger) == [(1, one), (2, two), (3, three)]
    assert values(ledger) == [{"name": "a"}, {"name": "b"}, {"name": "c"}]
    assert summary.set_aside == {
        "unreadable_row": 6,
        "wrong_parameters": 1,
        "damaged_value": 1,
        "invalid_phone": 1,
        "missing_phone": 1,
    }


def test_keys_of_json_lines_can_be_named(ledger: Ledger, file: Path) -> None:
    file.write_text('{"to": "13800138000", "pin": "1"}\n')
    _, sent = planned(ledger, file, phone_column="to", columns={"code": "pin"})
    assert sent == {"13800138000": "1"}


@pytest.mark.parametrize("text", ['[{"phone": "13800138000"}]\n', "[\n", "{\n  1\n}\n"])
def test_one_json_document_is_not_lines(ledger: Ledger, file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(PlanError, match="one JSON document") as caught:
        plan(ledger, file, CODE)
    assert "jq" in caught.value.remedy


def test_an_empty_file_of_json_lines_says_how_one_looks(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "people.jsonl").write_text("\n")
    with pytest.raises(PlanError, match="is empty") as caught:
        plan(ledger, tmp_path / "people.jsonl", PLAIN)
    assert '{"phone":' in caught.value.remedy


def test_without_the_text_of_the_template_every_other_column_is_a_value(ledger: Ledger, file: Path) -> None:
    """Columns without a name are none; one that is mapped does not go out under its own name as well."""
    file.write_text(f"手机号;nick;city;;\n{numbers(1)[0]};小张;京;x;y\n", encoding="utf-8")
    plan(ledger, open_source(file, columns={"name": "nick"}), 7)
    assert values(ledger) == [{"name": "小张", "city": "京"}]


def test_a_delimiter_can_be_told(ledger: Ledger, file: Path) -> None:
    """Where the header alone would be taken for another kind of table."""
    file.write_text(f"phone|name, or nick\n{numbers(1)[0]}|a, b\n")
    plan(ledger, CsvSource(file, delimiter="|", columns={"name": "name, or nick"}), NOTICE)
    assert values(ledger) == [{"name": "a, b"}]


# Workbooks.


def workbook(path: Path, *table: Sequence[object], sheet: str = "Sheet1") -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = sheet
    for row in table:
        book.active.append(list(row))
    book.save(path)
    return path


def test_a_workbook_gives_what_was_typed(ledger: Ledger, tmp_path: Path) -> None:
    """Numbers without a point behind them, rows as the spreadsheet counts them, a title skipped."""
    book = workbook(
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
    )
    summary, sent = planned(ledger, book)
    assert sent == {"13800138001": "2468", "13800138002": "0135", "13800138003": "1.5"}
    assert [row for row, _ in aside(ledger)] == [7, 8, 9]
    assert rows(ledger)[0] == (4, "13800138001")
    assert summary.ignored == {"empty rows": 1, "rows above the header": 1}


def test_dates_of_a_workbook_are_text(ledger: Ledger, tmp_path: Path) -> None:
    from datetime import date, datetime, time

    when = [date(2026, 2, 3), datetime.fromisoformat("2026-02-03 09:30"), time(9, 30)]
    book = workbook(
        tmp_path / "p.xlsx", ["phone", "code"], *[[phone, one] for phone, one in zip(numbers(3), when, strict=True)]
    )
    assert list(planned(ledger, book)[1].values()) == ["2026-02-03", "2026-02-03 09:30", "09:30"]


def test_the_old_format_and_a_wrong_ending_are_read(ledger: Ledger, tmp_path: Path) -> None:
    content = (FIELD / "people.xls").read_bytes()
    (tmp_path / "people.csv").write_bytes(content)
    assert planned(ledger, tmp_path / "people.csv")[1] == {"13800138071": "2468", "13800138072": "0135"}


def test_a_sheet_by_its_name(ledger: Ledger, tmp_path: Path) -> None:
    """The first one if none is said; a wrong name is answered with those there are."""
    from openpyxl import load_workbook

    path = workbook(tmp_path / "p.xlsx", ["nothing"], sheet="说明")
    book = load_workbook(path)
    book.create_sheet("名单").append(["手机", "code"])
    book["名单"].append(["13800138000", "1"])
    book.save(path)
    with pytest.raises(PlanError, match='sheet "说明"'):
        plan(ledger, path, CODE)
    with pytest.raises(PlanError, match=r'no sheet "x" .sheets: "说明", "名单"') as caught:
        plan(ledger, path, CODE, sheet="x")
    assert 'sheet="说明"' in caught.value.remedy
    assert planned(ledger, path, sheet="名单")[1] == {"13800138000": "1"}


def test_without_the_extra_one_line_says_how_to_save(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    with pytest.raises(PlanError, match="not installed") as caught:
        plan(ledger, FIELD / "people.xls", CODE)
    assert "CSV UTF-8" in caught.value.remedy


@pytest.mark.parametrize(
    ("content", "name", "what"),
    [
        (b"<html><table><tr><td>phone</td></tr></table></html>", "people.xls", "an HTML table, called .xls"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html><table>", "people.xls", "an HTML table"),
        ("<table>".encode("utf-16"), "people.xls", "an HTML table"),
        (b'<?xml version="1.0"?><Workbook>', "people.xls", "is XML"),
        (b"%PDF-1.7", "people.csv", "a PDF"),
        (b"phone,code\n", "people.xlsx", "called .xlsx and is no workbook"),
        (b"PK\x03\x04 broken", "people.xlsx", "cannot be read as a workbook"),
    ],
)
def test_other_kinds_are_named(ledger: Ledger, tmp_path: Path, content: bytes, name: str, what: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(PlanError, match=what) as caught:
        plan(ledger, tmp_path / name, CODE)
    assert "spreadsheet" in caught.value.remedy


def test_a_sheet_of_a_text_file_is_a_mistake(ledger: Ledger, file: Path) -> None:
    file.write_text("phone\n13800138000\n")
    with pytest.raises(PlanError, match="no workbook"):
        plan(ledger, file, PLAIN, sheet="x")


# Sources of one's own.


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

    def __init__(self, people: Sequence[str]) -> None:
        self._people = people

    def rows(self, variables: Sequence[str] | None, constants: Sequence[str] = ()) -> Iterator[Row]:
        for number, phone in enumerate(self._people, 1):
            yield Row(number, phone, {name: f"{name} {number}" for name in variables or ()})

    def digest(self) -> str:
        return "d" * 64


def test_a_source_of_ones_own_is_as_good(ledger: Ledger) -> None:
    plan(ledger, FromElsewhere(numbers(2)), NOTICE)
    assert (ledger.queries.campaign(1).source, ledger.queries.campaign(1).digest[:4]) == ("table of customers", "dddd")
    assert values(ledger) == [{"name": "name 1"}, {"name": "name 2"}]


def test_a_list_without_an_end_is_given_up(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A generator that never ends would fill the disk; nothing of it is kept."""
    monkeypatch.setattr(planning, "_MOST_ROWS", 4)
    with pytest.raises(PlanError, match="more than 4 rows"):
        plan(ledger, numbers(5), PLAIN)
    assert ledger.queries.campaigns() == []
