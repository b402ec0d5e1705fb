"""Phone verification over several processes and a real Redis: count texts, attempts and accepted codes.

    python -m experiments.verification            4 processes, 1,000 rounds, then servers that are killed
    python -m experiments.verification --rounds 50

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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import redis
from jsmskit import JsmsClient
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from jsmskit.verification import PhoneVerification, Policy, RedisStore, TooManyRequestsError, VerificationStoreError

from experiments import figures_files
from tests.verification.redis_server import RedisServer, find_program

PEPPER = "a pepper for experiments only"
ATTEMPTS = 5
BUDGET = 120
KILLS = 4
OPEN = {
    "per_purpose_hour": None,
    "per_address_hour": None,
    "per_address_day": None,
    "budget_hour": None,
    "budget_day": None,
}


@dataclass(frozen=True)
class Setup:
    """What a process needs to take part."""

    mock_url: str
    redis_url: str
    threads: int
    policy: Policy


class Participant:
    """One process: its client, its store, and how often the service was asked."""

    def __init__(self, setup: Setup) -> None:
        self.asked: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.client = JsmsClient(APP_KEY, MASTER_SECRET, base_url=setup.mock_url, observer=self._observe)
        self.store = RedisStore(setup.redis_url, pepper=PEPPER, timeout=20)
        self.verification = PhoneVerification(self.client, store=self.store, policy=setup.policy)

    def _observe(self, begun: Any) -> Any:
        with self._lock:
            self.asked[begun.operation] += 1
        return lambda ended: None

    def start(self, phone: str) -> str:
        try:
            return "sent" if self.verification.start(phone, purpose="login") else "failed"
        except TooManyRequestsError as error:
            return error.limit.value
        except VerificationStoreError:
            return "store_failed"

    def check(self, phone: str, code: str) -> str:
        result = self.verification.check(phone, code, purpose="login")
        return "right" if result.reason is None else result.reason.value


def play_rounds(number: int, setup: Setup, rounds: int, barrier: Any, code: Any, results: Any) -> None:
    """Take part in all rounds, in a process of its own."""
    me = Participant(setup)
    with ThreadPoolExecutor(setup.threads) as pool:
        for round_number in range(rounds):
            phone = phone_of(round_number)
            barrier.wait()
            starts = Counter(pool.map(me.start, [phone] * setup.threads))
            barrier.wait()  # the parent reads the code from the phone
            barrier.wait()
            me.asked.clear()
            right = code.value.decode()
            wrong = f"{(int(right) + 1 + number) % 1_000_000:06d}"
            typed = [right if place % 2 else wrong for place in range(setup.threads)]
            checks = Counter(pool.map(me.check, [phone] * setup.threads, typed))
            results.put((round_number, starts, checks, me.asked["verifyCode"]))


def phone_of(number: int) -> str:
    return f"138{number:08d}"


def run_rounds(program: str, processes: int, threads: int, rounds: int) -> dict[str, Any]:
    """Play the rounds, and count what was violated."""
    server = RedisServer(program)
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(processes + 1), context.Queue()
    code = context.Array("c", 16)
    totals: Counter[str] = Counter()
    violations: Counter[str] = Counter({"texts": 0, "attempts": 0, "accepted": 0})
    begun = time.monotonic()
    with JsmsMock(seed=16) as mock, mock.serve() as served:
        setup = Setup(served.url, server.url, threads, Policy(max_attempts=ATTEMPTS, **OPEN))
        workers = [
            context.Process(target=play_rounds, args=(number, setup, rounds, barrier, code, results))
            for number in range(processes)
        ]
        for worker in workers:
            worker.start()
        for round_number in range(rounds):
            barrier.wait()
            barrier.wait()
            messages = mock.messages(phone_of(round_number))
            code.value = (messages[-1].code or "").encode()
            barrier.wait()
            asked = accepted = 0
            for _ in workers:
                _, starts, checks, verified = results.get(timeout=120)
                asked += verified
                accepted += checks["right"]
                totals.update({f"start {name}": count for name, count in starts.items()})
                totals.update({f"check {name}": count for name, count in checks.items()})
            totals["texts"] += len(messages)
            totals["codes that reached the service"] += asked
            violations["texts"] += len(messages) != 1
            violations["attempts"] += asked > ATTEMPTS
            violations["accepted"] += accepted > 1
        for worker in workers:
            worker.join()
    seconds = time.monotonic() - begun
    server.close()
    return {
        "processes": processes,
        "threads": threads,
        "rounds": rounds,
        "seconds": round(seconds, 1),
        "counts": dict(sorted(totals.items())),
        "violations": dict(violations),
    }


def spend(number: int, setup: Setup, stop: Any, results: Any) -> None:
    """Ask for codes to ever new numbers until told to stop."""
    me = Participant(setup)
    outcomes: Counter[str] = Counter()

    def ask(thread: int) -> None:
        place = 0
        while not stop.is_set():
            outcome = me.start(phone_of(1_000_000 * (1 + number * setup.threads + thread) + place))
            with me._lock:
                outcomes[outcome] += 1
            place += 1
            if outcome != "sent":
                stop.wait(0.01)

    with ThreadPoolExecutor(setup.threads) as pool:
        list(pool.map(ask, range(setup.threads)))
    results.put(outcomes)


def run_kills(program: str, processes: int, threads: int, *, appendonly: bool) -> dict[str, Any]:
    """Kill Redis while a budget is spent; count the texts."""
    server = RedisServer(program, appendonly=appendonly)
    context = multiprocessing.get_context("spawn")
    stop, results = context.Event(), context.Queue()
    limits = OPEN | {"budget_hour": BUDGET}
    sent: list[int] = []
    with JsmsMock(seed=16) as mock, mock.serve() as served:
        setup = Setup(served.url, server.url, threads, Policy(**limits))
        workers = [context.Process(target=spend, args=(number, setup, stop, results)) for number in range(processes)]
        for worker in workers:
            worker.start()
        for kill in range(1, KILLS + 1):
            # Well before the budget is spent, then later and later, the last time after it was reached.
            wait_for(lambda kill=kill: len(mock.messages()) >= BUDGET * kill // (KILLS + 1) or bool(sent[1:]))
            server.kill()
            server.start()
            wait_for(lambda: reached(server))
            sent.append(len(mock.messages()))
        time.sleep(2)
        stop.set()
        outcomes = sum((results.get(timeout=60) for _ in workers), Counter())
        for worker in workers:
            worker.join()
        texts = len(mock.messages())
    server.close()
    return {
        "appendonly": appendonly,
        "kills": KILLS,
        "budget": BUDGET,
        "texts": texts,
        "texts after each kill": sent,
        "counts": dict(sorted(outcomes.items())),
        "violations": int(texts > BUDGET),
    }


def wait_for(condition: Any, seconds: float = 60) -> None:
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
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=1000)
    arguments = parser.parse_args()
    program = find_program()
    if program is None:
        print("redis-server is not installed (apt-get install redis-server)")
        return 2
    rounds = run_rounds(program, arguments.processes, arguments.threads, arguments.rounds)
    kills = [
        run_kills(program, arguments.processes, arguments.threads, appendonly=appendonly)
        for appendonly in (True, False)
    ]
    violations = sum(rounds["violations"].values()) + sum(each["violations"] for each in kills)
    print(f"{rounds['rounds']} rounds, {2 * KILLS} kills, {violations} violations")
    figures = {"command": "python -m experiments.verification", "cpus": os.cpu_count()}
    figures_files.write("verification", figures | {"rounds": rounds, "kills": kills, "violations": violations})
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
