"""Kill `jsms mock serve --db` at random moments while clients send, and look whether anything is lost.

    python -m experiments.mock.restart_under_fire --kills 200
    python -m experiments.mock.restart_under_fire --kills 200 --write

After every kill -9 the mock is started again on the same file. Whatever a client had an answer for must be
there: messages, verified codes, timed messages and their cancellations, templates; no id may come twice, and
every callback that was due must reach the receiver. What had no answer may be there or not. Exit code 1 and a
line for each loss. `--defect lose-wal` throws a part of the file away after each kill: that must be seen.
"""

from __future__ import annotations

import re
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from jsmskit.mock import APP_KEY, MASTER_SECRET

#: Nothing here is https; loading the public authorities for each client would take longer than many a round.
NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
READY = re.compile(r"service (http://\S+)/v1")


def client_of(origin: str, timeout: float = 60) -> httpx.Client:
    return httpx.Client(base_url=origin, auth=(APP_KEY, MASTER_SECRET), timeout=timeout, verify=NO_AUTHORITIES)


@dataclass
class Ledger:
    """What the mock has answered for.

    Attributes:
        messages: number by msg_id.
        verified: msg_ids of codes that were verified.
        stands: by path whether what is kept there stands: timed messages that wait or were cancelled, templates.
        doubtful: requests that had no answer.
        reported: messages whose report reached the receiver.
        losses: what is not as was answered, a line each.
        shots: requests that had their answer.
        lock: held around changes; rings with every shot.
    """

    messages: dict[str, str] = field(default_factory=dict)
    verified: set[str] = field(default_factory=set)
    stands: dict[str, bool] = field(default_factory=dict)
    doubtful: int = 0
    reported: int = 0
    losses: list[str] = field(default_factory=list)
    shots: int = 0
    lock: threading.Condition = field(default_factory=threading.Condition)

    def note_message(self, msg_id: str, phone: str) -> str:
        """Note a message; an id that was given before is a loss of its own."""
        if msg_id in self.messages:
            self.losses.append(f"msg_id {msg_id} was given twice")
        self.messages[msg_id] = phone
        return msg_id

    @property
    def answered(self) -> int:
        """How many answers there are to hold the mock to."""
        return len(self.messages) + len(self.verified) + len(self.stands)


@contextmanager
def started(db: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the mock on the file; it is killed at the end, if not before. Gives its address once it says so."""
    words = [sys.executable, "-m", "jsmskit", "mock", "serve", "--port", "0", "--db", str(db)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()
            process.communicate()
