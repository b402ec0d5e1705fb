"""One call after the other, many at once, more and more of them, and a login: CPU of the client's process."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from statistics import median

from benchmarks import stub
from benchmarks.harness import Curve, Measured, Settings, compare, count, cpu, run_workers

UNIT = "us CPU/call"
PEERS: dict[str, tuple[str, float | None]] = {
    "httpx": ("bare httpx.Client.post", 0.35),
    "httpx2": ("bare httpx2.Client.post", 0.45),
    "vendor": ("the vendor's jsms 0.0.4", 0.30),
    "generated": ("the generated client on its own", None),
    "requests": ("requests.Session", None),
    "urllib3": ("urllib3.PoolManager", None),
    "pyqwest": ("pyqwest (Rust)", None),
    "http.client": ("http.client of the standard library", None),
    "socket": ("floor: a socket, bytes made beforehand", None),
}
ASYNC_PEERS: dict[str, tuple[str, float | None]] = {
    "httpx, async": ("bare httpx.AsyncClient, pool as large as the load", 0.10),
    "httpx2, async": ("bare httpx2.AsyncClient, pool as large as the load", 0.25),
    "aiohttp": ("bare aiohttp with its own JSON", 1.2),
    "httpx over httpx-aiohttp": ("httpx over httpx-aiohttp", None),
    "pyqwest, async": ("pyqwest (Rust)", None),
    "protocol": ("floor: an asyncio protocol, bytes made beforehand", None),
}


def one_after_the_other(settings: Settings) -> Iterator[Measured]:
    """A typed send on a kept connection, plain and over TLS."""
    with stub.running() as service:
        for names, place in (
            (list(PEERS), {"base": service.plain}),
            (["httpx", "httpx2", "vendor"], {"base": service.secure, "ca_file": service.ca_file}),
        ):
            tls = ", TLS" if "ca_file" in place else ""
            rounds, calls = settings.rounds(11), settings.calls(150)
            spent = cpu(run_workers(["jsmskit", *names], place, rounds=rounds, calls=calls))
            for name in names:
                words, goal = PEERS[name]
                yield compare(
                    f"sync{'-tls' if tls else ''}-{name}", f"typed send, connection kept{tls}", words, UNIT,
                    spent["jsmskit"], spent[name], goal=None if tls else goal,
                )  # fmt: skip


def many_at_once(settings: Settings) -> Iterator[Measured]:
    """At 32 and 128 in flight, and at 32 over TLS: cost, fairness, and connections that should not be needed."""
    with stub.running() as service:
        for in_flight, tls in ((32, ""), (128, ""), (32, ", TLS")):
            place = {"base": service.plain, "in_flight": in_flight}
            names = list(ASYNC_PEERS)
            if tls:
                place |= {"base": service.secure, "ca_file": service.ca_file}
                names = names[:3]
            calls = max(settings.calls(320), 2 * in_flight)
            turns = run_workers(
                ["jsmskit, async", *names], place, rounds=settings.rounds(5), calls=calls, again=2 * in_flight,
                watch=lambda: accepted(service.plain),
            )  # fmt: skip
            spent = cpu(turns)
            begin = f"async{'-tls' if tls else ''}-{in_flight}"
            for name in names:
                words, goal = ASYNC_PEERS[name]
                yield compare(
                    f"{begin}-{name}", f"typed send, {in_flight} in flight{tls}", words, UNIT,
                    spent["jsmskit, async"], spent[name], goal=None if tls else goal,
                )  # fmt: skip
            for name in ("jsmskit, async", "httpx2, async", "aiohttp"):
                ours = name == "jsmskit, async"
                slow, usual = ([one[which] for one in turns[name]] for which in ("p99", "p50"))
                yield compare(
                    f"{begin}-fairness-{name}", f"{in_flight} in flight{tls}: 99th percentile of a call's time",
                    "its own median", "ms", slow, usual,
                    subject="jsmskit" if ours else name, goal=2.0 if ours and not tls else None,
                )  # fmt: skip
            if not tls:
                opened = [one["watched"] - 1 for one in turns["jsmskit, async"]]  # one of them asked
                work = f"{in_flight} in flight: new connections after warm-up, for {calls} calls"
                yield count(f"{begin}-connections", work, "none", "connections", opened, 0, goal=0)


def accepted(base: str) -> int:
    """How many connections the stub has accepted."""
    with urllib.request.urlopen(base + "/status", timeout=10) as response:
        found = re.search(r"\n\s*(\d+)\s+\d+\s+\d+", response.read().decode())
    if found is None:
        raise SystemExit("bench: the stub does not say how many connections it has accepted")
    return int(found[1])


def growth(settings: Settings) -> Iterator[Measured]:
    """1 to 512 sends in flight, 1 to 1000 recipients a batch: straight lines, or there is a reason."""
    names = ("jsmskit, async", "aiohttp")
    lines: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    sizes: list[tuple[float, float]] = []
    with stub.running() as service:
        for in_flight in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512):
            place = {"base": service.plain, "in_flight": in_flight}
            calls = max(settings.calls(400), 2 * in_flight)
            turns = run_workers(names, place, rounds=settings.rounds(5), calls=calls, warm_up=3 * in_flight)
            for name, spent in cpu(turns).items():
                lines[name].append((in_flight, median(spent)))
        for size in stub.SIZES:
            place = {"base": service.plain, "size": size}
            calls = settings.calls(max(20, 200 // size))
            turns = run_workers(["batch"], place, rounds=settings.rounds(7), calls=calls, warm_up=5)
            sizes.append((size, median(cpu(turns)["batch"])))
    yield Curve("growth-in-flight", "Sends in flight", "in flight", "us CPU a call", lines)
    yield Curve(
        "growth-batch", "Recipients in a batch", "recipients", "us CPU a batch", {"jsmskit": sizes},
        "a batch takes a connection of its own, which is the cost of the first recipient",
    )  # fmt: skip


def login(settings: Settings) -> Iterator[Measured]:
    """A login beside the client's own calls, which limit nothing; Redis is another process."""
    from tests.verification.redis_server import RedisServer, find_program

    program = find_program()
    if program is None:
        raise SystemExit("bench: redis-server is needed (Debian: apt-get install redis-server)")
    start, check = "verification.start on Redis", "verification.start and .check on Redis"
    rows: tuple[tuple[str, str, str, str, float | None], ...] = (
        ("start", "send", start, "codes.send alone", 1.5),
        ("start and check", "send and verify", check, "codes.send and .verify alone", 1.5),
        ("start", "send and two trips", start, "codes.send between two scripts in Redis that do nothing", None),
    )
    server = RedisServer(program)
    try:
        with stub.running() as service:
            names = dict.fromkeys(name for row in rows for name in row[:2])
            place = {"base": service.plain, "redis": server.url}
            spent = cpu(run_workers(names, place, rounds=settings.rounds(11), calls=settings.calls(150)))
    finally:
        server.close()
    for subject, against, work, words, goal in rows:
        name = f"verification-{subject}-{against}".replace(" ", "-")
        yield compare(name, work, words, "us CPU", spent[subject], spent[against], goal=goal)
