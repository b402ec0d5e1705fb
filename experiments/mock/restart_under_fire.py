"""Kill `jsms mock serve --db` at random moments while clients send, and look whether anything is lost.

    python -m experiments.mock.restart_under_fire --kills 200
    python -m experiments.mock.restart_under_fire --kills 200 --write

After every kill -9 the mock is started again on the same file. Whatever a client had an answer for must be
there: messages, verified codes, timed messages and their cancellations, templates; no id may come twice, and
every callback that was due must reach the receiver. What had no answer may be there or not. Exit code 1 and a
line for each loss. `--defect lose-wal` throws a part of the file away after each kill: that must be seen.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from jsmskit.mock import APP_KEY, MASTER_SECRET

from experiments import figures_files
from tests.mock.receiver import Receiver, receiving

#: Nothing here is https; loading the public authorities for each client would take longer than many a round.
NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
READY = re.compile(r"service (http://\S+)/v1")


class Unexpected(Exception):  # noqa: N818  # an answer, not an error of this tool
    """The mock refused what it cannot refuse, unless it has forgotten something."""


def client_of(origin: str) -> httpx.Client:
    return httpx.Client(base_url=origin, auth=(APP_KEY, MASTER_SECRET), timeout=600, verify=NO_AUTHORITIES)


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

    def note_message(self, msg_id: object, phone: str) -> str:
        """Note a message; an id that was given before is a loss of its own."""
        name = str(msg_id)  # on the wire it is a number or a text
        with self.lock:
            if name in self.messages:
                self.losses.append(f"msg_id {name} was given twice")
            self.messages[name] = phone
        return name

    def note(self, path: str, *, stands: bool) -> None:
        """Note whether what is kept at a path stands."""
        with self.lock:
            self.stands[path] = stands

    @property
    def answered(self) -> int:
        """How many answers there are to hold the mock to."""
        return len(self.messages) + len(self.verified) + len(self.stands)


@contextmanager
def started(db: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the mock on the file; it is killed at the end, if not before."""
    words = [sys.executable, "-m", "jsmskit", "mock", "serve", "--port", "0", "--db", str(db)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def origin_of(process: subprocess.Popen[str]) -> str | None:
    """Wait for the line that says where the mock is; None if it was killed before."""
    assert process.stdout is not None
    told = READY.search(process.stdout.readline())
    return None if told is None else told[1]


def fire(origin: str, ledger: Ledger, seed: int) -> None:
    """Be one client: do this and that until the mock is gone."""
    dice = random.Random(seed)
    with client_of(f"{origin}/v1") as client:
        while True:
            try:
                shoot(client, ledger, dice)
            except (httpx.TransportError, Unexpected) as problem:
                with ledger.lock:
                    if isinstance(problem, Unexpected):
                        ledger.losses.append(f"while firing: {problem}")
                    ledger.doubtful += isinstance(problem, httpx.TransportError)
                    ledger.lock.notify_all()
                return
            with ledger.lock:
                ledger.shots += 1
                ledger.lock.notify_all()


def shoot(client: httpx.Client, ledger: Ledger, dice: random.Random) -> None:
    """Make one of the calls whose effect must last, and note what was answered."""

    def call(method: str, path: str, body: object = None) -> dict[str, Any]:
        answer = client.request(method, path, json=body)
        if answer.status_code != 200:
            raise Unexpected(f"{method} {path}: {answer.status_code} {answer.text}")
        told: dict[str, Any] = answer.json() if answer.content else {}
        return told

    phone = f"139{dice.randrange(10**8):08d}"
    filled = {"temp_id": 1, "temp_para": {"code": f"{dice.randrange(10**6):06d}"}}
    match dice.randrange(10):
        case 0 | 1 | 2 | 3:
            ledger.note_message(call("POST", "/codes", {"mobile": phone, "temp_id": 1})["msg_id"], phone)
        case 4:
            ledger.note_message(call("POST", "/messages", {"mobile": phone, **filled})["msg_id"], phone)
        case 5:
            phones = {f"137{dice.randrange(10**8):08d}" for _ in range(20)}
            entries = [{"mobile": one, "temp_para": filled["temp_para"]} for one in phones]
            for entry in call("POST", "/messages/batch", {"temp_id": 1, "recipients": entries})["recipients"]:
                ledger.note_message(entry["msg_id"], entry["mobile"])
        case 6:
            body = {"send_time": "2099-01-01 00:00:00", "mobile": phone, **filled}
            ledger.note(f"/schedule/{call('POST', '/schedule', body)['schedule_id']}", stands=True)
        case 7:
            with ledger.lock:  # no other client may cancel the same
                waiting = [path for path, stands in ledger.stands.items() if stands and path.startswith("/schedule")]
                path = dice.choice(waiting) if waiting else ""
                ledger.stands.pop(path, None)
            if path:
                call("DELETE", path)
                ledger.note(path, stands=False)
        case 8:
            made = call("POST", "/templates", {"template": "您的订单已发货", "type": 2})["temp_id"]
            ledger.note(f"/templates/{made}", stands=True)
        case _:
            inbox = str(client.base_url).replace("/v1/", "/_mock/messages")
            msg_id = ledger.note_message(call("POST", "/codes", {"mobile": phone, "temp_id": 1})["msg_id"], phone)
            (message,) = client.get(inbox, params={"phone": phone}).json()["messages"]
            if call("POST", f"/codes/{msg_id}/valid", {"code": message["code"]}) == {"is_valid": True}:
                ledger.verified.add(msg_id)


def account(origin: str, ledger: Ledger, receiver: Receiver) -> None:
    """Hold the mock to everything that it has answered for, and after thirteen hours to a report for every message."""
    with client_of(origin) as client:
        there = {one["msg_id"]: one for one in client.get("/_mock/messages").json()["messages"]}
        for msg_id, phone in ledger.messages.items():
            if msg_id not in there or there[msg_id]["phone"] != phone:
                ledger.losses.append(f"message {msg_id} to {phone} is gone")
            elif msg_id in ledger.verified and there[msg_id]["verified_at"] is None:
                ledger.losses.append(f"code {msg_id} is not verified any more")
        for path, stands in ledger.stands.items():
            if client.get(f"/v1{path}").status_code != (200 if stands else 403):
                ledger.losses.append(f"{path} {'is gone' if stands else 'is there again'}")
        receiver.statuses.clear()
        client.post("/_mock/clock/advance", json={"seconds": 14 * 3600}).raise_for_status()
    told = {json.loads(one["data"])["msgId"] for one in receiver.events if one["type"] == "SMS_REPORT"}
    ledger.losses += [f"message {msg_id} was not told of" for msg_id in sorted(ledger.messages.keys() - told)]
    ledger.reported = len(told)


def prepare(origin: str, receiver: Receiver, *, first: bool) -> None:
    """Switch off what would stop the fire, and at first set the receiver; settings do not survive."""
    with client_of(origin) as client:
        settings = {"limits": False, "keep_messages": 0, "report_delay_seconds": 0.2}
        client.put("/_mock/settings", json=settings).raise_for_status()
        if first:
            client.put("/_mock/callbacks", json={"url": receiver.url}).raise_for_status()


def play(
    db: Path, *, kills: int, seed: int, clients: int = 4, shots_a_round: int = 150, defect: str | None = None
) -> Ledger:
    """Start, fire, kill, and start again, so many times; then look what is there.

    Args:
        db: the mock's file.
        kills: how many times.
        seed: of the moments and of what the clients do.
        clients: how many send at once.
        shots_a_round: a kill comes after a random number of answers below this one, in the middle of others.
        defect: `lose-wal` damages the file after each kill, to prove that losses are seen.
    """
    dice = random.Random(seed)
    ledger = Ledger()
    with receiving() as receiver, ThreadPoolExecutor(clients) as pool:
        receiver.statuses = [500 if dice.random() < 0.3 else 200 for _ in range(kills * 5)]
        first = True
        for _ in range(kills):
            # One in eight is killed while it starts, before it says that it is ready.
            early = not first and dice.random() < 1 / 8
            with started(db) as process:
                if early:
                    threading.Event().wait(dice.random() * 0.3)
                elif (origin := origin_of(process)) is not None:
                    prepare(origin, receiver, first=first)
                    first = False
                    shots = [pool.submit(fire, origin, ledger, dice.randrange(2**32)) for _ in range(clients)]
                    enough = ledger.shots + dice.randrange(shots_a_round)
                    with ledger.lock:
                        ledger.lock.wait_for(lambda enough=enough: ledger.shots >= enough or ledger.losses, timeout=60)
                    process.kill()
                    for shot in shots:
                        shot.result()
            if defect == "lose-wal":
                Path(f"{db}-wal").unlink(missing_ok=True)
        with started(db) as process:
            if (origin := origin_of(process)) is None:
                ledger.losses.append("the mock does not start on its file any more")
            else:
                prepare(origin, receiver, first=False)
                account(origin, ledger, receiver)
    print(
        f"{kills} kills, seed {seed}: {ledger.answered} answers to hold the mock to "
        f"({len(ledger.messages)} messages, {len(ledger.verified)} verified, {len(ledger.stands)} others), "
        f"{ledger.doubtful} without an answer, {ledger.reported} reports delivered, {len(ledger.losses)} losses"
    )
    return ledger


def main() -> None:
    """Read the arguments, play, and say what was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--defect", choices=["lose-wal"])
    parser.add_argument("--write", action="store_true", help="write the figures")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "mock.db"
        ledger = play(db, kills=arguments.kills, seed=arguments.seed, defect=arguments.defect)
    if arguments.write:
        figures = {
            "command": " ".join(["python -m experiments.mock.restart_under_fire", *sys.argv[1:]]),
            "kills": arguments.kills,
            "answers_held_to": ledger.answered,
            "requests_without_an_answer": ledger.doubtful,
            "reports_delivered": ledger.reported,
            "losses": len(ledger.losses),
        }
        figures_files.write("restart-under-fire", figures)
    for loss in ledger.losses:
        print(loss, file=sys.stderr)
    raise SystemExit(1 if ledger.losses else 0)


if __name__ == "__main__":
    main()
