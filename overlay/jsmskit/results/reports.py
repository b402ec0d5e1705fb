"""Delivery reports and replies, as the pull hands them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import field, frozen
from jsms_api.error_table import REPORT_STATUSES, ReportStatus, ReportStatusInfo

from .._masking import mask_phone
from . import _fields

__all__ = ["PulledReply", "PulledReport", "ReplyPage", "ReportPage"]


@frozen
class PulledReport:
    """What became of one message, as the pull hands it out. `status` is a plain `int` if this version does
    not know it.
    """

    msg_id: str
    phone: str = field(repr=mask_phone)
    received_at: datetime
    status: ReportStatus | int
    raw: Mapping[str, Any] = _fields.raw()

    @property
    def delivered(self) -> bool:
        """True only for the one status that says so."""
        return self.status == ReportStatus.DELIVERED

    @property
    def info(self) -> ReportStatusInfo | None:
        """The row of the status table: title and remedy in English and Chinese."""
        return REPORT_STATUSES.get(int(self.status))


@frozen
class PulledReply:
    """What a person sent back, as the pull hands it out. The service does not say to which message."""

    phone: str = field(repr=mask_phone)
    replied_at: datetime
    content: str = field(repr=False)
    raw: Mapping[str, Any] = _fields.raw()


@frozen
class ReportPage:
    """The reports of one pull. The service hands out each record once, so none is thrown away: what cannot
    be read is in `unreadable` as it came, beside the good ones.
    """

    records: tuple[PulledReport, ...]
    unreadable: tuple[Any, ...] = field(default=(), repr=_fields.count)
    raw: Sequence[Any] = field(factory=tuple, repr=False, eq=False, kw_only=True)

    def __iter__(self) -> Iterator[PulledReport]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)


@frozen
class ReplyPage:
    """The replies of one pull; `unreadable` as in `ReportPage`."""

    records: tuple[PulledReply, ...]
    unreadable: tuple[Any, ...] = field(default=(), repr=_fields.count)
    raw: Sequence[Any] = field(factory=tuple, repr=False, eq=False, kw_only=True)

    def __iter__(self) -> Iterator[PulledReply]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)
