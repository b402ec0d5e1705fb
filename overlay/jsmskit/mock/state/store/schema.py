"""The tables of the mock's database."""

from __future__ import annotations

from typing import Final

#: Counted up with every change of the tables (a test holds their digest); a file of another version is refused.
VERSION: Final = 4

#: Marks a database file as one of this mock ("JSMS" in ASCII), so that no other file is taken for one.
APPLICATION_ID: Final = 0x4A534D53

_PURSE: Final = "balance INTEGER, voice INTEGER, industry INTEGER, market INTEGER"
_SWITCHES: Final = "sms_open INTEGER NOT NULL, blacklisted INTEGER NOT NULL, allowed_ips TEXT NOT NULL"

TABLES: Final = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sequences (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE accounts (
    dev_key TEXT PRIMARY KEY, dev_secret TEXT NOT NULL, {_PURSE}, {_SWITCHES}
) WITHOUT ROWID;
CREATE TABLE applications (
    app_key TEXT PRIMARY KEY, master_secret TEXT NOT NULL, dev_key TEXT NOT NULL, {_PURSE}, {_SWITCHES}
) WITHOUT ROWID;
CREATE TABLE numbers (app_key TEXT NOT NULL, list TEXT NOT NULL, phone TEXT NOT NULL, value TEXT,
    PRIMARY KEY (app_key, list, phone)) WITHOUT ROWID;
CREATE TABLE black_words (
    app_key TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (app_key, word)
) WITHOUT ROWID;
CREATE TABLE last_calls (app_key TEXT NOT NULL, operation TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (app_key, operation)) WITHOUT ROWID;

CREATE TABLE templates (
    app_key TEXT NOT NULL, temp_id INTEGER NOT NULL, template TEXT NOT NULL, type INTEGER NOT NULL,
    ttl INTEGER, remark TEXT, status INTEGER NOT NULL, refuse_reason TEXT, round INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (app_key, temp_id)
) WITHOUT ROWID;
CREATE TABLE signs (
    app_key TEXT NOT NULL, sign_id INTEGER NOT NULL, sign TEXT NOT NULL, type INTEGER, remark TEXT,
    status INTEGER NOT NULL, is_default INTEGER NOT NULL, refuse_reason TEXT,
    round INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (app_key, sign_id)
) WITHOUT ROWID;

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

CREATE TABLE schedules (
    schedule_id TEXT PRIMARY KEY, app_key TEXT NOT NULL, batch INTEGER NOT NULL, send_time TEXT NOT NULL,
    at REAL NOT NULL, temp_id INTEGER NOT NULL, type INTEGER NOT NULL, sign_id INTEGER, tag TEXT,
    state TEXT NOT NULL, round INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE scheduled_messages (
    schedule_id TEXT NOT NULL, position INTEGER NOT NULL, msg_id INTEGER NOT NULL, phone TEXT NOT NULL,
    params TEXT, text TEXT NOT NULL, PRIMARY KEY (schedule_id, position)
) WITHOUT ROWID;

CREATE TABLE replies (
    id INTEGER PRIMARY KEY, app_key TEXT NOT NULL, phone TEXT NOT NULL, content TEXT NOT NULL,
    at REAL NOT NULL
);

-- All replies, for the inbox page; what was pulled is gone from replies.
CREATE TABLE spoken (
    id INTEGER PRIMARY KEY, app_key TEXT NOT NULL, phone TEXT NOT NULL, content TEXT NOT NULL,
    at REAL NOT NULL
);

CREATE TABLE callback_addresses (app_key TEXT NOT NULL, type TEXT NOT NULL, url TEXT NOT NULL,
    PRIMARY KEY (app_key, type)) WITHOUT ROWID;
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY, app_key TEXT NOT NULL, type TEXT NOT NULL, url TEXT NOT NULL, data TEXT NOT NULL,
    created_at REAL NOT NULL, next_at REAL
);
CREATE TABLE attempts (
    delivery_id INTEGER NOT NULL, number INTEGER NOT NULL, at REAL NOT NULL, ok INTEGER, detail TEXT NOT NULL,
    PRIMARY KEY (delivery_id, number)
) WITHOUT ROWID;

CREATE TABLE timers (id INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, ref TEXT NOT NULL);
CREATE INDEX timers_by_time ON timers (at, id);
"""
