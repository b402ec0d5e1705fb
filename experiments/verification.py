"""Phone verification over several processes and a real Redis: count texts, attempts and accepted codes.

    python -m experiments.verification                4 processes, 1,000 rounds, then servers that are killed
    python -m experiments.verification --rounds 50    writes nothing

A round is one number. All threads of all processes ask for a code at once: one text may go out. Then all of them type a
code at once, half of them the right one: at most 5 may reach the service, and at most one may be accepted. Afterwards
Redis is killed several times while all processes spend a budget, with and without `appendonly`: no text may go out
beyond the budget. Exits with 1 if anything is violated. Writes experiments/figures/verification.json.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, Final

import redis
from jsmskit import JsmsClient
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from jsmskit.verification import PhoneVerification, Policy, RedisStore, TooManyRequestsError, VerificationStoreError

from experiments import figures_files
from tests.verification.redis_server import RedisServer, find_program

PROCESSES, THREADS = 4, 4
ATTEMPTS, BUDGET, KILLS = 5, 120, 4
OPEN: Final[dict[str, Any]] = dict.fromkeys(
    ("per_purpose_hour", "per_address_hour", "per_address_day", "budget_hour", "budget_day")
)


class Participant:
    """One process: what its threads do when it is told."""

    def __init__(self, mock_url: str, redis_url: str, policy: Policy) -> None:
        client = JsmsClient(APP_KEY, MASTER_SECRET, base_url=mock_url)
        store = RedisStore(redis_url, pepper="a pepper for experiments only", timeout=20)
        self._verification = PhoneVerification(client, store=store, policy=policy)
        self.enough = threading.Event()

    def start(self, phone: str) -> str:
        try:
            return "sent" if self._verification.start(phone, purpose="login") else "failed"
        except TooManyRequestsError as error:
            return error.limit.value
        except VerificationStoreError:
            return "store_failed"

    def check(self, typed: tuple[str, str]) -> str:
        result = self._verification.check(*typed, purpose="login")
        return "right" if result.reason is None else result.reason.value

    def spend(self, first: int) -> Counter[str]:
        """Ask for codes to ever new numbers until it is enough."""
        outcomes: Counter[str] = Counter()
        while not self.enough.is_set():
            outcome = self.start(f"138{first + outcomes.total():08d}")
            outcomes[outcome] += 1
            if outcome != "sent":
                self.enough.wait(0.01)
        return outcomes


def take_part(line: Connection, *setup: Any) -> None:
    """Be a process: orders come as the name of a method and what each thread does it with; an empty one is the end."""
    me = Participant(*setup)
    with ThreadPoolExecutor(THREADS) as pool:
        while order := line.recv():
            method, arguments = order
            doing = [pool.submit(getattr(me, method), argument) for argument in arguments]
            if method == "spend":
                line.recv()
                me.enough.set()
            line.send([one.result() for one in doing])


class Processes:
    """All of them."""

    def __init__(self, *setup: Any) -> None:
        context = multiprocessing.get_context("spawn")
        pipes = [context.Pipe() for _ in range(PROCESSES)]
        self.lines = [here for here, _ in pipes]
        for _, there in pipes:
            context.Process(target=take_part, args=(there, *setup), daemon=True).start()

    def tell(self, method: str, arguments: list[Any]) -> None:
        """Let every thread do something, each with its own argument."""
        for place, line in enumerate(self.lines):
            line.send((method, arguments[place * THREADS : (place + 1) * THREADS]))

    def said(self) -> list[Any]:
        """Wait for all threads; what came of each."""
        return [one for line in self.lines for one in line.recv()]


@contextmanager
def at_work(server: RedisServer, policy: Policy) -> Iterator[tuple[JsmsMock, Processes]]:
    """The service and the processes."""
    with JsmsMock(seed=16) as mock, mock.serve() as served:
        processes = Processes(served.url, server.url, policy)
        yield mock, processes
        for line in processes.lines:
            line.send(())
    server.close()


def run_rounds(program: str, rounds: int) -> dict[str, Any]:
    """Play the rounds, and count what was violated."""
    totals: Counter[str] = Counter()
    violations: Counter[str] = Counter(texts=0, attempts=0, accepted=0)
    begun = time.monotonic()
    everybody = PROCESSES * THREADS
    with at_work(RedisServer(program), Policy(max_attempts=ATTEMPTS, **OPEN)) as (mock, processes):
        for number in range(rounds):
            phone = f"138{number:08d}"
            processes.tell("start", [phone] * everybody)
            starts = Counter(processes.said())
            texts = mock.messages(phone)
            right = texts[-1].code or ""
            wrong = [f"{(int(right) + 1 + place) % 1_000_000:06d}" for place in range(everybody)]
            mock.requests.clear()
            processes.tell("check", [(phone, right if place % 2 else wrong[place]) for place in range(everybody)])
            checks = Counter(processes.said())
            asked = len(mock.requests.listed())
            totals.update({f"start {name}": count for name, count in starts.items()})
            totals.update({f"check {name}": count for name, count in checks.items()})
            totals.update({"texts": len(texts), "codes that reached the service": asked})
            violations["texts"] += len(texts) != 1
            violations["attempts"] += asked > ATTEMPTS
            violations["accepted"] += checks["right"] > 1
    return {
        "processes": PROCESSES,
        "threads": THREADS,
        "rounds": rounds,
        "seconds": round(time.monotonic() - begun, 1),
        "counts": dict(sorted(totals.items())),
        "violations": dict(violations),
    }


def run_kills(program: str, *, appendonly: bool) -> dict[str, Any]:
    """Kill Redis while a budget is spent; count the texts."""
    server = RedisServer(program, appendonly=appendonly)
    sent: list[int] = []
    with at_work(server, Policy(**OPEN | {"budget_hour": BUDGET})) as (mock, processes):
        processes.tell("spend", [1_000_000 * (1 + thread) for thread in range(PROCESSES * THREADS)])
        for kill in range(1, KILLS + 1):
            # Well before the budget is spent, then later and later, the last time after it was reached.
            wait_for(lambda kill=kill: len(mock.messages()) >= BUDGET * kill // (KILLS + 1) or bool(sent[1:]))
            server.kill()
            server.start()
            wait_for(lambda: reached(server))
            sent.append(len(mock.messages()))
        time.sleep(2)
        for line in processes.lines:
            line.send("enough")
        outcomes = sum(processes.said(), Counter[str]())
        texts = len(mock.messages())
    return {
        "appendonly": appendonly,
        "kills": KILLS,
        "budget": BUDGET,
        "texts": texts,
        "texts after each kill": sent,
        "counts": dict(sorted(outcomes.items())),
        "violations": int(texts > BUDGET),
    }


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)


def reached(server: RedisServer) -> bool:
    """Whether a step was carried out since the server started."""
    try:
        return server.commands() > 0
    except redis.exceptions.RedisError:
        return False


def main() -> int:
    """Run all of it, print the counts, write the figures."""
    parser = argparse.ArgumentParser(description="Phone verification over several processes and a real Redis.")
    parser.add_argument("--rounds", type=int)
    given = parser.parse_args()
    program = find_program()
    if program is None:
        print("redis-server is not installed (apt-get install redis-server)")
        return 2
    rounds = run_rounds(program, given.rounds or 1000)
    kills = [run_kills(program, appendonly=appendonly) for appendonly in (True, False)]
    violations = sum(rounds["violations"].values()) + sum(each["violations"] for each in kills)
    figures = {"command": "python -m experiments.verification", "cpus": os.cpu_count(), "rounds": rounds}
    figures |= {"kills": kills, "violations": violations}
    figures_files.write("verification", figures, keep=given.rounds is None)
    return int(bool(violations))


if __name__ == "__main__":
    sys.exit(main())
