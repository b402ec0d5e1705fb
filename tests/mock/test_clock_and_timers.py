"""One clock, one timers: modes, jumps, order, and what a crash in between leaves behind."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsmskit.mock.model.clock import LATEST, Clock, ClockMode, milliseconds, read_send_time, write_send_time
from jsmskit.mock.model.random_ids import RandomIds
from jsmskit.mock.service.dispatcher import Dispatcher
from jsmskit.mock.state.database import Database
from jsmskit.mock.state.state import State
from jsmskit.mock.state.timers import TimerKind, TimerQueue

from tests.mock.bench import NOON, PHONE, Bench


@pytest.fixture
def wall() -> list[float]:
    return [1_000.0]


@pytest.fixture
def clock(wall: list[float]) -> Clock:
    return Clock(wall=lambda: wall[0])


def test_a_real_clock_is_the_wall_clock(clock: Clock, wall: list[float]) -> None:
    """Until it is moved."""
    assert (clock.mode, clock.now()) == (ClockMode.REAL, 1_000.0)
    wall[0] += 5
    assert clock.now() == 1_005.0


def test_an_advanced_clock_goes_on_from_there(clock: Clock, wall: list[float]) -> None:
    """Shifted: real pace, other time."""
    clock.advance(100)
    wall[0] += 5
    assert (clock.mode, clock.now()) == (ClockMode.SHIFTED, 1_105.0)
    clock.set(50)
    wall[0] += 1
    assert clock.now() == 51
    clock.follow_wall()
    assert (clock.mode, clock.now()) == (ClockMode.REAL, wall[0])


def test_a_frozen_clock_moves_only_when_told(clock: Clock, wall: list[float]) -> None:
    clock.freeze()
    wall[0] += 5
    assert (clock.mode, clock.now()) == (ClockMode.FROZEN, 1_000.0)
    clock.advance(10)
    clock.freeze(20_000)
    clock.set(30_000)
    assert (clock.mode, clock.now()) == (ClockMode.FROZEN, 30_000)
    clock.run()
    wall[0] += 1
    assert (clock.mode, clock.now()) == (ClockMode.SHIFTED, 30_001)
    clock.run()
    assert clock.now() == 30_001


def test_every_move_is_told_with_the_new_time(clock: Clock) -> None:
    told: list[float] = []
    clock.on_advance(told.append)
    clock.advance(1)
    clock.freeze(5)
    clock.set(7)
    clock.advance(0)
    assert told == [1_001, 5, 7, 7]


@pytest.mark.parametrize("seconds", [-1, -0.001, float("nan")])
def test_advancing_goes_forward_only(clock: Clock, seconds: float) -> None:
    with pytest.raises(ValueError, match="0 seconds or more"):
        clock.advance(seconds)
    assert clock.mode is ClockMode.REAL


@pytest.mark.parametrize("instant", [-1, LATEST + 1, float("inf"), float("nan")])
def test_an_instant_that_cannot_be_written_is_refused(clock: Clock, instant: float) -> None:
    """Before 1970 or after 9999; the clock stays as it was."""
    for move in (clock.set, clock.freeze):
        with pytest.raises(ValueError, match="1970"):
            move(instant)
    with pytest.raises(ValueError, match="1970"):
        Clock(frozen_at=instant)
    with pytest.raises(ValueError, match="1970"):
        clock.advance(LATEST)
    assert clock.now() == 1_000.0


def test_the_services_times_are_chinas() -> None:
    """UTC+8 without daylight saving (G7), also in the years that had it."""
    assert read_send_time("2024-05-06 12:00:00") == 1_714_968_000
    assert read_send_time("1988-07-01 08:00:00") == 583_718_400
    assert milliseconds(1_714_968_000.1234) == 1_714_968_000_123


@given(st.integers(0, int(LATEST)))
def test_writing_and_reading_a_time_are_inverse(instant: int) -> None:
    assert read_send_time(write_send_time(instant)) == instant


# The timers.


@pytest.fixture
def timers() -> TimerQueue:
    return TimerQueue(Database())


def _note(timers: TimerQueue, at: float, ref: str, kind: TimerKind = TimerKind.SCHEDULE) -> None:
    with timers._database:
        timers.schedule(at, kind, ref)


def test_entries_are_done_in_the_order_of_time_and_of_noting(timers: TimerQueue) -> None:
    done: list[tuple[str, float]] = []
    timers.handle(TimerKind.SCHEDULE, lambda ref, at: done.append((ref, at)))
    for at, ref in [(3, "c"), (1, "a"), (2, "b"), (1, "a2"), (2.5, "later")]:
        _note(timers, at, ref)
    assert timers.next_at() == 1
    assert timers.run_until(2) == 3
    assert done == [("a", 1), ("a2", 1), ("b", 2)]
    assert timers.next_at() == 2.5
    assert timers.run_until(2) == 0
    assert timers.run_until(10) == 2
    assert timers.next_at() is None


def test_what_an_entry_causes_is_done_in_its_turn(timers: TimerQueue) -> None:
    """Also when it falls due within the same run, before entries noted earlier for later."""
    done: list[str] = []

    def handler(ref: str, at: float) -> None:
        done.append(ref)
        if ref == "first":
            timers.schedule(at + 1, TimerKind.SCHEDULE, "caused")
            assert timers.run_until(100) == 0  # the run under way goes on

    timers.handle(TimerKind.SCHEDULE, handler)
    _note(timers, 1, "first")
    _note(timers, 5, "last")
    assert timers.run_until(10) == 3
    assert done == ["first", "caused", "last"]


def test_an_entry_that_fails_stays_and_the_earlier_ones_are_done(timers: TimerQueue) -> None:
    done: list[str] = []

    def handler(ref: str, at: float) -> None:
        if ref == "bad":
            raise RuntimeError(ref)
        done.append(ref)

    timers.handle(TimerKind.SCHEDULE, handler)
    for at, ref in [(1, "good"), (2, "bad"), (3, "after")]:
        _note(timers, at, ref)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="bad"):
            timers.run_until(10)
    assert done == ["good"]
    assert timers.next_at() == 2


def test_a_note_that_is_rolled_back_was_never_made(bench: Bench) -> None:
    timers = bench.state.timers
    assert timers.next_at() is None
    try:
        with bench.state.database:
            timers.schedule(NOON + 1, TimerKind.REPORTS, "1")
            raise RuntimeError
    except RuntimeError:
        pass
    assert timers.next_at() is None


def test_a_message_reported_in_the_same_instant_as_an_earlier_one_is_not_forgotten(bench: Bench) -> None:
    """With a delay of 0 the entry of the first is done before the second is sent."""
    bench.change(report_delay_seconds=0)
    for i in range(3):
        bench.notice(number=str(i))
    assert len(bench.get("/report").json) == 3


@settings(max_examples=20)
@given(st.lists(st.floats(0, 50_000), min_size=1, max_size=12))
def test_many_steps_come_to_the_same_as_one(steps: list[float]) -> None:
    """Whatever the steps: equal messages, at equal instants, with equal reports."""

    def run(pieces: list[float]) -> list[object]:
        random_ids = RandomIds()
        state, clock = State(random_ids), Clock(frozen_at=NOON)
        exchange = Dispatcher(state, clock, random_ids)
        timers = state.timers
        with state.database:
            for offset in (10, 20_000, 20_000.5, 49_999):
                timers.schedule(NOON + offset, TimerKind.REPORTS, "1")
        exchange.reply(PHONE, "x", state.accounts.application_keys()[0])
        for piece in pieces:
            clock.advance(piece)
        rows = state.database.connection.execute("SELECT at, kind, ref FROM timers ORDER BY id").fetchall()
        return [rows, timers.next_at()]

    total = NOON
    for step in steps:
        total += step
    assert run(steps) == run([total - NOON])
