"""The named places at which a process may die, for tests that let it die there.

A hook is called with the name of each place that is passed. In ordinary life it does nothing; the tests give
one that kills the process, and hold the ledger against what the service saw. Must not know what happens at a
place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, get_args

__all__ = ["CRASH_POINTS", "CrashPoint", "Passing", "pass_quietly"]

CrashPoint = Literal[
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
    "purge.committed",
]

CRASH_POINTS: Final[tuple[CrashPoint, ...]] = get_args(CrashPoint)

Passing = Callable[[CrashPoint], None]


def pass_quietly(place: CrashPoint) -> None:
    """The hook of ordinary life."""
