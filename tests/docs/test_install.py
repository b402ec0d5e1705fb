"""docs/install.md: each of its ways was tried in an empty environment, with the commands that stand there now.

Installing takes minutes; `python -m experiments.installs` does it and writes the figures that are judged here.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from jsmskit import __version__

from experiments.installs import FIGURES, PAGE, ways


def test_every_way_of_the_page_was_tried_and_works() -> None:
    """A way that is added or changed has to be tried again."""
    tried = json.loads(FIGURES.read_text("utf-8"))["ways"]
    assert {way: one["commands"] for way, one in tried.items()} == dict(ways(PAGE.read_text("utf-8")))
    for one in tried.values():
        assert one["problem"] == ""
        assert one["version"] == f"jsms, version {__version__}"


def test_every_extra_is_on_the_page(root: Path) -> None:
    """And no other."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    for page in (PAGE, PAGE.with_name("install.zh.md")):
        shown = re.findall(r"^\| `(\w+)` \|", page.read_text("utf-8"), re.MULTILINE)
        assert sorted(shown) == sorted(project["optional-dependencies"])


def test_nothing_tells_to_take_jsmskit_from_an_index(root: Path) -> None:
    """Pages, snippets and hints: behind `pip install` is an address, a folder or a file."""
    files = [*root.glob("README*.md"), *(root / "docs").rglob("*"), *(root / "overlay").rglob("*.py")]
    for path in files:
        if path.suffix in {".md", ".yml", ".yaml", ".py"} or path.name == "Dockerfile":
            for line in path.read_text("utf-8").splitlines():
                assert not re.search(r"(pip install|uv add)[^`]*jsmskit(?![^`]*( @ git\+|\.whl))", line), (path, line)
