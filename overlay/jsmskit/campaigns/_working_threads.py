"""How the plain runner works: threads. Its twin for asyncio has the same names."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import ParamSpec, TypeAlias, TypeVar, final

__all__ = ["Hands", "Sleep", "sleep"]

P = ParamSpec("P")
T = TypeVar("T")

Sleep: TypeAlias = Callable[[float], None]
sleep: Sleep = time.sleep


@final
class Hands:
    """Threads for the workers; the ledger is called where one stands."""

    def do(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the ledger."""
        return function(*args, **kwargs)

    def work(self, worker: Callable[[], None], count: int, give_up: Callable[[], None]) -> None:
        """Run so many workers to their ends; the first failure, or Ctrl-C, lets them finish what they have
        begun.

        Not one of them runs in the thread of the caller: Ctrl-C arrives there, and must not break into a
        request.
        """
        with ThreadPoolExecutor(count, thread_name_prefix="jsms-campaign") as pool:
            runs = [pool.submit(worker) for _ in range(count)]
            try:
                done, _ = wait(runs, return_when=FIRST_EXCEPTION)
                if any(run.exception() for run in done):
                    give_up()
            except BaseException:
                give_up()
                raise
        for run in runs:
            run.result()

    def close(self) -> None:
        """Nothing to give up."""
