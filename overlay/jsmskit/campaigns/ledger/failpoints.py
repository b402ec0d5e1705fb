"""Named places in the code at which tests let a process die, and hold the ledger against what the service saw."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final, Literal, get_args

Failpoint = Literal[
    "plan.created",
    "plan.batch_begun",
    "plan.batch_members_written",
    "plan.batch_written",
    "plan.batch_committed",
    "plan.before_finish",
    "plan.placed",
    "plan.finished",
    "start.begun",
    "start.recovered",
    "start.marked",
    "start.committed",
    "claim.begun",
    "claim.chosen",
    "claim.members_read",
    "claim.marked",
    "claim.committed",
    "send.before",
    "send.after",
    "send.failed",
    "settle.begun",
    "settle.chunk_marked",
    "settle.members_written",
    "settle.moved_back",
    "settle.halved",
    "settle.counted",
    "settle.committed",
    "recover.begun",
    "recover.chunk_marked",
    "recover.members_marked",
    "stop.begun",
    "stop.committed",
    "resolve.begun",
    "resolve.chunk_marked",
    "resolve.members_marked",
    "resolve.committed",
    "inbox.kept",
    "inbox.committed",
    "receipts.noted",
    "receipts.matched",
    "receipts.committed",
    "schedule.reserving",
    "schedule.posted",
    "schedule.reserved",
    "schedule.committing",
    "schedule.put",
    "schedule.seen",
    "schedule.before_settle",
    "purge.begun",
    "purge.deleted",
    "purge.committed",
]

FAILPOINTS: Final[tuple[Failpoint, ...]] = get_args(Failpoint)

_hook: Callable[[Failpoint], None] | None = None


def failpoint(name: Failpoint) -> None:
    """Call the hook of a test, if one is armed."""
    if _hook is not None:
        _hook(name)


@contextmanager
def arm_failpoints(hook: Callable[[Failpoint], None]) -> Generator[None]:
    """Have `hook` called at each named place that is passed in this process, until the block ends."""
    global _hook  # one for the process: a test arms it, ordinary life never does
    before, _hook = _hook, hook
    try:
        yield
    finally:
        _hook = before
