"""Run every page (README files and docs/) as its reader does: in an empty folder, with a fresh shell.

Blocks of a page run from top to bottom. The page supplies every name, key, file and import; tools/pages.py supplies
only what a reader has: a terminal, Python, and fingers.

- Python blocks share one namespace a page. `input()` types the newest code that the page's mock delivered.
- Console blocks run command by command in one shell session; what stands below a command is what it must print,
  and `...` matches any text, or any lines where it stands alone. `sh` blocks run and print nothing that counts.
- Servers start on a free port and stop with the page (`jsms mock serve`) or as soon as they are up (`uvicorn`).
- `pip install` and `git clone` are proved without a network; see tools/pages.py.
- A block with a title is a file. A text block below `<!-- output -->` is what the Python block above it printed.
- Blocks of other languages (yaml, json, go ...) are shown, not run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sybil import Document, Example, Region, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser, SkipParser
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

from tools.pages import ROOT, Session, difference, run_console

#: The examples have tests of their own.
collect_ignore = ["docs/examples"]

_PYTHON = PythonEvaluator()
_TITLED = RawFencedCodeBlockLexer(re.compile(r'(?P<language>[\w-]+) title="(?P<name>[^"]+)"$\n', re.MULTILINE))


def run_console_block(example: Example) -> str | None:
    """Run the commands in order and compare what each prints."""
    return run_console(example.namespace["__session__"], example.parsed)


def run_shell_block(example: Example) -> str | None:
    """Run commands without prompts or output as one script in the page's shell session."""
    session: Session = example.namespace["__session__"]
    printed = session.run(example.parsed)
    return None if session.returncode == 0 else f"failed:\n{printed[-2000:]}"


def run_python_block(example: Example) -> str | None:
    """Run the block in the page's folder and environment."""
    with example.namespace["__session__"].python():
        return _PYTHON(example)


def find_files(document: Document) -> Iterator[Region]:
    """Find the fenced blocks with a title: the file of that name."""
    for region in _TITLED(document):
        region.parsed, region.evaluator = region.lexemes["source"], write_file
        yield region


def write_file(example: Example) -> None:
    """Write what a block shows where its reader would."""
    path = Path(example.namespace["__session__"].cwd, example.region.lexemes["name"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(example.parsed, encoding="utf-8")


def compare_output(example: Example) -> str | None:
    """Compare a text block below `<!-- output -->` with what the last Python block printed."""
    before = example.document.text[: example.region.start].rstrip()
    if not before.endswith("<!-- output -->"):
        return None
    return difference("The block above", example.parsed, example.namespace["__session__"].stdout.getvalue())


def start_page(namespace: dict[str, Any]) -> None:
    """Open a session for one page."""
    namespace["__session__"] = Session()


def end_page(namespace: dict[str, Any]) -> None:
    """Close what the page opened."""
    namespace["__session__"].close(namespace)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep the blocks of one page on one worker: they share a namespace and run from top to bottom."""
    if item.path.suffix == ".md":
        item.add_marker(pytest.mark.xdist_group(f"page {item.path.relative_to(ROOT)}"))


pytest_collect_file = Sybil(
    parsers=[
        SkipParser(),
        CodeBlockParser("python", run_python_block),
        CodeBlockParser("console", run_console_block),
        CodeBlockParser("sh", run_shell_block),
        find_files,
        CodeBlockParser("text", compare_output),
    ],
    patterns=["README*.md", "docs/*.md", "docs/**/*.md"],
    # tests/consumers/test_language_pages.py runs these, with the toolchains of their languages.
    # The blocks of Chinese pages are those of the English ones (tools/translations.py), and run there.
    excludes=["docs/languages/*.md", "docs/write-your-own-client.md", "docs/*.zh.md", "docs/**/*.zh.md"],
    setup=start_page,
    teardown=end_page,
    name="pages",
).pytest()
