# ruff: noqa: S608  # statements are put together from our own words only; values are always parameters
"""Writing down what became of a chunk, all of it in one transaction.

Knows the fence: only the owner of this attempt settles it, and only while it is in flight; a verdict that
carries an answer of the service may also settle the chunk after it was taken for unknown. Must not know what
a code means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from . import _sheets
from ._claims import LAST_STAGE
from ._database import Database, Transaction
from ._events import note
from ._steps import Passing
from .decisions import Fate, Verdict, breaker
from .settings import RunSettings
from .states import CampaignState, ChunkState, RecipientState
from .values import Order

__all__ = ["move", "new_chunk", "settle"]


def settle(
    database: Database,
    tx: Transaction,
    order: Order,
    verdict: Verdict,
    settings: RunSettings,
    now: float,
    at: Passing,
) -> bool:
    """Write a verdict. False if the chunk is not this owner's any more; then nothing is changed but an event
    noted.
    """
    at("settle.begun")
    # The campaign's row first, always: two workers that settle at once then wait instead of locking each
    # other out.
    tx.one(f"SELECT state FROM campaign WHERE campaign_id=?{database.locked_row}", (order.campaign_id,))
    state = verdict.chunk
    open_states = (ChunkState.IN_FLIGHT, ChunkState.UNKNOWN if verdict.answered else ChunkState.IN_FLIGHT)
    goes_on = state is ChunkState.PENDING
    changed = tx.run(
        "UPDATE chunk SET state=?, code=?, why=?, settled_at=?, not_before=?, phase='', schedule_id=NULL,"
        " send_at=NULL"
        " WHERE campaign_id=? AND chunk=? AND attempt=? AND owner=? AND state IN (?, ?)",
        (
            state,
            verdict.code,
            verdict.why[:500],
            None if goes_on else now,
            now + verdict.wait if goes_on else 0.0,
            order.campaign_id,
            order.chunk,
            order.attempt,
            order.owner,
            *open_states,
        ),
    )
    if not changed:
        what = f"chunk {order.chunk}, attempt {order.attempt}: {state}, {verdict.why or 'without a reason'}"
        note(tx, order.campaign_id, now, "late_verdict", what)
        return False
    at("settle.chunk_marked")
    if verdict.back or verdict.halve:
        _sheets.take_off(tx, order.campaign_id, order.chunk)
    elif verdict.fates:
        _sheets.take_off(tx, order.campaign_id, order.chunk, [fate.position for fate in verdict.fates])
    if verdict.taken:
        settled = _sheets.accept(tx, order.campaign_id, order.chunk, verdict.taken, now)
        if settled < len(verdict.taken):
            _write_taken(database, tx, order, verdict.taken, now)
    _write_fates(tx, order, verdict.fates, now)
    # Members that an opt-out took away meanwhile, or that a recovery marked, are not pending: only those that
    # are move.
    if goes_on:
        tx.run(
            "UPDATE recipient SET state=? WHERE campaign_id=? AND chunk=? AND state=?",
            (RecipientState.PENDING, order.campaign_id, order.chunk, RecipientState.UNKNOWN),
        )
    at("settle.members_written")
    if verdict.back:
        _send_back(tx, order, verdict, now)
        at("settle.moved_back")
    if verdict.halve:
        _halve(tx, order, verdict, settings, now)
        at("settle.halved")
    if verdict.opted_out:
        tx.many(
            "INSERT INTO opt_out (phone, since, why) VALUES (?, ?, ?) ON CONFLICT (phone) DO NOTHING",
            [(phone, now, "refused by the service") for phone in verdict.opted_out],
        )
    _count(tx, order, verdict, settings, now)
    at("settle.counted")
    return True


def _write_taken(
    database: Database, tx: Transaction, order: Order, taken: Mapping[int, str], now: float
) -> None:
    """Those who have rows of their own: in one statement that goes once through the chunk."""
    ids: list[str | None] = [None] * (max(taken) + 1)
    for position, msg_id in taken.items():
        ids[position] = msg_id
    msg_id_of, listed = database.item("position", ids)
    tx.run(
        f"UPDATE recipient SET state=?, msg_id={msg_id_of}, code=NULL, why='', settled_at=?, params=NULL"
        f" WHERE campaign_id=? AND chunk=? AND state IN ('pending', 'unknown') AND {msg_id_of} IS NOT NULL",
        (RecipientState.ACCEPTED, listed, now, order.campaign_id, order.chunk, listed),
    )


def _write_fates(tx: Transaction, order: Order, fates: tuple[Fate, ...], now: float) -> None:
    # The values of variables are dropped once their message is settled: they are needed no more. An unknown
    # one may be sent again by a person's decision, so its values stay until then.
    open_fates = [fate for fate in fates if fate.state is RecipientState.UNKNOWN]
    settled = [fate for fate in fates if fate.state is not RecipientState.UNKNOWN]
    place = "WHERE campaign_id=? AND chunk=? AND position=? AND state IN ('pending', 'unknown')"
    tx.many(
        f"UPDATE recipient SET state=?, code=?, msg_id=?, why=?, settled_at=?, params=NULL {place}",
        [
            (fate.state, fate.code, fate.msg_id, fate.why, now, order.campaign_id, order.chunk, fate.position)
            for fate in settled
        ],
    )
    tx.many(
        f"UPDATE recipient SET state=?, why=?, settled_at=? {place}",
        [
            (fate.state, fate.why[:200], now, order.campaign_id, order.chunk, fate.position)
            for fate in open_fates
        ],
    )


def new_chunk(
    tx: Transaction,
    campaign_id: int,
    *,
    family: int,
    stage: int,
    size: int,
    not_before: float = 0.0,
    after_unknown: bool = False,
) -> int:
    """A new pending chunk of a family; its number follows the last one."""
    found = tx.one("SELECT next_chunk FROM campaign WHERE campaign_id=?", (campaign_id,))
    number: int = found[0] if found else 1
    tx.run("UPDATE campaign SET next_chunk=? WHERE campaign_id=?", (number + 1, campaign_id))
    tx.run(
        "INSERT INTO chunk (campaign_id, chunk, state, stage, size, family, not_before, after_unknown)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (campaign_id, number, ChunkState.PENDING, stage, size, family, not_before, int(after_unknown)),
    )
    return number


def move(
    tx: Transaction, campaign_id: int, chunk: int, positions: list[int], target: int, *, tries: int = 0
) -> None:
    """Put recipients into another chunk, as pending ones; they keep their positions."""
    tx.many(
        "UPDATE recipient SET chunk=?, state='pending', why='', settled_at=NULL, tries=tries+?"
        " WHERE campaign_id=? AND chunk=? AND position=? AND state IN ('pending', 'unknown')",
        [(target, tries, campaign_id, chunk, position) for position in positions],
    )
    tx.run(
        "UPDATE phone_place SET chunk=? WHERE campaign_id=? AND phone IN"
        " (SELECT phone FROM recipient WHERE campaign_id=? AND chunk=?)",
        (target, campaign_id, campaign_id, target),
    )


def _family(tx: Transaction, order: Order) -> int:
    found = tx.one(
        "SELECT family FROM chunk WHERE campaign_id=? AND chunk=?", (order.campaign_id, order.chunk)
    )
    return found[0] if found else order.chunk


def _send_back(tx: Transaction, order: Order, verdict: Verdict, now: float) -> None:
    target = new_chunk(
        tx,
        order.campaign_id,
        family=_family(tx, order),
        stage=LAST_STAGE,
        size=len(verdict.back),
        not_before=now + verdict.wait,
        after_unknown=order.after_unknown,
    )
    move(tx, order.campaign_id, order.chunk, list(verdict.back), target, tries=1)
    _shrink(tx, order, len(verdict.back))


def _shrink(tx: Transaction, order: Order, by: int) -> None:
    tx.run(
        "UPDATE chunk SET size=size-? WHERE campaign_id=? AND chunk=?", (by, order.campaign_id, order.chunk)
    )


def _halve(tx: Transaction, order: Order, verdict: Verdict, settings: RunSettings, now: float) -> None:
    family = _family(tx, order)
    spent = tx.one(
        "SELECT sum(attempt), count(*) FROM chunk WHERE campaign_id=? AND family=?",
        (order.campaign_id, family),
    )
    # Those that wait for their call count already: the bound must hold for the whole tree.
    calls = int(spent[0]) + _waiting(tx, order.campaign_id, family) if spent else 0
    positions = [member.position for member in order.members]
    if calls + 2 > settings.split_calls:
        why = f"refused together with others; the search for the bad row ended after {calls} calls"
        fates = tuple(
            Fate(position, RecipientState.REJECTED, verdict.code, why=why) for position in positions
        )
        _write_fates(tx, order, fates, now)
        return
    middle = len(positions) // 2
    for part in (positions[:middle], positions[middle:]):
        target = new_chunk(
            tx,
            order.campaign_id,
            family=family,
            stage=order.stage,
            size=len(part),
            after_unknown=order.after_unknown,
        )
        move(tx, order.campaign_id, order.chunk, part, target)
    _shrink(tx, order, len(positions))


def _waiting(tx: Transaction, campaign_id: int, family: int) -> int:
    found = tx.one(
        "SELECT count(*) FROM chunk WHERE campaign_id=? AND family=? AND state=?",
        (campaign_id, family, ChunkState.PENDING),
    )
    return int(found[0]) if found else 0


_UNREACHABLE: Final = (
    "The service could not be reached {count} times in a row. Look at the network; then resume."
)


def _count(tx: Transaction, order: Order, verdict: Verdict, settings: RunSettings, now: float) -> None:
    """Keep the figures of the breakers, shared by all workers, and pause the campaign where they say so."""
    silent = verdict.chunk is ChunkState.UNKNOWN
    unknown = sum(fate.state is RecipientState.UNKNOWN for fate in verdict.fates)
    heard = verdict.reached and verdict.answered
    hold = now + verdict.slower if verdict.slower else 0.0
    tx.run(
        "UPDATE campaign SET unknown_run=unknown_run+?,"
        " unknown_row=CASE WHEN ?=1 THEN unknown_row+1 WHEN ?=1 THEN 0 ELSE unknown_row END,"
        " unreachable_row=CASE WHEN ?=1 THEN unreachable_row+1 ELSE 0 END,"
        " slowness=slowness+?, hold_until=CASE WHEN ?>hold_until THEN ? ELSE hold_until END WHERE"
        " campaign_id=?",
        (
            unknown,
            int(silent),
            int(heard),
            int(not verdict.reached),
            int(verdict.slower > 0),
            hold,
            hold,
            order.campaign_id,
        ),
    )
    found = tx.one(
        "SELECT unknown_row, unknown_run, unreachable_row, recipients FROM campaign WHERE campaign_id=?",
        (order.campaign_id,),
    )
    if found is None:  # pragma: no cover  # the row was changed just above
        return
    in_a_row, unknown_run, unreachable, total = found
    why = verdict.pause
    if not why and unknown:
        why = breaker(settings, in_a_row=in_a_row, unknown=unknown_run, total=total)
    if not why and unreachable >= settings.unreachable_in_a_row:
        why = _UNREACHABLE.format(count=unreachable)
    if not why:
        why = _bad_canary(order, verdict, settings)
    if why:
        changed = tx.run(
            "UPDATE campaign SET state=?, why=? WHERE campaign_id=? AND state=?",
            (CampaignState.PAUSED, why[:500], order.campaign_id, CampaignState.RUNNING),
        )
        if changed:
            note(tx, order.campaign_id, now, "paused", why)


def _bad_canary(order: Order, verdict: Verdict, settings: RunSettings) -> str:
    if not settings.canary or order.stage >= LAST_STAGE:
        return ""
    rejected = sum(fate.state is RecipientState.REJECTED for fate in verdict.fates)
    if rejected <= settings.canary_rejected_share * len(order.members):
        return ""
    codes = sorted({fate.code for fate in verdict.fates if fate.code is not None})
    told = f"{rejected} of the first {len(order.members)} recipients were refused (codes {codes})."
    return f"{told} Look at the template."
