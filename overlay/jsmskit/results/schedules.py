"""Timed messages: receipts, and what a task holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from .._masking import mask_phone
from . import _fields
from .messages import Batch, RejectedMessage

__all__ = ["Schedule", "ScheduleBatchResult", "ScheduleReceipt", "ScheduledMessage"]


@frozen
class ScheduleReceipt:
    """A timed message is set, or changed."""

    schedule_id: str
    raw: Mapping[str, Any] = _fields.raw()


@frozen
class ScheduleBatchResult(Batch):
    """A timed batch is set, or changed; recipients may have been refused one by one.

    The service lists only the refused ones, so `accepted` holds the numbers that were asked for and not
    refused. `unknown` and `doubts` are as in `BatchResult`.
    """

    schedule_id: str
    accepted: tuple[str, ...] = field(repr=_fields.mask_each)
    rejected: tuple[RejectedMessage, ...]
    unknown: tuple[str, ...] = field(default=(), repr=_fields.mask_each)
    doubts: tuple[str, ...] = ()
    raw: Mapping[str, Any] = _fields.raw()

    def raise_for_rejected(self) -> None:
        """Raise `PartialFailureError` unless every recipient was taken (unknown ones count as not taken)."""
        if not self.complete:
            raise self.problem("createScheduleBatch", len(self.accepted))


@frozen
class ScheduledMessage:
    """One recipient of a timed task. Its `msg_id` is given out before the message is sent."""

    phone: str = field(repr=mask_phone)
    msg_id: str | None = None
    params: Mapping[str, str] = field(factory=_fields.nothing, repr=False)


@frozen
class Schedule:
    """A timed task, of one or of many recipients. The service tells no status, sign or tag."""

    schedule_id: str
    send_at: datetime
    template_id: int
    recipients: tuple[ScheduledMessage, ...]
    raw: Mapping[str, Any] = _fields.raw()
