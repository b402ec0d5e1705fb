"""A shell for tests: types commands into pipes and into pseudo-terminals, and reads what comes back.

What it waits for is bytes or the end of a process, never time; a deadline ends a test that would hang.
"""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import termios
import time
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path
from struct import pack
from types import TracebackType
from typing import Any, Self

HERE = Path(__file__).parent
DEADLINE = 60.0
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


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

    def __init__(self, shell: Shell, pid: int, master: int) -> None:
        self._shell = shell
        self.pid = pid
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
        """Type, and press Enter."""
        os.write(self._master, text.encode() + b"\r")
        return self

    def gets(self, number: signal.Signals) -> Self:
        """Get a signal. (Ctrl-C is typed by `presses`.)"""
        os.kill(self.pid, number)
        return self

    def presses(self, key: bytes) -> Self:
        """Press one key, such as Ctrl-C (b"\\x03")."""
        os.write(self._master, key)
        return self

    def ends(self) -> Done:
        """Read to the end."""
        while self._read():
            pass
        os.close(self._master)
        return Done(self._shell.waits_for(self.pid), self._seen.decode(errors="replace"))

    def ends_by(self, key: bytes) -> Done:
        """Press a key until it ends, as a person does: one that falls between question and reading is not heard."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            os.write(self._master, key)
            while select.select([self._master], [], [], 5)[0]:
                if not self._read():
                    return self.ends()
        return self.ends()

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], DEADLINE)
        if not ready:
            os.kill(self.pid, signal.SIGKILL)
            raise AssertionError(f"it hangs: {self._seen.decode(errors='replace')}")
        try:
            part = os.read(self._master, 65536)
        except OSError:  # EIO: the other side is gone
            return False
        self._seen += part
        return bool(part)


class Shell:
    """Runs commands by the command server. `env` is all that they find in their environment."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        # A line of three JSON values at most is on its way at a time, so a stream does.
        words = [sys.executable, str(HERE / "command_server.py"), str(theirs.fileno())]
        self._server = subprocess.Popen(words, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()
        self._connection = ours
        ours.settimeout(DEADLINE)
        self.env = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "LANG": "C.UTF-8"}
        self.folder = Path("/")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        self._server.wait(DEADLINE)

    def _asked(self, request: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        socket.send_fds(self._connection, [json.dumps(request).encode()], descriptors)
        told: dict[str, Any] = json.loads(self._connection.recv(65536))
        return told

    def _begun(self, words: tuple[str, ...], descriptors: list[int], env: dict[str, str], encoding: str) -> int:
        request = {"words": words, "env": {**self.env, **env}, "folder": str(self.folder), "encoding": encoding}
        pid: int = self._asked(request, descriptors)["pid"]
        for descriptor in descriptors:
            os.close(descriptor)
        return pid

    def waits_for(self, pid: int) -> int:
        """The exit code of a process; a signal that ended it is negative."""
        code: int = self._asked({"wait": pid}, [])["code"]
        return code

    def terminal(
        self, *words: str, env: dict[str, str] | None = None, columns: int = 120, encoding: str = "utf-8"
    ) -> Terminal:
        """Begin a command on a pseudo-terminal."""
        master, slave = pty.openpty()
        ioctl(master, termios.TIOCSWINSZ, pack("HHHH", 40, columns, 0, 0))
        settings = {"TERM": "xterm-256color", **(env or {})}
        return Terminal(self, self._begun(words, [slave], settings, encoding), master)

    def piped(
        self,
        *words: str,
        typed: str | bytes = "",
        env: dict[str, str] | None = None,
        out: int | None = None,
        encoding: str = "utf-8",
    ) -> Done:
        """Run a command on pipes to its end. `out` is a descriptor to use for standard output instead."""
        into, feed = os.pipe()
        read_err, write_err = os.pipe()
        read_out, write_out = os.pipe() if out is None else (-1, os.dup(out))
        pid = self._begun(words, [into, write_out, write_err], env or {}, encoding)
        os.write(feed, typed.encode() if isinstance(typed, str) else typed)
        os.close(feed)
        texts = {read_err: b"", read_out: b""}
        left = {descriptor for descriptor in texts if descriptor >= 0}
        end = time.monotonic() + DEADLINE
        while left:
            ready, _, _ = select.select(left, [], [], max(0, end - time.monotonic()))
            if not ready:
                os.kill(pid, signal.SIGKILL)
                raise AssertionError(f"it hangs: {texts}")
            for descriptor in ready:
                part = os.read(descriptor, 65536)
                texts[descriptor] += part
                if not part:
                    left.discard(descriptor)
                    os.close(descriptor)
        code = self.waits_for(pid)
        return Done(code, texts[read_out].decode(encoding), texts[read_err].decode(encoding))
