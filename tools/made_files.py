"""Write files that are made from others, or check that what is committed is fresh."""

from __future__ import annotations

import subprocess
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


def formatted(source: str) -> str:
    """Return Python with its imports sorted and its lines laid out. Raises SystemExit if it is no Python."""
    settings = ("--isolated", "--no-cache", "--line-length", "120", "--target-version", "py311", "-")
    for command in (("check", "--select", "I", "--fix", "--quiet"), ("format",)):
        ruff = [sys.executable, "-m", "ruff", *command, *settings]
        done = subprocess.run(ruff, input=source, text=True, encoding="utf-8", capture_output=True, check=False)
        if done.returncode:
            raise SystemExit(f"ruff refuses what was made:\n{done.stderr}\n{source}")
        source = done.stdout
    return source


def write_or_check(files: Mapping[Path, str | None], tool: str, arguments: list[str] | None = None) -> int:
    """Write the files, and remove those without a text; with `--check` only name them. Return the exit code."""
    check = (sys.argv[1:] if arguments is None else arguments) == ["--check"]
    stale = [path for path, text in files.items() if (path.read_text("utf-8") if path.is_file() else None) != text]
    for path in stale:
        text = files[path]
        if check:
            print(f"{path} is stale: run python -m {tool}")
        elif text is None:
            path.unlink()
            print(f"removed {path}")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            print(f"wrote {path}")
    return int(check and bool(stale))
