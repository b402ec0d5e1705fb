"""What calls give back: frozen values, typed to the last field.

Knows the words of the overlay (`phone`, `template_id`, aware times). Must not know how an answer is read
(that is `_readings`), nor requests, nor HTTP. The `repr` of a value shows phone numbers masked, and texts,
codes and values of variables not at all. `raw` is the decoded answer as it came.

Long, because it is one page of values, each with its fields and a few words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

from attrs import field, frozen
from jsms_api.error_table import ERRORS, REPORT_STATUSES, ErrorInfo, ReportStatus, ReportStatusInfo

from ._masking import mask_phone
from .errors import Outcome, PartialFailureError

__all__ = [
    "AcceptedMessage",
    "Balance",
    "BatchResult",
    "CodeReceipt",
    "MessageReceipt",
    "PulledReply",
    "PulledReport",
    "RejectedMessage",
    "ReplyPage",
    "ReportPage",
    "ReviewStatus",
    "Schedule",
    "ScheduleBatchResult",
    "ScheduleReceipt",
    "ScheduledMessage",
    "Sign",
    "SignReceipt",
    "Template",
    "TemplateReceipt",
    "Verification",
    "VerificationReason",
]


def _mask_each(phones: Sequence[str]) -> str:
    shown = [mask_phone(phone) for phone in phones[:3]]
    if len(phones) > len(shown):
        shown.append(f"... {len(phones)} in all")
    return f"({', '.join(shown)})"


def _count(items: Sequence[Any]) -> str:
    return f"<{len(items)}>"


def _nothing() -> dict[str, Any]:
    return {}


def _raw() -> Any:
    return field(factory=_nothing, repr=False, eq=False, kw_only=True)


@frozen
class CodeReceipt:
    """A verification code is on its way. Keep `msg_id`: it is needed to verify what the person types."""

    msg_id: str
    raw: Mapping[str, Any] = _raw()


@frozen
class MessageReceipt:
    """A message is on its way. Delivery reports carry the same `msg_id`."""

    msg_id: str
    raw: Mapping[str, Any] = _raw()


class VerificationReason(StrEnum):
    """Why a code was not accepted."""

    WRONG = "wrong"
    """Another code was sent."""
    EXPIRED = "expired"
    """It is too old; send a new one."""
    USED = "used"
    """It was right, and has been used before."""
    UNKNOWN_MESSAGE = "unknown_message"
    """No code belongs to this msg_id."""
    MISSING = "missing"
    """Nothing was typed."""
    OTHER = "other"
    """The service gave no reason."""


@frozen
class Verification:
    """The verdict on a code that somebody typed. True in a condition only if the code is right, for the
    first time.

    `reason` says why not, None if `ok`; `error_code` is the service's return code for it.
    """

    ok: bool
    reason: VerificationReason | None = None
    error_code: int | None = None
    raw: Mapping[str, Any] = _raw()

    def __bool__(self) -> bool:
        return self.ok

    @property
    def info(self) -> ErrorInfo | None:
        """The row of the code table: title and remedy in English and Chinese, to show or to log."""
        return None if self.error_code is None else ERRORS.get(self.error_code)


class AcceptedMessage(NamedTuple):
    """One recipient of a batch that was taken. A tuple, since a batch may have a thousand."""

    phone: str
    msg_id: str

    def __repr__(self) -> str:
        return f"AcceptedMessage(phone={mask_phone(self.phone)}, msg_id={self.msg_id!r})"


@frozen
class RejectedMessage:
    """One recipient of a batch that was refused. `params` are the values that the service sends back."""

    phone: str = field(repr=mask_phone)
    code: int
    msg_id: str | None = None
    params: Mapping[str, str] = field(factory=_nothing, repr=False, eq=False)

    @property
    def info(self) -> ErrorInfo | None:
        """The row of the code table; None for a code that it does not have."""
        return ERRORS.get(self.code)


class _Batch:
    """What both kinds of batch results can do with their three parts."""

    __slots__ = ()

    accepted: Any
    rejected: tuple[RejectedMessage, ...]
    unknown: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """True if every recipient was taken."""
        return not self.rejected and not self.unknown

    def _problem(self, operation: str, accepted: int) -> PartialFailureError:
        codes = Counter(entry.code for entry in self.rejected)
        listed = ", ".join(f"{code} {_name(code)} x {count}" for code, count in codes.most_common())
        told = f"{accepted} recipients were accepted, {len(self.rejected)} rejected"
        told += f" ({listed})" if listed else ""
        told += f", {len(self.unknown)} are unknown." if self.unknown else "."
        return PartialFailureError(
            told,
            accepted=accepted,
            rejected=len(self.rejected),
            unknown=len(self.unknown),
            codes=codes,
            operation=operation,
            outcome=Outcome.UNKNOWN if self.unknown else Outcome.REJECTED,
            attempts=1,
            code=next(iter(codes)) if len(codes) == 1 else None,
            http_status=200,
        )


def _name(code: int) -> str:
    info = ERRORS.get(code)
    return "unknown code" if info is None else info.name


@frozen
class BatchResult(_Batch):
    """What became of each recipient of one batch. A batch of which a part is refused is an ordinary answer.

    `accepted` and `rejected` are in the order of the answer. `unknown` are the numbers that were asked for
    and that the answer does not mention, or for which it tells of a failure of the server: whether they get
    the message, nobody knows. `doubts` says in words where the answer disagrees with itself; it is empty as
    a rule.
    """

    accepted: tuple[AcceptedMessage, ...]
    rejected: tuple[RejectedMessage, ...]
    unknown: tuple[str, ...] = field(default=(), repr=_mask_each)
    doubts: tuple[str, ...] = ()
    raw: Mapping[str, Any] = _raw()

    def raise_for_rejected(self) -> None:
        """Raise `PartialFailureError` unless every recipient was taken (unknown ones count as not taken)."""
        if not self.complete:
            raise self._problem("sendMessageBatch", len(self.accepted))


@frozen
class ScheduleReceipt:
    """A timed message is set, or changed."""

    schedule_id: str
    raw: Mapping[str, Any] = _raw()


@frozen
class ScheduleBatchResult(_Batch):
    """A timed batch is set, or changed; recipients may have been refused one by one.

    The service lists only the refused ones, so `accepted` holds the numbers that were asked for and not
    refused. `unknown` and `doubts` are as in `BatchResult`.
    """

    schedule_id: str
    accepted: tuple[str, ...] = field(repr=_mask_each)
    rejected: tuple[RejectedMessage, ...]
    unknown: tuple[str, ...] = field(default=(), repr=_mask_each)
    doubts: tuple[str, ...] = ()
    raw: Mapping[str, Any] = _raw()

    def raise_for_rejected(self) -> None:
        """Raise `PartialFailureError` unless every recipient was taken (unknown ones count as not taken)."""
        if not self.complete:
            raise self._problem("createScheduleBatch", len(self.accepted))


@frozen
class ScheduledMessage:
    """One recipient of a timed task. Its `msg_id` is given out before the message is sent."""

    phone: str = field(repr=mask_phone)
    msg_id: str | None = None
    params: Mapping[str, str] = field(factory=_nothing, repr=False)


@frozen
class Schedule:
    """A timed task, of one or of many recipients. The service tells no status, sign or tag."""

    schedule_id: str
    send_at: datetime
    template_id: int
    recipients: tuple[ScheduledMessage, ...]
    raw: Mapping[str, Any] = _raw()


class ReviewStatus(IntEnum):
    """How far the audit of a template or sign has come. Doubt C18: for signs 0 is inferred."""

    IN_AUDIT = 0
    APPROVED = 1
    REFUSED = 2


@frozen
class TemplateReceipt:
    """A template was handed in and is in audit."""

    template_id: int
    raw: Mapping[str, Any] = _raw()


@frozen
class Template:
    """A template. A `status` or `type` that this version does not know is a plain `int`."""

    template_id: int
    template: str = field(repr=False)
    type: int
    status: ReviewStatus | int
    ttl: int | None = None
    remark: str | None = field(default=None, repr=False)
    raw: Mapping[str, Any] = _raw()

    @property
    def approved(self) -> bool:
        """Whether it can be used for sending."""
        return self.status == ReviewStatus.APPROVED


@frozen
class SignReceipt:
    """A sign was handed in and is in audit."""

    sign_id: int
    raw: Mapping[str, Any] = _raw()


@frozen
class Sign:
    """A sign, the text in brackets in front of a message. A `status` not known to this version is a plain
    `int`.
    """

    sign_id: int
    sign: str
    status: ReviewStatus | int
    is_default: bool
    in_use: bool
    raw: Mapping[str, Any] = _raw()

    @property
    def approved(self) -> bool:
        """Whether it can be used for sending."""
        return self.status == ReviewStatus.APPROVED


@frozen
class Balance:
    """How many messages are paid for. None of a kind means that nothing was assigned of it.

    `general` serves every kind of message; the others one kind each: `voice`, `industry` (codes and
    notices), `market`.
    """

    general: int | None
    voice: int | None = None
    industry: int | None = None
    market: int | None = None
    raw: Mapping[str, Any] = _raw()


@frozen
class PulledReport:
    """What became of one message, as the pull hands it out. `status` is a plain `int` if this version does
    not know it.
    """

    msg_id: str
    phone: str = field(repr=mask_phone)
    received_at: datetime
    status: ReportStatus | int
    raw: Mapping[str, Any] = _raw()

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
    raw: Mapping[str, Any] = _raw()


@frozen
class ReportPage:
    """The reports of one pull. The service hands out each record once, so none is thrown away: what cannot
    be read is in `unreadable` as it came, beside the good ones.
    """

    records: tuple[PulledReport, ...]
    unreadable: tuple[Any, ...] = field(default=(), repr=_count)
    raw: Sequence[Any] = field(factory=tuple, repr=False, eq=False, kw_only=True)

    def __iter__(self) -> Iterator[PulledReport]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)


@frozen
class ReplyPage:
    """The replies of one pull; `unreadable` as in `ReportPage`."""

    records: tuple[PulledReply, ...]
    unreadable: tuple[Any, ...] = field(default=(), repr=_count)
    raw: Sequence[Any] = field(factory=tuple, repr=False, eq=False, kw_only=True)

    def __iter__(self) -> Iterator[PulledReply]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)
