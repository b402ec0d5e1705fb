"""Run the blocks of a page as its reader does: in an empty folder, with a fresh shell.

The page supplies every name, key, file and import; this module supplies only what a reader has: a terminal, Python,
and fingers. conftest.py makes tests of it; experiments/newcomer.py walks through the pages with real installs.
"""

from __future__ import annotations

import builtins
import contextlib
import difflib
import io
import json
import logging
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from importlib.metadata import metadata, version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
SUITE = "scripts/test"


class Session:
    """One reader of one page: a folder, a shell's environment, and the servers that were started."""

    seconds = 120
    """The longest that one command may take."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="page-")).resolve()
        self.cwd = self.folder
        self.mock_url = ""
        self.stdout = io.StringIO()  # one for the page: a log handler of an early block keeps it
        self.returncode = 0
        self._servers: list[subprocess.Popen[str]] = []
        self._handlers = {
            logger: (logger.handlers[:], logger.filters[:], logger.level)
            for logger in (logging.getLogger(), logging.getLogger("jsmskit"))
        }
        clean = {name: value for name, value in os.environ.items() if not name.startswith("JSMS_")}
        self.env = {
            **clean,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
            "NO_COLOR": "1",
            "PIP_DRY_RUN": "1",
            "TERM": "dumb",
            "COLUMNS": "120",
            "PYTHONIOENCODING": "utf-8",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            # A reader has anyio's plugin, not the dozen of this suite, which cost 4 seconds of CPU to load.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_ADDOPTS": "-p anyio -p no:cacheprovider",
        }

    def run(self, command: str) -> str:
        """Run one command in the shell session; return what it printed, both streams."""
        command = command.removesuffix("&").rstrip() if command.startswith("jsms mock serve") else command
        special = {
            "git clone": lambda: self._clone(command),
            "pip install ": lambda: _prove_install(command),
            "jsms mock serve": lambda: self._start(command, stays=True),
            "uvicorn ": lambda: self._start(command, stays=False),
            "python -m build": lambda: "",  # tests/packaging builds, and installs what it built
            SUITE: _prove_suite,
        }
        for beginning, prove in special.items():
            if command.startswith(beginning):
                self.returncode = 0
                return prove()
        state = self.folder.with_suffix(".state")
        script = f"{command}\ncode=$?\n{{ pwd; env -0; }} > {shlex.quote(str(state))}\nexit $code\n"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=ROOT if command.startswith("scripts/") and not (self.cwd / "scripts").exists() else self.cwd,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=self.seconds,
            check=False,
        )
        self.returncode = done.returncode
        if state.exists():
            where, _, variables = state.read_text("utf-8").partition("\n")
            self.cwd = self.cwd if command.startswith("scripts/") else Path(where)
            self.env = dict(pair.split("=", 1) for pair in variables.split("\0") if "=" in pair)
            state.unlink()
        return done.stdout

    def _clone(self, command: str) -> str:
        """Clone this repository where the page says REPOSITORY, and lend it the environment of this suite.

        What is not committed is not there. The environment counts as ready: a test must not install anything.
        """
        clone = command.split("&&")[0].replace("REPOSITORY", shlex.quote(str(ROOT)))
        subprocess.run(["bash", "-ec", clone.replace("git clone", "git clone -q")], cwd=self.cwd, check=True)
        self.cwd /= "jsmskit"
        (self.cwd / ".venv").mkdir()
        for part in (ROOT / ".venv").iterdir():
            if not part.name.startswith(".ready"):
                (self.cwd / ".venv" / part.name).symlink_to(part)
        for lock in ("run", "dev"):
            mark = f'printf %s "$(cat locks/{lock}.txt pyproject.toml | cksum)" > .venv/.ready-{lock}'
            subprocess.run(["sh", "-ec", mark], cwd=self.cwd, check=True)
        return ""

    def _start(self, command: str, *, stays: bool) -> str:
        """Start a server on a free port; its first lines say that it is up, or why not."""
        server = subprocess.Popen(
            ["bash", "-c", f"exec {command} --port 0"],
            cwd=self.cwd,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._servers.append(server)
        assert server.stdout is not None
        said = ""
        while not (found := re.search(r"http://[\d.]+:\d+", said)) and (line := server.stdout.readline()):
            said += line
        if not found:
            self.returncode = server.wait(timeout=20)
        elif stays:
            self.mock_url = self.env["JSMS_MOCK_URL"] = found[0]
        if not stays:
            self._stop(server)
        return said

    @staticmethod
    def _stop(server: subprocess.Popen[str]) -> None:
        server.terminate()
        server.communicate(timeout=20)

    def type_code(self, prompt: str = "") -> str:
        """Answer `input()` as the owner of the phone would: with the code that arrived last."""
        with urllib.request.urlopen(f"{self.mock_url}/_mock/messages") as response:  # noqa: S310 - loopback
            messages = json.load(response)["messages"]
        return next(message["code"] for message in messages if message["code"])

    @contextlib.contextmanager
    def python(self) -> Iterator[None]:
        """Run a Python block where the shell session is: its folder and environment."""
        before, where, typed = dict(os.environ), Path.cwd(), builtins.input
        os.environ.clear()
        os.environ.update(self.env)
        os.chdir(self.cwd)
        builtins.input = self.type_code
        self.stdout.seek(0)
        self.stdout.truncate()
        try:
            with contextlib.redirect_stdout(self.stdout):
                yield
        finally:
            self.env = {**self.env, **dict(os.environ)}
            builtins.input = typed
            os.chdir(where)
            os.environ.clear()
            os.environ.update(before)

    def close(self, namespace: dict[str, Any]) -> None:
        """Stop servers, close clients and mocks that the page left open, and undo its logging."""
        for value in reversed(list(namespace.values())):
            if type(value).__module__.startswith(("jsmskit", "requests.")) and not isinstance(value, type):
                with contextlib.suppress(Exception):
                    getattr(value, "close", lambda: None)()
        for server in self._servers:
            if server.poll() is None:
                self._stop(server)
        for logger, (handlers, filters, level) in self._handlers.items():
            logger.handlers[:], logger.filters[:] = handlers, filters
            logger.setLevel(level)
        shutil.rmtree(self.folder)


def _prove_suite() -> str:
    """The suite cannot run inside itself; that CI runs exactly this command is what there is to check."""
    last = (ROOT / ".ci" / "run").read_text().strip().splitlines()[-1]
    assert last == f"exec {SUITE}", last
    return ""


def _prove_install(command: str) -> str:
    """Nothing is installed while tests run: check that every name and extra exists (tests/packaging installs)."""
    extras = set(metadata("jsmskit").get_all("Provides-Extra") or ())
    for word in shlex.split(command)[2:]:
        if word.startswith("-"):
            continue
        local = re.fullmatch(r"(?:\.|.*\.whl\)?)(?:\[(?P<extras>[\w,]+)\])?", word)
        wanted = Requirement(f"jsmskit[{local['extras'] or ''}]" if local else word)
        assert wanted.extras <= (extras if wanted.name == "jsmskit" else wanted.extras), word
        assert wanted.name != "jsmskit" or wanted.url or local, "no package index has jsmskit"
        version(wanted.name)
    return ""


def matches(expected: str, printed: str) -> bool:
    """Compare by lines: a line of three dots matches any lines, three dots inside a line any text."""
    pattern = ""
    for line in expected.splitlines():
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in line.rstrip().split("...")) + r"[ ]*\n"
    return re.fullmatch(pattern, printed.rstrip("\n") + "\n") is not None


def difference(what: str, expected: str, printed: str) -> str | None:
    if matches(expected, printed):
        return None
    lines = difflib.unified_diff(expected.splitlines(), printed.splitlines(), "page", "printed", lineterm="")
    return f"{what} printed something else:\n" + "\n".join(lines)


def console_steps(block: str) -> list[tuple[str, str]]:
    """Split a console block into commands, each with what it must print."""
    steps: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:].strip(), []))
        elif steps and steps[-1][0].endswith("\\") and not steps[-1][1]:
            steps[-1] = (f"{steps[-1][0]}\n{line.removeprefix('> ')}", [])
        elif steps:
            steps[-1][1].append(line)
    return [(command, "\n".join(lines).strip("\n")) for command, lines in steps]


def run_console(session: Session, block: str) -> str | None:
    """Run the commands of a console block in order; say what went wrong, if anything."""
    steps = console_steps(block)
    if not steps:
        return "a console block without a command"
    for command, expected in steps:
        printed = session.run(command)
        if expected:
            if problem := difference(f"`{command}`", expected, printed):
                return problem
        elif session.returncode != 0:
            return f"`{command}` failed:\n{printed[-2000:]}"
    return None
