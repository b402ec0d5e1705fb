"""The tables of the ledger, once for both databases.

A change here is a new `SCHEMA_VERSION`, and a step in `MIGRATIONS`.

Numbers and texts only, times as seconds since 1970 (UTC): the two databases agree on these. The key of a
`recipient` is its place in a chunk, so that a chunk is read in one run of pages. `phone_place` finds a phone; it is no
index, because it is filled when a plan is complete, in the order of the numbers: an index that grows with every chunk
costs more than all the rest of a plan, and the more the longer the list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import repeat
from typing import Any, Final

from ...errors import LedgerBusyError, LedgerError, LedgerVersionError
from . import Row, Transaction

SCHEMA_VERSION: Final = 6

_DDL: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE campaign (
    campaign_id {id},
    plan_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    why TEXT NOT NULL DEFAULT '',
    template_id BIGINT NOT NULL,
    sign_id BIGINT,
    tag TEXT,
    kind TEXT NOT NULL,
    mode TEXT NOT NULL DEFAULT 'direct',
    source TEXT NOT NULL,
    digest TEXT NOT NULL DEFAULT '',
    source_rows BIGINT NOT NULL DEFAULT 0,
    recipients BIGINT NOT NULL DEFAULT 0,
    units BIGINT NOT NULL DEFAULT 0,
    created_at DOUBLE PRECISION NOT NULL,
    settled_at DOUBLE PRECISION,
    hold_until DOUBLE PRECISION NOT NULL DEFAULT 0,
    throttle_level BIGINT NOT NULL DEFAULT 0,
    consecutive_unknown BIGINT NOT NULL DEFAULT 0,
    unknown_total BIGINT NOT NULL DEFAULT 0,
    consecutive_unreachable BIGINT NOT NULL DEFAULT 0,
    settings TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    application TEXT NOT NULL DEFAULT '',
    chosen_by TEXT NOT NULL DEFAULT ''
);
CREATE TABLE chunk (
    campaign_id BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    state TEXT NOT NULL,
    stage BIGINT NOT NULL,
    size BIGINT NOT NULL,
    family BIGINT NOT NULL,
    attempt BIGINT NOT NULL DEFAULT 0,
    owner TEXT NOT NULL DEFAULT '',
    intent_at DOUBLE PRECISION,
    settled_at DOUBLE PRECISION,
    not_before DOUBLE PRECISION NOT NULL DEFAULT 0,
    after_unknown BIGINT NOT NULL DEFAULT 0,
    code BIGINT,
    why TEXT NOT NULL DEFAULT '',
    phase TEXT NOT NULL DEFAULT '',
    schedule_id TEXT,
    PRIMARY KEY (campaign_id, chunk)
){clustered};
CREATE INDEX chunk_by_family ON chunk (campaign_id, family);
CREATE INDEX chunk_by_state ON chunk (campaign_id, state, stage, chunk);
CREATE TABLE recipient (
    campaign_id BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    position BIGINT NOT NULL,
    phone TEXT NOT NULL,
    params TEXT,
    units BIGINT NOT NULL DEFAULT 0,
    source_row BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending',
    code BIGINT,
    msg_id TEXT,
    status BIGINT,
    why TEXT NOT NULL DEFAULT '',
    tries BIGINT NOT NULL DEFAULT 0,
    settled_at DOUBLE PRECISION,
    PRIMARY KEY (campaign_id, chunk, position)
){clustered};
CREATE TABLE phone_place (
    phone TEXT NOT NULL,
    campaign_id BIGINT NOT NULL,
    chunk BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (phone, campaign_id)
){clustered};
CREATE TABLE set_aside (
    campaign_id BIGINT NOT NULL,
    source_row BIGINT NOT NULL,
    phone TEXT NOT NULL,
    why TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (campaign_id, source_row)
){clustered};
CREATE TABLE opt_out (phone TEXT PRIMARY KEY, since DOUBLE PRECISION NOT NULL, why TEXT NOT NULL){clustered};
CREATE TABLE event (
    event_id {id},
    campaign_id BIGINT,
    at DOUBLE PRECISION NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX event_by_campaign ON event (campaign_id, event_id);
CREATE TABLE rate (account TEXT PRIMARY KEY, tokens DOUBLE PRECISION NOT NULL, at DOUBLE PRECISION NOT NULL);
CREATE TABLE worker (owner TEXT PRIMARY KEY, number BIGINT NOT NULL, heard_at DOUBLE PRECISION NOT NULL);
CREATE TABLE inbox (
    inbox_id {id},
    at DOUBLE PRECISION NOT NULL,
    kind TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
);
CREATE TABLE receipt (
    msg_id TEXT NOT NULL,
    phone TEXT NOT NULL,
    status BIGINT NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    matched BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (msg_id, phone, status)
){clustered};
CREATE INDEX receipt_by_match ON receipt (matched, phone)
"""


TABLES: Final = re.findall(r"CREATE TABLE (\w+)", _DDL)


def prepare(
    tx: Transaction, version: int, tables: set[str], *, identity: str, clustered: str, is_in_use: Callable[[], bool]
) -> None:
    """Make the tables of an empty database, in its words; or bring those of an earlier version up to this one.

    version, tables: what is there. is_in_use: whether a process of an earlier version may be writing. Raises an error
    if these are not the tables of a ledger.
    """
    name = tx.database.name
    if not tables:
        for statement in _DDL.format(id=identity, clustered=clustered).split(";"):
            tx.execute(statement)
        tx.execute("INSERT INTO meta VALUES ('schema_version', ?)", (str(SCHEMA_VERSION),))
        return
    if OLDEST <= version < SCHEMA_VERSION and "meta" in tables:
        if is_in_use():
            raise LedgerBusyError(
                f"another process works on the ledger {name}, which is of an older version.",
                "Wait for it to end; then the ledger is brought to this version.",
            )
        for step in range(version, SCHEMA_VERSION):
            MIGRATIONS[step](tx)
        version = SCHEMA_VERSION
        tx.execute("UPDATE meta SET value=? WHERE name='schema_version'", (str(version),))
    if version != SCHEMA_VERSION:
        what = f"has version {version}, this program writes {SCHEMA_VERSION}" if version else "is another database"
        raise LedgerVersionError(
            f"the ledger {name} {what}. It was not touched.",
            "Use the version of jsmskit that wrote it, or give another place.",
        )
    if missing := set(TABLES) - tables:
        raise LedgerError(
            f"the ledger {name} is damaged: it has no table {', '.join(sorted(missing))}.",
            "Do not go on with it. Take the last good copy, and treat what was sent since as unknown.",
        )


def _one_recipient_one_row(tx: Transaction) -> None:
    """Version 3 kept the recipients of a chunk packed in one row of `sheet`, as long as the same had happened to
    all of them.
    """
    tx.execute("ALTER TABLE recipient ADD COLUMN units BIGINT NOT NULL DEFAULT 0")
    for was, becomes in (
        ("slowness", "throttle_level"),
        ("unknown_row", "consecutive_unknown"),
        ("unknown_run", "unknown_total"),
        ("unreachable_row", "consecutive_unreachable"),
    ):
        tx.execute(f"ALTER TABLE campaign RENAME COLUMN {was} TO {becomes}")
    last = (0, 0)
    while rows := tx.fetchall(
        "SELECT campaign_id, chunk, phones, params, source_rows, units, state, msg_ids, settled_at FROM sheet"
        " WHERE (campaign_id, chunk) > (?, ?) ORDER BY campaign_id, chunk LIMIT 100",
        last,
    ):
        last = rows[-1][0], rows[-1][1]
        for row in rows:
            tx.executemany(
                "INSERT INTO recipient (campaign_id, chunk, position, phone, params, source_row, units, state, msg_id,"
                " settled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                _recipients(row),
            )
    tx.execute("DROP TABLE sheet")


def _recipients(row: Row) -> Iterator[tuple[Any, ...]]:
    campaign_id, chunk, listed, params, numbers, units, state, msg_ids, settled_at = row
    phones = listed[1:-1].split(",")
    first = int(numbers.partition("\n")[0])
    source_rows = map(int, numbers.split("\n")) if "\n" in numbers else range(first, first + len(phones))
    each = zip(
        range(len(phones)),
        phones,
        repeat(None) if params is None else params.split("\n"),
        source_rows,
        map(int, units.split("\n")) if "\n" in units else repeat(int(units)),
        repeat(None) if msg_ids is None else msg_ids.split("\n"),
        strict=False,
    )
    for position, phone, values, source_row, billed, msg_id in each:
        if phone != "null":  # has a row already
            yield (
                campaign_id,
                chunk,
                position,
                phone,
                values or None,
                source_row,
                billed,
                state,
                msg_id or None,
                settled_at,
            )


def _target(tx: Transaction) -> None:
    """Version 4 did not know the address and the application that a campaign was planned for."""
    for name in ("address", "application", "chosen_by"):
        tx.execute(f"ALTER TABLE campaign ADD COLUMN {name} TEXT NOT NULL DEFAULT ''")


def _no_unread_columns(tx: Transaction) -> None:
    """Version 5 wrote some columns that nothing read, or that others tell."""
    for table, column in (
        ("campaign", "longest"),
        ("campaign", "next_chunk"),
        ("chunk", "intent_digest"),
        ("chunk", "send_at"),
        ("inbox", "read_at"),
        ("worker", "started_at"),
    ):
        tx.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


MIGRATIONS: Final[Mapping[int, Callable[[Transaction], None]]] = {
    3: _one_recipient_one_row,
    4: _target,
    5: _no_unread_columns,
}
"""By the version that a step begins with."""
OLDEST: Final = min(MIGRATIONS)
