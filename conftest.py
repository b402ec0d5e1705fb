"""Make every code block of the README files and of docs/ a test.

Python blocks run top to bottom in one namespace a page, against a mock that is served for that page. Console
blocks run command by command, and what stands below a command is what it must print; a line of three dots
stands for any lines. What serves until it is told to stop is started on a free port, and stopped once it is
up; `pip install` is proven by what is installed here. A block with a title is a file: it is written where the
console blocks of its page run, which then do something with it. Blocks of other languages (yaml, json, text,
go ...) are shown, not run.
"""

from __future__ import annotations

import difflib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import metadata, version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import ClearNamespaceParser, CodeBlockParser, PythonCodeBlockParser, SkipParser
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

ROOT = Path(__file__).parent
SUITE = "scripts/test"
#: Commands that run until they are told to stop.
SERVERS = ("jsms mock serve", "uvicorn ")

#: The examples have tests of their own, which the suite runs as their readers do.
collect_ignore = ["docs/examples"]


def environment(namespace: dict[str, Any]) -> dict[str, str]:
    """What a reader's terminal has: our commands on PATH, and the settings of the page's mock."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    quiet = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "120", "PYTHONIOENCODING": "utf-8"}
    # A reader has anyio's plugin, and not the dozen of this suite, which cost 4 seconds of CPU to load.
    plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "-p anyio -p no:cacheprovider"}
    return {**os.environ, "PATH": path, **quiet, **plugins, **namespace["settings"]}


def start_page(namespace: dict[str, Any]) -> None:
    """Serve a mock for this page, and point the environment at it, as the reader is told to do."""
    from jsmskit.mock import APP_KEY, DEV_KEY, DEV_SECRET, MASTER_SECRET, JsmsMock

    mock = JsmsMock(seed=7)
    serving = mock.serve()
    server = serving.__enter__()
    settings = {
        "JSMS_APP_KEY": APP_KEY,
        "JSMS_MASTER_SECRET": MASTER_SECRET,
        "JSMS_DEV_KEY": DEV_KEY,
        "JSMS_DEV_SECRET": DEV_SECRET,
        "JSMS_BASE_URL": server.url,
    }
    os.environ.update(settings)
    folder = tempfile.mkdtemp()
    namespace.update(
        mock=mock, settings=settings, __serving__=serving, __workdir__=folder, __home__=os.getcwd()
    )
    os.chdir(folder)  # what a page writes is not left in the checkout


def end_page(namespace: dict[str, Any]) -> None:
    """Stop what `start_page` started."""
    namespace["__serving__"].__exit__(None, None, None)
    namespace["mock"].close()
    os.chdir(namespace["__home__"])
    shutil.rmtree(namespace["__workdir__"])
    for name in namespace["settings"]:
        os.environ.pop(name, None)


def prove_clone(command: str) -> str:
    """Clone this repository where the README says REPOSITORY: what is not committed is not there."""
    with tempfile.TemporaryDirectory() as folder:
        clone = command.replace("REPOSITORY", shlex.quote(str(ROOT))).replace("git clone", "git clone -q")
        script = f"{clone} && test -x scripts/setup && test -x scripts/demo && test -x {SUITE}"
        subprocess.run(["sh", "-ec", script], cwd=folder, check=True)
    return ""


def prove_suite() -> str:
    """The suite can't run inside itself; that CI runs exactly this command is what there is to check."""
    last = (ROOT / ".ci" / "run").read_text().strip().splitlines()[-1]
    assert last == f"exec {SUITE}", last
    return ""


def prove_install(command: str) -> str:
    """Nothing is installed while tests run; that what is named exists is what there is to check."""
    extras = set(metadata("jsmskit").get_all("Provides-Extra") or ())
    for word in shlex.split(command)[2:]:
        wanted = Requirement(word)
        assert wanted.extras <= (extras if wanted.name == "jsmskit" else set()), word
        version(wanted.name)
    return ""


def prove_server(command: str, namespace: dict[str, Any]) -> str:
    """Start what serves until it is told to stop, on a free port; its first words prove that it came up, or
    say why it did not.
    """
    server = subprocess.Popen(
        ["sh", "-c", f"exec {command} --port 0"],
        cwd=namespace["__workdir__"],
        env=environment(namespace),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert server.stdout is not None
    said = ""
    try:
        while "http://" not in said and (line := server.stdout.readline()):
            said += line
        namespace["exit_code"] = 0 if "http://" in said else server.wait(timeout=20)
    finally:
        server.terminate()
        server.communicate(timeout=20)
    return said


def run(command: str, namespace: dict[str, Any]) -> str:
    """Run one command of a console block and return what it printed, both streams."""
    if command.startswith("git clone"):
        return prove_clone(command)
    if command == SUITE:
        return prove_suite()
    if command.startswith("pip install "):
        return prove_install(command)
    if command.startswith(SERVERS):
        return prove_server(command, namespace)
    cwd = ROOT if command.startswith("scripts/") else Path(namespace["__workdir__"])
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=cwd,
        env=environment(namespace),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    namespace["exit_code"] = done.returncode
    return done.stdout


def same(expected: str, printed: str) -> bool:
    """Compare by lines: a line of three dots stands for any lines, three dots inside a line for any text."""
    pattern = ""
    for line in expected.splitlines():
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in line.rstrip().split("...")) + r"[ ]*\n"
    return re.fullmatch(pattern, printed.rstrip("\n") + "\n") is not None


def evaluate_console(example: Example) -> str | None:
    """Run the commands of a console block in order and compare what each prints."""
    steps: list[tuple[str, list[str]]] = []
    for line in example.parsed.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:].strip(), []))
        elif steps:
            steps[-1][1].append(line)
    assert steps, "a console block without a command"
    for command, lines in steps:
        printed = run(command, example.namespace)
        expected = "\n".join(lines).strip("\n")
        if expected:
            if not same(expected, printed):
                diff = difflib.unified_diff(
                    expected.splitlines(), printed.splitlines(), "page", "printed", lineterm=""
                )
                return f"`{command}` printed something else:\n" + "\n".join(diff)
        elif example.namespace.pop("exit_code", 0) != 0:
            return f"`{command}` failed:\n{printed[-2000:]}"
    return None


class ConsoleBlockParser(CodeBlockParser):
    """Fenced blocks marked console."""

    language = "console"

    def evaluate(self, example: Example) -> str | None:
        """See `evaluate_console`."""
        return evaluate_console(example)


class FileBlockParser:
    """Fenced blocks with a title: the file of that name."""

    def __init__(self) -> None:
        self.lexer = RawFencedCodeBlockLexer(
            re.compile(r'(?P<language>[\w-]+) title="(?P<name>[^"]+)"$\n', re.MULTILINE)
        )

    def __call__(self, document: Document) -> Iterator[Region]:
        """Find them in a page."""
        for region in self.lexer(document):
            region.parsed = region.lexemes["source"]
            region.evaluator = self.evaluate
            yield region

    def evaluate(self, example: Example) -> None:
        """Write the file."""
        path = Path(example.namespace["__workdir__"], example.region.lexemes["name"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(example.parsed, encoding="utf-8")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep the blocks of one page on one worker: they share a namespace and run from top to bottom."""
    if item.path.suffix == ".md":
        item.add_marker(pytest.mark.xdist_group(f"page {item.path.relative_to(ROOT)}"))


pytest_collect_file = Sybil(
    parsers=[
        SkipParser(),
        ClearNamespaceParser(),
        PythonCodeBlockParser(doctest_optionflags=0),
        ConsoleBlockParser(),
        FileBlockParser(),
    ],
    patterns=["README*.md", "docs/*.md", "docs/**/*.md"],
    setup=start_page,
    teardown=end_page,
    name="pages",
).pytest()
