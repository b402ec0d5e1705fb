"""What holds for every page of docs/: it is in the menu, its blocks run, its files are the examples."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "examples" not in path.parts and not path.name.endswith(".zh.md"))
NAMES = [str(path.relative_to(DOCS)) for path in PAGES]

#: Shown, because the language says that it is no program.
SHOWN = {"text", "json", "yaml", "toml", "http", "ini", "sql", "csv", "dockerfile", "nginx"}
#: tests/consumers/test_language_pages.py takes the programs of these pages, and compares their commands.
OF_CONSUMERS = {"write-your-own-client.md", *(name for name in NAMES if name.startswith("languages/"))}
#: Sessions at a terminal that ask for input; tests/cli/test_every_command.py runs them on a real one.
SESSIONS = {"command-line.md"}
FENCE = re.compile(r"^ *```(?P<info>[^`\n]*)\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL)


def menu(entries: list[dict[str, object]]) -> Iterator[str]:
    for entry in entries:
        (value,) = entry.values()
        if isinstance(value, list):
            yield from menu(value)
        else:
            yield str(value)


def test_the_menu_has_every_page_once() -> None:
    """A page that nobody finds is not there; an entry without a page leads nowhere."""
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    assert sorted(menu(config["nav"])) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_block_says_what_it_is_and_runs(name: str) -> None:
    """conftest.py runs python, console and sh; a command in a block that nothing runs would be untested."""
    for match in FENCE.finditer((DOCS / name).read_text("utf-8")):
        language = match["info"].split(" ")[0]
        if language in SHOWN and name not in SESSIONS:
            assert not re.search(r"^\$ ", match["body"], re.MULTILINE), "a command that nothing runs"
        assert language in {"python", "console", "sh"} | SHOWN or name in OF_CONSUMERS, language


@pytest.mark.parametrize("path", [*PAGES, *ROOT.glob("README*.md")], ids=lambda path: path.name)
def test_nothing_hidden_helps_a_page(path: Path) -> None:
    """A block in a comment would run here, and be missing for the reader."""
    assert "invisible-code" not in path.read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_a_page_shows_is_the_example(name: str) -> None:
    """The last block that carries the name of an example holds that example, to the letter."""
    shown = {
        found[1]: match["body"]
        for match in FENCE.finditer((DOCS / name).read_text("utf-8"))
        if (found := re.search(r'title="([^"]+)"', match["info"]))
    }
    folders = {"tutorial.md": DOCS / "examples/fastapi_login", "callbacks.md": DOCS / "examples"}
    if name not in folders:
        return
    examples = {path.name: path.read_text("utf-8") for path in folders[name].glob("*.py")}
    assert examples
    assert shown == examples


@pytest.mark.parametrize(
    "module", ["jsmskit", "jsmskit.callbacks", "jsmskit.mock", "jsmskit.campaigns", "jsmskit.verification"]
)
def test_every_public_name_is_in_the_reference(module: str) -> None:
    pages = "\n".join(path.read_text("utf-8") for path in DOCS.glob("reference/*.md"))
    listed = set(re.findall(r"^::: (\S+)", pages, re.MULTILINE))
    public = {f"{module}.{name}" for name in importlib.import_module(module).__all__}
    twins = {"jsmskit.campaigns.pull_reports_async", "jsmskit.campaigns.read_template_async"}
    assert public - twins <= listed


def test_every_example_is_on_a_page() -> None:
    """An example that no page names is not found."""
    text = "".join(path.read_text("utf-8") for path in PAGES)
    names = {path.name for path in (DOCS / "examples").iterdir() if not path.name.startswith(("_", "."))}
    assert [name for name in sorted(names) if f"examples/{name}" not in text and name not in text] == []
