"""Cuts the power under the ledger and looks whether a chunk that was sent comes back as pending.

    python -m experiments.campaigns.power_loss [--runs 500]

A file system of our own under SQLite (apsw) keeps what was written since the last sync apart; at a random
moment it is lost, wholly or in part. The ledger's own statements run on it, claims and settlements; the
"service" notes what was sent in between. With synchronous=FULL nothing may come back; with NORMAL, the usual
advice, it must (the control): the database stays whole, which is why it goes unnoticed. Writes its figures to
experiments/figures/campaigns.json.

The model: the system has written nothing back on its own, which holds for the last seconds before a power
cut; making and deleting files counts as durable at once. (A little over 300 lines: the file system and the ledger's
seam over it are one model.)
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
from jsmskit.campaigns import RunSettings, TemplateFacts, TemplateKind
from jsmskit.campaigns.decisions import ChunkDecision
from jsmskit.campaigns.ledger import Ledger
from jsmskit.campaigns.ledger.database.schema import statements
from jsmskit.campaigns.ledger.database.sqlite import nth_item
from jsmskit.campaigns.models import ChunkLease
from jsmskit.campaigns.planning import plan
from jsmskit.campaigns.states import ChunkState

from experiments.campaigns.figures import known, record, record_piece

_SETTINGS = RunSettings(concurrency=4, canary=False, unknown_in_a_row=10**9, unknown_share=1.0)
_FACTS = TemplateFacts(8, "x", TemplateKind.NOTICE)


class Disk:
    """What of each file is safe, and what was only written."""

    def __init__(self) -> None:
        self.files: dict[str, FileState] = {}

    def lose(self, chance: random.Random, *, wholly: bool) -> None:
        """The power goes: of what was not synced, everything or a random part is lost."""
        for name, file in self.files.items():
            content = bytearray(file.safe)
            for offset, data in file.pending:
                if offset < 0:
                    if not wholly and chance.random() < 0.5:
                        del content[-offset - 1 :]
                    continue
                if wholly or chance.random() < 0.5:
                    continue
                if len(content) < offset:
                    content.extend(b"\0" * (offset - len(content)))
                content[offset : offset + len(data)] = data
            Path(name).write_bytes(bytes(content))


class FileState:
    """One file: the content at its last sync, and the writes since."""

    def __init__(self, safe: bytes) -> None:
        self.safe = safe
        self.pending: list[tuple[int, bytes]] = []


class LossyFile(apsw.VFSFile):
    """Passes everything on, and remembers what a power cut would take."""

    def __init__(self, disk: Disk, name: str, inherit: str, filename: Any, flags: list[int]) -> None:
        super().__init__(inherit, filename, flags)
        path = Path(name)
        self._state = disk.files.setdefault(name, FileState(path.read_bytes() if path.exists() else b""))
        self._path = path

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  # SQLite's names
        """A write is not safe yet."""
        self._state.pending.append((offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        """Nor is a cut."""
        self._state.pending.append((-newsize - 1, b""))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        """Now it is."""
        super().xSync(flags)
        content = bytearray(self._state.safe)
        for offset, data in self._state.pending:
            if offset < 0:
                del content[-offset - 1 :]
                continue
            if len(content) < offset:
                content.extend(b"\0" * (offset - len(content)))
            content[offset : offset + len(data)] = data
        self._state.safe = bytes(content)
        self._state.pending.clear()


class LossySystem(apsw.VFS):
    """The file system."""

    def __init__(self, disk: Disk, name: str) -> None:
        self._disk = disk
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802
        """Only the database and its log are watched; the rest is SQLite's own business."""
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path is None:
            return apsw.VFSFile("", name, flags)
        return LossyFile(self._disk, str(path), "", name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        """Deleting counts as durable."""
        self._disk.files.pop(filename, None)
        super().xDelete(filename, syncdir)


class _Transaction:
    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> int:
        self._connection.execute(sql, tuple(map(_plain, parameters)))
        return self._connection.changes()

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        self._connection.executemany(sql, [tuple(map(_plain, row)) for row in rows])

    def fetchall(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return list(self._connection.execute(sql, tuple(map(_plain, parameters))))

    def fetchone(self, sql: str, parameters: Sequence[object] = ()) -> tuple[Any, ...] | None:
        return next(iter(self.fetchall(sql, parameters)), None)


def _plain(value: object) -> Any:
    return str(value) if isinstance(value, str) else value  # apsw wants exact types, not enums


class ApswDatabase:
    """The ledger's seam over apsw: the same statements, another file system."""

    for_update = ""
    name = "power loss"

    def __init__(self, path: str, vfs: str, synchronous: str, journal: str) -> None:
        self._connection = apsw.Connection(path, vfs=vfs)
        self._connection.execute(f"PRAGMA synchronous={synchronous}")
        self._connection.execute(f"PRAGMA journal_mode={journal}")
        # A small log, so that some power cuts hit a checkpoint.
        self._connection.execute("PRAGMA wal_autocheckpoint=40")

    @contextmanager
    def transaction(self) -> Iterator[_Transaction]:
        """As the ledger's own."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield _Transaction(self._connection)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    read = transaction

    def in_list(self, column: str) -> str:
        """As the ledger's own."""
        return column + " IN (SELECT value FROM json_each(?))"  # our own column names

    def encode_list(self, values: Sequence[str]) -> object:
        """As the ledger's own."""
        import json

        return json.dumps(list(values))

    def nth_item(self, place: str, values: Sequence[str | None]) -> tuple[str, object]:
        """As the ledger's own."""
        return nth_item(place, values)

    def lock_run(self, campaign_id: int) -> None:
        """No other process is here."""

    def release_run(self) -> None:
        """No other process is here."""

    def lock_worker(self, number: int) -> None:
        """No other process is here."""

    def is_alive(self, number: int) -> bool:
        """Every other worker is dead."""
        return False

    def checkpoint(self) -> None:
        """Left to SQLite, so that power cuts hit it."""

    def vacuum(self) -> None:
        """Not needed here."""

    def close(self) -> None:
        """Without a last checkpoint: the power is gone."""
        self._connection.close()


def one_run(seed: int, synchronous: str, journal: str = "WAL") -> tuple[int, bool]:
    """Work until the power goes; gives how many sent chunks came back as pending, and whether the file is
    damaged.
    """
    chance = random.Random(seed)
    sent: set[int] = set()
    with tempfile.TemporaryDirectory(prefix="jsms-power-") as folder:
        path = str(Path(folder) / "ledger.db")
        disk = Disk()
        system = LossySystem(disk, f"lossy{seed}{synchronous}")
        database = ApswDatabase(path, f"lossy{seed}{synchronous}", synchronous, journal)
        with database.transaction() as tx:
            for statement in statements(identity="INTEGER PRIMARY KEY", clustered=" WITHOUT ROWID"):
                tx.execute(statement)
        ledger = Ledger(database)
        plan(ledger, [f"139{index:08d}" for index in range(6110)], _FACTS)
        ledger.start(1, "run-00000001", _SETTINGS, resume=False)
        database._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        left = chance.randrange(1, 8)
        while left:
            left -= 1
            order = ledger.claim(1, "run-00000001", _SETTINGS)
            if not isinstance(order, ChunkLease):
                break
            sent.add(order.chunk)  # the request has left
            if not left and chance.random() < 0.5:
                break
            taken = {one.position: "1" for one in order.members}
            ledger.settle(order, ChunkDecision(ChunkState.ACCEPTED, accepted=taken, answered=True), _SETTINGS)
        # The power goes now: what the files hold afterwards is put aside, and read by an ordinary SQLite.
        after = Path(folder) / "after"
        after.mkdir()
        lost = Disk()
        lost.files = {str(after / Path(name).name): file for name, file in disk.files.items() if "-shm" not in name}
        lost.lose(chance, wholly=bool(seed % 2))
        database.close()
        system.unregister()
        return _back(after / "ledger.db", sent)


def _back(path: Path, sent: set[int]) -> tuple[int, bool]:
    try:
        connection = apsw.Connection(str(path))
        if list(connection.execute("PRAGMA integrity_check")) != [("ok",)]:
            return 0, True
        pending = {row[0] for row in connection.execute("SELECT chunk FROM chunk WHERE state='pending'")}
        connection.close()
    except apsw.Error:
        return 0, True
    return len(pending & sent), False


def run(runs: int, synchronous: str, first: int = 0) -> dict[str, Any]:
    """Many power cuts, seeds from `first`; gives the figures."""
    figures = {"runs": runs, "runs_with_sent_chunks_pending": 0, "sent_chunks_pending": 0, "damaged": 0}
    for seed in range(first, first + runs):
        back, damaged = one_run(seed, synchronous)
        figures["runs_with_sent_chunks_pending"] += bool(back)
        figures["sent_chunks_pending"] += back
        figures["damaged"] += damaged
    return figures


def main() -> int:
    """FULL must hold, NORMAL must fail."""
    parser = argparse.ArgumentParser(description="Cut the power under the ledger.")
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--piece", type=int, help="make only so many of them now, and add them up")
    given = parser.parse_args()
    if given.piece:
        done = known("power_loss_full")
        first = done["runs"] if done.get("pieces") and done["runs"] < given.runs else 0
        many = min(given.piece, given.runs - first)
        full, normal = (
            record_piece(
                f"power_loss_{name}", run(many, synchronous, first) | {"seed": first}, counted="runs", wanted=given.runs
            )
            for name, synchronous in (("full", "FULL"), ("normal_control", "NORMAL"))
        )
    else:
        full, normal = run(given.runs, "FULL"), run(given.runs, "NORMAL")
        record("power_loss_full", full)
        record("power_loss_normal_control", normal)
    good = not full["sent_chunks_pending"] and not full["damaged"] and bool(normal["sent_chunks_pending"])
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
