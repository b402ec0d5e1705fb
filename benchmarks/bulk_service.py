"""A service for bulk: answers each batch with the numbers that it asked for, and nothing more.

    python -m benchmarks.bulk_service CORE [LATENCY_SECONDS]

Prints its port. A canned answer would not do here: a program that looks whom an answer is about would find none of
its own in it. One thread a connection; after the latency, if there is one, the answer is made and goes out at once.
Knows nothing of any client.
"""

from __future__ import annotations

import os
import re
import socket
import sys
import threading
import time

_NUMBER = re.compile(rb'"mobile": ?"([0-9]{11})"')


def serve(connection: socket.socket, latency: float) -> None:
    """One connection until its end."""
    buffer = b""
    with connection:
        while True:
            while b"\r\n\r\n" not in buffer:
                more = connection.recv(1 << 17)
                if not more:
                    return
                buffer += more
            head, _, body = buffer.partition(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line[:15] == b"content-length:")
            parts, held = [body], len(body)
            while held < length:
                parts.append(connection.recv(1 << 17))
                held += len(parts[-1])
            body = b"".join(parts)
            begun = time.monotonic()
            numbers = _NUMBER.findall(body[:length])
            entries = b",".join([b'{"msg_id":"28%b","mobile":"%b"}' % (number, number) for number in numbers])
            answer = b'{"success_count":%d,"failure_count":0,"recipients":[%b]}' % (len(numbers), entries)
            time.sleep(max(0.0, latency - (time.monotonic() - begun)))
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (len(answer), answer)
            )
            buffer = body[length:]


def main() -> None:
    """Listen until killed."""
    os.sched_setaffinity(0, {int(sys.argv[1])})
    latency = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            connection, _ = server.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve, args=(connection, latency), daemon=True).start()


if __name__ == "__main__":
    main()
