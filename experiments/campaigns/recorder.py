"""A tiny service that takes batches and writes down whom it took, for the crash harness. Shares no code with
the package.

    python -m experiments.campaigns.recorder LOG [--seed N] [--before MS] [--after MS]

Prints its port. It takes a request at a random moment after it has read it, whether the client still lives or
not, by appending one line with all numbers to LOG; then it answers, after another random moment. The log is
the only witness. `GET /settled` is answered when every request that came before it has been taken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
from itertools import count

_NEXT = count(1)


def batch_answer(phones: list[str]) -> bytes:
    """The answer of a service that takes everybody."""
    entries = [{"mobile": phone, "msg_id": f"{next(_NEXT)}"} for phone in phones]
    return json.dumps({"success_count": len(entries), "failure_count": 0, "recipients": entries}).encode()


async def serve(log: int, chance: random.Random, before: float, after: float) -> None:
    """Serve until killed."""
    under_way = 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal under_way
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = 0
                for line in head.split(b"\r\n"):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                body = await reader.readexactly(length)
                if b"/messages/batch" in head.split(b"\r\n")[0]:
                    phones = [entry["mobile"] for entry in json.loads(body)["recipients"]]
                    under_way += 1
                    await asyncio.sleep(chance.random() * before)
                    os.write(log, (" ".join(phones) + "\n").encode())
                    under_way -= 1
                    await asyncio.sleep(chance.random() * after)
                    answer = batch_answer(phones)
                elif b"/settled" in head.split(b"\r\n")[0]:
                    await asyncio.sleep(0.01)  # what lies in other sockets is read meanwhile
                    while under_way:  # noqa: ASYNC110  # an event would be as long
                        await asyncio.sleep(0.001)
                    answer = b"{}"
                else:
                    answer = b'{"app_balance": 1000000000, "app_voice": 0, "app_industry": 0, "app_market": 0}'
                start = f"HTTP/1.1 200 OK\r\ncontent-length: {len(answer)}\r\n\r\n"
                writer.write(start.encode() + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="Take batches and write down whom.")
    parser.add_argument("log")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--before", type=float, default=3.0, help="milliseconds at most before it takes")
    parser.add_argument("--after", type=float, default=6.0, help="milliseconds at most before it answers")
    given = parser.parse_args()
    log = os.open(given.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    asyncio.run(serve(log, random.Random(given.seed), given.before / 1000, given.after / 1000))


if __name__ == "__main__":
    sys.exit(main())
