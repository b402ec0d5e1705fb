"""Messages and their codes, what each number was sent lately, reports to be pulled, and what the inbox page reads.

What the page reads is not made into records: an open page is told of every message, and that must stay cheap.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from jsms_api.error_table import ReportStatus

from ..model.records import Message, MessageKind, ScheduleState, TemplateType
from .database import Database

#: A message as `Message` has it, field by field.
FIELDS: Final = (
    "id", "app_key", "msg_id", "phone", "kind", "text", "type", "temp_id", "sign_id", "tag", "language", "units",
    "sent_at", "code", "expires_at", "verified_at", "status", "reported_at", "planned_status",
)  # fmt: skip
#: The same, as the columns of a SELECT.
COLUMNS: Final = ", ".join(
    {"msg_id": "CAST(msg_id AS TEXT)", "status": "iif(reported_at IS NULL, NULL, planned_status)"}.get(name, name)
    for name in FIELDS
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


class NewMessage(NamedTuple):
    """One message that was accepted."""

    msg_id: int
    phone: str
    text: str
    units: int
    planned_status: int


class RememberedCode(NamedTuple):
    """A verification code as the service remembers it."""

    id: int
    code: str
    expires_at: float
    verified_at: float | None


class Report(NamedTuple):
    """A delivery report; `at` in seconds since 1970."""

    id: int
    app_key: str
    msg_id: int
    phone: str
    status: int
    at: float


class MessageStore:
    """Messages of all applications."""

    __slots__ = ("_database",)

    def __init__(self, database: Database) -> None:
        self._database = database

    # Changes.

    def add(
        self,
        origin: Origin,
        messages: Sequence[NewMessage],
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
            messages: at least one.
            sent_at: seconds since 1970.
            report_at: when their reports fall due.
            keep: older messages than the newest so many are dropped; 0: none is.
            code: that the only message carries.
            expires_at: when that code dies.
        """
        connection = self._database.connection
        shared = (*origin, sent_at, report_at, code, expires_at)
        ids = [connection.execute(_INSERT, (*shared, *message)).lastrowid or 0 for message in messages]
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

    def report(self, at: float, waits: Callable[[str], bool]) -> list[Report]:
        """Let the reports of an instant fall due; return them in the order of the messages.

        Args:
            at: the instant.
            waits: whether the reports of an application wait to be pulled.
        """
        with self._database as connection:
            due = [
                Report(*row)
                for row in connection.execute(
                    "SELECT id, app_key, msg_id, phone, planned_status, report_at FROM messages "
                    "WHERE report_at = ? AND reported_at IS NULL ORDER BY id",
                    (at,),
                )
            ]
            for app_key in {report.app_key for report in due}:
                connection.execute(
                    "UPDATE messages SET reported_at = ?, waiting = ? "
                    "WHERE report_at = ? AND reported_at IS NULL AND app_key = ?",
                    (at, waits(app_key), at, app_key),
                )
        return due

    def take_reports(self, app_key: str, *, since: float, limit: int) -> list[Report]:
        """Hand out the oldest reports from an instant on; forget them and everything older."""
        with self._database as connection:
            connection.execute(
                "UPDATE messages SET waiting = 0 WHERE app_key = ? AND waiting AND reported_at < ?", (app_key, since)
            )
            taken = [
                Report(*row)
                for row in connection.execute(
                    "SELECT id, app_key, msg_id, phone, planned_status, reported_at FROM messages "
                    "WHERE app_key = ? AND waiting ORDER BY reported_at, id LIMIT ?",
                    (app_key, limit),
                )
            ]
            connection.executemany("UPDATE messages SET waiting = 0 WHERE id = ?", [(report.id,) for report in taken])
        return taken

    # Reads.

    def find(
        self,
        *,
        phone: str | None = None,
        app_key: str | None = None,
        after_id: int | None = None,
        limit: int | None = None,
    ) -> list[Message]:
        """Find messages that are in the inbox, oldest first; with a limit, the newest so many of them."""
        rows = self._database.connection.execute(
            f"SELECT {COLUMNS} FROM messages "  # noqa: S608
            "WHERE NOT deleted AND phone = coalesce(?, phone) AND app_key = coalesce(?, app_key) AND id > ? "
            "ORDER BY id DESC LIMIT ?",
            (phone, app_key, after_id or 0, -1 if limit is None else limit),
        ).fetchall()
        return [_message(row) for row in reversed(rows)]

    def code(self, app_key: str, msg_id: int) -> RememberedCode | None:
        """Find the code that a message of this application carried."""
        row = self._database.connection.execute(
            "SELECT id, code, expires_at, verified_at FROM messages "
            "WHERE msg_id = ? AND app_key = ? AND code IS NOT NULL",
            (msg_id, app_key),
        ).fetchone()
        return None if row is None else RememberedCode(*row)

    def recent(self, app_key: str, phones: Collection[str], kind: int, since: float) -> list[tuple[str, str, float]]:
        """List what numbers were sent of one template type after an instant: number, text, time."""
        return self._database.connection.execute(
            f"SELECT phone, text, sent_at FROM messages WHERE phone IN ({', '.join('?' * len(phones))}) "  # noqa: S608
            "AND app_key = ? AND type = ? AND sent_at > ?",
            (*phones, app_key, kind, since),
        ).fetchall()

    def was_sent(self, app_key: str, phone: str, text: str, since: float) -> bool:
        """Tell whether a number was sent this very text after an instant."""
        row = self._database.connection.execute(
            "SELECT 1 FROM messages WHERE phone = ? AND app_key = ? AND text = ? AND sent_at > ? LIMIT 1",
            (phone, app_key, text, since),
        ).fetchone()
        return row is not None

    def last_voice_call(self, app_key: str, phone: str) -> float | None:
        """Tell when a number was last called with a voice code."""
        row = self._database.connection.execute(
            "SELECT max(sent_at) FROM messages WHERE phone = ? AND app_key = ? AND kind = ?",
            (phone, app_key, MessageKind.VOICE),
        ).fetchone()
        return None if row[0] is None else float(row[0])

    def last_sender(self, phone: str) -> str | None:
        """Tell which application sent a number its newest message."""
        row = self._database.connection.execute(
            "SELECT app_key FROM messages WHERE phone = ? ORDER BY id DESC LIMIT 1", (phone,)
        ).fetchone()
        return None if row is None else str(row[0])

    def oldest_dropped(self) -> bool:
        """Tell whether older messages than those that are here were dropped."""
        row = self._database.connection.execute("SELECT min(id) FROM messages").fetchone()
        return bool(row[0] and row[0] > 1)


def _message(row: Sequence[Any]) -> Message:
    values: dict[str, Any] = dict(zip(FIELDS, row, strict=True))
    values["kind"] = MessageKind(values["kind"])
    return Message(**values)


#: Recipients of a task that are shown; the rest is counted.
_SHOWN_RECIPIENTS: Final = 5


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

    def condition(self) -> tuple[str, dict[str, object]]:
        """Write it as SQL."""
        conditions, values = ["NOT deleted"], dict[str, object]()
        for column, operator, value in (
            ("phone", "=", self.phone),
            ("app_key", "=", self.app_key),
            ("id", ">", self.after),
            ("id", "<", self.before),
        ):
            if value is not None:
                conditions.append(f"{column} {operator} :value{len(values)}")
                values[f"value{len(values)}"] = value
        if self.shown is not None:
            conditions.append(_SHOWN[self.shown])
        if self.text:
            columns = ("lowered(text)", "phone", "msg_id", "lowered(coalesce(tag, ''))")
            conditions.append("(" + " OR ".join(f"instr({column}, :text)" for column in columns) + ")")
            values["text"] = self.text.lower()
        return " AND ".join(conditions), values


class InboxReader:
    """Reads what the inbox page shows. Take the lock of the database around reads that must fit together."""

    __slots__ = ("_database",)

    def __init__(self, database: Database) -> None:
        self._database = database

    def messages(self, wanted: Filter, *, limit: int | None = None) -> list[dict[str, Any]]:
        """Find messages, oldest first; with a limit, the newest so many of them."""
        condition, values = wanted.condition()
        values["limit"] = -1 if limit is None else limit
        return self._told(f"{condition} ORDER BY id DESC LIMIT :limit", values)[::-1]

    def ids(self, wanted: Filter) -> list[int]:
        """List the ids of messages."""
        condition, values = wanted.condition()
        rows = self._database.connection.execute(f"SELECT id FROM messages WHERE {condition}", values)  # noqa: S608
        return [row[0] for row in rows]

    def messages_of(self, ids: Iterable[int]) -> list[dict[str, Any]]:
        """Find messages by their ids, oldest first; those that are gone are left out."""
        wanted = {"ids": json.dumps(list(ids))}
        return self._told("NOT deleted AND id IN (SELECT value FROM json_each(:ids)) ORDER BY id", wanted)

    def _told(self, condition: str, values: Mapping[str, object]) -> list[dict[str, Any]]:
        query = f"SELECT {COLUMNS} FROM messages WHERE {condition}"  # noqa: S608
        return _dicts(FIELDS, self._database.connection.execute(query, values))

    def replies(self, phone: str | None = None, *, limit: int) -> list[dict[str, Any]]:
        """List replies, pulled or not, oldest first; the newest so many."""
        rows = self._database.connection.execute(
            "SELECT id, app_key, phone, content, at FROM spoken WHERE phone = coalesce(?, phone) "
            "ORDER BY id DESC LIMIT ?",
            (phone, limit),
        ).fetchall()
        return _dicts(("id", "app_key", "phone", "content", "at"), reversed(rows))

    def unsubscribed_from(self, phone: str) -> list[str]:
        """List the applications whose marketing a number does not want."""
        rows = self._database.connection.execute(
            "SELECT app_key FROM numbers WHERE list = 'unsubscribed' AND phone = ? ORDER BY app_key", (phone,)
        )
        return [row[0] for row in rows]

    def schedules(self, *, waiting: bool, limit: int) -> list[dict[str, Any]]:
        """List timed tasks: those that wait, soonest first, or those that are done, latest first."""
        operator, order = ("=", "at, schedule_id") if waiting else ("!=", "at DESC, schedule_id")
        names = ("app_key", "schedule_id", "batch", "send_time", "at", "temp_id", "type", "tag", "state")
        tasks = _dicts(
            names,
            self._database.connection.execute(
                f"SELECT {', '.join(names)} FROM schedules WHERE state {operator} ? "  # noqa: S608
                f"ORDER BY {order} LIMIT ?",
                (ScheduleState.WAITING.value, limit),
            ).fetchall(),
        )
        for task in tasks:
            task["batch"] = bool(task["batch"])
            key = (task["schedule_id"],)
            task["recipients"] = self._database.connection.execute(
                "SELECT count(*) FROM scheduled_messages WHERE schedule_id = ?", key
            ).fetchone()[0]
            task["messages"] = _dicts(
                ("phone", "text"),
                self._database.connection.execute(
                    "SELECT phone, text FROM scheduled_messages WHERE schedule_id = ? ORDER BY position LIMIT ?",
                    (*key, _SHOWN_RECIPIENTS),
                ),
            )
        return tasks

    def schedules_of(self, msg_id: str) -> list[str]:
        """List the ids of the timed tasks that hold a message."""
        rows = self._database.connection.execute(
            "SELECT schedule_id FROM scheduled_messages WHERE msg_id = CAST(? AS INTEGER)", (msg_id,)
        )
        return [row[0] for row in rows]

    def next_reviews(self) -> dict[tuple[str, str, int], float]:
        """Tell when the clock decides reviews: by kind of timer, application and id."""
        rows = self._database.connection.execute(
            "SELECT kind, ref, at FROM timers WHERE kind IN ('template-review', 'sign-review') ORDER BY at DESC"
        )
        due: dict[tuple[str, str, int], float] = {}
        for kind, ref, at in rows:
            app_key, identity, _ = str(ref).split()
            due[kind, app_key, int(identity)] = at
        return due

    def repeat_delivery(self, delivery_id: int, at: float) -> bool:
        """Let a callback be tried at an instant instead of when its turn is; tell whether it is there."""
        with self._database as connection:
            cursor = connection.execute(
                "UPDATE deliveries SET next_at = ? WHERE id = ? AND id NOT IN "
                "(SELECT delivery_id FROM attempts WHERE ok IS NULL)",
                (at, delivery_id),
            )
            if not cursor.rowcount:
                return False
            connection.execute("DELETE FROM timers WHERE kind = 'callback' AND ref = ?", (str(delivery_id),))
            return True


def _dicts(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in rows]
