"""Kills campaigns at random moments with SIGKILL, resumes them, and lets the independent checker judge.

    python tools/campaign_kills.py [--kills 1500] [--piece 300] [--recipients 100000] [--concurrency 1]
    [--seed N] [--control]

Each campaign is planned once; then a process that runs or resumes it is killed again and again until one
comes through. A forked child runs the campaign, so that starting it costs little. `--control` runs without
the ledger's rule (what a dead owner had in flight goes back to pending): the harness must then find doubles,
or it would find nothing at all. Writes its figures to benchmarks/reliability-campaigns.json. With `--piece` it
makes so many kills of the wanted ones and adds them to those that stand there: run it until it says that all are
done.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from jsmskit import JsmsClient  # noqa: E402
from jsmskit.campaigns import (  # noqa: E402
    CampaignRunner,
    CampaignState,
    RunSettings,
    TemplateFacts,
    TemplateKind,
    open_ledger,
    plan,
)
from jsmskit.campaigns.ledger.failpoints import Failpoint, arm_failpoints  # noqa: E402

from tools.campaign_checker import Judgement, damage, judge, log_of, sqlite_query  # noqa: E402
from tools.campaign_figures import known, record, record_piece  # noqa: E402

KEY, SECRET = "7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"
FACTS = TemplateFacts(8, "请查收。", TemplateKind.NOTICE)
_DOUBT = {
    "unknown_in_a_row": 10**9,
    "unknown_share": 1.0,
}  # the breakers would stop a campaign that is killed on purpose


class Recorder:
    """The service, in a process of its own that nobody kills."""

    def __init__(self, log: Path, seed: int, before: float = 3.0, after: float = 6.0) -> None:
        command = [sys.executable, str(ROOT / "tools/campaign_recorder.py"), str(log), "--seed", str(seed)]
        command += ["--before", str(before), "--after", str(after)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


def numbers(count: int) -> list[str]:
    """Different valid numbers."""
    return [f"139{index:08d}" for index in range(count)]


def attempt(ledger_path: Path, port: int, concurrency: int, control: bool, begun: int) -> None:
    """One life: run or resume the campaign until it ends; says through a pipe when it has claimed a chunk."""

    def passing(place: Failpoint) -> None:
        if place == "claim.committed":
            os.write(begun, b"!")

    with (
        arm_failpoints(passing),
        open_ledger(ledger_path) as ledger,
        JsmsClient(KEY, SECRET, base_url=f"http://127.0.0.1:{port}/v1") as client,
    ):
        if control:
            with ledger.database.transaction() as tx:
                tx.execute("UPDATE chunk SET state='pending' WHERE state='in_flight'")
        state = ledger.queries.campaign(1).state
        if state is CampaignState.FINISHED:
            return
        runner = CampaignRunner(ledger, client, RunSettings(concurrency=concurrency, **_DOUBT))  # type: ignore[arg-type]
        if state is CampaignState.PLANNED:
            runner.run(1, check_balance=False)
        else:
            runner.resume(1, check_balance=False)


def live(
    ledger_path: Path, port: int, concurrency: int, control: bool, patience: float, *, claims: int
) -> bool:
    """One life in a forked child; killed `patience` seconds after it has claimed so many chunks (0: after its start).

    True if it came to its end. Counted in claims, so that lives reach their requests on a busy machine too.
    """
    heard, begun = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        status = 1
        try:
            attempt(ledger_path, port, concurrency, control, begun)
            status = 0
        except BaseException:  # noqa: BLE001  # a child must never go on as its parent
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(begun)
    while claims > 0 and (said := os.read(heard, 1)):  # nothing: the life has come to its end
        claims -= len(said)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            os.close(heard)
            if status:
                raise SystemExit(f"a life ended with an error ({status}), not by our hand")
            return True
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(heard)
    return status == 0


def one_campaign(
    folder: Path,
    planned: Path,
    chance: random.Random,
    *,
    recipients: int,
    concurrency: int,
    control: bool,
    longest: float,
    most: int,
) -> tuple[int, Judgement]:
    """A planned campaign to its end, killed at random moments; gives the number of kills and the judgement."""
    ledger_path, log = folder / "ledger.db", folder / "service.log"
    people = numbers(recipients)
    shutil.copy(planned, ledger_path)
    recorder = Recorder(log, chance.randrange(2**32), after=60.0 if control else 6.0)
    kills = 0
    try:
        with JsmsClient(KEY, SECRET, base_url=f"http://127.0.0.1:{recorder.port}/v1") as client:
            client.accounts.app_balance()  # loads every module here, so that the forked lives need not
        while True:
            # One death in five falls on the start of a life, the others on its first requests.
            claims = chance.choice((0, 1, 1, 1, 2)) * concurrency
            patience = chance.random() * longest * (1 if claims else 10)
            if kills >= most:
                patience = 3600.0
            if live(ledger_path, recorder.port, concurrency, control, patience, claims=claims):
                break
            kills += 1
        time.sleep(0.05)  # a request of the last killed life may still be taken
    finally:
        recorder.close()
    result = judge(people, log_of(log), sqlite_query(ledger_path), 1)
    result.damaged = damage(ledger_path)
    return kills, result


def run(
    *, kills: int, recipients: int, concurrency: int, seed: int, control: bool = False, longest: float = 0.015
) -> dict[str, Any]:
    """Campaigns until there were enough kills; gives the figures."""
    chance = random.Random(seed)
    total: dict[str, Any] = {
        "seed": seed,
        "recipients_each": recipients,
        "concurrency": concurrency,
        "campaigns": 0,
    }
    total |= {"kills": 0, "clean": True, "unknown_within_bound": True}
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="jsms-kills-") as folder:
        # Planned once: every campaign begins with a copy of the same ledger.
        planned = Path(folder) / "planned.db"
        with open_ledger(planned) as ledger:
            plan(ledger, numbers(recipients), FACTS)
        while total["kills"] < kills:
            place = Path(folder) / str(total["campaigns"])
            place.mkdir()
            killed, found = one_campaign(
                place,
                planned,
                chance,
                recipients=recipients,
                concurrency=concurrency,
                control=control,
                longest=longest,
                most=kills - total["kills"],
            )
            shutil.rmtree(place)
            total["campaigns"] += 1
            total["kills"] += killed
            total["clean"] = total["clean"] and found.clean
            bound = found.unknown_chunks <= killed * concurrency
            total["unknown_within_bound"] = total["unknown_within_bound"] and bound
            for name, value in asdict(found).items():
                total[name] = total.get(name, 0) + (len(value) if isinstance(value, list) else value)
            done = f"{total['kills']} kills, {total['campaigns']} campaigns"
            print(done, found, file=sys.stderr, flush=True)
            if control and total["double"]:
                break
    total["seconds"] = round(time.monotonic() - begin, 1)
    return total


def main() -> int:
    """Run, write the figures, fail if somebody was lost or got two messages."""
    parser = argparse.ArgumentParser(description="Kill campaigns at random moments.")
    parser.add_argument("--kills", type=int, default=1500)
    parser.add_argument("--piece", type=int, help="make only so many of them now, and add them up")
    parser.add_argument("--recipients", type=int, default=100_000)
    parser.add_argument("--concurrency", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument(
        "--longest", type=float, default=0.015, help="seconds at most from a claim to the death"
    )
    parser.add_argument("--control", action="store_true", help="without the ledger's rule: must find doubles")
    given = parser.parse_args()
    name = "kills_control" if given.control else f"kills_concurrency_{given.concurrency}"
    before = known(name) if given.piece else {}
    done = before.get("kills", 0) if before.get("pieces") and before["kills"] < given.kills else 0
    figures = run(
        kills=min(given.piece or given.kills, given.kills - done),
        recipients=given.recipients,
        concurrency=given.concurrency,
        seed=given.seed + done,
        control=given.control,
        longest=given.longest,
    )
    if given.piece:
        figures = record_piece(name, figures, counted="kills", wanted=given.kills)
        print(f"{figures['kills']} of {given.kills} kills are done", file=sys.stderr)
    else:
        record(name, figures)
    if given.control:
        return 0 if figures["double"] else 1
    return 0 if figures["clean"] and figures["unknown_within_bound"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
