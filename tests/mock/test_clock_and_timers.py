"""The clock: modes, jumps, and what may not be."""

from __future__ import annotations

import pytest
from jsmskit.mock.model.clock import LATEST, Clock, ClockMode, milliseconds, read_send_time

from tests.mock.bench import Bench


@pytest.fixture
def wall() -> list[float]:
    return [1_000.0]


@pytest.fixture
def clock(wall: list[float]) -> Clock:
    return Clock(wall=lambda: wall[0])


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


def test_a_message_reported_in_the_same_instant_as_an_earlier_one_is_not_forgotten(bench: Bench) -> None:
    """With a delay of 0 the entry of the first is done before the second is sent."""
    bench.change(report_delay_seconds=0)
    for i in range(3):
        bench.notice(number=str(i))
    assert len(bench.get("/report").json) == 3
