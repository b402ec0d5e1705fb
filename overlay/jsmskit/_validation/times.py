"""Times: aware datetimes on our side, the service's notations on the wire (text to the second, milliseconds)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, NoReturn

from jsms_api import limits
from jsms_api.error_table import ErrorCode

from .invalid_argument import InvalidArgument

# Not by strptime, which brings calendar and locale with it.
_OFFSET: Final = datetime.fromisoformat(f"1970-01-01T00:00:00{limits.TIME_ZONE}").utcoffset()
SERVICE_TIMEZONE: Final = timezone(_OFFSET or timedelta(0))
"""The zone of the service, UTC+8 without summer time. Inferred: no page of the vendor names it (uncertainty G7)."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WIRE_TIME: Final = re.compile(limits.SCHEDULE_REQUEST_SEND_TIME_PATTERN)
_FIELD: Final = "send_at"
_AWARE: Final = "Use an aware datetime, for example datetime.now(timezone.utc) + timedelta(hours=1)."


def to_wire_time(moment: datetime) -> str:
    """Write an aware datetime as the service reads it: `yyyy-MM-dd HH:mm:ss` in UTC+8.

    The wire has no fractions of a second: a part of a second is rounded up to the next full one, so that
    nothing is ever sent before the moment that was asked for. Raises `InvalidArgument` for a naive datetime
    (keyword `type`): the same text would mean another moment on every machine.
    """
    if not isinstance(moment, datetime):  # pyright: ignore[reportUnnecessaryIsInstance]
        _refuse("type", f"a time is a datetime, not {type(moment).__name__}.", _AWARE)
    if moment.utcoffset() is None:
        _refuse("type", "the datetime is naive, it has no time zone.", _AWARE)
    try:
        local = moment.astimezone(SERVICE_TIMEZONE)
        if local.microsecond:
            local += timedelta(microseconds=1_000_000 - local.microsecond)
    except OverflowError:
        _refuse(
            "pattern", "the time is outside of the years 1 to 9999.", "Use a moment that the calendar knows."
        )
    return local.replace(tzinfo=None).isoformat(" ", "seconds")


def future_wire_time(moment: datetime, *, now: datetime) -> str:
    """As `to_wire_time`, and refuses a moment that is not after `now` (aware), as the service does."""
    text = to_wire_time(moment)
    if moment <= now:
        _refuse(
            "invalid",
            f"{text} (UTC+8) is not in the future.",
            "Choose a later time, or send the message at once.",
            ErrorCode.INVALID_SEND_TIME,
        )
    return text


def from_wire_time(text: str) -> datetime:
    """Read `yyyy-MM-dd HH:mm:ss` as an aware datetime in UTC+8. Raises `ValueError` for anything else."""
    if not _WIRE_TIME.fullmatch(text):
        raise ValueError("a time of the service looks like 2026-01-31 09:30:00")
    return datetime.fromisoformat(text).replace(tzinfo=SERVICE_TIMEZONE)


def from_millis(millis: int) -> datetime:
    """Read milliseconds since 1970 (UTC), the notation of reports and callbacks, as an aware datetime in
    UTC+8.

    Raises `ValueError` if it is not an `int` or lies outside of the years 1 to 9999.
    """
    if type(millis) is not int:  # a bool is an int too, and True is no time
        raise ValueError("milliseconds are a whole number")
    try:
        return (_EPOCH + timedelta(milliseconds=millis)).astimezone(SERVICE_TIMEZONE)
    except OverflowError:
        raise ValueError("the milliseconds lie outside of the calendar") from None


def _refuse(keyword: str, rule: str, remedy: str, code: ErrorCode | None = None) -> NoReturn:
    raise InvalidArgument(_FIELD, keyword, rule, remedy, code)
