"""Install in each way of docs/install.md, each into an empty environment: `python -m experiments.installs`.

Needs git and a package index. Writes experiments/figures/installs.json: the commands of the page, how
long they took, and what `jsms --version` says then. Only committed files take part.
"""

from __future__ import annotations

import re
import shlex
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from pathlib import Path

from experiments import figures_files
from experiments.newcomer import Newcomer
from tools.pages import ROOT, console_steps

PAGE = ROOT / "docs" / "install.md"
FIGURES = figures_files.FIGURES / "installs.json"
_SECTION = re.compile(r"^## (?P<way>.+?)\n(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```console\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_IMPORTS = "import jsmskit, jsmskit.mock; jsmskit.JsmsClient"


def ways(page: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each way of the page, with its commands."""
    for section in _SECTION.finditer(page):
        commands = [
            command for block in _BLOCK.finditer(section["text"]) for command, _ in console_steps(block["body"])
        ]
        if any("install" in command for command in commands):
            yield section["way"], commands
        for command in re.findall(r"`(uv add [^`]+)`", section["text"]):
            yield "With uv", ["uv init --bare", command]


def install(commands: list[str], folder: Path) -> dict[str, object]:
    """Run the commands of one way in an empty folder and environment; return what came of it."""
    venv.create(folder, with_pip=True)
    reader, began = Newcomer(folder), time.monotonic()
    before, run = [], ""
    if any("uv add" in command for command in commands):
        before, run = ["pip install -q uv"], "uv run "
    if any("python -m build" in command for command in commands):
        before = ["git clone REPOSITORY checkout && cd checkout"]
    said = ""
    for command in (*before, *commands, f"{run}python -c {shlex.quote(_IMPORTS)}", f"{run}jsms --version"):
        said = reader.run(command)
        if reader.returncode:
            break
    reader.leave()
    return {
        "commands": commands,
        "seconds": round(time.monotonic() - began, 1),
        "version": next((line for line in said.splitlines() if line.startswith("jsms, version")), ""),
        "problem": said[-1500:] if reader.returncode else "",
    }


def main() -> int:
    """Install in each way, print, write the figures; return the number of ways that failed."""
    found: dict[str, dict[str, object]] = {}
    for way, commands in ways(PAGE.read_text("utf-8")):
        with tempfile.TemporaryDirectory() as folder:
            found[way] = install(commands, Path(folder))
        print(f"{way}: {found[way]['problem'] or found[way]['version']} ({found[way]['seconds']} s)", flush=True)
    figures_files.write("installs", {"command": "python -m experiments.installs", "ways": found})
    return sum(1 for one in found.values() if one["problem"])


if __name__ == "__main__":
    sys.exit(main())
