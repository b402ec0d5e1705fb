"""How the async runner works: ledger calls beside the event loop, several workers.

The counterpart for threads has the same names.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeAlias, TypeVar, final

P = ParamSpec("P")
T = TypeVar("T")

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
sleep: Sleep = asyncio.sleep


@final
class WorkerGroup:
    """One thread for the ledger, so that the event loop never waits for a disk; tasks for the workers."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="jsms-ledger")

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the ledger. A call that was begun is finished even if its caller is cancelled."""
        return await asyncio.wrap_future(self._thread.submit(function, *args, **kwargs))

    async def run(self, worker: Callable[[], Awaitable[None]], count: int, give_up: Callable[[], None]) -> None:
        """Run so many workers to their ends; after the first failure the others finish what they began."""
        tasks = [asyncio.ensure_future(worker()) for _ in range(count)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            if any(task.exception() for task in done):
                give_up()
        except asyncio.CancelledError:
            give_up()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()
