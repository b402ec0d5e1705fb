"""Reads for the inbox page: rows as JSON values, filtered and in pages, and what a page may take away.

Nothing is made into records: an
open page is told of every message, and that must stay cheap.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jsms_api.error_table import ReportStatus

from ...model.records import MessageKind, ScheduleState, TemplateType
from .database import Database
from .messages import COLUMNS, FIELDS

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
                    "SELECT phone, text FROM scheduled_messages WHERE schedule_id = ? ORDER BY position "
                    "LIMIT ?",
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
