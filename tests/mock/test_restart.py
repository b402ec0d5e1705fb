"""A mock that is started again on its file is the same mock: settings, faults and the clock's way go on."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import orjson
import pytest
from jsms_api.error_table import ErrorCode
from jsmskit.mock import Clock, ClockMode, Fault, FaultKind, JsmsMock, Settings
from jsmskit.mock.model.records import AccessFlags, Attempt, Balances, ScheduledMessage
from jsmskit.mock.model.settings import DEFAULT_SETTINGS, Reading, Review
from jsmskit.mock.state.schema import VERSION

from tests.mock.bench import PHONE, ask_for_code

#: Digest of the tables by their version. Changed tables? Raise VERSION in state/schema.py and put the new line here: a
#: file of the version before must be refused, not misread.
TABLES_OF = {5: "5ef7f08416e400b7"}


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., JsmsMock]:
    """Starts a mock on the same file, as often as one likes."""
    return lambda **more: JsmsMock(db=tmp_path / "mock.db", **more)


def test_settings_survive(start: Callable[..., JsmsMock]) -> None:
    """All of them, in their own types; a reset goes back to those that the mock was made with."""
    changed = Settings(limits=False, review=Review.AT_ONCE, review_refuses=("a", "b"), readings=(Reading.PUT_SIGN,))
    with start() as mock:
        mock.settings = changed
    with start() as mock:
        assert mock.settings == changed
        assert isinstance(mock.settings.review, Review)
        assert isinstance(mock.settings.readings[0], Reading)
        mock.reset()
    with start() as mock:
        assert mock.settings == DEFAULT_SETTINGS


def test_a_setting_of_another_time_is_left_out(start: Callable[..., JsmsMock], tmp_path: Path) -> None:
    with start() as mock:
        mock.settings = mock.settings.with_changes(limits=False)
    connection = sqlite3.connect(tmp_path / "mock.db")
    (text,) = connection.execute("SELECT value FROM meta WHERE name = 'settings'").fetchone()
    told = orjson.dumps({**orjson.loads(text), "gone": 1}).decode()
    connection.execute("UPDATE meta SET value = ? WHERE name = 'settings'", (told,))
    connection.commit()
    connection.close()
    with start() as mock:
        assert mock.settings == DEFAULT_SETTINGS.with_changes(limits=False)


def test_a_fault_strikes_as_often_as_is_left(start: Callable[..., JsmsMock]) -> None:
    """Twice told, once struck: once more after the restart, under its own number, and then never again."""
    with start(clock=Clock(frozen_at=1e9)) as mock:
        mock.faults.add(Fault(FaultKind.LATENCY, seconds=0, operation="verifyCode"))
        mock.fail_next(ErrorCode.NO_MONEY, times=2, phone="13800138000")
        assert [ask_for_code(mock).status_code, ask_for_code(mock, "13800138001").status_code] == [403, 200]
    with start(clock=Clock(frozen_at=1e9)) as mock:
        assert [(one.id, one.seen, one.struck, one.remaining) for one in mock.faults.listed()] == [
            (1, 0, 0, None),
            (2, 1, 1, 1),
        ]
        again = [ask_for_code(mock, phone).status_code for phone in ("13800138002", PHONE, PHONE)]
        assert again == [200, 403, 200]
        assert mock.fail_next(ErrorCode.NO_MONEY).id == 3
        mock.faults.clear()
    with start() as mock:
        assert mock.faults.listed() == []


def test_the_clock_goes_on_in_its_mode_and_one_that_is_handed_in_goes_before(start: Callable[..., JsmsMock]) -> None:
    with start() as mock:
        mock.advance(86_400)
        shifted = mock.clock.to_state()
    with start() as mock:
        assert (mock.clock.mode, mock.clock.to_state()) == (ClockMode.SHIFTED, shifted)
        mock.set_clock("real")
    with start() as mock:
        assert mock.clock.mode is ClockMode.REAL
        mock.clock.freeze(1e9)
    with start() as mock:
        assert (mock.clock.mode, mock.clock.now()) == (ClockMode.FROZEN, 1e9)
    with start(clock=Clock(frozen_at=2e9)) as mock:
        assert mock.clock.now() == 2e9


def test_putting_back_a_snapshot_keeps_settings_faults_and_clock(start: Callable[..., JsmsMock]) -> None:
    """A snapshot is the state alone, also one that was taken from a file."""
    with start() as mock:
        mock.clock.freeze(1e9)
        before = mock.snapshot()
        mock.settings = mock.settings.with_changes(limits=False)
        mock.fail_next(ErrorCode.NO_MONEY)
        mock.clock.set(1.5e9)
        mock.restore(before)
        after_restore = (mock.settings, mock.clock.now(), len(mock.faults.listed()))
    with start() as mock:
        assert (mock.settings, mock.clock.now(), len(mock.faults.listed())) == after_restore
        assert after_restore == (DEFAULT_SETTINGS.with_changes(limits=False), 1.5e9, 1)


def test_changed_tables_have_a_version_of_their_own(start: Callable[..., JsmsMock], tmp_path: Path) -> None:
    """A file made before the change would be misread; see TABLES_OF for what to do."""
    start().close()
    connection = sqlite3.connect(tmp_path / "mock.db")
    made = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    connection.close()
    within = [each.name for record in (Balances, AccessFlags, ScheduledMessage, Attempt) for each in fields(record)]
    plain = "\n".join([*(" ".join(sql.split()) for (sql,) in made), *within])
    assert TABLES_OF.get(VERSION) == hashlib.sha256(plain.encode()).hexdigest()[:16]
