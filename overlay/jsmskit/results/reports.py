"""Delivery reports and replies: the same values by pull and by callback."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from jsms_api.error_table import REPORT_STATUSES, ReportStatus, ReportStatusInfo

from ._result import Result

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReceivedRecord(Result):
    """What every record has that the service hands out or calls back.

    Attributes:
        nonce: the signed nonce of a callback, a 64-bit number as text; empty for a pull.
        sent_at: when the service signed the callback; None for a pull.
        duplicate: the same callback (nonce, type and data) was handled before: do not act on it again.
        raw: the record as JSON text, with whole phone numbers: not for logs.
    """

    nonce: str = ""
    sent_at: datetime | None = None
    duplicate: bool = False
    raw: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeliveryReport(ReceivedRecord):
    """What became of a message.

    Attributes:
        msg_id: the id that the sending call returned.
        phone: eleven digits, or as the service wrote it if it is not a mobile number of mainland China.
        status: a plain `int` if this version does not know it; `info` explains the documented ones.
        received_at: when the message was delivered or given up, in UTC+8.
    """

    msg_id: str
    phone: str
    status: ReportStatus | int
    received_at: datetime

    @property
    def delivered(self) -> bool:
        """True if the phone has the message; an unknown status does not count as success."""
        return self.status == ReportStatus.DELIVERED

    @property
    def info(self) -> ReportStatusInfo | None:
        """The row of the status table: title and remedy in English and Chinese; None for an unknown number."""
        return REPORT_STATUSES.get(int(self.status))

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes two reports the same fact, even under different nonces. Holds the whole number: not for logs."""
        return ("report", self.msg_id, self.phone, str(int(self.status)))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Reply(ReceivedRecord):
    """What a recipient sent back, for example to opt out. The service does not say to which message.

    Attributes:
        phone: eleven digits, or as the service wrote it if it is not a mobile number of mainland China.
        content: the text; no `repr` shows it.
        replied_at: when it reached the platform, in UTC+8.
    """

    phone: str
    content: str
    replied_at: datetime

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes two replies the same one, even under different nonces. Holds the whole number: not for logs."""
        return ("reply", self.phone, self.replied_at.isoformat(), self.content)


@dataclass(frozen=True, slots=True, repr=False)
class Page(Result, Generic[T]):
    """The records of one pull. The service hands out each once, so none is thrown away.

    Attributes:
        records: what could be read, in the order of the response.
        unreadable: what could not, as it came.
        raw: all of it, as it came.
    """

    records: tuple[T, ...]
    unreadable: tuple[Any, ...] = ()
    raw: Sequence[Any] = field(default=(), repr=False, compare=False, kw_only=True)

    def __iter__(self) -> Iterator[T]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)


class ReportPage(Page[DeliveryReport]):
    """The delivery reports of one pull."""

    __slots__ = ()


class ReplyPage(Page[Reply]):
    """The replies of one pull."""

    __slots__ = ()
