"""tools/words.py: words that we do not use are found, and the rest is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import words


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("docs/a.md", "Ask whoever knows.", ["whoever"]),
        ("docs/a.md", "It is made anew, and nobody is told.", ["anew", "nobody"]),
        ("docs/a.md", "`nobody` is a user; see [it](nobody.md)", []),
        ("docs/a.md", "```text\nnobody\n```\n", []),
        ("docs/a.md", "The client retries.", []),
        ("docs/a.zh.md", "这个 campaign 很大", ["campaign"]),
        ("docs/a.zh.md", "运行 `jsms campaign run 1`", []),
        ("docs/a.zh.md", "供人使用", ["供人使用"]),
        ("docs/a.zh.md", "余额不足，见账本", ["余额"]),
        ("overlay/jsmskit/a.py", '"""What a row stands for."""', ["stands for"]),
        ("overlay/jsmskit/_sync/a.py", '"""Made anew."""', []),
    ],
)
def test_hits(tmp_path: Path, name: str, text: str, found: list[str]) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(text, "utf-8")
    assert [word for _, _, word in words.hits(tmp_path)] == found


def test_the_words_of_pages_for_users_are_counted(tmp_path: Path) -> None:
    """Without blocks of code and the pages for maintainers; a Chinese character counts as a word."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text("Send a message.\n\n```python\nsend(a, b, c)\n```\n", "utf-8")
    (tmp_path / "docs/proofs.md").write_text("Not for users.", "utf-8")
    (tmp_path / "mkdocs.yml").write_text("nav:\n  - How it is built:\n      - Tests: proofs.md\n", "utf-8")
    (tmp_path / "docs/a.zh.md").write_text("发送 SMS 短信", "utf-8")
    assert words.count(chinese=False, root=tmp_path) == 3
    assert words.count(chinese=True, root=tmp_path) == 5
