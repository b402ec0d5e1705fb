"""Reads for the inbox page: rows as JSON values, filtered and in pages, and what a page may take away.

Knows the tables. Must not know rules, time or HTTP. Rows are not made into records: an open page is told of
every message, and that must stay cheap.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from jsms_api.error_table import ReportStatus

from ..records import MessageKind, ScheduleState, TemplateType
from .database import Database

#: Column, and the name under which it is told: the fields of `Message`.
_MESSAGE_FIELDS: Final = (
    ("id", "id"),
    ("app_key", "app_key"),
    ("msg_id", "msg_id"),
    ("phone", "phone"),
    ("kind", "kind"),
    ("text", "text"),
    ("type", "type"),
    ("temp_id", "temp_id"),
    ("sign_id", "sign_id"),
    ("tag", "tag"),
    ("language", "language"),
    ("units", "units"),
    ("sent_at", "sent_at"),
    ("code", "code"),
    ("expires_at", "expires_at"),
    ("verified_at", "verified_at"),
    ("status", "status"),
    ("reported_at", "reported_at"),
    ("planned", "planned_status"),
)
_COLUMNS: Final = ", ".join(column for column, _ in _MESSAGE_FIELDS)
_NAMES: Final = tuple(name for _, name in _MESSAGE_FIELDS)

#: Messages that one read gives at most.
MOST_MESSAGES: Final = 1000

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


_SHOWN: Final[Mapping[Shown, tuple[str, int | str]]] = {
    Shown.CODE: ("type = ?", TemplateType.VERIFICATION.value),
    Shown.VOICE: ("kind = ?", MessageKind.VOICE.value),
    Shown.NOTICE: ("type = ?", TemplateType.NOTICE.value),
    Shown.MARKETING: ("type = ?", TemplateType.MARKETING.value),
    Shown.SCHEDULED: ("kind = ?", MessageKind.SCHEDULE.value),
    Shown.FAILED: ("status != ?", ReportStatus.DELIVERED.value),
}


class InboxReader:
    """Reads what the inbox page shows. Take the lock of the database around reads that must fit together."""

    __slots__ = ("_database",)

    def __init__(self, database: Database) -> None:
        self._database = database

    def messages(
        self,
        *,
        phone: str | None = None,
        app_key: str | None = None,
        after: int | None = None,
        before: int | None = None,
        text: str | None = None,
        shown: Shown | None = None,
        limit: int | None = None,
    ) -> list[dict[str, Any]]:
        """Find messages, oldest first; with a limit, the newest so many of them.

        Args:
            phone: of this number, 11 digits.
            app_key: of this application.
            after: with a larger id.
            before: with a smaller id.
            text: that hold this in text, number, message id or tag; case does not matter.
            shown: of this kind.
            limit: None: all.
        """
        conditions = ["NOT deleted"]
        values: list[Any] = []
        for condition, value in (
            ("phone = ?", phone),
            ("app_key = ?", app_key),
            ("id > ?", after),
            ("id < ?", before),
        ):
            if value is not None:
                conditions.append(condition)
                values.append(value)
        if shown is not None:
            condition, wanted = _SHOWN[shown]
            conditions.append(condition)
            values.append(wanted)
        if text:
            conditions.append(
                f"(instr(lower(text), ?{len(values) + 1}) OR instr(phone, ?{len(values) + 1}) "
                f"OR instr(msg_id, ?{len(values) + 1}) OR instr(lower(tag), ?{len(values) + 1}))"
            )
            values.append(text.lower())
        values.append(-1 if limit is None else limit)
        rows = self._database.connection.execute(
            f"SELECT {_COLUMNS} FROM messages WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT ?",  # noqa: S608
            values,
        ).fetchall()
        return [_told(row) for row in reversed(rows)]

    def messages_of(self, ids: Iterable[int]) -> list[dict[str, Any]]:
        """Find messages by their ids, oldest first; those that are gone are left out."""
        rows = self._database.connection.execute(
            f"SELECT {_COLUMNS} FROM messages WHERE id IN (SELECT value FROM json_each(?)) AND NOT deleted "  # noqa: S608
            "ORDER BY id",
            (json.dumps(list(ids)),),
        )
        return [_told(row) for row in rows]

    def delete_message(self, message_id: int) -> bool:
        """Take a message out of the inbox; say whether it was there.

        The service goes on knowing it: a code that a person deleted on the phone can still be verified, and
        the limits still count it.
        """
        with self._database as connection:
            cursor = connection.execute(
                "UPDATE messages SET deleted = 1 WHERE id = ? AND NOT deleted", (message_id,)
            )
            return cursor.rowcount == 1

    def delete_messages(self) -> int:
        """Take all messages out of the inbox; say how many those were."""
        with self._database as connection:
            return connection.execute("UPDATE messages SET deleted = 1 WHERE NOT deleted").rowcount

    def replies(self, phone: str | None = None, *, limit: int) -> list[dict[str, Any]]:
        """List what people wrote back, pulled or not, oldest first; the newest so many."""
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
                    "SELECT phone, text FROM scheduled_messages WHERE schedule_id = ? ORDER BY position "
                    "LIMIT ?",
                    (*key, _SHOWN_RECIPIENTS),
                ),
            )
        return tasks

    def next_audits(self) -> dict[tuple[str, str, int], float]:
        """Tell when the clock decides audits: by kind of agenda entry, application and id."""
        rows = self._database.connection.execute(
            "SELECT kind, ref, at FROM agenda WHERE kind IN ('template-audit', 'sign-audit') ORDER BY at DESC"
        )
        due: dict[tuple[str, str, int], float] = {}
        for kind, ref, at in rows:
            app_key, identity, _ = str(ref).split()
            due[kind, app_key, int(identity)] = at
        return due

    def repeat_delivery(self, delivery_id: int, at: float) -> bool:
        """Let a callback be tried at an instant instead of when its turn is; say whether it is there."""
        with self._database as connection:
            cursor = connection.execute(
                "UPDATE deliveries SET next_at = ? WHERE id = ? AND id NOT IN "
                "(SELECT delivery_id FROM attempts WHERE ok IS NULL)",
                (at, delivery_id),
            )
            if not cursor.rowcount:
                return False
            connection.execute("DELETE FROM agenda WHERE kind = 'callback' AND ref = ?", (str(delivery_id),))
            return True


def _told(row: Sequence[Any]) -> dict[str, Any]:
    message = dict(zip(_NAMES, row, strict=True))
    message["msg_id"] = str(message["msg_id"])
    return message


def _dicts(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in rows]
