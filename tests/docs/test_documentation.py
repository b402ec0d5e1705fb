"""tools/documentation.py: what it finds in a built site. That the site itself is whole is said by scripts/docs."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tools import documentation

#: Of shim/index.js in npm's iframe-worker 1.0.4.
SHIM = "e8e412dbcfea9b7e31b5ffa288d7b6035915e714c542f4176a0cdbe262fc9609"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A small site without a fault."""
    (tmp_path / "a.html").write_text('<h1 id="top">A</h1><a href="b.html#two">B</a><img src="p.png">', "utf-8")
    (tmp_path / "b.html").write_text('<a id="two" href="./">all</a><a href="https://example.com/x">x</a>', "utf-8")
    (tmp_path / "index.html").write_text('<link rel="stylesheet" href="s.css"><a href="#">up</a>', "utf-8")
    (tmp_path / "p.png").write_bytes(b"")
    (tmp_path / "s.css").write_text("a{background:url(data:image/png;base64,AA==)}", "utf-8")
    return tmp_path


def test_a_whole_site_has_no_problems(site: Path) -> None:
    assert list(documentation.problems(site)) == []


@pytest.mark.parametrize(
    ("html", "word"),
    [
        ('<a href="c.html">', "not there"),
        ('<a href="a.html#nowhere">', "no such place"),
        ('<img srcset="p.png 1x, q.png 2x">', "not there"),
        ('<script src="https://cdn.example/x.js"></script>', "from elsewhere"),
        ('<script src="//cdn.example/x.js"></script>', "from elsewhere"),
        ('<link rel="stylesheet" href="https://fonts.example/css">', "from elsewhere"),
        ('<p style="background: url(https://p.example/1.png)">', "from elsewhere"),
    ],
)
def test_a_fault_is_named(site: Path, html: str, word: str) -> None:
    (site / "bad.html").write_text(html, "utf-8")
    (found,) = documentation.problems(site)
    assert found.startswith("bad.html: ")
    assert word in found


def test_lines_of_a_chinese_paragraph_are_joined() -> None:
    """Not those of lists, blocks, or beside Latin letters."""
    text = "短信已发，\n请查收。\n\n- 一\n  二\n- 三 SMS\n  四\n\n```text\n甲\n乙\n```\n"
    wanted = "短信已发，请查收。\n\n- 一二\n- 三 SMS\n  四\n\n```text\n甲\n乙\n```\n"
    assert documentation.without_breaks(text) == wanted


def test_numbers_of_open_questions_lead_to_their_explanation(site: Path) -> None:
    """Also in what docstrings say; the check of links then judges the places."""
    (site / "reference").mkdir()
    (site / "reference/a.html").write_text("<p>Not documented (uncertainty C33).</p>", "utf-8")
    documentation.link_questions(site)
    assert '"../open-questions.html#C33"' in (site / "reference/a.html").read_text("utf-8")
    assert any("not there" in found for found in documentation.problems(site))
    (site / "open-questions.html").write_text('<a id="C33"></a>', "utf-8")
    assert list(documentation.problems(site)) == []


def test_the_shim_is_the_one_of_the_package(root: Path) -> None:
    """What comes from elsewhere is unchanged, with its licence beside it."""
    folder = root / "tools/documentation_theme/assets/iframe-worker"
    assert hashlib.sha256((folder / "shim.js").read_bytes()).hexdigest() == SHIM
    assert "MIT" in (root / "tools/documentation_theme/main.html").read_text("utf-8")
    assert "Permission is hereby granted, free of charge" in (folder / "LICENSE.txt").read_text("utf-8")
