"""Make very many calls under everything that goes on at once in an application, and compare words with arrivals.

    python -m experiments.concurrent_calls                    200,000 calls, experiments/figures/concurrent_calls.json
    python -m experiments.concurrent_calls --calls 5000       writes nothing

Five clients, each in a process of its own: many threads on few connections, many tasks that are cancelled, Ctrl-C at
any moment, forks beside threads, several event loops at once. A server in another process counts how often the whole
of each request arrives; it resets some connections after that, and leaves some requests without a response.

Never may a request arrive twice, may "not sent" be said of one that arrived, may a connection be lost to the pool, or
a call end later than its deadline and a fifth of a second. The first call of a process loads modules, which no deadline
bounds, so it is made before the others. A call that is late because no thread of its process ran is counted apart.
Exit code 1 if one of these happened.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import faulthandler
import json
import logging
import multiprocessing
import os
import random
import signal
import socket
import struct
import sys
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, ClassVar, Final

from jsmskit import AsyncJsmsClient, JsmsClient, JsmsError

from experiments import figures_files

PAIR: Final = ("7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1")
PHONE: Final = "13800138000"
DEADLINE: Final = 1.0
GRACE: Final = 0.2
RESETS, STALLS = 50, 1000
"""Every 50th request is reset after its last byte, every 1000th is not answered."""
LONGEST: Final = 1200
"""Seconds for one client: one that takes longer hangs."""


class Arrivals(asyncio.Protocol):
    """One connection of the server."""

    arrived: ClassVar[Counter[int]] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, blank, body = self._received.partition(b"\r\n\r\n")
        if not blank or len(body) < int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]):
            return
        self._received = b""
        number = json.loads(body)["temp_id"]
        self.arrived[number] += 1
        if number % RESETS == 0:
            linger = struct.pack("ii", 1, 0)
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self._transport.abort()
        elif number % STALLS != 1:
            self._transport.write(b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"msg_id": "12"}')


def serve(line: Connection) -> None:
    """Listen until told to end; then tell what arrived."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(Arrivals, "127.0.0.1", 0, backlog=1024)
        line.send(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(line.recv)
        line.send(dict(Arrivals.arrived))

    asyncio.run(main())


class Canary(threading.Thread):
    """Sleeps a moment again and again: how much longer it slept is the delay of the machine, not of a call."""

    delays: ClassVar[list[tuple[float, float]]] = []

    def run(self) -> None:
        while True:
            begun = time.monotonic()
            time.sleep(0.01)
            ended = time.monotonic()
            if ended - begun > 0.02:
                self.delays.append((ended, ended - begun - 0.01))

    @classmethod
    def delayed(cls, begun: float) -> float:
        """Seconds since then for which no thread of this process that wanted to run could."""
        return sum(delay for ended, delay in cls.delays if ended > begun)


@dataclass
class Told:
    """What one client said of its calls."""

    words: Counter[str] = field(default_factory=Counter)
    not_sent: list[int] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    late_with_the_machine: int = 0
    slots_lost: int = 0

    @contextlib.contextmanager
    def call(self, number: int) -> Iterator[None]:
        """Make one call in this context."""
        begun = time.monotonic()
        try:
            yield
        except JsmsError as error:
            self._note(number, str(error.outcome), begun)
        except asyncio.CancelledError:
            self._note(number, "cancelled", begun)
            raise
        else:
            self._note(number, "accepted", begun)

    def _note(self, number: int, word: str, begun: float) -> None:
        seconds = time.monotonic() - begun
        self.words[word] += 1
        if word == "not_sent":
            self.not_sent.append(number)
        if seconds > DEADLINE + GRACE:
            if seconds - Canary.delayed(begun) > DEADLINE + GRACE:
                self.late.append(round(seconds, 3))
            else:
                self.late_with_the_machine += 1

    def look(self, client: Any) -> None:
        """Count the connections that are in use although no call is."""
        transport = client._transport.get()
        self.slots_lost += sum(len(pool.limiter.line) for pool in transport._pools.values())


def ask(client: JsmsClient, number: int, told: Told) -> None:
    with told.call(number):
        client.messages.send(PHONE, number)


async def ask_async(client: AsyncJsmsClient, number: int, told: Told) -> None:
    with told.call(number):
        await client.messages.send(PHONE, number)


def client_of(base: str, **options: Any) -> JsmsClient:
    return JsmsClient(*PAIR, base_url=base, deadline=DEADLINE, **options)


def threads(base: str, numbers: range, told: Told) -> None:
    """16 threads on 6 connections."""
    with client_of(base, max_connections=6) as client, ThreadPoolExecutor(16) as pool:
        ask(client, numbers[0], told)
        for _ in pool.map(lambda number: ask(client, number, told), numbers[1:]):
            pass
        told.look(client)


def cancelled(base: str, numbers: range, told: Told) -> None:
    """32 tasks on 8 connections; every tenth call is cancelled at some moment."""
    dice = random.Random(1)
    waiting = iter(numbers[1:])

    async def work(client: AsyncJsmsClient) -> None:
        for number in waiting:
            if dice.random() < 0.1:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(dice.random() * 0.02):
                        await ask_async(client, number, told)
            else:
                await ask_async(client, number, told)

    async def main() -> None:
        async with AsyncJsmsClient(*PAIR, base_url=base, deadline=DEADLINE, max_connections=8) as client:
            await ask_async(client, numbers[0], told)
            await asyncio.gather(*(work(client) for _ in range(32)))
            told.look(client)

    asyncio.run(main())


def interrupted(base: str, numbers: range, told: Told) -> None:
    """Every third call meets Ctrl-C. There is one connection, so one that is lost would be missed by the next call."""
    dice = random.Random(2)
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    client = client_of(base, max_connections=1)
    for number in numbers:
        try:
            if number % 3 == 0:
                signal.setitimer(signal.ITIMER_REAL, max(1e-6, dice.random() * 0.002))
            ask(client, number, told)
            signal.setitimer(signal.ITIMER_REAL, 0)
        except KeyboardInterrupt:
            told.words["interrupted"] += 1
    told.look(client)
    client.close()


def forks(base: str, numbers: range, told: Told) -> None:
    """Two threads call while the main one forks; every child makes ten calls with the client that it was given."""
    half = len(numbers) // 2
    with client_of(base, max_connections=2) as client, ThreadPoolExecutor(2) as pool:

        def child(start: int, line: Connection) -> None:
            faulthandler.dump_traceback_later(20, exit=True)
            Canary(daemon=True).start()
            mine = Told()
            for number in numbers[start : start + 10]:
                ask(client, number, mine)
            line.send(mine)
            os._exit(0)

        ask(client, numbers[0], told)
        calling = pool.map(lambda number: ask(client, number, told), numbers[1:half])
        for start in range(half, len(numbers), 10):
            here, there = multiprocessing.Pipe(duplex=False)
            process = multiprocessing.get_context("fork").Process(target=child, args=(start, there))
            process.start()
            there.close()
            try:
                said = here.recv()
            except EOFError:
                told.words["child that hung or died"] += 1
            else:
                told.words.update(said.words)
                told.not_sent += said.not_sent
                told.late += said.late
            process.join()
        for _ in calling:
            pass
        told.look(client)


def loops(base: str, numbers: range, told: Told) -> None:
    """One client in four event loops at once, each in a thread, with eight calls in flight; loops come and go."""
    client = AsyncJsmsClient(*PAIR, base_url=base, deadline=DEADLINE, max_connections=4)

    async def story(mine: range) -> None:
        waiting = iter(mine)

        async def work() -> None:
            for number in waiting:
                await ask_async(client, number, told)

        await asyncio.gather(*(work() for _ in range(8)))

    asyncio.run(ask_async(client, numbers[0], told))
    portions = [numbers[start : start + 500] for start in range(1, len(numbers), 500)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda portion: asyncio.run(story(portion)), portions))
    told.look(client)
    asyncio.run(client.aclose())


SHARES: Final = {threads: 0.30, cancelled: 0.25, interrupted: 0.15, forks: 0.05, loops: 0.25}
"""The clients, and of all calls how many each makes."""


def live(make: Callable[[str, range, Told], None], base: str, numbers: range, line: Connection) -> None:
    """One client's process."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")  # of connections that old event loops leave to the collector
    Canary(daemon=True).start()
    told = Told()
    make(base, numbers, told)
    line.send(told)


def run(calls: int) -> dict[str, Any]:
    """One client after the other, against one server; return the figures."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=serve, args=(there,), daemon=True)
    server.start()
    base = f"http://127.0.0.1:{here.recv()}/v1"
    clients: dict[str, Any] = {}
    not_sent: list[int] = []
    first = 1
    for make, share in SHARES.items():
        name = make.__name__
        numbers = range(first, first + round(calls * share))
        first = numbers.stop
        begun = time.monotonic()
        told, teller = context.Pipe(duplex=False)
        process = context.Process(target=live, args=(make, base, numbers, teller))
        process.start()
        teller.close()
        if not told.poll(LONGEST):
            process.kill()
            raise SystemExit(f"{name}: the calls have not come to their end in {LONGEST} seconds")
        said = told.recv()
        process.join()
        not_sent += said.not_sent
        clients[name] = {
            "calls": len(numbers),
            "seconds": round(time.monotonic() - begun),
            "words": dict(sorted(said.words.items())),
            "slots_lost": said.slots_lost,
            "late": len(said.late),
            "latest_seconds": max(said.late, default=0),
            "late_because_the_machine_stood_still": said.late_with_the_machine,
        }
        print(name, json.dumps(clients[name]), flush=True)
    here.send("end")
    arrived: dict[int, int] = here.recv()
    server.join()
    return {
        "what": "calls under threads, cancellation, Ctrl-C, forks and several event loops, compared with what arrived",
        "command": "python -m experiments.concurrent_calls",
        "load_average": round(os.getloadavg()[1], 1),
        "calls": first - 1,
        "arrived": len(arrived),
        "violations": {
            "arrived_twice": sum(count > 1 for count in arrived.values()),
            "not_sent_but_arrived": len(set(not_sent) & set(arrived)),
            "slots_lost": sum(one["slots_lost"] for one in clients.values()),
            "children_that_hung": sum(one["words"].get("child that hung or died", 0) for one in clients.values()),
            "past_the_deadline": sum(one["late"] for one in clients.values()),
        },
        "clients": clients,
    }


def main() -> int:
    """Run, write, judge."""
    parser = argparse.ArgumentParser(description="Very many calls under everything that goes on at once.")
    parser.add_argument("--calls", type=int)
    given = parser.parse_args()
    figures = run(given.calls or 200_000)
    figures_files.write("concurrent_calls", figures, keep=given.calls is None)
    return int(any(figures["violations"].values()))


if __name__ == "__main__":
    sys.exit(main())
