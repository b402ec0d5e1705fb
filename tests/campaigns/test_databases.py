"""The two databases under a ledger: what they refuse, what they say when something is wrong, what a lost connection
does. Everything that the driver raises comes out as `LedgerError`.
"""

from __future__ import annotations

import importlib
import sqlite3
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from campaign_postgres import PostgresServer
from campaign_scene import PLAIN
from campaign_service import numbers
from jsmskit.campaigns import LedgerBusyError, LedgerError, LedgerMissingError, RunSettings, open_ledger, plan
from jsmskit.campaigns.ledger import Ledger, new_owner, owner_number
from jsmskit.campaigns.ledger.claims import campaign_row
from jsmskit.campaigns.ledger.database import ServerPlace, read_place, sqlite
from jsmskit.campaigns.models import ChunkLease

ON_SERVER = pytest.mark.xdist_group("postgres")
SETTINGS = RunSettings(canary=False, unknown_share=1.0)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger of two recipients; nobody waits half a minute for a lock here."""
    monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 0.05)
    place = tmp_path / "held.db"
    with open_ledger(place) as made:
        plan(made, numbers(2), PLAIN)
    return place


@pytest.mark.parametrize(
    ("hold", "act", "what"),
    [
        ("BEGIN IMMEDIATE", lambda ledger: ledger.stop(1, "why"), "held by another process"),
        ("BEGIN IMMEDIATE", lambda ledger: ledger.database.vacuum(), "held by another process"),
        ("BEGIN; SELECT * FROM campaign", lambda ledger: ledger.database.vacuum(), "being read by another program"),
    ],
)
def test_a_file_that_another_program_holds_is_told_as_busy(
    file: Path, hold: str, act: Callable[[Ledger], Any], what: str
) -> None:
    with open_ledger(file) as ledger:
        other = sqlite3.connect(file, isolation_level=None)
        other.executescript(hold)
        with pytest.raises(LedgerBusyError, match=what):
            act(ledger)
        other.close()
        act(ledger)


def test_a_file_that_cannot_be_written_is_told_with_the_remedy(file: Path) -> None:
    with open_ledger(file) as ledger:
        with ledger.database.read() as tx:
            tx.fetchone("PRAGMA query_only=ON")
        with pytest.raises(LedgerError, match="cannot be written") as caught:
            ledger.stop(1, "why")
        assert "permissions" in caught.value.remedy


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "notes.db"
    place.write_text("Dear diary, " * 200)
    place.chmod(0o600)
    with pytest.raises(LedgerError, match="failed: file is not a database"):
        open_ledger(place)
    assert place.read_text().startswith("Dear diary")


def test_a_place_that_keeps_nothing_is_no_place_for_a_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In memory there is no log to write ahead: what was sent would be forgotten with the program."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LedgerError, match="cannot be made durable") as caught:
        open_ledger(":memory:")
    assert "local disk" in caught.value.remedy


@pytest.mark.skipif(sys.platform == "win32", reason="SQLite has this file system on other systems only")
def test_a_file_system_that_cannot_share_memory_is_no_place_for_a_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite says nothing there, and goes on without a log; this one of its own is such a file system."""
    connect = sqlite3.connect

    def without_memory(path: Path, **options: Any) -> sqlite3.Connection:
        return connect(f"{path.as_uri()}?vfs=unix-dotfile", uri=True, **options)

    monkeypatch.setattr(sqlite3, "connect", without_memory)
    with pytest.raises(LedgerError, match="cannot be made durable") as caught:
        open_ledger(tmp_path / "shared.db")
    assert "network file systems" in caught.value.remedy


def test_a_ledger_that_is_not_there_is_not_made_unless_it_is_wanted(place: str) -> None:
    for _ in range(2):
        with pytest.raises(LedgerMissingError, match="there is no ledger"):
            open_ledger(place, create=False)
    open_ledger(place).close()
    open_ledger(place, create=False).close()


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://jsms:s3cret@127.0.0.1:1/postgres",
        "Postgresql://jsms:s3cret@127.0.0.1:1/postgres",
        "POSTGRES://jsms:s3cret@127.0.0.1:1/postgres",
        " postgres+asyncpg://jsms:s3cret@127.0.0.1:1/postgres ",
        "'postgresql://jsms:s3cret@127.0.0.1:1/postgres'",
        "postgresql:jsms:s3cret@127.0.0.1/postgres",
        "postgresql//jsms:s3cret@127.0.0.1/postgres",
        Path("postgresql://jsms:s3cret@127.0.0.1/postgres"),
        "postgresql://jsms:a@s3cret@127.0.0.1:1/postgres",
        "postgresql://jsms:a/s3cret@127.0.0.1:1/postgres",
        "postgresql://jsms:s3cret/a",
        "postgresql://jsms@127.0.0.1:1/postgres?password=s3cret",
        "postgresql://jsms@127.0.0.1:1/postgres?s3cret",
        "host=127.0.0.1 port=1 user=jsms password=s3cret",
        "mysql://jsms:s3cret@127.0.0.1/x",
        "jsms:s3cret@127.0.0.1/x",
    ],
)
def test_an_address_is_never_taken_for_a_file_and_shows_no_password(
    address: str | Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it is written; nothing is made in the folder, and nothing of it is printed, nor stands in a frame."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LedgerError) as caught:
        open_ledger(address)
    shown = f"{caught.value!s} {caught.value!r} {caught.value.remedy}"
    frame = caught.value.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code is not sys._getframe().f_code:
            shown += repr(frame.tb_frame.f_locals) if "campaigns" in frame.tb_frame.f_code.co_filename else ""
        frame = frame.tb_next
    assert "s3cret" not in shown
    assert not list(tmp_path.iterdir())


SERVER = "u:p%40@[::1]:5432,h/d?x=1@2"


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("ledger.db", Path("ledger.db")),
        ("sqlite:///ledger.db", Path("ledger.db")),
        ("SQLite:////tmp/ledger.db", Path("/tmp/ledger.db")),
        ("a=b@c.db", Path("a=b@c.db")),
        (Path("C") / "x.db", Path("C/x.db")),
        (f"postgres://{SERVER}", ServerPlace(f"postgresql://{SERVER}")),
        (f"postgresql+psycopg://{SERVER}", ServerPlace(f"postgresql://{SERVER}")),
        (f"POSTGRESQL://{SERVER}", ServerPlace(f"postgresql://{SERVER}")),
    ],
)
def test_a_path_is_a_path_and_an_address_reaches_the_server(place: str | Path, found: Path | ServerPlace) -> None:
    assert read_place(place) == found


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("postgresql://jsms@127.0.0.1:5432/a?no_such_word=1", "address cannot be read"),
        ("postgresql://jsms@127.0.0.1:1/postgres", "cannot be reached"),
    ],
)
def test_a_server_that_is_not_there_is_told_without_credentials(address: str, what: str) -> None:
    with pytest.raises(LedgerError, match=what) as caught:
        open_ledger(address.replace("jsms@", "jsms:secret@"))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("missing", ["psycopg", "jsmskit.campaigns.ledger.database.schema"])
def test_without_the_driver_its_extra_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """Anything else that cannot be imported is no question of extras, and comes out as it is."""
    importlib.import_module("jsmskit.campaigns.ledger.database.postgres")
    monkeypatch.delitem(sys.modules, "jsmskit.campaigns.ledger.database.postgres")
    monkeypatch.delattr("jsmskit.campaigns.ledger.database.postgres")
    monkeypatch.setitem(sys.modules, missing, None)
    expected = LedgerError if missing == "psycopg" else ModuleNotFoundError
    with pytest.raises(expected) as caught:
        open_ledger("postgresql://jsms@127.0.0.1:1/postgres")
    assert ("psycopg[binary]" in str(caught.value)) is (missing == "psycopg")


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    yield postgres.url
    postgres.empty()


def lose_connections(url: str) -> None:
    """What a server that is restarted, or a firewall, does to whoever is connected."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE 'jsmskit%'"
        )


@ON_SERVER
@pytest.mark.parametrize("setting", ["synchronous_commit", "standby"])
def test_a_server_that_may_forget_is_refused(url: str, postgres: PostgresServer, setting: str) -> None:
    """A commit that is not on the disk, or a copy of another server, brings sent chunks back after a crash."""
    if setting == "standby":
        postgres.crash()
        (postgres.data / "standby.signal").touch()
        postgres.start()
    try:
        given = "" if setting == "standby" else "?options=-c%20synchronous_commit%3Doff"
        with pytest.raises(LedgerError, match=setting) as caught:
            open_ledger(url + given)
        assert "primary" in caught.value.remedy or "Set it on the server" in caught.value.remedy
    finally:
        if setting == "standby":
            postgres.crash()
            (postgres.data / "standby.signal").unlink()
            postgres.start()


@ON_SERVER
def test_a_statement_that_fails_is_no_question_of_reaching(url: str) -> None:
    told = pytest.raises(LedgerError, match="failed: division by zero")
    with open_ledger(url) as ledger, told, ledger.database.transaction() as tx:
        tx.fetchone("SELECT 1/0")


@ON_SERVER
def test_a_lost_connection_is_told_once_and_made_anew(url: str) -> None:
    """With it went the locks that show who lives and who runs; the new one takes both again before anything else."""
    owner = new_owner()
    with open_ledger(url) as ledger, open_ledger(url) as other:
        plan(ledger, numbers(2), PLAIN)
        ledger.start(1, owner, SETTINGS, resume=False)
        lose_connections(url)
        for of_it in (ledger, other):
            with pytest.raises(LedgerError, match="cannot be reached"):
                of_it.queries.campaigns()
        assert isinstance(ledger.claim(1, owner, SETTINGS), ChunkLease)
        with pytest.raises(LedgerBusyError, match="another process"):
            other.start(1, new_owner(), SETTINGS, resume=True)
        assert other.database.is_alive(owner_number(owner))


@ON_SERVER
def test_who_looks_does_not_wait_for_a_worker(url: str) -> None:
    """A worker may stop in the middle of a transaction, as a frozen machine does; then nothing would be seen of it."""
    with open_ledger(url) as ledger, open_ledger(url) as other, ThreadPoolExecutor(1) as pool:
        plan(ledger, numbers(2), PLAIN)
        with ledger.database.transaction() as tx:
            campaign_row(tx, 1, "SELECT state FROM campaign")
            looks = (partial(other.queries.campaign, 1), partial(other.queries.counts, 1), other.queries.campaigns)
            for look in looks:
                assert pool.submit(look).result(20)


@ON_SERVER
def test_a_run_that_another_took_over_meanwhile_does_not_come_back(url: str) -> None:
    """Two runs of one campaign are one too many: the one whose connection was lost gives up."""
    with open_ledger(url) as ledger:
        plan(ledger, numbers(2), PLAIN)
        ledger.start(1, new_owner(), SETTINGS, resume=False)
        lose_connections(url)
        with open_ledger(url) as other:
            other.start(1, new_owner(), SETTINGS, resume=True)
            with pytest.raises(LedgerError, match="cannot be reached"):
                ledger.queries.campaigns()
            with pytest.raises(LedgerBusyError, match="another process"):
                ledger.queries.campaigns()


@ON_SERVER
def test_a_worker_is_alive_as_long_as_its_connection(url: str) -> None:
    """Its chunk is not taken from it by another start; when it is gone, the chunk is unknown."""
    living = new_owner()
    with open_ledger(url) as ledger:
        plan(ledger, numbers(2), PLAIN)
        with open_ledger(url) as other:
            other.start(1, living, SETTINGS, resume=False, hold=False)
            assert other.database.is_alive(owner_number(living))
            assert isinstance(other.claim(1, living, SETTINGS), ChunkLease)
            assert ledger.start(1, new_owner(), SETTINGS, resume=True, hold=False) == []
            with other.database.read() as tx:
                (its_process,) = tx.fetchone("SELECT pg_backend_pid()") or (0,)
        with psycopg.connect(url) as connection:  # the server needs a moment to see that somebody has left
            connection.execute("SELECT pg_terminate_backend(%s, 5000)", (its_process,))
        assert ledger.recover_dead_workers(1, new_owner(), SETTINGS) == [1]
