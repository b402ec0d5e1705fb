"""The pages of return codes and delivery statuses: made from the tables of the spec, never stale."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jsms_api.error_table import ERRORS, REPORT_STATUSES

from tools.made_pages import write_or_check

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


def test_a_page_that_was_edited_by_hand_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The check names the page, says what to run, and writes nothing; running it mends the page."""
    made = {"error-codes.md": "Wait.\n"}
    page = tmp_path / "error-codes.md"
    page.write_text("Do not wait.\n", "utf-8")

    assert write_or_check(made, "tools.code_pages", ["--check"], tmp_path) == 1
    assert capsys.readouterr().out.startswith("error-codes.md is stale or missing: run python -m tools.code_pages")
    assert page.read_text("utf-8") == "Do not wait.\n"
    assert write_or_check(made, "tools.code_pages", [], tmp_path) == 0
    assert page.read_text("utf-8") == made["error-codes.md"]
    assert write_or_check(made, "tools.code_pages", ["--check"], tmp_path) == 0
