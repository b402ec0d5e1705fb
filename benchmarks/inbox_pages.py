"""What open inbox pages cost the mock's server: CPU per message with no page open and with many.

    python -m benchmarks.inbox_pages [--pages 50] [--messages 600] [--rounds 3] [--out FILE]

The server is a process of its own, its CPU time read from the kernel (Linux), so what else the machine does
counts little. Messages are sent one after the other as fast as one connection goes; the pages are raw streams
that read everything. Rounds with and without pages take turns. Every page must have been told of every message.
Prints one JSON object, and writes it with --out.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import selectors
import socket
import statistics
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from jsmskit.mock import APP_KEY, MASTER_SECRET

ARRIVED = re.compile(rb'"arrived":(\d+)')
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Read the CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Pages:
    """Open streams that read all they are sent, in a thread."""

    def __init__(self, origin: str, count: int) -> None:
        address = urlsplit(origin)
        self.told = [0] * count
        self._rest = [b""] * count
        self._selector = selectors.DefaultSelector()
        self._sockets = []
        for number in range(count):
            sock = socket.create_connection((address.hostname, address.port))
            sock.sendall(f"GET /_mock/events HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
            while b"event: hello" not in sock.recv(65536):
                pass
            self._selector.register(sock, selectors.EVENT_READ, number)
            self._sockets.append(sock)
        self._closing = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._closing:
            for key, _ in self._selector.select(0.05):
                number: int = key.data
                text = self._rest[number] + key.fileobj.recv(1 << 20)  # type: ignore[union-attr]  # only sockets
                counts = ARRIVED.findall(text)
                self.told[number] += sum(map(int, counts))
                # A number may be cut in two; what follows the last whole one is looked at again.
                self._rest[number] = text[text.rfind(b'"arrived":') + 11 :][-40:] if counts else text[-40:]

    def wait_for(self, messages: int) -> None:
        """Wait until every page was told of so many messages."""
        waiting = threading.Event()
        while any(told < messages for told in self.told):
            waiting.wait(0.02)

    def close(self) -> None:
        """Close all."""
        self._closing = True
        self._thread.join()
        for sock in self._sockets:
            sock.close()


def measure(pages: int, messages: int) -> float:
    """Give the microseconds of server CPU that a message cost, with so many pages open."""
    command = [sys.executable, "-m", "jsmskit", "mock", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"service (http://\S+)/v1", server.stdout.readline())
        assert found is not None, "the mock did not start"
        origin = found[1]
        try:
            with httpx.Client(
                base_url=f"{origin}/v1", auth=(APP_KEY, MASTER_SECRET), trust_env=False
            ) as client:

                def send(number: int) -> None:
                    client.post(
                        "/codes", json={"mobile": f"139{number:08d}", "temp_id": 1}
                    ).raise_for_status()

                for number in range(50):  # caches and lazily made parts
                    send(99_000_000 + number)
                readers = Pages(origin, pages)
                before = cpu_seconds(server.pid)
                for number in range(messages):
                    send(number)
                readers.wait_for(messages if pages else 0)
                cost = cpu_seconds(server.pid) - before
                readers.close()
        finally:
            server.terminate()
    return cost / messages * 1e6


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--messages", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    costs: dict[int, list[float]] = {0: [], options.pages: []}
    for _ in range(options.rounds):
        for pages, found in costs.items():
            found.append(round(measure(pages, options.messages), 1))
    alone, watched = (statistics.median(found) for found in costs.values())
    told: dict[str, Any] = {
        "what": "CPU of the mock's server per message, in microseconds",
        "messages": options.messages,
        "pages": options.pages,
        "without_pages": costs[0],
        "with_pages": costs[options.pages],
        "ratio": round(watched / alone, 2),
        "gate": 2.0,
    }
    text = json.dumps(told, indent=2)
    print(text)
    if options.out:
        options.out.write_text(text + "\n")
    return 0 if told["ratio"] <= told["gate"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
