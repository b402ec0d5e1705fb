"""All of a transaction happens or nothing does; a file and a snapshot hold everything."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from jsmskit.mock.model import settings as seeds
from jsmskit.mock.model.clock import Clock
from jsmskit.mock.model.random_ids import RandomIds
from jsmskit.mock.model.records import Balances, MessageKind
from jsmskit.mock.service.dispatcher import Dispatcher
from jsmskit.mock.state.messages import NewMessage, Origin
from jsmskit.mock.state.state import State

from tests.mock.bench import APP, NOON, PHONE, Bench

FIRST = 1


def lived_in(path: Path | None = None) -> Bench:
    """A mock that has sent, verified, reported, handed out and deleted something."""
    bench = Bench(path=path)
    bench.send_code()
    msg_id = bench.send_code("13800138001")
    assert bench.verify(msg_id, bench.code_of(msg_id)).status == 200
    bench.batch("13800138002", "13800138003", PHONE)
    bench.clock.advance(5)
    assert len(bench.state.inbox.take_reports(seeds.APP_KEY, since=0, limit=3)) == 3
    assert bench.state.inbox.set_deleted([FIRST], deleted=True) == [FIRST]
    bench.notice()
    return bench


CHANGES: dict[str, Callable[[State], object]] = {
    "sent": lambda state: state.inbox.add(
        Origin(seeds.APP_KEY, MessageKind.MESSAGE, 2),
        [NewMessage(9, PHONE, "a", 1, 4001)] * 2,
        sent_at=NOON,
        report_at=NOON + 9,
        keep=0,
    ),
    "paid": lambda state: state.accounts.set_left("applications", seeds.APP_KEY, "industry", 1),
    "verified": lambda state: state.inbox.mark_verified(FIRST, NOON),
    "reported": lambda state: state.inbox.report(NOON + 10, lambda _: True),
    "pulled": lambda state: state.inbox.take_reports(seeds.APP_KEY, since=0, limit=1),
    "deleted": lambda state: state.inbox.set_deleted([FIRST + 1], deleted=True),
    "restored": lambda state: state.inbox.set_deleted([FIRST], deleted=False),
    "balances set": lambda state: state.accounts.set_balances(Balances(balance=1), app_key=seeds.APP_KEY),
    "template gone": lambda state: state.templates.delete(seeds.APP_KEY, 1),
}


def _change_and_fail(state: State, names: list[str]) -> None:
    with state.database:
        for name in names:
            CHANGES[name](state)
        raise ZeroDivisionError


@pytest.mark.parametrize("is_file", [False, True], ids=["memory", "file"])
@pytest.mark.parametrize("first", CHANGES)
def test_a_transaction_that_fails_changes_nothing(tmp_path: Path, first: str, is_file: bool) -> None:
    """Each change alone, and with all the others behind it; afterwards the mock goes on as if nothing had been."""
    bench = lived_in(tmp_path / "mock.db" if is_file else None)
    state, before = bench.state, bench.dump()
    for names in ([first], [first, *CHANGES]):
        with pytest.raises(ZeroDivisionError):
            _change_and_fail(state, names)
        assert bench.dump() == before
    with state.database:
        CHANGES[first](state)
    assert bench.dump() != before
    state.close()


def test_a_file_tells_the_next_mock_what_was_there(tmp_path: Path) -> None:
    """Verified, reported, partly handed out, deleted, paid: killed without a word, and all of it is there."""
    bench = lived_in(tmp_path / "mock.db")
    before = bench.messages()
    bench.state.database.connection.close()
    random_ids, bench.clock = RandomIds(), Clock(frozen_at=NOON + 5)
    bench.state = State(random_ids, path=tmp_path / "mock.db")
    bench.dispatcher = Dispatcher(bench.state, bench.clock, random_ids)
    assert bench.messages() == before
    assert [record["phone"] for record in bench.get("/report").json] == ["13800138003", PHONE]
    bench.clock.advance(5)
    assert [record["phone"] for record in bench.get("/report").json] == [PHONE]
    assert bench.notice("13800138009").status == 200
    assert [message.id for message in bench.messages()][-2:] == [6, 7]
    bench.state.close()


def test_the_oldest_messages_beyond_the_limit_are_dropped() -> None:
    """One by one and in batches, so that a mock does not grow without end."""
    bench = Bench()
    bench.change(keep_messages=3, limits=False)
    for number in range(3):
        bench.notice(f"1380013800{number}")
    bench.batch("13800138003", "13800138004")
    assert [message.phone[-1] for message in bench.messages()] == ["2", "3", "4"]


def test_what_cannot_be_stored_is_not_answered(tmp_path: Path) -> None:
    """A full disk, say: nothing is acknowledged that is not stored, and the mock goes on."""
    bench = lived_in(tmp_path / "mock.db")
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
