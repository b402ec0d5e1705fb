"""When a message may go out: pure arithmetic on the clock of the service's zone.

Must not know ledgers or which messages keep quiet hours.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from jsmskit._validation.times import SERVICE_TIMEZONE

from .settings import QuietHours

__all__ = ["seconds_until_open"]


def seconds_until_open(hours: QuietHours, now: float, *, needed: float) -> float:
    """How long to wait until a request may begin; 0 if it may begin now and end, after `needed` seconds, in
    the hours.
    """
    local = datetime.fromtimestamp(now, UTC).astimezone(SERVICE_TIMEZONE)
    opens = datetime.combine(local.date(), hours.opens, SERVICE_TIMEZONE)
    closes = datetime.combine(local.date(), hours.closes, SERVICE_TIMEZONE)
    if local < opens:
        return (opens - local).total_seconds()
    if local + timedelta(seconds=needed) <= closes:
        return 0.0
    return (opens + timedelta(days=1) - local).total_seconds()
