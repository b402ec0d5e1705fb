"""What an attempt proves: a table of every way in which one can end, and pure functions over it.

For each: what is known of the request (`Outcome`), whether it may be sent again (`Retry`), and the class of the error.
The tests are made from the table.

The reasons come from measurements: breaking connections at 25 points, in 540 cells, showed that the name of an
exception proves nothing, while "the request body was never written to its end" always does. Hence two statuses for each
kind of lost connection: while sending and while waiting.

When a request is made again, and after how long, follows: the policy, the budget, one pure decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto, unique
from typing import Final, NamedTuple, NoReturn, final

from jsms_api.error_table import ERRORS, ErrorCategory, ErrorCode
from jsms_api.operations import Effect

from .._http import errors as failures
from ..errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    ConfigurationError,
    InvalidRequestError,
    JsmsError,
    Outcome,
    RateLimitError,
    ServerError,
    UnexpectedResponseError,
)


class Retry(Enum):
    """Whether the request may be sent again without asking."""

    NEVER = auto()
    ONCE = auto()
    ALWAYS = auto()
    """As often as the policy allows."""


_NOT_SENT, _UNKNOWN, _REJECTED = Outcome.NOT_SENT, Outcome.UNKNOWN, Outcome.REJECTED
_NEVER, _ONCE, _ALWAYS = Retry.NEVER, Retry.ONCE, Retry.ALWAYS


@unique
class AttemptStatus(Enum):
    """How one attempt ended, and what that proves.

    Attributes:
        outcome: what is known of the request; None where nothing went wrong.
        error: the class of the error; of `APIError` the return code knows better.
        message: in words, for the error.
        acting: for operations that send, change, or read what can be read only once.
        reading: for operations without any effect: sending them again does no harm.
        presumed_outcome: "accepted" where an unknown outcome leans that way.
    """

    def __init__(
        self,
        outcome: Outcome | None,
        error: type[JsmsError],
        message: str,
        acting: Retry = Retry.NEVER,
        reading: Retry = Retry.NEVER,
        presumed_outcome: str | None = None,
    ) -> None:
        self.outcome = outcome
        self.error = error
        self.message = message
        self.acting = acting
        self.reading = reading
        self.presumed_outcome = presumed_outcome

    # Without a response.
    INVALID_REQUEST = _NOT_SENT, InvalidRequestError, "The request cannot be put on the wire."
    CLIENT_CLOSED = _NOT_SENT, ConfigurationError, "The client is closed."
    DEADLINE_EXCEEDED = _NOT_SENT, APITimeoutError, "The deadline passed before the request could be sent."
    # Waiting for a free connection has used up the deadline, so there is no time left to retry in.
    POOL_TIMEOUT = _NOT_SENT, APITimeoutError, "No connection became free before the deadline."
    UNREACHABLE = _NOT_SENT, APIConnectionError, "The service cannot be reached.", _ALWAYS, _ALWAYS
    CONNECT_TIMEOUT = _NOT_SENT, APITimeoutError, "Connecting took too long.", _ALWAYS, _ALWAYS
    # Another attempt meets the same certificate.
    CERTIFICATE_REFUSED = _NOT_SENT, APIConnectionError, "The certificate of the server is not trusted."
    PROXY_REFUSED = _NOT_SENT, APIConnectionError, "The proxy did not let the call through.", _ONCE, _ONCE
    # "Not fully sent" is "not carried out" as long as a server waits for the length it was promised: every sane one
    # does, but it is an assumption, so these are retried once, and not at all by a strict policy.
    CONNECTION_LOST_SENDING = (
        _NOT_SENT,
        APIConnectionError,
        "The connection was lost before the request was fully sent.",
        _ONCE,
        _ALWAYS,
    )
    WRITE_TIMEOUT = _NOT_SENT, APITimeoutError, "The request could not be written in time.", _ONCE, _ALWAYS
    CONNECTION_LOST_WAITING = (
        _UNKNOWN,
        APIConnectionError,
        "The connection was lost after the request was sent, before a response came.",
        _NEVER,
        _ALWAYS,
    )
    READ_TIMEOUT = _UNKNOWN, APITimeoutError, "No response came in time.", _NEVER, _ALWAYS
    TRANSPORT_ERROR = _UNKNOWN, APIConnectionError, "The transport failed in a way that proves nothing."
    # With a response, or the head of one.
    ACCEPTED = None, JsmsError, "Accepted."
    RESPONSE_TRUNCATED = (
        _UNKNOWN,
        APIConnectionError,
        "The service accepted the request, but the connection ended within its response.",
        _NEVER,
        _ALWAYS,
        "accepted",
    )
    RESPONSE_TIMEOUT = (
        _UNKNOWN,
        APITimeoutError,
        "The service accepted the request, but its response did not end in time.",
        _NEVER,
        _ALWAYS,
        "accepted",
    )
    INVALID_RESPONSE = (
        _UNKNOWN,
        UnexpectedResponseError,
        "The service accepted the request, but its response cannot be read.",
        _NEVER,
        _NEVER,
        "accepted",
    )
    API_ERROR = _REJECTED, APIError, "The service refused the request."
    UNKNOWN_API_ERROR = _REJECTED, APIError, "The service refused the request with an unknown code."
    HTTP_ERROR = (
        _REJECTED,
        UnexpectedResponseError,
        "The request was refused without a return code of the service; probably by a proxy or gateway.",
    )
    RATE_LIMITED = _REJECTED, RateLimitError, "The request was refused because there were too many."
    # A server that says it has not read the request is believed for reads only: a send needs proof of our own.
    REQUEST_TIMEOUT = (
        _REJECTED,
        UnexpectedResponseError,
        "The request was refused because it was not read in time.",
        _NEVER,
        _ALWAYS,
    )
    REDIRECTED = (
        _REJECTED,
        UnexpectedResponseError,
        "The response is a redirect. It is not followed, because credentials must not travel.",
    )
    SERVER_ERROR = _UNKNOWN, ServerError, "The service failed.", _NEVER, _ALWAYS
    UNEXPECTED_STATUS = _UNKNOWN, UnexpectedResponseError, "The response contradicts the service's contract."


FAILURES: Final[Mapping[type[failures.TransportError], AttemptStatus]] = {
    failures.PoolTimeout: AttemptStatus.POOL_TIMEOUT,
    failures.ConnectTimeout: AttemptStatus.CONNECT_TIMEOUT,
    failures.ConnectError: AttemptStatus.UNREACHABLE,
    failures.ProxyError: AttemptStatus.PROXY_REFUSED,
    failures.CertificateRefusedError: AttemptStatus.CERTIFICATE_REFUSED,
    failures.ClosedError: AttemptStatus.CLIENT_CLOSED,
    failures.UnsupportedProtocol: AttemptStatus.INVALID_REQUEST,
    failures.LocalProtocolError: AttemptStatus.INVALID_REQUEST,
    failures.ReadTimeout: AttemptStatus.READ_TIMEOUT,
    failures.WriteTimeout: AttemptStatus.READ_TIMEOUT,
    failures.ReadError: AttemptStatus.CONNECTION_LOST_WAITING,
    failures.WriteError: AttemptStatus.CONNECTION_LOST_WAITING,
    failures.RemoteProtocolError: AttemptStatus.CONNECTION_LOST_WAITING,
    failures.ResponseTooLarge: AttemptStatus.CONNECTION_LOST_WAITING,
    # It proves nothing: a bug of a transport, or an exception of another transport.
    failures.TransportError: AttemptStatus.TRANSPORT_ERROR,
}
"""How a failure is read without proof that the end of the request was never written."""
_BEFORE_THE_END: Final = {
    AttemptStatus.READ_TIMEOUT: AttemptStatus.WRITE_TIMEOUT,
    AttemptStatus.CONNECTION_LOST_WAITING: AttemptStatus.CONNECTION_LOST_SENDING,
}
"""What it is with that proof."""


def classify_exception(error: failures.TransportError) -> AttemptStatus:
    """Return the status of an attempt that failed without any response."""
    status = next(FAILURES[kind] for kind in type(error).__mro__ if kind in FAILURES)
    return status if error.body_sent else _BEFORE_THE_END.get(status, status)


_NOT_READ_STATUSES: Final = frozenset({408, 425})
_TOO_MANY_REQUESTS: Final = 429
# 303 and 302 often mean "done, look there", so only those that ask for the same request elsewhere prove a refusal.
_SENT_ELSEWHERE_STATUSES: Final = frozenset({301, 307, 308})


def classify_truncated_response(error: failures.TransportError, status: int) -> AttemptStatus:
    """Return the status of an attempt whose response, with this HTTP status, broke off with this failure."""
    known = classify_response(status, code=None, readable=False)
    if known is not AttemptStatus.INVALID_RESPONSE or isinstance(error, failures.ResponseTooLarge):
        return known
    is_late = isinstance(error, (failures.ReadTimeout, failures.WriteTimeout))
    return AttemptStatus.RESPONSE_TIMEOUT if is_late else AttemptStatus.RESPONSE_TRUNCATED


def classify_response(status: int, *, code: int | None, readable: bool = True) -> AttemptStatus:
    """Return the status of an attempt that got a response.

    `code` is the return code of the error envelope, None without one. `readable` says that the body is what a response
    of this status must be: it matters for 2xx only, where the request is accepted and only the details are lost.
    """
    if 500 <= status <= 599:
        return AttemptStatus.SERVER_ERROR
    if not (200 <= status <= 299 or 400 <= status <= 499):
        return AttemptStatus.REDIRECTED if status in _SENT_ELSEWHERE_STATUSES else AttemptStatus.UNEXPECTED_STATUS
    accepted = status <= 299
    if code is not None:
        info = ERRORS.get(code)
        if info is None:
            return AttemptStatus.UNEXPECTED_STATUS if accepted else AttemptStatus.UNKNOWN_API_ERROR
        if info.category is ErrorCategory.SERVER:
            return AttemptStatus.SERVER_ERROR
        if code != ErrorCode.SUCCESS:
            return AttemptStatus.API_ERROR
        if not accepted:
            return AttemptStatus.UNEXPECTED_STATUS
    if accepted:
        return AttemptStatus.ACCEPTED if readable else AttemptStatus.INVALID_RESPONSE
    if status == _TOO_MANY_REQUESTS:
        return AttemptStatus.RATE_LIMITED
    return AttemptStatus.REQUEST_TIMEOUT if status in _NOT_READ_STATUSES else AttemptStatus.HTTP_ERROR


class Assessment(NamedTuple):
    """What one attempt proves for an operation of one effect."""

    outcome: Outcome | None
    retry: Retry


def assess(effect: Effect, status: AttemptStatus, *, strict: bool = False) -> Assessment:
    """Return what is known of the request, and whether it may be sent again.

    With `strict` a request that was not fully sent counts as possibly carried out, too.
    """
    if effect is Effect.NONE:
        return Assessment(status.outcome, status.reading)
    if strict and status in _BEFORE_THE_END.values():
        return Assessment(Outcome.UNKNOWN, Retry.NEVER)
    return Assessment(status.outcome, status.acting)


_MOST_ATTEMPTS: Final = 10
_MANY: Final = 1_000_000
_LONGEST_DELAY: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How requests that certainly did not arrive are retried. Nothing else is, unless you ask for it per call.

    Attributes:
        max_attempts: attempts in all, 1 to 10; 1 means no retries.
        base_delay: seconds; the wait before attempt n is drawn from 0 to base_delay * 2 ** (n - 2) (full jitter).
        max_delay: seconds; no wait is longer.
        budget: tokens of one client. A retry costs `retry_cost`, a call that succeeds brings one back.
            When a service is down, the budget soon ends the retries of the whole client.
        retry_cost: tokens that one retry costs.
        strict: treat a request that was cut off before its end as possibly carried out.
    """

    max_attempts: int = 3
    base_delay: float = 0.2
    max_delay: float = 5.0
    budget: int = 100
    retry_cost: int = 5
    strict: bool = False

    def __post_init__(self) -> None:
        _check_count("max_attempts", self.max_attempts, 1, _MOST_ATTEMPTS)
        _check_count("budget", self.budget, 0, _MANY)
        _check_count("retry_cost", self.retry_cost, 0, _MANY)
        _check_seconds("max_delay", self.max_delay, _LONGEST_DELAY)
        _check_seconds("base_delay", self.base_delay, self.max_delay)
        if not isinstance(self.strict, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            _refuse("strict", "be True or False")


def _check_count(name: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        _refuse(name, f"be a whole number from {least} to {most}")


def _check_seconds(name: str, value: object, most: float) -> None:
    # Written so that NaN, which compares with nothing, is refused.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        _refuse(name, f"be a number of seconds from 0 to {most:g}")


def _refuse(name: str, rule: str) -> NoReturn:
    raise ConfigurationError(f"{name} of the retry policy must {rule}.", field=f"retry.{name}")


@final
class RetryBudget:
    """The tokens of one client; shared by its threads, tasks and copies.

    Without a lock, which a fork could leave held in the child: two threads at the same moment may count one token too
    many or too few, and that does no harm.
    """

    __slots__ = ("tokens",)

    def __init__(self, tokens: int) -> None:
        self.tokens = tokens

    def withdraw(self, cost: int) -> bool:
        """Take the cost of a retry; False, and nothing taken, if there is not enough."""
        if self.tokens < cost:
            return False
        self.tokens -= cost
        return True

    def deposit(self, limit: int) -> None:
        """Add a token for a call that succeeded, up to the policy's budget."""
        if self.tokens < limit:
            self.tokens += 1


def retry_delay(
    effect: Effect,
    status: AttemptStatus,
    *,
    attempt: int,
    policy: RetryPolicy,
    allow_duplicate: bool,
    random: Callable[[], float],
) -> float | None:
    """Return the seconds to wait before the next attempt; None if the request must not be made again.

    `attempt` is the number of the attempt that ended, 1 for the first. Budget and deadline are the caller's to ask.
    """
    if attempt >= policy.max_attempts:
        return None
    outcome, retry = assess(effect, status, strict=policy.strict)
    # What was probably accepted is never sent again: the second one would be a duplicate for sure.
    is_doubtful = outcome is Outcome.UNKNOWN and status.presumed_outcome is None
    asked_for = allow_duplicate and effect is Effect.SEND and is_doubtful
    if not asked_for and (retry is Retry.NEVER or (retry is Retry.ONCE and attempt > 1)):
        return None
    ceiling = min(policy.max_delay, policy.base_delay * 2.0 ** (attempt - 1))
    return ceiling * random()
