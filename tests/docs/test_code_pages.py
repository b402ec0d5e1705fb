"""The pages of return codes and delivery statuses: made from the tables of the spec, never stale."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jsms_api.error_table import ERRORS, REPORT_STATUSES

from tools.made_files import write_or_check

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize(("name", "remedy"), [("error-codes.md", "remedy_en"), ("error-codes.zh.md", "remedy_zh")])
def test_every_code_has_a_heading_with_what_to_do(name: str, remedy: str) -> None:
    """Who searches for a number finds its heading; below it stands the remedy of the table, in that language."""
    sections = dict(
        re.findall(r"^### (\d+) [^\n]*\n(.*?)(?=^##|\Z)", (DOCS / name).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    )
    assert list(map(int, sorted(sections))) == sorted(ERRORS)
    for code, info in ERRORS.items():
        assert getattr(info, remedy) in sections[str(code)]
        assert f"`{info.name}`" in sections[str(code)]


@pytest.mark.parametrize("name", ["delivery-statuses.md", "delivery-statuses.zh.md"])
def test_every_delivery_status_has_a_heading(name: str) -> None:
    found = re.findall(r"^## (\d+) ", (DOCS / name).read_text("utf-8"), re.MULTILINE)
    assert list(map(int, found)) == list(REPORT_STATUSES)


def test_a_made_file_that_was_edited_by_hand_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The check names it, says what to run, and writes nothing; running it mends, makes and removes files."""
    page, missing, left_over = tmp_path / "page.md", tmp_path / "new" / "page.md", tmp_path / "old.md"
    made = {page: "Wait.\n", missing: "Here.\n", left_over: None}
    page.write_text("Do not wait.\n", "utf-8")
    left_over.write_text("Gone.\n", "utf-8")

    assert write_or_check(made, "tools.code_pages", ["--check"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told == [f"{path} is stale: run python -m tools.code_pages" for path in made]
    assert (page.read_text("utf-8"), missing.exists(), left_over.exists()) == ("Do not wait.\n", False, True)
    assert write_or_check(made, "tools.code_pages", []) == 0
    assert (page.read_text("utf-8"), missing.read_text("utf-8"), left_over.exists()) == ("Wait.\n", "Here.\n", False)
    assert write_or_check(made, "tools.code_pages", ["--check"]) == 0
