"""Lets a life of campaigns die after each of its commits and around each of its requests, and judges what is left.

    python -m experiments.campaigns.crash_points

Between two commits nothing else can be left in the ledger, and around a request the service may know more than it.

One life does everything that campaigns can do: plan, run (with a bad row that has to be searched, somebody who comes
too often, a stop in the middle), resolve what is unknown as a truthful person would, take in reports, a second campaign
in schedule mode, purge a third. It is made so that it can be begun again after any death and goes on where the ledger
stands. The service is a few files that are changed in the moment of acting; the checker reads these and the ledger.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import os
import re
import signal
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsmskit.campaigns
from jsmskit import JsmsClient, TransportRequest
from jsmskit.campaigns import (
    CampaignExistsError,
    CampaignRunner,
    CampaignState,
    Mode,
    RecipientState,
    RunSettings,
    TemplateFacts,
    TemplateKind,
    open_ledger,
    plan,
)
from jsmskit.campaigns.ledger import Ledger
from jsmskit.campaigns.ledger.failpoints import arm_failpoints

from experiments import figures_files
from experiments.campaigns.checker import Judgement, judge, log_of, query
from tests.campaigns.campaign_service import KEY, SECRET, Answer, answer, numbers, refusal

PLACES = sorted(
    {
        name
        for module in Path(jsmskit.campaigns.__file__).parent.rglob("*.py")
        for name in re.findall(r'failpoint\("(.+?)"\)', module.read_text())
    }
)
"""The names of these moments in the code."""
FACTS = TemplateFacts(8, "请查收。", TemplateKind.NOTICE)
BAD, OFTEN, CANARY = "13900000015", "13900000003", "13800000000"
DIRECT, TIMED, GONE = numbers(150), numbers(130, 1000), numbers(12, 2000)
FORK = multiprocessing.get_context("fork")
_NOW = 1772416800.0
UNSTOPPED: dict[str, Any] = {"unknown_in_a_row": 10**9, "unknown_share": 1.0}
"""The breakers would stop a campaign that is killed on purpose."""
_DIRECTLY = RunSettings(**UNSTOPPED, too_often_wait_seconds=20.0)
_TIMED = RunSettings(**UNSTOPPED, mode=Mode.SCHEDULE, schedule_canary_phone=CANARY)


class LoggedService:
    """A transport whose service is a few files: they are changed in the moment in which the service acts."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "service.log"
        self._refused_once = folder / "often"
        self.tasks = folder / "tasks"
        self.tasks.mkdir(exist_ok=True)

    def exchange(self, request: TransportRequest, *, timeout: float, new_connection: bool) -> Answer:
        """Act, then answer."""
        path = request.url.partition("/v1/")[2]
        document = json.loads(request.body) if request.body else {}
        phones = [entry["mobile"] for entry in document.get("recipients", [])]
        if path != "messages/batch":
            return answer(200, self._task(request.method, path.rpartition("/")[2], phones))
        if BAD in phones and len(phones) > 1:
            return refusal(50007)
        codes = {BAD: "50006"} if self._refused_once.exists() else {BAD: "50006", OFTEN: "50009"}
        if OFTEN in phones:
            self._refused_once.touch()
        taken = [phone for phone in phones if phone not in codes]
        with self._log.open("a") as log:
            log.write(" ".join(taken) + "\n")
        entries = [
            {"mobile": phone, "msg_id": f"9{phone}"}
            | ({"error_code": codes[phone], "error_message": "no"} if phone in codes else {})
            for phone in phones
        ]
        counts = {"success_count": len(taken), "failure_count": len(phones) - len(taken)}
        return answer(200, counts | {"recipients": entries})

    def _task(self, method: str, name: str, phones: list[str]) -> dict[str, Any]:
        if method == "POST":
            name = f"task-{len(list(self.tasks.iterdir()))}"
        file = self.tasks / name
        if method == "GET":
            entries = [{"mobile": phone, "msg_id": f"8{phone}"} for phone in file.read_text().split()]
            return {"schedule_id": name, "send_time": "2026-03-03 09:00:00", "temp_id": 8, "recipients": entries}
        partial = self.tasks.with_name("partial")
        partial.write_text(" ".join(phones))
        partial.replace(file)
        return {"schedule_id": name, "success_count": len(phones), "failure_count": 0, "failure_recipients": []}

    def fired(self) -> Counter[str]:
        """How often each number has a message when all timed tasks have gone out."""
        return Counter(phone for task in self.tasks.iterdir() for phone in task.read_text().split())

    def close(self) -> None:
        """Nothing to close."""


class Clock:
    """Only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = _NOW

    def __call__(self) -> float:
        return self.now

    def moment(self) -> datetime:
        """The same as a moment."""
        return datetime.fromtimestamp(self.now, UTC)

    def sleep(self, seconds: float) -> None:
        """Wait, at once."""
        self.now += seconds


def life(folder: Path, at: Callable[[str], None], *, directly: bool = True, timed: bool = True) -> None:
    """Everything that campaigns can do, from wherever the ledger stands."""
    clock = Clock()
    with (
        arm_failpoints(at),
        open_ledger(folder / "ledger.db", clock=clock) as ledger,
        JsmsClient(KEY, SECRET, transport=LoggedService(folder), now=clock.moment) as client,
    ):
        if directly:
            live_directly(folder, ledger, client, clock)
        if timed:
            finish(ledger, client, clock, planned(ledger, TIMED, Mode.SCHEDULE), _TIMED)


def live_directly(folder: Path, ledger: Ledger, client: JsmsClient, clock: Clock) -> None:
    """A campaign from plan to reports, and the end of another one's personal data."""
    direct = planned(ledger, DIRECT)
    finish(ledger, client, clock, direct, _DIRECTLY, stop_once=True)
    while unknown := [one.phone for one in ledger.queries.recipients(direct, RecipientState.UNKNOWN)]:
        # The person looks into the service's own log and says the truth.
        seen = log_of(folder / "service.log")
        ledger.resolve(direct, sent=True, reason="seen", phones=[one for one in unknown if seen[one]])
        ledger.resolve(direct, sent=False, reason="not seen", phones=[one for one in unknown if not seen[one]])
        finish(ledger, client, clock, direct, _DIRECTLY)
    ledger.feedback.store_raw("reports", "[]")
    ledger.feedback.record_reports([(f"9{phone}", phone, 4001, _NOW) for phone in DIRECT[:5]])
    ledger.purge(planned(ledger, GONE))


def planned(ledger: Ledger, people: list[str], mode: Mode = Mode.DIRECT) -> int:
    """Plan, unless an earlier life did."""
    try:
        return plan(ledger, people, FACTS, mode=mode).campaign_id
    except CampaignExistsError as error:
        return error.campaign_id or 0


def finish(
    ledger: Ledger, client: JsmsClient, clock: Clock, number: int, settings: RunSettings, *, stop_once: bool = False
) -> None:
    """Run or resume until nothing is left."""
    stops = [True] if stop_once else []

    def tell(progress: object) -> None:
        if getattr(progress, "accepted", 0) > 20 and stops:
            stops.pop()
            ledger.stop(number, "in the middle")

    for _ in range(20):
        campaign = ledger.queries.campaign(number)
        if campaign.state is CampaignState.FINISHED and not ledger.queries.counts(number).pending:
            return
        runner = CampaignRunner(ledger, client, settings, clock=clock, sleep=clock.sleep, tell=tell)
        start = runner.run if campaign.state is CampaignState.PLANNED else runner.resume
        start(number, check_balance=False)
    raise AssertionError(f"campaign {number} does not come to its end: {ledger.queries.campaign(number).why}")


def die_at(place: str, passes: int) -> Callable[[str], None]:
    """A hook that kills this process at the n-th pass of a place, as `kill -9` would."""
    left = [passes]

    def at(passed: str) -> None:
        if passed == place:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    return at


def in_child(action: Callable[[], None]) -> bool:
    """Run in a forked child; True if it came to its end, False if it was killed."""
    child = FORK.Process(target=action)
    child.start()
    child.join()
    assert child.exitcode in (0, -signal.SIGKILL), "a life ended with an error, not by our hand"
    return child.exitcode == 0


def judged(folder: Path, people: list[str], taken: Counter[str]) -> Judgement:
    """What became of the campaign to these people."""
    ledger = folder / "ledger.db"
    ((number,),) = query(ledger)(f"SELECT campaign_id FROM campaign WHERE recipients={len(people)}")
    return judge(people, taken, ledger, number, refused=[BAD])


EARLIER: dict[str, tuple[str, int]] = {
    "before a request": ("send.before", 2),
    "after a request": ("send.after", 2),
    "after a change": ("schedule.put", 1),
}
"""Deaths of an earlier life: only one after them recovers and is told what became of the unknown."""
MOMENTS = [*((place, "") for place in PLACES), *(("committed", earlier) for earlier in EARLIER)]
"""Where to die, and after which earlier death."""


def try_place(place: str, passes: int, earlier: str = "", **parts: bool) -> tuple[bool, bool, str]:
    """Die there, live on, judge: (was it reached, is all well, in words). parts: as in `life`."""
    with tempfile.TemporaryDirectory(prefix="jsms-crash-") as name:
        folder = Path(name)
        if earlier:
            in_child(lambda: life(folder, die_at(*EARLIER[earlier]), **parts))
        reached = not in_child(lambda: life(folder, die_at(place, passes), **parts))
        if reached:
            assert in_child(lambda: life(folder, lambda passed: None, **parts)), "killed by somebody else"
        found: list[Judgement] = []
        if parts.get("directly", True):
            found.append(judged(folder, DIRECT, log_of(folder / "service.log")))
        if parts.get("timed", True):
            fired = LoggedService(folder).fired()
            del fired[CANARY]
            found.append(judged(folder, TIMED, fired))
        good = all(one.clean and not one.unknown for one in found)
        return reached, good, f"{place} at pass {passes} {earlier}: {found}"


def main() -> int:
    """Every pass of every place, and of every commit after an earlier death."""
    argparse.ArgumentParser(description="Die after each commit and around each request.").parse_args()
    deaths = 0
    failures, never = [], []
    for place, earlier in MOMENTS:
        for passes in itertools.count(1):
            reached, good, told = try_place(place, passes, earlier)
            deaths += reached
            failures += [] if good else [told]
            if not reached:
                never += [place] if passes == 1 else []
                break
    figures = {"deaths": deaths, "failures": failures, "never_reached": never}
    figures_files.write("campaigns", figures, entry="crash_points")
    return 1 if failures or never else 0


if __name__ == "__main__":
    raise SystemExit(main())
