"""Writing down what became of a chunk, all of it in one transaction.

The fence: only the owner of this attempt settles a chunk, and only while it is in flight; a decision that carries a
response of the service may also settle the chunk after it was taken for unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..decisions import ChunkDecision, RecipientUpdate, circuit_breaker_reason
from ..models import ChunkLease
from ..settings import RunSettings
from ..states import CampaignState, ChunkState, RecipientState
from .claims import LAST_STAGE, campaign_row
from .database import Transaction, record_event


def settle(tx: Transaction, lease: ChunkLease, decision: ChunkDecision, settings: RunSettings) -> bool:
    """Write a decision. False if the chunk is not this owner's any more; then only the audit log gets an entry."""
    campaign_row(tx, lease.campaign_id, "SELECT state FROM campaign")
    state = decision.chunk
    goes_on = state is ChunkState.PENDING
    changed = tx.execute(
        "UPDATE chunk SET state=?, code=?, why=?, settled_at=?, not_before=?, phase='', schedule_id=NULL"
        " WHERE campaign_id=? AND chunk=? AND attempt=? AND owner=? AND state IN (?, ?)",
        (
            state,
            decision.code,
            decision.why[:500],
            None if goes_on else tx.now,
            tx.now + decision.wait if goes_on and decision.wait else 0.0,
            lease.campaign_id,
            lease.chunk,
            lease.attempt,
            lease.owner,
            ChunkState.IN_FLIGHT,
            ChunkState.UNKNOWN if decision.answered else ChunkState.IN_FLIGHT,
        ),
    )
    if not changed:
        what = f"chunk {lease.chunk}, attempt {lease.attempt}: {state}, {decision.why or 'without a reason'}"
        record_event(tx, lease.campaign_id, "late_verdict", what)
        return False
    if decision.accepted:
        _write_accepted(tx, lease, decision.accepted)
    _write_updates(tx, lease, decision.updates)
    # Recipients that an opt-out took away meanwhile, or that a recovery marked, are not pending: only those that
    # are move.
    if goes_on:
        tx.execute(
            "UPDATE recipient SET state=? WHERE campaign_id=? AND chunk=? AND state=?",
            (RecipientState.PENDING, lease.campaign_id, lease.chunk, RecipientState.UNKNOWN),
        )
    if decision.requeue:
        move(
            tx,
            lease.campaign_id,
            lease.chunk,
            decision.requeue,
            family=_family(tx, lease),
            stage=LAST_STAGE,
            after_unknown=lease.after_unknown,
            not_before=tx.now + decision.wait,
            tries=1,
        )
    if decision.split:
        _split(tx, lease, decision, settings)
    add_opt_outs(tx, decision.opted_out, "refused by the service")
    _count(tx, lease, decision, settings)
    return True


def add_opt_outs(tx: Transaction, phones: Iterable[str], why: str) -> None:
    """Put numbers on the list of those that get no marketing any more."""
    tx.executemany(
        "INSERT INTO opt_out (phone, since, why) VALUES (?, ?, ?) ON CONFLICT (phone) DO NOTHING",
        [(phone, tx.now, why) for phone in phones],
    )


def _write_accepted(tx: Transaction, lease: ChunkLease, accepted: Mapping[int, str]) -> None:
    tx.executemany(
        "UPDATE recipient SET state='accepted', msg_id=?, code=NULL, why='', settled_at=?, params=NULL"
        " WHERE campaign_id=? AND chunk=? AND position=? AND state IN ('pending', 'unknown')",
        [(msg_id, tx.now, lease.campaign_id, lease.chunk, position) for position, msg_id in accepted.items()],
    )


def _write_updates(tx: Transaction, lease: ChunkLease, updates: Iterable[RecipientUpdate]) -> None:
    # The values of variables are dropped once their message is settled: they are needed no more. An unknown
    # one may be sent again by a person's decision, so its values stay until then.
    tx.executemany(
        "UPDATE recipient SET state=?, code=?, msg_id=?, why=?, settled_at=?,"
        " params=CASE WHEN ?='unknown' THEN params ELSE NULL END"
        " WHERE campaign_id=? AND chunk=? AND position=? AND state IN ('pending', 'unknown')",
        [
            (state, code, msg_id, why[:200], tx.now, state, lease.campaign_id, lease.chunk, position)
            for position, state, code, msg_id, why in updates
        ],
    )


def move(
    tx: Transaction,
    campaign_id: int,
    chunk: int,
    positions: Sequence[int],
    *,
    family: int,
    stage: int,
    after_unknown: bool,
    not_before: float = 0.0,
    tries: int = 0,
) -> None:
    """Put recipients into a new chunk of a family, as pending ones; they keep their positions."""
    target: int = tx.value("SELECT max(chunk) + 1 FROM chunk WHERE campaign_id=?", (campaign_id,))
    tx.execute(
        "INSERT INTO chunk (campaign_id, chunk, state, stage, size, family, not_before, after_unknown)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (campaign_id, target, ChunkState.PENDING, stage, len(positions), family, not_before, int(after_unknown)),
    )
    tx.execute("UPDATE chunk SET size=size-? WHERE campaign_id=? AND chunk=?", (len(positions), campaign_id, chunk))
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
    family: int = tx.value("SELECT family FROM chunk WHERE campaign_id=? AND chunk=?", (lease.campaign_id, lease.chunk))
    return family


def _split(tx: Transaction, lease: ChunkLease, decision: ChunkDecision, settings: RunSettings) -> None:
    family = _family(tx, lease)
    # Those that wait for their call count already: the bound must hold for the whole tree.
    calls = tx.value(
        "SELECT sum(attempt + CASE WHEN state=? THEN 1 ELSE 0 END) FROM chunk WHERE campaign_id=? AND family=?",
        (ChunkState.PENDING, lease.campaign_id, family),
    )
    positions = [member.position for member in lease.members]
    if calls + 2 > settings.split_calls:
        why = f"refused together with others; the search for the bad row ended after {calls} calls"
        _write_updates(
            tx, lease, [RecipientUpdate(one, RecipientState.REJECTED, decision.code, why=why) for one in positions]
        )
        return
    middle = len(positions) // 2
    for part in (positions[:middle], positions[middle:]):
        move(
            tx,
            lease.campaign_id,
            lease.chunk,
            part,
            family=family,
            stage=lease.stage,
            after_unknown=lease.after_unknown,
        )


def _count(tx: Transaction, lease: ChunkLease, decision: ChunkDecision, settings: RunSettings) -> None:
    """Keep the figures of the breakers, shared by all workers, and pause the campaign where they say so."""
    in_a_row, unknown_total, unreachable, throttle_level, hold_until, total = campaign_row(
        tx,
        lease.campaign_id,
        "SELECT consecutive_unknown, unknown_total, consecutive_unreachable, throttle_level, hold_until, recipients"
        " FROM campaign",
    )
    unknown = sum(update.state is RecipientState.UNKNOWN for update in decision.updates)
    unknown_total += unknown
    if decision.chunk is ChunkState.UNKNOWN:
        in_a_row += 1
    elif decision.reachable and decision.answered:
        in_a_row = 0
    unreachable = 0 if decision.reachable else unreachable + 1
    if decision.throttle_seconds:
        throttle_level += 1
        hold_until = max(hold_until, tx.now + decision.throttle_seconds)
    tx.execute(
        "UPDATE campaign SET consecutive_unknown=?, unknown_total=?, consecutive_unreachable=?, throttle_level=?,"
        " hold_until=? WHERE campaign_id=?",
        (in_a_row, unknown_total, unreachable, throttle_level, hold_until, lease.campaign_id),
    )
    why = decision.pause
    if not why and unknown:
        why = circuit_breaker_reason(settings, in_a_row=in_a_row, unknown=unknown_total, total=total)
    if not why and unreachable >= settings.unreachable_in_a_row:
        why = f"The service could not be reached {unreachable} times in a row. Look at the network; then resume."
    if not why:
        why = _bad_canary(lease, decision, settings)
    if why and tx.execute(
        "UPDATE campaign SET state=?, why=? WHERE campaign_id=? AND state=?",
        (CampaignState.PAUSED, why[:500], lease.campaign_id, CampaignState.RUNNING),
    ):
        record_event(tx, lease.campaign_id, "paused", why)


def _bad_canary(lease: ChunkLease, decision: ChunkDecision, settings: RunSettings) -> str:
    if not settings.canary or lease.stage >= LAST_STAGE:
        return ""
    rejected = sum(update.state is RecipientState.REJECTED for update in decision.updates)
    if rejected <= settings.canary_rejected_share * len(lease.members):
        return ""
    codes = sorted({update.code for update in decision.updates if update.code is not None})
    told = f"{rejected} of the first {len(lease.members)} recipients were refused (codes {codes})."
    return f"{told} Look at the template."
