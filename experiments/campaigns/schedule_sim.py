"""Schedule mode under lost requests, lost answers and crashes at every step, against a model of the service.

    python -m experiments.campaigns.schedule_sim [--campaigns 1000] [--chunks 20]

Every call may lose its request (5 %) or its answer (5 %), and after each commit and around each request the program
may die (3 %); a new owner then goes on. At the end all timed tasks go out, and everybody must have been in exactly one
of them: 0 lost, 0 double, 0 unknown. A death is an exception that nothing in the package catches, so that thousands fit
into a minute (with TMPDIR on a disk in memory); the deaths by SIGKILL are in crash_points. Writes its figures to
experiments/figures/campaigns.json, if there are 1,000 campaigns and more.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsmskit import JsmsClient, RetryPolicy, TransportRequest
from jsmskit.campaigns import CampaignRunner, CampaignState, Mode, RunSettings, open_ledger, plan
from jsmskit.campaigns.ledger.failpoints import arm_failpoints

from experiments import figures_files
from experiments.campaigns.crash_points import CANARY, FACTS, KEY, SECRET, UNSTOPPED, Clock, LoggedService

_LOST, _DIES = 0.05, 0.03
_SIZE = 5
_SETTINGS = RunSettings(
    mode=Mode.SCHEDULE,
    schedule_canary_phone=CANARY,
    canary=False,
    unreachable_in_a_row=10**9,
    balance_every=0,
    **UNSTOPPED,
)
_CHUNKS_OF_FIVE = (
    "DELETE FROM chunk",
    f"UPDATE recipient SET chunk=1000 + source_row / {_SIZE}, position=source_row",
    "UPDATE phone_place SET (chunk, position)=(SELECT chunk, position FROM recipient WHERE phone=phone_place.phone)",
    (
        "INSERT INTO chunk (campaign_id, chunk, state, stage, size, family)"
        " SELECT campaign_id, chunk, 'pending', 2, count(*), chunk FROM recipient GROUP BY campaign_id, chunk"
    ),
)
"""As many small chunks as asked for: what is tried is the protocol, not the size."""


class Died(BaseException):
    """The program ended here."""


class LossyService(LoggedService):
    """Requests and answers get lost."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        super().__init__(folder)
        self.calls = 0
        self._chance = chance

    def exchange(self, request: TransportRequest, **options: Any) -> tuple[int, Mapping[str, str], bytes]:
        """One call: lost on the way, done, or done and its answer lost."""
        self.calls += 1
        fate = self._chance.random()
        if fate < _LOST:
            raise ConnectionResetError("the request was lost")
        answer = super().exchange(request, **options)
        if fate > 1 - _LOST:
            raise ConnectionResetError("the answer was lost")
        return answer


def one_campaign(seed: int, chunks: int) -> Counter[str]:
    """One campaign through all its lives; gives what was counted."""
    chance = random.Random(seed)
    clock = Clock()
    people = [f"139{index:08d}" for index in range(chunks * _SIZE)]
    found: Counter[str] = Counter()

    def passing(place: str) -> None:
        if chance.random() < _DIES:
            raise Died

    with tempfile.TemporaryDirectory(prefix="jsms-sim-") as folder:
        service = LossyService(Path(folder), chance)
        ledger = open_ledger(Path(folder) / "sim.db", clock=clock)
        plan(ledger, people, FACTS, mode=Mode.SCHEDULE)
        with ledger.database.transaction() as tx:
            for statement in _CHUNKS_OF_FIVE:
                tx.execute(statement)
        with JsmsClient(
            KEY, SECRET, transport=service, sleep=clock.sleep, now=clock.moment, retry=RetryPolicy(max_attempts=1)
        ) as client:
            while (state := ledger.queries.campaign(1).state) is not CampaignState.FINISHED:
                found["lives"] += 1
                runner = CampaignRunner(ledger, client, _SETTINGS, clock=clock, sleep=clock.sleep)
                try:
                    with arm_failpoints(passing):
                        (runner.run if state is CampaignState.PLANNED else runner.resume)(1, check_balance=False)
                except Died:
                    found["deaths"] += 1
        states = {one.phone: one.state.value for one in ledger.queries.recipients(1)}
        ledger.close()
        fired = service.fired()
    found["orphan_canaries"] = fired.pop(CANARY, 0)
    found["calls"] = service.calls
    for phone in people:
        found["lost"] += not fired[phone]
        found["double"] += fired[phone] > 1
        found["unknown"] += states.get(phone) == "unknown"
        found["wrong"] += states.get(phone) != "accepted"
    return found


def main() -> int:
    """Run, write the figures, fail if anything but zero was found."""
    parser = argparse.ArgumentParser(description="Schedule mode against a service that loses things.")
    parser.add_argument("--campaigns", type=int, default=1000)
    parser.add_argument("--chunks", type=int, default=20)
    given = parser.parse_args()
    total: Counter[str] = Counter()
    for seed in range(given.campaigns):
        total.update(one_campaign(seed, given.chunks))
    figures = {"campaigns": given.campaigns, "chunks_each": given.chunks, **total}
    figures_files.write("campaigns", figures, entry="schedule_mode", keep=given.campaigns >= 1000)
    return 1 if any(total[name] for name in ("lost", "double", "unknown", "wrong")) else 0


if __name__ == "__main__":
    raise SystemExit(main())
