# ruff: noqa: S608  # statements are put together from names of our own; values are always parameters
"""Messages and their codes, what each number was sent lately, and reports to be pulled.

What the inbox page reads is not made into records: an open page is told of every message, and that must stay cheap.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from jsms_api.error_table import ReportStatus

from ..model.records import Message, MessageKind, TemplateType
from .database import Database

#: A message as `Message` has it, field by field.
_FIELDS: Final = (
    "id", "app_key", "msg_id", "phone", "kind", "text", "type", "temp_id", "sign_id", "tag", "language", "units",
    "sent_at", "code", "expires_at", "verified_at", "status", "reported_at", "planned_status",
)  # fmt: skip
#: The same, as the columns of a SELECT.
_COLUMNS: Final = ", ".join(
    {"msg_id": "CAST(msg_id AS TEXT)", "status": "iif(reported_at IS NULL, NULL, planned_status)"}.get(name, name)
    for name in _FIELDS
)

_INSERT: Final = (
    "INSERT INTO messages (app_key, kind, type, temp_id, sign_id, tag, language, sent_at, report_at, code, "
    "expires_at, msg_id, phone, text, units, planned_status) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Origin(NamedTuple):
    """What the messages of one call have in common but for the time; for the meaning see `Message`."""

    app_key: str
    kind: MessageKind
    type: int | None = None
    temp_id: int | None = None
    sign_id: int | None = None
    tag: str | None = None
    language: int | None = None


class Accepted(NamedTuple):
    """What is sent to a recipient who is not refused."""

    phone: str
    text: str
    units: int
    planned_status: int


class Shown(enum.StrEnum):
    """Which messages to show.

    CODE: text codes, and other texts of a verification template. VOICE: spoken codes. NOTICE, MARKETING: by
    the type of the template. SCHEDULED: sent by a timed task. FAILED: reported as not delivered.
    """

    CODE = "code"
    VOICE = "voice"
    NOTICE = "notice"
    MARKETING = "marketing"
    SCHEDULED = "scheduled"
    FAILED = "failed"


_SHOWN: Final[Mapping[Shown, str]] = {
    Shown.CODE: f"type = {TemplateType.VERIFICATION.value}",
    Shown.VOICE: f"kind = '{MessageKind.VOICE}'",
    Shown.NOTICE: f"type = {TemplateType.NOTICE.value}",
    Shown.MARKETING: f"type = {TemplateType.MARKETING.value}",
    Shown.SCHEDULED: f"kind = '{MessageKind.SCHEDULE}'",
    Shown.FAILED: f"reported_at IS NOT NULL AND planned_status != {ReportStatus.DELIVERED.value}",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which messages of the inbox. Fields that are None do not narrow.

    Attributes:
        phone: of this number, 11 digits.
        app_key: of this application.
        after: with a larger id.
        before: with a smaller id.
        text: that hold this in text, number, message id or tag; case does not matter.
        shown: of this kind.
    """

    phone: str | None = None
    app_key: str | None = None
    after: int | None = None
    before: int | None = None
    text: str | None = None
    shown: Shown | None = None

    def condition(self) -> tuple[str, list[object]]:
        """Write it as SQL, with its values."""
        columns = ("lowered(text)", "phone", "msg_id", "lowered(coalesce(tag, ''))")
        anywhere = " OR ".join(f"instr({column}, ?1)" for column in columns)
        told = {
            f"({anywhere})": self.text and self.text.lower(),
            "phone = ?": self.phone,
            "app_key = ?": self.app_key,
            "id > ?": self.after,
            "id < ?": self.before,
        }
        wanted = {condition: value for condition, value in told.items() if value not in (None, "")}
        shown = [] if self.shown is None else [_SHOWN[self.shown]]
        return " AND ".join(["NOT deleted", *wanted, *shown]), list(wanted.values())


class MessageStore:
    """Messages of all applications."""

    __slots__ = ("_database",)

    def __init__(self, database: Database) -> None:
        self._database = database

    # Changes.

    def add(
        self,
        origin: Origin,
        messages: Sequence[tuple[int, Accepted]],
        *,
        sent_at: float,
        report_at: float,
        keep: int,
        code: str | None = None,
        expires_at: float | None = None,
    ) -> list[int]:
        """Store what a call sent; return the ids of its messages. Inside a transaction only.

        Args:
            origin: what the messages have in common.
            messages: at least one, with its id on the wire.
            sent_at: seconds since 1970.
            report_at: when their reports fall due.
            keep: older messages than the newest so many are dropped; 0: none is.
            code: that the only message carries.
            expires_at: when that code dies.
        """
        connection = self._database.connection
        shared = (*origin, sent_at, report_at, code, expires_at)
        ids = [connection.execute(_INSERT, (*shared, msg_id, *message)).lastrowid or 0 for msg_id, message in messages]
        if 0 < keep < ids[-1]:
            connection.execute("DELETE FROM messages WHERE id <= ?", (ids[-1] - keep,))
        return ids

    def mark_verified(self, message_id: int, at: float) -> None:
        """Remember that the code of a message was verified."""
        with self._database as connection:
            connection.execute("UPDATE messages SET verified_at = ? WHERE id = ?", (at, message_id))

    def set_deleted(self, message_ids: Collection[int], *, deleted: bool) -> list[int]:
        """Take messages out of the inbox, or put them back; return the ids of those that changed.

        The service goes on knowing them: a deleted code can still be verified, and the limits still count it.
        """
        with self._database as connection:
            rows = connection.execute(
                "UPDATE messages SET deleted = ? WHERE deleted = NOT ? "
                "AND id IN (SELECT value FROM json_each(?)) RETURNING id",
                (deleted, deleted, json.dumps(list(message_ids))),
            ).fetchall()
        return sorted(row[0] for row in rows)

    def report(self, at: float, waits: Callable[[str], bool]) -> list[Message]:
        """Let the reports of an instant fall due; return the messages in their order.

        Args:
            at: the instant.
            waits: whether the reports of an application wait to be pulled.
        """
        with self._database as connection:
            due = self._messages("report_at = ? AND reported_at IS NULL ORDER BY id", at)
            for app_key in {message.app_key for message in due}:
                connection.execute(
                    "UPDATE messages SET reported_at = ?, waiting = ? "
                    "WHERE report_at = ? AND reported_at IS NULL AND app_key = ?",
                    (at, waits(app_key), at, app_key),
                )
        return due

    def take_reports(self, app_key: str, *, since: float, limit: int) -> list[Message]:
        """Hand out the messages with the oldest reports from an instant on; forget them and everything older."""
        with self._database as connection:
            connection.execute(
                "UPDATE messages SET waiting = 0 WHERE app_key = ? AND waiting AND reported_at < ?", (app_key, since)
            )
            taken = self._messages("app_key = ? AND waiting ORDER BY reported_at, id LIMIT ?", app_key, limit)
            connection.executemany("UPDATE messages SET waiting = 0 WHERE id = ?", [(one.id,) for one in taken])
        return taken

    # Reads.

    def find(self, phone: str | None = None, app_key: str | None = None, after: int | None = None) -> list[Message]:
        """Find messages that are in the inbox, oldest first."""
        condition, values = Filter(phone, app_key, after).condition()
        return self._messages(f"{condition} ORDER BY id", *values)

    def code(self, app_key: str, msg_id: int) -> Message | None:
        """Find the message of this application with this id, if it carried a code."""
        found = self._messages("msg_id = ? AND app_key = ? AND code IS NOT NULL", msg_id, app_key)
        return found[0] if found else None

    def recent(self, app_key: str, phones: Collection[str], kind: int, since: float) -> list[tuple[str, str, float]]:
        """List what numbers were sent of one template type after an instant: number, text, time."""
        return self._database.connection.execute(
            f"SELECT phone, text, sent_at FROM messages WHERE phone IN ({', '.join('?' * len(phones))}) "
            "AND app_key = ? AND type = ? AND sent_at > ?",
            (*phones, app_key, kind, since),
        ).fetchall()

    def was_sent(self, app_key: str, phone: str, text: str, since: float) -> bool:
        """Tell whether a number was sent this very text after an instant."""
        condition = "phone = ? AND app_key = ? AND text = ? AND sent_at > ?"
        return bool(self._one(f"SELECT count(*) FROM messages WHERE {condition}", phone, app_key, text, since))

    def last_voice_call(self, app_key: str, phone: str) -> float | None:
        """Tell when a number was last called with a voice code."""
        condition = "phone = ? AND app_key = ? AND kind = ?"
        at: float | None = self._one(
            f"SELECT max(sent_at) FROM messages WHERE {condition}", phone, app_key, MessageKind.VOICE
        )
        return at

    def last_sender(self, phone: str) -> str | None:
        """Tell which application sent a number its newest message."""
        newest = "(SELECT max(id) FROM messages WHERE phone = ?)"
        app_key: str | None = self._one(f"SELECT max(app_key) FROM messages WHERE id = {newest}", phone)
        return app_key

    def oldest_dropped(self) -> bool:
        """Tell whether older messages than those that are here were dropped."""
        return (self._one("SELECT min(id) FROM messages") or 0) > 1

    def _one(self, query: str, *values: object) -> Any:
        return self._database.connection.execute(query, values).fetchone()[0]

    def _messages(self, condition: str, *values: object) -> list[Message]:
        rows = self._rows(condition, *values)
        for row in rows:
            row["kind"] = MessageKind(row["kind"])
        return [Message(**row) for row in rows]

    # What the inbox page reads. Take the lock of the database around reads that must fit together.

    def shown(self, wanted: Filter, *, limit: int | None = None) -> list[dict[str, Any]]:
        """Find messages, oldest first; with a limit, the newest so many of them."""
        condition, values = wanted.condition()
        return self._rows(f"{condition} ORDER BY id DESC LIMIT ?", *values, -1 if limit is None else limit)[::-1]

    def shown_by_id(self, ids: Iterable[int]) -> list[dict[str, Any]]:
        """Find messages by their ids, oldest first; those that are gone are left out."""
        condition = "NOT deleted AND id IN (SELECT value FROM json_each(?)) ORDER BY id"
        return self._rows(condition, json.dumps(list(ids)))

    def ids(self, wanted: Filter) -> list[int]:
        """List the ids of messages."""
        condition, values = wanted.condition()
        rows = self._database.connection.execute(f"SELECT id FROM messages WHERE {condition}", values)
        return [row[0] for row in rows]

    def _rows(self, condition: str, *values: object) -> list[dict[str, Any]]:
        rows = self._database.connection.execute(f"SELECT {_COLUMNS} FROM messages WHERE {condition}", values)
        return [dict(zip(_FIELDS, row, strict=True)) for row in rows]
