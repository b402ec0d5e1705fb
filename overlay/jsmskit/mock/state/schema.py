"""The tables: of the records, whose columns are the fields, and of the messages."""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from ..model.records import (
    Account,
    Application,
    CallbackAddress,
    Delivery,
    LastCall,
    NumberLists,
    Reply,
    Schedule,
    Sign,
    Template,
    Timer,
)

#: Counted up with every change of the tables (a test holds their digest); a file of another version is refused.
VERSION: Final = 5

#: The table of each kind of record, and how many of its first fields name one.
RECORD_TABLES: Final[dict[type, tuple[str, int]]] = {
    Account: ("accounts", 1),
    Application: ("applications", 1),
    NumberLists: ("number_lists", 1),
    LastCall: ("last_calls", 2),
    Template: ("templates", 2),
    Sign: ("signs", 2),
    Schedule: ("schedules", 1),
    Reply: ("replies", 1),
    CallbackAddress: ("callback_addresses", 2),
    Delivery: ("deliveries", 1),
    Timer: ("timers", 2),
}


def _record_table(record: type) -> str:
    name, key_length = RECORD_TABLES[record]
    columns = [each.name for each in fields(record)]
    # Timers of one instant go off in the order in which they were noted, which is that of the rowid.
    kind = "" if record is Timer else " WITHOUT ROWID"
    return f"CREATE TABLE {name} ({', '.join(columns)}, PRIMARY KEY ({', '.join(columns[:key_length])})){kind};"


TABLES: Final = (
    "\n".join(map(_record_table, RECORD_TABLES))
    + """
CREATE INDEX timers_by_time ON timers (at);

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sequences (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

-- waiting: its report has fallen due and waits to be pulled. deleted: out of the inbox; the limits still count it.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY, app_key TEXT NOT NULL, msg_id INTEGER NOT NULL, phone TEXT NOT NULL,
    kind TEXT NOT NULL, text TEXT NOT NULL, type INTEGER, temp_id INTEGER, sign_id INTEGER, tag TEXT,
    language INTEGER, units INTEGER NOT NULL, sent_at REAL NOT NULL, report_at REAL NOT NULL,
    code TEXT, expires_at REAL, verified_at REAL, planned_status INTEGER NOT NULL, reported_at REAL,
    waiting INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0
);
-- Limits, repeats, and the inbox of one number.
CREATE INDEX messages_by_phone ON messages (phone);
CREATE INDEX messages_with_code ON messages (msg_id) WHERE code IS NOT NULL;
CREATE INDEX messages_to_report ON messages (report_at) WHERE reported_at IS NULL;
CREATE INDEX messages_to_pull ON messages (app_key, reported_at, id) WHERE waiting;
"""
)
