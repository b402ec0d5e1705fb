"""Install in each way of docs/install.md, each into an empty environment: `python -m experiments.installs`.

Needs git and a package index. Writes experiments/figures/installs.json: the commands of the page, how
long they took, and what `jsms --version` says then. Only committed files take part.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from pathlib import Path

from experiments import figures_files
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
    environment, work = folder / "environment", folder / "work"
    work.mkdir()
    venv.create(environment, with_pip=True)
    script = "\n".join(commands).replace("git clone REPOSITORY", f"git clone -q {shlex.quote(str(ROOT))}")
    script = script.replace("REPOSITORY", f"file://localhost{ROOT}")  # pip wants a host
    if "python -m build" in script:
        script = f"git clone -q {shlex.quote(str(ROOT))} checkout && cd checkout\n{script}"
    run = ""
    if "uv add" in script:
        script, run = f"pip install -q uv\n{script}", "uv run "
    script += f"\n{run}jsms --version\n{run}python -c {shlex.quote(_IMPORTS)}\n"
    began = time.monotonic()
    done = subprocess.run(
        ["bash", "-ec", script],
        cwd=work, env={**os.environ, "PATH": f"{environment / 'bin'}:/usr/local/bin:/usr/bin:/bin"},
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    said = done.stdout.strip().splitlines()
    return {
        "commands": commands,
        "seconds": round(time.monotonic() - began, 1),
        "version": next((line for line in said if line.startswith("jsms, version")), ""),
        "problem": "" if done.returncode == 0 else done.stderr[-1500:],
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
