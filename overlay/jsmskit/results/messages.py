"""Messages: one on its way, and what became of each recipient of a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self, cast, final, overload

from attrs import field, frozen
from jsms_api.error_table import ERRORS, ErrorInfo

from .._masking import mask_phone
from ..errors import Outcome, PartialFailureError
from . import _fields
from ._unread import Unread

__all__ = ["AcceptedMessage", "AcceptedMessages", "Batch", "BatchResult", "MessageReceipt", "RejectedMessage"]


@frozen
class MessageReceipt:
    """A message is on its way. Delivery reports carry the same `msg_id`."""

    msg_id: str
    raw: Mapping[str, Any] = _fields.raw()


class AcceptedMessage(NamedTuple):
    """One recipient of a batch that was taken. A tuple, since a batch may have a thousand."""

    phone: str
    msg_id: str

    def __repr__(self) -> str:
        return f"AcceptedMessage(phone={mask_phone(self.phone)}, msg_id={self.msg_id!r})"


@final
class AcceptedMessages(Sequence[AcceptedMessage]):
    """Recipients of a batch that were taken: a sequence like a tuple of `AcceptedMessage`, and equal to one.

    It holds two columns, and makes an entry when somebody looks at it: a campaign of a million never does.
    """

    __slots__ = ("msg_ids", "phones")

    def __init__(self, phones: Sequence[str], msg_ids: Sequence[str]) -> None:
        self.phones = phones
        self.msg_ids = msg_ids

    @classmethod
    def of(cls, entries: Iterable[tuple[str, str]]) -> Self:
        """From entries one by one."""
        listed = list(entries)
        return cls([phone for phone, _ in listed], [msg_id for _, msg_id in listed])

    @overload
    def __getitem__(self, place: int) -> AcceptedMessage: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[AcceptedMessage, ...]: ...
    def __getitem__(self, place: int | slice) -> AcceptedMessage | tuple[AcceptedMessage, ...]:
        if isinstance(place, slice):
            return tuple(map(AcceptedMessage, self.phones[place], self.msg_ids[place]))
        return AcceptedMessage(self.phones[place], self.msg_ids[place])

    def __len__(self) -> int:
        return len(self.phones)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (AcceptedMessages, tuple)):
            return tuple(self) == tuple(cast("Iterable[object]", other))
        return NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


@frozen
class RejectedMessage:
    """One recipient of a batch that was refused. `params` are the values that the service sends back."""

    phone: str = field(repr=mask_phone)
    code: int
    msg_id: str | None = None
    params: Mapping[str, str] = field(alias="raw", factory=_fields.nothing, repr=False, eq=False)

    @property
    def info(self) -> ErrorInfo | None:
        """The row of the code table; None for a code that it does not have."""
        return ERRORS.get(self.code)


class Batch:
    """What both kinds of batch results can do with their three parts."""

    __slots__ = ()

    accepted: Any
    rejected: tuple[RejectedMessage, ...]
    unknown: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """True if every recipient was taken."""
        return not self.rejected and not self.unknown

    def problem(self, operation: str, accepted: int) -> PartialFailureError:
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
class BatchResult(Batch):
    """What became of each recipient of one batch. A batch of which a part is refused is an ordinary answer.

    `accepted` and `rejected` are in the order of the answer. `unknown` are the numbers that were asked for
    and that the answer does not mention, or for which it tells of a failure of the server: whether they get
    the message, nobody knows. `doubts` says in words where the answer disagrees with itself; it is empty as
    a rule.
    """

    accepted: Sequence[AcceptedMessage]
    rejected: tuple[RejectedMessage, ...]
    unknown: tuple[str, ...] = field(default=(), repr=_fields.mask_each)
    doubts: tuple[str, ...] = ()
    _raw: Mapping[str, Any] | Unread = field(
        alias="raw", factory=_fields.nothing, repr=False, eq=False, kw_only=True
    )

    @property
    def raw(self) -> Mapping[str, Any]:
        """The answer as it came. Of a large one it is made when it is first looked at."""
        return self._raw.document if isinstance(self._raw, Unread) else self._raw

    def raise_for_rejected(self) -> None:
        """Raise `PartialFailureError` unless every recipient was taken (unknown ones count as not taken)."""
        if not self.complete:
            raise self.problem("sendMessageBatch", len(self.accepted))
