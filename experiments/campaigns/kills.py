"""Kill campaigns at random moments, take their ledgers away, and let independent checkers judge.

    python -m experiments.campaigns.kills [--kills 1500] [--piece 300] [--recipients 100000] [--concurrency 1]
    [--seed N] [--place sqlite|postgres] [--control]

Each campaign is planned once; then a process that runs or resumes it is killed again and again until one comes through.
A forked child runs the campaign, so that starting it costs little. Between two lives on SQLite the ledger is sometimes
met under a second name (hard link, symbolic link), moved or copied with its log, or taken away without it, as a
container that is made again does: then it must be refused until the log is back. One life in ten is not killed: its
disk fills up (on PostgreSQL its connections are cut), or it gets Ctrl-C. It says what a terminal would say; a second
checker holds that against what the service saw.

`--control` runs without the ledger's rule (what a dead owner had in flight goes back to pending): the harness must then
find doubles, or it would find nothing at all. Writes its figures to experiments/figures/campaigns.json. With `--piece`
it makes so many kills of the wanted ones and adds them to those that stand there.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jsmskit import JsmsClient
from jsmskit.campaigns import (
    CampaignRunner,
    CampaignState,
    LedgerError,
    LedgerLogError,
    RunSettings,
    TemplateFacts,
    TemplateKind,
    open_ledger,
    plan,
)
from jsmskit.campaigns.ledger.failpoints import Failpoint, arm_failpoints
from jsmskit.campaigns.running._sync import runner as sync_runner
from jsmskit.cli.commands.campaign.run import _told_how_to_go_on
from jsmskit.cli.errors import as_command_error, interruption
from jsmskit.cli.exit_codes import ExitCode

from experiments.campaigns.checker import Judgement, Query, damage, judge, log_of, server_query, sqlite_query
from experiments.campaigns.figures import known, record, record_piece

ROOT = Path(__file__).resolve().parents[2]

KEY, SECRET = "7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"
FACTS = TemplateFacts(8, "请查收。", TemplateKind.NOTICE)
_DOUBT = {
    "unknown_in_a_row": 10**9,
    "unknown_share": 1.0,
}  # the breakers would stop a campaign that is killed on purpose


class Recorder:
    """The service, in a process of its own that is never killed."""

    def __init__(self, log: Path, seed: int, before: float = 3.0, after: float = 6.0) -> None:
        command = [sys.executable, str(ROOT / "experiments/campaigns/recorder.py"), str(log), "--seed", str(seed)]
        command += ["--before", str(before), "--after", str(after)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def settled(self) -> None:
        """Wait until it has taken all that came to it: requests of the dead, too."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/settled", timeout=60) as answer:
            answer.read()

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


def numbers(count: int) -> list[str]:
    """Different valid numbers."""
    return [f"139{index:08d}" for index in range(count)]


def write_list(folder: Path, count: int, chance: random.Random) -> tuple[Path, str]:
    """Write the numbers as operators' files have them; return the file and its encoding.

    Any order, blank rows, numbers in several spellings, and remarks with quotation marks and delimiters in them.
    """
    encoding = chance.choice(("utf-8-sig", "gb18030", "utf-16"))
    delimiter = chance.choice(",;\t")
    remarks = ("", f'"a{delimiter} b"', '"say ""hi"""', "字", f'"{delimiter}"', "it's 5\" wide")
    spellings = ("{}", " {} ", "+86 {}", '"{}"')
    lines = [f"*手机号（必填）{delimiter}备注"]
    for number in chance.sample(numbers(count), count):
        lines.append(chance.choice(spellings).format(number) + delimiter + chance.choice(remarks))
        if chance.random() < 0.01:
            lines.append(delimiter)
    path = folder / "list.csv"
    path.write_bytes(chance.choice(("\n", "\r\n")).join(lines).encode(encoding))
    return path, encoding


def attempt(place: str, port: int, concurrency: int, control: bool, begun: int) -> None:
    """One life: run or resume the campaign until it ends; says through a pipe when it has claimed a chunk."""

    def passing(passed: Failpoint) -> None:
        if passed == "claim.committed":
            os.write(begun, b"!")

    with (
        arm_failpoints(passing),
        open_ledger(place) as ledger,
        JsmsClient(KEY, SECRET, base_url=f"http://127.0.0.1:{port}/v1") as client,
    ):
        if control:
            with ledger.database.transaction() as tx:
                tx.execute("UPDATE chunk SET state='pending' WHERE state='in_flight'")
        state = ledger.queries.campaign(1).state
        if state is CampaignState.FINISHED:
            return
        runner = CampaignRunner(ledger, client, RunSettings(concurrency=concurrency, **_DOUBT))  # type: ignore[arg-type]
        with _told_how_to_go_on(1, runner):
            if state is CampaignState.PLANNED:
                runner.run(1, check_balance=False)
            else:
                runner.resume(1, check_balance=False)


def _last_words(error: BaseException) -> bytes:
    """What the terminal would show at the end of a life."""
    if isinstance(error, KeyboardInterrupt):
        return interruption(error, command="jsms", code=ExitCode.INTERRUPTED).as_json().encode()
    assert isinstance(error, Exception)
    return as_command_error(error).as_json().encode()


def live(
    place: str,
    port: int,
    concurrency: int,
    control: bool,
    patience: float,
    *,
    claims: int,
    room: int = 0,
    softly: bool = False,
    meanwhile: Callable[[], None] = lambda: None,
) -> tuple[bool, dict[str, Any]]:
    """One life in a forked child; killed `patience` seconds after it has claimed so many chunks (0: after its start).

    room: no file may be larger, as on a disk that is full. softly: it gets Ctrl-C instead of being killed.

    Returns whether it came to its end, and what it told if it ended with an error. Counted in claims, so that lives
    reach their requests on a busy machine too.
    """
    heard, begun = os.pipe()
    told, tells = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        status = 1
        try:
            sync_runner._SETTLE_WAIT_SECONDS = 0.01  # type: ignore[misc]
            if room:
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
            attempt(place, port, concurrency, control, begun)
            status = 0
        except BaseException as error:  # noqa: BLE001  # a child must never go on as its parent
            os.write(tells, _last_words(error)[:4000])
        finally:
            os._exit(status)
    os.close(begun)
    os.close(tells)
    while claims > 0 and (said := os.read(heard, 1)):  # nothing: the life has come to its end
        claims -= len(said)
    meanwhile()
    deadline = time.monotonic() + patience
    status = 256
    killed = False
    while not killed:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() >= deadline:
            os.kill(child, signal.SIGINT if softly else signal.SIGKILL)
            deadline, killed, softly = time.monotonic() + 60.0, not softly, False
            if killed:
                _, status = os.waitpid(child, 0)
        else:
            time.sleep(0.001)
    words = b"" if killed else os.read(told, 4096)
    os.close(heard)
    os.close(told)
    return status == 0, json.loads(words)["error"] if words else {}


def take_away(path: Path, chance: random.Random, found: Counter[str]) -> Path:
    """Do to the ledger of a killed program what people and containers do; return where it is now."""
    log = path.with_name(f"{path.name}-wal")
    what = chance.choice(("leave", "hard_link", "symbolic_link", "move", "copy", "container"))
    found[what] += 1
    fresh = path.parent.parent / f"place{sum(found.values())}"
    there = fresh / f"{what}.db"
    if what == "leave":
        return path
    fresh.mkdir()
    if what == "hard_link":
        there.hardlink_to(path)
        for name in (path, there):
            _must_be_refused(name, found)
        there.unlink()
        return path
    if what == "symbolic_link":
        there.symlink_to(path)
        return there
    taken = shutil.copy if what == "copy" else shutil.move
    taken(path, there)
    if log.exists():
        # Without its log it is refused, or nothing was missing in it.
        before = there.read_bytes()
        try:
            open_ledger(there).close()
        except LedgerLogError:
            found["refused_without_log"] += 1
            assert there.read_bytes() == before
            taken(log, there.with_name(f"{there.name}-wal"))
        else:
            found["complete_without_log"] += 1
    return there


def _must_be_refused(path: Path, found: Counter[str]) -> None:
    try:
        open_ledger(path).close()
    except LedgerError:
        found["refused_second_name"] += 1
    else:
        found["second_name_taken"] += 1


def cut_connections(server: Any) -> None:
    """End every connection to the server, as a failover or a firewall does."""
    import psycopg

    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )


def false_words(told: dict[str, Any], before: Counter[str], after: Counter[str]) -> bool:
    """Whether a life said that nothing was sent, and the service took something in it."""
    return bool(told) and str(told["sent"]).startswith("No") and after != before


def one_campaign(
    folder: Path,
    start: Callable[[Path], str],
    ask: Callable[[str], Query],
    chance: random.Random,
    *,
    recipients: int,
    concurrency: int,
    control: bool,
    longest: float,
    most: int,
    server: Any = None,
) -> tuple[int, Judgement, Counter[str]]:
    """A planned campaign to its end, killed at random moments. Returns the number of kills, the judgement, and what
    else was done and seen.
    """
    log = folder / "service.log"
    people = numbers(recipients)
    place = start(folder)
    recorder = Recorder(log, chance.randrange(2**32), after=60.0 if control else 6.0)
    kills = 0
    found: Counter[str] = Counter()
    try:
        with JsmsClient(KEY, SECRET, base_url=f"http://127.0.0.1:{recorder.port}/v1") as client:
            client.accounts.app_balance()  # loads every module here, so that the forked lives need not
        while True:
            # One death in five falls on the start of a life, the others on its first requests.
            claims = chance.choice((0, 1, 1, 1, 2)) * concurrency
            patience = chance.random() * longest * (1 if claims else 10)
            if kills >= most:
                patience = 3600.0
            spoil = "" if control or chance.random() > 0.1 else chance.choice(("full", "ctrl_c"))
            trouble: dict[str, Any] = {"softly": spoil == "ctrl_c"}
            if spoil == "full":
                patience = 3600.0
                trouble = {"meanwhile": lambda: cut_connections(server)} if server else {}
                trouble = trouble or {"room": chance.randrange(20_000, 150_000)}
            recorder.settled()
            before = log_of(log)
            done, told = live(place, recorder.port, concurrency, control, patience, claims=claims, **trouble)
            if told:
                recorder.settled()
                after = log_of(log)
                found["errors_told"] += 1
                found["after_something_was_sent"] += after != before
                if false_words(told, before, after):
                    found["false_words"] += 1
                    print(f"FALSE: {told}; taken: {(after - before).total()}", file=sys.stderr, flush=True)
                found[f"ended: {told['what'][:60]}"] += 1
                found["not_by_our_hand"] += not spoil
                if found["not_by_our_hand"] > 20:
                    raise SystemExit(f"lives end with errors, not by our hand: {told}")
                continue
            if done:
                break
            kills += 1
            if not control and not place.startswith("postgresql"):
                place = str(take_away(Path(place).resolve(), chance, found))
        time.sleep(0.05)  # a request of the last killed life may still be taken
    finally:
        recorder.close()
    result = judge(people, log_of(log), ask(place), 1)
    result.damaged = [] if place.startswith("postgresql") else damage(Path(place))
    return kills, result, found


def run(
    *,
    kills: int,
    recipients: int,
    concurrency: int,
    seed: int,
    control: bool = False,
    longest: float = 0.015,
    server: Any = None,
    files: bool = False,
) -> dict[str, Any]:
    """Campaigns until there were enough kills; returns the figures.

    server: a PostgreSQL of its own, or None. files: plan each campaign from a list file drawn at random.
    """
    chance = random.Random(seed)
    total: dict[str, Any] = {"seed": seed, "recipients_each": recipients, "concurrency": concurrency}
    total |= {"campaigns": 0, "kills": 0, "clean": True, "unknown_within_bound": True, "false_words": 0}
    done: Counter[str] = Counter()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="jsms-kills-") as folder:
        # Planned once: every campaign on SQLite begins with a copy of the same ledger.
        planned = Path(folder) / "planned.db"
        with open_ledger(planned) as ledger:
            plan(ledger, numbers(recipients), FACTS)

        def start(place: Path) -> str:
            if files:
                (place / "first").mkdir()
                ledger_file = place / "first" / "ledger.db"
                source, encoding = write_list(place, recipients, chance)
                with open_ledger(ledger_file) as ledger:
                    summary = plan(ledger, source, FACTS, encoding=encoding)
                assert summary.recipients == recipients, summary
                return str(ledger_file)
            if server is None:
                (place / "first").mkdir()
                return str(shutil.copy(planned, place / "first" / "ledger.db"))
            server.empty()
            with open_ledger(server.url) as ledger:
                plan(ledger, numbers(recipients), FACTS)
            return str(server.url)

        def ask(place: str) -> Query:
            return sqlite_query(Path(place)) if server is None else server_query(place)

        while total["kills"] < kills:
            place = Path(folder) / str(total["campaigns"])
            place.mkdir()
            killed, found, seen = one_campaign(
                place,
                start,
                ask,
                chance,
                recipients=recipients,
                concurrency=concurrency,
                control=control,
                longest=longest,
                most=kills - total["kills"],
                server=server,
            )
            shutil.rmtree(place)
            done += seen
            total["campaigns"] += 1
            total["kills"] += killed
            total["clean"] = total["clean"] and found.clean
            total["false_words"] += seen["false_words"]
            bound = found.unknown_chunks <= (killed + seen["errors_told"]) * concurrency
            total["unknown_within_bound"] = total["unknown_within_bound"] and bound
            for name, value in asdict(found).items():
                total[name] = total.get(name, 0) + (len(value) if isinstance(value, list) else value)
            print(f"{total['kills']} kills, {total['campaigns']} campaigns", found, file=sys.stderr, flush=True)
            if control and total["double"]:
                break
    for name in ("hard_link", "symbolic_link", "move", "copy", "container"):
        total[f"turns_{name}"] = done[name]
    for name in ("refused_second_name", "second_name_taken", "refused_without_log", "complete_without_log"):
        total[name] = done[name]
    total["errors_told"] = done["errors_told"]
    total["errors_told_after_something_was_sent"] = done["after_something_was_sent"]
    total["seconds"] = round(time.monotonic() - begin, 1)
    return total


def main() -> int:
    """Run, write the figures, fail if a recipient was lost or got two messages, or if a word was false."""
    parser = argparse.ArgumentParser(description="Kill campaigns at random moments.")
    parser.add_argument("--kills", type=int, default=1500)
    parser.add_argument("--piece", type=int, help="make only so many of them now, and add them up")
    parser.add_argument("--recipients", type=int, default=100_000)
    parser.add_argument("--concurrency", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--place", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--longest", type=float, default=0.015, help="seconds at most from a claim to the death")
    parser.add_argument("--files", action="store_true", help="plan from list files drawn at random (SQLite)")
    parser.add_argument("--control", action="store_true", help="without the ledger's rule: must find doubles")
    given = parser.parse_args()
    name = "kills_control" if given.control else f"kills_concurrency_{given.concurrency}"
    name = name if given.place == "sqlite" else f"{name}_postgres"
    name = f"{name}_from_files" if given.files else name
    before = known(name) if given.piece else {}
    done = before.get("kills", 0) if before.get("pieces") and before["kills"] < given.kills else 0
    server = None
    if given.place == "postgres":
        from tests.campaigns.campaign_postgres import PostgresServer, find_programs

        programs = find_programs()
        if programs is None:
            raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
        server = PostgresServer(programs)
    try:
        figures = run(
            kills=min(given.piece or given.kills, given.kills - done),
            recipients=given.recipients,
            concurrency=given.concurrency,
            seed=given.seed + done,
            control=given.control,
            longest=given.longest,
            server=server,
            files=given.files,
        )
    finally:
        if server is not None:
            server.close()
    figures["command"] = f"python -m experiments.campaigns.kills {' '.join(sys.argv[1:])}".strip()
    if given.piece:
        figures = record_piece(name, figures, counted="kills", wanted=given.kills)
        print(f"{figures['kills']} of {given.kills} kills are done", file=sys.stderr)
    else:
        record(name, figures)
    if given.control:
        return 0 if figures["double"] else 1
    bad = figures["false_words"] or figures.get("second_name_taken", 0)
    return 0 if figures["clean"] and figures["unknown_within_bound"] and not bad else 1


if __name__ == "__main__":
    raise SystemExit(main())
