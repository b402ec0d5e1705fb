"""Several steps of the ledger in one transaction, where several threads wait for the disk.

A step is durable when its call returns, and waiting for the disk takes longer than the step itself. So whoever has to
wait for another's transaction lets the next one take his step along: eight requests in flight then cost the disk hardly
more than one. If a step fails for a reason of its own, all of that transaction are taken back, and each is taken by
itself, so that nobody meets another's failure.

Knows threads and transactions. Must not know what a step does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast, final

from ._database import Database, Transaction
from .problems import LedgerError

__all__ = ["Together"]

T = TypeVar("T")
_NOT_YET: Final = object()


@final
class _Step:
    __slots__ = ("error", "result", "work")

    def __init__(self, work: Callable[[Transaction], Any]) -> None:
        self.work = work
        self.result: object = _NOT_YET
        self.error: Exception | None = None

    @property
    def over(self) -> bool:
        return self.result is not _NOT_YET or self.error is not None


@final
class Together:
    """Takes steps on one database, for all threads that use it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Step] = []
        self._listing = threading.Lock()
        self._turn = threading.Lock()

    def take(self, work: Callable[[Transaction], T]) -> T:
        """Do this in a transaction, perhaps with what others want; durable when it returns.

        It may be begun twice: what it does must be undone with the transaction, or do no harm.
        """
        step = _Step(work)
        with self._listing:
            self._waiting.append(step)
        with self._turn:
            if not step.over:
                with self._listing:
                    taken, self._waiting = self._waiting, []
                try:
                    self._take_all(taken)
                finally:
                    # Left over if this thread is interrupted: their own threads come for them.
                    left = [one for one in taken if not one.over and one is not step]
                    if left:
                        with self._listing:
                            self._waiting += left
        if step.error is not None:
            raise step.error
        return cast("T", step.result)

    def _take_all(self, steps: list[_Step]) -> None:
        if len(steps) > 1:
            try:
                with self._database.transaction() as tx:
                    results = [step.work(tx) for step in steps]
            except LedgerError as failure:
                # The database failed, perhaps after the commit: nothing may be begun again without its owner.
                for step in steps:
                    step.error = failure
                return
            except Exception:  # noqa: BLE001, S110  # whose failure it was comes out below
                pass
            else:
                for step, result in zip(steps, results, strict=True):
                    step.result = result
                return
        for step in steps:
            try:
                with self._database.transaction() as tx:
                    result = step.work(tx)
                step.result = result
            except Exception as error:  # noqa: BLE001  # of the thread that asked for it
                step.error = error
