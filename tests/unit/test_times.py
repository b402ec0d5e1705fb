"""Aware datetimes on our side, the service's notations on the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsms_api import limits
from jsms_api.error_table import ErrorCode
from jsmskit._validation.fields import (
    SERVICE_TIMEZONE,
    InvalidArgument,
    from_millis,
    from_wire_time,
    future_wire_time,
    to_wire_time,
)

OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(
    min_value=datetime(2, 1, 1),  # noqa: DTZ001
    max_value=datetime(9998, 12, 31),  # noqa: DTZ001
    timezones=OFFSETS,
)


class Undecided(tzinfo):
    """A tzinfo that knows no offset: Python calls such a datetime naive."""

    def utcoffset(self, when: datetime | None, /) -> None:
        return None


def test_the_fold_of_a_zone_with_summer_time_is_kept() -> None:
    """02:30 happens twice in Berlin in October; `fold` says which one is meant."""
    berlin = ZoneInfo("Europe/Berlin")
    first, second = (datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=fold) for fold in (0, 1))
    assert (to_wire_time(first), to_wire_time(second)) == ("2026-10-25 08:30:00", "2026-10-25 09:30:00")


@pytest.mark.parametrize(("micros", "second"), [(0, "00"), (1, "01"), (999_999, "01")])
def test_a_part_of_a_second_is_rounded_up(micros: int, second: str) -> None:
    """Never sent before the moment that was asked for."""
    assert to_wire_time(datetime(2026, 1, 1, 0, 0, 0, micros, tzinfo=UTC)) == f"2026-01-01 08:00:{second}"


def test_only_the_future_can_be_scheduled() -> None:
    """ "Before now" is refused by the service; now itself is, on the wire, already past."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert future_wire_time(now + timedelta(microseconds=1), now=now) == "2026-01-01 08:00:01"
    for moment in (now, now - timedelta(days=1)):
        with pytest.raises(InvalidArgument, match="not in the future") as refused:
            future_wire_time(moment, now=now)
        assert refused.value.code is ErrorCode.INVALID_SEND_TIME


@given(MOMENTS)
def test_writing_and_reading_agree_to_the_second(moment: datetime) -> None:
    """The text fits the spec's pattern and length, four digits of the year included, and means the same moment."""
    text = to_wire_time(moment)
    assert len(text) == limits.SCHEDULE_REQUEST_SEND_TIME_MAX_LENGTH
    assert timedelta(0) <= from_wire_time(text) - moment < timedelta(seconds=1)
    assert from_wire_time(text).utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-1-1 00:00:00",
        "2026-01-01T00:00:00",
        "2026-13-01 00:00:00",
        "2026-01-01 24:00:01",
        "2026-01-01 00:00:00\n",
    ],
)
def test_a_text_in_another_notation_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_wire_time(text)


@pytest.mark.parametrize("millis", [10**18, -(10**18), pytest.param(10**5000, id="huge"), 253402300799999])
def test_milliseconds_outside_of_the_calendar_are_no_time(millis: int) -> None:
    """The last ones by the conversion to UTC+8 only."""
    with pytest.raises(ValueError, match="milliseconds"):
        from_millis(millis)


NOW = datetime(2026, 1, 1, tzinfo=UTC)
AWARE = "Use an aware datetime, for example datetime.now(timezone.utc) + timedelta(hours=1)."
NAIVE = f"the datetime is naive, it has no time zone. {AWARE}"
OUTSIDE = "the time is outside of the years 1 to 9999. Use a moment that the calendar knows."
PAST = "2026-01-01 08:00:00 (UTC+8) is not in the future. Choose a later time, or send the message at once."


@pytest.mark.parametrize(
    ("moment", "keyword", "told"),
    [
        ("tomorrow", "type", f"a time is a datetime, not str. {AWARE}"),
        (None, "type", f"a time is a datetime, not NoneType. {AWARE}"),
        (NOW.date(), "type", f"a time is a datetime, not date. {AWARE}"),
        (NOW.replace(tzinfo=None), "type", NAIVE),
        (NOW.replace(tzinfo=Undecided()), "type", NAIVE),
        (datetime.max.replace(tzinfo=UTC), "pattern", OUTSIDE),
        (datetime.max.replace(tzinfo=SERVICE_TIMEZONE), "pattern", OUTSIDE),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=9))), "pattern", OUTSIDE),
        (NOW, "invalid", PAST),
    ],
)
def test_a_refusal_says_what_why_and_what_to_do(moment: Any, keyword: str, told: str) -> None:
    """Word for word: these sentences are what a developer reads first."""
    with pytest.raises(InvalidArgument) as refused:
        future_wire_time(moment, now=NOW)
    assert (refused.value.keyword, str(refused.value)) == (keyword, f"send_at: {told}")
