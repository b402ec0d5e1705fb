"""One typed send after the other on a kept connection, against everything else that could send the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import stub
from benchmarks.harness import Measured, Row, Settings, compare, contenders, cpu_per_call, in_turns, stub_core

MODULE = "benchmarks.contenders_sync"
PEERS = {
    "httpx_client": ("bare httpx.Client.post", 0.35),
    "httpx2_client": ("bare httpx2.Client.post", 0.45),
    "vendor": ("the vendor's jsms 0.0.4", 0.30),
    "generated": ("the generated client on its own", None),
    "requests_session": ("requests.Session", None),
    "urllib3_pool": ("urllib3.PoolManager", None),
    "pyqwest_client": ("pyqwest (Rust)", None),
    "http_client": ("http.client of the standard library", None),
    "raw_socket": ("floor: a socket, bytes made beforehand", None),
}


def measure(settings: Settings) -> Iterator[Measured]:
    """CPU per call, plain and over TLS."""
    with stub.running(stub_core()) as service:
        for scheme, base in (("plain", service.plain), ("tls", service.secure)):
            names = ["jsmskit", *(PEERS if scheme == "plain" else ("httpx_client", "httpx2_client", "vendor"))]
            place = {"base": base, **({"ca_file": service.ca_file} if scheme == "tls" else {})}
            with contenders(MODULE, names, place) as up:
                turns = in_turns(up, rounds=settings.rounds(11), calls=settings.calls(150), again=5, warm_up=50)
            spent = cpu_per_call(turns)
            for name in names[1:]:
                words, goal = PEERS[name]
                yield Row(
                    id=f"sync-{scheme}-{name}",
                    work="typed send, connection kept" + (", TLS" if scheme == "tls" else ""),
                    against=words,
                    unit="us CPU/call",
                    goal=goal if scheme == "plain" else None,
                    **compare(spent, against=name),
                )
