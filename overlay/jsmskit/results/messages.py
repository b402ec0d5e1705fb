"""What sending and scheduling messages return."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jsms_api.error_table import ERRORS, ErrorInfo

from ..errors import Outcome, PartialFailureError
from ._result import CallResult, Receipt, Result


@dataclass(frozen=True, slots=True, repr=False)
class MessageReceipt(Receipt):
    """A message is on its way. Delivery reports carry the same `msg_id`."""

    msg_id: str


@dataclass(frozen=True, slots=True, repr=False)
class AcceptedMessage(Result):
    """One recipient of a batch that was accepted."""

    phone: str
    msg_id: str


@dataclass(frozen=True, slots=True, repr=False)
class RejectedMessage(Result):
    """One recipient of a batch that was refused. `params` are the values that the service sends back."""

    phone: str
    code: int
    msg_id: str | None = None
    params: Mapping[str, str] = field(default_factory=dict[str, str], repr=False, compare=False)

    @property
    def info(self) -> ErrorInfo | None:
        """The row of the code table; None for a code that it does not have."""
        return ERRORS.get(self.code)


class BatchOutcome:
    """What both kinds of batch results can do with their three parts."""

    __slots__ = ()

    accepted: Any
    rejected: tuple[RejectedMessage, ...]
    unknown: tuple[str, ...]
    withheld: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """True if every recipient was accepted, and none withheld."""
        return not self.rejected and not self.unknown and not self.withheld

    def _raise_for_rejected(self, operation: str) -> None:
        if self.complete:
            return
        codes = Counter(entry.code for entry in self.rejected)
        listed = ", ".join(f"{code} {_name(code)} x {count}" for code, count in codes.most_common())
        told = f"{len(self.accepted)} recipients were accepted, {len(self.rejected)} rejected"
        told += f" ({listed})" if listed else ""
        told += f", {len(self.withheld)} withheld by the recipient guard" if self.withheld else ""
        told += f", {len(self.unknown)} are unknown." if self.unknown else "."
        refused = Outcome.REJECTED if self.rejected else Outcome.NOT_SENT
        raise PartialFailureError(
            told,
            accepted=len(self.accepted),
            rejected=len(self.rejected),
            unknown=len(self.unknown),
            withheld=len(self.withheld),
            codes=codes,
            operation=operation,
            outcome=Outcome.UNKNOWN if self.unknown else refused,
            attempts=1,
            code=next(iter(codes)) if len(codes) == 1 else None,
            http_status=200,
        )


def _name(code: int) -> str:
    info = ERRORS.get(code)
    return "unknown code" if info is None else info.name


@dataclass(frozen=True, slots=True, repr=False)
class BatchResult(CallResult, BatchOutcome):
    """What became of each recipient of one batch. A batch of which a part is refused is an ordinary response.

    Attributes:
        accepted: in the order of the response.
        rejected: in the order of the response.
        unknown: numbers that were asked for and that the response does not mention, or for which it tells of a failure
            of the server: whether they get the message is not known.
        warnings: where the response disagrees with itself, in words; empty as a rule.
        withheld: numbers that the recipient guard kept back; nothing was sent to them.
        redirected_to: the number that the messages went to, if the guard redirected them. Then it is also the number of
            each entry above.
    """

    accepted: tuple[AcceptedMessage, ...]
    rejected: tuple[RejectedMessage, ...]
    unknown: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    withheld: tuple[str, ...] = field(default=(), kw_only=True)
    redirected_to: str | None = field(default=None, kw_only=True)

    def raise_for_rejected(self) -> None:
        """Raise `PartialFailureError` unless every recipient was accepted: unknown and withheld ones were not."""
        self._raise_for_rejected("sendMessageBatch")


@dataclass(frozen=True, slots=True, repr=False)
class ScheduleReceipt(Receipt):
    """A scheduled message is set, or changed."""

    schedule_id: str


@dataclass(frozen=True, slots=True, repr=False)
class ScheduleBatchResult(CallResult, BatchOutcome):
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
class Schedule(CallResult):
    """A scheduled task, of one or of many recipients. The service tells no status, sign or tag."""

    schedule_id: str
    send_at: datetime
    template_id: int
    recipients: tuple[ScheduledMessage, ...]
