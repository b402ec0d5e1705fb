"""One contender in a process of its own: makes calls when it is told to, and says what they cost.

    python -m benchmarks.worker CONTENDER '{"base": ..., ...}'

Runs in the environment of the peers, so it may import nothing but the standard library and `contenders`. Orders come
line by line: a number of calls. An asyncio contender has `in_flight` tasks take turns at them.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from benchmarks.contenders import ASYNC, SYNC


def run_sync(call: Callable[[], bool], calls: int) -> dict[str, float]:
    for _ in range(calls):
        if not call():
            raise SystemExit("another answer than was expected")
    return {}


async def run_async(call: Callable[[], Awaitable[bool]], calls: int, in_flight: int) -> dict[str, float]:
    left = calls
    taken: list[float] = []

    async def task() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            begun = time.perf_counter()
            if not await call():
                raise SystemExit("another answer than was expected")
            taken.append(time.perf_counter() - begun)

    await asyncio.gather(*(task() for _ in range(in_flight)))
    taken.sort()
    return {"p50": 1e3 * taken[len(taken) // 2], "p99": 1e3 * taken[int(len(taken) * 0.99)]}


def main() -> None:
    name, text = sys.argv[1:]
    settings: dict[str, Any] = json.loads(text)
    os.sched_setaffinity(0, {settings["core"]})
    answers, sys.stdout = sys.stdout, sys.stderr
    loop = asyncio.new_event_loop()
    if name in SYNC:
        call: Any = SYNC[name](settings)
    else:
        call = loop.run_until_complete(ASYNC[name](settings))
    for line in sys.stdin:
        calls = int(line)
        begun = time.process_time()
        if name in SYNC:
            said = run_sync(call, calls)
        else:
            said = loop.run_until_complete(run_async(call, calls, settings["in_flight"]))
        cost = {"cpu": 1e6 * (time.process_time() - begun) / calls}
        print(json.dumps({**cost, **said}), file=answers, flush=True)


if __name__ == "__main__":
    main()
