"""What people type: times, durations, values, texts from files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from jsmskit.cli.parameters import duration, moment, pairs, param_option, text


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("90", 90), ("90s", 90), ("1.5", 1.5), ("6m", 360), ("2h", 7200), ("1d", 86400), ("1d12h30m5s", 131405)],
)
def test_durations(typed: str, seconds: float) -> None:
    assert duration(typed) == timedelta(seconds=seconds)


@pytest.mark.parametrize("typed", ["", " ", "h", "-5", "5x", "1h1d", "٣", "9" * 30])
def test_what_is_no_duration(typed: str) -> None:
    with pytest.raises(click.BadParameter):
        duration(typed)


@pytest.mark.parametrize(
    "typed", ["2026-01-31 09:30", "2026-01-31 09:30:00", "2026-01-31T01:30:00Z", "2026-01-31T02:30+01:00"]
)
def test_a_time_without_a_zone_is_in_that_of_the_service(typed: str) -> None:
    assert moment(typed) == datetime(2026, 1, 31, 1, 30, tzinfo=UTC)


def test_a_time_from_now() -> None:
    assert abs(moment("+2h") - datetime.now(UTC) - timedelta(hours=2)) < timedelta(minutes=1)


@pytest.mark.parametrize("typed", ["", "tomorrow", "31.01.2026", "+", "2026-13-01"])
def test_what_is_no_time(typed: str) -> None:
    with pytest.raises(click.BadParameter):
        moment(typed)


def test_values() -> None:
    """All behind the first equals sign; an empty value is one; no name twice."""
    option = param_option(lambda: None).__click_params__[0]
    context = click.Context(click.Command("test"))
    assert pairs(context, option, ["a=1=2", "b=", "c=@x"]) == {"a": "1=2", "b": "", "c": "@x"}
    for wrong in (["a"], ["=1"], ["a=1", "a=2"]):
        with pytest.raises(click.BadParameter):
            pairs(context, option, wrong)


def test_a_text_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("您好 {{name}}\n", encoding="utf-8")

    assert text(f"@{tmp_path}/t.txt") == "您好 {{name}}"
    assert text("plain") == "plain"
    with pytest.raises(click.BadParameter, match="Not a directory"):
        text("@/dev/null/x")
    (tmp_path / "t.txt").write_bytes(b"\xff")
    with pytest.raises(click.BadParameter, match="not UTF-8"):
        text(f"@{tmp_path}/t.txt")
