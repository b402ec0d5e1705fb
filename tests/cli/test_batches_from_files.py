"""`jsms messages batch` reads a list as `jsms campaign plan` does, and tells what it leaves out."""

from __future__ import annotations

import json
from pathlib import Path

from jsmskit.mock import JsmsMock
from shell import Shell

FIELD = Path(__file__).parents[1] / "campaigns" / "field"
BATCH = ("messages", "batch")
CODE = ("--template", "1")


def sent(mock: JsmsMock) -> dict[str, str]:
    """Who got which code."""
    return {message.phone: message.text.partition("验证码：")[2].partition("，")[0] for message in mock.messages()}


def test_null_jsonl_is_set_aside(shell: Shell, mock: JsmsMock, tmp_path: Path) -> None:
    """The words None, True, ['a'] and 1000.0 are not sent."""
    done = shell.piped(*BATCH, str(FIELD / "null.jsonl"), *CODE, "--yes", "--set-aside", "aside.csv")

    assert sent(mock) == {"13800138036": "2468"}
    assert done.code == 9
    assert '  set aside: 5 x wrong parameters; first: row 1 (138****8031), no value for "code"' in done.err
    assert len((tmp_path / "aside.csv").read_text(encoding="utf-8").splitlines()) == 6


def test_files_that_are_good_for_a_campaign_are_good_for_a_batch(shell: Shell, mock: JsmsMock) -> None:
    for name in ("blank_rows.csv", "zero_width_heading.csv", "headings/5.csv", "people.xls"):
        before = len(mock.messages())
        done = shell.piped(*BATCH, str(FIELD / name), *CODE, "--yes")
        assert (done.code, len(mock.messages()) > before) == (0, True), done.err


def test_remedies_speak_the_options_of_the_command_line(shell: Shell, mock: JsmsMock) -> None:
    no_header = shell.piped(*BATCH, str(FIELD / "no_header.csv"), *CODE, "--yes")
    assert "--no-header, --phone-column 1, --map VARIABLE=2." in no_header.err
    question = shell.piped(*BATCH, "-", *CODE, "--yes", typed="phone no,mobile no,code\n13800138000,13800138001,1\n")
    assert "Say which: --phone-column 'phone no'." in question.err
    wrong = shell.piped(*BATCH, "-", *CODE, "--yes", "--encoding", "big5", typed="手机,code\n13800138000,张\n")
    assert "--encoding utf-8" in wrong.err
    assert not mock.messages()
    done = shell.piped(*BATCH, str(FIELD / "no_header.csv"), *CODE, "--yes", "--no-header", "--map", "code=2")
    assert (done.code, sent(mock)) == (0, {"13800138001": "2468", "13800138002": "1357"})


def test_a_number_that_stands_twice_is_sent_twice_on_purpose_only(shell: Shell, mock: JsmsMock) -> None:
    listed = "phone,code\n13800138000,1\n+86 13800138000,2\n"
    done = shell.piped(*BATCH, "-", *CODE, "--yes", typed=listed)
    assert (done.code, len(mock.messages())) == (2, 0)
    assert "first: row 3, as row 2" in done.err
    assert "--allow-duplicates" in done.err
    assert shell.piped(*BATCH, "-", *CODE, "--yes", "--allow-duplicates", typed=listed).code == 0
    assert len(mock.messages()) == 2


def test_nobody_left_is_told_with_the_reasons(shell: Shell, mock: JsmsMock, tmp_path: Path) -> None:
    done = shell.piped(*BATCH, "-", *CODE, "--yes", "--set-aside", "aside.csv", typed="phone,code\n1.38E+10,1\n")

    assert done.code == 4
    assert "1 x damaged value; first: row 2, '1.38E+10'" in done.err
    assert "damaged_value" in (tmp_path / "aside.csv").read_text(encoding="utf-8")
    assert not mock.messages()


def test_programs_are_told_the_same(shell: Shell, mock: JsmsMock) -> None:
    told = json.loads(shell.piped(*BATCH, str(FIELD / "spreadsheet_numbers.csv"), *CODE, "--yes", "--json").out)
    assert told["set_aside"] == {"damaged_value": 2}
    assert told["first_set_aside"]["damaged_value"]["row"] == 2


def test_a_campaign_from_standard_input_with_a_value_for_everybody(shell: Shell, mock: JsmsMock) -> None:
    for number, typed in enumerate(("13800138001\n", '{"phone":"13800138002"}\n', "phone\n13800138003\n"), 1):
        done = shell.piped("campaign", "plan", "-", *CODE, "-p", "code=1", "--ledger", "l.db", typed=typed)
        assert f"campaign run {number}" in done.out, done.err


def test_a_plan_tells_what_it_leaves_out(shell: Shell, mock: JsmsMock) -> None:
    """Each reason with its first example; and what was skipped and cut off."""
    listed = "title\n\nphone,code\n13800138000, 1\n1380013800,2\n13800138000,3\n13800138001,2468.0\n"
    done = shell.piped("campaign", "plan", "-", *CODE, "--ledger", "l.db", typed=listed)

    assert done.out.splitlines()[:7] == [
        "Rows: 4. Recipients: 1. Requests: 1.",
        (
            "  set aside: 1 x damaged value; first: row 7 (138****8001), the value of \"code\" is '2468.0', as a"
            " spreadsheet changes numbers; in the spreadsheet, format the column as Text (Ctrl+1), type the value again"
            " and save once more"
        ),
        "  set aside: 1 x duplicate; first: row 6 (138****8000), as row 4",
        "  set aside: 1 x invalid phone; first: row 5, 138**** has 10 digits, a mobile number has 11.",
        "  --set-aside FILE writes all of them to a file.",
        "  skipped: 1 empty rows, 1 rows above the header",
        "  blanks around 1 value were cut off",
    ]
