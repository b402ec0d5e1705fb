"""What an answer, or its absence, means for a chunk, its recipients and the campaign: pure functions over
tables.

Knows the return codes by name and what the campaign does about each. Must not know ledgers, clocks or
clients: it reads a result or an error and gives a `Verdict`; `_settling` writes it down.

The one rule that everything follows from: a recipient goes back to pending only if it was certainly not sent,
or definitely refused. The reasons for each line of the tables are in the documentation of the codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

from jsms_api.error_table import ERRORS, ErrorCategory, ErrorCode

from jsmskit.errors import JsmsError, Outcome
from jsmskit.results import BatchResult, RejectedMessage, Schedule

from .settings import RunSettings
from .states import ChunkState, RecipientState
from .values import Order, Taken

__all__ = [
    "Fate",
    "Verdict",
    "breaker",
    "judge_answer",
    "judge_failure",
    "judge_not_sent",
    "judge_silence",
    "judge_timed",
]


class Fate(NamedTuple):
    """What became of one recipient; a tuple, since there may be very many."""

    position: int
    state: RecipientState
    code: int | None = None
    msg_id: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the ledger is to write down after one request.

    chunk: the state of the chunk. PENDING sends all of it again after `wait` seconds.
    taken: recipients that were accepted, position to msg_id. fates: others that are settled. back: positions that
        go into a new chunk after `wait` seconds.
    halve: refused for some of its recipients: two smaller chunks take its place (within the bound).
    pause: why the whole campaign stops, empty if it goes on. slower: hold everything for so many seconds,
        then slower.
    answered: the service said so; such a verdict may still settle a chunk that was taken for unknown
        meanwhile.
    reached: the service, or something in front of it, was reached.
    opted_out: numbers of people who unsubscribed.
    """

    chunk: ChunkState
    code: int | None = None
    why: str = ""
    fates: tuple[Fate, ...] = field(default=(), repr=False)
    back: tuple[int, ...] = ()
    wait: float = 0.0
    halve: bool = False
    pause: str = ""
    slower: float = 0.0
    answered: bool = False
    reached: bool = True
    opted_out: tuple[str, ...] = field(default=(), repr=False)
    taken: Mapping[int, str] = field(default_factory=dict[int, str], repr=False)


class _Whole(Enum):
    """What to do when a code comes for a whole request."""

    PAUSE = "pause"
    HALVE = "halve"
    WAIT = "wait"


_HALVE: Final = frozenset(
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


def _whole(code: int | None) -> _Whole:
    if code in _HALVE:
        return _Whole.HALVE
    info = None if code is None else ERRORS.get(code)
    if info is not None and info.category is ErrorCategory.RATE_LIMIT:
        return _Whole.WAIT
    # Credentials, balance, template, sign, a code nobody knows: the next chunk would meet the same.
    return _Whole.PAUSE


def judge_answer(order: Order, result: BatchResult, settings: RunSettings) -> Verdict:
    """Read an answer with status 200. Recipients that it does not mention are unknown, not refused."""
    members = order.members
    position: dict[str, int] = {}
    if [entry.phone for entry in result.accepted] == list(members.phones):
        # Everybody, in the order of the question: nothing has to be looked up.
        taken: Mapping[int, str] = Taken(members.positions, [entry.msg_id for entry in result.accepted])
    else:
        position = dict(zip(members.phones, members.positions, strict=True))
        taken = {position[entry.phone]: entry.msg_id for entry in result.accepted if entry.phone in position}
    doubts = "; ".join(result.warnings)[:500]
    if len(taken) == len(members) and not result.rejected:
        return Verdict(ChunkState.ACCEPTED, why=doubts, taken=taken, answered=True)
    position = position or dict(zip(members.phones, members.positions, strict=True))
    tries = {member.phone: member.tries for member in order.members}
    fates: list[Fate] = []
    back: list[int] = []
    opted_out: list[str] = []
    pause = ""
    for entry in result.rejected:
        if entry.phone not in position:
            continue
        category = entry.info.category if entry.info else None
        if category is ErrorCategory.BALANCE:
            pause = _because(entry.code)
            back.append(position[entry.phone])
        elif category is ErrorCategory.RATE_LIMIT and tries[entry.phone] < settings.too_often_tries:
            back.append(position[entry.phone])
        else:
            if entry.code == ErrorCode.UNSUBSCRIBED_MOBILE:
                opted_out.append(entry.phone)
            fates.append(_refused(position[entry.phone], entry, order))
    told = taken.keys() | {fate.position for fate in fates} | set(back)
    fates += [
        Fate(member.position, RecipientState.UNKNOWN, why="the answer does not decide about it")
        for member in order.members
        if member.position not in told
    ]
    return Verdict(
        ChunkState.ACCEPTED,
        why=doubts,
        taken=taken,
        fates=tuple(fates),
        back=tuple(back),
        wait=settings.too_often_wait_seconds,
        pause=pause,
        answered=True,
        opted_out=tuple(opted_out),
    )


def _refused(position: int, entry: RejectedMessage, order: Order) -> Fate:
    if entry.code == ErrorCode.REPEAT_SEND and order.after_unknown:
        why = "refused as a repetition after an unknown request: the earlier one had been taken"
        return Fate(position, RecipientState.ACCEPTED, code=entry.code, why=why)
    return Fate(position, RecipientState.REJECTED, code=entry.code, msg_id=entry.msg_id)


def judge_failure(order: Order, error: JsmsError, settings: RunSettings) -> Verdict:
    """Read the error of a call: not sent, refused as a whole, or unknown."""
    why = _words(error)
    if error.outcome is Outcome.UNKNOWN:
        return judge_silence(order, why)
    checked_here = error.outcome is Outcome.NOT_SENT and error.attempts == 0
    if error.outcome is Outcome.NOT_SENT and not checked_here:
        # Refused connections and the like, after the client's own tries: the same again, later.
        return Verdict(ChunkState.PENDING, error.code, why, wait=_UNREACHABLE_WAIT, reached=False)
    if not checked_here and not settings.refusal_takes_nobody:
        return judge_silence(order, f"{why} (a refusal of the whole is not trusted, by setting)")
    match _whole(error.code):
        case _Whole.HALVE:
            return _halved(order, error.code, why)
        case _Whole.WAIT:
            wait = settings.too_often_wait_seconds if error.retry_after is None else error.retry_after
            return Verdict(ChunkState.PENDING, error.code, why, slower=wait, answered=not checked_here)
        case _Whole.PAUSE:  # pragma: no branch  # there is no other
            pause = f"{why} {error.remedy}"
            return Verdict(ChunkState.PENDING, error.code, why, pause=pause, answered=not checked_here)


_UNREACHABLE_WAIT: Final = 5.0


def _halved(order: Order, code: int | None, why: str) -> Verdict:
    if len(order.members) > 1:
        return Verdict(ChunkState.REJECTED, code, why, halve=True, answered=True)
    left = code == ErrorCode.UNSUBSCRIBED_MOBILE
    opted_out = tuple(member.phone for member in order.members if left)
    fates = tuple(Fate(member.position, RecipientState.REJECTED, code=code) for member in order.members)
    return Verdict(ChunkState.REJECTED, code, why, fates=fates, answered=True, opted_out=opted_out)


def judge_silence(order: Order, why: str) -> Verdict:
    """The request may have been carried out, and nothing tells: everybody in it is unknown."""
    fates = tuple(Fate(member.position, RecipientState.UNKNOWN, why=why) for member in order.members)
    return Verdict(ChunkState.UNKNOWN, why=why, fates=fates)


def judge_timed(
    order: Order, shown: Schedule | None, rejected: tuple[RejectedMessage, ...] | None
) -> Verdict:
    """Schedule mode: the recipients are in their timed task.

    shown: the task as the service shows it, with the numbers of the messages. rejected: those that the answer
    of the change refuses; None if that answer was lost, then whoever is not in the task was refused, for a
    lost reason.
    """
    msg_ids = {} if shown is None else {entry.phone: entry.msg_id for entry in shown.recipients}
    refused = {entry.phone: entry for entry in rejected or ()}
    fates: list[Fate] = []
    for member in order.members:
        entry = refused.get(member.phone)
        if entry is not None:
            fates.append(_refused(member.position, entry, order))
        elif rejected is None and member.phone not in msg_ids:
            why = "refused when the timed task was set; the reason was lost with the answer"
            fates.append(Fate(member.position, RecipientState.REJECTED, why=why))
        else:
            fates.append(Fate(member.position, RecipientState.ACCEPTED, msg_id=msg_ids.get(member.phone)))
    codes = {entry.phone for entry in refused.values() if entry.code == ErrorCode.UNSUBSCRIBED_MOBILE}
    return Verdict(ChunkState.ACCEPTED, fates=tuple(fates), answered=True, opted_out=tuple(sorted(codes)))


def judge_not_sent(why: str) -> Verdict:
    """Claimed, but the request was never begun: the owner gives it back."""
    return Verdict(ChunkState.PENDING, why=why, reached=True)


def breaker(settings: RunSettings, *, in_a_row: int, unknown: int, total: int) -> str:
    """Why the campaign has to stop because too much is unknown; empty if it may go on."""
    if in_a_row >= settings.unknown_in_a_row:
        return f"{in_a_row} requests in a row ended without a usable answer."
    if unknown > settings.unknown_share * total:
        share = f"{settings.unknown_share:.1%}"
        return f"{unknown} of {total} recipients became unknown in this run, more than {share}."
    return ""


def _because(code: int) -> str:
    info = ERRORS.get(code)
    return f"the service answered {code}." if info is None else f"{info.title_en} ({code}). {info.remedy_en}"


def _words(error: JsmsError) -> str:
    code = "" if error.code is None else f" ({error.code})"
    return f"{error.message.rstrip()}{code}"
