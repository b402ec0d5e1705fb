"""The programs that send a whole list, each a process of its own, from the CSV to its end; and their service.

    python -m benchmarks.bulk_contenders NAME LIST.csv PORT IN_FLIGHT
    python -m benchmarks.bulk_contenders serve CORE LATENCY_SECONDS

`naive` is the loop that people write: the list in memory, `requests`, `json`, the results in memory, no ledger: a crash
loses everything. `floor` is what can hardly be gone below in Python with a row for each recipient in a ledger:
everything by hand and in one loop, orjson, a bare socket, the intent and then the results of each batch in SQLite (WAL,
FULL). It checks nothing: no number, no value, no duplicate, no answer. `jsmskit` plans and runs a campaign.
`plan_only` and `read_only` send nothing.
Each prints one line: the seconds that sending took, by the clock, and its peak of resident memory in MiB.

The service answers each batch with the numbers that it asked for, and nothing more, after the latency; it prints its
port. A canned answer would not do: a program that looks whom an answer is about would find none of its own in it.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
import re
import socket
import sqlite3
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.contenders import KEY, SECRET

SIZE = 1000
_NUMBER = re.compile(rb'"mobile": ?"([0-9]{11})"')


def naive(path: str, port: int, in_flight: int) -> float:
    """Everything in memory."""
    import requests

    with open(path, encoding="utf-8") as file:
        people = list(csv.DictReader(file))
    begun = time.monotonic()
    results: list[Any] = []
    with requests.Session() as session:
        for start in range(0, len(people), SIZE):
            part = people[start : start + SIZE]
            recipients = [{"mobile": one["phone"], "temp_para": {"name": one["name"]}} for one in part]
            answer = session.post(
                f"http://127.0.0.1:{port}/v1/messages/batch",
                data=json.dumps({"temp_id": 7, "recipients": recipients}),
                auth=(KEY, SECRET),
                headers={"Content-Type": "application/json"},
            )
            answer.raise_for_status()
            results += answer.json()["recipients"]
    assert len(results) == len(people)
    return time.monotonic() - begun


def floor(path: str, port: int, in_flight: int) -> float:
    """By hand, in one loop."""
    import orjson

    head = f"POST /v1/messages/batch HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n".encode()
    with tempfile.TemporaryDirectory() as folder, open(path, encoding="utf-8", newline="") as file:
        ledger = sqlite3.connect(Path(folder) / "floor.db", isolation_level=None)
        ledger.execute("PRAGMA journal_mode=WAL")
        ledger.execute("PRAGMA synchronous=FULL")
        ledger.execute("CREATE TABLE batch (batch INTEGER PRIMARY KEY, state TEXT)")
        ledger.execute("CREATE TABLE result (batch INT, mobile TEXT, msg_id TEXT, code TEXT)")
        rows = csv.reader(file)
        next(rows)
        with socket.create_connection(("127.0.0.1", port)) as wire:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            begun = time.monotonic()
            for batch in itertools.count():
                part = list(itertools.islice(rows, SIZE))
                if not part:
                    return time.monotonic() - begun
                ledger.execute("INSERT INTO batch VALUES (?, 'sent')", (batch,))
                recipients = [{"mobile": phone, "temp_para": {"name": name}} for phone, name in part]
                body = orjson.dumps({"temp_id": 7, "recipients": recipients})
                wire.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
                answer = wire.recv(1 << 17)
                start, _, got = answer.partition(b"\r\n\r\n")
                length = int(start.lower().partition(b"content-length:")[2].split()[0])
                while len(got) < length:
                    got += wire.recv(1 << 17)
                entries = orjson.loads(got)["recipients"]
                ledger.execute("BEGIN IMMEDIATE")
                ledger.executemany(
                    "INSERT INTO result VALUES (?, ?, ?, ?)",
                    [(batch, one["mobile"], one.get("msg_id"), one.get("error_code")) for one in entries],
                )
                ledger.execute("UPDATE batch SET state='done' WHERE batch=?", (batch,))
                ledger.execute("COMMIT")
    raise AssertionError("unreachable")


def jsmskit(path: str, port: int, in_flight: int) -> float:
    """A campaign: planned, run, settled."""
    from jsmskit import JsmsClient
    from jsmskit.campaigns import CampaignRunner, RunSettings, TemplateFacts, TemplateKind, open_ledger, plan

    facts = TemplateFacts(7, "您好 {{name}}", TemplateKind.NOTICE, sign="测试")
    with (
        tempfile.TemporaryDirectory() as folder,
        open_ledger(Path(folder) / "ledger.db") as ledger,
        JsmsClient(KEY, SECRET, base_url=f"http://127.0.0.1:{port}/v1") as client,
    ):
        planned = plan(ledger, path, facts)
        begun = time.monotonic()
        settings = RunSettings(concurrency=in_flight, canary=in_flight == 1)
        result = CampaignRunner(ledger, client, settings).run(planned.campaign_id, check_balance=False)
        seconds = time.monotonic() - begun
        assert result.counts.accepted == planned.recipients, result.counts
    return seconds


def plan_only(path: str, port: int, in_flight: int) -> float:
    """A campaign planned, from a CSV or a workbook: read, judged, stored."""
    from jsmskit.campaigns import TemplateFacts, TemplateKind, open_ledger, plan

    facts = TemplateFacts(7, "您好 {{name}}", TemplateKind.NOTICE, sign="测试")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, open_ledger(Path(folder) / "ledger.db") as ledger:
        plan(ledger, path, facts)
    return time.monotonic() - begun


def read_only(path: str, port: int, in_flight: int) -> float:
    """The same file through a bare reader, rows forgotten: the csv module, or openpyxl."""
    begun = time.monotonic()
    if path.endswith(".xlsx"):
        import openpyxl

        sheet = openpyxl.load_workbook(path, read_only=True).active
        for _ in sheet.iter_rows(values_only=True):
            pass
    else:
        with open(path, encoding="utf-8", newline="") as file:
            for _ in csv.DictReader(file):
                pass
    return time.monotonic() - begun


def peak_mib() -> float:
    """The most memory that this program had resident; `getrusage` would count what its parent had before it began."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def interpreter(path: str, port: int, in_flight: int) -> float:
    """Nothing: what the interpreter itself takes."""
    return 0.0


def answer_batches(connection: socket.socket, latency: float) -> None:
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


def serve(core: int, latency: float) -> None:
    """Listen until killed, a thread for each connection."""
    os.sched_setaffinity(0, {core})
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            connection, _ = server.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=answer_batches, args=(connection, latency), daemon=True).start()


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]), float(sys.argv[3]))
    contenders = {one.__name__: one for one in (naive, floor, jsmskit, interpreter, plan_only, read_only)}
    print(contenders[sys.argv[1]](sys.argv[2], int(sys.argv[3]), int(sys.argv[4])), peak_mib())
