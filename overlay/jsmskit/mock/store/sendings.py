"""What one call sent: one message, or a thousand that have nearly everything in common.

Knows what such messages share, and how one of them looks as a record, as a row of the page and as a row of the
table. Must not know where sendings are kept, rules, or what a delivery status means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from ..records import Message, MessageKind

#: The columns of a message in the table, in the order of `Sending.rows_of_table`.
COLUMNS: Final = (
    "id, app_key, kind, type, temp_id, sign_id, tag, language, sent_at, report_at, msg_id, phone, text, units, "
    "planned, code, expires_at, verified_at, reported_at, waiting, deleted"
)


class Origin(NamedTuple):
    """What the messages of a sending have in common but for the time; for the meaning see `Message`."""

    app_key: str
    kind: str
    type: int | None = None
    temp_id: int | None = None
    sign_id: int | None = None
    tag: str | None = None
    language: int | None = None


#: A recipient: msg_id, phone, text, units, planned delivery status.
Row = tuple[int, str, str, int, int]


class Sending:
    """Messages of one call and one instant. Ids are given by the store, one after the other.

    Attributes:
        first_id: of its first message; the others follow. 0: not stored yet.
        origin: what the messages have in common.
        sent_at: seconds since 1970.
        report_at: when their reports fall due.
        rows: the recipients, at least one.
        code: that its only message carries; None: it carries none.
        expires_at: when that code dies.
        verified_at: when it was verified.
        reported_at: when the reports fell due; None: not yet.
        pulled: how many of the reports were handed out or went to a callback; the others wait.
        deleted: positions of the messages that a person has deleted on the phone.
    """

    __slots__ = (
        "code",
        "deleted",
        "expires_at",
        "first_id",
        "origin",
        "pulled",
        "report_at",
        "reported_at",
        "rows",
        "sent_at",
        "verified_at",
    )

    def __init__(
        self,
        origin: Origin,
        sent_at: float,
        report_at: float,
        rows: Sequence[Row],
        code: str | None = None,
        expires_at: float | None = None,
    ) -> None:
        self.first_id = 0
        self.origin = origin
        self.sent_at = sent_at
        self.report_at = report_at
        self.rows = rows
        self.code = code
        self.expires_at = expires_at
        self.verified_at: float | None = None
        self.reported_at: float | None = None
        self.pulled = 0
        self.deleted: frozenset[int] = frozenset()

    @property
    def ids(self) -> range:
        """The ids of its messages."""
        return range(self.first_id, self.first_id + len(self.rows))

    @property
    def is_waiting(self) -> bool:
        """Whether reports of it wait to be pulled."""
        return self.reported_at is not None and self.pulled < len(self.rows)

    def status(self, position: int) -> int | None:
        """Give the delivery status of a message; None before its report."""
        return None if self.reported_at is None else self.rows[position][4]

    def told(self, position: int) -> dict[str, Any]:
        """Give a message as a row of the page: the fields of `Message` as JSON values."""
        msg_id, phone, text, units, planned = self.rows[position]
        origin = self.origin
        return {
            "id": self.first_id + position,
            "app_key": origin.app_key,
            "msg_id": str(msg_id),
            "phone": phone,
            "kind": origin.kind,
            "text": text,
            "type": origin.type,
            "temp_id": origin.temp_id,
            "sign_id": origin.sign_id,
            "tag": origin.tag,
            "language": origin.language,
            "units": units,
            "sent_at": self.sent_at,
            "code": self.code,
            "expires_at": self.expires_at,
            "verified_at": self.verified_at,
            "status": self.status(position),
            "reported_at": self.reported_at,
            "planned_status": planned,
        }

    def message(self, position: int) -> Message:
        """Give a message as a record."""
        told = self.told(position)
        told["kind"] = MessageKind(self.origin.kind)
        return Message(**told)

    def rows_of_table(self) -> Iterator[tuple[Any, ...]]:
        """Give its messages as the table holds them."""
        shared = (*self.origin, self.sent_at, self.report_at)
        fate = (self.code, self.expires_at, self.verified_at, self.reported_at)
        for position, row in enumerate(self.rows):
            waiting = self.reported_at is not None and position >= self.pulled
            yield (self.first_id + position, *shared, *row, *fate, waiting, position in self.deleted)


def from_row(row: tuple[Any, ...]) -> Sending:
    """Make a sending of one message out of a row of the table."""
    sending = Sending(Origin(*row[1:8]), row[8], row[9], (row[10:15],), row[15], row[16])
    sending.first_id = row[0]
    sending.verified_at, sending.reported_at = row[17], row[18]
    sending.pulled = int(sending.reported_at is not None and not row[19])
    sending.deleted = frozenset((0,)) if row[20] else frozenset()
    return sending
