"""How the plain runner works: threads. The counterpart for asyncio has the same names."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import ParamSpec, TypeAlias, TypeVar, final

P = ParamSpec("P")
T = TypeVar("T")

Sleep: TypeAlias = Callable[[float], None]
sleep: Sleep = time.sleep


@final
class WorkerGroup:
    """Threads for the workers; each calls the ledger in its own."""

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the ledger."""
        return function(*args, **kwargs)

    def run(self, worker: Callable[[], None], count: int, give_up: Callable[[], None]) -> None:
        """Run so many workers to their ends; the first failure, or Ctrl-C, lets them finish what they have begun.

        Not one of them runs in the thread of the caller: Ctrl-C arrives there, and must not break into a
        request. Nor may it leave a worker behind: one that comes while threads are started lets none of them begin.
        """
        gate = threading.Event()
        cancelled = False
        ended = 0
        failures: list[BaseException] = []
        change = threading.Condition()

        def body() -> None:
            nonlocal ended
            gate.wait()
            try:
                if not cancelled:
                    worker()
            except BaseException as error:  # noqa: BLE001  # raised below, in the thread of the caller
                failures.append(error)
            with change:
                ended += 1
                change.notify_all()

        threads = [threading.Thread(target=body, name=f"jsms-campaign-{one}") for one in range(count)]
        try:
            for thread in threads:
                thread.start()
        except BaseException:
            cancelled = True
            gate.set()
            raise
        try:
            gate.set()
            with change:
                change.wait_for(lambda: failures or ended == count)
            if failures:
                give_up()
        except BaseException:
            give_up()
            raise
        finally:
            for thread in threads:
                thread.join()
        if failures:
            raise failures[0]

    def close(self) -> None:
        """Nothing to end."""
