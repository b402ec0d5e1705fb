"""A server as a process of its own on one core, and what it costs: CPU time and memory, read from Linux.

Knows processes and /proc. A whole process group is counted: some servers
are started by a small program of another kind.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

TICKS: Final = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port of loopback without a listener."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Put this thread, and what is started meanwhile, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class PinnedProcess:
    """A server process and its children, on one core. A context manager: it is stopped at the end.

    Args:
        command: that starts it.
        core: on which it runs.
        environment: its variables.
    """

    def __init__(self, command: Sequence[str], core: int, environment: Mapping[str, str]) -> None:
        with on_core(core):
            self._process = subprocess.Popen(
                command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
            )

    def __enter__(self) -> PinnedProcess:
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    @property
    def is_running(self) -> bool:
        """Whether it is still running."""
        return self._process.poll() is None

    def cpu_seconds(self) -> float:
        """CPU time used so far, in user and system mode, children included."""
        return sum(sum(map(int, fields[11:15])) for fields in self._stats()) / TICKS

    def memory_megabytes(self) -> float:
        """Proportional set size: memory of its own, and its share of what it shares."""
        total = 0
        for pid in self._members():
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        return total / 1024

    def _members(self) -> list[int]:
        return [pid for pid, fields in _all_stats() if int(fields[2]) == self._process.pid]

    def _stats(self) -> list[list[str]]:
        return [fields for _, fields in _all_stats() if int(fields[2]) == self._process.pid]


def _all_stats() -> Iterator[tuple[int, list[str]]]:
    """Read the state of every process, from the field behind its name on."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            yield int(entry.name), text.rpartition(")")[2].split()
