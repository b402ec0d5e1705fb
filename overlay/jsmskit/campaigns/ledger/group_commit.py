"""Group commit: several steps of the ledger in one transaction, where several threads wait for the disk.

A step is durable when its call returns, and waiting for the disk takes longer than the step itself. So a thread that
has to wait for another's transaction lets the next one take its step along: eight requests in flight then cost the disk
hardly more than one. If a step fails for a reason of its own, all of that transaction are taken back, and each is taken
alone, so that no thread meets the failure of another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast, final

from ..errors import LedgerError
from .database import Database, Transaction

T = TypeVar("T")
_NOT_YET: Final = object()


@final
class _Job:
    __slots__ = ("error", "result", "work")

    def __init__(self, work: Callable[[Transaction], Any]) -> None:
        self.work = work
        self.result: object = _NOT_YET
        self.error: Exception | None = None

    @property
    def over(self) -> bool:
        return self.result is not _NOT_YET or self.error is not None


@final
class GroupCommit:
    """Runs jobs on one database, for all threads that use it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Job] = []
        self._listing = threading.Lock()
        self._turn = threading.Lock()

    def run(self, work: Callable[[Transaction], T]) -> T:
        """Do this in a transaction, perhaps with what others want; durable when it returns.

        It may be begun twice: what it does must be undone with the transaction, or do no harm.
        """
        job = _Job(work)
        with self._listing:
            self._waiting.append(job)
        with self._turn:
            if not job.over:
                with self._listing:
                    taken, self._waiting = self._waiting, []
                try:
                    self._take_all(taken)
                finally:
                    # Left over if this thread is interrupted: their own threads come for them.
                    left = [one for one in taken if not one.over and one is not job]
                    if left:
                        with self._listing:
                            self._waiting += left
        if job.error is not None:
            raise job.error
        return cast("T", job.result)

    def _take_all(self, jobs: list[_Job]) -> None:
        if len(jobs) > 1:
            try:
                with self._database.transaction() as tx:
                    results = [job.work(tx) for job in jobs]
            except LedgerError as failure:
                # The database failed, perhaps after the commit: nothing may be begun again without its owner.
                for job in jobs:
                    job.error = failure
                return
            except Exception:  # noqa: BLE001, S110  # whose failure it was comes out below
                pass
            else:
                for job, result in zip(jobs, results, strict=True):
                    job.result = result
                return
        for job in jobs:
            try:
                with self._database.transaction() as tx:
                    result = job.work(tx)
                job.result = result
            except Exception as error:  # noqa: BLE001  # of the thread that asked for it
                job.error = error
