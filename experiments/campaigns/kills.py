"""Kill campaigns at random moments, take their ledgers away, and let independent checkers judge.

    python -m experiments.campaigns.kills [--kills 1500] [--recipients 100000] [--concurrency 1] [--seed N]
    [--place sqlite|postgres] [--files] [--control]

Each campaign is planned once; then a process that runs or resumes it is killed again and again until one comes through.
A forked child runs the campaign, so that starting it costs little. Between two lives on SQLite the ledger is sometimes
met under a second name (hard link, symbolic link), moved or copied with its log, or taken away without it, as a
container that is made again does: then it must be refused until the log is back. One life in ten is not killed: its
disk fills up (on PostgreSQL its connections are cut), or it gets Ctrl-C. It says what a terminal would say; a second
checker holds that against what the service saw.

`--control` runs without the ledger's rule (what a dead owner had in flight goes back to pending): the harness must then
find doubles, or it would find nothing at all. Writes its figures to experiments/figures/campaigns.json, if there are
100 kills and more.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

import click
from click.globals import push_context
from jsmskit import JsmsClient
from jsmskit.campaigns import CampaignRunner, CampaignState, LedgerError, LedgerLogError, RunSettings, open_ledger, plan
from jsmskit.campaigns.ledger.failpoints import arm_failpoints
from jsmskit.campaigns.running._sync import runner as sync_runner
from jsmskit.cli.calls_made import calls_made
from jsmskit.cli.commands.campaign.run import _told_how_to_go_on
from jsmskit.cli.errors import as_command_error

from experiments import figures_files
from experiments.campaigns.checker import Judgement, judge, log_of
from experiments.campaigns.crash_points import FACTS, FORK, UNSTOPPED
from experiments.campaigns.recorder import Recorder
from tests.campaigns.campaign_service import KEY, SECRET, numbers

_TURNS = ("leave", "hard_link", "symbolic_link", "move", "copy", "container")
_COUNTED = (
    *(f"turns_{name}" for name in _TURNS),
    *("refused_second_name", "second_name_taken", "refused_without_log", "complete_without_log"),
    *("kills", "campaigns", "false_words", "errors_told", "errors_told_after_something_was_sent"),
)
"""What stands in the figures also if it never came."""


def start_server() -> Any:
    """A PostgreSQL of our own."""
    from tests.campaigns.campaign_postgres import PostgresServer, find_programs

    programs = find_programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed (apt-get install postgresql); nothing was tried")
    return PostgresServer(programs)


@dataclass
class Setting:
    """What the campaigns of a run have in common. `server` is a PostgreSQL of ours, None for files; `from_files` plans
    from list files drawn at random; `longest` is the most seconds from a claim to the death.
    """

    chance: random.Random
    recipients: int
    concurrency: int = 1
    control: bool = False
    longest: float = 0.015
    server: Any = None
    from_files: bool = False

    def plan(self, folder: Path) -> str:
        """A planned campaign; gives the place of its ledger."""
        (folder / "first").mkdir()
        place = str(folder / "first" / "ledger.db")
        source: Any = numbers(self.recipients)
        encoding = None
        if self.server:
            self.server.empty()
            place = self.server.url
        if self.from_files:
            source, encoding = write_list(folder, self.recipients, self.chance)
        with open_ledger(place) as ledger:
            assert plan(ledger, source, FACTS, encoding=encoding).recipients == self.recipients
        return place


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


def attempt(place: str, port: int, setting: Setting, claimed: Callable[[], None]) -> None:
    """One life: run or resume the campaign until it ends."""

    def passing(passed: str) -> None:
        if passed == "claim.committed":
            claimed()

    with (
        _told_how_to_go_on(1),
        arm_failpoints(passing),
        open_ledger(place) as ledger,
        JsmsClient(KEY, SECRET, base_url=f"http://127.0.0.1:{port}/v1", observer=calls_made()) as client,
    ):
        if setting.control:
            with ledger.database.transaction() as tx:
                tx.execute("UPDATE chunk SET state='pending' WHERE state='in_flight'")
        state = ledger.queries.campaign(1).state
        if state is CampaignState.FINISHED:
            return
        runner = CampaignRunner(ledger, client, RunSettings(concurrency=setting.concurrency, **UNSTOPPED))
        (runner.run if state is CampaignState.PLANNED else runner.resume)(1, check_balance=False)


def _live(place: str, port: int, setting: Setting, room: int, line: Connection) -> NoReturn:
    """Say through the line, for each chunk that was claimed, nothing, and at the end what the terminal would show."""
    status = 1
    push_context(click.Context(click.Command("jsms")))
    try:
        sync_runner._WAIT_SECONDS = 0.01  # type: ignore[misc]
        if room:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        attempt(place, port, setting, lambda: line.send(""))
        status = 0
    except BaseException as error:  # noqa: BLE001  # a child must never go on as its parent
        line.send(as_command_error(error).as_json())
    finally:
        os._exit(status)


def _said(line: Connection) -> Iterator[str]:
    """What a life says, until it ends."""
    with suppress(EOFError, OSError):
        while True:
            yield line.recv()


def live(
    place: str,
    port: int,
    setting: Setting,
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
    here, there = FORK.Pipe(duplex=False)
    child = FORK.Process(target=_live, args=(place, port, setting, room, there))
    child.start()
    there.close()
    said = _said(here)
    words = "".join(itertools.islice(said, claims))
    meanwhile()
    child.join(patience)
    if softly and child.is_alive():
        os.kill(child.pid or 0, signal.SIGINT)
        child.join(60)
    child.kill()  # nothing, if it has ended
    child.join()
    words += "".join(said)
    was_killed = child.exitcode == -signal.SIGKILL
    return child.exitcode == 0, json.loads(words)["error"] if words and not was_killed else {}


def take_away(path: Path, chance: random.Random, found: Counter[str]) -> Path:
    """Do to the ledger of a killed program what people and containers do; return where it is now."""
    log = path.with_name(f"{path.name}-wal")
    what = chance.choice(_TURNS)
    found[f"turns_{what}"] += 1
    fresh = Path(tempfile.mkdtemp(dir=path.parent.parent))
    there = fresh / f"{what}.db"
    if what == "leave":
        return path
    if what == "hard_link":
        there.hardlink_to(path)
        for name in (path, there):
            try:
                open_ledger(name).close()
            except LedgerError:
                found["refused_second_name"] += 1
            else:
                found["second_name_taken"] += 1
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


def cut_connections(server: Any) -> None:
    """End every connection to the server, as a failover or a firewall does."""
    import psycopg

    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )


def draw_trouble(setting: Setting) -> dict[str, Any]:
    """What befalls a life in place of being killed; nothing, as a rule."""
    chance = setting.chance
    if setting.control or chance.random() > 0.1:
        return {}
    if chance.random() < 0.5:
        return {"softly": True}
    if setting.server:
        return {"patience": 3600.0, "meanwhile": lambda: cut_connections(setting.server)}
    return {"patience": 3600.0, "room": chance.randrange(20_000, 150_000)}


def one_campaign(folder: Path, setting: Setting, most: int) -> tuple[Judgement, Counter[str]]:
    """A planned campaign to its end, killed at random moments, `most` times at most. Returns the judgement, and what
    else was done and seen.
    """
    log = folder / "service.log"
    chance = setting.chance
    place = setting.plan(folder)
    recorder = Recorder(log, chance.randrange(2**32), after=60.0 if setting.control else 6.0)
    found: Counter[str] = Counter()
    try:
        with JsmsClient(KEY, SECRET, base_url=f"http://127.0.0.1:{recorder.port}/v1") as client:
            client.accounts.app_balance()  # loads every module here, so that the forked lives need not
        while True:
            # One death in five falls on the start of a life, the others on its first requests.
            claims = chance.choice((0, 1, 1, 1, 2)) * setting.concurrency
            patience = chance.random() * setting.longest * (1 if claims else 10)
            if found["kills"] >= most:
                patience = 3600.0
            trouble = draw_trouble(setting)
            recorder.settled()
            before = log_of(log)
            done, told = live(place, recorder.port, setting, **({"claims": claims, "patience": patience} | trouble))
            if done:
                break
            if not told:
                found["kills"] += 1
                if not setting.control and not setting.server:
                    place = str(take_away(Path(place).resolve(), chance, found))
                continue
            recorder.settled()
            something_was_sent = log_of(log) != before
            found["errors_told"] += 1
            found["errors_told_after_something_was_sent"] += something_was_sent
            if something_was_sent and str(told["sent"]).startswith("No"):
                found["false_words"] += 1
                print(f"FALSE: {told}", file=sys.stderr, flush=True)
            found["not_by_our_hand"] += not trouble
            assert found["not_by_our_hand"] <= 20, f"lives end with errors, not by our hand: {told}"
        time.sleep(0.05)  # a request of the last killed life may still be taken
    finally:
        recorder.close()
    people = numbers(setting.recipients)
    return judge(people, log_of(log), place if setting.server else Path(place), 1), found


def run(*, kills: int, seed: int, **given: Any) -> dict[str, Any]:
    """Campaigns until there were enough kills; returns the figures. `given` is as in `Setting`."""
    setting = Setting(random.Random(seed), **given)
    counted = Counter(dict.fromkeys(_COUNTED, 0))
    clean = within_bound = True
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="jsms-kills-") as folder:
        while counted["kills"] < kills and not (setting.control and counted["double"]):
            place = Path(folder) / str(counted["campaigns"])
            place.mkdir()
            found, seen = one_campaign(place, setting, kills - counted["kills"])
            shutil.rmtree(place)
            clean = clean and found.clean
            bound = (seen["kills"] + seen["errors_told"]) * setting.concurrency
            within_bound = within_bound and found.unknown_chunks <= bound
            counted.update(seen)
            counted.update(asdict(found))
            counted["campaigns"] += 1
            print(f"{counted['kills']} kills, {counted['campaigns']} campaigns", found, file=sys.stderr, flush=True)
    return {
        "seed": seed,
        "recipients_each": setting.recipients,
        "concurrency": setting.concurrency,
        "clean": clean,
        "unknown_within_bound": within_bound,
        "seconds": round(time.monotonic() - begin, 1),
        **counted,
    }


def main() -> int:
    """Run, write the figures, fail if a recipient was lost or got two messages, or if a word was false."""
    parser = argparse.ArgumentParser(description="Kill campaigns at random moments.")
    parser.add_argument("--kills", type=int, default=1500)
    parser.add_argument("--recipients", type=int, default=100_000)
    parser.add_argument("--concurrency", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--place", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--files", action="store_true", help="plan from list files drawn at random")
    parser.add_argument("--control", action="store_true", help="without the ledger's rule: must find doubles")
    given = parser.parse_args()
    name = "kills_control" if given.control else f"kills_concurrency_{given.concurrency}"
    name += "_postgres" if given.place == "postgres" else ""
    name += "_from_files" if given.files else ""
    server = start_server() if given.place == "postgres" else None
    try:
        figures = run(
            kills=given.kills,
            seed=given.seed,
            recipients=given.recipients,
            concurrency=given.concurrency,
            control=given.control,
            server=server,
            from_files=given.files,
        )
    finally:
        if server is not None:
            server.close()
    figures["command"] = f"python -m experiments.campaigns.kills {' '.join(sys.argv[1:])}".strip()
    figures_files.write("campaigns", figures, entry=name, keep=given.kills >= 100)
    if given.control:
        return 0 if figures["double"] else 1
    bad = figures["false_words"] or figures["second_name_taken"]
    return 0 if figures["clean"] and figures["unknown_within_bound"] and not bad else 1


if __name__ == "__main__":
    raise SystemExit(main())
