"""How cost grows: 1 to 512 sends in flight, 1 to 1000 recipients a batch. Straight lines, or there is a reason."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks import stub
from benchmarks.harness import Curve, Measured, Settings, contenders, cpu_per_call, in_turns, stub_core

FLIGHTS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
NAMES = ("jsmskit", "aiohttp_session")


def measure(settings: Settings) -> Iterator[Measured]:
    """One run a point, its contenders in turns."""
    with stub.running(stub_core()) as service:
        lines: dict[str, list[tuple[float, float]]] = {name: [] for name in NAMES}
        for in_flight in FLIGHTS:
            place = {"base": service.plain, "in_flight": in_flight}
            with contenders("benchmarks.contenders_async", NAMES, place) as up:
                calls = max(settings.calls(400), 2 * in_flight)
                turns = in_turns(up, rounds=settings.rounds(5), calls=calls, warm_up=3 * in_flight)
            for name, spent in cpu_per_call(turns).items():
                lines[name].append((in_flight, median(spent)))
        yield Curve("growth-in-flight", "Sends in flight", "in flight", "us CPU a call", lines)
        sizes: list[tuple[float, float]] = []
        for size in stub.SIZES:
            place = {"base": service.plain, "size": size}
            with contenders("benchmarks.contenders_sync", ["jsmskit_batches"], place) as up:
                turns = in_turns(up, rounds=settings.rounds(7), calls=settings.calls(max(20, 200 // size)), warm_up=5)
            sizes.append((size, median(cpu_per_call(turns)["jsmskit_batches"])))
        yield Curve(
            "growth-batch", "Recipients in a batch", "recipients", "us CPU a batch", {"jsmskit": sizes},
            "a batch takes a connection of its own, which is the cost of the first recipient",
        )  # fmt: skip
