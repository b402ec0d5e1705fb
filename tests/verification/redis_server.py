"""A real Redis server in a temporary folder, on a free port, which can be killed and started again."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import redis

from tests.debian import install

__all__ = ["RedisServer", "find_program"]


def find_program() -> str | None:
    """The server's program; None if it is not installed and cannot be installed here."""
    if shutil.which("redis-server") is None:
        install("redis-server")
    return shutil.which("redis-server")


class RedisServer:
    """One server. It keeps its folder over `kill` and `start`; what it finds there depends on `appendonly`."""

    def __init__(self, program: str, *, appendonly: bool = False) -> None:
        self._program = program
        self._appendonly = appendonly
        self.folder = Path(tempfile.mkdtemp(prefix="jsms-redis-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, and wait until it takes commands."""
        options = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(self.folder),
            "save": "",
            "appendonly": "yes" if self._appendonly else "no",
            "maxclients": "1000",
        }
        command = [self._program, *(word for name, value in options.items() for word in (f"--{name}", value))]
        self._log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log)
        deadline = time.monotonic() + 60
        with redis.Redis(port=self.port, socket_timeout=10) as client:
            while True:
                try:
                    client.ping()
                except redis.exceptions.RedisError:  # not there yet, or still reading its file
                    assert time.monotonic() < deadline, (self.folder / "log").read_text(errors="replace")
                    time.sleep(0.02)
                else:
                    return

    def kill(self) -> None:
        """End it without a goodbye, as a crash would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._log.close()

    def empty(self) -> None:
        with redis.Redis(port=self.port) as client:
            client.flushall()

    def commands(self) -> int:
        """How many commands it has carried out, apart from those that ask."""
        with redis.Redis(port=self.port) as client:
            stats = client.info("commandstats")
        return sum(int(stats.get(f"cmdstat_{name}", {}).get("calls", 0)) for name in ("evalsha", "eval"))

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self.folder)
