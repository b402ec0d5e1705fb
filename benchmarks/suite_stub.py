"""How far the stub is from being the bottleneck: what it answers to the leanest contenders there are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks import stub
from benchmarks.harness import Measured, Row, Settings, compare, contenders, cpu_per_call, in_turns, stub_core

TICKS = os.sysconf("SC_CLK_TCK")


def measure(settings: Settings) -> Iterator[Measured]:
    """CPU of the stub's worker against CPU of the client, per call."""
    with stub.running(stub_core()) as service:
        for module, floor, options, calls in (
            ("benchmarks.contenders_sync", "raw_socket", {}, 4000),
            ("benchmarks.contenders_async", "protocol_floor", {"in_flight": 32}, 8000),
        ):
            names = ["jsmskit", floor]
            with contenders(module, names, {"base": service.plain, **options}) as up:
                turns = in_turns(
                    up, rounds=settings.rounds(7), calls=settings.calls(calls), warm_up=200,
                    watch=lambda: worker_cpu(service.pid),
                )  # fmt: skip
            clients = cpu_per_call(turns)
            for name in names:
                theirs = [1e6 * one["watched"] / one["calls"] for one in turns[name]]
                compared = compare({"stub": theirs, "client": clients[name]}, subject="stub", against="client")
                flight = options.get("in_flight", 1)
                yield Row(
                    id=f"stub-{name}-{flight}",
                    work=f"the stub's CPU per call, {flight} in flight",
                    against="ours" if name == "jsmskit" else "the floor's client, which only moves bytes",
                    unit="us CPU/call",
                    subject="nginx",
                    note="below 1 the client is what limits",
                    **compared,
                )


def worker_cpu(master: int) -> float:
    """CPU seconds of nginx's worker, read from the kernel."""
    spent = 0
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    for pid in children:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        spent += int(fields[11]) + int(fields[12])
    return spent / TICKS
