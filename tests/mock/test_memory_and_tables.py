"""Messages and balances live in memory and are kept in tables: both tell the same, also after a transaction failed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from jsmskit.mock import seeds
from jsmskit.mock.clock import Clock
from jsmskit.mock.exchange import Exchange
from jsmskit.mock.records import Balances, Message
from jsmskit.mock.source import Source
from jsmskit.mock.state import State
from jsmskit.mock.store.sendings import Origin, Sending

from tests.mock.bench import APP, NOON, PHONE, Bench, Judge

FIRST = 1


def lived_in(judge: Judge, path: Path | None = None) -> Bench:
    """A mock that has sent, verified, reported, handed out and deleted something."""
    bench = Bench.__new__(Bench)
    source = Source()
    bench._judge, bench.app_key, bench.clock = judge, seeds.APP_KEY, Clock(frozen_at=NOON)
    bench.source, bench.state = source, State(source, path=path)
    bench.exchange = Exchange(bench.state, bench.clock, source)
    bench.furnish()
    bench.send_code()
    msg_id = bench.send_code("13800138001")
    assert bench.verify(msg_id, bench.code_of(msg_id)).status == 200
    bench.batch("13800138002", "13800138003", PHONE)
    bench.clock.advance(5)
    with bench.state.database.transaction:
        assert len(bench.state.inbox.take_reports(seeds.APP_KEY, since=0, limit=3)) == 3
        assert bench.state.inbox.delete([FIRST]) == 1
    bench.notice()
    return bench


def everything(bench: Bench) -> tuple[list[str], list[Message], object, object]:
    """What the tables say, and what memory says."""
    state = bench.state
    accounts = [state.accounts.balances(app_key=key) for key in state.accounts.application_keys()]
    rows = [sending.told(place) for sending, place in state.inbox.shelf.newest_first()]
    return bench.dump(), state.messages(), accounts, rows


CHANGES: dict[str, Callable[[State], object]] = {
    "sent": lambda state: state.inbox.add(
        Sending(Origin(seeds.APP_KEY, "message", 2), NOON, NOON + 9, [(9, PHONE, "a", 1, 4001)] * 2), 0
    ),
    "paid": lambda state: state.accounts.purses.take([("applications", seeds.APP_KEY, "industry")], 1),
    "verified": lambda state: state.inbox.mark_verified(FIRST, NOON),
    "reported": lambda state: [state.inbox.let_wait(each) for each in state.inbox.report(NOON + 10)],
    "pulled": lambda state: state.inbox.take_reports(seeds.APP_KEY, since=0, limit=1),
    "deleted": lambda state: state.inbox.delete(),
    "balances set": lambda state: state.accounts.set_balances(Balances(balance=1), app_key=seeds.APP_KEY),
}


def _change_and_fail(state: State, names: list[str]) -> None:
    with state.database.transaction:
        for name in names:
            CHANGES[name](state)
        raise ZeroDivisionError


@pytest.mark.parametrize("is_file", [False, True], ids=["memory", "file"])
@pytest.mark.parametrize("first", CHANGES)
def test_a_transaction_that_fails_changes_neither(
    judge: Judge, tmp_path: Path, first: str, is_file: bool
) -> None:
    """Each change alone, and with all the others behind it; afterwards the mock goes on as if nothing had been."""
    bench = lived_in(judge, tmp_path / "mock.db" if is_file else None)
    state, before = bench.state, everything(bench)
    for names in ([first], [first, *CHANGES]):
        with pytest.raises(ZeroDivisionError):
            _change_and_fail(state, names)
        assert everything(bench) == before
    with state.database.transaction:
        CHANGES[first](state)
    assert everything(bench) != before
    assert [message.id for message in bench.messages()] == sorted({each.id for each in bench.messages()})
    state.close()


def test_a_file_tells_the_next_mock_what_memory_held(judge: Judge, tmp_path: Path) -> None:
    """Verified, reported, partly handed out, deleted, paid: killed without a word, and all of it is there."""
    bench = lived_in(judge, tmp_path / "mock.db")
    before = everything(bench)[1:]
    bench.state.database.connection.close()
    source, bench.clock = Source(), Clock(frozen_at=NOON + 5)
    bench.state = State(source, path=tmp_path / "mock.db")
    bench.exchange = Exchange(bench.state, bench.clock, source)
    assert everything(bench)[1:] == before
    assert [record["phone"] for record in bench.get("/report").json] == ["13800138003", PHONE]
    bench.clock.advance(5)
    assert [record["phone"] for record in bench.get("/report").json] == [PHONE]
    assert bench.notice("13800138009").status == 200
    assert [message.id for message in bench.messages()][-2:] == [6, 7]
    bench.state.close()


def test_a_snapshot_tells_what_memory_held(judge: Judge) -> None:
    """And what came after it is gone."""
    bench = lived_in(judge)
    before, snapshot = everything(bench)[1:], bench.state.snapshot()
    bench.batch("13800138005", "13800138006")
    bench.clock.advance(60)
    bench.state.restore(snapshot)
    assert everything(bench)[1:] == before


def test_what_cannot_be_put_down_is_not_answered_and_not_remembered(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, say: nothing is acknowledged that is not stored, and the mock goes on."""
    bench = lived_in(judge, tmp_path / "mock.db")
    before = everything(bench)

    def fail(_: object, connection: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("jsmskit.mock.store.purses.Purses.put_down", fail)
        with pytest.raises(OSError, match="no space"):
            bench.notice("13800138007")
    assert everything(bench) == before
    assert (
        bench.post("/messages", {"mobile": PHONE, "temp_id": 1, "temp_para": {"code": "1"}}, auth=APP).status
        == 200
    )
    bench.state.close()
