"""Where a call goes: function calls and time by part, of one typed send on a kept connection.

    python -m benchmarks.call_profile             of this checkout, in the environment of the peers
    python -m benchmarks.call_profile FOLDER      of another checkout of this repository

Prints a table for docs/performance.md. Counts of function calls are exact, whatever else the machine does; shares of
the time are a profiler's, which makes small functions look dearer than they are. What waits in the kernel is left out.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import subprocess
import sys
from collections import Counter
from pathlib import Path

CALLS = 3000
PARTS = (
    ("httpcore/", "httpcore"),
    ("h11/", "h11"),
    ("_http/http11", "HTTP/1.1 as bytes (`_http/http11`)"),
    ("_http/", "pool and streams (`_http`)"),
    ("executor", "executor"),
    ("jsmskit/_operations", "arguments to request (`_operations`, `_validation`, `_calls/request`, `jsms_api`)"),
    ("jsmskit/_validation", "arguments to request (`_operations`, `_validation`, `_calls/request`, `jsms_api`)"),
    ("_calls/request", "arguments to request (`_operations`, `_validation`, `_calls/request`, `jsms_api`)"),
    ("jsms_api/", "arguments to request (`_operations`, `_validation`, `_calls/request`, `jsms_api`)"),
    ("jsmskit/", "response to result (`_calls`, `results`, and the rest)"),
    ("json/", "json"),
)
KERNEL = ("'poll'", "'send'", "'recv'", "'sendall'", "poll' of", "'settimeout'")


def inside(base: str) -> None:
    """Profile and print: in the environment of the peers."""
    from benchmarks.contenders_sync import jsmskit

    run = jsmskit({"base": base})
    run(200)
    profile = cProfile.Profile()
    profile.enable()
    run(CALLS)
    profile.disable()
    calls: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for (path, _, function), (_, count, own, _, callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]  # the stubs leave `stats` out
        if path == "~":  # built-in: it counts for its caller
            if any(word in function for word in KERNEL):
                continue
            for (caller, _, _), (_, times, spent, _) in callers.items():
                calls[part_of(caller)] += times
                seconds[part_of(caller)] += spent
        else:
            calls[part_of(path)] += count
            seconds[part_of(path)] += own
    print("| part | function calls a send | share of the time |\n|---|--:|--:|")
    whole = sum(seconds.values())
    for name, spent in seconds.most_common():
        print(f"| {name} | {calls[name] / CALLS:.0f} | {100 * spent / whole:.0f} % |")
    print(f"| all | {sum(calls.values()) / CALLS:.0f} | 100 % |")


def part_of(path: str) -> str:
    """The part that a file belongs to."""
    return next((name for fragment, name in PARTS if fragment in path), "the rest of the standard library")


def main() -> None:
    """Start the stub, and a process with the right code."""
    from benchmarks import peers, stub

    folder = Path(sys.argv[1] if len(sys.argv) > 1 else peers.ROOT).resolve()
    path = os.pathsep.join(str(place) for place in (folder / "generated", folder / "overlay", peers.ROOT))
    with stub.running() as service:
        code = f"from benchmarks import call_profile; call_profile.inside({service.plain!r})"
        command = [str(peers.PYTHON), "-c", code]
        subprocess.run(command, check=True, env={**peers.environment(), "PYTHONPATH": path}, cwd="/")


if __name__ == "__main__":
    main()
