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
        ("overlay/jsmskit/a.py", '"""What a row stands for."""', ["stands for"]),
        ("overlay/jsmskit/_sync/a.py", '"""Made anew."""', []),
    ],
)
def test_hits(tmp_path: Path, name: str, text: str, found: list[str]) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(text, "utf-8")
    assert [word for _, _, word in words.hits(tmp_path)] == found
