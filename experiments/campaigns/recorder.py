"""A tiny service that takes batches and writes down whom it took. The process shares no code with the package.

    python experiments/campaigns/recorder.py LOG SEED BEFORE AFTER

Prints its port. It takes a request at a random moment (of BEFORE milliseconds) after it has read it, whether the client
still lives or not, by appending one line with all numbers to LOG; then it answers, after another random moment (of
AFTER milliseconds). The log is the only witness. `GET /settled` is answered when every request that came before it has
been taken.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import urllib.request
from itertools import count
from pathlib import Path


class Recorder:
    """The service, in a process of its own that is never killed."""

    def __init__(self, log: Path, seed: int, before: float = 3.0, after: float = 6.0) -> None:
        command = [sys.executable, __file__, str(log), str(seed), str(before), str(after)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def settled(self) -> None:
        """Wait until it has taken all that came to it: requests of the dead, too."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/settled", timeout=60) as answer:
            answer.read()

    def close(self) -> None:
        """End it."""
        with self._process:
            self._process.kill()


async def serve(log: int, chance: random.Random, before: float, after: float) -> None:
    """Serve until killed."""
    under_way = 0
    numbers = count(1)

    async def act(path: bytes, body: bytes) -> object:
        nonlocal under_way
        if b"/messages/batch" in path:
            phones = [entry["mobile"] for entry in json.loads(body)["recipients"]]
            under_way += 1
            await asyncio.sleep(chance.random() * before)
            os.write(log, (" ".join(phones) + "\n").encode())
            under_way -= 1
            await asyncio.sleep(chance.random() * after)
            entries = [{"mobile": phone, "msg_id": f"{next(numbers)}"} for phone in phones]
            return {"success_count": len(entries), "failure_count": 0, "recipients": entries}
        if b"/settled" in path:
            await asyncio.sleep(0.01)  # what lies in other sockets is read meanwhile
            while under_way:  # noqa: ASYNC110  # some milliseconds, and a plain number says it
                await asyncio.sleep(0.001)
            return {}
        return {"app_balance": 10**9, "app_voice": 0, "app_industry": 0, "app_market": 0}

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                path, *headers = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
                length = next((one[15:] for one in headers if one.lower().startswith(b"content-length:")), b"0")
                answer = json.dumps(await act(path, await reader.readexactly(int(length)))).encode()
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(answer) + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    place, seed, before, after = sys.argv[1:]
    log = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    asyncio.run(serve(log, random.Random(int(seed)), float(before) / 1000, float(after) / 1000))
