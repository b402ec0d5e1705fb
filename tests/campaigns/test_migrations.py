"""A ledger of an earlier version opens, and nothing that stood in it is forgotten."""

from __future__ import annotations

import fcntl
import re
import sqlite3
from pathlib import Path

import psycopg
import pytest
from campaign_postgres import PostgresServer
from campaign_service import numbers
from jsmskit.campaigns import LedgerBusyError, LedgerError, LedgerVersionError, RunSettings, open_ledger
from jsmskit.campaigns.ledger import Ledger, new_owner
from jsmskit.campaigns.ledger.database import schema
from jsmskit.campaigns.models import ChunkLease
from jsmskit.campaigns.states import CampaignState, ChunkState, RecipientState

DUMP = Path(__file__).parent / "data/ledger_schema_3.sql"
"""Written by the program of that version: campaign 1 has settled, unknown and pending chunks, campaign 2 one in flight,
campaign 3 is planned.
"""
SETTINGS = RunSettings(canary=False)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    place = tmp_path / "old.db"
    connection = sqlite3.connect(place)
    connection.executescript(DUMP.read_text(encoding="utf-8"))
    connection.close()
    place.chmod(0o600)
    return place


def _judge(ledger: Ledger) -> None:
    counts = {number: ledger.queries.counts(number).recipients for number in (1, 2, 3)}
    assert counts == {
        1: {
            RecipientState.PENDING: 140,
            RecipientState.ACCEPTED: 8,
            RecipientState.DELIVERED: 1,
            RecipientState.REJECTED: 1,
            RecipientState.UNKNOWN: 100,
        },
        2: {RecipientState.PENDING: 120},
        3: {RecipientState.PENDING: 15},
    }
    people = list(ledger.queries.recipients(1))
    assert [one.phone for one in people] == numbers(250)
    assert [one.row for one in people] == list(range(1, 251))
    assert [one.msg_id for one in people[:3]] == ["1", "2", "3"]
    assert people[3].code == 50017
    assert ledger.queries.set_aside_counts(1) == {"invalid_phone": 1, "duplicate": 1}
    owner = new_owner()
    assert ledger.start(2, owner, SETTINGS, resume=True) == [1], "what was in flight is unknown"
    lease = ledger.claim(2, owner, SETTINGS)
    assert isinstance(lease, ChunkLease)
    assert [one.phone for one in lease.members] == numbers(100, 1010)
    ledger.leave(owner)
    ledger.start(1, owner, SETTINGS, resume=True)
    lease = ledger.claim(1, owner, SETTINGS)
    assert isinstance(lease, ChunkLease)
    assert (lease.chunk, lease.members[0].params) == (3, {"name": "n110"})
    ledger.leave(owner)
    assert ledger.queries.campaign(3).state is CampaignState.PLANNED


def test_a_file_of_an_earlier_version_is_brought_up_to_this_one(old: Path) -> None:
    """Settled, in flight, unknown, pending: all as before; and it opens again."""
    with open_ledger(old) as ledger:
        _judge(ledger)
    with open_ledger(old) as ledger:
        assert len(ledger.queries.chunks(2, ChunkState.UNKNOWN)) == 1


def test_the_ids_of_a_chunk_that_was_taken_whole_are_kept(old: Path) -> None:
    """An earlier version kept them in one text for all its people, without those who had a row of their own; reports
    are found by them.
    """
    connection = sqlite3.connect(old)
    ids = [str(number) for number in range(7001, 7011)]
    connection.execute(
        "UPDATE sheet SET state='accepted', msg_ids=?, phones=replace(phones, '13900002003', 'null')"
        " WHERE campaign_id=3 AND chunk=1",
        ("\n".join(ids),),
    )
    connection.execute(
        "INSERT INTO recipient (campaign_id, chunk, position, phone, source_row, state, msg_id)"
        " VALUES (3, 1, 3, '13900002003', 4, 'accepted', ?)",
        ids[3:4],
    )
    connection.commit()
    connection.close()
    with open_ledger(old) as ledger:
        assert [one.msg_id for one in ledger.queries.recipients(3, RecipientState.ACCEPTED)] == ids


def test_a_migration_that_breaks_off_changes_nothing(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    def fail(row: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(schema, "_recipients", fail)
        with pytest.raises(LedgerError, match="is full"):
            open_ledger(old)
    connection = sqlite3.connect(old)
    assert connection.execute("SELECT count(*) FROM sheet").fetchone() == (6,)
    connection.close()
    with open_ledger(old) as ledger:
        _judge(ledger)


def test_a_ledger_is_not_migrated_under_a_run_of_the_earlier_version(old: Path) -> None:
    with Path(f"{old}.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(LedgerBusyError, match="older version"):
            open_ledger(old)
    with open_ledger(old) as ledger:
        _judge(ledger)


@pytest.mark.parametrize("table", ["receipt", "rate", "recipient"])
def test_a_ledger_without_one_of_its_tables_is_refused(tmp_path: Path, table: str) -> None:
    """A copy that somebody made table by table: what is missing is not taken for empty."""
    place = tmp_path / "part.db"
    open_ledger(place).close()
    connection = sqlite3.connect(place)
    connection.execute(f"DROP TABLE {table}")
    connection.close()
    with pytest.raises(LedgerError, match=f"has no table {table}") as caught:
        open_ledger(place)
    assert "last good copy" in caught.value.remedy


def test_a_later_version_and_another_database_are_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "later.db"
    open_ledger(place).close()
    connection = sqlite3.connect(place)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    before = place.read_bytes()
    with pytest.raises(LedgerVersionError, match="has version 99"):
        open_ledger(place)
    assert place.read_bytes() == before
    foreign = tmp_path / "foreign.db"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE mine (x)")
    connection.close()
    foreign.chmod(0o600)
    with pytest.raises(LedgerVersionError, match="another database"):
        open_ledger(foreign)


@pytest.mark.xdist_group("postgres")
def test_a_ledger_of_an_earlier_version_on_a_server(postgres: PostgresServer) -> None:
    """The same tables and rows, by the same steps; not while a worker of that version is connected."""
    statements = DUMP.read_text(encoding="utf-8").replace("INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY")
    statements = re.sub(r"PRAGMA [^;]*;|BEGIN TRANSACTION;|COMMIT;| WITHOUT ROWID", "", statements)
    try:
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute("CREATE SCHEMA jsms_campaigns")
            connection.execute("SET search_path TO jsms_campaigns")
            connection.execute(statements.encode())
            # As the identity columns of that version.
            for table, column in (("campaign", "campaign_id"), ("event", "event_id"), ("inbox", "inbox_id")):
                connection.execute(
                    f"ALTER TABLE {table} ALTER {column} ADD GENERATED ALWAYS AS IDENTITY (START 1000)".encode()
                )
            connection.execute("SELECT pg_advisory_lock(%s, 7)", (0x6A74,))
            with pytest.raises(LedgerBusyError, match="older version"):
                open_ledger(postgres.url)
        with open_ledger(postgres.url) as ledger:
            _judge(ledger)
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute("DROP TABLE jsms_campaigns.receipt")
        with pytest.raises(LedgerError, match="has no table receipt"):
            open_ledger(postgres.url)
    finally:
        postgres.empty()
