"""Taking a chunk to send: the intent is written, and durable, before anything may leave.

What must hold for a claim: the campaign runs, the hour allows it, the shared rate and the number in flight allow it,
smaller chunks of the canary have come back. Each function works inside a transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..errors import NoSuchCampaignError
from ..models import Backoff, ChunkLease, ChunkRecipient, Finished
from ..settings import CANARY_SIZES, Mode, RunSettings
from ..states import CampaignState, ChunkPhase, ChunkState, RecipientState, SkipReason, TemplateKind
from .database import Row, Transaction

if TYPE_CHECKING:
    from jsmskit.recipient_guard import RecipientGuard

LAST_STAGE: Final = len(CANARY_SIZES)
"""The stage of all chunks that are no canary."""
_MOST_THROTTLED: Final = 6
"""A campaign that was told to slow down again and again goes at a 64th, not at ever less."""
_CLOCK_SKEW: Final = 60.0
"""Seconds by which the clocks of workers may differ."""
_SHORT_WAIT: Final = 0.1
"""For what a request in flight may end at any moment."""
_LONGEST_WAIT: Final = 1.0
"""A waiting worker looks again at least so often, so that `stop` from another terminal is soon seen."""


def campaign_row(tx: Transaction, campaign_id: int, select: str, *, hold: bool = True) -> Row:
    """What is selected of a campaign. Raises `NoSuchCampaignError`.

    hold: until the transaction ends. So it begins in each that changes the campaign: two workers at once then wait
    instead of locking each other out. Who only looks must not wait for a worker.
    """
    found = tx.fetchone(f"{select} WHERE campaign_id=?{tx.database.for_update if hold else ''}", (campaign_id,))
    if found is None:
        raise NoSuchCampaignError(
            f"the ledger {tx.database.name} has no campaign {campaign_id}.",
            "List the campaigns of the ledger.",
            hint="list",
            campaign_id=campaign_id,
        )
    return found


def claim(
    tx: Transaction, campaign_id: int, owner: str, settings: RunSettings, guard: RecipientGuard | None
) -> ChunkLease | Backoff | Finished:
    """Move one pending chunk to in flight, or say why not. `guard` keeps recipients back."""
    state, why, kind, hold_until, throttle_level, template_id, sign_id, tag = campaign_row(
        tx, campaign_id, "SELECT state, why, kind, hold_until, throttle_level, template_id, sign_id, tag FROM campaign"
    )
    kind, throttle_level = TemplateKind(kind), min(throttle_level, _MOST_THROTTLED)
    if state != CampaignState.RUNNING:
        return Finished(CampaignState(state), why)
    if kind.keeps_quiet_hours and settings.hours_override is None:
        closed = settings.hours.seconds_until_open(tx.now, needed=settings.seconds_until_sent)
        if closed:
            return Backoff(_LONGEST_WAIT, f"quiet hours; goes on in {closed / 3600:.1f} hours")
    hold = hold_until - tx.now
    if 0 < hold <= settings.longest_hold_seconds:
        return Backoff(min(hold, _LONGEST_WAIT), f"told to wait {hold:.0f} seconds")
    in_flight = tx.fetchall(f"SELECT owner, stage FROM chunk {_IN_FLIGHT}", (campaign_id, campaign_id))
    if sum(bool(holder) for holder, _ in in_flight) >= max(1, settings.concurrency >> throttle_level):
        return Backoff(_SHORT_WAIT, "as many requests as allowed are in flight")
    while True:
        chosen = _select_chunk(tx, campaign_id, settings, [stage for _, stage in in_flight])
        if not isinstance(chosen, tuple):
            return chosen
        chunk, attempt, stage, after_unknown, phase, schedule_id = chosen
        members = _members(tx, campaign_id, chunk, kind, phase, guard)
        if members:
            break
        tx.execute(
            "UPDATE chunk SET state=?, why=?, settled_at=? WHERE campaign_id=? AND chunk=?",
            (ChunkState.REJECTED, "no recipient is left in it", tx.now, campaign_id, chunk),
        )
    wait = _consume_rate(tx, settings, throttle_level, len(members))
    if wait:
        return Backoff(min(wait, _LONGEST_WAIT), "the rate limit")
    if schedule_id is None:
        # Written with the claim: what dies in this phase has reached the operator's own number at most, so it
        # may be freed. A direct request must never be found in it.
        phase = ChunkPhase.RESERVING if settings.mode is Mode.SCHEDULE else ChunkPhase.NONE
    attempt += 1
    tx.execute(
        "UPDATE chunk SET state=?, attempt=?, owner=?, intent_at=?, phase=?, why='', code=NULL"
        " WHERE campaign_id=? AND chunk=?",
        (ChunkState.IN_FLIGHT, attempt, owner, tx.now, phase, campaign_id, chunk),
    )
    return ChunkLease(
        campaign_id,
        chunk,
        attempt,
        owner,
        stage,
        bool(after_unknown),
        tx.now,
        template_id,
        sign_id,
        tag,
        members,
        ChunkPhase(phase),
        schedule_id,
    )


_IN_FLIGHT: Final = (
    "WHERE campaign_id=? AND chunk IN (SELECT chunk FROM chunk WHERE campaign_id=? AND state='in_flight')"
)
"""Asked for by state alone, SQLite goes through all chunks of the campaign: it takes the primary key for the better way
to columns that the index by state does not have.
"""
_CHUNK: Final = "SELECT chunk, attempt, stage, after_unknown, phase, schedule_id FROM chunk"


def _select_chunk(
    tx: Transaction, campaign_id: int, settings: RunSettings, in_flight: list[int]
) -> Row | Backoff | Finished:
    """The next chunk to send, or why there is none. in_flight: the stages of the chunks that are."""
    # Schedule mode: in flight without an owner is work that a dead one left where the service can be asked.
    left = tx.fetchone(f"{_CHUNK} {_IN_FLIGHT} AND owner='' ORDER BY chunk LIMIT 1", (campaign_id, campaign_id))
    if left is not None:
        return left
    ready = tx.fetchone(
        f"{_CHUNK} WHERE campaign_id=? AND state=? AND (not_before<=? OR not_before>?) ORDER BY stage, chunk LIMIT 1",
        (campaign_id, ChunkState.PENDING, tx.now, tx.now + settings.longest_hold_seconds),
    )
    if ready is None:
        return _idle_reason(tx, campaign_id, bool(in_flight))
    if settings.canary:
        lowest = tx.value(
            "SELECT stage FROM chunk WHERE campaign_id=? AND state=? ORDER BY stage, chunk LIMIT 1",
            (campaign_id, ChunkState.PENDING),
        )
        first = min(LAST_STAGE, lowest, *in_flight)
        if first < LAST_STAGE and (in_flight or ready[2] > first):
            return Backoff(_SHORT_WAIT, "the first small requests have not come back")
    return ready


def _idle_reason(tx: Transaction, campaign_id: int, in_flight: bool) -> Backoff | Finished:
    later, soonest = tx.fetchone(
        "SELECT count(*), min(not_before) FROM chunk WHERE campaign_id=? AND state=?", (campaign_id, ChunkState.PENDING)
    ) or (0, tx.now)
    if later:
        wait = soonest - tx.now
        return Backoff(min(max(wait, _SHORT_WAIT), _LONGEST_WAIT), f"{later} chunks go again in {wait:.0f} s")
    if in_flight:
        return Backoff(_SHORT_WAIT, "the last requests are in flight", idle=True)
    tx.execute(
        "UPDATE campaign SET state=?, why='', settled_at=? WHERE campaign_id=?",
        (CampaignState.FINISHED, tx.now, campaign_id),
    )
    return Finished(CampaignState.FINISHED, "")


def _members(
    tx: Transaction, campaign_id: int, chunk: int, kind: TemplateKind, phase: str, guard: RecipientGuard | None
) -> tuple[ChunkRecipient, ...]:
    rows = tx.fetchall(
        "SELECT position, phone, params, tries FROM recipient WHERE campaign_id=? AND chunk=? AND state=?"
        " ORDER BY position",
        (campaign_id, chunk, RecipientState.PENDING),
    )
    people = tuple(map(ChunkRecipient._make, rows))
    # What a timed task holds already goes out whatever is written here, so no recipient is taken out of it.
    if phase == ChunkPhase.COMMITTING:
        return people
    if guard:
        withheld = {one.phone for one in people if guard.route(one.phone) is None}
        why = ", ".join(setting for setting, _ in guard.rules)
        people = _leave_out(tx, campaign_id, chunk, people, withheld, RecipientState.WITHHELD, why)
    if kind.keeps_quiet_hours:
        # Somebody may have unsubscribed since the plan was made.
        listed, phones = tx.database.in_list("phone", [one.phone for one in people])
        gone = {row[0] for row in tx.fetchall(f"SELECT phone FROM opt_out WHERE {listed}", (phones,))}
        people = _leave_out(tx, campaign_id, chunk, people, gone, RecipientState.SKIPPED, SkipReason.OPTED_OUT)
    return people


def _leave_out(
    tx: Transaction,
    campaign_id: int,
    chunk: int,
    people: tuple[ChunkRecipient, ...],
    numbers: set[str],
    state: RecipientState,
    why: str,
) -> tuple[ChunkRecipient, ...]:
    """Write down that these numbers get nothing, and return the others."""
    if not numbers:
        return people
    tx.executemany(
        "UPDATE recipient SET state=?, why=?, params=NULL, settled_at=? WHERE campaign_id=? AND chunk=? AND position=?",
        [(state, why, tx.now, campaign_id, chunk, one.position) for one in people if one.phone in numbers],
    )
    return tuple(one for one in people if one.phone not in numbers)


def _consume_rate(tx: Transaction, settings: RunSettings, throttle_level: int, size: int) -> float:
    """Take from the token bucket that all workers share; return the seconds to wait if it is empty, and then take
    nothing.

    The bucket may go below zero by one chunk, which the next one waits for: so the average holds for any chunk size.
    """
    if settings.rate is None:
        return 0.0
    rate = settings.rate / (1 << throttle_level)
    tokens, since = tx.fetchone(
        f"SELECT tokens, at FROM rate WHERE account=?{tx.database.for_update}", (settings.account,)
    ) or (1.0, tx.now)
    if since > tx.now + _CLOCK_SKEW:
        # The clock was set back: filled from now on, or the campaign would wait until it is that late again.
        since = tx.now
        tx.execute("UPDATE rate SET at=? WHERE account=?", (since, settings.account))
    tokens = min(rate, tokens + max(0.0, tx.now - since) * rate)
    if tokens < min(1.0, rate):
        return max((min(1.0, rate) - float(tokens)) / rate, 0.001)
    tx.execute(
        "INSERT INTO rate (account, tokens, at) VALUES (?, ?, ?)"
        " ON CONFLICT (account) DO UPDATE SET tokens=excluded.tokens, at=excluded.at",
        (settings.account, tokens - size, tx.now),
    )
    return 0.0
