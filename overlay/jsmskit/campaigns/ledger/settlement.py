# ruff: noqa: S608  # statements are put together from our own words only; values are always parameters
"""Writing down what became of a chunk, all of it in one transaction.

The fence: only the owner of this attempt settles a chunk, and only while it is in flight; a decision that carries a
response of the service may also settle the chunk after it was taken for unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ..decisions import ChunkDecision, RecipientUpdate, circuit_breaker_reason
from ..models import ChunkLease
from ..settings import RunSettings
from ..states import CampaignState, ChunkState, RecipientState
from .claims import LAST_STAGE
from .database import Database, Transaction, record_event
from .failpoints import failpoint

_PLAIN_ID: Final = re.compile(r"[!-~]{1,64}")


def settle(
    database: Database, tx: Transaction, lease: ChunkLease, decision: ChunkDecision, settings: RunSettings, now: float
) -> bool:
    """Write a decision. False if the chunk is not this owner's any more; then only the audit log gets an
    entry.
    """
    failpoint("settle.begun")
    # The campaign's row first, always: two workers that settle at once then wait instead of locking each
    # other out.
    tx.fetchone(f"SELECT state FROM campaign WHERE campaign_id=?{database.for_update}", (lease.campaign_id,))
    state = decision.chunk
    open_states = (ChunkState.IN_FLIGHT, ChunkState.UNKNOWN if decision.answered else ChunkState.IN_FLIGHT)
    goes_on = state is ChunkState.PENDING
    changed = tx.execute(
        "UPDATE chunk SET state=?, code=?, why=?, settled_at=?, not_before=?, phase='', schedule_id=NULL,"
        " send_at=NULL"
        " WHERE campaign_id=? AND chunk=? AND attempt=? AND owner=? AND state IN (?, ?)",
        (
            state,
            decision.code,
            decision.why[:500],
            None if goes_on else now,
            now + decision.wait if goes_on and decision.wait else 0.0,
            lease.campaign_id,
            lease.chunk,
            lease.attempt,
            lease.owner,
            *open_states,
        ),
    )
    if not changed:
        what = f"chunk {lease.chunk}, attempt {lease.attempt}: {state}, {decision.why or 'without a reason'}"
        record_event(tx, lease.campaign_id, now, "late_verdict", what)
        return False
    failpoint("settle.chunk_marked")
    if decision.accepted:
        _write_accepted(database, tx, lease, decision.accepted, now)
    _write_updates(tx, lease, decision.updates, now)
    # Recipients that an opt-out took away meanwhile, or that a recovery marked, are not pending: only those that
    # are move.
    if goes_on:
        tx.execute(
            "UPDATE recipient SET state=? WHERE campaign_id=? AND chunk=? AND state=?",
            (RecipientState.PENDING, lease.campaign_id, lease.chunk, RecipientState.UNKNOWN),
        )
    failpoint("settle.members_written")
    if decision.requeue:
        _requeue(tx, lease, decision, now)
        failpoint("settle.moved_back")
    if decision.split:
        _split(tx, lease, decision, settings, now)
        failpoint("settle.halved")
    if decision.opted_out:
        tx.executemany(
            "INSERT INTO opt_out (phone, since, why) VALUES (?, ?, ?) ON CONFLICT (phone) DO NOTHING",
            [(phone, now, "refused by the service") for phone in decision.opted_out],
        )
    _count(tx, lease, decision, settings, now)
    failpoint("settle.counted")
    return True


def _write_accepted(
    database: Database, tx: Transaction, lease: ChunkLease, accepted: Mapping[int, str], now: float
) -> None:
    """One statement goes once through the chunk; ids that cannot stand in its list are written one by one."""
    plain = {place: msg_id for place, msg_id in accepted.items() if _PLAIN_ID.fullmatch(msg_id)}
    if plain:
        msg_id_of, listed = database.nth_item("position", [plain.get(place) for place in range(max(plain) + 1)])
        tx.execute(
            f"UPDATE recipient SET state=?, msg_id={msg_id_of}, code=NULL, why='', settled_at=?, params=NULL"
            f" WHERE campaign_id=? AND chunk=? AND state IN ('pending', 'unknown') AND {msg_id_of} IS NOT NULL",
            (RecipientState.ACCEPTED, listed, now, lease.campaign_id, lease.chunk, listed),
        )
    odd = [
        RecipientUpdate(place, RecipientState.ACCEPTED, msg_id=msg_id or None)
        for place, msg_id in accepted.items()
        if place not in plain
    ]
    _write_updates(tx, lease, tuple(odd), now)


def _write_updates(tx: Transaction, lease: ChunkLease, updates: tuple[RecipientUpdate, ...], now: float) -> None:
    # The values of variables are dropped once their message is settled: they are needed no more. An unknown
    # one may be sent again by a person's decision, so its values stay until then.
    unknown = [update for update in updates if update.state is RecipientState.UNKNOWN]
    settled = [update for update in updates if update.state is not RecipientState.UNKNOWN]
    place = "WHERE campaign_id=? AND chunk=? AND position=? AND state IN ('pending', 'unknown')"
    tx.executemany(
        f"UPDATE recipient SET state=?, code=?, msg_id=?, why=?, settled_at=?, params=NULL {place}",
        [
            (update.state, update.code, update.msg_id, update.why, now, lease.campaign_id, lease.chunk, update.position)
            for update in settled
        ],
    )
    tx.executemany(
        f"UPDATE recipient SET state=?, why=?, settled_at=? {place}",
        [(update.state, update.why[:200], now, lease.campaign_id, lease.chunk, update.position) for update in unknown],
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
    found = tx.fetchone("SELECT next_chunk FROM campaign WHERE campaign_id=?", (campaign_id,))
    number: int = found[0] if found else 1
    tx.execute("UPDATE campaign SET next_chunk=? WHERE campaign_id=?", (number + 1, campaign_id))
    tx.execute(
        "INSERT INTO chunk (campaign_id, chunk, state, stage, size, family, not_before, after_unknown)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (campaign_id, number, ChunkState.PENDING, stage, size, family, not_before, int(after_unknown)),
    )
    return number


def move(tx: Transaction, campaign_id: int, chunk: int, positions: list[int], target: int, *, tries: int = 0) -> None:
    """Put recipients into another chunk, as pending ones; they keep their positions."""
    tx.executemany(
        "UPDATE recipient SET chunk=?, state='pending', why='', settled_at=NULL, tries=tries+?"
        " WHERE campaign_id=? AND chunk=? AND position=? AND state IN ('pending', 'unknown')",
        [(target, tries, campaign_id, chunk, position) for position in positions],
    )
    tx.execute(
        "UPDATE phone_place SET chunk=? WHERE campaign_id=? AND phone IN"
        " (SELECT phone FROM recipient WHERE campaign_id=? AND chunk=?)",
        (target, campaign_id, campaign_id, target),
    )


def _family(tx: Transaction, lease: ChunkLease) -> int:
    found = tx.fetchone("SELECT family FROM chunk WHERE campaign_id=? AND chunk=?", (lease.campaign_id, lease.chunk))
    return found[0] if found else lease.chunk


def _requeue(tx: Transaction, lease: ChunkLease, decision: ChunkDecision, now: float) -> None:
    target = new_chunk(
        tx,
        lease.campaign_id,
        family=_family(tx, lease),
        stage=LAST_STAGE,
        size=len(decision.requeue),
        not_before=now + decision.wait,
        after_unknown=lease.after_unknown,
    )
    move(tx, lease.campaign_id, lease.chunk, list(decision.requeue), target, tries=1)
    _shrink(tx, lease, len(decision.requeue))


def _shrink(tx: Transaction, lease: ChunkLease, by: int) -> None:
    tx.execute("UPDATE chunk SET size=size-? WHERE campaign_id=? AND chunk=?", (by, lease.campaign_id, lease.chunk))


def _split(tx: Transaction, lease: ChunkLease, decision: ChunkDecision, settings: RunSettings, now: float) -> None:
    family = _family(tx, lease)
    spent = tx.fetchone(
        "SELECT sum(attempt), count(*) FROM chunk WHERE campaign_id=? AND family=?", (lease.campaign_id, family)
    )
    # Those that wait for their call count already: the bound must hold for the whole tree.
    calls = int(spent[0]) + _waiting(tx, lease.campaign_id, family) if spent else 0
    positions = [member.position for member in lease.members]
    if calls + 2 > settings.split_calls:
        why = f"refused together with others; the search for the bad row ended after {calls} calls"
        updates = tuple(
            RecipientUpdate(position, RecipientState.REJECTED, decision.code, why=why) for position in positions
        )
        _write_updates(tx, lease, updates, now)
        return
    middle = len(positions) // 2
    for part in (positions[:middle], positions[middle:]):
        target = new_chunk(
            tx, lease.campaign_id, family=family, stage=lease.stage, size=len(part), after_unknown=lease.after_unknown
        )
        move(tx, lease.campaign_id, lease.chunk, part, target)
    _shrink(tx, lease, len(positions))


def _waiting(tx: Transaction, campaign_id: int, family: int) -> int:
    found = tx.fetchone(
        "SELECT count(*) FROM chunk WHERE campaign_id=? AND family=? AND state=?",
        (campaign_id, family, ChunkState.PENDING),
    )
    return int(found[0]) if found else 0


_UNREACHABLE: Final = "The service could not be reached {count} times in a row. Look at the network; then resume."


def _count(tx: Transaction, lease: ChunkLease, decision: ChunkDecision, settings: RunSettings, now: float) -> None:
    """Keep the figures of the breakers, shared by all workers, and pause the campaign where they say so."""
    silent = decision.chunk is ChunkState.UNKNOWN
    unknown = sum(update.state is RecipientState.UNKNOWN for update in decision.updates)
    heard = decision.reachable and decision.answered
    hold = now + decision.throttle_seconds if decision.throttle_seconds else 0.0
    tx.execute(
        "UPDATE campaign SET unknown_total=unknown_total+?,"
        " consecutive_unknown=CASE WHEN ?=1 THEN consecutive_unknown+1 WHEN ?=1 THEN 0 ELSE consecutive_unknown END,"
        " consecutive_unreachable=CASE WHEN ?=1 THEN consecutive_unreachable+1 ELSE 0 END,"
        " throttle_level=throttle_level+?, hold_until=CASE WHEN ?>hold_until THEN ? ELSE hold_until END WHERE"
        " campaign_id=?",
        (
            unknown,
            int(silent),
            int(heard),
            int(not decision.reachable),
            int(decision.throttle_seconds > 0),
            hold,
            hold,
            lease.campaign_id,
        ),
    )
    found = tx.fetchone(
        "SELECT consecutive_unknown, unknown_total, consecutive_unreachable, recipients FROM campaign"
        " WHERE campaign_id=?",
        (lease.campaign_id,),
    )
    if found is None:  # pragma: no cover  # the row was changed just above
        return
    in_a_row, unknown_total, unreachable, total = found
    why = decision.pause
    if not why and unknown:
        why = circuit_breaker_reason(settings, in_a_row=in_a_row, unknown=unknown_total, total=total)
    if not why and unreachable >= settings.unreachable_in_a_row:
        why = _UNREACHABLE.format(count=unreachable)
    if not why:
        why = _bad_canary(lease, decision, settings)
    if why:
        changed = tx.execute(
            "UPDATE campaign SET state=?, why=? WHERE campaign_id=? AND state=?",
            (CampaignState.PAUSED, why[:500], lease.campaign_id, CampaignState.RUNNING),
        )
        if changed:
            record_event(tx, lease.campaign_id, now, "paused", why)


def _bad_canary(lease: ChunkLease, decision: ChunkDecision, settings: RunSettings) -> str:
    if not settings.canary or lease.stage >= LAST_STAGE:
        return ""
    rejected = sum(update.state is RecipientState.REJECTED for update in decision.updates)
    if rejected <= settings.canary_rejected_share * len(lease.members):
        return ""
    codes = sorted({update.code for update in decision.updates if update.code is not None})
    told = f"{rejected} of the first {len(lease.members)} recipients were refused (codes {codes})."
    return f"{told} Look at the template."
