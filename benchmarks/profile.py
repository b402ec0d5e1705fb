"""Where the CPU time goes in the work whose goals are missed: shares by function of the package, sampled by py-spy.

    .venv/bin/python -m benchmarks.profile plan | campaign | login | mock

What the standard library, SQLite and other packages do counts for the function of the package that called them.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks import bulk, mock, peers, stub
from benchmarks.harness import CLIENT_CORE, Command

SPY = peers.HOME / "bin" / "py-spy"
SIZE = 200_000
_OURS = re.compile(r"(.+) \((?:.*/)?((?:jsmskit|jsms_api)/.+)\.py:\d+\)")


def spying(stacks: Path) -> list[str | Path]:
    """Return what stands in front of a command whose stacks are written there when it ends."""
    return [SPY, "record", "--rate", "500", "--format", "raw", "--output", stacks, "--"]


def recorded(command: Command, orders: str = "") -> Counter[str]:
    """Run a command to its end; return how often each function of the package was the innermost one."""
    with tempfile.TemporaryDirectory() as folder:
        stacks = Path(folder) / "stacks"
        subprocess.run(
            [*spying(stacks), *command],
            input=orders, text=True, cwd=peers.ROOT, env=peers.environment(), check=True, capture_output=True,
        )  # fmt: skip
        return shares(stacks.read_text())


def shares(stacks: str) -> Counter[str]:
    """Count folded stacks by their innermost function of the package."""
    found: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, times = line.rpartition(" ")
        ours = [frame for frame in map(_OURS.fullmatch, stack.split(";")) if frame]
        found[f"{ours[-1][2]}: {ours[-1][1]}" if ours else "the interpreter and other packages"] += int(times)
    return found


def campaign(name: str) -> Counter[str]:
    """Plan a list, and send it too where `name` says so."""
    with tempfile.TemporaryDirectory() as folder, bulk.serving() as port:
        people = bulk.write_list(Path(folder, "people.csv"), SIZE)
        return recorded([peers.PYTHON, "-m", "benchmarks.bulk_contenders", name, people, str(port), "1"])


def login() -> Counter[str]:
    """Start logins, with their limits in Redis."""
    from tests.verification.redis_server import RedisServer, find_program

    program = find_program()
    if program is None:
        raise SystemExit("profile: redis-server is needed (Debian: apt-get install redis-server)")
    server = RedisServer(program)
    try:
        with stub.running() as service:
            place = json.dumps({"core": CLIENT_CORE, "base": service.plain, "redis": server.url})
            return recorded([peers.PYTHON, "-m", "benchmarks.contenders", "start", place], "5000\n")
    finally:
        server.close()


def sends() -> Counter[str]:
    """Send texts to the mock's server."""
    with tempfile.TemporaryDirectory() as folder:
        stacks = Path(folder) / "stacks"
        with mock.serving("jsmskit", under=spying(stacks)) as served:
            served.send(20_000)
            served.server.end(signal.SIGINT)  # upon which the spy writes
        return shares(stacks.read_text())


WORK = {"plan": lambda: campaign("plan_only"), "campaign": lambda: campaign("jsmskit"), "login": login, "mock": sends}


def main() -> int:
    """Print the largest shares."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description="Where CPU time goes.")
    parser.add_argument("work", choices=WORK)
    asked = parser.parse_args()
    peers.ready()
    found = WORK[asked.work]()
    for function, times in found.most_common(12):
        print(f"{times / found.total():6.1%}  {function}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
