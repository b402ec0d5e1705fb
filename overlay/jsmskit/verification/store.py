"""What a store is: a place that carries out the four steps, each at once or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, overload

from .steps import (
    Attempt,
    AttemptReply,
    Conclude,
    ConcludeReply,
    Reserve,
    ReserveReply,
    Settle,
    SettleReply,
    Step,
)
from .subjects import Peppers


@dataclass(frozen=True, slots=True)
class StoreStats:
    """What an operator sees of an application.

    Attributes:
        hours: how many hours the counts reach back.
        counts: how often each thing happened, such as `start:login:text:sent` or `check:login:wrong`.
        last_hour: codes of the last hour.
        last_day: codes of the last day.
        memory_lost_at: seconds since 1970 when the store was found without its memory, within the last day; else None.
        eviction: policy of the store for a full memory; None if it does not say. Anything but `noeviction` may drop
            a limit.
        persistent: whether the store writes every change to a file at once; None if it does not say.
    """

    hours: int
    counts: Mapping[str, int]
    last_hour: int = 0
    last_day: int = 0
    memory_lost_at: float | None = None
    eviction: str | None = None
    persistent: bool | None = None


class VerificationStore(Protocol):
    """Where sessions and limits are kept.

    `run` and `run_async` do the same, for threads and for asyncio, each with one round trip. They raise
    `VerificationStoreError` if the step was not, or perhaps not, carried out.
    """

    @property
    def peppers(self) -> Peppers:
        """The keys of the hashes in this store."""
        ...

    @overload
    def run(self, step: Reserve) -> ReserveReply: ...
    @overload
    def run(self, step: Settle) -> SettleReply: ...
    @overload
    def run(self, step: Attempt) -> AttemptReply: ...
    @overload
    def run(self, step: Conclude) -> ConcludeReply: ...
    def run(self, step: Step) -> object:
        """Carry out a step."""
        ...

    @overload
    async def run_async(self, step: Reserve) -> ReserveReply: ...
    @overload
    async def run_async(self, step: Settle) -> SettleReply: ...
    @overload
    async def run_async(self, step: Attempt) -> AttemptReply: ...
    @overload
    async def run_async(self, step: Conclude) -> ConcludeReply: ...
    async def run_async(self, step: Step) -> object:
        """Carry out a step without blocking the event loop."""
        ...
