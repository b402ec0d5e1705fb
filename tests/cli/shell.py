"""A shell for tests: runs commands with files and on pseudo-terminals, and reads what comes back.

Each command is a process of its own: a fork of a server that has imported everything, so that it starts at once. What
is waited for is bytes or the end of a process, never time; a deadline ends a test that would hang.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import pty
import re
import select
import signal
import sys
import termios
import time
import traceback
from dataclasses import dataclass
from fcntl import ioctl
from multiprocessing.context import ForkServerProcess
from multiprocessing.reduction import DupFd
from pathlib import Path
from struct import pack
from tempfile import TemporaryFile
from typing import Any, NoReturn, Self

DEADLINE = 60.0
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(
    ["rich.table", "rich.progress", "jsmskit.campaigns.planning", "jsmskit._http._sync.transport", "jsmskit.cli.root"]
    + [f"jsmskit.cli.commands.{name}" for name in ("campaign", "doctor", "mock", "reference", "reports", "sending")]
)


class _Handed(int):
    """A descriptor that goes to another process."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _received, (DupFd(int(self)),)


def _received(descriptor: Any) -> int:
    number: int = descriptor.detach()
    return number


def _become(descriptors: list[int], words: list[str], env: dict[str, str], folder: str, encoding: str) -> NoReturn:
    """Be the command, with these descriptors as standard streams."""
    code = 99
    try:
        if len(descriptors) == 1:
            os.login_tty(descriptors[0])
        else:
            os.setsid()
            for number, descriptor in enumerate(descriptors):
                os.dup2(descriptor, number)
                os.close(descriptor)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(env)
        os.chdir(folder)
        sys.argv = ["jsms", *words]
        # They live as long as the process.
        sys.stdin = os.fdopen(0, encoding="utf-8", errors="surrogateescape", closefd=False)
        sys.stdout = os.fdopen(1, "w", encoding=encoding, closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding=encoding, errors="backslashreplace", closefd=False)
        from jsmskit.cli import main

        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    except BaseException:  # noqa: BLE001  # shown, so that the test sees it
        traceback.print_exc()
    os._exit(code)


@dataclass(frozen=True)
class Done:
    """A command that has ended. `screen` is what a person saw, without colours."""

    code: int
    out: str
    err: str = ""

    @property
    def screen(self) -> str:
        return _ANSI.sub("", self.out).replace("\r\n", "\n")

    @property
    def said(self) -> str:
        """The screen without the places where lines were broken to fit."""
        return " ".join(self.screen.split())

    def json(self) -> Any:
        return json.loads(self.out)


class Terminal:
    """A command that runs on a pseudo-terminal of its own."""

    def __init__(self, process: ForkServerProcess, master: int) -> None:
        self._process = process
        self._master = master
        self._seen = b""
        self._looked = 0

    def sees(self, text: str) -> Self:
        """Wait until the text stands on the screen, behind what was waited for before."""
        wanted = text.encode()
        while (place := self._seen.find(wanted, self._looked)) < 0:
            if not self._read():
                raise AssertionError(f"{text!r} was never shown: {self._seen.decode(errors='replace')}")
        self._looked = place + len(wanted)
        return self

    def types(self, text: str) -> Self:
        return self.presses(text.encode() + b"\r")

    def presses(self, key: bytes) -> Self:
        """Press one key, such as Ctrl-C (b"\\x03")."""
        os.write(self._master, key)
        return self

    def gets(self, number: signal.Signals) -> Self:
        """Get a signal. (Ctrl-C is typed by `presses`.)"""
        assert self._process.pid is not None
        os.kill(self._process.pid, number)
        return self

    def ends(self) -> Done:
        while self._read():
            pass
        os.close(self._master)
        return Done(_code_of(self._process), self._seen.decode(errors="replace"))

    def ends_by(self, key: bytes) -> Done:
        """Press a key until it ends, as a person does: one that falls between question and reading is not heard."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            self.presses(key)
            while select.select([self._master], [], [], 5)[0]:
                if not self._read():
                    return self.ends()
        return self.ends()

    def _read(self) -> bool:
        if not select.select([self._master], [], [], DEADLINE)[0]:
            self._process.kill()
            raise AssertionError(f"it hangs: {self._seen.decode(errors='replace')}")
        try:
            part = os.read(self._master, 65536)
        except OSError:  # EIO: the other side is gone
            return False
        self._seen += part
        return bool(part)


class Shell:
    """Runs commands. `env` is all that they find in their environment, `folder` where they are."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder = folder
        self.env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8", **env}

    def _begin(
        self, words: tuple[str, ...], descriptors: list[int], env: dict[str, str], encoding: str
    ) -> ForkServerProcess:
        handed = [_Handed(descriptor) for descriptor in descriptors]
        process = _PROCESSES.Process(
            target=_become, args=(handed, list(words), {**self.env, **env}, str(self.folder), encoding)
        )
        process.start()
        for descriptor in descriptors:
            os.close(descriptor)
        return process

    def terminal(
        self, *words: str, env: dict[str, str] | None = None, columns: int = 120, encoding: str = "utf-8"
    ) -> Terminal:
        """Begin a command on a pseudo-terminal."""
        master, slave = pty.openpty()
        ioctl(master, termios.TIOCSWINSZ, pack("HHHH", 40, columns, 0, 0))
        settings = {"TERM": "xterm-256color", **(env or {})}
        return Terminal(self._begin(words, [slave], settings, encoding), master)

    def piped(
        self,
        *words: str,
        typed: str | bytes = "",
        env: dict[str, str] | None = None,
        out: int | None = None,
        encoding: str = "utf-8",
    ) -> Done:
        """Run a command to its end, with files for standard streams: it is not at a terminal. `out` is a descriptor to
        use for standard output instead.
        """
        with TemporaryFile() as into, TemporaryFile() as written, TemporaryFile() as errors:
            into.write(typed.encode() if isinstance(typed, str) else typed)
            into.seek(0)
            streams = [into.fileno(), written.fileno() if out is None else out, errors.fileno()]
            process = self._begin(words, list(map(os.dup, streams)), env or {}, encoding)
            code = _code_of(process)
            for file in (written, errors):
                file.seek(0)
            return Done(code, written.read().decode(encoding), errors.read().decode(encoding))


def _code_of(process: ForkServerProcess) -> int:
    """The exit code of a process that ends; a signal that ended it is negative."""
    process.join(DEADLINE)
    if process.exitcode is None:
        process.kill()
        raise AssertionError("it hangs")
    return process.exitcode
