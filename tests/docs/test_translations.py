"""tools/translations.py: a Chinese page that is behind its English counterpart is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import translations

ENGLISH = "# Errors\n\n```python\nprint(1)  # one\n```\n"
CHINESE = "# 错误\n\n```python\nprint(1)  # 一\n```\n"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A page and its counterpart, up to date."""
    (tmp_path / "errors.md").write_text(ENGLISH, "utf-8")
    (tmp_path / "errors.zh.md").write_text(CHINESE, "utf-8")
    translations.accept("errors", tmp_path)
    return tmp_path


def test_a_page_that_says_the_same_is_fine(docs: Path) -> None:
    assert list(translations.problems(docs)) == []


@pytest.mark.parametrize(
    ("page", "before", "after", "word"),
    [
        ("errors.md", "# Errors", "# All errors", "has changed"),
        ("errors.zh.md", "print(1)", "print(2)", "block 1 differs"),
        ("errors.zh.md", "```python\nprint(1)  # 一\n```\n", "", "0 blocks, 1 there"),
        ("errors.zh.md", "counterpart: ", "counterparts: ", "has changed"),
    ],
)
def test_a_page_that_is_behind_is_named(docs: Path, page: str, before: str, after: str, word: str) -> None:
    path = docs / page
    assert before in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")
    (found,) = translations.problems(docs)
    assert found.startswith("errors.zh.md: ")
    assert word in found
