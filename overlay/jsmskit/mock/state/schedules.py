"""Stored: timed tasks and their recipients."""

from __future__ import annotations

import json
from typing import Final

from ..model.records import Schedule, ScheduledMessage, ScheduleState
from .database import Database

_COLUMNS: Final = ("app_key", "schedule_id", "batch", "send_time", "at", "temp_id", "type", "sign_id", "tag", "state")
_SCHEDULE: Final = ", ".join(_COLUMNS)


class ScheduleStore:
    """Timed tasks of all applications."""

    __slots__ = ("_database",)

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, app_key: str | None, schedule_id: str) -> Schedule | None:
        """Find a task of this application (of any, when None)."""
        connection = self._database.connection
        row = connection.execute(
            f"SELECT {_SCHEDULE} FROM schedules WHERE schedule_id = ? AND app_key = coalesce(?, app_key)",  # noqa: S608
            (schedule_id, app_key),
        ).fetchone()
        if row is None:
            return None
        recipients = tuple(
            ScheduledMessage(msg_id, phone, None if params is None else json.loads(params), text)
            for msg_id, phone, params, text in connection.execute(
                "SELECT msg_id, phone, params, text FROM scheduled_messages WHERE schedule_id = ? ORDER BY position",
                (schedule_id,),
            )
        )
        owner, identity, batch, send_time, at, temp_id, kind, sign_id, tag, state = row
        return Schedule(
            owner, identity, bool(batch), send_time, at, temp_id, kind, sign_id, tag, ScheduleState(state), recipients
        )

    def of(self, app_key: str) -> list[Schedule]:
        """List the tasks of an application, by the time of sending."""
        rows = self._database.connection.execute(
            "SELECT schedule_id FROM schedules WHERE app_key = ? ORDER BY at, schedule_id", (app_key,)
        ).fetchall()
        found = (self.get(app_key, row[0]) for row in rows)
        return [schedule for schedule in found if schedule is not None]

    def put(self, schedule: Schedule) -> int:
        """Add or replace a task with its recipients; return the number of its version."""
        with self._database as connection:
            values = [getattr(schedule, name) for name in _COLUMNS]
            row = connection.execute(
                f"INSERT INTO schedules ({_SCHEDULE}) VALUES ({', '.join('?' * len(values))}) "  # noqa: S608
                "ON CONFLICT DO UPDATE SET send_time = excluded.send_time, at = excluded.at, "
                "tag = excluded.tag, temp_id = excluded.temp_id, type = excluded.type, "
                "sign_id = excluded.sign_id, round = round + 1 RETURNING round",
                values,
            ).fetchone()
            connection.execute("DELETE FROM scheduled_messages WHERE schedule_id = ?", (schedule.schedule_id,))
            connection.executemany(
                "INSERT INTO scheduled_messages VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (
                        schedule.schedule_id,
                        position,
                        recipient.msg_id,
                        recipient.phone,
                        None if recipient.params is None else json.dumps(dict(recipient.params), ensure_ascii=False),
                        recipient.text,
                    )
                    for position, recipient in enumerate(schedule.recipients)
                ],
            )
            return int(row[0])

    def round(self, schedule_id: str) -> int | None:
        """Tell which version of a task is stored; None if there is none."""
        row = self._database.connection.execute(
            "SELECT round FROM schedules WHERE schedule_id = ?", (schedule_id,)
        ).fetchone()
        return None if row is None else int(row[0])

    def set_state(self, schedule_id: str, state: ScheduleState) -> None:
        """Say that a task was sent or deleted."""
        with self._database as connection:
            connection.execute("UPDATE schedules SET state = ? WHERE schedule_id = ?", (state, schedule_id))
