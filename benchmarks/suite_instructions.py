"""The instructions of one typed send on a kept connection: slow to count, and the same on every run."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import peers, stub
from benchmarks.harness import Measured, Row, Settings, compare, instructions, stub_core
from benchmarks.suite_sync import PEERS

COUNTED = ("httpx_client", "vendor", "http_client")


def measure(settings: Settings) -> Iterator[Measured]:
    """Ours against those for whom there is a goal, and against the standard library."""
    del settings
    with stub.running(stub_core()) as service:
        counts = {name: [_of_one_call(name, service.plain)] for name in ("jsmskit", *COUNTED)}
    for name in COUNTED:
        words, goal = PEERS[name]
        yield Row(
            id=f"instructions-{name}",
            work="typed send, instructions",
            against=words,
            unit="thousand instructions/call",
            goal=goal,
            **compare(counts, against=name),
        )


def _of_one_call(name: str, base: str) -> float:
    """The difference between a process that makes many calls and one that makes few, in thousands."""

    def spent(calls: int) -> int:
        program = (
            f"import sys; sys.path.insert(0, {str(peers.ROOT)!r})\n"
            f"from benchmarks import contenders_sync\n"
            f"contenders_sync.{name}({{'base': {base!r}}})({calls})"
        )
        return instructions([peers.PYTHON, "-c", program])

    few, many = 20, 120
    return (spent(many) - spent(few)) / (many - few) / 1000
