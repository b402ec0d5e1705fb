"""One contender in a process of its own: makes calls when it is told to, and says what they cost.

    python -m benchmarks.worker MODULE FACTORY '{"base": ..., ...}'

Runs in the environment of the peers, so it may import nothing but the standard library and the contender's module.
`FACTORY(settings)` gives a function `run(calls) -> dict`; what that returns is reported beside the CPU time of the
process and the time that passed. Orders come line by line: a number of calls, or `end`.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time


def main() -> None:
    module, factory, text = sys.argv[1:]
    settings = json.loads(text)
    if "core" in settings and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {settings["core"]})
    run = getattr(importlib.import_module(module), factory)(settings)
    answers = sys.stdout
    sys.stdout = sys.stderr
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        if line.strip() == "end":
            return
        calls = int(line)
        cpu, wall = time.process_time(), time.perf_counter()
        said = run(calls) or {}
        cost = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "calls": calls}
        print(json.dumps({**cost, **said}), file=answers, flush=True)


if __name__ == "__main__":
    main()
