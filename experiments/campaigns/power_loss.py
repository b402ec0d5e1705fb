"""Cuts the power under the ledger and looks whether a chunk that was sent comes back as pending.

    python -m experiments.campaigns.power_loss [--runs 500]

The ledger's own code works on a file system of ours (apsw), which keeps what was written since the last sync apart; at
a random moment it is lost, wholly or in part. The "service" notes what was sent in between. With synchronous=FULL
nothing may come back; with NORMAL, the usual advice, it must (the control): the database stays whole, which is why it
goes unnoticed. Writes its figures to experiments/figures/campaigns.json, if there are 500 runs and more.

The model: the system has written nothing back on its own, which holds for the last seconds before a power cut; making
and deleting files counts as durable at once.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import apsw
from jsmskit.campaigns import RunSettings, open_ledger, plan
from jsmskit.campaigns.decisions import ChunkDecision
from jsmskit.campaigns.ledger.database import sqlite
from jsmskit.campaigns.models import ChunkLease
from jsmskit.campaigns.states import ChunkState

from experiments import figures_files
from experiments.campaigns.crash_points import FACTS, UNSTOPPED

_OWNER = "run-00000001"
_SETTINGS = RunSettings(concurrency=4, canary=False, **UNSTOPPED)
_LOG_LIMIT = 40 * 4096
"""A small log, so that some power cuts hit the moment in which it is brought in."""


class File:
    """One file: the content at its last sync, and the writes since; a cut has no content."""

    def __init__(self, safe: bytes) -> None:
        self.safe = safe
        self.pending: list[tuple[int, bytes | None]] = []

    def after(self, chance: random.Random | None) -> bytes:
        """The content if all of the writes arrived, or by chance some of them."""
        content = bytearray(self.safe)
        for offset, data in self.pending:
            if chance is not None and chance.random() < 0.5:
                continue
            if data is None:
                del content[offset:]
                continue
            content.extend(bytes(max(0, offset - len(content))))
            content[offset : offset + len(data)] = data
        return bytes(content)


class LossyFile(apsw.VFSFile):
    """Passes everything on, and remembers what a power cut would take."""

    def __init__(self, file: File, filename: Any, flags: list[int]) -> None:
        super().__init__("", filename, flags)
        self._file = file

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  # SQLite's names
        """A write is not safe yet."""
        self._file.pending.append((offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        """Nor is a cut."""
        self._file.pending.append((newsize, None))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        """Now it is."""
        super().xSync(flags)
        self._file.safe = self._file.after(None)
        self._file.pending.clear()


class LossySystem(apsw.VFS):
    """The file system. The database and its log are watched; the rest is SQLite's own business."""

    def __init__(self, name: str) -> None:
        self.files: dict[str, File] = {}
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802
        """Begin with what is there."""
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path is None:
            return apsw.VFSFile("", name, flags)
        there = Path(path)
        file = self.files.setdefault(str(path), File(there.read_bytes() if there.exists() else b""))
        return LossyFile(file, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        """Deleting counts as durable."""
        self.files.pop(filename, None)
        super().xDelete(filename, syncdir)


class _Cursor(apsw.Cursor):
    @property
    def rowcount(self) -> int:
        return self.connection.changes()


def _connecting(vfs: str) -> Any:
    def connect(path: Path, timeout: float, **_: object) -> apsw.Connection:
        connection = apsw.Connection(str(path), vfs=vfs)
        connection.cursor_factory = _Cursor
        connection.set_busy_timeout(int(timeout * 1000))
        return connection

    return connect


def one_run(seed: int, synchronous: str) -> tuple[int, bool]:
    """Work until the power goes; gives how many sent chunks came back as pending, and whether the file is damaged."""
    chance = random.Random(seed)
    sent: set[int] = set()
    name = f"lossy{seed}{synchronous}"
    system = LossySystem(name)
    with (
        tempfile.TemporaryDirectory(prefix="jsms-power-") as folder,
        patch.object(sqlite, "_LOG_LIMIT", _LOG_LIMIT),
        patch.object(sqlite.sqlite3, "connect", _connecting(name)),
    ):
        ledger = open_ledger(Path(folder) / "ledger.db")
        ledger.database._connection.execute(f"PRAGMA synchronous={synchronous}")  # type: ignore[attr-defined]  # SQLite's
        plan(ledger, [f"139{index:08d}" for index in range(6110)], FACTS)
        ledger.start(1, _OWNER, _SETTINGS, resume=False)
        left = chance.randrange(1, 8)
        while left:
            left -= 1
            lease = ledger.claim(1, _OWNER, _SETTINGS)
            if not isinstance(lease, ChunkLease):
                break
            sent.add(lease.chunk)  # the request has left
            if not left and chance.random() < 0.5:
                break
            taken = {one.position: "1" for one in lease.members}
            ledger.settle(lease, ChunkDecision(ChunkState.ACCEPTED, accepted=taken, answered=True), _SETTINGS)
        # The power goes now: what the files hold afterwards is put aside, and read by an ordinary SQLite.
        after = Path(folder) / "after"
        after.mkdir()
        for path, file in system.files.items():
            if not path.endswith("-shm"):
                (after / Path(path).name).write_bytes(file.after(chance) if seed % 2 == 0 else file.safe)
        ledger.close()
        system.unregister()
        return _back(after / "ledger.db", sent)


def _back(path: Path, sent: set[int]) -> tuple[int, bool]:
    connection = apsw.Connection(str(path))
    try:
        if list(connection.execute("PRAGMA integrity_check")) != [("ok",)]:
            return 0, True
        pending = {chunk for (chunk,) in connection.execute("SELECT chunk FROM chunk WHERE state='pending'")}
    except apsw.Error:
        return 0, True
    finally:
        connection.close()
    return len(pending & sent), False


def run(runs: int, synchronous: str) -> dict[str, int]:
    """Many power cuts; gives the figures."""
    found = [one_run(seed, synchronous) for seed in range(runs)]
    return {
        "runs": runs,
        "runs_with_sent_chunks_pending": sum(bool(back) for back, _ in found),
        "sent_chunks_pending": sum(back for back, _ in found),
        "damaged": sum(damaged for _, damaged in found),
    }


def main() -> int:
    """FULL must hold, NORMAL must fail."""
    parser = argparse.ArgumentParser(description="Cut the power under the ledger.")
    parser.add_argument("--runs", type=int, default=500)
    given = parser.parse_args()
    full, normal = run(given.runs, "FULL"), run(given.runs, "NORMAL")
    figures_files.write("campaigns", full, entry="power_loss_full", keep=given.runs >= 500)
    figures_files.write("campaigns", normal, entry="power_loss_normal_control", keep=given.runs >= 500)
    good = not full["sent_chunks_pending"] and not full["damaged"] and bool(normal["sent_chunks_pending"])
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
