"""Render pages from templates, and write them or check that what is committed is fresh."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import jinja2

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
#: A name that a template misspells is an error, not an empty text.
TEMPLATES = jinja2.Environment(  # noqa: S701 - Markdown from our own tables
    loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
    undefined=jinja2.StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
)


def render(name: str, **values: object) -> str:
    """Return `templates/NAME.jinja`, filled in."""
    return TEMPLATES.get_template(f"{name}.jinja").render(**values)


def write_or_check(pages: Mapping[str, str], tool: str, arguments: list[str] | None = None, docs: Path = DOCS) -> int:
    """Write the pages of docs/, given by file name; with `--check` name those that differ. Return the exit code."""
    check = (sys.argv[1:] if arguments is None else arguments) == ["--check"]
    stale = [
        name for name, text in pages.items() if not (docs / name).is_file() or (docs / name).read_text("utf-8") != text
    ]
    for name in stale:
        if not check:
            (docs / name).write_text(pages[name], "utf-8")
        print(f"{name} is stale or missing: run python -m {tool}" if check else f"wrote {name}")
    return int(check and bool(stale))
