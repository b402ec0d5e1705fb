"""What asking for help costs, counted in modules: time is measured by benchmarks/whole_processes.py, not judged here."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from jsmskit.cli.root import command as root
from jsmskit.mock import JsmsMock

#: Of the field and of ours; each takes longer to import than click itself, or brings something that does.
HEAVY = {
    "asyncio",
    "attrs",
    "certifi",
    "h11",
    "http",
    "httpcore",
    "httpx",
    "jsms_api",
    "json",
    "keyring",
    "logging",
    "rich",
    "sqlite3",
    "ssl",
    "starlette",
    "unittest",
    "urllib",
    "uvicorn",
}
#: Modules beyond those that `import click` brings. Our package, its command line, its exit codes.
MOST = 8
#: A group's help may import what declares its options.
MOST_OF_A_GROUP = 25
PROGRAM = """
import sys
import click
before = set(sys.modules)
sys.argv = ["jsms", *{words!r}]
from jsmskit.cli import main
try: main()
except SystemExit: pass
print("MODULES", *sorted(set(sys.modules) - before))
"""


def imported(*words: str) -> list[str]:
    """The modules that a command line needs beside click."""
    code = PROGRAM.format(words=words)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.rpartition("MODULES")[2].split()


def test_help_imports_next_to_nothing() -> None:
    """No command, no client, no HTTP library, no rich: the names stand in a table."""
    modules = imported("--help")
    ours = [name for name in modules if name.startswith("jsmskit")]

    assert not HEAVY & {name.partition(".")[0] for name in modules}, modules
    assert len(ours) <= MOST, ours


@pytest.mark.parametrize("group", ["codes", "messages", "campaign"])
def test_the_help_of_a_command_imports_its_options_only(group: str) -> None:
    modules = imported(group, "--help")
    ours = [name for name in modules if name.startswith("jsmskit")]

    left = HEAVY - {"json", "urllib"}  # declared beside the options, and small
    assert not left & {name.partition(".")[0] for name in modules}, modules
    assert len(ours) <= MOST_OF_A_GROUP, ours


def test_completing_a_name_imports_no_command() -> None:
    items = root.shell_complete(click.Context(root), "me")

    assert [item.value for item in items] == ["messages"]


def test_a_send_imports_neither_rich_nor_httpx(served: tuple[JsmsMock, str]) -> None:
    """In a pipe there is nobody to paint for."""
    code = PROGRAM.format(words=("codes", "send", "13800138000", "--mock"))
    env = {"JSMS_MOCK_URL": served[1], "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    modules = {name.partition(".")[0] for name in done.stdout.rpartition("MODULES")[2].split()}

    assert done.stdout.partition("\n")[0].isdigit(), done  # it was sent
    assert not {"rich", "httpx", "keyring", "starlette", "orjson"} & modules
