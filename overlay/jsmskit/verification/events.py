"""What is seen of starts and checks: one line in the log, and an event for observers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from .policy import BudgetAlarm

LOGGER: Final = logging.getLogger("jsmskit.verification")
#: What needs a look by the operator.
_LOUD: Final = frozenset(
    {"rejected", "unknown", "not_sent", "unavailable", "store_failed", "budget_hour", "budget_day", "purpose_hour"}
)


@dataclass(frozen=True, slots=True)
class VerificationEvent:
    """One start or check that ended. Holds no number, no code and no address.

    Attributes:
        kind: `start` or `check`.
        application: whose it was.
        purpose: what the code is for.
        channel: `text` or `voice`; empty for a check.
        outcome: `sent` or `right`; else the reason, the name of the limit, or `store_failed`.
        seconds: how long it took, with the store and the service.
    """

    kind: str
    application: str
    purpose: str
    channel: str
    outcome: str
    seconds: float


class VerificationObserver(Protocol):
    """Is called once for each start and check, in its thread or task; must not block. What it raises is logged."""

    def __call__(self, event: VerificationEvent, /) -> object:
        """Take note of a start or check."""
        ...


def sound_alarm(on_alarm: Callable[[BudgetAlarm], object] | None, alarm: BudgetAlarm) -> None:
    """Log that a budget is nearly or entirely spent, and call the application."""
    LOGGER.warning(
        "budget application=%s limit=%s used=%d allowed=%d",
        alarm.application,
        alarm.limit.value,
        alarm.used,
        alarm.allowed,
    )
    if on_alarm is None:
        return
    try:
        on_alarm(alarm)
    except Exception:
        LOGGER.exception("on_alarm failed")


def tell(observer: VerificationObserver | None, event: VerificationEvent, masked_phone: str) -> None:
    """Write the line, and call the observer."""
    level = logging.WARNING if event.outcome in _LOUD else logging.INFO
    LOGGER.log(
        level,
        "%s application=%s purpose=%s channel=%s phone=%s outcome=%s ms=%.1f",
        event.kind,
        event.application,
        event.purpose,
        event.channel or "-",
        masked_phone,
        event.outcome,
        event.seconds * 1000,
    )
    if observer is None:
        return
    try:
        observer(event)
    except Exception:
        LOGGER.exception("the observer failed at the end of a %s", event.kind)
