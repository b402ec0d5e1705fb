"""Scheduled messages: receipts, and what a task holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ._result import Receipt, Result
from .messages import BatchOutcome, RejectedMessage


@dataclass(frozen=True, slots=True, repr=False)
class ScheduleReceipt(Receipt):
    """A scheduled message is set, or changed."""

    schedule_id: str
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True, repr=False)
class ScheduleBatchResult(Result, BatchOutcome):
    """A scheduled batch is set, or changed; recipients may have been refused one by one.

    The service lists only the refused ones, so `accepted` holds the numbers that were asked for and not
    refused. `unknown`, `warnings`, `withheld` and `redirected_to` are as in `BatchResult`.
    """

    schedule_id: str
    accepted: tuple[str, ...]
    rejected: tuple[RejectedMessage, ...]
    unknown: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    withheld: tuple[str, ...] = field(default=(), kw_only=True)
    redirected_to: str | None = field(default=None, kw_only=True)
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False, kw_only=True)

    def raise_for_rejected(self) -> None:
        """Raise `PartialFailureError` unless every recipient was accepted: unknown and withheld ones were not."""
        self._raise_for_rejected("createScheduleBatch")


@dataclass(frozen=True, slots=True, repr=False)
class ScheduledMessage(Result):
    """One recipient of a scheduled task. Its `msg_id` is given out before the message is sent."""

    phone: str
    msg_id: str | None = None
    params: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class Schedule(Result):
    """A scheduled task, of one or of many recipients. The service tells no status, sign or tag."""

    schedule_id: str
    send_at: datetime
    template_id: int
    recipients: tuple[ScheduledMessage, ...]
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False, kw_only=True)
