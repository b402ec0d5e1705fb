"""What asking for help costs, counted in modules; `scripts/bench command-line` measures the time."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from jsmskit.cli.root import command as root
from jsmskit.mock import JsmsMock

#: Each takes longer to import than click itself, or brings something that does.
HEAVY = {
    *("asyncio", "attrs", "certifi", "http", "httpcore", "httpx", "jsms_api", "json", "keyring", "logging", "rich"),
    *("sqlite3", "ssl", "starlette", "unittest", "urllib", "uvicorn"),
}
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


def imported(*words: str, env: dict[str, str] | None = None) -> tuple[str, list[str]]:
    """The output of a command line, and the modules that it needs beside click."""
    code = PROGRAM.format(words=words)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    shown, _, modules = done.stdout.rpartition("MODULES")
    return shown, modules.split()


@pytest.mark.parametrize(
    ("words", "allowed", "most"),
    [
        # The names stand in a table: no command, no client, no HTTP library, no rich.
        (("--help",), set[str](), 8),
        # What declares its options.
        (("codes", "--help"), {"json", "urllib"}, 25),
        (("campaign", "--help"), {"json", "urllib"}, 25),
    ],
)
def test_help_imports_next_to_nothing(words: tuple[str, ...], allowed: set[str], most: int) -> None:
    _, modules = imported(*words)
    ours = [name for name in modules if name.startswith("jsmskit")]

    assert not (HEAVY - allowed) & {name.partition(".")[0] for name in modules}, modules
    assert len(ours) <= most, ours


def test_completing_a_name_imports_no_command() -> None:
    items = root.shell_complete(click.Context(root), "me")

    assert [item.value for item in items] == ["messages"]


def test_a_send_imports_neither_rich_nor_httpx(served: tuple[JsmsMock, str]) -> None:
    """In a pipe there is nobody to paint for."""
    env = {"JSMS_MOCK_URL": served[1], "PATH": "/usr/bin:/bin"}
    shown, modules = imported("codes", "send", "13800138000", "--mock", env=env)

    assert shown.strip().isdigit()  # it was sent
    assert not {"rich", "httpx", "keyring", "starlette"} & {name.partition(".")[0] for name in modules}
