"""What a login costs beyond the client's own calls: CPU of the application's process, Redis being another."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import stub
from benchmarks.harness import Measured, Row, Settings, compare, contenders, cpu_per_call, in_turns, stub_core
from tests.verification.redis_server import RedisServer, find_program

PAIRS = (
    ("start", "send", "verification.start on Redis", "codes.send alone", 1.5),
    (
        "start_and_check",
        "send_and_verify",
        "verification.start and .check on Redis",
        "codes.send and .verify alone",
        1.5,
    ),
    (
        "start",
        "send_and_two_trips",
        "verification.start on Redis",
        "codes.send between two scripts in Redis that do nothing",
        None,
    ),
)


def measure(settings: Settings) -> Iterator[Measured]:
    """Both, in turns."""
    program = find_program()
    if program is None:
        raise SystemExit("bench: redis-server is needed (Debian: apt-get install redis-server)")
    server = RedisServer(program)
    try:
        with stub.running(stub_core()) as service:
            names = dict.fromkeys(name for pair in PAIRS for name in pair[:2])
            place = {"base": service.plain, "redis": server.url}
            with contenders("benchmarks.contenders_verification", names, place) as up:
                turns = in_turns(up, rounds=settings.rounds(11), calls=settings.calls(150), again=5, warm_up=50)
            spent = cpu_per_call(turns)
    finally:
        server.close()
    for subject, against, work, words, goal in PAIRS:
        yield Row(
            id=f"verification-{subject}-{against}".replace("_", "-"),
            work=work,
            against=words,
            unit="us CPU",
            goal=goal,
            **compare(spent, subject=subject, against=against),
        )
