# ruff: noqa: S608  # statements are put together from our own words only; values are always parameters
"""Chunks of which everybody has shared one fate so far: one row for a thousand people.

A plan writes each chunk as one sheet, and an answer that takes everybody is written onto it. A row of `recipient` is
for somebody to whom something happened that did not happen to the others: who is refused, unknown, reported on, sent
back; such people are taken off the sheet first, and never put on one again. Everybody stands in one of the two, once.
Binding a row for each costs more than all the rest of a campaign.

Knows how the columns of a sheet are written: numbers as a JSON array, `null` where nobody stands any more; texts, none
of which can hold a line feed, with line feeds between them; one text alone where it speaks for all. Must not know why
somebody is taken off. Each function works inside a transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain, repeat
from typing import Final

from ._database import Database, Transaction
from .states import RecipientState
from .values import Members, Recipient, Taken, ValidRow

__all__ = [
    "accept",
    "counts",
    "entries",
    "lay_out",
    "members",
    "msg_id",
    "strike",
    "take_off",
    "unrolled",
]

_ROWS_AT_ONCE: Final = 80
"""Eight hundred parameters: every SQLite takes 999."""
_NOBODY: Final = "null"
_HERE: Final = "WHERE campaign_id=? AND chunk=?"


def lay_out(tx: Transaction, campaign_id: int, chunk: int, people: Sequence[ValidRow]) -> None:
    """Write a chunk of a plan."""
    units = [one.units for one in people]
    params = [one.params or "" for one in people]
    tx.run(
        "INSERT INTO sheet (campaign_id, chunk, state, size, units, phones, source_rows, params)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            campaign_id,
            chunk,
            RecipientState.PENDING,
            len(units),
            str(units[0]) if units.count(units[0]) == len(units) else "\n".join(map(str, units)),
            _array([one.phone for one in people]),
            _as_text([one.row for one in people]),
            "\n".join(params) if any(params) else None,
        ),
    )


def unrolled(database: Database) -> tuple[str, str, str]:
    """What a FROM says to see everybody on the sheets `s` as rows; and the expressions for place and number."""
    return database.unrolled("s.phones")


def members(tx: Transaction, campaign_id: int, chunk: int) -> Members:
    """Those who stand on a pending sheet, in the order of their places."""
    found = tx.one(
        f"SELECT phones, params FROM sheet {_HERE} AND state=?", (campaign_id, chunk, RecipientState.PENDING)
    )
    if found is None:
        return Members((), ())
    phones = _listed(found[0])
    values: list[str] | None = None if found[1] is None else found[1].split("\n")
    here = range(len(phones))
    if _NOBODY not in found[0]:
        return Members(here, phones, values)
    left = [place for place in here if phones[place] != _NOBODY]
    texts = None if values is None else [values[place] for place in left]
    return Members(left, [phones[place] for place in left], texts)


def accept(tx: Transaction, campaign_id: int, chunk: int, ids: Mapping[int, str], now: float) -> int:
    """Note that those of a pending sheet were taken, with their msg_ids; gives how many that are.

    If the ids do not speak of everybody on it, the others are taken off; if they cannot be written in this way,
    everybody is.
    """
    found = tx.one(
        f"SELECT phones, size FROM sheet {_HERE} AND state=?", (campaign_id, chunk, RecipientState.PENDING)
    )
    if found is None:
        return 0
    size: int = found[1]
    places: int = found[0].count(",") + 1
    on_it = list(range(places))
    if size < places:
        on_it = [place for place, phone in enumerate(_listed(found[0])) if phone != _NOBODY]
    # As a rule the ids are those of exactly these, in their order.
    if list(ids) == on_it:
        taken = ids.msg_ids if isinstance(ids, Taken) else list(ids.values())
    else:
        taken = [ids.get(place, "") for place in on_it]
    written = "\n".join(taken)
    if not all(taken):
        take_off(tx, campaign_id, chunk, [place for place in on_it if not ids.get(place)])
        return accept(tx, campaign_id, chunk, ids, now)
    if written.count("\n") != size - 1:  # no id of the service
        take_off(tx, campaign_id, chunk)
        return 0
    if size < places:
        by_place = dict(zip(on_it, taken, strict=True))
        written = "\n".join([by_place.get(place, "") for place in range(places)])
    tx.run(
        f"UPDATE sheet SET state=?, settled_at=?, msg_ids=?, params=NULL {_HERE}",
        (RecipientState.ACCEPTED, now, written, campaign_id, chunk),
    )
    return size


def take_off(tx: Transaction, campaign_id: int, chunk: int, wanted: Collection[int] | None = None) -> int:
    """Give these (all, if none are named) who stand on a sheet a row of their own, with the state of the sheet; gives
    how many that were.
    """
    found = tx.one(
        f"SELECT phones, params, source_rows, msg_ids, state, settled_at FROM sheet {_HERE}",
        (campaign_id, chunk),
    )
    if found is None:
        return 0
    phones = _listed(found[0])
    chosen = None if wanted is None else set(wanted)
    params, ids = (
        repeat(None) if text is None else [one or None for one in text.split("\n")]
        for text in (found[1], found[3])
    )
    rows = _rows(found[2], len(phones))
    made = [
        (campaign_id, chunk, place, phone, values, row, found[4], msg_id, found[5])
        for place, phone, values, row, msg_id in zip(
            range(len(phones)), phones, params, rows, ids, strict=False
        )
        if phone != _NOBODY and (chosen is None or place in chosen)
    ]
    for start in range(0, len(made), _ROWS_AT_ONCE):
        part = made[start : start + _ROWS_AT_ONCE]
        tx.run(
            "INSERT INTO recipient (campaign_id, chunk, position, phone, params, source_row, state, msg_id,"
            " settled_at) VALUES " + ",".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?)"] * len(part)),
            list(chain.from_iterable(part)),
        )
    _blank(tx, campaign_id, chunk, phones, [row[2] for row in made], found[1:4])
    return len(made)


def _blank(
    tx: Transaction,
    campaign_id: int,
    chunk: int,
    phones: list[str],
    gone: Sequence[int],
    texts: Sequence[str | None],
) -> None:
    """Write a sheet without these; throw it away if nobody is left."""
    for place in gone:
        phones[place] = _NOBODY
    left = len(phones) - phones.count(_NOBODY)
    if not left:
        tx.run(f"DELETE FROM sheet {_HERE}", (campaign_id, chunk))
    elif gone:
        params, _, ids = texts
        tx.run(
            f"UPDATE sheet SET size=?, phones=?, params=?, msg_ids=? {_HERE}",
            (left, _array(phones), _without(params, gone), _without(ids, gone), campaign_id, chunk),
        )


def strike(
    tx: Transaction, campaign_id: int, chunk: int, gone: Sequence[int]
) -> tuple[list[tuple[str, int]], int]:
    """Take these off a sheet of a plan for good; gives their numbers with their rows of the source, and what they
    would have been billed as, together.
    """
    found = tx.one(
        f"SELECT phones, params, source_rows, msg_ids, units FROM sheet {_HERE}", (campaign_id, chunk)
    )
    if found is None:  # pragma: no cover  # asked of chunks that were just found
        return [], 0
    phones, units = _listed(found[0]), found[4].split("\n")
    rows = _rows(found[2], len(phones))
    struck = [(phones[place], rows[place]) for place in gone]
    billed = sum(int(units[place if len(units) > 1 else 0]) for place in gone)
    _blank(tx, campaign_id, chunk, phones, gone, found[1:4])
    return struck, billed


def msg_id(tx: Transaction, campaign_id: int, chunk: int, place: int) -> str:
    """The msg_id of somebody on a sheet; empty if there is none."""
    found = tx.one(f"SELECT phones, msg_ids FROM sheet {_HERE}", (campaign_id, chunk))
    if found is None or found[1] is None or _listed(found[0])[place] == _NOBODY:
        return ""
    listed: list[str] = found[1].split("\n")
    return listed[place]


def counts(tx: Transaction, campaign_id: int) -> dict[str, int]:
    """How many stand on sheets, by their state."""
    rows = tx.all("SELECT state, sum(size) FROM sheet WHERE campaign_id=? GROUP BY state", (campaign_id,))
    return {row[0]: int(row[1]) for row in rows}


def entries(
    tx: Transaction,
    campaign_id: int,
    states: Sequence[str],
    after: tuple[int, int],
    limit: int,
    last: int | None,
) -> list[tuple[int, int, Recipient]]:
    """Chunk, place and recipient of those who stand on sheets in one of these states (any, if none are named), in
    their order: at least so many if there are so many, to the chunk `last` at most.
    """
    marks = f" AND state IN ({', '.join('?' * len(states))})" if states else ""
    end = "" if last is None else " AND chunk<=?"
    made: list[tuple[int, int, Recipient]] = []
    chunk = after[0] - 1
    while len(made) < limit:
        found = tx.one(
            "SELECT chunk, phones, source_rows, msg_ids, state, settled_at FROM sheet WHERE campaign_id=? AND"
            f" chunk>?{marks}{end} ORDER BY chunk LIMIT 1",
            (campaign_id, chunk, *states, *(() if last is None else (last,))),
        )
        if found is None:
            break
        chunk = found[0]
        state, settled_at = RecipientState(found[4]), found[5]
        ids = repeat(None) if found[3] is None else found[3].split("\n")
        phones = _listed(found[1])
        people = zip(phones, _rows(found[2], len(phones)), ids, strict=False)
        made += [
            (chunk, place, Recipient(row, phone, state, None, one, None, "", chunk, settled_at))
            for place, (phone, row, one) in enumerate(people)
            if phone != _NOBODY and (chunk, place) > after
        ]
    return made


def _array(phones: Sequence[str]) -> str:
    return f"[{','.join(phones)}]"


def _listed(array: str) -> list[str]:
    return array[1:-1].split(",")


def _as_text(rows: list[int]) -> str:
    """Rows of the source: the first one alone if the others follow it one by one, as they nearly always do."""
    if rows == list(range(rows[0], rows[0] + len(rows))):
        return str(rows[0])
    return "\n".join(map(str, rows))


def _rows(text: str, count: int) -> Sequence[int]:
    listed = text.split("\n")
    if len(listed) == 1:
        return range(int(text), int(text) + count)
    return list(map(int, listed))


def _without(text: str | None, gone: Sequence[int]) -> str | None:
    if text is None:
        return None
    listed = text.split("\n")
    for place in gone:
        listed[place] = ""
    return "\n".join(listed)
