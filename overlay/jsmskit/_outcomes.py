"""What came back, and what that proves: the classification as a table, and one pure function over it.

Knows: every way in which an exchange can end (`Sight`), and for each of them and each effect of an
operation what is known of the request (`Outcome`), whether it may be made again (`Repeat`) and which family
of error tells it. Must not know: HTTP libraries, clocks, sockets, requests. The tests are made from the
table.

The reasons come from measurements: breaking connections at 25 points, in 540 cells, showed that the name of
an exception proves nothing, while "the request body was never written to its end" always does. Hence two
sights for each kind of lost connection: before and after the request was whole.

Long, because half of it is the table with its reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from jsms_api.error_table import ERRORS, ErrorCategory, ErrorCode
from jsms_api.operations import Effect

from ._http.errors import (
    CertificateRefusedError,
    ClosedError,
    ConnectError,
    ConnectTimeout,
    LocalProtocolError,
    PoolTimeout,
    ProxyError,
    ReadError,
    ReadTimeout,
    RemoteProtocolError,
    ResponseTooLarge,
    TransportError,
    UnsupportedProtocol,
    WriteError,
    WriteTimeout,
)
from .errors import Outcome

__all__ = [
    "FAILURES",
    "RULES",
    "Family",
    "Repeat",
    "Sight",
    "Verdict",
    "judge",
    "sight_of_answer",
    "sight_of_cut_answer",
    "sight_of_failure",
]


class Sight(StrEnum):
    """How an exchange ended."""

    # Nothing answered.
    UNSENDABLE = "unsendable"
    CLOSED = "closed"
    NO_TIME = "no_time"
    POOL_BUSY = "pool_busy"
    UNREACHABLE = "unreachable"
    CONNECT_TIMEOUT = "connect_timeout"
    CERTIFICATE_REFUSED = "certificate_refused"
    PROXY_REFUSED = "proxy_refused"
    LOST_BEFORE_WHOLE = "lost_before_whole"
    STALLED_BEFORE_WHOLE = "stalled_before_whole"
    LOST_AFTER_WHOLE = "lost_after_whole"
    STALLED_AFTER_WHOLE = "stalled_after_whole"
    BROKEN = "broken"
    # Something answered.
    ACCEPTED = "accepted"
    CUT = "cut"
    CUT_LATE = "cut_late"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    REFUSED_UNKNOWN_CODE = "refused_unknown_code"
    REFUSED_WITHOUT_CODE = "refused_without_code"
    TOO_OFTEN = "too_often"
    NOT_READ = "not_read"
    REDIRECTED = "redirected"
    FAILED = "failed"
    ODD = "odd"


class Repeat(StrEnum):
    """May the request be made again without asking anybody?"""

    NEVER = "never"
    ONCE = "once"
    FREELY = "freely"
    """As often as the policy allows."""


class Family(StrEnum):
    """Which error tells it; the classes themselves are in `errors`."""

    NONE = "none"
    INVALID = "invalid"
    CONFIGURATION = "configuration"
    CONNECTION = "connection"
    TIMEOUT = "timeout"
    UNEXPECTED = "unexpected"
    CODE = "code"
    """The class of the return code's category."""
    RATE = "rate"
    SERVER = "server"


class Verdict(NamedTuple):
    """What one ending proves. `outcome` is None where nothing went wrong."""

    outcome: Outcome | None
    repeat: Repeat
    family: Family
    likely: str | None
    words: str


class _Row(NamedTuple):
    sight: Sight
    outcome: Outcome | None
    family: Family
    words: str
    acting: Repeat = Repeat.NEVER
    """For operations that send, change, or read what can be read only once."""
    reading: Repeat = Repeat.NEVER
    """For operations without any effect: making them again harms nobody."""
    likely: str | None = None


_NOT_SENT, _UNKNOWN, _REJECTED = Outcome.NOT_SENT, Outcome.UNKNOWN, Outcome.REJECTED
_ONCE, _FREELY = Repeat.ONCE, Repeat.FREELY

_ROWS: Final[tuple[_Row, ...]] = (
    _Row(Sight.UNSENDABLE, _NOT_SENT, Family.INVALID, "The request cannot be put on the wire."),
    _Row(Sight.CLOSED, _NOT_SENT, Family.CONFIGURATION, "The client is closed."),
    _Row(Sight.NO_TIME, _NOT_SENT, Family.TIMEOUT, "The deadline came before the request could be begun."),
    # Waiting for a free connection has used up the deadline, so there is no time left to repeat in.
    _Row(Sight.POOL_BUSY, _NOT_SENT, Family.TIMEOUT, "No connection became free before the deadline."),
    _Row(Sight.UNREACHABLE, _NOT_SENT, Family.CONNECTION, "The service cannot be reached.", _FREELY, _FREELY),
    _Row(Sight.CONNECT_TIMEOUT, _NOT_SENT, Family.TIMEOUT, "Connecting took too long.", _FREELY, _FREELY),
    # Another try meets the same certificate.
    _Row(
        Sight.CERTIFICATE_REFUSED,
        _NOT_SENT,
        Family.CONNECTION,
        "The certificate of the server is not trusted.",
    ),
    _Row(
        Sight.PROXY_REFUSED,
        _NOT_SENT,
        Family.CONNECTION,
        "The proxy did not let the call through.",
        _ONCE,
        _ONCE,
    ),
    # "Not whole" is "not carried out" as long as a server waits for the length it was promised: every sane
    # one does, but it is an assumption, so these are repeated once, and not at all by a strict policy.
    _Row(
        Sight.LOST_BEFORE_WHOLE,
        _NOT_SENT,
        Family.CONNECTION,
        "The connection was lost before the request was whole.",
        _ONCE,
        _FREELY,
    ),
    _Row(
        Sight.STALLED_BEFORE_WHOLE,
        _NOT_SENT,
        Family.TIMEOUT,
        "The request could not be written in time.",
        _ONCE,
        _FREELY,
    ),
    _Row(
        Sight.LOST_AFTER_WHOLE,
        _UNKNOWN,
        Family.CONNECTION,
        "The connection was lost after the request was written, before an answer came.",
        reading=_FREELY,
    ),
    _Row(Sight.STALLED_AFTER_WHOLE, _UNKNOWN, Family.TIMEOUT, "No answer came in time.", reading=_FREELY),
    _Row(Sight.BROKEN, _UNKNOWN, Family.CONNECTION, "The transport failed in a way that proves nothing."),
    _Row(Sight.ACCEPTED, None, Family.NONE, "Accepted."),
    _Row(
        Sight.CUT,
        _UNKNOWN,
        Family.CONNECTION,
        "The service accepted the request, but the connection ended within its answer.",
        reading=_FREELY,
        likely="accepted",
    ),
    _Row(
        Sight.CUT_LATE,
        _UNKNOWN,
        Family.TIMEOUT,
        "The service accepted the request, but its answer did not come to an end in time.",
        reading=_FREELY,
        likely="accepted",
    ),
    _Row(
        Sight.UNREADABLE,
        _UNKNOWN,
        Family.UNEXPECTED,
        "The service accepted the request, but its answer cannot be read.",
        likely="accepted",
    ),
    _Row(Sight.REFUSED, _REJECTED, Family.CODE, "The service refused the request."),
    _Row(
        Sight.REFUSED_UNKNOWN_CODE,
        _REJECTED,
        Family.CODE,
        "The service refused the request with a code not known.",
    ),
    _Row(
        Sight.REFUSED_WITHOUT_CODE,
        _REJECTED,
        Family.UNEXPECTED,
        "The request was refused without a return code of the service; probably by a proxy or gateway.",
    ),
    _Row(Sight.TOO_OFTEN, _REJECTED, Family.RATE, "The request was refused because there were too many."),
    # A server that says it has not read the request is believed for reads only: a send needs proof of our
    # own.
    _Row(
        Sight.NOT_READ,
        _REJECTED,
        Family.UNEXPECTED,
        "The request was refused because it was not read in time.",
        reading=_FREELY,
    ),
    _Row(
        Sight.REDIRECTED,
        _REJECTED,
        Family.UNEXPECTED,
        "The answer is a redirect. It is not followed, because credentials must not travel.",
    ),
    _Row(Sight.FAILED, _UNKNOWN, Family.SERVER, "The service failed.", reading=_FREELY),
    _Row(Sight.ODD, _UNKNOWN, Family.UNEXPECTED, "The answer contradicts the service's contract."),
)

RULES: Final[Mapping[tuple[Effect, Sight], Verdict]] = MappingProxyType(
    {
        (effect, row.sight): Verdict(
            row.outcome,
            row.reading if effect is Effect.NONE else row.acting,
            row.family,
            row.likely,
            row.words,
        )
        for row in _ROWS
        for effect in Effect
    }
)
"""The whole table: what every ending proves, for every effect."""


class _Failure(NamedTuple):
    before: Sight
    """When the end of the request body was not written."""
    after: Sight
    """When it was, or when nobody can say."""


_LOST: Final = _Failure(Sight.LOST_BEFORE_WHOLE, Sight.LOST_AFTER_WHOLE)
_STALLED: Final = _Failure(Sight.STALLED_BEFORE_WHOLE, Sight.STALLED_AFTER_WHOLE)


def _always(sight: Sight) -> _Failure:
    return _Failure(sight, sight)


FAILURES: Final[Mapping[type[TransportError], _Failure]] = MappingProxyType(
    {
        PoolTimeout: _always(Sight.POOL_BUSY),
        ConnectTimeout: _always(Sight.CONNECT_TIMEOUT),
        ConnectError: _always(Sight.UNREACHABLE),
        ProxyError: _always(Sight.PROXY_REFUSED),
        CertificateRefusedError: _always(Sight.CERTIFICATE_REFUSED),
        ClosedError: _always(Sight.CLOSED),
        UnsupportedProtocol: _always(Sight.UNSENDABLE),
        LocalProtocolError: _always(Sight.UNSENDABLE),
        ReadTimeout: _STALLED,
        WriteTimeout: _STALLED,
        ReadError: _LOST,
        WriteError: _LOST,
        RemoteProtocolError: _LOST,
        ResponseTooLarge: _LOST,
        # It proves nothing: a bug of a transport, or an exception of somebody else's.
        TransportError: _always(Sight.BROKEN),
    }
)
"""How a failure is read, with and without proof that the end of the request was never written."""


def sight_of_failure(error: TransportError) -> Sight:
    """The ending that a failure without any answer stands for."""
    failure = next(FAILURES[kind] for kind in type(error).__mro__ if kind in FAILURES)
    return failure.after if error.body_sent else failure.before


_NOT_READ_STATUSES: Final = frozenset({408, 425})
_TOO_MANY_REQUESTS: Final = 429
# 303 and 302 often mean "done, look there", so only those that ask for the same request elsewhere prove a
# refusal.
_SENT_ELSEWHERE_STATUSES: Final = frozenset({301, 307, 308})


def sight_of_cut_answer(error: TransportError, status: int) -> Sight:
    """The ending that an answer of this status stands for whose body broke off with this failure."""
    sight = sight_of_answer(status, code=None, readable=False)
    if sight is not Sight.UNREADABLE or isinstance(error, ResponseTooLarge):
        return sight
    return Sight.CUT_LATE if isinstance(error, (ReadTimeout, WriteTimeout)) else Sight.CUT


def sight_of_answer(status: int, *, code: int | None, readable: bool = True) -> Sight:
    """The ending that an answer stands for.

    `code` is the return code of the error envelope, None without one. `readable` says that the body is what
    an answer of this status must be: it matters for 2xx only, where the request is accepted and only the
    details are lost.
    """
    if 500 <= status <= 599:
        return Sight.FAILED
    if not (200 <= status <= 299 or 400 <= status <= 499):
        return Sight.REDIRECTED if status in _SENT_ELSEWHERE_STATUSES else Sight.ODD
    accepted = status <= 299
    if code is not None:
        info = ERRORS.get(code)
        if info is None:
            return Sight.ODD if accepted else Sight.REFUSED_UNKNOWN_CODE
        if info.category is ErrorCategory.SERVER:
            return Sight.FAILED
        if code != ErrorCode.SUCCESS:
            return Sight.REFUSED
        if not accepted:
            return Sight.ODD
    if accepted:
        return Sight.ACCEPTED if readable else Sight.UNREADABLE
    if status == _TOO_MANY_REQUESTS:
        return Sight.TOO_OFTEN
    return Sight.NOT_READ if status in _NOT_READ_STATUSES else Sight.REFUSED_WITHOUT_CODE


_DOUBTED_BY_STRICT: Final = frozenset({Sight.LOST_BEFORE_WHOLE, Sight.STALLED_BEFORE_WHOLE})


def judge(effect: Effect, sight: Sight, *, strict: bool = False) -> Verdict:
    """What this ending proves for an operation of this effect.

    With `strict` a request that was cut off before its end counts as possibly carried out, too.
    """
    verdict = RULES[effect, sight]
    if strict and sight in _DOUBTED_BY_STRICT and effect is not Effect.NONE:
        return verdict._replace(outcome=Outcome.UNKNOWN, repeat=Repeat.NEVER)
    return verdict
