"""What a response, or its absence, means for a chunk, its recipients and the campaign: pure functions over tables.

Each reads a result or an error and returns a `ChunkDecision`, which `ledger.settlement` writes down.

The one rule that everything follows from: a recipient goes back to pending only if it was certainly not sent,
or definitely refused. The reasons for each line of the tables are in the documentation of the codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from jsms_api.error_table import ERRORS, ErrorCategory, ErrorCode

from jsmskit.errors import JsmsError, Outcome, Surface, remedy_in
from jsmskit.results import BatchResult, RejectedMessage, Schedule

from .models import ChunkLease
from .settings import RunSettings
from .states import ChunkState, RecipientState


class RecipientUpdate(NamedTuple):
    """What became of one recipient; a tuple, since there may be very many."""

    position: int
    state: RecipientState
    code: int | None = None
    msg_id: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class ChunkDecision:
    """What the ledger is to write down after one request.

    chunk: the state of the chunk. PENDING sends all of it again after `wait` seconds.
    accepted: recipients that were accepted, position to msg_id. updates: others that are settled. requeue: positions
        that go into a new chunk after `wait` seconds.
    split: refused for some of its recipients: two smaller chunks take its place (within the bound).
    pause: why the whole campaign stops, empty if it goes on. throttle_seconds: hold everything for so long, then go
        on slower.
    answered: the service said so; such a decision may still settle a chunk that was taken for unknown
        meanwhile.
    reachable: the service, or something in front of it, was reached.
    opted_out: numbers of people who unsubscribed.
    """

    chunk: ChunkState
    code: int | None = None
    why: str = ""
    updates: tuple[RecipientUpdate, ...] = field(default=(), repr=False)
    requeue: tuple[int, ...] = ()
    wait: float = 0.0
    split: bool = False
    pause: str = ""
    throttle_seconds: float = 0.0
    answered: bool = False
    reachable: bool = True
    opted_out: tuple[str, ...] = field(default=(), repr=False)
    accepted: Mapping[int, str] = field(default_factory=dict[int, str], repr=False)


_SPLIT: Final = frozenset(
    {
        # Each of these can be the fault of one row.
        ErrorCode.INVALID_BODY,
        ErrorCode.INVALID_MOBILE,
        ErrorCode.PARAMETERS_NOT_ALL_REPLACED,
        ErrorCode.PARAMETERS_IS_EMPTY,
        ErrorCode.UNSUBSCRIBED_MOBILE,
        ErrorCode.REPEAT_SEND,
        ErrorCode.HAS_BLACK_WORD,
        ErrorCode.INVALID_CONTENT_LENGTH,
        ErrorCode.TEMPLATE_TOO_LONG,
        ErrorCode.TEMPLATE_PARAMETER_INVALID,
        ErrorCode.CONTENT_CONTAINS_SPECIAL_SYMBOL,
    }
)


def decide_response(lease: ChunkLease, result: BatchResult, settings: RunSettings) -> ChunkDecision:
    """Read a response with status 200. Recipients that it does not mention are unknown, not refused."""
    members = {member.phone: member for member in lease.members}
    taken = {members[entry.phone].position: entry.msg_id for entry in result.accepted if entry.phone in members}
    updates: list[RecipientUpdate] = []
    requeue: list[int] = []
    opted_out: list[str] = []
    pause = ""
    for entry in result.rejected:
        member = members.get(entry.phone)
        if member is None:
            continue
        category = entry.info.category if entry.info else None
        if category is ErrorCategory.BALANCE:
            pause = refusal_reason(entry.code)
            requeue.append(member.position)
        elif category is ErrorCategory.RATE_LIMIT and member.tries < settings.too_often_tries:
            requeue.append(member.position)
        else:
            if entry.code == ErrorCode.UNSUBSCRIBED_MOBILE:
                opted_out.append(entry.phone)
            updates.append(_refused(member.position, entry, lease))
    told = taken.keys() | {update.position for update in updates} | set(requeue)
    updates += [
        RecipientUpdate(member.position, RecipientState.UNKNOWN, why="the response does not decide about it")
        for member in lease.members
        if member.position not in told
    ]
    return ChunkDecision(
        ChunkState.ACCEPTED,
        why="; ".join(result.warnings)[:500],
        accepted=taken,
        updates=tuple(updates),
        requeue=tuple(requeue),
        wait=settings.too_often_wait_seconds,
        pause=pause,
        answered=True,
        opted_out=tuple(opted_out),
    )


def _refused(position: int, entry: RejectedMessage, lease: ChunkLease) -> RecipientUpdate:
    if entry.code == ErrorCode.REPEAT_SEND and lease.after_unknown:
        why = "refused as a repetition after an unknown request: the earlier one had been taken"
        return RecipientUpdate(position, RecipientState.ACCEPTED, code=entry.code, why=why)
    return RecipientUpdate(position, RecipientState.REJECTED, code=entry.code, msg_id=entry.msg_id)


def decide_error(lease: ChunkLease, error: JsmsError, settings: RunSettings) -> ChunkDecision:
    """Read the error of a call: not sent, refused as a whole, or unknown."""
    why = _words(error)
    if error.outcome is Outcome.UNKNOWN:
        return decide_unknown(lease, why)
    checked_here = error.outcome is Outcome.NOT_SENT and error.attempts == 0
    if error.outcome is Outcome.NOT_SENT and not checked_here:
        # Refused connections and the like, after the client's own tries: the same again, later.
        return ChunkDecision(ChunkState.PENDING, error.code, why, wait=_UNREACHABLE_WAIT, reachable=False)
    if not checked_here and not settings.refusal_takes_nobody:
        return decide_unknown(lease, f"{why} (a refusal of the whole is not trusted, by setting)")
    if error.code in _SPLIT:
        return _split(lease, error.code, why)
    info = None if error.code is None else ERRORS.get(error.code)
    if info is None or info.category is not ErrorCategory.RATE_LIMIT:
        # Credentials, balance, template, sign, an unknown code: the next chunk would meet the same.
        pause = f"{why} {error.remedy}" if checked_here or info is None else refusal_reason(info.code)
        return ChunkDecision(ChunkState.PENDING, error.code, why, pause=pause, answered=not checked_here)
    wait = settings.too_often_wait_seconds
    if error.retry_after is not None:
        wait = min(error.retry_after, settings.longest_hold_seconds)
        if wait < error.retry_after:
            why = f"{why} It asked for {error.retry_after:.0f} seconds; {wait:.0f} are waited."
    return ChunkDecision(ChunkState.PENDING, error.code, why, throttle_seconds=wait, answered=not checked_here)


_UNREACHABLE_WAIT: Final = 5.0


def _split(lease: ChunkLease, code: int | None, why: str) -> ChunkDecision:
    if len(lease.members) > 1:
        return ChunkDecision(ChunkState.REJECTED, code, why, split=True, answered=True)
    left = code == ErrorCode.UNSUBSCRIBED_MOBILE
    opted_out = tuple(member.phone for member in lease.members if left)
    updates = tuple(RecipientUpdate(member.position, RecipientState.REJECTED, code=code) for member in lease.members)
    return ChunkDecision(ChunkState.REJECTED, code, why, updates=updates, answered=True, opted_out=opted_out)


def decide_unknown(lease: ChunkLease, why: str) -> ChunkDecision:
    """The request may have been carried out, and no response tells: all its recipients are unknown."""
    updates = tuple(RecipientUpdate(member.position, RecipientState.UNKNOWN, why=why) for member in lease.members)
    return ChunkDecision(ChunkState.UNKNOWN, why=why, updates=updates)


def decide_scheduled(
    lease: ChunkLease, shown: Schedule | None, rejected: tuple[RejectedMessage, ...] | None
) -> ChunkDecision:
    """Schedule mode: the recipients are in their timed task.

    shown: the task as the service shows it, with the numbers of the messages. rejected: those that the answer of the
    change refuses; None if that answer was lost, then who is not in the task was refused, for a lost reason.
    """
    msg_ids = {} if shown is None else {entry.phone: entry.msg_id for entry in shown.recipients}
    refused = {entry.phone: entry for entry in rejected or ()}
    updates: list[RecipientUpdate] = []
    for member in lease.members:
        entry = refused.get(member.phone)
        if entry is not None:
            updates.append(_refused(member.position, entry, lease))
        elif rejected is None and member.phone not in msg_ids:
            why = "refused when it was scheduled; the reason was lost with the response"
            updates.append(RecipientUpdate(member.position, RecipientState.REJECTED, why=why))
        else:
            updates.append(RecipientUpdate(member.position, RecipientState.ACCEPTED, msg_id=msg_ids.get(member.phone)))
    codes = {entry.phone for entry in refused.values() if entry.code == ErrorCode.UNSUBSCRIBED_MOBILE}
    return ChunkDecision(ChunkState.ACCEPTED, updates=tuple(updates), answered=True, opted_out=tuple(sorted(codes)))


def decide_not_sent(why: str) -> ChunkDecision:
    """The chunk was claimed, and its request never begun: it is pending again."""
    return ChunkDecision(ChunkState.PENDING, why=why, reachable=True)


def circuit_breaker_reason(settings: RunSettings, *, in_a_row: int, unknown: int, total: int) -> str:
    """Why the campaign has to stop because too much is unknown; empty if it may go on."""
    if in_a_row >= settings.unknown_in_a_row:
        return f"{in_a_row} requests in a row ended without a usable answer."
    if unknown > settings.unknown_share * total:
        share = f"{settings.unknown_share:.1%}"
        return f"{unknown} of {total} recipients became unknown in this run, more than {share}."
    return ""


def refusal_reason(code: int) -> str:
    """Say what a return code means and what to do, in words that the command line can translate."""
    info = ERRORS.get(code)
    return (
        f"the service answered {code}."
        if info is None
        else f"{info.title_en} ({code}). {remedy_in(Surface.SHELL, info, 'en')}"
    )


def _words(error: JsmsError) -> str:
    code = "" if error.code is None or str(error.code) in error.message else f" ({error.code})"
    return f"{error.message.rstrip()}{code}"
