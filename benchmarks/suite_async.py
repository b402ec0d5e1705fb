"""Many typed sends at once on one event loop: cost, fairness, and connections that should not have been needed."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable, Iterator
from statistics import median

from benchmarks import stub
from benchmarks.harness import Measured, Row, Settings, compare, contenders, cpu_per_call, in_turns, stub_core

MODULE = "benchmarks.contenders_async"
PEERS = {
    "httpx_client": ("bare httpx.AsyncClient, pool as large as the load", 0.10),
    "httpx2_client": ("bare httpx2.AsyncClient, pool as large as the load", 0.25),
    "aiohttp_session": ("bare aiohttp with its own JSON", 1.2),
    "httpx_over_aiohttp": ("httpx over httpx-aiohttp", None),
    "pyqwest_client": ("pyqwest (Rust)", None),
    "protocol_floor": ("floor: an asyncio protocol, bytes made beforehand", None),
}


def measure(settings: Settings) -> Iterator[Measured]:
    """At 32 and 128 in flight, plain; at 32 over TLS."""
    with stub.running(stub_core()) as service:
        for in_flight in (32, 128):
            yield from _measured(settings, service.plain, in_flight, list(PEERS), {})
        secure = ["httpx_client", "httpx2_client", "aiohttp_session"]
        yield from _measured(settings, service.secure, 32, secure, {"ca_file": service.ca_file})


def _measured(
    settings: Settings, base: str, in_flight: int, names: list[str], more: dict[str, str]
) -> Iterator[Measured]:
    place = {"base": base, "in_flight": in_flight, **more}
    secure = bool(more)
    with contenders(MODULE, ["jsmskit", *names], place) as up:
        turns = in_turns(
            up, rounds=settings.rounds(5), calls=max(settings.calls(320), 2 * in_flight), warm_up=in_flight,
            again=2 * in_flight,
            watch=None if secure else accepted(base),
        )  # fmt: skip
    spent = cpu_per_call(turns)
    kind = f"async{'-tls' if secure else ''}-{in_flight}"
    for name in names:
        words, goal = PEERS[name]
        yield Row(
            id=f"{kind}-{name}",
            work=f"typed send, {in_flight} in flight{', TLS' if secure else ''}",
            against=words,
            unit="us CPU/call",
            goal=None if secure else goal,
            **compare(spent, against=name),
        )
    for name in ("jsmskit", *(one for one in names if one in ("httpx2_client", "aiohttp_session"))):
        told = turns[name]
        values = {"slow": [1e3 * one["p99"] for one in told], "usual": [1e3 * one["p50"] for one in told]}
        ours = name == "jsmskit" and not secure
        yield Row(
            id=f"{kind}-fairness-{name}",
            work=f"{in_flight} in flight{', TLS' if secure else ''}: 99th percentile of a call's time",
            against="its own median",
            unit="ms",
            subject=name,
            goal=2.0 if ours else None,
            **compare(values, subject="slow", against="usual"),
        )
        if ours:
            opened = [one["watched"] for one in told]
            yield Row(
                id=f"{kind}-connections",
                work=f"{in_flight} in flight: new connections after warm-up, for {int(told[0]['calls'])} calls",
                against="none",
                unit="connections",
                subject_value=median(opened),
                against_value=0,
                ratio=median(opened),
                low=min(opened),
                high=max(opened),
                rounds=len(told),
                goal=0,
            )


def accepted(base: str) -> Callable[[], float]:
    """How many connections the stub has accepted, those that ask it not counted."""
    asked = 0

    def count() -> float:
        nonlocal asked
        asked += 1
        with urllib.request.urlopen(base + "/status", timeout=10) as answer:
            said = answer.read().decode()
        found = re.search(r"\n\s*(\d+)\s+\d+\s+\d+", said)
        if found is None:
            raise SystemExit("bench: the stub does not say how many connections it has accepted")
        return float(int(found.group(1)) - asked)

    return count
