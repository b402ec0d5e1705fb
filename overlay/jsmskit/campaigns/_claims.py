# ruff: noqa: S608  # statements are put together from our own words only; values are always parameters
"""Taking a chunk to send: the intent is written, and durable, before anything may leave.

Knows what must hold for a claim: the campaign runs, the hour allows it, the shared rate and the number in
flight allow it, smaller chunks of the canary have come back. Must not know clients. Each function works
inside a transaction.
"""

from __future__ import annotations

import hashlib
from typing import Final

from . import _sheets
from ._database import Database, Row, Transaction
from ._steps import Passing
from .problems import NoSuchCampaignError
from .quiet_hours import seconds_until_open
from .settings import CANARY_SIZES, Mode, RunSettings
from .states import CampaignState, ChunkPhase, ChunkState, RecipientState, SkipReason, TemplateKind
from .values import Done, Member, Members, Order, Wait

__all__ = ["LAST_STAGE", "claim", "no_such_campaign"]

LAST_STAGE: Final = len(CANARY_SIZES)
"""The stage of all chunks that are no canary."""
_SHORT_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 1.0
"""A waiting worker looks again at least so often, so that `stop` from another terminal is soon seen."""


def no_such_campaign(campaign_id: int, place: str = "") -> NoSuchCampaignError:
    """The error for a number that the ledger does not have."""
    return NoSuchCampaignError(
        f"the ledger{place and ' '}{place} has no campaign {campaign_id}.",
        "Run `jsms campaign status` to see which there are.",
    )


def claim(
    database: Database,
    tx: Transaction,
    campaign_id: int,
    owner: str,
    settings: RunSettings,
    now: float,
    at: Passing,
    *,
    only: int | None = None,
) -> Order | Wait | Done:
    """Move one pending chunk to in flight, or say why not. `only` asks for one certain chunk (engine)."""
    at("claim.begun")
    found = tx.one(
        "SELECT state, why, kind, hold_until, slowness, template_id, sign_id, tag FROM campaign"
        f" WHERE campaign_id=?{database.locked_row}",
        (campaign_id,),
    )
    if found is None:
        raise no_such_campaign(campaign_id)
    state, why, kind, hold_until, slowness, template_id, sign_id, tag = found
    if state != CampaignState.RUNNING:
        return Done(CampaignState(state), why)
    held = _held_back(tx, campaign_id, TemplateKind(kind), hold_until, slowness, settings, now)
    if held is not None:
        return held
    while True:
        chosen = _choose(tx, campaign_id, settings, now, only)
        if not isinstance(chosen, tuple):
            return chosen
        chunk, attempt, stage, after_unknown, phase, schedule_id, send_at = chosen
        at("claim.chosen")
        members = _members(database, tx, campaign_id, chunk, TemplateKind(kind), phase, now)
        at("claim.members_read")
        if members:
            break
        tx.run(
            "UPDATE chunk SET state=?, why=?, settled_at=? WHERE campaign_id=? AND chunk=?",
            (ChunkState.REJECTED, "nobody is left in it", now, campaign_id, chunk),
        )
    wait = _take_tokens(database, tx, settings, slowness, len(members), now)
    if wait:
        return Wait(min(wait, _LONGEST_WAIT), "the rate limit")
    if schedule_id is None:
        # Written with the claim: what dies in this phase has reached the operator's own number at most, so it
        # may be freed. A direct request must never be found in it.
        phase = ChunkPhase.RESERVING if settings.mode is Mode.SCHEDULE else ChunkPhase.NONE
    tx.run(
        "UPDATE chunk SET state=?, attempt=?, owner=?, intent_at=?, intent_digest=?, phase=?, why='',"
        " code=NULL"
        " WHERE campaign_id=? AND chunk=?",
        (
            ChunkState.IN_FLIGHT,
            attempt + 1,
            owner,
            now,
            _digest(members, template_id, sign_id, tag),
            phase,
            campaign_id,
            chunk,
        ),
    )
    at("claim.marked")
    return Order(
        campaign_id,
        chunk,
        attempt + 1,
        owner,
        stage,
        bool(after_unknown),
        now,
        template_id,
        sign_id,
        tag,
        members,
        ChunkPhase(phase),
        schedule_id,
        send_at,
    )


def _held_back(
    tx: Transaction,
    campaign_id: int,
    kind: TemplateKind,
    hold_until: float,
    slowness: int,
    settings: RunSettings,
    now: float,
) -> Wait | None:
    if kind.keeps_quiet_hours and settings.hours_override is None:
        closed = seconds_until_open(settings.hours, now, needed=settings.seconds_until_sent)
        if closed:
            return Wait(_LONGEST_WAIT, f"quiet hours; goes on in {closed / 3600:.1f} hours")
    if hold_until > now:
        return Wait(min(hold_until - now, _LONGEST_WAIT), f"told to wait {hold_until - now:.0f} seconds")
    flying = tx.one(
        f"SELECT count(*) FROM chunk {_FLYING} AND owner<>''",
        (campaign_id, campaign_id, ChunkState.IN_FLIGHT),
    )
    if flying is not None and flying[0] >= max(1, settings.concurrency >> slowness):
        return Wait(_SHORT_WAIT, "as many requests as allowed are in flight", for_others=True)
    return None


_FLYING: Final = "WHERE campaign_id=? AND chunk IN (SELECT chunk FROM chunk WHERE campaign_id=? AND state=?)"
"""In flight. Asked for by state alone, SQLite goes through all chunks of the campaign: it takes the primary key for the
better way to columns that the index by state does not have.
"""
_CHUNK: Final = "SELECT chunk, attempt, stage, after_unknown, phase, schedule_id, send_at FROM chunk"


def _choose(
    tx: Transaction, campaign_id: int, settings: RunSettings, now: float, only: int | None
) -> Row | Wait | Done:
    # Schedule mode: in flight without an owner is work that a dead one left where the service can be asked.
    left = tx.one(
        f"{_CHUNK} {_FLYING} AND owner='' ORDER BY chunk LIMIT 1",
        (campaign_id, campaign_id, ChunkState.IN_FLIGHT),
    )
    if left is not None and only in (None, left[0]):
        return left
    flying = tx.one(
        "SELECT count(*), min(stage) FROM chunk WHERE campaign_id=? AND state=?",
        (campaign_id, ChunkState.IN_FLIGHT),
    ) or (0, None)
    mine = "" if only is None else " AND chunk=?"
    ready = tx.one(
        f"{_CHUNK} WHERE campaign_id=? AND state=? AND not_before<=?{mine} ORDER BY stage, chunk LIMIT 1",
        (campaign_id, ChunkState.PENDING, now, *(() if only is None else (only,))),
    )
    if ready is None:
        nothing = _nothing_ready(tx, campaign_id, flying[0], now)
        if only is None or isinstance(nothing, Done) or _is_pending(tx, campaign_id, only):
            return nothing
        return Done(CampaignState.RUNNING, "the chunk is settled, or in other hands")
    if settings.canary:
        lowest = tx.one(
            "SELECT stage FROM chunk WHERE campaign_id=? AND state=? ORDER BY stage, chunk LIMIT 1",
            (campaign_id, ChunkState.PENDING),
        )
        first = min(stage for stage in (lowest[0] if lowest else LAST_STAGE, flying[1]) if stage is not None)
        if first < LAST_STAGE and (flying[0] or ready[2] > first):
            return Wait(_SHORT_WAIT, "the first small requests have not come back", for_others=True)
    return ready


def _is_pending(tx: Transaction, campaign_id: int, chunk: int) -> bool:
    found = tx.one("SELECT state FROM chunk WHERE campaign_id=? AND chunk=?", (campaign_id, chunk))
    return found is not None and found[0] == ChunkState.PENDING


def _nothing_ready(tx: Transaction, campaign_id: int, flying: int, now: float) -> Wait | Done:
    later = tx.one(
        "SELECT count(*), min(not_before) FROM chunk WHERE campaign_id=? AND state=?",
        (campaign_id, ChunkState.PENDING),
    )
    if later is not None and later[0]:
        soonest: float = later[1]
        return Wait(
            min(max(soonest - now, _SHORT_WAIT), _LONGEST_WAIT),
            f"{later[0]} chunks go again in {soonest - now:.0f} s",
        )
    if flying:
        return Wait(_SHORT_WAIT, "the last requests are in flight", for_others=True)
    tx.run(
        "UPDATE campaign SET state=?, why='', settled_at=? WHERE campaign_id=?",
        (CampaignState.FINISHED, now, campaign_id),
    )
    return Done(CampaignState.FINISHED, "")


def _members(
    database: Database,
    tx: Transaction,
    campaign_id: int,
    chunk: int,
    kind: TemplateKind,
    phase: str,
    now: float,
) -> Members:
    people = _sheets.members(tx, campaign_id, chunk)
    alone = tx.all(
        "SELECT position, phone, params, tries FROM recipient WHERE campaign_id=? AND chunk=? AND state=?"
        " ORDER BY position",
        (campaign_id, chunk, RecipientState.PENDING),
    )
    if alone:
        people = Members.of(sorted([*people, *(Member(*row) for row in alone)]))
    # What a timed task holds already goes out whatever is written here, so nobody is taken out of it.
    if kind.keeps_quiet_hours and people and phase != ChunkPhase.COMMITTING:
        # Somebody may have unsubscribed since the plan was made.
        gone = tx.all(
            f"SELECT phone FROM opt_out WHERE {database.among('phone')}",
            (database.listed(people.phones),),
        )
        if gone:
            numbers = {row[0] for row in gone}
            places = [member.position for member in people if member.phone in numbers]
            _sheets.take_off(tx, campaign_id, chunk, places)
            tx.many(
                "UPDATE recipient SET state=?, why=?, params=NULL, settled_at=? WHERE campaign_id=? AND"
                " chunk=? AND position=?",
                [
                    (RecipientState.SKIPPED, SkipReason.OPTED_OUT, now, campaign_id, chunk, place)
                    for place in places
                ],
            )
            people = Members.of(member for member in people if member.phone not in numbers)
    return people


def _take_tokens(
    database: Database, tx: Transaction, settings: RunSettings, slowness: int, size: int, now: float
) -> float:
    """Take from the bucket that all workers share; gives the seconds to wait if it is empty, and then takes
    nothing.

    The bucket may go below zero by one chunk, which the next one waits for: so the average holds for any
    chunk size.
    """
    if settings.rate is None:
        return 0.0
    rate = settings.rate / (1 << slowness)
    found = tx.one(f"SELECT tokens, at FROM rate WHERE account=?{database.locked_row}", (settings.account,))
    tokens, since = (1.0, now) if found is None else (float(found[0]), float(found[1]))
    tokens = min(rate, tokens + max(0.0, now - since) * rate)
    if tokens < 1.0 and tokens < rate:
        return max((min(1.0, rate) - tokens) / rate, 0.001)
    tx.run(
        "INSERT INTO rate (account, tokens, at) VALUES (?, ?, ?)"
        " ON CONFLICT (account) DO UPDATE SET tokens=excluded.tokens, at=excluded.at",
        (settings.account, tokens - size, now),
    )
    return 0.0


def _digest(members: Members, template_id: int, sign_id: int | None, tag: str | None) -> str:
    """What exactly was meant to be sent, for disputes after the values were dropped."""
    # Not SHA-256, as for files: where the processor does not help, that costs as much as writing the chunk.
    made = hashlib.blake2b(
        f"{template_id} {sign_id} {tag}\n{','.join(members.phones)}\n".encode(), digest_size=32
    )
    made.update("\n".join(members.values or ()).encode())
    return made.hexdigest()
