"""Schedule mode under lost requests, lost answers and crashes at every step, against a model of the service.

    python -m experiments.campaigns.schedule_sim [--campaigns 1000] [--chunks 20]

Every call may lose its request (5 %) or its answer (5 %), and at every named place the program may die (3 %);
a new owner then goes on. At the end all timed tasks go out, and everybody must have been in exactly one of
them: 0 lost, 0 double, 0 unknown. A death is an exception that nothing in the package catches, so that
thousands fit into a minute; the deaths by SIGKILL are in campaign_crash_points.py. Writes its figures to
experiments/figures/campaigns.json.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsmskit import JsmsClient, RetryPolicy, TransportRequest
from jsmskit.campaigns import CampaignRunner, CampaignState, Mode, RunSettings, plan
from jsmskit.campaigns.ledger import Ledger
from jsmskit.campaigns.ledger.database.sqlite import SqliteDatabase
from jsmskit.campaigns.ledger.failpoints import Failpoint, arm_failpoints

from experiments.campaigns.crash_points import CANARY, KEY, SECRET, Clock
from experiments.campaigns.figures import known, record, record_piece
from experiments.campaigns.kills import FACTS, numbers

_LOST, _DIES = 0.05, 0.03
_SIZE = 5
_SETTINGS = RunSettings(
    mode=Mode.SCHEDULE,
    schedule_canary_phone=CANARY,
    canary=False,
    unknown_in_a_row=10**9,
    unknown_share=1.0,
    unreachable_in_a_row=10**9,
    balance_every=0,
)


class Died(BaseException):
    """The program ended here."""


class TimedService:
    """The model: tasks by id; requests and answers get lost."""

    def __init__(self, chance: random.Random) -> None:
        self.tasks: dict[str, list[str]] = {}
        self.calls = 0
        self._chance = chance

    def exchange(
        self, request: TransportRequest, *, timeout: float, new_connection: bool
    ) -> tuple[int, Mapping[str, str], bytes]:
        """One call: lost on the way, done, or done and its answer lost."""
        self.calls += 1
        fate = self._chance.random()
        if fate < _LOST:
            raise ConnectionResetError("the request was lost")
        answer = self._act(request.method, request.url.rpartition("/")[2], request.body)
        if fate > 1 - _LOST:
            raise ConnectionResetError("the answer was lost")
        return 200, {"content-type": "application/json"}, json.dumps(answer).encode()

    def _act(self, method: str, name: str, body: bytes) -> dict[str, Any]:
        phones = [entry["mobile"] for entry in json.loads(body)["recipients"]] if body else []
        if method == "GET":
            entries = [{"mobile": phone, "msg_id": f"8{phone}"} for phone in self.tasks[name]]
            return {"schedule_id": name, "send_time": "2026-03-03 09:00:00", "temp_id": 8, "recipients": entries}
        name = f"task-{len(self.tasks)}" if method == "POST" else name
        self.tasks[name] = phones
        return {"schedule_id": name, "success_count": len(phones), "failure_count": 0, "failure_recipients": []}

    def close(self) -> None:
        """Nothing to close."""


def one_campaign(seed: int, chunks: int) -> Counter[str]:
    """One campaign through all its lives; gives what was counted."""
    chance = random.Random(seed)
    clock = Clock()
    people = numbers(chunks * _SIZE)
    found: Counter[str] = Counter()

    def passing(place: Failpoint) -> None:
        if not place.startswith("plan.") and chance.random() < _DIES:
            raise Died

    with tempfile.TemporaryDirectory(prefix="jsms-sim-") as folder:
        service = TimedService(chance)
        database = SqliteDatabase(Path(folder) / "sim.db", durable=False)
        ledger = Ledger(database, clock=clock)
        plan(ledger, people, FACTS, mode=Mode.SCHEDULE)
        with database.transaction() as tx:
            # As many small chunks as asked for: what is tried is the protocol, not the size.
            tx.execute("DELETE FROM chunk")
            tx.execute("UPDATE recipient SET chunk=1000 + source_row / ?, position=source_row", (_SIZE,))
            tx.execute(
                "UPDATE phone_place SET (chunk, position)=(SELECT chunk, position FROM recipient r WHERE"
                " r.phone=phone_place.phone)"
            )
            tx.execute(
                "INSERT INTO chunk (campaign_id, chunk, state, stage, size, family)"
                " SELECT campaign_id, chunk, 'pending', 2, count(*), chunk FROM recipient GROUP BY"
                " campaign_id, chunk"
            )
            tx.execute("UPDATE campaign SET next_chunk=5000")
        with JsmsClient(
            KEY, SECRET, transport=service, sleep=clock.sleep, now=clock.moment, retry=RetryPolicy(max_attempts=1)
        ) as client:
            for life in range(2000):
                deadly = Ledger(database, clock=clock)
                runner = CampaignRunner(deadly, client, _SETTINGS, clock=clock, sleep=clock.sleep)
                try:
                    state = ledger.queries.campaign(1).state
                    if state is CampaignState.FINISHED:
                        break
                    start = runner.run if state is CampaignState.PLANNED else runner.resume
                    with arm_failpoints(passing):
                        start(1, check_balance=False)
                except Died:
                    found["deaths"] += 1
                found["lives"] = life + 1
        states = {one.phone: one.state.value for one in ledger.queries.recipients(1)}
        ledger.close()
    fired = Counter(phone for phones in service.tasks.values() for phone in phones)
    found["orphan_canaries"] = fired.pop(CANARY, 0)
    found["calls"] = service.calls
    for phone in people:
        state = states.get(phone, "missing")
        found["lost"] += not fired[phone]
        found["double"] += fired[phone] > 1
        found["unknown"] += state == "unknown"
        found["wrong"] += state != "accepted"
    return found


def run(campaigns: int, chunks: int, seed: int = 0) -> dict[str, Any]:
    """Many campaigns; gives the figures."""
    total: Counter[str] = Counter()
    for number in range(campaigns):
        total.update(one_campaign(seed + number, chunks))
    return {
        "campaigns": campaigns,
        "chunks_each": chunks,
        "seed": seed,
        **dict.fromkeys(("lost", "double"), 0),
        **total,
    }


def main() -> int:
    """Run, write the figures, fail if anything but zero was found."""
    parser = argparse.ArgumentParser(description="Schedule mode against a service that loses things.")
    parser.add_argument("--campaigns", type=int, default=1000)
    parser.add_argument("--chunks", type=int, default=20)
    parser.add_argument("--piece", type=int, help="make only so many of them now, and add them up")
    given = parser.parse_args()
    if given.piece:
        before = known("schedule_mode")
        done = before["campaigns"] if before.get("pieces") and before["campaigns"] < given.campaigns else 0
        figures = run(min(given.piece, given.campaigns - done), given.chunks, seed=done)
        figures = record_piece("schedule_mode", figures, counted="campaigns", wanted=given.campaigns)
    else:
        figures = run(given.campaigns, given.chunks)
        record("schedule_mode", figures)
    return 0 if not any(figures[name] for name in ("lost", "double", "unknown", "wrong")) else 1


if __name__ == "__main__":
    raise SystemExit(main())
