"""The state as a whole: seeded, isolated, put back, on file, watched."""

from __future__ import annotations

import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from jsms_api.error_table import ErrorCode
from jsmskit.mock.model import settings as seeds
from jsmskit.mock.model.http import Request
from jsmskit.mock.model.records import Balances, CallbackAddress, CallbackType, NumberLists
from jsmskit.mock.state.database import Database, DatabaseError
from jsmskit.mock.state.state import State

from tests.mock.bench import APP, DEV, NOON, NOTICE, PHONE, SECOND_APP, Bench


def test_a_fresh_mock_knows_the_pairs_that_the_documentation_prints(bench: Bench) -> None:
    """Two applications, one account, the ready-made template, one approved default sign."""
    assert bench.get("/accounts/app", auth=APP).status == 200
    second = bench.get("/accounts/app", auth=SECOND_APP).json
    assert second == {"app_balance": 1, "app_voice": 22, "app_industry": 44, "app_market": 14}
    account = bench.get("/accounts/dev", auth=DEV).json
    assert account == {"dev_balance": 9, "dev_voice": 702, "dev_industry": 121981, "dev_market": 11683}
    for auth in (APP, SECOND_APP):
        assert bench.get("/templates/1", auth=auth).json["template"] == seeds.READY_MADE_TEXT
        assert bench.get("/sign/37582", auth=auth).json["sign"] == "极光推送"
        assert bench.post("/codes", {"mobile": PHONE, "temp_id": 1}, auth=auth).status == 200


def test_a_reset_brings_the_seed_back_ids_and_codes_included() -> None:
    """After it the same calls give the same answers; what was noted is gone."""
    bench = Bench()

    def story() -> list[object]:
        bench.furnish()
        told = [bench.send_code(), bench.notice().json, bench.schedule(), bench.template()]
        return [*told, bench.messages()]

    first = story()
    bench.state.callback_addresses.put(CallbackAddress(bench.app_key, CallbackType.REPLY, "http://127.0.0.1/"))
    bench.state.reset()
    assert bench.messages() == []
    assert bench.state.timers.next_at() is None
    assert not bench.state.callback_addresses.find()
    assert bench.get(f"/templates/{NOTICE}").code == ErrorCode.INVALID_TEMP_ID
    assert story() == first


def test_what_was_rolled_back_is_not_remembered(bench: Bench) -> None:
    """What was read of a change that fails is forgotten with it."""
    applications = bench.state.applications
    before = applications.get(bench.app_key)
    assert before is not None

    def change_and_fail() -> None:
        with bench.state.database:
            applications.put(replace(before, balances=Balances()))
            assert applications.get(bench.app_key) != before
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert applications.get(bench.app_key) == before


def test_secrets_do_not_show_in_representations() -> None:
    shown = repr(seeds.DEFAULT_SEED)
    for secret in (seeds.MASTER_SECRET, seeds.SECOND_MASTER_SECRET, seeds.DEV_SECRET):
        assert secret not in shown


# Snapshots.


def test_a_snapshot_puts_everything_back_and_repeats_what_followed(bench: Bench) -> None:
    """State, timers and the position of the source: the same calls give the same ids."""
    schedule_id = bench.schedule()
    snapshot = bench.state.snapshot()

    def story() -> list[object]:
        bench.clock.freeze(NOON)
        told: list[object] = [bench.send_code(), bench.notice().json]
        bench.delete(f"/schedule/{schedule_id}")
        return [*told, bench.messages()]

    first = story()
    bench.state.restore(snapshot)
    assert bench.messages() == []
    assert story() == first
    bench.state.restore(snapshot)
    bench.clock.advance(86_400)
    assert [message.kind for message in bench.messages()] == ["schedule"]


def test_bytes_that_are_no_snapshot_change_nothing(bench: Bench) -> None:
    """Rubbish, an empty text, a snapshot cut in half, another database: one clear error each."""
    bench.notice()
    other = sqlite3.connect(":memory:")
    other.execute("CREATE TABLE t (a)")
    foreign = other.serialize()
    other.close()
    before = bench.dump()
    for content in (b"rubbish" * 1000, b"", bench.state.snapshot()[:5000], foreign, Database().copy(), _lacking()):
        with pytest.raises(DatabaseError, match="snapshot"):
            bench.state.restore(content)
    assert len(bench.messages()) == 1
    assert [line for line in bench.dump() if "meta" not in line] == [line for line in before if "meta" not in line]


def _lacking() -> bytes:
    """Make a snapshot without one of the tables."""
    state = State()
    state.database.connection.execute("DROP TABLE replies")
    return state.snapshot()


# On file.


def test_a_reset_empties_the_file_too(tmp_path: Path) -> None:
    state = State(path=tmp_path / "mock.db")
    state.lists.put(NumberLists(seeds.APP_KEY, frozenset({PHONE})))
    state.reset()
    state.close()
    state = State(path=tmp_path / "mock.db")
    assert not state.lists_of(seeds.APP_KEY).invalid
    state.close()


def test_a_file_that_cannot_be_used_is_one_clear_line(tmp_path: Path) -> None:
    """No database, another database, another version, a folder, no folder, in use."""
    text = tmp_path / "text.db"
    text.write_text("this is no database, but long enough to be looked at" * 100)
    foreign = tmp_path / "foreign.db"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE t (a)")
    connection.commit()
    connection.close()
    newer = tmp_path / "newer.db"
    State(path=newer).close()
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    used = tmp_path / "used.db"
    holder = State(path=used)
    cases = [
        (text, "no database of the mock"),
        (foreign, "no database of the mock"),
        (newer, "another version"),
        (tmp_path, "it is a folder"),
        (tmp_path / "missing" / "a.db", "No such file"),
        (used, "another mock uses it"),
    ]
    for path, said in cases:
        with pytest.raises(DatabaseError, match=said) as caught:
            State(path=path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
    holder.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
@pytest.mark.parametrize("before", [None, 0o644])
def test_a_file_is_its_users_alone(tmp_path: Path, before: int | None) -> None:
    """It holds the secrets of applications; one that an older version left readable is closed."""
    path = tmp_path / "mock.db"
    if before is not None:
        State(path=path).close()
        path.chmod(before)
    mask = os.umask(0)
    try:
        state = State(path=path)
        state.lists.put(NumberLists(seeds.APP_KEY, frozenset({PHONE})))
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
        state.close()
    finally:
        os.umask(mask)
    assert {"mock.db", "mock.db-wal"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_what_cannot_be_stored_is_not_answered(tmp_path: Path) -> None:
    """A full disk, say: nothing is acknowledged that is not stored, and the mock goes on."""
    bench = Bench(path=tmp_path / "mock.db")
    bench.notice()
    connection = bench.state.database.connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    before = bench.dump()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        bench.batch(*(f"139{number:08}" for number in range(1000)))
    assert bench.dump() == before
    connection.execute("PRAGMA max_page_count = 100000")
    body = {"mobile": PHONE, "temp_id": 1, "temp_para": {"code": "1"}}
    assert bench.post("/messages", body, auth=APP).status == 200
    bench.state.close()


# Threads.


def test_threads_take_turns(load_bench: Bench) -> None:
    bench = load_bench
    before = bench.get("/accounts/app").json["app_industry"]
    body = '{"mobile":"1380013%d%03d","temp_id":%d,"temp_para":{"number":"1"}}'

    def send(worker: int) -> set[int]:
        requests = [
            Request("POST", "/v1/messages", "", {"authorization": APP}, (body % (worker, i, NOTICE)).encode())
            for i in range(50)
        ]
        return {bench.dispatcher.handle(request).status for request in requests}

    with ThreadPoolExecutor(8) as pool:
        assert set().union(*pool.map(send, range(8))) == {200}
    messages = bench.messages()
    assert len({message.msg_id for message in messages}) == len(messages) == 400
    assert bench.get("/accounts/app").json["app_industry"] == before - 400
