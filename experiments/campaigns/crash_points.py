"""Lets a life of campaigns die at every named place, at its first, second and third pass, and judges what is
left.

    python -m experiments.campaigns.crash_points [--passes 3]

One life does everything that campaigns can do: plan, run (with a bad row that has to be searched, somebody
who comes too often, a stop in the middle), resolve what is unknown as a truthful person would, take in
reports, a second campaign in schedule mode, purge a third. It is made so that it can be begun again after any
death and goes on where the ledger stands. The service is a log file that is appended to in the moment of
taking; the checker reads that and the ledger. (More than 300 lines: a life, its service and its deaths are read
together.)
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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
from jsmskit.campaigns.ledger.failpoints import FAILPOINTS, Failpoint, arm_failpoints

from experiments.campaigns.checker import Judgement, damage, judge, log_of, sqlite_query
from experiments.campaigns.figures import record

KEY, SECRET = "7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"
BAD, OFTEN, CANARY = "13900000015", "13900000003", "13800000000"
DIRECT = [f"139{index:08d}" for index in range(150)]
TIMED = [f"137{index:08d}" for index in range(130)]
GONE = [f"136{index:08d}" for index in range(12)]
_NOW = 1772416800.0
# Breakers would stop what dies on purpose; and who came too often is asked again soon.
_DOUBT: dict[str, Any] = {"unknown_in_a_row": 10**9, "unknown_share": 1.0, "too_often_wait_seconds": 20.0}


class LoggedService:
    """A transport whose service is a few files: they are changed in the moment in which the service acts."""

    def __init__(self, folder: Path) -> None:
        self._log = os.open(folder / "service.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._refused_once = folder / "often"
        self._tasks = folder / "tasks"
        self._tasks.mkdir(exist_ok=True)

    def exchange(
        self, request: TransportRequest, *, timeout: float, new_connection: bool
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Act, then answer."""
        path = request.url.partition("/v1/")[2]
        document = json.loads(request.body) if request.body else {}
        phones = [entry["mobile"] for entry in document.get("recipients", [])]
        if path == "messages/batch":
            status, answer = self._batch(phones)
        else:
            status, answer = self._task(request.method, path.rpartition("/")[2], document, phones)
        return status, {"content-type": "application/json"}, json.dumps(answer).encode()

    def _batch(self, phones: list[str]) -> tuple[int, dict[str, Any]]:
        if BAD in phones and len(phones) > 1:
            return 400, {"error": {"code": 50007, "message": "wrong body"}}
        entries: list[dict[str, str]] = []
        for phone in phones:
            if phone == BAD:
                entries.append({"mobile": phone, "error_code": "50006", "error_message": "no", "msg_id": "1"})
            elif phone == OFTEN and not self._refused_once.exists():
                self._refused_once.touch()
                entries.append({"mobile": phone, "error_code": "50009", "error_message": "no", "msg_id": "1"})
            else:
                entries.append({"mobile": phone, "msg_id": f"9{phone}"})
        taken = [entry["mobile"] for entry in entries if "error_code" not in entry]
        os.write(self._log, (" ".join(taken) + "\n").encode())
        return 200, {
            "success_count": len(taken), "failure_count": len(entries) - len(taken), "recipients": entries,
        }  # fmt: skip

    def _task(self, method: str, name: str, document: dict[str, Any], phones: list[str]) -> tuple[int, dict[str, Any]]:
        if method == "POST":
            name = f"task-{len(list(self._tasks.iterdir()))}"
        file = self._tasks / name
        if method == "GET":
            entries = [{"mobile": phone, "msg_id": f"8{phone}"} for phone in file.read_text().split()]
            shown = {"schedule_id": name, "send_time": "2026-03-03 09:00:00", "temp_id": 8, "recipients": entries}
            return 200, shown
        partial = self._tasks.with_name("partial")
        partial.write_text(" ".join(phones))
        partial.replace(file)
        counts = {"success_count": len(phones), "failure_count": 0, "failure_recipients": []}
        return 200, {"schedule_id": name} | counts

    def close(self) -> None:
        """Nothing to close."""
        os.close(self._log)


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


DIRECTLY, TIMED_TASKS = "directly", "timed"
EVERYTHING = frozenset({DIRECTLY, TIMED_TASKS})


def half_of(place: Failpoint) -> frozenset[str]:
    """The half of a life in which a place stands; who is in a hurry lives that one alone."""
    return frozenset({TIMED_TASKS if place.startswith("schedule.") else DIRECTLY})


def life(folder: Path, at: Callable[[Failpoint], None], parts: frozenset[str] = EVERYTHING) -> None:
    """Everything that campaigns can do, from wherever the ledger stands."""
    clock = Clock()
    service = LoggedService(folder)
    with (
        arm_failpoints(at),
        open_ledger(folder / "ledger.db", clock=clock) as ledger,
        JsmsClient(KEY, SECRET, transport=service, now=clock.moment) as client,
    ):
        if DIRECTLY in parts:
            live_directly(folder, ledger, client, clock)
        if TIMED_TASKS in parts:
            timed = RunSettings(mode=Mode.SCHEDULE, schedule_canary_phone=CANARY, **_DOUBT)
            finish(ledger, client, clock, planned(ledger, TIMED, 8, Mode.SCHEDULE), timed)


def live_directly(folder: Path, ledger: Ledger, client: JsmsClient, clock: Clock) -> None:
    """A campaign from plan to reports, and the end of another one's personal data."""
    direct = planned(ledger, DIRECT, 8, Mode.DIRECT)
    finish(ledger, client, clock, direct, RunSettings(**_DOUBT), stop_once=True)
    while unknown := [one.phone for one in ledger.queries.recipients(direct, RecipientState.UNKNOWN)]:
        # The person looks into the service's own log and says the truth.
        seen = log_of(folder / "service.log")
        ledger.resolve(direct, sent=True, reason="seen", phones=[one for one in unknown if seen[one]])
        ledger.resolve(direct, sent=False, reason="not seen", phones=[one for one in unknown if not seen[one]])
        finish(ledger, client, clock, direct, RunSettings(**_DOUBT))
    finish(ledger, client, clock, direct, RunSettings(**_DOUBT))
    ledger.feedback.store_raw("reports", "[]")
    ledger.feedback.record_reports([(f"9{phone}", phone, 4001, _NOW) for phone in DIRECT[:5]])
    ledger.purge(planned(ledger, GONE, 8, Mode.DIRECT))


def planned(ledger: Ledger, people: list[str], template_id: int, mode: Mode) -> int:
    """Plan, unless an earlier life did."""
    facts = TemplateFacts(template_id, "请查收。", TemplateKind.NOTICE)
    try:
        return plan(ledger, people, facts, mode=mode).campaign_id
    except CampaignExistsError:
        done = [one for one in ledger.queries.campaigns() if one.state is not CampaignState.PLANNING]
        return next(one.campaign_id for one in done if one.recipients == len(people))


def finish(
    ledger: Ledger,
    client: JsmsClient,
    clock: Clock,
    campaign_id: int,
    settings: RunSettings,
    *,
    stop_once: bool = False,
) -> None:
    """Run or resume until nothing is left."""
    stops = [True] if stop_once else []
    for _ in range(20):
        campaign = ledger.queries.campaign(campaign_id)
        pending = ledger.queries.counts(campaign_id).pending
        if campaign.state is CampaignState.FINISHED and not pending:
            return

        def tell(progress: object) -> None:
            if getattr(progress, "accepted", 0) > 20 and stops:
                stops.pop()
                ledger.stop(campaign_id, "in the middle")

        runner = CampaignRunner(ledger, client, settings, clock=clock, sleep=clock.sleep, tell=tell)
        start = runner.run if campaign.state is CampaignState.PLANNED else runner.resume
        start(campaign_id, check_balance=False)
    raise AssertionError(f"campaign {campaign_id} does not come to its end: {ledger.queries.campaign(campaign_id).why}")


def die_at(place: str, passes: int) -> Callable[[Failpoint], None]:
    """A hook that kills this process at the n-th pass of a place, as `kill -9` would."""
    left = [passes]

    def at(passed: Failpoint) -> None:
        if passed == place:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    return at


def in_child(action: Callable[[], None]) -> bool:
    """Run in a forked child; True if it came to its end, False if it was killed."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            action()
            status = 0
        except BaseException:  # noqa: BLE001  # a child must never go on as its parent
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return False
    if status:
        raise AssertionError("a life ended with an error, not by our hand")
    return True


def judged(folder: Path, parts: frozenset[str] = EVERYTHING) -> tuple[Judgement, Judgement]:
    """The direct and the timed campaign; an empty judgement for the one that was not lived."""
    ask = sqlite_query(folder / "ledger.db")
    direct, timed = Judgement(), Judgement()
    if DIRECTLY in parts:
        direct = judge(DIRECT, log_of(folder / "service.log"), ask, _number(ask, len(DIRECT)), refused=[BAD])
    if TIMED_TASKS in parts:
        fired: Counter[str] = Counter()
        for task in (folder / "tasks").iterdir():
            fired.update(task.read_text().split())
        del fired[CANARY]
        timed = judge(TIMED, fired, ask, _number(ask, len(TIMED)))
    direct.damaged = damage(folder / "ledger.db")
    return direct, timed


def _number(ask: Callable[[str], list[tuple[Any, ...]]], recipients: int) -> int:
    rows = ask(f"SELECT campaign_id FROM campaign WHERE recipients={int(recipients)}")  # a number
    return int(rows[0][0])


#: Places that only a life after a death passes: where the one before has to die.
_AFTER: dict[str, tuple[str, int]] = {
    "recover.chunk_marked": ("send.before", 2),
    "recover.members_marked": ("send.before", 2),
    "resolve.begun": ("send.after", 2),
    "resolve.chunk_marked": ("send.before", 2),
    "resolve.members_marked": ("send.after", 2),
    "resolve.committed": ("send.before", 2),
    "schedule.seen": ("schedule.put", 1),
}


def try_place(place: Failpoint, passes: int, parts: frozenset[str] = EVERYTHING) -> tuple[bool, bool, str]:
    """Die there, live on, judge: (was it reached, is all well, in words)."""
    with tempfile.TemporaryDirectory(prefix="jsms-crash-") as name:
        folder = Path(name)
        if place in _AFTER:
            in_child(lambda: life(folder, die_at(*_AFTER[place]), parts))
        reached = not in_child(lambda: life(folder, die_at(place, passes), parts))
        if reached and not in_child(lambda: life(folder, lambda passed: None, parts)):
            raise AssertionError("the second life was killed by somebody else")
        direct, timed = judged(folder, parts)
        good = direct.clean and timed.clean and not timed.unknown and not direct.unknown
        return reached, good, f"{place} at pass {passes}: {direct} {timed}"


def main() -> int:
    """Every place, every pass."""
    parser = argparse.ArgumentParser(description="Die at every named place.")
    parser.add_argument("--passes", type=int, default=3)
    given = parser.parse_args()
    figures: dict[str, Any] = {"places": len(FAILPOINTS), "passes": given.passes, "deaths": 0, "failures": []}
    never = []
    for place in FAILPOINTS:
        for passes in range(1, given.passes + 1):
            reached, good, told = try_place(place, passes)
            figures["deaths"] += reached
            if not good:
                figures["failures"].append(told)
            if not reached:
                if passes == 1:
                    never.append(place)
                break
    figures["never_reached"] = never
    record("crash_points", figures)
    return 0 if not figures["failures"] and not never else 1


if __name__ == "__main__":
    raise SystemExit(main())
