"""One ledger, whatever it is called and wherever it is taken: no chunk that was claimed comes back as pending.

SQLite finds its log by the file's name. So a ledger under a second name, or away from its log, is the danger here.
"""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from campaign_scene import PLAIN
from campaign_service import numbers
from jsmskit.campaigns import (
    LedgerBusyError,
    LedgerError,
    LedgerLogError,
    RunSettings,
    go_on_without_log,
    open_ledger,
    plan,
)
from jsmskit.campaigns.ledger import database, new_owner
from jsmskit.campaigns.ledger.database import ledger_file, sqlite
from jsmskit.campaigns.models import ChunkLease
from jsmskit.campaigns.states import CampaignState, ChunkState, RecipientState

from tests.interrupt_at import InterruptAt

SETTINGS = RunSettings(canary=False, concurrency=4)
PEOPLE = 1200
_CLAIM_AND_DIE = """
import os, sys
from jsmskit.campaigns import RunSettings, open_ledger
from jsmskit.campaigns.ledger import new_owner
ledger, owner, settings = open_ledger(sys.argv[1]), new_owner(), RunSettings(canary=False)
ledger.start(1, owner, settings, resume=False)
assert ledger.claim(1, owner, settings).chunk == 1
os._exit(9)
"""
_CLAIM_AND_END_ON_A_FULL_DISK = """
import os, resource, sys
from jsmskit.campaigns import RunSettings, open_ledger
from jsmskit.campaigns.ledger import new_owner
with open_ledger(sys.argv[1]) as ledger:
    owner, settings = new_owner(), RunSettings(canary=False)
    ledger.start(1, owner, settings, resume=False)
    assert ledger.claim(1, owner, settings).chunk == 1
    room = os.path.getsize(sys.argv[1] + "-wal")
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
"""


def _planned(place: Path) -> Path:
    with open_ledger(place) as ledger:
        plan(ledger, numbers(PEOPLE), PLAIN)
    return place


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ledger with one planned campaign of three chunks, at rest."""
    return _planned(tmp_path / "one.db")


@pytest.fixture(scope="module")
def killed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = _planned(tmp_path_factory.mktemp("killed") / "one.db")
    died = subprocess.run([sys.executable, "-c", _CLAIM_AND_DIE, str(place)], check=False)
    assert died.returncode == 9
    return place


@pytest.fixture
def killed(killed_once: Path, tmp_path: Path) -> Path:
    """The same, with the first chunk in flight when the program was killed: the file, and its log."""
    for place in (killed_once, _log(killed_once)):
        shutil.copy(place, tmp_path)
    return tmp_path / "one.db"


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _resume(path: Path) -> list[int]:
    """Resume; gives the chunks that became unknown, and makes sure that the first one is not given out again."""
    with open_ledger(path) as ledger:
        owner = new_owner()
        lost = ledger.start(1, owner, SETTINGS, resume=True)
        order = ledger.claim(1, owner, SETTINGS)
        assert isinstance(order, ChunkLease)
        assert order.chunk != 1
        ledger.leave(owner)
    return lost


def test_a_ledger_with_two_names_is_refused_under_both(file: Path, tmp_path: Path) -> None:
    """A hard link: each name would have a log of its own. With one name less it opens again."""
    (tmp_path / "two.db").hardlink_to(file)
    for name in ("one.db", "two.db"):
        with pytest.raises(LedgerError, match=r"2 names \(hard links\)") as caught:
            open_ledger(tmp_path / name)
        assert "-samefile" in caught.value.remedy
    (tmp_path / "two.db").unlink()
    open_ledger(file).close()


def test_a_second_name_given_while_the_ledger_is_open_stops_the_next_run(file: Path, tmp_path: Path) -> None:
    with open_ledger(file) as ledger:
        (tmp_path / "two.db").hardlink_to(file)
        with pytest.raises(LedgerBusyError, match="is open in this program as"):
            open_ledger(tmp_path / "two.db")
        with pytest.raises(LedgerError, match="hard links"):
            ledger.start(1, new_owner(), SETTINGS, resume=False)


def test_a_symbolic_link_is_the_same_ledger(killed: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(killed)
    with open_ledger(killed) as ledger, open_ledger(link) as other:
        ledger.start(1, new_owner(), SETTINGS, resume=True)
        with pytest.raises(LedgerBusyError, match="another process is running"):
            other.start(1, new_owner(), SETTINGS, resume=True)
        assert [chunk.number for chunk in other.queries.chunks(1, ChunkState.UNKNOWN)] == [1]


def test_a_run_in_another_process_is_seen_through_every_name(file: Path, tmp_path: Path) -> None:
    """A file that is mounted alone into a container, or was renamed while a run is on: the same file under another
    name, where no log is. The lock is the file's.
    """
    code = _CLAIM_AND_DIE.replace("os._exit(9)", "print('on', flush=True); sys.stdin.read()")
    with subprocess.Popen(
        [sys.executable, "-c", code, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"on\n"
        link = tmp_path / "link.db"
        link.symlink_to(file)
        with open_ledger(link) as ledger, pytest.raises(LedgerBusyError, match="running a campaign"):
            ledger.start(1, new_owner(), SETTINGS, resume=True)
        moved = file.rename(tmp_path / "elsewhere.db")
        with pytest.raises(LedgerBusyError, match="under another name"):
            open_ledger(moved)
        process.kill()
    with pytest.raises(LedgerLogError, match="is missing"):
        open_ledger(moved)
    _log(file).rename(_log(moved))
    assert _resume(moved) == [1]


@pytest.mark.parametrize("take", [shutil.copy, shutil.move], ids=["copied", "moved"])
def test_a_ledger_that_is_taken_away_from_its_log_after_a_kill_is_refused(
    killed: Path, tmp_path: Path, take: Callable[[Path, Path], object]
) -> None:
    """Into a fresh folder, as a container that is made again has it. With the log beside it, it goes on."""
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    there = fresh / "other.db"
    take(killed, there)
    before = there.read_bytes()
    with pytest.raises(LedgerLogError, match="in use when its program ended") as caught:
        open_ledger(there)
    assert "with -wal" in caught.value.remedy
    assert there.read_bytes() == before
    take(_log(killed), _log(there))
    assert _resume(there) == [1]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot keep SQLite from it")
def test_a_ledger_that_was_closed_on_a_full_disk_is_refused_without_its_log(file: Path, tmp_path: Path) -> None:
    """SQLite brings the log in as it closes, the page first that says that nothing is missing, and breaks off."""
    subprocess.run([sys.executable, "-c", _CLAIM_AND_END_ON_A_FULL_DISK, str(file)], check=True)
    there = Path(shutil.copy(file, tmp_path / "there.db"))
    with pytest.raises(LedgerLogError, match="in use when its program ended"):
        open_ledger(there)
    assert _resume(file) == [1]


@pytest.mark.skipif(sys.platform != "linux", reason="forks; and other systems cannot keep SQLite from it")
def test_a_ledger_that_ctrl_c_closed_can_be_opened(file: Path) -> None:
    """Wherever it came, within a query too: SQLite closes the file in the end, and may throw its log away."""

    for place in itertools.count(1):
        child = os.fork()
        if not child:
            ledger = open_ledger(file)
            ledger.plans.record(1, "noted", "before the end")
            interrupt = InterruptAt(place, database, sqlite)
            with suppress(KeyboardInterrupt):
                sys.settrace(interrupt)
                with ledger:
                    assert len(list(ledger.queries.recipients(1))) == PEOPLE
            sys.settrace(None)
            is_complete = interrupt.left > 0
            del ledger, interrupt  # it holds frames, and they the file
            gc.collect()
            os._exit(0 if is_complete else 2)
        status = os.waitpid(child, 0)[1]
        open_ledger(file).close()
        if status == 0:
            break
    assert place > 20


def test_a_ledger_at_rest_is_one_file(file: Path, tmp_path: Path) -> None:
    """Closed in good order it needs no log: move it, copy it, mount it."""
    assert not _log(file).exists()
    moved = file.rename(tmp_path / "moved.db")
    with open_ledger(moved) as ledger:
        assert ledger.queries.counts(1).pending == PEOPLE


def test_a_look_with_the_shell_of_sqlite_after_a_kill_does_no_harm(killed: Path, tmp_path: Path) -> None:
    """It brings the log into the file and throws it away; then the file says that nothing is missing."""
    shell = sqlite3.connect(killed)
    assert shell.execute("SELECT count(*) FROM chunk WHERE state='in_flight'").fetchone() == (1,)
    shell.close()
    assert not _log(killed).exists()
    assert _resume(killed.rename(tmp_path / "moved.db")) == [1]


def test_the_log_of_another_time_is_not_taken(killed: Path, tmp_path: Path) -> None:
    """An older copy of the ledger, put under the log of a later one, would be mixed with it."""
    older = tmp_path / "older.db"
    with open_ledger(older) as ledger:
        plan(ledger, numbers(PEOPLE), PLAIN)
    shutil.copy(older, killed)
    log = _log(killed).read_bytes()
    with pytest.raises(LedgerLogError, match="does not belong"):
        open_ledger(killed)
    assert killed.read_bytes() == older.read_bytes()
    assert _log(killed).read_bytes() == log


def test_a_log_without_its_ledger_is_not_thrown_away(killed: Path) -> None:
    """SQLite would remove it for a new ledger of the same name."""
    away = killed.rename(killed.with_name("away.db"))
    with pytest.raises(LedgerLogError, match="gone or empty"):
        open_ledger(killed)
    away.rename(killed)
    assert _resume(killed) == [1]


def test_a_program_that_brings_the_log_in_during_a_run_is_noticed(file: Path, tmp_path: Path) -> None:
    """Then the file says that nothing is missing; before the next commit it says again that a log belongs to it."""
    with open_ledger(file) as ledger:
        owner = new_owner()
        ledger.start(1, owner, SETTINGS, resume=False)
        shell = sqlite3.connect(file)
        shell.execute("PRAGMA wal_checkpoint(FULL)")
        shell.close()
        assert isinstance(ledger.claim(1, owner, SETTINGS), ChunkLease)
        shutil.copy(file, tmp_path / "copy.db")
        with pytest.raises(LedgerLogError, match="is missing"):
            open_ledger(tmp_path / "copy.db")


def test_a_program_that_brings_the_log_in_again_and_again_is_told_of(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is committed into a log that the file does not ask for; without that program it goes on."""
    shell = sqlite3.connect(file)
    is_on = True

    class Disturbed(sqlite3.Connection):
        def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
            if is_on and sql == "BEGIN IMMEDIATE":
                shell.execute("PRAGMA wal_checkpoint(FULL)")
            return super().execute(sql, *given)

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Disturbed))
    with open_ledger(file) as ledger:
        with pytest.raises(LedgerBusyError, match="keeps bringing the log"):
            ledger.stop(1, "why")
        is_on = False
        ledger.stop(1, "why")
    shell.close()


def test_where_files_cannot_be_locked_beside_sqlite_a_file_beside_is(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_file, "_LOCKS_THE_FILE", False)
    link = tmp_path / "link.db"
    link.symlink_to(file)
    with open_ledger(link) as ledger:
        owner = new_owner()
        ledger.start(1, owner, SETTINGS, resume=False)
        assert (tmp_path / "one.db.lock").exists()
        code = (
            "import sys; from jsmskit.campaigns import open_ledger\n"
            "from jsmskit.campaigns.ledger.database import ledger_file\n"
            "from jsmskit.campaigns.ledger import new_owner; from jsmskit.campaigns import RunSettings\n"
            "ledger_file._LOCKS_THE_FILE = False\n"
            "open_ledger(sys.argv[1]).start(1, new_owner(), RunSettings(), resume=True)"
        )
        second = [sys.executable, "-c", code, str(file)]
        busy = subprocess.run(second, check=False, capture_output=True, text=True)
        assert "LedgerBusyError" in busy.stderr
        ledger.leave(owner)
        assert subprocess.run(second, check=False).returncode == 0


def test_two_ledgers_of_one_process_share_the_file(file: Path, tmp_path: Path) -> None:
    """Closing the second one, once or twice, must not drop the locks that SQLite holds for the first: the run stays
    the only one.
    """
    with open_ledger(file) as ledger:
        ledger.start(1, new_owner(), SETTINGS, resume=False)
        with ledger.database.transaction() as tx:
            tx.execute("UPDATE campaign SET name='held'")
            second = open_ledger(file)
            for _ in range(2):
                second.close()
            check = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
            other = subprocess.run(
                [sys.executable, "-c", check, str(file)], check=False, capture_output=True, text=True
            )
            assert "database is locked" in other.stderr
        code = _CLAIM_AND_DIE.replace("resume=False", "resume=True")
        run = subprocess.run([sys.executable, "-c", code, str(file)], check=False, capture_output=True, text=True)
        assert "LedgerBusyError" in run.stderr


def test_a_ledger_whose_log_is_lost_goes_on_with_everybody_unknown(killed: Path, tmp_path: Path) -> None:
    """What a campaign that ran had still to send may have been sent; one that never ran is as it was."""
    alone = tmp_path / "alone.db"
    with open_ledger(killed) as ledger:
        plan(ledger, numbers(5, 5000), PLAIN, name="never started")
        shutil.copy(killed, alone)
        shutil.copy(_log(killed), _log(alone))
    with open_ledger(alone) as ledger:
        ledger.start(1, new_owner(), SETTINGS, resume=True)
        shutil.copy(alone, tmp_path / "lost.db")
    lost = tmp_path / "lost.db"
    with pytest.raises(LedgerLogError, match="is missing"):
        open_ledger(lost)
    assert go_on_without_log(lost) == {1: PEOPLE - 10}
    with open_ledger(lost) as ledger:
        assert ledger.queries.counts(1).recipients == {RecipientState.UNKNOWN: PEOPLE}
        assert ledger.queries.campaign(1).state is CampaignState.PAUSED
        assert ledger.queries.counts(2).pending == 5


def test_a_child_process_does_not_keep_the_run_of_its_parent(file: Path) -> None:
    """A forked child gives up what it inherited: a parent that dies frees its ledger."""
    code = (
        _CLAIM_AND_DIE.replace("os._exit(9)", "")
        + "if not os.fork():\n    print('on', flush=True)\n    sys.stdin.read()\nos._exit(9)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"on\n"
        assert process.wait() == 9
        assert _resume(file) == [1]
