"""Messages: one on its way, and what became of each recipient of a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jsms_api.error_table import ERRORS, ErrorInfo

from ..errors import Outcome, PartialFailureError
from ._result import Result


@dataclass(frozen=True, slots=True, repr=False)
class MessageReceipt(Result):
    """A message is on its way. Delivery reports carry the same `msg_id`."""

    msg_id: str
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False, kw_only=True)


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

    @property
    def complete(self) -> bool:
        """True if every recipient was accepted."""
        return not self.rejected and not self.unknown

    def _raise_for_rejected(self, operation: str) -> None:
        if self.complete:
            return
        codes = Counter(entry.code for entry in self.rejected)
        listed = ", ".join(f"{code} {_name(code)} x {count}" for code, count in codes.most_common())
        told = f"{len(self.accepted)} recipients were accepted, {len(self.rejected)} rejected"
        told += f" ({listed})" if listed else ""
        told += f", {len(self.unknown)} are unknown." if self.unknown else "."
        raise PartialFailureError(
            told,
            accepted=len(self.accepted),
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


@dataclass(frozen=True, slots=True, repr=False)
class BatchResult(Result, BatchOutcome):
    """What became of each recipient of one batch. A batch of which a part is refused is an ordinary response.

    Attributes:
        accepted: in the order of the response.
        rejected: in the order of the response.
        unknown: numbers that were asked for and that the response does not mention, or for which it tells of a failure
            of the server: whether they get the message is not known.
        warnings: where the response disagrees with itself, in words; empty as a rule.
    """

    accepted: tuple[AcceptedMessage, ...]
    rejected: tuple[RejectedMessage, ...]
    unknown: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False, kw_only=True)

    def raise_for_rejected(self) -> None:
        """Raise `PartialFailureError` unless every recipient was accepted (unknown ones count as not accepted)."""
        self._raise_for_rejected("sendMessageBatch")
