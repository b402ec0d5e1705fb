"""The file under a SQLite ledger, whatever it is called: who runs it, and whether its log is there.

SQLite finds the log of a file (`-wal`) by its *name*. A file that is met under another name, or that was moved
or copied without its log, looks sound and has forgotten what was last written: chunks that had left come back
as pending. So the file itself says whether a log belongs to it. The mark is SQLite's `application_id`, four
bytes of the first page, which can be read without SQLite and therefore without the log:

- `OPEN` and a token: commits that are not in this file are in its log;
- the token alone: nothing is missing. The log's own copy of the mark says this while the file says `OPEN`, so
  the two differ for as long as the log is needed, and any program that brings the log into the file, SQLite's
  own shell too, brings the word that nothing is missing along.

A rollback journal (also `PERSIST`) was the other choice: with it every commit is in the file itself. It costs
three waits for the disk a commit instead of one, readers hold writers up, and a file that is taken away in the
middle of a commit is torn without a trace; it would need a mark as well.
"""

from __future__ import annotations

import os
import secrets
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, final

from ...errors import LedgerBusyError, LedgerError, LedgerLogError

OPEN: Final = 1 << 30
_TOKEN: Final = OPEN - 1
_MARK_PLACE: Final = 68
"""Where SQLite keeps the `application_id` (https://www.sqlite.org/fileformat2.html)."""
_MAGIC: Final = b"SQLite format 3\0"
_LOG_HEADER: Final = 32
"""A shorter log holds nothing."""
_LOCKS_THE_FILE: Final = sys.platform == "linux"
_SHARED_BY_SQLITE: Final = (0x4000_0002, 510)
"""The bytes that every program locks while it has the file open, and one that empties the log locks alone."""
_LOCK_PLACE: Final = 1 << 40
"""Far behind the bytes that SQLite locks, and behind the end of any ledger."""


def new_token() -> int:
    """A number for one period of the log."""
    return secrets.randbelow(_TOKEN) + 1


@final
class LedgerFile:
    """One file, opened once in this process under whichever names: closing a second descriptor of it would
    drop the locks that SQLite holds on it (POSIX).
    """

    _files: Final[dict[tuple[int, int], LedgerFile]] = {}
    _registry = threading.RLock()

    def __init__(self, descriptor: int, path: Path) -> None:
        self.path = path
        self.guard = threading.RLock()
        """Held while the log is tended, and whenever SQLite closes this file in this process."""
        self._descriptor = descriptor
        self._reading = threading.Lock()
        self._users = 0
        self._runner: object | None = None
        self._run_lock: int | None = None

    @classmethod
    def open(cls, path: Path) -> LedgerFile:
        """Open the file, and make it with mode 0600 if it is new. Symbolic links are followed first.

        Raises `LedgerError`: it cannot be opened, is not private, or has several names.
        """
        try:
            real = path.resolve()
            with cls._registry:
                made = cls._files.get(_key(real)) if real.exists() else None
                if made is None:
                    made = cls._opened(real)
                if made.path != real:
                    raise LedgerBusyError(
                        f"the ledger {real} is open in this program as {made.path}.", "Use one name for one ledger."
                    )
                made._users += 1
                return made
        except OSError as error:
            raise LedgerError(
                f"the ledger {path} cannot be opened: {error.strerror}.",
                "Give a path in a folder that exists and that you may write to.",
            ) from None

    @classmethod
    def _opened(cls, real: Path) -> LedgerFile:
        if _size(real) == 0 and _size(_log(real)) >= _LOG_HEADER:
            # SQLite would throw the log away.
            raise LedgerLogError(
                f"the ledger {real} is gone or empty, but its log {_log(real)} is there.",
                "Bring the ledger back beside its log, or move the log away to begin a new ledger here.",
            )
        descriptor = os.open(real, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            seen = os.fstat(descriptor)
            mode = seen.st_mode & 0o777
            if mode & 0o077 and os.name == "posix":
                raise LedgerError(
                    f"the ledger {real} can be read by others (mode {mode:o}); it holds phone numbers.",
                    f"Run: chmod 600 {real}",
                )
            made = cls(descriptor, real)
            made.refuse_second_name()
        except BaseException:
            os.close(descriptor)
            raise
        cls._files[seen.st_dev, seen.st_ino] = made
        return made

    def release(self) -> None:
        """Give up the file; the last user of this process closes it."""
        with self._registry:
            self._users -= 1
            if self._users:
                return
            found = os.fstat(self._descriptor)
            self._files.pop((found.st_dev, found.st_ino), None)
            os.close(self._descriptor)

    @classmethod
    def forget_all(cls) -> None:
        """In a forked child: the locks are the parent's."""
        for file in cls._files.values():
            os.close(file._descriptor)
        cls._files.clear()
        cls._registry = threading.RLock()

    def refuse_second_name(self) -> None:
        """Raise `LedgerError` if the file has another name (hard link): its log would not be found by it."""
        links = os.fstat(self._descriptor).st_nlink
        if links > 1:
            raise LedgerError(
                f"the ledger {self.path} has {links} names (hard links); a run under one does not see what"
                " another wrote.",
                f"Keep one name, and remove the others: find / -xdev -samefile {self.path}",
            )

    def mark(self) -> int:
        """What the file itself says, without its log."""
        with self._reading:
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            header = os.read(self._descriptor, _MARK_PLACE + 4)
        return int.from_bytes(header[_MARK_PLACE:], "big") if header.startswith(_MAGIC) else 0

    def log_size(self) -> int:
        """How long the log beside the file is, in bytes; 0 if there is none."""
        return _size(_log(self.path))

    def has_log(self) -> bool:
        """Whether there is a log that can hold anything."""
        return self.log_size() >= _LOG_HEADER

    def check_log(self, seen: int | None = None) -> None:
        """Raise `LedgerLogError` if the log that belongs to this file is not the one beside it.

        seen: the mark as SQLite shows it, with the log.
        """
        mark = self.mark()
        if mark & OPEN and not self.has_log():
            raise self._missing()
        if seen is not None and not seen & OPEN and seen != mark & _TOKEN:
            raise LedgerLogError(
                f"the log {_log(self.path)} does not belong to the ledger {self.path}: one of them is an older copy.",
                "Nothing was changed. Put back the ledger and the log that were copied together, while no"
                " program used them.",
            )

    def _missing(self) -> LedgerError:
        if not self._try_lock():
            return LedgerBusyError(
                f"another process is running a campaign on the ledger {self.path}, which it knows under another name.",
                "Use the same path as that process, in the same container.",
            )
        self._unlock()
        return LedgerLogError(
            f"the ledger {self.path} was in use when its program ended, and its log {_log(self.path)} is"
            " missing: what was sent last stands only there.",
            "Put the log back beside the ledger, under the ledger's name with -wal. If it is lost for good, see"
            " jsmskit.campaigns.go_on_without_log.",
        )

    def lock_run(self, runner: object) -> bool:
        """Let `runner` be the only one who runs a campaign on this file, on this machine. False if another is."""
        with self._registry:
            if self._runner is runner:
                return True
            if self._runner is not None or not self._try_lock():
                return False
            self._runner = runner
            return True

    def release_run(self, runner: object) -> None:
        """Let another run begin."""
        with self._registry:
            if self._runner is runner:
                self._runner = None
                self._unlock()

    def _try_lock(self) -> bool:
        # Locking the inode counts for every name of the file, in every container. Only Linux keeps this lock
        # apart from those of SQLite; elsewhere links are resolved, and no file has two mount points.
        if _LOCKS_THE_FILE:
            return _lock_exclusively(self._descriptor)
        beside = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        if not _lock_exclusively(beside):
            os.close(beside)
            return False
        self._run_lock = beside
        return True

    def _unlock(self) -> None:
        if self._run_lock is not None:
            os.close(self._run_lock)
            self._run_lock = None
        elif sys.platform != "win32":  # pragma: no branch  # that system always has the file beside
            import fcntl  # exists there only

            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def is_free_of_old_runs(self) -> bool:
        """Whether no process of a version before 4 runs a campaign here: those lock a file beside the ledger."""
        beside = Path(f"{self.path}.lock")
        if not beside.exists():
            return True
        descriptor = os.open(beside, os.O_RDWR)
        try:
            return self._run_lock is not None or _lock_exclusively(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def tending_log(self) -> Generator[None]:
        """Be the only one, of all processes, who changes the mark or brings the log into the file."""
        with self.guard:
            if sys.platform != "win32":  # pragma: no branch  # that system has no such lock
                import fcntl  # exists there only

                fcntl.lockf(self._descriptor, fcntl.LOCK_EX, 1, _LOCK_PLACE)
            try:
                yield
            finally:
                if sys.platform != "win32":  # pragma: no branch  # as above
                    fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, _LOCK_PLACE)

    def keep_log(self) -> None:
        """From now on, let SQLite close the file without bringing the log in: a lock that it takes for another
        program's.

        On a full disk it would leave a file which says that nothing is missing (the page with the mark comes first);
        after Ctrl-C while the mark changes, one which asks for a log that is gone. Only Linux has such locks.
        """
        self._lock_against_sqlite("F_RDLCK")

    def release_log(self) -> None:
        """Let SQLite do as it likes again."""
        self._lock_against_sqlite("F_UNLCK")

    def _lock_against_sqlite(self, kind: str) -> None:
        if sys.platform == "linux":  # pragma: no branch  # the only one with such locks
            import fcntl  # exists there only
            import struct

            lock = struct.pack("hhqqi0q", getattr(fcntl, kind), os.SEEK_SET, *_SHARED_BY_SQLITE, 0)
            fcntl.fcntl(self._descriptor, fcntl.F_OFD_SETLK, lock)


if hasattr(os, "register_at_fork"):  # pragma: no branch  # Windows does not fork
    os.register_at_fork(after_in_child=LedgerFile.forget_all)


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _key(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _lock_exclusively(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":  # pragma: no cover  # the lock of that system; others never come here
            import msvcrt  # exists there only

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # exists there only

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
