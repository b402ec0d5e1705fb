# statements are put together from our own words only; values are always parameters
"""From one version of the tables to the next. Each step runs inside the transaction that opens the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import repeat
from typing import Any, Final

from . import Row, Transaction


def migrate(tx: Transaction, version: int, target: int) -> None:
    """Bring the tables from one version to a later one. Every version between has its step."""
    for step in range(version, target):
        MIGRATIONS[step](tx)
    tx.execute("UPDATE meta SET value=? WHERE name='schema_version'", (str(target),))


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


MIGRATIONS: Final[Mapping[int, Callable[[Transaction], None]]] = {3: _one_recipient_one_row, 4: _target}
"""By the version that a step begins with."""
OLDEST: Final = min(MIGRATIONS)
